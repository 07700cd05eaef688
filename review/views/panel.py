"""会议评审 on the staff's side: arranging, lots, the session and its quorum, voting, results, minutes (Art. 17, 18)."""

from collections.abc import Callable
from dataclasses import replace

from django.db.models import QuerySet
from django.http import HttpResponseRedirect, JsonResponse
from django.urls import reverse

from applications.views.manage.years import InYear
from portal.access.decide import decide
from portal.web.components import Action, Empty, Section, StepLink
from portal.web.formats import instant_text
from portal.web.links import record_url
from portal.web.views import (
    CreatePage,
    DeedPage,
    ListPage,
    OfRecord,
    RecordPage,
    StepPage,
    deed_links,
    state_cell,
    step_links,
)
from review.commands import looks, panel
from review.commands import meeting as commands
from review.forms.meeting import DrawForm, PlanForm, SeatForm
from review.forms.panel import MembersForm
from review.models import Meeting, Member, Slot
from review.panels import Panel, clock_of, results_table
from review.views.confidentiality import UndertakingRequired

DRAW = Meeting.steps["draw"].label
# What the page offers beside the steps, by state.
DEEDS = {
    "planned": ("meeting.seat", "meeting.register"),
    "in_session": ("meeting.register", "meeting.leave"),
    "voting": ("meeting.leave",),
    "closed": ("meeting.results",),
    "minutes_signed": ("meeting.results",),
}


class MeetingList(UndertakingRequired, InYear, ListPage):
    action = "meeting.list"
    model = Meeting
    order = ("-held_at",)
    search = ("number", "title")
    empty = Empty("这一年度还没有安排会议评审。")
    columns = [
        ("number", "编号", lambda each: each.number),
        ("", "会议名称", lambda each: each.title),
        ("held_at", "时间", lambda each: instant_text(each.held_at)),
        ("", "地点", lambda each: each.place),
        ("state", "状态", state_cell),
        ("", "现在轮到", lambda each: each.now_with.get(each.state, "")),
    ]

    @property
    def title(self) -> str:
        return f"{self.cycle.year} 年度会议评审"

    def queryset(self):
        return super().queryset().filter(cycle=self.cycle)

    def actions(self) -> list[Action]:
        if not decide(self.actor, "meeting.plan").allowed:
            return []
        return [Action("安排会议评审", reverse("manage:meeting.plan"), True)]


class PlanMeeting(UndertakingRequired, CreatePage):
    model = Meeting
    opening = "plan"
    form_class = PlanForm
    command = staticmethod(commands.plan)

    def back_url(self) -> str:
        return reverse("manage:meeting.current")


class OfMeeting(UndertakingRequired):
    """What every page of one meeting says it is about."""

    model = Meeting
    related = ("cycle",)

    def summary(self) -> list[tuple[str, str]]:
        meeting = self.record
        return [
            ("编号", meeting.number),
            ("会议名称", meeting.title),
            ("时间", instant_text(meeting.held_at)),
            ("地点", meeting.place),
            ("状态", meeting.state_label()),
        ]


