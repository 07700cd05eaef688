"""Verbs of the transfer (Art. 29): re-owns nothing; closes the old unit's period, opens the new unit's rows."""

from django.utils import timezone

from assessment.commands import ends
from assessment.models import Transfer
from assessment.models.transfer import recommenders_of
from funding.commands import grant as grants
from funding.models import (
    BankAccount,
    Condition,
    Disbursement,
    Grant,
    Indicator,
    Mentor,
    Milestone,
    Posting,
    Selectee,
    TaskBook,
)
from funding.models.ledger import Account, post
from portal.people.actor import Actor
from portal.people.models import Membership, Organisation
from portal.people.roles import Role
from portal.web.formats import money_text
from portal.workflow import take as workflow
from portal.workflow.models import PreparedStep
from portal.workflow.take import begin, operation, prepare, take

AT_THE_NEW_UNIT = ("contract", "account")  # what every tranche waits for anew
CARRIED = ("mid_term", "final")  # conditions that the selectee has met, wherever


def request(
    selectee: Selectee, *, actor: Actor, at, destination: Organisation, same_field: bool, because: str, version=None
) -> Transfer:
    """The selectee asks in writing. Raises Refused towards the exit case when leaving Beijing or the field."""
    with operation(actor=actor, at=at, lock=[selectee]):
        count = Transfer.objects.filter(selectee=selectee).count()
        transfer = Transfer(
            organisation_id=selectee.organisation_id,
            number=f"{selectee.number.replace('RX', 'BG')}-{count + 1}",
            selectee=selectee,
            person_id=actor.user_id,
            selectee_name=selectee.name,
            field=selectee.field,
            destination=destination,
            same_field=same_field,
            because=because,
        )
        return begin("request", transfer, actor=actor, at=at, destination=destination.name)


def withdraw(transfer: Transfer, *, actor: Actor, at, version=None) -> Transfer:
    return take("withdraw", transfer, actor=actor, at=at, version=version)


def consent(transfer: Transfer, *, actor: Actor, at, version=None) -> Transfer:
    return take("consent", transfer, actor=actor, at=at, version=version)


def oppose(transfer: Transfer, *, actor: Actor, at, reason: str, version=None) -> Transfer:
    return take("oppose", transfer, actor=actor, at=at, version=version, reason=reason)


def accept(transfer: Transfer, *, actor: Actor, at, version=None, **account: str) -> Transfer:
    """The new unit accepts and registers the dedicated account (account_name, bank, account_number)."""
    return take("accept", transfer, actor=actor, at=at, version=version, **account)


def decline(transfer: Transfer, *, actor: Actor, at, reason: str, version=None) -> Transfer:
    return take("decline", transfer, actor=actor, at=at, version=version, reason=reason)


def prepare_approval(transfer: Transfer, *, actor: Actor, at, version=None) -> PreparedStep:
    return prepare("approve", transfer, actor=actor, at=at, version=version)


def refuse(transfer: Transfer, *, actor: Actor, at, reason: str, version=None) -> Transfer:
    return take("refuse", transfer, actor=actor, at=at, version=version, reason=reason)


def approve(prepared: PreparedStep, *, actor: Actor, at) -> Transfer:
    """Approves and carries it out in one operation.

    Side effects in order: the transfer approved; the old task book and scheduled assessments end, the old grant goes
    into settlement, its unpaid tranches cancelled; successor rows kept by the new unit: selectee, task book, grant with
    its account, tranches and the conditions already met; the person's membership at the new unit.
    """
    transfer = workflow.record_of(prepared)
    old = transfer.selectee
    tranches = list(old.grant.disbursements.filter(state="planned"))
    with operation(actor=actor, at=at, lock=[transfer, prepared, *ends.rows_of(old)]):
        transfer = workflow.approve(prepared, actor=actor, at=at)
        book = old.task_books.get(state__in=["effective", "amending"])
        ends.end_work(old, actor=actor, at=at)
        ends.settle(old, actor=actor, at=at)
        new = begin("take_over", _successor(old, transfer, at), actor=actor, at=at)
        _write_task_book(book, new, actor, at)
        _open_grant(transfer, new, tranches, actor, at)
        _join(transfer, at)
    return transfer


