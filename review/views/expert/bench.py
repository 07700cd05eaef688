"""E2 评分工作台: the application on one side, the sheet on the other; one's own number in the URL, never a key."""

from django.http import Http404, HttpResponseRedirect
from django.urls import reverse

from portal.access.decide import Denied, decide
from portal.web.components import Cell, Column, Row, Table
from portal.web.formats import clock_text, due_text
from portal.web.views import FormPage, OfRecord, StepPage
from review import reading
from review.commands import assignment as commands
from review.forms.assignment import RecuseForm, ScoreForm
from review.models import Assignment
from review.queries import DONE, work_of
from review.views.confidentiality import SignedExpert


class OwnTask:
    """A page about one of the expert's own tasks, by the expert's own number."""

    model = Assignment
    related = ("round", "round__cycle", "content")

    def lookup(self) -> dict:
        return {"sequence": self.kwargs["n"], "expert__user_id": self.actor.user_id}

    def find(self):
        """Through the fence, so another's task and an ended one are not there. Before the declaration nothing opens."""
        try:
            return self.model.objects.select_related("round", "round__cycle").get(**self.lookup())
        except self.model.DoesNotExist:
            raise Http404 from None

    def allow(self) -> None:
        self.record = self.find()
        decision = decide(self.actor, self.action, self.record)
        if not decision.allowed:
            raise Http404 if self.actor.role in decision.roles else Denied(decision, self.actor)

    def task_url(self, task: Assignment) -> str:
        return reverse("expert:assignment.score", kwargs={"n": task.sequence})

    def back_url(self) -> str:
        return self.task_url(self.record)

    def summary(self) -> list[tuple[str, str]]:
        task = self.record
        return [
            ("编号", task.application_number),
            ("申报人", task.applicant_name),
            ("依托单位", task.host_name),
            ("领域", task.field_name),
        ]


class Bench(SignedExpert, OwnTask, OfRecord, FormPage):
    """GET reads and shows the sheet; POST saves it, and goes to the next one where that was asked."""

    action = "assignment.score"
    form_class = ScoreForm
    template_name = "review/bench.html"

    def dispatch(self, request, *args, **kwargs):
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response

    def get(self, request, *args, **kwargs):
        if self.record.state == "invited":
            return HttpResponseRedirect(reverse("expert:assignment.declare"))
        return super().get(request, *args, **kwargs)

    def form_options(self) -> dict:
        return {**super().form_options(), "record": self.record}

    def act(self, form):
        version = form.cleaned_data.get("version")
        return commands.save(self.record, actor=self.actor, at=self.at, version=version, **form.values())

    def success_url(self, result) -> str:
        asked = self.request.POST.get("then", "")
        work = work_of(self.actor)
        if asked == "submit":
            return reverse("expert:assignment.submit", kwargs={"n": result.sequence})
        if asked != "next":
            return self.task_url(result)
        following = work.next_unfinished(result)
        return self.task_url(following) if following else reverse("expert:assignment.summary")

    def context(self) -> dict:
        task, work = self.record, work_of(self.actor)
        before, after = work.around(task)
        content = task.content
        return {
            "title": f"{task.application_number} {task.applicant_name}",
            "task": task,
            "place": work.place_of(task),
            "work": work,
            "left": work.left(self.at),
            "due": due_text(task.round.closes_at, self.at),
            "before": self.task_url(before) if before else "",
            "after": self.task_url(after) if after else "",
            "parts": reading.pages(content, task.round.cycle),
            "files": files_of(content),
            "rank": work.rank_of(task),
            "editable": task.state in commands.SCORABLE,
            "submitted": task.state in DONE,
            "saved": f"已保存 {clock_text(task.saved_at)}" if task.saved_at else "未修改",
            "urls": {
                name: reverse(f"expert:assignment.{name}", kwargs={"n": task.sequence})
                for name in ("submit", "recuse", "decline")
            },
        }


def files_of(content) -> Table | None:
    """The attachments, each with the pages to look at."""
    rows = [
        Row([Cell(label), Cell(file.name, reverse("file.download", kwargs={"pk": file.pk})), Cell(file.meta)])
        for label, file in reading.attachments(content)
    ]
    return (
        Table([Column("", "材料"), Column("", "文件"), Column("", "说明")], rows, "附件", compact=True)
        if rows
        else None
    )


class SubmitOne(SignedExpert, OwnTask, StepPage):
    step = "submit"
    command = staticmethod(commands.submit)

    def summary(self) -> list[tuple[str, str]]:
        total = self.record.total
        return [*super().summary(), ("总分", "还有指标没打分" if total is None else str(total))]

    def success_url(self, result) -> str:
        following = work_of(self.actor).next_unfinished(result)
        return self.task_url(following) if following else reverse("expert:assignment.summary")


class Recuse(SignedExpert, OwnTask, StepPage):
    step = "recuse"
    form_class = RecuseForm
    command = staticmethod(commands.recuse)

    def success_url(self, result) -> str:
        return reverse("expert:assignment.list")


class Decline(SignedExpert, OwnTask, StepPage):
    step = "decline"
    command = staticmethod(commands.decline)

    def success_url(self, result) -> str:
        return reverse("expert:assignment.list")
