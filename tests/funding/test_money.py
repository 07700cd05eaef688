"""Grant, disbursement, expense: the money's own story (Art. 20, 21, 27, 31). Amounts in fen."""

from datetime import datetime, timedelta

import pytest

from fixtures.scenarios import contracting
from fixtures.scenarios.world import BEIJING
from funding.commands import expense as expenses
from funding.commands import grant as grants
from funding.commands.selection import open_selection
from funding.models import BankAccount, Disbursement, Expense, Grant, Line, Posting, Rectification, TaskBook
from funding.models.ledger import Account, UnbalancedPosting, post
from portal.access.decide import Denied
from portal.events.models import Event
from portal.invariants import registry
from portal.people.actor import SYSTEM, actor_from
from portal.people.models import Membership
from portal.people.roles import Role
from portal.regulation.rules import Refused
from portal.tenancy.reach import Because, everything
from portal.workflow.take import StaleVersion, approve, decline, open_preparation

PAID = 15_000_000


def findings(refused) -> list[str]:
    return [str(finding) for finding in refused.value.findings]


def tranche(selectee, number: int = 1) -> Disbursement:
    with everything(because=Because.CHECK_INVARIANTS):
        return Disbursement.objects.select_related("grant__selectee").get(grant__selectee=selectee, tranche=number)


def grant_of(selectee) -> Grant:
    with everything(because=Because.CHECK_INVARIANTS):
        return Grant.objects.select_related("selectee").get(selectee=selectee)


def sums_of(selectee) -> dict[str, int]:
    with everything(because=Because.CHECK_INVARIANTS):
        return grant_of(selectee).sums()


def breaches() -> list[str]:
    return [f"{name}: {words}" for name, each in registry().items() for words in each.breaches()]


def act(world, login: str, verb, row, **values):
    """One verb by one person, on the row as it stands."""
    with world.acting(login) as actor:
        return verb(type(row).objects.get(pk=row.pk), actor=actor, at=world.at, **values)


def prepared(world, selectee, number: int = 1) -> Disbursement:
    act(world, "finance", grants.prepare_payment, tranche(selectee, number))
    return tranche(selectee, number)


def approved(world, selectee, number: int = 1) -> Disbursement:
    with world.acting("supervisor") as actor:
        return approve(open_preparation(prepared(world, selectee, number)), actor=actor, at=world.at)


@pytest.fixture
def ready(world, selectee) -> Grant:
    """Task book in force and account verified: the first tranche may be paid."""
    contracting.signed(world, selectee)
    contracting.account_verified(world, selectee)
    return grant_of(selectee)


# --- the plan --------------------------------------------------------------------------------------------------------


def test_a_selection_opens_task_book_grant_and_tranches_once(world, selectee):
    with everything(because=Because.CHECK_INVARIANTS):
        again = open_selection(selectee.application, actor=SYSTEM, at=world.at)
        rows = list(Disbursement.objects.filter(grant__selectee=selectee))
        assert again == selectee
        assert [(row.tranche, row.amount_fen, row.needs) for row in rows] == [
            (1, 15_000_000, ["contract", "account"]),
            (2, 9_000_000, ["mid_term"]),
            (3, 6_000_000, ["final"]),
        ]
        assert (
            TaskBook.objects.filter(selectee=selectee).count() == Grant.objects.filter(selectee=selectee).count() == 1
        )
        assert sum(row.amount_fen for row in rows) == selectee.cycle.grant_fen


def test_a_payment_waits_for_task_book_and_account(world, selectee):
    with pytest.raises(Refused) as refused:
        prepared(world, selectee)
    assert findings(refused) == [
        "还不能拨付：任务书生效、专门账户核验没有达成（第二十条）",
        "经费现在是“待登记专户”，不能拨付（第三十一条（二））",
    ]


def test_the_first_tranche_reaches_the_dedicated_account(world, selectee, funded):
    assert sums_of(selectee) == {"paid": PAID, "spent": 0, "moved": 0, "returned": 0, "balance": PAID}
    assert tranche(selectee).state == "confirmed"


def test_the_second_tranche_waits_for_the_assessment(world, selectee, funded):
    with pytest.raises(Refused) as refused:
        prepared(world, selectee, 2)
    assert findings(refused) == ["还不能拨付：年度或中期考核合格没有达成（第二十条）"]


# --- four eyes, over this amount to this account ---------------------------------------------------------------------


def test_who_proposes_a_payment_does_not_approve_it(world, selectee, ready):
    """Four eyes hold for the person, whatever the role."""
    finance = world["finance"]
    second = Membership.objects.create(
        user_id=finance.user_id, organisation=world.cast, role=Role.CAST_SUPERVISOR, from_date="2020-01-01"
    )
    row = prepared(world, selectee)
    with everything(because=Because.CHECK_INVARIANTS), pytest.raises(Refused) as refused:
        approve(open_preparation(row), actor=actor_from(second), at=world.at)
    assert findings(refused) == ["拟办和批准不能是同一个人（第二十条）"]
    assert tranche(selectee).state == "planned"


