"""E4 会评, a member's page: declare, sign in, score the candidate in turn, vote, and for the chair sign the minutes."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.urls import reverse

from portal.web.components import Cell, Column, Row, Table
from portal.web.formats import clock_text, instant_text
from portal.web.views import FormPage, OfRecord, StepPage
from review import reading
from review.commands import looks
from review.commands import meeting as commands
from review.forms.assignment import PanelScoreForm, VoteForm
from review.forms.panel import PanelDeclareForm
from review.models import Meeting, Member, PanelSheet, Voted
from review.panels import token_for
from review.reach import MATERIALS_OPEN
from review.views.confidentiality import SignedExpert

PAGES = {
    "declare": "meeting.attend_declare",
    "sign_in": "meeting.attend_sign_in",
    "sign_minutes": "meeting.sign_minutes",
    "token": "meeting.token",
}


class InMeeting(SignedExpert, OfRecord):
    """A page of a member of the meeting; another expert does not find it."""

    model = Meeting
    related = ("cycle",)
    action = "meeting.attend"

    def allow(self) -> None:
        super().allow()
        self.member = Member.objects.filter(meeting=self.record, expert__user_id=self.actor.user_id).first()
        if self.member is None:
            raise Http404

    def sheets(self):
        """The member's own sheets, in the order of the lots."""
        own = PanelSheet.objects.filter(member=self.member).order_by("slot__order")
        return own.select_related("slot", "slot__meeting", "member", "expert")

    def sheet(self) -> PanelSheet:
        found = self.sheets().filter(slot__order=self.kwargs["order"]).first()
        if found is None:
            raise Http404
        return found

    def url(self, action: str, **kwargs) -> str:
        return reverse(f"expert:{action}", kwargs={"no": self.record.number, **kwargs})

    def back_url(self) -> str:
        return self.url("meeting.attend")

    def success_url(self, result) -> str:
        return self.back_url()

    def show(self, status: int = 200, **extra):
        response = super().show(status, **extra)
        response["Cache-Control"] = "private, no-store"
        return response


class Room(InMeeting):
    """One page for the whole meeting; what it asks for follows the session."""

    template_name = "review/panel_expert.html"

    def context(self) -> dict:
        meeting, sheets = self.record, list(self.sheets())
        current = next((each for each in sheets if each.slot.state == "presenting"), None)
        before_voting = meeting.state in commands.BEFORE_VOTING
        return {
            "title": meeting.title,
            "record": meeting,
            "member": self.member,
            "about": [("时间", instant_text(meeting.held_at)), ("地点", meeting.place)],
            "undeclared": sum(not each.recusal for each in sheets),
            "declaring": before_voting and bool(sheets),
            "signing_in": before_voting and not self.member.is_present,
            "total": len(sheets),
            "table": self.table(sheets) if sheets else None,
            "signing": self.member.is_chair and meeting.state == "closed",
            "live": meeting.state in MATERIALS_OPEN,
            "token": token_for(meeting, self.member, [each.slot for each in sheets]),
            "urls": {name: self.url(action) for name, action in PAGES.items()},
            "current": current,
            **(self.turn(current) if current else {}),
        }

    def turn(self, sheet: PanelSheet) -> dict:
        """The candidate who presents: their papers, and the form for who may score."""
        scoring = self.member.is_present and sheet.recusal == PanelSheet.NONE
        return {
            "slot": sheet.slot,
            "form": score_form(self, sheet) if scoring else None,
            "score_url": self.url("meeting.attend_score", order=sheet.slot.order),
            "content_url": self.url("meeting.attend_read", order=sheet.slot.order)
            if sheet.recusal == PanelSheet.NONE
            else "",
            "saved": f"已提交 {clock_text(sheet.submitted_at)}" if sheet.submitted_at else "未提交",
        }

    def table(self, sheets: list[PanelSheet]) -> Table:
        voted = set(Voted.objects.filter(sheet__in=sheets).values_list("sheet_id", flat=True))
        columns = [Column("", "签号", numeric=True)]
        columns += [Column("", label) for label in ("申报人", "依托单位", "领域", "回避声明")]
        columns += [Column("", "我的评分", numeric=True), Column("", "投票"), Column("", "材料")]
        return Table(columns, [self.row(each, each.pk in voted) for each in sheets], "候选人（按抽签顺序）")

    def row(self, sheet: PanelSheet, voted: bool) -> Row:
        slot, free = sheet.slot, sheet.recusal == PanelSheet.NONE
        readable = free and self.record.state in MATERIALS_OPEN
        return Row(
            [
                Cell(str(slot.order), numeric=True),
                Cell(slot.applicant_name),
                Cell(slot.host_name),
                Cell(slot.field_name),
                declaration(sheet),
                Cell("—" if sheet.total is None else str(sheet.total), numeric=True),
                self.vote_cell(sheet, voted),
                Cell("阅读材料", self.url("meeting.attend_read", order=slot.order)) if readable else Cell("—"),
            ]
        )

    def vote_cell(self, sheet: PanelSheet, voted: bool) -> Cell:
        if voted:
            return Cell("已投票", tag="green")
        if self.record.state != "voting" or sheet.recusal != PanelSheet.NONE:
            return Cell("—")
        if not self.member.is_present:
            return Cell("未签到", tag="grey")
        return Cell("投票", self.url("meeting.attend_vote", order=sheet.slot.order))


