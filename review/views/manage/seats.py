"""Who judges what: the table of seats, by the machine and by hand, and the replacement (Art. 3, 17, 33)."""

from django.contrib import messages
from django.http import Http404
from django.urls import reverse

from applications.models import Application
from portal.access.decide import decide
from portal.web.components import Cell, Column, Row, Table
from portal.web.formats import instant_text
from portal.web.links import url_of
from portal.web.views import DeedPage, OfRecord
from review.commands import round as commands
from review.desk import Desk
from review.forms.round import PickForm, ReplaceForm
from review.models import Assignment, Expert, Round
from review.queries import progress_of, seats_of
from review.views.confidentiality import UndertakingRequired
from review.views.manage.rounds import OfRound


class AssignmentTable(OfRound, OfRecord):
    """Applications with their experts, experts with their loads. A look at identities is an event (Art. 33)."""

    action = "round.assignments"
    template_name = "review/assignments.html"

    def get(self, request, *args, **kwargs):
        commands.look_at_assignments(self.record, actor=self.actor, at=self.at)
        return super().get(request, *args, **kwargs)

    def context(self) -> dict:
        round = self.record
        applications = list(round.applications().select_related("field", "organisation").order_by("number"))
        seats = seats_of(round)
        wanted = round.settings["experts_per_application"]
        may_assign = decide(self.actor, "round.assign", round).allowed and round.state in ("assigning", "scoring")
        rows = [(each, seats.get(each.pk, []), self.pick_url(each) if may_assign else "") for each in applications]
        return {
            "title": f"{round.number} 专家分配",
            "round": round,
            "wanted": wanted,
            "rows": rows,
            "short": sum(len(found) < wanted for _, found, _ in rows),
            "progress": progress_table(round),
            "assign_url": url_of("round.assign", self.actor, round) if may_assign else "",
            "back_url": self.back_url(),
        }

    def pick_url(self, application: Application) -> str:
        return reverse(
            "manage:assignment.propose", kwargs={"no": self.record.number, "application": application.number}
        )


def progress_table(round: Round) -> Table:
    """How far each expert is: no scores, only counts."""
    columns = [Column("", "编号"), Column("", "姓名"), Column("", "工作单位"), Column("", "负荷", numeric=True)]
    columns += [Column("", name, numeric=True) for name in ("待声明", "未评", "评分中", "已提交", "回避或谢绝")]
    columns.append(Column("", "最近操作"))
    rows = []
    for expert, counts, last in progress_of(round):
        held = sum(counts[state] for state in counts if state not in Assignment.final)
        cap = expert.load_max or round.settings["expert_load_max"]
        numbers = (
            counts["invited"],
            counts["accepted"],
            counts["scoring"] + counts["reopened"],
            counts["submitted"] + counts["locked"],
            counts["declined"] + counts["recused"],
        )
        rows.append(
            Row(
                [
                    Cell(expert.number, reverse("manage:expert.view", kwargs={"no": expert.number})),
                    Cell(expert.name),
                    Cell(expert.employer),
                    Cell(f"{held}/{cap}", numeric=True),
                    *(Cell(str(number), numeric=True) for number in numbers),
                    Cell(instant_text(last) if last else "—"),
                ]
            )
        )
    return Table(columns, rows, "专家进度", compact=True)


class AssignAutomatically(OfRound, DeedPage):
    """自动建议: fills what is free, keeps what stands, and says what it could not fill."""

    action = "round.assign"
    title = "自动分配专家"
    submit_label = "自动分配"
    template_name = "web/step.html"

    def act(self, form):
        found = commands.assign_automatically(self.record, actor=self.actor, at=self.at)
        messages.success(self.request, f"新分配 {len(found.pairs)} 项。")
        for each in found.short:
            messages.warning(self.request, str(each))
        return self.record

    def context(self) -> dict:
        return {
            **super().context(),
            "summary": self.summary(),
            "consequences": ["已有的分配保持不变", "按同领域优先、工作量均衡分配，回避的不分配"],
            "articles": ["第三条", "第十七条"],
        }

    def success_url(self, result) -> str:
        return reverse("manage:round.assignments", kwargs={"no": self.record.number})


class PickExpert(OfRound, DeedPage):
    """人工分配 of one application: everybody in the pool, and why some cannot be chosen."""

    action = "assignment.propose"
    title = "分配专家"
    form_class = PickForm
    template_name = "review/pick.html"
    submit_label = "分配"

    def allow(self) -> None:
        super().allow()
        rows = self.record.applications().select_related("field", "organisation")
        self.application = rows.filter(number=self.kwargs["application"]).first()
        if self.application is None:
            raise Http404

    def form_options(self) -> dict:
        return {"actor": self.actor, "at": self.at}

    def act(self, form):
        expert = form.cleaned_data["expert"]
        return commands.assign(self.record, self.application, expert, actor=self.actor, at=self.at)

    def context(self) -> dict:
        return {
            **super().context(),
            "heading": f"分配专家：{self.application.number} {self.application.applicant_name}",
            "application": self.application,
            "choices": choices_for(self.record, self.application, self.at),
        }

    def success_url(self, result) -> str:
        return reverse("manage:round.assignments", kwargs={"no": self.record.number})

    def back_url(self) -> str:
        return self.success_url(None)


def choices_for(round: Round, application: Application, at) -> list[dict]:
    """Every expert in the pool with load and field, and what keeps them from this application."""
    desk = Desk(round, at)
    seated = {expert for case, expert, _ in desk.pairs if case == application.pk}
    found, experts = [], list(Expert.objects.filter(active=True))
    desk.known.know(experts)  # all at once
    for expert in experts:
        reasons = [finding.message for finding in desk.conflicts(expert.pk, application.pk)]
        load, cap = desk.load(expert.pk), desk.cap(expert)
        if expert.kind not in round.kinds:
            reasons.append(f"本轮不安排{expert.get_kind_display()}专家")
        if expert.pk in seated:
            reasons.append("已分配")
        if load >= cap:
            reasons.append(f"工作量已满 {cap}")
        if desk.colleagues(expert.pk, application.pk) >= round.settings["same_employer_max"]:
            reasons.append("同单位专家已达上限")
        match = application.field.code in expert.fields
        found.append({"expert": expert, "load": f"{load}/{cap}", "match": match, "reasons": reasons})
    return sorted(found, key=lambda each: (bool(each["reasons"]), not each["match"], each["load"]))


class ReplaceExpert(UndertakingRequired, DeedPage):
    """Another expert in place of one who has not submitted; nothing else changes."""

    action = "round.replace"
    model = Assignment
    related = ("round", "round__cycle", "expert", "application", "application__field")
    form_class = ReplaceForm
    template_name = "review/pick.html"
    submit_label = "更换专家"

    def form_options(self) -> dict:
        return {"actor": self.actor, "at": self.at}

    def act(self, form):
        return commands.replace(self.record, actor=self.actor, at=self.at, **form.values())

    def context(self) -> dict:
        task = self.record
        return {**super().context(), "choices": choices_for(task.round, task.application, self.at)}

    def success_url(self, result) -> str:
        return reverse("manage:round.assignments", kwargs={"no": self.record.round.number})