def test_whoever_registers_an_account_does_not_verify_it(world, selectee):
    act(world, "host1", grants.register_account, grant_of(selectee), **ACCOUNT)
    with everything(because=Because.SEED):
        BankAccount.objects.update(registered_by=world["finance"].user_id)
    with pytest.raises(Refused) as refused:
        act(world, "finance", grants.verify_account, grant_of(selectee))
    assert findings(refused) == ["登记和核验专门账户不能是同一个人（第二十一条）"]


ACCOUNT = {"account_name": "新户名", "bank": "另一银行", "account_number": "020099998888"}


def account_changed(world, selectee) -> BankAccount:
    """The unit registers another account, and 市科协 checks it."""
    act(world, "host1", grants.register_account, grant_of(selectee), **ACCOUNT)
    act(world, "finance", grants.verify_account, grant_of(selectee))
    with everything(because=Because.CHECK_INVARIANTS):
        return grant_of(selectee).live_account()


def amount_changed(world, selectee) -> None:
    """No verb does this: planted."""
    with everything(because=Because.SEED):
        Disbursement.objects.filter(pk=tranche(selectee).pk).update(amount_fen=14_000_000)


CHANGES = [
    (account_changed, "收款账户已经改变，原{what}作废，请{how}后重新拟办（第二十一条）"),
    (amount_changed, "金额已经改变，原{what}作废，请{how}后重新拟办（第二十条）"),
]


@pytest.mark.parametrize(("changes", "words"), CHANGES)
def test_a_change_voids_what_was_proposed(world, selectee, ready, changes, words):
    row = prepared(world, selectee)
    changes(world, selectee)
    with world.acting("supervisor") as actor:
        with pytest.raises(Refused) as refused:
            approve(open_preparation(row), actor=actor, at=world.at)
        assert findings(refused) == [words.format(what="拟办", how="退回")]
        decline(open_preparation(row), actor=actor, at=world.at, reason="已经改变")
    assert approved(world, selectee).state == "approved"


@pytest.mark.parametrize(("changes", "words"), CHANGES)
def test_a_change_voids_what_was_approved(world, selectee, ready, changes, words):
    row = approved(world, selectee)
    changes(world, selectee)
    with pytest.raises(Refused) as refused:
        act(world, "finance", grants.pay, row, receipt="YH1")
    assert findings(refused) == [words.format(what="审批", how="撤回审批")]
    assert sums_of(selectee)["paid"] == 0
    row = act(world, "finance", grants.withdraw_approval, row, reason="收款账户改变")
    assert (row.state, row.account_id, row.approved_at) == ("planned", None, None)
    row = approved(world, selectee)
    with everything(because=Because.CHECK_INVARIANTS):
        assert row.account_id == grant_of(selectee).live_account().pk
    act(world, "finance", grants.pay, row, receipt="YH2")
    assert sums_of(selectee)["paid"] == tranche(selectee).amount_fen


def test_an_account_that_nobody_has_checked_changes_nothing_yet(world, selectee, ready):
    row = approved(world, selectee)
    act(world, "host1", grants.register_account, grant_of(selectee), **ACCOUNT)
    act(world, "finance", grants.pay, row, receipt="YH1")
    with everything(because=Because.CHECK_INVARIANTS):
        account = BankAccount.objects.get(pk=tranche(selectee).account_id)
    assert account.verified_at and account.account_number.plain() != ACCOUNT["account_number"]


def test_an_account_is_checked_once(world, selectee, ready):
    with pytest.raises(Refused) as refused:
        act(world, "finance", grants.verify_account, grant_of(selectee))
    assert findings(refused) == ["登记的专门账户已经核验过（第二十一条）"]


def test_an_approval_that_is_withdrawn_has_its_reason(world, selectee, ready):
    row = approved(world, selectee)
    with pytest.raises(Refused, match="请填写理由（第二十条）"):
        act(world, "finance", grants.withdraw_approval, row, reason=" ")


def test_nothing_is_paid_above_the_grant(world, selectee, ready):
    with everything(because=Because.SEED):
        Grant.objects.filter(pk=ready.pk).update(amount_fen=PAID - 1)
    with pytest.raises(Refused) as refused:
        prepared(world, selectee)
    assert findings(refused) == ["本次拨付后累计 15.00 万元，超过任务书 149,999.99 元（第二十条）"]


# --- the ledger ------------------------------------------------------------------------------------------------------


