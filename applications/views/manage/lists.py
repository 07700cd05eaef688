"""推荐名单 in the city's hands: accepted or returned (Art. 11, 13(5))."""

from applications.models import RecommendationList
from applications.views.manage.years import InYear
from portal.web.components import Cell, Column, Empty, Row, Section, Table
from portal.web.formats import deadline_text, instant_text
from portal.web.links import record_url
from portal.web.views import ListPage, RecordPage, StepPage, state_cell

ListState = RecommendationList.State


class ListsOfYear(InYear, ListPage):
    """The units' lists of one year. What a unit still drafts shows by its state, not by its content."""

    action = "list.list"
    model = RecommendationList
    related = ("organisation", "cycle")
    tabs_by = "state"
    order = ("organisation__code",)
    search = ("number", "organisation__name")
    empty = Empty("还没有推荐单位建立推荐名单。")
    columns = [
        ("organisation__code", "推荐单位", lambda each: each.organisation.name),
        ("", "编号", lambda each: each.number),
        ("state", "状态", state_cell),
        ("", "报送人数", lambda each: str(len(each.frozen.get("rows", ()))) if was_sent(each) else ""),
        ("submitted_at", "报送时间", lambda each: instant_text(each.submitted_at) if each.submitted_at else ""),
        ("", "报送截止", lambda each: deadline_text(each.closes_at())),
    ]
    numeric = frozenset({"报送人数"})

    @property
    def title(self) -> str:
        return f"{self.cycle.year} 年度推荐名单"

    def queryset(self):
        return super().queryset().filter(cycle=self.cycle)


class ListPageOfUnit(RecordPage):
    """One list as it was sent."""

    model = RecommendationList
    related = ("organisation", "cycle", "submitted_by")

    def facts(self) -> list[Section]:
        unit_list = self.record
        facts = [
            ("推荐单位", unit_list.organisation.name),
            ("年度", str(unit_list.cycle.year)),
            ("报送截止", deadline_text(unit_list.closes_at()) + ("（已延长）" if unit_list.extended_until else "")),
            ("报送时间", instant_text(unit_list.submitted_at) if unit_list.submitted_at else ""),
            ("报送人", unit_list.submitted_by.name if unit_list.submitted_by else ""),
            ("名额", f"{unit_list.quota()} 名"),
        ]
        listed = [Section("推荐人员", table=self._people())] if was_sent(unit_list) else []
        return [Section("基本信息", facts), *listed]

    def _people(self) -> Table:
        """The frozen rows, each linked to its application. One query."""
        rows = self.record.frozen["rows"]
        urls = {
            each.number: record_url(each, self.actor)
            for each in self.record.cycle.applications.filter(number__in=[row["application"] for row in rows])
        }
        columns = [Column("", label) for label in ("位次", "姓名", "依托单位", "领域", "申报")]
        body = [
            Row(
                [
                    *map(Cell, (str(row["rank"]), row["name"], row["unit"], row["field"])),
                    Cell(row["application"], url=urls.get(row["application"])),
                ]
            )
            for row in rows
        ]
        return Table(columns, body, "推荐人员", compact=True)


class ListStep(StepPage):
    model = RecommendationList
    related = ("organisation", "cycle")

    def summary(self) -> list[tuple[str, str]]:
        unit_list = self.record
        return [
            ("推荐单位", unit_list.organisation.name),
            *super().summary(),
            *([("报送人数", f"{len(unit_list.frozen['rows'])} 人")] if was_sent(unit_list) else []),
        ]


def was_sent(unit_list: RecommendationList) -> bool:
    """Whether what it froze is what the city has in hand."""
    return unit_list.state in (ListState.SUBMITTED, ListState.ACCEPTED)