def declaration(sheet: PanelSheet) -> Cell:
    if not sheet.recusal:
        return Cell("待声明", tag="amber")
    said = sheet.get_recusal_display()
    return Cell(said, tag="green") if sheet.recusal == PanelSheet.NONE else Cell(f"回避：{said}", tag="grey")


def score_form(page, sheet: PanelSheet, data=None) -> PanelScoreForm:
    return PanelScoreForm(data, sheet=sheet, criteria=page.record.criteria, actor=page.actor, at=page.at)


class RoomToken(InMeeting):
    """A few bytes that change when the member's page is out of date."""

    def get(self, request, *args, **kwargs):
        slots = [each.slot for each in self.sheets()]
        response = JsonResponse({"token": token_for(self.record, self.member, slots)})
        response["Cache-Control"] = "no-store"
        return response


class Declare(InMeeting, FormPage):
    """Art. 33: every candidate is declared for before anything is read."""

    title = "会评回避声明"
    form_class = PanelDeclareForm
    template_name = "review/panel_declare.html"
    submit_label = "提交回避声明"

    def form_options(self) -> dict:
        return {**super().form_options(), "sheets": list(self.sheets().exclude(slot__state="scored"))}

    def act(self, form):
        commands.declare(self.record, actor=self.actor, at=self.at, **form.values())


class SignIn(InMeeting, FormPage):
    title = "会议签到"
    submit_label = "签到"

    def act(self, form):
        commands.sign_in(self.member, actor=self.actor, at=self.at)
        messages.success(self.request, "签到成功。")


class Candidate(InMeeting):
    """A candidate's submitted application, for a member without a conflict. Each look is an event."""

    template_name = "review/panel_candidate.html"

    def get(self, request, *args, **kwargs):
        sheet = self.sheet()
        if sheet.recusal != PanelSheet.NONE or self.record.state not in MATERIALS_OPEN:
            raise Http404
        looks.at_content(sheet.slot, actor=self.actor, at=self.at)
        return self.show(**self.papers(sheet.slot))

    def papers(self, slot) -> dict:
        content = slot.content
        return {
            "title": f"{slot.order} 号 {slot.applicant_name}",
            "slot": slot,
            "parts": reading.pages(content, self.record.cycle),
            "files": reading.attachments(content),
            "back_url": self.back_url(),
        }


class OfSheet(InMeeting, FormPage):
    """One verb on the member's own sheet of one candidate."""

    def allow(self) -> None:
        super().allow()
        self.own = self.sheet()

    def context(self) -> dict:
        slot = self.own.slot
        name = f"{slot.order} 号 {slot.applicant_name}"
        summary = [("签号", f"{slot.order} 号"), ("申报人", slot.applicant_name), ("依托单位", slot.host_name)]
        return {
            **super().context(),
            "title": f"{self.title}：{name}",
            "heading": f"{self.title}：{name}",
            "summary": summary,
            "slot": slot,
            "score_url": self.request.path,
        }


class Score(OfSheet):
    title = "会评评分"
    template_name = "review/panel_score.html"
    submit_label = "提交评分"

    def form(self, data=None, files=None):
        return score_form(self, self.own, data)

    def act(self, form):
        commands.score(self.own, actor=self.actor, at=self.at, **form.values())
        messages.success(self.request, "评分已提交。评分结束前可以修改后再次提交。")


class Vote(OfSheet):
    """A page of its own, because a ballot cannot be taken back."""

    title = "无记名投票"
    form_class = VoteForm
    template_name = "review/panel_vote.html"
    submit_label = "投票"

    def act(self, form):
        commands.vote(self.own, actor=self.actor, at=self.at, **form.values())
        messages.success(self.request, "已投票。")


class SignMinutes(SignedExpert, StepPage):
    model = Meeting
    related = ("cycle",)
    step = "sign_minutes"
    template_name = "review/panel_minutes.html"
    command = staticmethod(commands.sign_minutes)

    def back_url(self) -> str:
        return reverse("expert:meeting.attend", kwargs={"no": self.record.number})

    def success_url(self, result) -> str:
        """The meeting is over with this, and with it the member's reach."""
        return reverse("expert:assignment.list")
