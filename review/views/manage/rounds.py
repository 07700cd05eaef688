"""网络评审 on the staff's side: set-up, seats, progress, results, confirmation (Art. 3, 17, 18, 33)."""

from django.contrib import messages
from django.http import Http404
from django.urls import reverse

from applications import cycle_settings
from applications.models import Application
from applications.views.manage.years import InYear
from portal.access.decide import decide
from portal.web.components import Action, Cell, Column, Empty, Row, Section, StepLink, Table
from portal.web.formats import deadline_text, instant_text
from portal.web.links import url_of
from portal.web.views import (
    ApprovePage,
    CreatePage,
    DeedPage,
    ListPage,
    OfRecord,
    PreparePage,
    RecordPage,
    StepPage,
    state_cell,
)
from review import standing
from review.commands import round as commands
from review.desk import Desk
from review.forms.round import ConfigureForm, NewRoundForm, PickForm, ReplaceForm, UntilForm
from review.models import Assignment, Expert, Result, Round
from review.models.round import FIGURES
from review.queries import counts_of, late_experts, progress_of, seats_of
from review.results import OUTLIER_GAP, shown
from review.views.confidentiality import UndertakingRequired

FLAGS = {"few": ("评分不足", "red"), "spread": ("分歧较大", "amber"), "tie": ("同分", "blue")}


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
    desk.known.reviewers([expert.pk for expert in experts])  # all at once
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


class Results(OfRound, OfRecord):
    """得分、名次、离散度: for secretary, supervisor and auditor, each look an event (Art. 33)."""

    action = "round.results"
    template_name = "review/results.html"

    def allow(self) -> None:
        super().allow()
        if self.record.state not in ("closed", "confirmed"):
            raise Http404

    def get(self, request, *args, **kwargs):
        commands.look_at_results(self.record, actor=self.actor, at=self.at)
        return super().get(request, *args, **kwargs)

    def context(self) -> dict:
        round = self.record
        names = {field.code: field.name for field in round.cycle.fields.all()}
        lines = round.lines or round.draw_lines()
        rows = confirmed_rows(round) if round.state == "confirmed" else standing_rows(round)
        fields = [
            (names[code], lines[code], results_table([row for row in rows if row["field"] == code], lines[code]))
            for code in names
            if code in lines
        ]
        method = cycle_settings.BY_KEY["score_method"].shown(round.settings["score_method"])
        return {
            "title": f"{round.number} 网评结果",
            "round": round,
            "method": method,
            "fields": fields,
            "back_url": self.back_url(),
            "gap": OUTLIER_GAP,
        }


def standing_rows(round: Round) -> list[dict]:
    """As the sheets stand now."""
    people = {each.number: each for each in round.applications().select_related("organisation")}
    return [
        {
            "number": each.number,
            "name": people[each.number].applicant_name,
            "host": people[each.number].organisation.name,
            "field": each.field,
            "rank": each.rank,
            "count": each.count,
            "score": shown(each.score),
            "mean": shown(each.mean),
            "spread": shown(each.spread),
            "flags": each.flags,
            "outliers": len(each.outliers),
        }
        for each in standing.of_round(round)
    ]


def confirmed_rows(round: Round) -> list[dict]:
    """As they were confirmed."""
    results = Result.objects.filter(round=round).select_related("application", "application__organisation")
    return [
        {
            "number": each.application_number,
            "name": each.application.applicant_name,
            "host": each.application.organisation.name,
            "field": each.field,
            "rank": each.rank,
            "count": each.sheets,
            "score": each.score,
            "mean": each.mean,
            "spread": each.spread,
            "flags": each.flags,
            "outliers": 0,
        }
        for each in results
    ]


def results_table(rows: list[dict], line: dict) -> Table:
    """Ranked rows; the first one below the line is marked."""
    columns = [Column("", "名次", numeric=True), *(Column("", label) for label in ("编号", "申报人", "依托单位"))]
    columns += [Column("", label, numeric=True) for label in ("有效评分", "得分", "平均分", "标准差")]
    columns += [Column("", "提示"), Column("", "入围")]
    body = []
    for row in rows:
        hints = [FLAGS[flag][0] for flag in row["flags"]] + (["有离群评分"] if row["outliers"] else [])
        through = row["number"] in line["through"]
        numbers = (row["count"], *(("—" if row[key] is None else row[key]) for key in ("score", "mean", "spread")))
        body.append(
            Row(
                [
                    Cell("—" if row["rank"] is None else str(row["rank"]), numeric=True),
                    Cell(row["number"]),
                    Cell(row["name"]),
                    Cell(row["host"]),
                    *(Cell(str(number), numeric=True) for number in numbers),
                    Cell("、".join(hints) or "—", tag="amber" if hints else None),
                    Cell("入围", tag="green") if through else Cell("未入围", tag="grey"),
                ]
            )
        )
    return Table(columns, body, "网评结果")
