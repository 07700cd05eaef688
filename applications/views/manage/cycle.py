"""Years: the list, a new one, the set-up as a task list (S7), advancing and going back; versions of the regulation."""

from django.shortcuts import redirect
from django.urls import reverse

from applications import hanging
from applications.commands import cycle as commands
from applications.forms.cycle import CycleForm, MoveWindowsForm, PolicyForm
from applications.models import Cycle, PolicyVersion
from applications.setup_tasks import task_groups
from applications.views.manage.years import OfYear, current_cycle, hanging_link
from portal.access.decide import decide
from portal.web.components import Action, Cell, Column, Empty, Row, Section, Table
from portal.web.formats import day_text, deadline_text, instant_text, money_text
from portal.web.views import CreatePage, DeedPage, FormPage, ListPage, Page, RecordPage, StepPage, state_cell


class CurrentYear(Page):
    """/manage/: to the dashboard of the year in hand, or of ?year=."""

    action = "cycle.dashboard"

    def get(self, request, *args, **kwargs):
        asked = request.GET.get("year", "")
        cycle = Cycle.objects.filter(year=int(asked)).first() if asked.isdecimal() else current_cycle(self.at)
        name = "manage:cycle.dashboard" if cycle else "manage:cycle.list"
        return redirect(name, **(cycle.url_kwargs() if cycle else {}))


class CurrentList(Page):
    """/manage/<list>/: to that list of the year in hand, so that the navigation needs no year."""

    target = ""

    def get(self, request, *args, **kwargs):
        cycle = current_cycle(self.at)
        return redirect(self.target, year=cycle.year) if cycle else redirect("manage:cycle.list")


class CycleList(ListPage):
    action = "cycle.list"
    title = "年度批次"
    model = Cycle
    related = ("policy",)
    order = ("-year",)
    empty = Empty("还没有年度批次。")
    columns = [
        ("year", "年度", lambda cycle: f"{cycle.year} 年度"),
        ("", "适用办法", lambda cycle: cycle.policy.number),
        ("application_closes_at", "提交截止", lambda cycle: deadline_text(cycle.application_closes_at)),
        ("recommend_closes_at", "报送截止", lambda cycle: deadline_text(cycle.recommend_closes_at)),
        ("state", "状态", state_cell),
    ]

    def actions(self) -> list[Action]:
        offered = [
            ("cycle.create", "新建年度批次", "manage:cycle.create"),
            ("policy.list", "办法版本", "manage:policy.list"),
        ]
        return [
            Action(label, reverse(name), action == "cycle.create")
            for action, label, name in offered
            if decide(self.actor, action).allowed
        ]


class NewCycle(CreatePage):
    model = Cycle
    form_class = CycleForm
    command = staticmethod(commands.create)
    template_name = "applications/manage_setup.html"

    def back_url(self) -> str:
        return reverse("manage:cycle.list")


