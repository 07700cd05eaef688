"""拟入选名单: the board by field with its line, moves with reasons, deliberation, approval by two (Art. 9, 19)."""

from itertools import groupby

from django.db.models import prefetch_related_objects
from django.http import HttpResponseRedirect
from django.urls import reverse

from applications.views.manage.years import OfYear
from portal.access.decide import decide
from portal.web.components import Cell, Column, Empty, Row, Section, Table
from portal.web.formats import instant_text
from portal.web.links import record_url, url_of
from portal.web.views import ApprovePage, CreatePage, DeedPage, PreparePage, RecordPage, StepPage
from review.commands import looks, publicity
from review.commands import shortlist as commands
from review.forms.meeting import DraftListForm, MoveForm
from review.models import Shortlist, ShortlistEntry
from review.rules.shortlist import within_places
from review.views.confidentiality import UndertakingRequired

COLUMNS = [
    Column("", "位次", numeric=True),
    *(Column("", label) for label in ("申报编号", "申报人", "依托单位")),
    *(Column("", label, numeric=True) for label in ("网评", "会评", "综合分")),
    *(Column("", label) for label in ("会评表决", "拟入选", "调整理由")),
]


class ListOfYear(UndertakingRequired, OfYear):
    """The year's list: its page where it stands, else what is missing for it."""

    action = "shortlist.list"
    template_name = "review/shortlist_missing.html"

    def get(self, request, *args, **kwargs):
        found = Shortlist.objects.filter(cycle=self.record).first()
        return HttpResponseRedirect(record_url(found, self.actor)) if found else super().get(request, *args, **kwargs)

    def context(self) -> dict:
        waiting = Shortlist(cycle=self.record)
        drafting = decide(self.actor, "shortlist.draft").allowed
        findings = list(waiting.meetings_finished())
        ready = drafting and not findings
        return {
            "title": f"{self.record.year} 年度拟入选名单",
            "findings": findings,
            "empty": Empty(
                "还没有拟定名单。", *(("拟定拟入选名单", reverse("manage:shortlist.draft")) if ready else ())
            ),
        }


class DraftList(UndertakingRequired, CreatePage):
    model = Shortlist
    opening = "draft"
    form_class = DraftListForm
    command = staticmethod(commands.draft)

    def back_url(self) -> str:
        return reverse("manage:shortlist.current")


class OfList(UndertakingRequired):
    model = Shortlist
    related = ("cycle",)

    def summary(self) -> list[tuple[str, str]]:
        chosen = self.record.entries.filter(chosen=True).count()
        return [
            ("编号", self.record.number),
            ("年度", f"{self.record.cycle.year} 年度"),
            ("拟入选", f"{chosen} 人"),
            ("状态", self.record.state_label()),
        ]


class Board(OfList, RecordPage):
    """Each field in its order, the line of its places drawn. Each look is an event (Art. 33)."""

    template_name = "review/shortlist.html"

    def get(self, request, *args, **kwargs):
        looks.at_board(self.record, actor=self.actor, at=self.at)
        prefetch_related_objects([self.record.cycle], "fields")
        response = super().get(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response

    def context(self) -> dict:
        cycle = self.record.cycle
        network, panel = cycle.settings["network_weight"], cycle.settings["panel_weight"]
        return {
            **super().context(),
            "title": f"{cycle.year} 年度拟入选名单",
            "boards": self.boards(),
            "weights": f"综合分 = 网评 × {network}% + 会评 × {panel}%",
        }

    def boards(self) -> list[tuple[str, list, Table]]:
        """(field, how its places stand, table) in the cycle's order of fields."""
        moving = self.record.state == "drafting" and decide(self.actor, "shortlist.move", self.record).allowed
        rows = {code: list(found) for code, found in groupby(self.record.ranking, key=lambda each: each.field_code)}
        boards = []
        for field in self.record.cycle.fields.all():
            if found := rows.get(field.code):
                chosen = sum(each.chosen for each in found)
                judged = [within_places(field.name, chosen, field.places)]
                boards.append((field.name, judged, self.table(field, found, moving)))
        return boards

    def table(self, field, entries: list[ShortlistEntry], moving: bool) -> Table:
        columns = [*COLUMNS, Column("", "办理")] if moving else COLUMNS
        rows = [self.row(each, moving) for each in entries]
        if field.places < len(entries):
            line = [Cell("—", numeric=True), Cell(f"入选线：名额 {field.places} 人"), *[Cell("")] * (len(columns) - 2)]
            rows.insert(field.places, Row(line, mark="quota"))
        return Table(columns, rows, f"{field.name}（{len(entries)} 人，名额 {field.places} 人）")

    def row(self, each: ShortlistEntry, moving: bool) -> Row:
        cells = [
            Cell(str(each.position), numeric=True),
            Cell(each.application_number),
            Cell(each.applicant_name),
            Cell(each.host_name),
            *(Cell(str(score), numeric=True) for score in (each.network, each.panel, each.composite)),
            Cell("通过", tag="green") if each.passed else Cell("未通过", tag="red"),
            Cell("拟入选", tag="blue") if each.chosen else Cell("—"),
            Cell(each.moved_because or "—"),
        ]
        if moving:
            move = reverse("manage:shortlist.move", kwargs=self.record.url_kwargs())
            cells.append(Cell("调整", f"{move}?application={each.application_number}"))
        return Row(cells)

    def facts(self) -> list[Section]:
        names = ("版本", "形成时间", "拟入选", "摘要")
        rows = [
            Row(
                [
                    Cell(f"第 {each.number} 版"),
                    Cell(instant_text(each.made_at)),
                    Cell(f"{sum(row['chosen'] for row in each.content)} 人"),
                    Cell(each.digest[:16]),
                ]
            )
            for each in self.record.versions.order_by("-number")
        ]
        versions = Table([Column("", name) for name in names], rows, "名单版本", compact=True)
        return [
            Section("综合论证纪要", [("纪要", self.record.minutes)]),
            *([Section("名单版本", table=versions)] if rows else []),
        ]

    def steps(self) -> list:
        deeds = ("shortlist.start_publicity", "shortlist.draft_final") if self.record.state == "approved" else ()
        self.deeds = deeds
        return super().steps()


class ListStep(OfList, StepPage):
    """The plain steps of a list."""


class Move(OfList, StepPage):
    step = "move"
    form_class = MoveForm
    command = staticmethod(commands.move)

    def form(self, data=None, files=None):
        asked = self.request.GET.get("application", "")
        return self.form_class(data, files, initial={"application": asked}, **self.form_options())


class PrepareApproval(OfList, PreparePage):
    step = "approve"
    command = staticmethod(commands.prepare_approve)


class Approve(OfList, ApprovePage):
    step = "approve"
    command = staticmethod(commands.approve)

    def proposal(self, prepared) -> list[tuple[str, str]]:
        chosen = self.record.entries.filter(chosen=True).order_by("field_code", "position")
        by_field = groupby(chosen, key=lambda each: each.field_name)
        return [(name, "、".join(each.applicant_name for each in found)) for name, found in by_field]


class StartPublicity(OfList, DeedPage):
    action = "shortlist.start_publicity"
    submit_label = "起草拟入选公示"

    def act(self, form):
        return publicity.start_publicity(self.record, actor=self.actor, at=self.at)

    def success_url(self, result) -> str:
        return url_of("notice.view", self.actor, result) or self.back_url()


class DraftFinal(StartPublicity):
    action = "shortlist.draft_final"
    submit_label = "起草正式名单"

    def act(self, form):
        return publicity.draft_final(self.record, actor=self.actor, at=self.at)
