"""Grant, disbursement, expense: the money's own story (Art. 20, 21, 27, 31)."""

from datetime import timedelta

import pytest

from fixtures.scenarios import contracting
from funding.commands import expense as expenses
from funding.commands import grant as grants
from funding.models import Disbursement, Expense, Grant, Line, Posting, TaskBook
from funding.models.ledger import Account, UnbalancedPosting, post
from portal.events.models import Event
from portal.regulation.rules import Refused
from portal.tenancy.reach import Because, everything
from portal.workflow.take import approve, open_preparation


def messages(refused) -> list[str]:
    return [finding.message for finding in refused.value.findings]


@pytest.fixture
def funded(world, selectee):
    """Task book in force, account verified, first tranche paid and confirmed."""
    contracting.signed(world, selectee)
    contracting.account_verified(world, selectee)
    contracting.paid(world, selectee)
    with everything(because=Because.CHECK_INVARIANTS):
        return Grant.objects.get(selectee=selectee)


def test_a_selection_opens_task_book_grant_and_tranches_once(world, selectee):
    from funding.commands.selection import open_selection
    from portal.people.actor import SYSTEM

    with everything(because=Because.CHECK_INVARIANTS):
        again = open_selection(selectee.application, actor=SYSTEM, at=world.at)
        rows = list(Disbursement.objects.values_list("tranche", "amount_fen", "needs"))
        assert again == selectee
        assert rows == [
            (1, 15_000_000, ["contract", "account"]),
            (2, 9_000_000, ["mid_term"]),
            (3, 6_000_000, ["final"]),
        ]
        assert TaskBook.objects.count() == Grant.objects.count() == 1
        assert sum(amount for _, amount, _ in rows) == selectee.cycle.grant_fen


def test_a_payment_waits_for_task_book_and_account(world, selectee):
    with world.acting("finance") as finance, pytest.raises(Refused) as refused:
        row = Disbursement.objects.get(tranche=1)
        grants.prepare_payment(row, actor=finance, at=world.at)
    assert messages(refused) == ["还不能拨付：任务书生效、专门账户核验没有达成", "经费现在是“待登记专户”，不能拨付"]


def test_the_first_tranche_reaches_the_dedicated_account(world, selectee, funded):
    with everything(because=Because.CHECK_INVARIANTS):
        assert funded.sums() == {"paid": 15_000_000, "spent": 0, "moved": 0, "returned": 0, "balance": 15_000_000}
        assert Disbursement.objects.get(tranche=1).state == "confirmed"


def test_the_second_tranche_waits_for_the_assessment(world, selectee, funded):
    with world.acting("finance") as finance, pytest.raises(Refused) as refused:
        grants.prepare_payment(Disbursement.objects.get(tranche=2), actor=finance, at=world.at)
    assert messages(refused) == ["还不能拨付：年度或中期考核合格没有达成"]


def test_who_proposes_a_payment_does_not_approve_it(world, selectee):
    """Four eyes hold for the person, whatever the role."""
    from portal.people.actor import actor_from
    from portal.people.models import Membership

    contracting.signed(world, selectee)
    contracting.account_verified(world, selectee)
    finance = world["finance"]
    second = Membership.objects.create(
        user_id=finance.user_id, organisation=world.cast, role="cast_supervisor", from_date="2020-01-01"
    )
    with everything(because=Because.CHECK_INVARIANTS):
        row = Disbursement.objects.get(tranche=1)
        grants.prepare_payment(row, actor=finance, at=world.at)
        with pytest.raises(Refused) as refused:
            approve(open_preparation(row), actor=actor_from(second), at=world.at)
    assert messages(refused) == ["拟办和批准不能是同一个人"]


def test_a_changed_account_voids_the_approval(world, selectee):
    contracting.signed(world, selectee)
    contracting.account_verified(world, selectee)
    with world.acting("finance") as finance:
        row = Disbursement.objects.get(tranche=1)
        grants.prepare_payment(row, actor=finance, at=world.at)
    with world.acting("supervisor") as supervisor:
        approve(open_preparation(row), actor=supervisor, at=world.at)
    with world.acting("host1") as clerk:
        grant = Grant.objects.get(selectee=selectee)
        grants.register_account(
            grant, actor=clerk, at=world.at, account_name="新户名", bank="另一银行", account_number="020099998888"
        )
    with everything(because=Because.CHECK_INVARIANTS):
        account = grant.latest_account()
        account.verified_by_id, account.verified_at = world["finance"].user_id, world.at
        account.save()
    with world.acting("finance") as finance, pytest.raises(Refused) as refused:
        grants.pay(Disbursement.objects.get(pk=row.pk), actor=finance, at=world.at, receipt="YH1")
    assert messages(refused) == ["收款账户已经改变，原审批作废，请取消后重新审批"]