class MeetingPage(OfMeeting, RecordPage):
    """The secretary's desk: quorum, the candidate in turn, members, candidates. Scores are counted, never shown."""

    template_name = "review/meeting.html"

    def context(self) -> dict:
        self.panel = Panel(self.record)
        return {
            **super().context(),
            "title": self.record.title,
            "quorum": self.panel.quorum(),
            "live": self.record.state in ("planned", "in_session", "voting"),
            "token": self.panel.token(),
            "token_url": reverse("manage:meeting.token", kwargs=self.record.url_kwargs()),
            **self.turn(),
        }

    def turn(self) -> dict:
        """Who presents, and whose scores are awaited."""
        slot = self.panel.current()
        if slot is None:
            return {"slot": None}
        slot.meeting = self.record
        return {
            "slot": slot,
            "total": len(self.panel.slots),
            "clock": clock_of(slot, self.at),
            "handed_in": self.panel.handed_in(slot),
            "missing": self.panel.missing(slot),
        }

    def facts(self) -> list[Section]:
        meeting = self.record
        seed = "" if meeting.lot_seed is None else str(meeting.lot_seed)
        about = [
            *OfMeeting.summary(self)[1:-1],
            ("评审组人数", f"{meeting.settings['panel_members']} 人"),
            ("抽签种子", seed),
        ]
        return [
            Section(f"评审组成员（{len(self.panel.members)} 人）", table=self.panel.members_table()),
            Section(f"候选人（{len(self.panel.slots)} 人，按抽签顺序）", table=self.panel.candidates_table()),
            Section("会议安排", about),
        ]

    def progress(self) -> list[tuple[str, str]]:
        states = Meeting.State.values
        here = states.index(self.record.state)
        signs = {True: "done", False: "todo"}
        return [
            (label, "current" if place == here else signs[place < here])
            for place, label in enumerate(Meeting.State.labels)
        ]

    def steps(self) -> list[StepLink]:
        turn = self.turn_links()
        steps = [
            replace(each, primary=each.primary and not turn)
            for each in step_links(self.record, self.actor, self.at)
            if self.record.lot_seed is None or each.label != DRAW
        ]
        return [*turn, *steps, *deed_links(self.record, self.actor, DEEDS[self.record.state])]

    def turn_links(self) -> list[StepLink]:
        """The next word of the secretary while the panel sits: end this candidate's scoring, or call the next one."""
        slot = self.panel.current() or self.panel.following()
        if slot is None or self.record.state != "in_session":
            return []
        found = step_links(slot, self.actor, self.at)
        return [
            replace(each, label=f"{each.label}：{slot.order} 号 {slot.applicant_name}", primary=True) for each in found
        ]


class MeetingToken(OfMeeting, OfRecord):
    """A few bytes that change when the page is out of date."""

    action = "meeting.view"

    def get(self, request, *args, **kwargs):
        response = JsonResponse({"token": Panel(self.record).token()})
        response["Cache-Control"] = "no-store"
        return response


class Seat(OfMeeting, DeedPage):
    action = "meeting.seat"
    form_class = SeatForm
    command = staticmethod(panel.compose)
    submit_label = "保存评审组"


class Presence(OfMeeting, DeedPage):
    """Several members at once, by the secretary; offered: which members of a meeting can be chosen."""

    form_class = MembersForm
    offered: Callable[[Meeting], QuerySet[Member]]

    def form_options(self) -> dict:
        return {**super().form_options(), "offered": self.offered(self.record)}


class SignIn(Presence):
    action = "meeting.register"
    title = "登记签到"
    submit_label = "登记签到"
    offered = staticmethod(Meeting.absent)
    command = staticmethod(panel.sign_in)


class Leave(Presence):
    action = "meeting.leave"
    submit_label = "登记离会"
    offered = staticmethod(Meeting.present)
    command = staticmethod(panel.leave)


class Draw(OfMeeting, StepPage):
    step = "draw"
    form_class = DrawForm
    command = staticmethod(commands.draw)


class MeetingStep(OfMeeting, StepPage):
    """The other steps of a meeting."""


class SlotStep(UndertakingRequired, StepPage):
    """开始答辩, 结束评分: from the meeting's page and back to it."""

    model = Slot
    related = ("meeting", "application")

    def summary(self) -> list[tuple[str, str]]:
        slot = self.record
        return [
            ("签号", f"{slot.order} 号"),
            ("申报人", slot.applicant_name),
            ("依托单位", slot.host_name),
            ("状态", slot.state_label()),
        ]

    def back_url(self) -> str:
        return record_url(self.record.meeting, self.actor) or "/"

    def success_url(self, result) -> str:
        return self.back_url()


class Results(OfMeeting, OfRecord):
    """What the meeting came to, once it is closed. Each look is an event (Art. 33)."""

    action = "meeting.results"
    template_name = "review/meeting_results.html"

    def get(self, request, *args, **kwargs):
        if self.record.state not in ("closed", "minutes_signed"):
            return HttpResponseRedirect(self.back_url())
        looks.at_results(self.record, actor=self.actor, at=self.at)
        response = self.show()
        response["Cache-Control"] = "private, no-store"
        return response

    def context(self) -> dict:
        return {
            "title": f"会评结果：{self.record.title}",
            "record": self.record,
            "table": results_table(self.record),
            "back_url": self.back_url(),
        }
