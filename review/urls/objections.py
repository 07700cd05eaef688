"""异议 (Art. 19): the staff's desk."""

from django.urls import path

from applications.views.manage.cycle import CurrentList
from portal.web import routes
from review.commands import objection as commands
from review.forms.meeting import AnswerForm, ReportForm
from review.models import Objection
from review.views import objections as views

STEPS = {
    "accept": (commands.accept, None),
    "refuse": (commands.refuse, None),
    "investigate": (commands.investigate, None),
    "report": (commands.report, ReportForm),
    "uphold": (commands.uphold, None),
    "dismiss": (commands.dismiss, None),
    "answer": (commands.answer, AnswerForm),
}

manage = [
    path(
        "objections/",
        CurrentList.as_view(action="objection.list", target="manage:objection.list"),
        name="objection.current",
    ),
    path("<int:year>/objections/", views.ObjectionList.as_view(), name="objection.list"),
    routes.record("objections", views.ObjectionPage),
    path("objections/<str:no>/reveal/", views.Reveal.as_view(), name="objection.reveal"),
    *(
        routes.step("objections", Objection, name, command, form, view=views.ObjectionStep)
        for name, (command, form) in STEPS.items()
    ),
]
