"""The review's front door for colleagues of 市科协, and the undertaking that opens it (Art. 33)."""

from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from applications.models import Cycle
from portal.access.decide import decide
from portal.web.components import Action, Cell, Column, Row, Table
from portal.web.links import record_url, url_of
from portal.web.views import FormPage, Page, state_cell
from review.commands import undertaking as commands
from review.forms.expert import SignForm
from review.models import Meeting, Objection, Round, Shortlist, Undertaking
from review.views.confidentiality import UndertakingRequired
from review.views.expert.work import parts_of

STAGES = ("network_review", "panel_review", "publicity", "contracting", "cultivation", "closed")
# (label, action, page that needs no year)
DOORS = (
    ("专家库", "expert.list", "expert.list"),
    ("网络评审", "round.list", "round.current"),
    ("会议评审", "meeting.list", "meeting.current"),
    ("拟入选名单", "shortlist.list", "shortlist.current"),
    ("异议", "objection.list", "objection.current"),
)


class StaffPledge(FormPage):
    """The year's undertaking of a colleague; afterwards back to where they wanted to go."""

    action = "undertaking.sign"
    title = "工作人员保密承诺书"
    form_class = SignForm
    template_name = "review/pledge.html"
    submit_label = "签署"

    def act(self, form):
        return commands.sign_for_the_year(actor=self.actor, at=self.at, **form.values())

    def context(self) -> dict:
        year = timezone.localdate(self.at).year
        text = commands.text_for(Undertaking.Kind.STAFF)
        return {**super().context(), "heading": f"{year} 年度工作人员保密承诺书", "parts": parts_of(text)}

    def get(self, request, *args, **kwargs):
        if commands.has_signed(self.actor, self.at):
            return HttpResponseRedirect(self.success_url(None))
        return super().get(request, *args, **kwargs)

    def success_url(self, result) -> str:
        wanted = self.request.GET.get("next", "")
        home = url_of("review.hub", self.actor) if decide(self.actor, "review.hub").allowed else "/workspace/"
        return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else home

    def back_url(self) -> str:
        return ""


class Hub(UndertakingRequired, Page):
    """Each year's round, meetings, list and objections, as far as the role may see them."""

    action = "review.hub"
    title = "评审"
    template_name = "review/hub.html"

    def context(self) -> dict:
        return {"doors": self.doors(), "table": self.years()}

    def doors(self) -> list[Action]:
        return [
            Action(label, reverse(f"manage:{page}"))
            for label, action, page in DOORS
            if decide(self.actor, action).allowed
        ]

    def years(self) -> Table:
        found = {
            "round.view": {each.cycle_id: each for each in Round.objects.all()},
            "shortlist.view": {each.cycle_id: each for each in Shortlist.objects.all()},
        }
        meetings: dict[int, list[Meeting]] = {}
        for meeting in Meeting.objects.order_by("held_at"):
            meetings.setdefault(meeting.cycle_id, []).append(meeting)
        waiting: dict[int, int] = {}
        for cycle in Objection.objects.exclude(state__in=Objection.final).values_list("notice__cycle_id", flat=True):
            waiting[cycle] = waiting.get(cycle, 0) + 1
        rows = [
            Row(
                [
                    Cell(str(cycle.year)),
                    Cell(cycle.state_label(), tag=cycle.colours[cycle.state]),
                    self.cell("round.view", found["round.view"].get(cycle.pk)),
                    Cell(f"{len(meetings.get(cycle.pk, []))} 场"),
                    self.cell("shortlist.view", found["shortlist.view"].get(cycle.pk)),
                    Cell(str(waiting.get(cycle.pk, 0)), numeric=True),
                ]
            )
            for cycle in Cycle.objects.filter(state__in=STAGES).order_by("-year")
        ]
        columns = [Column("", label) for label in ("年度", "阶段", "网络评审", "会议评审", "拟入选名单")]
        return Table([*columns, Column("", "未办结异议", numeric=True)], rows, "各年度评审")

    def cell(self, action: str, record) -> Cell:
        if record is None or not decide(self.actor, action, record).allowed:
            return Cell("—")
        shown = state_cell(record)
        return Cell(shown.text, record_url(record, self.actor), shown.tag)
