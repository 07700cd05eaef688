"""/manage/: experts, the network review and the undertaking of colleagues."""

from django.urls import path

from applications.views.manage.cycle import CurrentList
from portal.web import routes
from review.commands import round as commands
from review.models import Round
from review.views.manage import assignments, experts, hub, results, rounds, seats

people = [
    path("undertaking/", hub.StaffPledge.as_view(), name="undertaking.sign"),
    path("review/", hub.Hub.as_view(), name="review.hub"),
    path("experts/", experts.ExpertList.as_view(), name="expert.list"),
    path("experts/new/", experts.AddExpert.as_view(), name="expert.add"),
    path("experts/<str:no>/", experts.ExpertPage.as_view(), name="expert.view"),
    path("experts/<str:no>/edit/", experts.EditExpert.as_view(), name="expert.edit"),
    path("experts/<str:no>/conflict/", experts.RecordConflict.as_view(), name="conflict.record"),
]

of_round = {
    "configure": rounds.Configure,
    "start_scoring": rounds.StartScoring,
    "extend": rounds.Extend,
    "resume": rounds.Resume,
}
network = [
    path("rounds/", CurrentList.as_view(action="round.list", target="manage:round.list"), name="round.current"),
    path("<int:year>/rounds/", rounds.RoundsOfYear.as_view(), name="round.list"),
    path("rounds/new/", rounds.NewRound.as_view(), name="round.create"),
    routes.record("rounds", rounds.RoundPage),
    *(
        path(f"rounds/<str:no>/{name.replace('_', '-')}/", view.as_view(), name=f"round.{name}")
        for name, view in of_round.items()
    ),
    routes.step("rounds", Round, "start_assigning", commands.start_assigning, view=rounds.RoundStep),
    routes.step("rounds", Round, "close", commands.close, view=rounds.RoundStep),
    path("rounds/<str:no>/confirm/prepare/", rounds.PrepareConfirm.as_view(), name="round.confirm.prepare"),
    path("rounds/<str:no>/confirm/", rounds.Confirm.as_view(), name="round.confirm"),
    path("rounds/<str:no>/assignments/", seats.AssignmentTable.as_view(), name="round.assignments"),
    path("rounds/<str:no>/assign/", seats.AssignAutomatically.as_view(), name="round.assign"),
    path("rounds/<str:no>/assign/<str:application>/", seats.PickExpert.as_view(), name="assignment.propose"),
    path("rounds/<str:no>/remind/", rounds.Remind.as_view(), name="round.remind"),
    path("rounds/<str:no>/results/", results.Results.as_view(), name="round.results"),
    routes.record("assignments", assignments.AssignmentPage),
    path("assignments/<str:no>/reopen/", assignments.Reopen.as_view(), name="assignment.reopen"),
    path("assignments/<str:no>/revoke/", assignments.Revoke.as_view(), name="assignment.revoke"),
    path("assignments/<str:no>/replace/", seats.ReplaceExpert.as_view(), name="round.replace"),
]

manage = [*people, *network]