class CyclePage(OfYear, RecordPage):
    """S7: the set-up as a task list, then its figures; the steps of the year beside it."""

    template_name = "applications/manage_cycle.html"
    deeds = ("cycle.edit_quotas", "cycle.move_windows")

    def context(self) -> dict:
        return {
            **super().context(),
            "title": f"{self.record.year} 年度设置",
            "groups": task_groups(self.record, self.actor),
            "dashboard_url": reverse("manage:cycle.dashboard", kwargs=self.record.url_kwargs())
            if decide(self.actor, "cycle.dashboard").allowed
            else "",
        }

    def steps(self) -> list:
        """In preparation quotas and times are set from the task list; moving them is for later."""
        links = super().steps()
        later = self.record.state not in (Cycle.State.PREPARING, Cycle.State.CLOSED)
        moving = {reverse(f"manage:{action}", kwargs=self.record.url_kwargs()) for action in self.deeds}
        return [link for link in links if later or link.url not in moving]

    def progress(self) -> list[tuple[str, str]]:
        here = Cycle.State.values.index(self.record.state)
        return [
            (label, "done" if place < here else "current" if place == here else "todo")
            for place, label in enumerate(Cycle.State.labels)
        ]

    def facts(self) -> list[Section]:
        return [
            Section("时间与界限", self._times()),
            Section("支持领域和名额", table=places_table("领域", self.record.fields.values_list("name", "places"))),
            Section(
                "推荐名额",
                table=places_table(
                    "推荐单位",
                    self.record.quotas.filter(places__gt=0)
                    .order_by("recommender__code")
                    .values_list("recommender__name", "places"),
                ),
            ),
        ]

    def _times(self) -> list[tuple[str, str]]:
        cycle = self.record
        starts = {"申报开始", "网络评审开始"}
        return [
            *(
                (name, (instant_text if name in starts else deadline_text)(instant))
                for name, instant in cycle.windows()
            ),
            ("一般申报人出生日期界限", day_text(cycle.birth_cutoff_ordinary)),
            ("特别优秀出生日期界限", day_text(cycle.birth_cutoff_exceptional)),
            ("每人资助金额", money_text(cycle.grant_fen)),
            ("培养期", f"{cycle.cultivation_months} 个月"),
            ("适用办法", str(cycle.policy)),
        ]


def places_table(what: str, rows) -> Table:
    """Names with their places and the sum."""
    rows = list(rows)
    body = [Row([Cell(name), Cell(str(places), numeric=True)]) for name, places in rows]
    total = Row([Cell("合计"), Cell(str(sum(places for _, places in rows)), numeric=True)])
    return Table([Column("name", what), Column("places", "名额", numeric=True)], [*body, total], what, compact=True)


class AdvancePage(OfYear, StepPage):
    """One step of the year; what still hangs is listed with links, so that one knows before one tries."""

    template_name = "applications/manage_advance.html"

    def context(self) -> dict:
        going_on = self.step in ("close", *commands.FORWARD)
        items = hanging.items(self.record, self.at) if going_on else []
        return {
            **super().context(),
            "title": f"{self.declared.label}：{self.record.year} 年度",
            "heading": f"{self.declared.label}：{self.record.year} 年度",
            "hanging": [(item, hanging_link(item, self.record, self.actor)) for item in items],
            "findings": self.record.setup_findings() if self.step == "open" else [],
            "going_on": going_on,
        }

    def summary(self) -> list[tuple[str, str]]:
        return [
            ("年度", str(self.record.year)),
            ("现在的阶段", self.record.state_label()),
            ("办理后的阶段", Cycle.State(self.declared.target).label),
        ]


class MoveWindows(OfYear, DeedPage):
    action = "cycle.move_windows"
    form_class = MoveWindowsForm
    command = staticmethod(commands.move_windows)


class PolicyList(ListPage):
    """Versions of the regulation (Art. 34, 36)."""

    action = "policy.list"
    title = "办法版本"
    intro = "每个年度批次适用一个版本；办法修订后登记新版本，已有年度不变。"
    model = PolicyVersion
    order = ("-effective_date",)
    empty = Empty("还没有登记办法版本。")
    columns = [
        ("number", "版本号", lambda version: version.number),
        ("", "名称", lambda version: version.name),
        ("", "文号", lambda version: version.document_number),
        ("effective_date", "施行日期", lambda version: day_text(version.effective_date)),
    ]

    def queryset(self):
        return PolicyVersion.objects.all()

    def row_url(self, record) -> None:
        return None

    def actions(self) -> list[Action]:
        if not decide(self.actor, "policy.create").allowed:
            return []
        return [Action("登记办法版本", reverse("manage:policy.create"), True)]


class NewPolicy(FormPage):
    action = "policy.create"
    title = "登记办法版本"
    template_name = "web/create.html"
    form_class = PolicyForm
    command = staticmethod(commands.create_policy)
    submit_label = "登记办法版本"

    def success_url(self, result) -> str:
        return reverse("manage:policy.list")

    def back_url(self) -> str:
        return reverse("manage:policy.list")
