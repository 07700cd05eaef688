"""会议评审 (Art. 17, 18): the staff's pages and a member's."""

from django.urls import path

from applications.views.manage.cycle import CurrentList
from portal.web import routes
from review.commands import meeting as commands
from review.forms.meeting import ArrangeForm, MinutesForm
from review.models import Meeting, Slot
from review.views import panel, panel_expert

STEPS = {
    "arrange": (commands.arrange, ArrangeForm),
    "start": (commands.start, None),
    "open_voting": (commands.open_voting, None),
    "close": (commands.close, None),
    "write_minutes": (commands.write_minutes, MinutesForm),
}

manage = [
    path("meetings/", CurrentList.as_view(action="meeting.list", target="manage:meeting.list"), name="meeting.current"),
    path("<int:year>/meetings/", panel.MeetingList.as_view(), name="meeting.list"),
    path("meetings/new/", panel.PlanMeeting.as_view(), name="meeting.plan"),
    routes.record("meetings", panel.MeetingPage),
    path("meetings/<str:no>/token/", panel.MeetingToken.as_view(), name="meeting.token"),
    path("meetings/<str:no>/members/", panel.Seat.as_view(), name="meeting.seat"),
    path("meetings/<str:no>/sign-in/", panel.SignIn.as_view(), name="meeting.register"),
    path("meetings/<str:no>/leave/", panel.Leave.as_view(), name="meeting.leave"),
    path("meetings/<str:no>/draw/", panel.Draw.as_view(), name="meeting.draw"),
    path("meetings/<str:no>/results/", panel.Results.as_view(), name="meeting.results"),
    *(
        routes.step("meetings", Meeting, name, command, form, view=panel.MeetingStep)
        for name, (command, form) in STEPS.items()
    ),
    routes.step("candidates", Slot, "call", commands.call, view=panel.SlotStep),
    routes.step("candidates", Slot, "finish", commands.finish, view=panel.SlotStep),
]

expert = [
    path("meeting/<str:no>/", panel_expert.Room.as_view(), name="meeting.attend"),
    path("meeting/<str:no>/token/", panel_expert.RoomToken.as_view(), name="meeting.token"),
    path("meeting/<str:no>/declare/", panel_expert.Declare.as_view(), name="meeting.attend_declare"),
    path("meeting/<str:no>/sign-in/", panel_expert.SignIn.as_view(), name="meeting.attend_sign_in"),
    path("meeting/<str:no>/candidates/<int:order>/", panel_expert.Candidate.as_view(), name="meeting.attend_read"),
    path("meeting/<str:no>/candidates/<int:order>/score/", panel_expert.Score.as_view(), name="meeting.attend_score"),
    path("meeting/<str:no>/candidates/<int:order>/vote/", panel_expert.Vote.as_view(), name="meeting.attend_vote"),
    path("meeting/<str:no>/sign-minutes/", panel_expert.SignMinutes.as_view(), name="meeting.sign_minutes"),
]