def settle(transfer: Transfer, *, actor: Actor, at, version=None) -> Transfer:
    """Moves the balance of the day: two postings, one in each ledger, then the old rows close."""
    old, new = transfer.selectee, transfer.successor()
    successors = [new, new.grant] if new else []
    with operation(actor=actor, at=at, lock=[transfer, *ends.rows_of(old), *successors]):
        rest = ends.grant_of(old).balances()["bank"]
        transfer = take("settle", transfer, actor=actor, at=at, version=version, amount=money_text(rest))
        transfer.moved_fen = rest
        transfer.save(update_fields=["moved_fen"])
        if rest:
            _move(old.grant, new.grant, rest, transfer.number, at)
        grants.close(ends.grant_of(old), actor=actor, at=at)
        take("hand_over", old, actor=actor, at=at)
    return transfer


def _move(origin: Grant, destination: Grant, fen: int, cause: str, at) -> None:
    out = [(Account.MOVED, fen, ""), (Account.BANK, -fen, "")]
    into = [(Account.BANK, fen, ""), (Account.MOVED, -fen, "")]
    post(origin, Posting.Kind.TRANSFER_OUT, key=f"out:{cause}", cause=cause, lines=out, at=at)
    post(destination, Posting.Kind.TRANSFER_IN, key=f"in:{cause}", cause=cause, lines=into, at=at)


def _successor(old: Selectee, transfer: Transfer, at) -> Selectee:
    """The new unit's row; its recommending unit follows the new unit, the term goes on."""
    above = recommenders_of(transfer.destination_id, at)
    return Selectee(
        organisation_id=transfer.destination_id,
        number=f"{old.number}B",
        application_id=old.application_id,
        cycle=old.cycle,
        person=old.person,
        name=old.name,
        field=old.field,
        recommender_id=old.recommender_id if old.recommender_id in above else above[0],
        starts_date=old.starts_date,
        ends_date=old.ends_date,
        continues=old,
    )


def _write_task_book(old: TaskBook, selectee: Selectee, actor: Actor, at) -> None:
    """A draft with everything that the old one promised, for the new unit to mend, confirm and sign."""
    book = TaskBook(
        organisation_id=selectee.organisation_id,
        number=f"{old.number}B",
        selectee=selectee,
        content=old.content,
        continues=old,
    )
    begin("create", book, actor=actor, at=at)
    for model, rows in ((Indicator, old.indicators), (Milestone, old.milestones), (Mentor, old.mentors)):
        model.objects.bulk_create(
            model(organisation_id=book.organisation_id, task_book=book, **row.as_data()) for row in rows.all()
        )


def _open_grant(transfer: Transfer, selectee: Selectee, tranches: list[Disbursement], actor: Actor, at) -> None:
    old = transfer.selectee.grant
    grant = Grant(
        organisation_id=selectee.organisation_id,
        number=f"{old.number}B",
        selectee=selectee,
        amount_fen=old.amount_fen - old.sums()["paid"],
        continues=old,
    )
    begin("take_over", grant, actor=actor, at=at)
    number = transfer.account_number.plain()
    BankAccount.objects.create(
        organisation_id=grant.organisation_id,
        grant=grant,
        account_name=transfer.account_name,
        bank=transfer.bank,
        account_number=number,
        last_four=number[-4:],
        registered_by_id=transfer.accepted_by_id,
        registered_at=transfer.accepted_at,
    )
    Condition.objects.bulk_create(
        Condition(
            organisation_id=grant.organisation_id, grant=grant, code=met.code, met_at=met.met_at, evidence=met.evidence
        )
        for met in old.conditions.filter(code__in=CARRIED)
    )
    for tranche in tranches:
        _plan_again(tranche, grant, actor, at)


def _plan_again(old: Disbursement, grant: Grant, actor: Actor, at) -> None:
    """The same tranche at the new unit; it waits for the new task book and account besides what it waited for."""
    tranche = Disbursement(
        organisation_id=grant.organisation_id,
        number=f"{grant.number}-{old.tranche}",
        grant=grant,
        tranche=old.tranche,
        amount_fen=old.amount_fen,
        needs=[*AT_THE_NEW_UNIT, *(code for code in old.needs if code not in AT_THE_NEW_UNIT)],
    )
    begin("create", tranche, actor=actor, at=at)


def _join(transfer: Transfer, at) -> None:
    """The selectee signs in for the new unit from today on; at the old one they still read their own closed period."""
    today = timezone.localdate(at)
    held = Membership.on(today).filter(
        user=transfer.person_id, organisation=transfer.destination_id, role=Role.APPLICANT
    )
    if not held.exists():
        Membership.objects.create(
            user_id=transfer.person_id,
            organisation_id=transfer.destination_id,
            role=Role.APPLICANT,
            from_date=today,
        )
