"""URLs of chapter 7 by workspace."""

from django.urls import path

from assessment import forms
from assessment.commands import assessment, exit, experts, tracking, transfer
from assessment.models import Assessment, ExitCase, ExitNotice, InformationChange, Transfer
from assessment.views import assessment as pages
from assessment.views import changes
from assessment.views import exit as exits
from assessment.views import expert as desk
from funding.models import Selectee
from portal.web.routes import deed, four_eyes, listing, record, step, steps
from portal.web.views import DeedPage

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


def on_selectee(what: str, action: str, command, form, view=DeedPage, to_result=True):
    """A deed on a selectee, which makes a record of chapter 7."""
    return deed(f"selectees/<str:no>/{what}", Selectee, action, command, form, view, to_result=to_result)


CONTACT = on_selectee("contacts/new/", "tracking.add", tracking.add, forms.ContactForm, to_result=False)

apply = [
    *ASSESSMENTS,
    deed(
        "assessments/<str:no>/edit/",
        Assessment,
        "assessment.edit",
        assessment.edit,
        forms.SelfReportForm,
        pages.SelfReport,
        submit_label="保存",
    ),
    assess("report", assessment.report),
    assess("host_return", assessment.host_return),
    assess("host_review", assessment.host_review, forms.OpinionForm),
    assess("report_rectification", assessment.report_rectification, forms.RectificationForm),
    *CHANGES,
    on_selectee("information-changes/new/", "information_change.request", tracking.request_change, forms.ChangeForm),
    on_selectee("transfer/", "transfer.request", transfer.request, forms.TransferForm, changes.RequestTransfer),
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
    on_selectee("exit/", "exit.request", exit.request, forms.ExitRequestForm),
    step("exits", ExitCase, "withdraw", exit.withdraw, view=exits.CaseStep),
    step("exits", ExitCase, "opine", exit.opine, forms.OpinionForm, exits.CaseStep),
    listing("exit-notices", exits.NoticeList),
    record("exit-notices", exits.NoticePage),
    deed("exit-notices/<str:no>/defence/", ExitNotice, "exit.defend", exit.defend, forms.DefenceForm),
]

recommend = [
    *ASSESSMENTS,
    assess("recommender_return", assessment.recommender_return),
    assess("recommender_review", assessment.recommender_review, forms.OpinionForm),
    listing("contacts", changes.ContactList),
    CONTACT,
]

expert = [
    listing("assessments", desk.MyAssessments),
    path("assessments/<int:n>/", desk.ScorePage.as_view(), name="assessment.score"),
    path("assessments/<int:n>/pledge/", desk.Pledge.as_view(), name="assessment.pledge"),
    path("assessments/<int:n>/recuse/", desk.Recuse.as_view(), name="assessment.recuse"),
]

manage = [
    *ASSESSMENTS,
    on_selectee("assessments/new/", "assessment.schedule", assessment.schedule, forms.ScheduleForm, pages.SwornDeed),
    deed(
        "assessments/<str:no>/experts/",
        Assessment,
        "assessment.assign_experts",
        experts.assign,
        forms.ExpertsForm,
        pages.AssignExperts,
    ),
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
    CONTACT,
    step("information-changes", InformationChange, "approve", tracking.approve_change),
    step("information-changes", InformationChange, "refuse", tracking.refuse_change),
    *four_eyes("transfers", Transfer, "approve", transfer.prepare_approval, approve=changes.ApproveTransfer),
    step("transfers", Transfer, "refuse", transfer.refuse),
    step("transfers", Transfer, "settle", transfer.settle, view=changes.SettleTransfer),
    on_selectee("exits/new/", "exit.open", exit.open_case, forms.OpenCaseForm),
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