def test_a_payment_posts_once_and_only_balanced(world, selectee, funded):
    with everything(because=Because.CHECK_INVARIANTS):
        tranche(selectee).post_payment(world["finance"], world.at)
        assert Posting.objects.filter(kind="payment").count() == 1
        assert sum(Line.objects.values_list("fen", flat=True)) == 0
        with pytest.raises(UnbalancedPosting):
            post(funded, "payment", key="x", cause="x", lines=[(Account.BANK, 1, "")], at=world.at)


def record(world, selectee, **values) -> Expense:
    given = {
        "spent_date": world.at.date(),
        "voucher": f"记-{values.get('amount_fen', 0)}",
        "category": "P2",
        "amount_fen": 10_000,
        "payee": "某材料公司",
        "payee_related": False,
        "summary": "试验材料",
        "invoice": "",
        **values,
    }
    return act(world, "host1", expenses.record, grant_of(selectee), **given)


def test_spending_and_reversing_keeps_the_books(world, selectee, funded):
    contracting.spent(world, selectee)
    spent = 3_600_000 + 4_250_000 + 864_000 + 1_200_000
    assert sums_of(selectee) == {
        "paid": PAID, "spent": spent, "moved": 0, "returned": 0, "balance": 5_086_000,
    }  # fmt: skip
    expense = record(world, selectee, amount_fen=1_000)
    assert (sums_of(selectee)["spent"], sums_of(selectee)["balance"]) == (spent + 1_000, 5_085_000)
    act(world, "host1", expenses.reverse, expense, reason="金额录错")
    assert (sums_of(selectee)["spent"], sums_of(selectee)["balance"]) == (spent, 5_086_000)
    with everything(because=Because.CHECK_INVARIANTS):
        assert Posting.objects.get(kind="reversal").reverses == Expense.objects.get(pk=expense.pk).posting
        by_category = Line.objects.filter(account="spent", grant=funded).values_list("category", "fen")
        assert sorted(by_category) == [
            ("P2", -1_000), ("P2", 1_000), ("P2", 3_600_000), ("P3", 4_250_000), ("P5", 864_000), ("P8", 1_200_000),
        ]  # fmt: skip
    assert breaches() == []


@pytest.mark.parametrize(("fen", "kept"), [(PAID, True), (PAID + 1, False)])
def test_an_expense_never_passes_the_balance(world, selectee, funded, fen, kept):
    if kept:
        record(world, selectee, amount_fen=fen)
        assert sums_of(selectee)["balance"] == 0
        return
    with pytest.raises(Refused) as refused:
        record(world, selectee, amount_fen=fen)
    assert findings(refused) == ["支出 150,000.01 元，超过专门账户余额 15.00 万元（第二十一条）"]
    with everything(because=Because.CHECK_INVARIANTS):
        assert not Expense.objects.exists() and Posting.objects.count() == 1


def test_nothing_is_spent_before_there_is_an_account(world, selectee):
    with pytest.raises(Refused) as refused:
        record(world, selectee)
    assert findings(refused)[0] == "经费现在是“待登记专户”，不能登记支出（第二十一条）"


# --- deeds that are no steps: who, when, on which version ------------------------------------------------------------


def test_the_unit_alone_writes_of_its_money(world, selectee, ready):
    for login in ("host1-boss", "applicant1", "officer", "supervisor", "finance"):
        with pytest.raises(Denied):
            act(world, login, grants.register_account, ready, **ACCOUNT)
    with pytest.raises(Denied):
        act(world, "host1", grants.record_return, ready, fen=1, receipt="TH1")


def test_money_comes_back_in_settlement_alone(world, selectee, ready):
    with pytest.raises(Refused) as refused:
        act(world, "finance", grants.record_return, ready, fen=1, receipt="TH1")
    assert findings(refused) == ["经费现在是“执行中”，不登记退回款（第三十一条（二））"]


def test_a_deed_on_another_version_is_stale(world, selectee, funded):
    expense = act(world, "finance", expenses.flag, record(world, selectee), code="NL09", reason="请说明")
    with pytest.raises(StaleVersion):
        act(world, "host1", expenses.explain, expense, explanation="用于试验", version=expense.version - 1)
    with pytest.raises(StaleVersion):
        act(world, "host1", grants.register_account, funded, version=grant_of(selectee).version - 1, **ACCOUNT)
    explained = act(world, "host1", expenses.explain, expense, explanation="用于试验", version=expense.version)
    assert (explained.explanation, explained.version) == ("用于试验", expense.version + 1)


# --- the negative list -----------------------------------------------------------------------------------------------


