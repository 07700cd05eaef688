"""What assessment does when an earlier chapter's event, or one of its own, has happened. Each finds what stands."""

from assessment.commands import assessment as assessments
from assessment.commands import exit as exits
from assessment.models import Assessment, ExitCase
from assessment.models.exit import IN_TERM
from funding.commands import grant as grants
from funding.models import Disbursement, Expense, Selectee, TaskBook
from portal.events.reactions import on
from portal.people.actor import SYSTEM


@on("expense.fail_rectification")
def open_case_of_unheeded_warning(event) -> None:
    """认定未整改 → a docket on ground E3, in state opened; a person decides what becomes of it (Art. 31(2)3)."""
    expense = Expense.objects.select_related("grant__selectee").get(pk=event.record_pk)
    facts = f"支出 {expense.number}（{expense.summary}）经提醒督促，期满仍未按要求整改。"
    _open(expense.grant.selectee, "E3", facts, expense.number, event.at)


@on("assessment.regrade")
def open_case_of_second_failure(event) -> None:
    """复评不合格 with no rectification left → a docket on ground E1 (Art. 31(2)1)."""
    assessment = Assessment.objects.get(pk=event.record_pk)
    if assessment.regrade_value == Assessment.Grade.FAILED and list(assessment.rectification_left()):
        facts = f"{assessment.period}{assessment.get_kind_display()} {assessment.number} 整改后复评不合格。"
        _open(assessment.selectee, "E1", facts, assessment.number, event.at)


def _open(selectee: Selectee, ground: str, facts: str, evidence_ref: str, at) -> None:
    """Unless a case stands open, or one on this record has been dealt with, or the term is over."""
    cases = ExitCase.objects.filter(selectee=selectee)
    dealt_with = cases.filter(ground=ground, evidence_ref=evidence_ref).exists()
    if selectee.state in IN_TERM and not dealt_with and not cases.exclude(state="closed").exists():
        exits.open_case(selectee, actor=SYSTEM, at=at, ground=ground, facts=facts, evidence_ref=evidence_ref)


@on("task_book.sign_for_cast")
def follow_the_task_book(event) -> None:
    """A task book signed anew changes what self-reports that nobody has handed in yet must answer for."""
    selectee = TaskBook.objects.get(pk=event.record_pk).selectee
    for assessment in selectee.assessments.filter(state="scheduled"):
        assessments.renew_lines(assessment)


@on("disbursement.confirm", "disbursement.cancel")
def settle_after_the_last_tranche(event) -> None:
    """After a completed term the grant goes into settlement once nothing is left to pay (Art. 32)."""
    grant = Disbursement.objects.select_related("grant__selectee").get(pk=event.record_pk).grant
    grants.settle_if_paid(grant, actor=SYSTEM, at=event.at)
