"""E1, E3: what an expert has to do, from the undertaking to handing in (Art. 17, 18, 33)."""

from django.http import HttpResponseRedirect
from django.urls import reverse

from portal.reference import reference
from portal.web.components import Bar, Cell, Column, Empty, Row, Table
from portal.web.formats import due_text
from portal.web.views import FormPage, Page
from review.commands import assignment as commands
from review.commands import undertaking as undertakings
from review.forms.assignment import DeclareForm
from review.forms.expert import SignForm
from review.models import Assignment, Meeting, Undertaking
from review.queries import DONE, status_cell, work_of
from review.views.confidentiality import SignedExpert, waiting

FILTERS = {"": "全部", "open": "未评", "scored": "已评", "draft": "暂存", "submitted": "已提交"}


class Pledge(FormPage):
    """评审承诺书: read, tick, type one's name. Nothing else opens before it."""

    action = "undertaking.sign"
    title = "评审承诺书"
    form_class = SignForm
    template_name = "review/pledge.html"
    submit_label = "签署"

    def get(self, request, *args, **kwargs):
        self.undertaking = waiting(self.actor)
        if self.undertaking is None:
            return HttpResponseRedirect(reverse("expert:assignment.list"))
        return super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        self.undertaking = waiting(self.actor)
        if self.undertaking is None:
            return HttpResponseRedirect(reverse("expert:assignment.list"))
        return super().post(request, *args, **kwargs)

    def act(self, form):
        return undertakings.sign(self.undertaking, actor=self.actor, at=self.at, **form.values())

    def context(self) -> dict:
        about = "网络评审" if self.undertaking.kind == Undertaking.Kind.ROUND else "会议评审"
        return {**super().context(), "heading": f"{about}承诺书", "parts": parts_of(self.undertaking.text)}

    def success_url(self, result) -> str:
        meeting = result.kind == Undertaking.Kind.MEETING
        if meeting:
            return reverse("expert:meeting.attend", kwargs={"no": result.meeting.number})
        return reverse("expert:assignment.declare")

    def back_url(self) -> str:
        return ""


def parts_of(text: str) -> list[tuple[str, list[str]]]:
    """(heading, paragraphs) of an undertaking's text."""
    blocks = [block.splitlines() for block in text.split("\n\n")]
    return [(lines[0], lines[1:]) for lines in blocks if lines]


class Declare(SignedExpert, FormPage):
    """回避确认: one answer for each application, none chosen beforehand; reading opens with it."""

    action = "assignment.declare"
    title = "回避确认"
    form_class = DeclareForm
    template_name = "review/declare.html"
    submit_label = "提交回避确认"
    command = staticmethod(commands.declare)

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)

    def form_options(self) -> dict:
        return {**super().form_options(), "rows": work_of(self.actor).undeclared}

    def get(self, request, *args, **kwargs):
        if not work_of(self.actor).undeclared:
            return HttpResponseRedirect(reverse("expert:assignment.list"))
        return super().get(request, *args, **kwargs)

    def act(self, form):
        return commands.declare(actor=self.actor, at=self.at, **form.values())

    def success_url(self, result) -> str:
        return reverse("expert:assignment.list")

    def back_url(self) -> str:
        return reverse("expert:assignment.list")


class MyReviews(SignedExpert, Page):
    """E1: progress, the list, meetings."""

    action = "assignment.list"
    title = "我的评审"
    template_name = "review/my_reviews.html"

    def context(self) -> dict:
        work = work_of(self.actor)
        wanted = self.request.GET.get("show", "")
        rows = [each for each in work.tasks if shown_in(wanted, each)]
        return {
            "work": work,
            "due": due_text(work.round.closes_at, self.at) if work.round else "",
            "table": my_table(rows),
            "tabs": [
                (label, sum(shown_in(key, each) for each in work.tasks), f"?show={key}", key == wanted)
                for key, label in FILTERS.items()
            ],
            "next": work.next_unfinished(),
            "meetings": Meeting.objects.order_by("held_at"),
            "empty": Empty("目前没有分配给您的评审任务。如有疑问请联系市科协评审秘书。"),
        }


def shown_in(key: str, task: Assignment) -> bool:
    scored = task.total is not None
    return {
        "": True,
        "open": task.state in ("invited", "accepted", "reopened") and not scored,
        "scored": scored and task.state not in DONE,
        "draft": task.state == "scoring" and not scored,
        "submitted": task.state in DONE,
    }.get(key, True)


