"""Races in real threads: two approvals or payments at once, an expense sent twice, a balance spent twice (Art. 20, 21).

Each test first takes the guard away and shows that the race is real, then that with the guard exactly one wins.
"""

from contextlib import contextmanager

import pytest
from django.db.models import QuerySet

from fixtures.scenarios import contracting
from funding.commands import expense as expenses
from funding.commands import grant as grants
from funding.models import Disbursement, Expense, Grant, Posting
from portal.events.models import Event
from portal.invariants import registry
from portal.tenancy.reach import Because, everything
from portal.workflow.models import PreparedStep
from portal.workflow.operation import AlreadyDone, operation
from portal.workflow.take import approve, open_preparation
from tests.applications.test_races import at_once, messages, standing, won
from tests.funding.conftest import PLACES, tell
from tests.owner import owner

pytestmark = pytest.mark.django_db(transaction=True)
FEN = 10_000_000  # two thirds of the first tranche


def act(world, login: str, verb, row, **values):
    """What a person does in a thread of its own, with the row as it stands for them."""

    def run():
        with world.acting(login) as actor:
            return verb(row, actor=actor, at=world.at, **values)

    return run


def told() -> tuple:
    """Two units whose first tranche may be paid: on one the race is shown, on the other it is held."""
    world, selectees = tell(PLACES[:2])
    for selectee in selectees:
        contracting.signed(world, selectee)
        contracting.account_verified(world, selectee)
    return world, [tranche(selectee) for selectee in selectees]


def tranche(selectee) -> Disbursement:
    with everything(because=Because.CHECK_INVARIANTS):
        return Disbursement.objects.select_related("grant__selectee").get(grant__selectee=selectee, tranche=1)


def proposal(world, row: Disbursement) -> PreparedStep:
    act(world, "finance", grants.prepare_payment, row)()
    with everything(because=Because.CHECK_INVARIANTS):
        return open_preparation(row)


def count(kind: str, row) -> int:
    return len(standing(Event, kind=kind, record_ref=row.number))


def breaches() -> list[str]:
    return [f"{name}: {words}" for name, each in registry().items() for words in each.breaches()]


@contextmanager
def without_locks(monkeypatch, *models):
    """Rows of these models are read without being locked."""
    locking = QuerySet.select_for_update
    with monkeypatch.context() as patch:
        unlocked = lambda self, **how: self.all() if self.model in models else locking(self, **how)  # noqa: E731
        patch.setattr(QuerySet, "select_for_update", unlocked)
        yield


def test_of_two_approvals_at_once_one_counts_and_is_paid_once(monkeypatch):
    world, (shown, kept) = told()
    approvals = [act(world, "supervisor", approve, proposal(world, shown))] * 2
    with without_locks(monkeypatch, Disbursement, PreparedStep):
        assert len(won(at_once(monkeypatch, approvals))) == 2, "the race is not real"
    assert count("disbursement.approve", shown) == 2
    approvals = [act(world, "supervisor", approve, proposal(world, kept))] * 2
    results = at_once(monkeypatch, approvals)
    (row,) = won(results)
    assert row.state == "approved" and count("disbursement.approve", kept) == 1
    assert messages(results) >= {("这份拟办已经办结", "第二十条")}

    payments = [act(world, "finance", grants.pay, row, receipt=f"YH{number}") for number in range(2)]
    results = at_once(monkeypatch, payments)
    (paid,) = won(results)
    assert messages(results) == {("现在的状态是“已拨付”，不能登记付款", "第二十条")}
    assert (paid.state, count("disbursement.pay", kept)) == ("paid", 1)
    assert [posting.cause for posting in standing(Posting)] == [kept.number]
    assert [words for words in breaches() if kept.number in words] == []


def spending(world, grant: Grant, number: int, fen: int = FEN, key: str | None = None):
    """One expense (of two thirds of the balance), as the clerk's form sends it with its operation."""

    def run():
        login = "host1" if grant.organisation_id == world.hosts[0].pk else "host3"
        with world.acting(login) as actor, operation(actor=actor, at=world.at, key=key):
            return expenses.record(
                grant, actor=actor, at=world.at, spent_date=world.at.date(), voucher=f"记-{number}", category="P2",
                amount_fen=fen, payee="某材料公司", payee_related=False, summary="试验材料", invoice="",
            )  # fmt: skip

    return run


def test_of_two_expenses_that_the_balance_cannot_bear_one_stands(monkeypatch):
    world, rows = told()
    for row in rows:
        contracting.paid(world, row.grant.selectee)
    shown, kept = (row.grant for row in rows)
    with owner() as cursor:  # without its own number a second row of the same instant would already be refused
        cursor.execute("ALTER TABLE funding_expense DROP CONSTRAINT funding_expense_number_key")
        cursor.execute("ALTER TABLE funding_posting DROP CONSTRAINT funding_posting_key_key")
    twice = [spending(world, shown, number) for number in range(2)]
    assert len(won(at_once(monkeypatch, twice, row_locks=False))) == 2, "the race is not real"
    twice = [spending(world, kept, number) for number in range(2)]
    results = at_once(monkeypatch, twice)
    assert len(won(results)) == 1
    assert messages(results) == {("支出 10.00 万元，超过专门账户余额 5.00 万元", "第二十一条")}
    with everything(because=Because.CHECK_INVARIANTS):
        assert Grant.objects.get(pk=kept.pk).sums()["balance"] == 5_000_000
        assert Grant.objects.get(pk=shown.pk).sums()["balance"] == -5_000_000


def test_an_expense_sent_twice_is_recorded_once(monkeypatch):
    world, rows = told()
    for row in rows:
        contracting.paid(world, row.grant.selectee)
    shown, kept = (row.grant for row in rows)
    assert len(won(at_once(monkeypatch, [spending(world, shown, 1, 1_000)] * 2))) == 2, "the race is not real"
    sent = "0f8fad5b-d9cb-469f-a165-70867728950e"
    results = at_once(monkeypatch, [spending(world, kept, 1, 1_000, key=sent)] * 2)
    assert sum(isinstance(each, AlreadyDone) for each in results) == 1
    (expense,) = standing(Expense, grant=kept)
    assert [posting.cause for posting in standing(Posting, kind="expense", grant=kept)] == [expense.number]
    assert count("expense.record", expense) == 1