def test_a_payment_posts_once_and_only_balanced(world, selectee, funded):
    with everything(because=Because.CHECK_INVARIANTS):
        row = Disbursement.objects.get(tranche=1)
        row.post_payment(world["finance"], world.at)
        assert Posting.objects.filter(kind="payment").count() == 1
        assert sum(Line.objects.values_list("fen", flat=True)) == 0
        with pytest.raises(UnbalancedPosting):
            post(funded, "payment", key="x", cause="x", lines=[(Account.BANK, 1, "")], at=world.at)


def test_spending_and_reversing_keeps_the_books(world, selectee, funded):
    contracting.spent(world, selectee)
    spent = sum(fen for *_, fen in contracting.SPENDING)
    with everything(because=Because.CHECK_INVARIANTS):
        assert funded.sums()["balance"] == 15_000_000 - spent
    with world.acting("host1") as clerk:
        expense = record(world, selectee, clerk, fen=1_000)
        expenses.reverse(expense, actor=clerk, at=world.at, reason="金额录错")
    with everything(because=Because.CHECK_INVARIANTS):
        assert funded.sums()["spent"] == spent
        assert Posting.objects.get(kind="reversal").reverses == Expense.objects.get(pk=expense.pk).posting


def record(world, selectee, clerk, **values) -> Expense:
    given = {
        "spent_date": world.at.date(),
        "voucher": f"记-{world.at:%H%M%S}-{values.get('fen', 0)}",
        "category": "P2",
        "amount_fen": values.pop("fen", 10_000),
        "payee": "某材料公司",
        "payee_related": False,
        "summary": "试验材料",
        "invoice": "",
        **values,
    }
    return expenses.record(Grant.objects.get(selectee=selectee), actor=clerk, at=world.at, **given)


def test_an_expense_above_the_balance_is_refused_and_posts_nothing(world, selectee, funded):
    with world.acting("host1") as clerk, pytest.raises(Refused) as refused:
        record(world, selectee, clerk, fen=15_000_001)
    assert messages(refused)[0].startswith("支出 150,000.01 元，超过专门账户余额")
    with everything(because=Because.CHECK_INVARIANTS):
        assert not Expense.objects.exists()


def test_the_negative_list_hints_and_a_person_judges(world, selectee, funded):
    expense = contracting.warned(world, selectee)
    with everything(because=Because.CHECK_INVARIANTS):
        assert list(expense.hits.values_list("code", flat=True)) == ["NL09"]
        assert expense.state == "warned"
        assert expense.rectify_due_at > world.at + timedelta(days=30)


def test_a_flagged_expense_is_accepted_only_with_an_explanation(world, selectee, funded):
    with world.acting("host1") as clerk:
        expense = record(world, selectee, clerk, summary="购物卡")
    with world.acting("finance") as finance:
        expense = expenses.flag(expense, actor=finance, at=world.at, code="NL09", reason="请说明")
        with pytest.raises(Refused) as refused:
            expenses.accept(expense, actor=finance, at=world.at)
    assert messages(refused) == ["依托单位还没有填写说明"]


@pytest.mark.parametrize(("before", "allowed"), [(timedelta(microseconds=1), False), (timedelta(0), True)])
def test_unrectified_only_from_the_deadline_on(world, selectee, funded, before, allowed):
    expense = contracting.warned(world, selectee)
    at = expense.rectify_due_at - before
    with world.acting("finance") as finance:
        if allowed:
            expense = expenses.fail_rectification(expense, actor=finance, at=at, reason="到期未整改")
            assert expense.state == "unrectified"
        else:
            with pytest.raises(Refused) as refused:
                expenses.fail_rectification(expense, actor=finance, at=at, reason="到期未整改")
            assert messages(refused) == ["整改期限还没有到"]


def test_every_movement_left_one_event(world, selectee, funded):
    with everything(because=Because.CHECK_INVARIANTS):
        kinds = list(Event.objects.filter(record_table="funding_disbursement").values_list("kind", flat=True))
    assert kinds == [
        "disbursement.create", "disbursement.create", "disbursement.create",
        "disbursement.approve.prepare", "disbursement.approve", "disbursement.pay", "disbursement.confirm",
    ]  # fmt: skip