def my_table(tasks: list[Assignment]) -> Table:
    """Rows of the expert's own list; a task that was not declared for is not a link."""
    columns = [
        Column("", "编号"),
        Column("", "序", numeric=True),
        *(Column("", label) for label in ("申报人", "依托单位", "领域")),
        Column("", "总分", numeric=True),
        Column("", "意见字数", numeric=True),
        Column("", "状态"),
    ]
    rows = []
    for each in tasks:
        url = "" if each.state == "invited" else reverse("expert:assignment.score", kwargs={"n": each.sequence})
        cells = [
            Cell(each.application_number),
            Cell(str(each.sequence), numeric=True),
            Cell(each.applicant_name),
            Cell(each.host_name),
            Cell(each.field_name),
            Cell("—" if each.total is None else str(each.total), numeric=True),
            Cell(str(len(each.comment)) if each.comment else "—", numeric=True),
            status_cell(each),
        ]
        rows.append(Row(cells, url))
    return Table(columns, rows, "我的评审任务")


class Summary(SignedExpert, Page):
    """E3 评分总表: each criterion, the total, one's own rank; hints, no blocks."""

    action = "assignment.summary"
    title = "评分总表"
    template_name = "review/summary.html"

    def context(self) -> dict:
        work = work_of(self.actor)
        return {
            "work": work,
            "table": summary_table(work, self.request.GET.get("sort", "")) if work.active else None,
            "bars": spread_bars(work),
            "hints": hints_of(work),
            "due": due_text(work.round.closes_at, self.at) if work.round else "",
            "submit_url": reverse("expert:assignment.submit_all") if work.waiting else "",
            "empty": Empty("还没有可以汇总的评分。"),
        }


def summary_table(work, sort: str) -> Table:
    criteria = work.round.criteria
    values = scores_of(work.active)
    columns = [
        Column("number", "编号", sort_url="?sort=number", sort_direction="asc" if sort == "number" else ""),
        Column("", "申报人"),
        *(Column("", each["name"], numeric=True) for each in criteria),
        Column("total", "总分", numeric=True, sort_url="?sort=total", sort_direction="desc" if sort == "total" else ""),
        Column("", "我的名次", numeric=True),
        Column("", "状态"),
    ]
    tasks = sorted(work.active, key=_order(sort))
    rows = [
        Row(
            [
                Cell(each.application_number),
                Cell(each.applicant_name),
                *(Cell(_text(values[each.pk].get(row["code"])), numeric=True) for row in criteria),
                Cell(_text(each.total), numeric=True),
                Cell(_text(work.rank_of(each)), numeric=True),
                status_cell(each),
            ],
            reverse("expert:assignment.score", kwargs={"n": each.sequence}),
        )
        for each in tasks
    ]
    return Table(columns, rows, "评分总表", compact=True)


def _order(sort: str):
    if sort == "total":
        return lambda each: (each.total is None, -(each.total or 0))
    return lambda each: each.application_number if sort == "number" else each.sequence


def _text(value) -> str:
    return "—" if value is None else str(value)


def scores_of(tasks) -> dict[int, dict[str, int | None]]:
    """{assignment: {criterion: value}}, one query."""
    from review.models import Score

    found: dict[int, dict[str, int | None]] = {each.pk: {} for each in tasks}
    for task, code, value in Score.objects.filter(assignment__in=tasks).values_list("assignment", "criterion", "value"):
        found[task][code] = value
    return found


def spread_bars(work) -> list[Bar]:
    """How the expert's totals spread, in tens."""
    tens = [min(int(each.total) // 10, 9) for each in work.scored]
    return [
        Bar(
            f"{ten * 10}—{ten * 10 + (10 if ten == 9 else 9)} 分",
            tens.count(ten),
            max(len(tens), 1),
            f"{tens.count(ten)} 份",
        )
        for ten in range(9, -1, -1)
        if tens
    ]


def hints_of(work) -> list[str]:
    """What an expert may want to look at again."""
    totals = [each.total for each in work.scored]
    ties = [(total, totals.count(total)) for total in sorted(set(totals), reverse=True) if totals.count(total) > 1]
    found = [f"有 {count} 份总分同为 {total}，是否需要区分？" for total, count in ties]
    if len(totals) >= 5 and max(totals) - min(totals) < 10:
        found.append(f"您的评分集中在 {min(totals)}—{max(totals)} 分。")
    return found


class SubmitAll(SignedExpert, FormPage):
    """提交全部评分: its own page, because nothing can be changed afterwards."""

    action = "assignment.submit_all"
    title = "提交全部评分"
    template_name = "review/submit_all.html"
    submit_label = "提交全部评分"

    def act(self, form):
        return commands.submit_all(work_of(self.actor).waiting, actor=self.actor, at=self.at)

    def context(self) -> dict:
        work = work_of(self.actor)
        return {**super().context(), "work": work, "undeclared": work.undeclared, "unfinished": work.unfinished}

    def success_url(self, result) -> str:
        return reverse("expert:assignment.summary")

    def back_url(self) -> str:
        return reverse("expert:assignment.summary")


class Notes(Page):
    """评审须知."""

    action = "assignment.notes"
    title = "评审须知"
    template_name = "review/notes.html"

    def context(self) -> dict:
        integrity = reference("undertakings")["expert_integrity"]
        return {"solicitation": integrity["solicitation"], "criteria": reference("rubrics")["network"]["criteria"]}
