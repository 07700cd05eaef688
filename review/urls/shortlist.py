"""拟入选名单 (Art. 9, 19)."""

from django.urls import path

from applications.views.manage.cycle import CurrentList
from portal.web import routes
from review.commands import shortlist as commands
from review.forms.meeting import MinutesForm
from review.models import Shortlist
from review.views import shortlist as views

manage = [
    path(
        "shortlists/",
        CurrentList.as_view(action="shortlist.list", target="manage:shortlist.list"),
        name="shortlist.current",
    ),
    path("<int:year>/shortlist/", views.ListOfYear.as_view(), name="shortlist.list"),
    path("shortlists/new/", views.DraftList.as_view(), name="shortlist.draft"),
    routes.record("shortlists", views.Board),
    path("shortlists/<str:no>/move/", views.Move.as_view(), name="shortlist.move"),
    routes.step("shortlists", Shortlist, "write_minutes", commands.write_minutes, MinutesForm, view=views.ListStep),
    routes.step("shortlists", Shortlist, "deliberate", commands.deliberate, view=views.ListStep),
    routes.step("shortlists", Shortlist, "send_back", commands.send_back, view=views.ListStep),
    path("shortlists/<str:no>/approve/prepare/", views.PrepareApproval.as_view(), name="shortlist.approve.prepare"),
    path("shortlists/<str:no>/approve/", views.Approve.as_view(), name="shortlist.approve"),
    path("shortlists/<str:no>/publicity/", views.StartPublicity.as_view(), name="shortlist.start_publicity"),
    path("shortlists/<str:no>/final/", views.DraftFinal.as_view(), name="shortlist.draft_final"),
]
