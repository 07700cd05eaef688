"""What must always hold in chapter 7, recounted from the tables."""

from django.db.models import Count, Q, Sum

from assessment.models import (
    Assessment,
    AssessmentExpert,
    AssessmentExpertUserObjectPermission,
    ExitCase,
    ExitNotice,
    Transfer,
)
from funding.models import Grant, Line, Posting
from portal.access.grants import CODENAME
from portal.invariants import invariant


@invariant("assessment.grants")
def grants_follow_experts():
    """Who may evaluate an assessment is exactly whom 市科协 asked and who has not recused."""
    asked = AssessmentExpert.objects.filter(recused_at=None).select_related("expert")
    wanted = {(row.pk, row.expert.user_id) for row in asked}
    rows = AssessmentExpertUserObjectPermission.objects.filter(permission__codename=CODENAME)
    given = set(rows.values_list("content_object_id", "user_id"))
    yield from (f"expert row {pk}: user {user} has no grant" for pk, user in sorted(wanted - given))
    yield from (f"expert row {pk}: user {user} has a grant too many" for pk, user in sorted(given - wanted))


@invariant("assessment.experts")
def final_assessments_heard_all_kinds():
    """A graded final assessment has submitted sheets of technical, management and finance experts (Art. 32)."""
    graded = Assessment.objects.filter(kind="final").exclude(graded_at=None)
    for assessment in graded:
        rows = AssessmentExpert.objects.filter(assessment=assessment, submitted_at__isnull=False)
        if len(set(rows.values_list("kind", flat=True))) < 3:
            yield f"assessment {assessment.number}: not all kinds of experts have submitted"


@invariant("assessment.grade")
def grades_follow_states():
    """An assessment has a grade from its grading on, a failed one is filed only after a second judgement."""
    past = ["graded", "rectifying", "rectified", "lapsed", "regraded", "closed"]
    ungraded = Q(state__in=past, grade_value="") | Q(state="regraded", regrade_value="")
    for assessment in Assessment.objects.filter(ungraded):
        yield f"assessment {assessment.number}: {assessment.state} without its grade"
    for assessment in Assessment.objects.filter(state="closed", grade_value="failed", regrade_value=""):
        yield f"assessment {assessment.number}: failed, and filed without a rectification"


@invariant("transfer.money")
def transfers_move_what_they_say():
    """What left the old unit's ledger came into the new unit's, as the transfer says; nothing stayed behind."""
    for transfer in Transfer.objects.filter(state="settled").select_related("selectee__grant"):
        out = _moved(Posting.Kind.TRANSFER_OUT, transfer.number)
        into = _moved(Posting.Kind.TRANSFER_IN, transfer.number)
        if not transfer.moved_fen == out == -into:
            yield f"transfer {transfer.number}: {transfer.moved_fen} fen, {out} out, {-into} in"
        if rest := transfer.selectee.grant.balances()["bank"]:
            yield f"transfer {transfer.number}: the old account still holds {rest} fen"


def _moved(kind: str, cause: str) -> int:
    lines = Line.objects.filter(posting__kind=kind, posting__cause=cause, account="moved")
    return lines.aggregate(sum=Sum("fen"))["sum"] or 0


@invariant("transfer.rows")
def successors_follow_approvals():
    """An approved transfer has its successor at the new unit, with a grant of what was still to be paid."""
    for transfer in Transfer.objects.filter(state__in=["approved", "settled"]).select_related("selectee__grant"):
        new = transfer.successor()
        if new is None or new.organisation_id != transfer.destination_id:
            yield f"transfer {transfer.number}: no successor at the new unit"
            continue
        paid = transfer.selectee.grant.sums()["paid"]
        if new.grant.amount_fen != transfer.selectee.grant.amount_fen - paid:
            yield f"transfer {transfer.number}: the new grant is not what was still to be paid"
        if transfer.state == "settled" and transfer.selectee.state != "transferred":
            yield f"transfer {transfer.number}: settled, but the old term runs"


@invariant("exit.money")
def money_of_exits_is_accounted_for():
    """Where a term has ended by exit, all that came in was spent, went back, went on, or lies in the account."""
    for case in ExitCase.objects.filter(state="closed", selectee__state__in=["exited", "cancelled"]).select_related(
        "selectee__grant"
    ):
        grant: Grant = case.selectee.grant
        sums = grant.sums()
        came_in = sums["paid"] - grant.balances()["own"]
        if came_in != sums["spent"] + sums["balance"] + sums["returned"] + sums["moved"]:
            yield f"exit {case.number}: {came_in} fen came in, {sums}"
        if grant.state == "settled" and sums["balance"]:
            yield f"exit {case.number}: settled with {sums['balance']} fen in the account"
        if case.serious and sums["returned"] + sums["moved"] < sums["paid"]:
            yield f"exit {case.number}: recovered {sums['returned']} of {sums['paid']} fen"


@invariant("exit.consequences")
def decisions_are_carried_out():
    """A decided exit has its consequence, the unit has been told, and no money goes out."""
    states = {"suspend": "suspended", "cancel": "cancelled"}
    decided = ExitCase.objects.filter(state__in=["decided", "recovering", "settling"]).select_related("selectee__grant")
    for case in decided:
        if case.decision in states and case.selectee.state != states[case.decision]:
            yield f"exit {case.number}: {case.decision}, but the selectee is {case.selectee.state}"
        if case.decision in states and case.selectee.grant.state in ("pending_account", "active"):
            yield f"exit {case.number}: payments have not stopped"
        if case.decision and not ExitNotice.objects.filter(case=case, outcome_at__isnull=False).exists():
            yield f"exit {case.number}: the unit has not been told the decision"
    twice = ExitCase.objects.exclude(state="closed").order_by().values("selectee").annotate(count=Count("pk"))
    yield from (f"selectee {row['selectee']}: {row['count']} open exits" for row in twice.filter(count__gt=1))
