"""S1 工作台: four numbers that are links, the units, the funnel, what waits, the year's times."""

from collections.abc import Iterator

from django.db.models import Count
from django.urls import reverse

from applications import hanging
from applications.dashboard import YearFigures
from applications.models import Cycle
from applications.views.manage.years import OfYear, hanging_link
from portal.access.decide import decide
from portal.web.components import Action, Bar, Cell, Column, Number, Row, Table
from portal.web.formats import clock_text, deadline_text, due_text, instant_text
from portal.web.links import url_of
from portal.workflow.lifecycle import machines
from portal.workflow.models import PreparedStep


class Dashboard(OfYear):
    action = "cycle.dashboard"
    template_name = "applications/manage_dashboard.html"

    def context(self) -> dict:
        cycle = self.record
        self.figures = YearFigures(cycle)
        self.units = self.figures.unit_lines()
        cycles = list(Cycle.objects.order_by("-year"))
        last_year = next((each for each in cycles if each.year < cycle.year), None)
        comparing = bool(last_year) and "compare" in self.request.GET
        charts = [("漏斗", "各环节申报数", self.funnel(self.figures))]
        if comparing:
            title = f"{last_year.year} 年度漏斗"
            charts.append((title, title, self.funnel(YearFigures(last_year), linked=False)))
        return {
            "title": f"{cycle.year} 年度工作台",
            "intro": self.intro(),
            "as_of": clock_text(self.at)[:5],
            "record": cycle,
            "years": [each.year for each in cycles],
            "actions": self.actions(last_year, comparing),
            "numbers": self.numbers(),
            "tables": [("各推荐单位进度", self.unit_table()), ("时间表", self.schedule())],
            "charts": charts,
            "todo": self.todo(),
        }

    def intro(self) -> str:
        due = self.record.due()
        stage = f"现在的阶段：{self.record.state_label()}"
        return f"{stage}　{due[0]}：{due_text(due[1], self.at)}" if due else stage

    def actions(self, last_year, comparing: bool) -> list[Action]:
        found = [Action("年度设置", reverse("manage:cycle.view", kwargs=self.record.url_kwargs()))]
        if last_year:
            found.append(Action("不比上年" if comparing else "与上年比较", "?" if comparing else "?compare=1"))
        return found

    def list_url(self, query: str = "", action: str = "application.list") -> str:
        """A list of the year, '' where the role has none."""
        url = url_of(action, self.actor, self.record) if decide(self.actor, action).allowed else None
        return f"{url}?{query}" if url and query else url or ""

    def numbers(self) -> list[Number]:
        """已提交, 推荐, 审查, 入选."""
        counts = self.figures
        waiting, late = counts.states["forwarded"], counts.not_sent()
        reached = dict(counts.funnel())
        open_reviews = counts.states["in_cast_review"] + counts.states["returned_by_cast"]
        places = sum(self.record.fields.values_list("places", flat=True))
        return [
            Number("已提交申报", str(reached["提交"]), f"{waiting} 份待受理" if waiting else "查看申报",
                   self.list_url("state=forwarded" if waiting else "")),
            Number("推荐市科协", str(reached["推荐"]), f"{late} 个单位未报送" if late else "查看推荐名单",
                   self.list_url(action="list.list")),
            Number("已受理", str(reached["受理"]), f"{open_reviews} 份审查中" if open_reviews else "查看审查通过",
                   self.list_url("state=in_cast_review" if open_reviews else "state=eligible")),
            Number("正式入选", f"{reached['正式入选']}/{places}", "查看入选", self.list_url("state=selected")),
        ]  # fmt: skip

    def unit_table(self) -> Table:
        names = ("填写中", "已提交", "名额", "已推荐", "已受理")
        columns = [Column("", "推荐单位"), *(Column("", name, numeric=True) for name in names), Column("", "名单")]
        rows = []
        for line in self.units:
            unit_list, name = line.unit_list, line.unit.short_name or line.unit.name if line.unit else "未选推荐单位"
            numbers = (line.drafting, line.submitted, line.places, line.recommended, line.received)
            tag = (unit_list.state_label(), unit_list.colours[unit_list.state]) if unit_list else ("未建立", "grey")
            url = self.list_url(f"recommender={line.unit.pk}") if line.unit else ""
            rows.append(
                Row(
                    [Cell(name), *(Cell(str(number), numeric=True) for number in numbers), Cell(tag[0], tag=tag[1])],
                    url,
                )
            )
        return Table(columns, rows, "各推荐单位进度", compact=True)

    def funnel(self, counts: YearFigures, linked: bool = True) -> list[Bar]:
        stages = counts.funnel()
        most = max(stages[0][1], 1)
        return [
            Bar(
                label,
                value,
                most,
                f"{value}（{value * 100 // most}%）",
                self.list_url() if linked and not place else "",
            )
            for place, (label, value) in enumerate(stages)
        ]

    def todo(self) -> list[tuple[str, str, str]]:
        """What waits for this person's approval, what hangs in this stage, what waits for this role."""
        cycle = self.record
        lines = [
            (f"本阶段未办结：{item.label}", hanging_link(item, cycle, self.actor), f"{item.count} 项")
            for item in hanging.items(cycle, self.at)
        ]
        lines += [
            (label, url, f"{count} 项")
            for action, label, url, count in self.waiting()
            if count and decide(self.actor, action).allowed
        ]
        return [(label, url, meta) for label, url, meta in [*self.approvals(), *lines] if url]

    def approvals(self) -> Iterator[tuple[str, str, str]]:
        """Proposals of others, of every machine and year, that this person may decide."""
        waiting = PreparedStep.objects.filter(outcome=PreparedStep.Outcome.OPEN).exclude(
            prepared_by_id=self.actor.user_id
        )
        counts = waiting.order_by("machine", "step").values_list("machine", "step").annotate(Count("pk"))
        for machine, name, count in counts:
            model = machines()[machine]
            step = model.steps[name]
            if decide(self.actor, step.action).allowed:
                action = f"{machine}.list"
                url = url_of(action, self.actor, self.record) or url_of(action, self.actor) or ""
                yield f"等您审批：{model.label}“{step.label}”", url, f"{count} 项"

    def waiting(self) -> list[tuple[str, str, str, int]]:
        """(who with this action may act, what waits, where, how many)."""
        cycle, counts = self.record, self.figures
        submitted = sum(each.state == "submitted" for each in counts.lists.values())
        drafts, states = cycle.notices.filter(state="draft").count(), counts.states
        return [
            ("notice.approve", "待批准的公告", reverse("manage:notice.list"), drafts),
            ("list.accept", "待接收的推荐名单", self.list_url("state=submitted", "list.list"), submitted),
            ("application.receive", "待受理的申报", self.list_url("state=forwarded"), states["forwarded"]),
            (
                "application.review",
                "待审查的申报",
                self.list_url("state=in_cast_review"),
                states["in_cast_review"],
            ),
        ]

    def schedule(self) -> Table:
        """The year's times with today among them."""
        starts = {"申报开始", "网络评审开始"}
        times = [
            (instant, name, (instant_text if name in starts else deadline_text)(instant))
            for name, instant in self.record.windows()
        ]
        times.append((self.at, "今天", instant_text(self.at)))
        rows = [
            Row(
                [
                    Cell(name),
                    Cell(text),
                    Cell("今天", tag="blue") if name == "今天" else Cell("已过" if instant <= self.at else "未到"),
                ]
            )
            for instant, name, text in sorted(times, key=lambda each: each[0])
        ]
        return Table([Column("", label) for label in ("事项", "时间", "进展")], rows, "时间表", compact=True)
