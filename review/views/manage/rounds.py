"""网络评审 on the staff's side: set-up, steps, reminders, confirmation (Art. 17, 18)."""

from django.contrib import messages
from django.urls import reverse

from applications import cycle_settings
from applications.views.manage.years import InYear
from portal.access.decide import decide
from portal.web.components import Action, Cell, Column, Empty, Row, Section, StepLink, Table
from portal.web.formats import deadline_text, instant_text
from portal.web.links import url_of
from portal.web.views import ApprovePage, CreatePage, DeedPage, ListPage, PreparePage, RecordPage, StepPage, state_cell
from review.commands import round as commands
from review.forms.round import ConfigureForm, NewRoundForm, UntilForm
from review.models import Assignment, Expert, Round
from review.models.round import FIGURES
from review.queries import counts_of, late_experts
from review.views.confidentiality import UndertakingRequired


class RoundsOfYear(UndertakingRequired, InYear, ListPage):
    action = "round.list"
    model = Round
    empty = Empty("这一年度还没有设置网络评审。")
    columns = [
        ("", "编号", lambda round: round.number),
        ("", "评分开始", lambda round: instant_text(round.opens_at) if round.opens_at else ""),
        ("", "评分截止", lambda round: deadline_text(round.closes_at) if round.closes_at else ""),
        ("", "状态", state_cell),
    ]

    @property
    def title(self) -> str:
        return f"{self.cycle.year} 年度网络评审"

    def queryset(self):
        return super().queryset().filter(cycle=self.cycle)

    def actions(self) -> list[Action]:
        possible = decide(self.actor, "round.create").allowed and self.cycle.state == "network_review"
        made = Round.objects.filter(cycle=self.cycle).exists()
        return [Action("设置网络评审", reverse("manage:round.create"), True)] if possible and not made else []


class NewRound(UndertakingRequired, CreatePage):
    model = Round
    form_class = NewRoundForm
    command = staticmethod(commands.create)

    def back_url(self) -> str:
        return reverse("manage:review.hub")


class OfRound(UndertakingRequired):
    model = Round
    related = ("cycle",)

    def summary(self) -> list[tuple[str, str]]:
        round = self.record
        closes = deadline_text(round.closes_at) if round.closes_at else ""
        return [("编号", round.number), ("状态", round.state_label()), ("评分截止", closes)]


class RoundPage(OfRound, RecordPage):
    """Set-up, counts and the next step; identities and scores stand on pages of their own."""

    deeds = ("round.assignments", "round.assign", "round.remind", "round.results")

    def steps(self) -> list[StepLink]:
        useful = {
            "setup": ("round.view",),
            "assigning": ("round.assignments", "round.assign"),
            "scoring": ("round.assignments", "round.assign", "round.remind"),
        }.get(self.record.state, ("round.assignments", "round.results"))
        urls = {url_of(action, self.actor, self.record) for action in self.deeds if action not in useful}
        return [link for link in super().steps() if link.url not in urls]

    def facts(self) -> list[Section]:
        round = self.record
        counts = counts_of(round)
        states = [(str(label), str(counts[value])) for value, label in Assignment.State.choices if counts[value]]
        figures = [(cycle_settings.BY_KEY[key].label, _figure(key, round.settings[key])) for key in FIGURES]
        window = [
            ("评分开始", instant_text(round.opens_at) if round.opens_at else "没有设置"),
            ("评分截止", deadline_text(round.closes_at) if round.closes_at else "没有设置"),
            ("专家类别", "、".join(Expert.Kind(kind).label for kind in round.kinds)),
            ("随机种子", str(round.seed)),
        ]
        criteria = Table(
            [Column("", "指标"), Column("", "权重", numeric=True)],
            [Row([Cell(each["name"]), Cell(f"{each['weight']}%", numeric=True)]) for each in round.criteria],
            "评分标准",
            compact=True,
        )
        return [
            Section("评审任务", states or [("评审任务", "还没有分配")]),
            *([Section("入围线", table=lines_table(round))] if round.lines else []),
            Section("时间与专家", window),
            Section("设置", figures),
            Section("评分标准", table=criteria),
        ]


def _figure(key: str, value) -> str:
    return cycle_settings.BY_KEY[key].shown(value)


def lines_table(round: Round) -> Table:
    columns = [
        Column("", "领域"),
        *(Column("", name, numeric=True) for name in ("名额", "入围线", "参评", "入围")),
    ]
    rows = [
        Row([Cell(line["name"]), *(Cell(str(number), numeric=True) for number in _numbers(line))])
        for line in round.lines.values()
    ]
    return Table(columns, rows, "入围线", compact=True)


def _numbers(line: dict) -> tuple[int, int, int, int]:
    return line["places"], line["line"], line["ranked"], len(line["through"])


class RoundStep(OfRound, StepPage):
    """A plain step of the round."""


class Configure(RoundStep):
    step = "configure"
    form_class = ConfigureForm
    template_name = "web/create.html"
    command = staticmethod(commands.configure)


class StartScoring(RoundStep):
    step = "start_scoring"
    command = staticmethod(commands.start_scoring)

    def summary(self) -> list[tuple[str, str]]:
        waiting = self.record.assignments.filter(state="proposed")
        experts = waiting.order_by().values("expert").distinct().count()
        return [*super().summary(), ("将下达", f"向 {experts} 位专家发出 {waiting.count()} 项任务")]


class Extend(RoundStep):
    step = "extend"
    form_class = UntilForm
    command = staticmethod(commands.extend)


class Resume(RoundStep):
    step = "resume"
    form_class = UntilForm
    command = staticmethod(commands.resume)


class PrepareConfirm(OfRound, PreparePage):
    step = "confirm"
    command = staticmethod(commands.prepare_confirm)

    def summary(self) -> list[tuple[str, str]]:
        return [*super().summary(), *line_words(self.record)]


class Confirm(OfRound, ApprovePage):
    step = "confirm"

    def proposal(self, prepared) -> list[tuple[str, str]]:
        return line_words(self.record)

    command = staticmethod(commands.confirm)


def line_words(round: Round) -> list[tuple[str, str]]:
    """What the lines would be now: (field, how many go on)."""
    return [
        (
            line["name"],
            f"名额 {line['places']}，入围线 {line['line']}，参评 {line['ranked']}，入围 {len(line['through'])}",
        )
        for line in round.draw_lines().values()
    ]


class Remind(OfRound, DeedPage):
    """催办: a message to everybody with something left to do, once a day each."""

    action = "round.remind"
    submit_label = "发出提醒"

    def act(self, form):
        reached = commands.remind(self.record, actor=self.actor, at=self.at)
        messages.success(self.request, f"已提醒 {reached} 位专家。" if reached else "今天都已提醒过。")
        return self.record

    def context(self) -> dict:
        late = late_experts(self.record)
        names = "、".join(each.name for each in late) or "没有"
        return {**super().context(), "summary": [*self.summary(), ("还没有完成的专家", f"{len(late)} 位：{names}")]}
