"""URLs of chapter 7 by workspace."""

from django.urls import path

from assessment import forms
from assessment.commands import assessment, exit, experts, tracking, transfer
from assessment.models import Assessment, ExitCase, InformationChange, Transfer
from assessment.views import assessment as pages
from assessment.views import changes
from assessment.views import exit as exits
from assessment.views import expert as desk
from portal.web.routes import four_eyes, listing, record, step, steps

ASSESSMENTS = [listing("assessments", pages.AssessmentList), record("assessments", pages.AssessmentPage)]
CHANGES = [
    listing("information-changes", changes.InformationChangeList),
    record("information-changes", changes.InformationChangePage),
    listing("transfers", changes.TransferList),
    record("transfers", changes.TransferPage),
    listing("exits", exits.ExitList),
    record("exits", exits.ExitPage),
]


def assess(name: str, command, form=None, view=pages.SwornStep):
    """A step of the assessment."""
    return step("assessments", Assessment, name, command, form, view)


apply = [
    *ASSESSMENTS,
    path("assessments/<str:no>/edit/", pages.SelfReport.as_view(), name="assessment.edit"),
    assess("report", assessment.report),
    assess("host_return", assessment.host_return),
    assess("host_review", assessment.host_review, forms.OpinionForm),
    assess("report_rectification", assessment.report_rectification, forms.RectificationForm),
    *CHANGES,
    path(
        "selectees/<str:no>/information-changes/new/",
        changes.RequestChange.as_view(),
        name="information_change.request",
    ),
    path("selectees/<str:no>/transfer/", changes.RequestTransfer.as_view(), name="transfer.request"),
    *steps(
        "transfers",
        Transfer,
        {
            "withdraw": transfer.withdraw,
            "consent": transfer.consent,
            "oppose": transfer.oppose,
            "accept": transfer.accept,
            "decline": transfer.decline,
        },
        accept=forms.AcceptForm,
    ),
    path("selectees/<str:no>/exit/", exits.RequestExit.as_view(), name="exit.request"),
    step("exits", ExitCase, "withdraw", exit.withdraw, view=exits.CaseStep),
    step("exits", ExitCase, "opine", exit.opine, forms.OpinionForm, exits.CaseStep),
    listing("exit-notices", exits.NoticeList),
    record("exit-notices", exits.NoticePage),
    path("exit-notices/<str:no>/defence/", exits.Defend.as_view(), name="exit.defend"),
]

recommend = [
    *ASSESSMENTS,
    assess("recommender_return", assessment.recommender_return),
    assess("recommender_review", assessment.recommender_review, forms.OpinionForm),
    listing("contacts", changes.ContactList),
    path("selectees/<str:no>/contacts/new/", changes.AddContact.as_view(), name="tracking.add"),
]

expert = [
    listing("assessments", desk.MyAssessments),
    path("assessments/<int:n>/", desk.ScorePage.as_view(), name="assessment.score"),
    path("assessments/<int:n>/pledge/", desk.Pledge.as_view(), name="assessment.pledge"),
    path("assessments/<int:n>/recuse/", desk.Recuse.as_view(), name="assessment.recuse"),
]

manage = [
    *ASSESSMENTS,
    path("selectees/<str:no>/assessments/new/", pages.Schedule.as_view(), name="assessment.schedule"),
    path("assessments/<str:no>/experts/", pages.AssignExperts.as_view(), name="assessment.assign_experts"),
    path("assessments/<str:no>/scores/", pages.Scores.as_view(), name="assessment.scores"),
    assess("extend", assessment.extend, forms.ExtendForm),
    assess("return_report", assessment.return_report),
    assess("start_expert_review", experts.start_review),
    assess("grade", assessment.grade, forms.GradeForm, pages.GradePage),
    assess("demand_rectification", assessment.demand_rectification),
    assess("lapse", assessment.lapse),
    assess("regrade", assessment.regrade, forms.RegradeForm),
    assess("close", assessment.close),
    *CHANGES,
    listing("contacts", changes.ContactList),
    path("selectees/<str:no>/contacts/new/", changes.AddContact.as_view(), name="tracking.add"),
    step("information-changes", InformationChange, "approve", tracking.approve_change),
    step("information-changes", InformationChange, "refuse", tracking.refuse_change),
    *four_eyes("transfers", Transfer, "approve", transfer.prepare_approval, approve=changes.ApproveTransfer),
    step("transfers", Transfer, "refuse", transfer.refuse),
    step("transfers", Transfer, "settle", transfer.settle, view=changes.SettleTransfer),
    path("selectees/<str:no>/exits/new/", exits.OpenCase.as_view(), name="exit.open"),
    *four_eyes("exits", ExitCase, "approve", exit.prepare_approval, approve=exits.ApproveExit),
    step("exits", ExitCase, "drop", exit.drop, view=exits.CaseStep),
    step("exits", ExitCase, "notify", exit.notify, forms.NotifyForm, exits.CaseStep),
    *four_eyes("exits", ExitCase, "decide", exit.prepare_decision, forms.DecisionForm, exits.ApproveDecision),
    step("exits", ExitCase, "recover", exit.recover, view=exits.CaseStep),
    step("exits", ExitCase, "settle", exit.settle, view=exits.CaseStep),
    step("exits", ExitCase, "reinstate", exit.reinstate, view=exits.CaseStep),
    step("exits", ExitCase, "dismiss", exit.dismiss, view=exits.CaseStep),
    step("exits", ExitCase, "close", exit.close, view=exits.CaseStep),
]