def test_the_negative_list_hints_and_a_person_judges(world, selectee, funded):
    expense = record(world, selectee, summary="购物卡")
    with everything(because=Because.CHECK_INVARIANTS):
        assert list(expense.hits.values_list("code", flat=True)) == ["NL09"]
    assert expense.state == "recorded"
    assert act(world, "finance", expenses.accept, expense).state == "accepted"


def test_a_flagged_expense_is_accepted_only_with_an_explanation(world, selectee, funded):
    expense = act(world, "finance", expenses.flag, record(world, selectee), code="NL09", reason="请说明")
    with pytest.raises(Refused) as refused:
        act(world, "finance", expenses.accept, expense)
    assert findings(refused) == ["依托单位还没有填写说明（第二十七条）"]
    act(world, "host1", expenses.explain, expense, explanation="用于试验")
    assert act(world, "finance", expenses.accept, expense).state == "accepted"


@pytest.mark.parametrize("state", ["recorded", "accepted", "warned"])
def test_nothing_is_explained_that_was_not_asked(world, selectee, funded, state):
    labels = {"recorded": "已登记", "accepted": "已核", "warned": "已提醒督促"}
    expense = contracting.warned(world, selectee) if state == "warned" else record(world, selectee)
    if state == "accepted":
        act(world, "finance", expenses.accept, expense)
    with pytest.raises(Refused) as refused:
        act(world, "host1", expenses.explain, expense, explanation="另有说明")
    assert findings(refused) == [f"支出现在是“{labels[state]}”，不需要说明（第二十七条）"]


# Thirty working days from the day after 10 February 2026: 4 to the 14th (worked in exchange), 5 from the 24th to the
# 28th (the 28th too), 20 in the four weeks from 2 March, and 30 March; the period ends with that day.
WARNED_AT = datetime(2026, 2, 10, 16, 45, tzinfo=BEIJING)
DUE_AT = datetime(2026, 3, 31, tzinfo=BEIJING)
TICK = timedelta(microseconds=1)


@pytest.fixture
def warned(world, selectee, funded) -> Expense:
    """Warned on 10 February 2026."""
    expense = act(world, "finance", expenses.flag, record(world, selectee), code="NL09", reason="请说明")
    world.at = WARNED_AT
    return act(world, "finance", expenses.warn, expense, reason="限期退回")


def report(world, expense, at: datetime) -> Expense:
    world.at = at
    return act(world, "host1-boss", expenses.report_rectification, expense, text="已退回账户")


def test_a_warning_gives_thirty_working_days(world, warned):
    assert (warned.state, warned.warned_at, warned.rectify_due_at) == ("warned", WARNED_AT, DUE_AT)
    assert warned.due() == ("整改期限", DUE_AT)


def test_a_rectification_reported_in_time_may_be_confirmed(world, warned):
    with pytest.raises(Refused) as refused:
        act(world, "finance", expenses.rectify, warned)
    assert findings(refused) == ["依托单位还没有报告整改情况（第二十七条）"]
    report(world, warned, DUE_AT - TICK)
    world.at = DUE_AT + timedelta(days=3)  # judged later; what counts is when it was reported
    assert act(world, "finance", expenses.rectify, warned).state == "rectified"


def test_a_rectification_reported_at_the_deadline_is_late(world, warned):
    with pytest.raises(Refused) as refused:
        report(world, warned, DUE_AT)
    assert findings(refused) == ["整改期限（2026年3月30日 24:00）已过（第三十一条（二）3）"]
    with everything(because=Because.CHECK_INVARIANTS):
        assert not Rectification.objects.exists()


def test_nothing_is_rectified_that_was_not_warned_of(world, selectee, funded):
    with pytest.raises(Refused) as refused:
        report(world, record(world, selectee), world.at)
    assert findings(refused) == ["支出现在是“已登记”，不需要整改（第二十七条）"]


@pytest.mark.parametrize("reported", [False, True])
def test_unrectified_only_from_the_deadline_on(world, warned, reported):
    if reported:
        report(world, warned, WARNED_AT + timedelta(days=1))
    world.at = DUE_AT - TICK
    with pytest.raises(Refused) as refused:
        act(world, "finance", expenses.fail_rectification, warned, reason="未整改")
    assert findings(refused) == ["整改期限还没有到（第三十一条（二）3）"]
    world.at = DUE_AT
    assert act(world, "finance", expenses.fail_rectification, warned, reason="未整改").state == "unrectified"


# --- events ----------------------------------------------------------------------------------------------------------


def test_every_movement_left_one_event(world, selectee, funded):
    with everything(because=Because.CHECK_INVARIANTS):
        kinds = list(Event.objects.filter(record_ref=tranche(selectee).number).values_list("kind", flat=True))
    assert kinds == [
        "disbursement.create", "disbursement.approve.prepare", "disbursement.approve", "disbursement.pay",
        "disbursement.confirm",
    ]  # fmt: skip
