"""Every step of chapter 6 from every state by every role, against tables written from the life cycle (7, 8)."""

from datetime import timedelta

import pytest

from fixtures.scenarios import contracting
from funding.commands import expense as expenses
from funding.commands import grant as grants
from funding.commands import task_book as books
from funding.models import Disbursement, Expense, Grant, TaskBook
from portal.people.actor import PUBLIC, SYSTEM
from portal.people.roles import CAST_ROLES, Role
from portal.tenancy.reach import Because, everything
from portal.workflow.take import approve, open_preparation, take
from tests.contracts.steps import disagreements

LOGINS = {
    Role.APPLICANT: "applicant1",
    Role.HOST_CLERK: "host1",
    Role.HOST_APPROVER: "host1-boss",
    Role.RECOMMENDER_OFFICER: "haidian",
    Role.RECOMMENDER_APPROVER: "haidian-boss",
    Role.CAST_OFFICER: "officer",
    Role.CAST_SECRETARY: "secretary",
    Role.CAST_FINANCE: "finance",
    Role.CAST_SUPERVISOR: "supervisor",
    Role.AUDITOR: "auditor",
    Role.SYSADMIN: "sysadmin",
}
# The same people of the third unit, which another recommending unit is above.
OF_THE_FIRST = {
    "applicant1": "applicant3", "host1": "host3", "host1-boss": "host3-boss", "haidian": "chaoyang",
    "haidian-boss": "chaoyang-boss",
}  # fmt: skip
HOST, FINANCE, SUPERVISOR = {"host_approver"}, {"cast_finance"}, {"cast_supervisor"}

TASK_BOOK = {
    "confirm": {"drafting": HOST, "returned": HOST},
    "begin_review": {"host_confirmed": {"cast_officer"}},
    "return_for_change": {
        state: {"cast_officer", "cast_supervisor"} for state in ("host_confirmed", "under_cast_review", "signing")
    },
    "open_signing": {"under_cast_review": {"cast_officer"}},
    "sign_as_selectee": {"signing": {"applicant"}},
    "sign_for_host": {"signing": HOST},
    "sign_for_cast": {"signing": SUPERVISOR},
    "amend": {"effective": {"host_approver", "cast_officer"}},
    "submit_amendment": {"amending": HOST},
    "complete": {"effective": {"cast_officer", "cast_supervisor", "system"}},
    "terminate": {
        state: SUPERVISOR
        for state in (
            "drafting", "host_confirmed", "under_cast_review", "returned", "signing", "effective", "amending",
        )
    },
}  # fmt: skip

EXPENSE = {
    "accept": {"recorded": FINANCE, "flagged": FINANCE},
    "flag": {"recorded": {"cast_finance", "system"}},
    "warn": {"flagged": FINANCE},
    "rectify": {"warned": FINANCE},
    "fail_rectification": {"warned": FINANCE},
    "reverse": {"recorded": {"host_clerk"}},
}

DISBURSEMENT = {
    "approve": {"planned": SUPERVISOR},
    "approve.prepare": {"planned": FINANCE},
    "withdraw_approval": {"approved": {"cast_finance", "cast_supervisor"}},
    "pay": {"approved": FINANCE},
    "confirm": {"paid": HOST},
    "cancel": {state: {"cast_finance", "cast_supervisor", "system"} for state in ("planned", "approved")},
}

GRANT = {
    "verify_account": {"pending_account": FINANCE, "active": FINANCE},
    "suspend": {state: {"cast_finance", "cast_supervisor"} for state in ("pending_account", "active")},
    "resume": {"suspended": SUPERVISOR},
    "await_account": {"suspended": SUPERVISOR},
    "settle": {
        state: {"cast_officer", "cast_supervisor", "system"} for state in ("pending_account", "active", "suspended")
    },
    "close": {"settling": FINANCE},
    "recover": {state: SUPERVISOR for state in ("suspended", "settling", "settled")},
    "finish_recovery": {"recovering": FINANCE},
}


def person_of(world):
    """The person of a role who stands in the right relation to the first unit's records."""

    def actor(role: str, record):
        if role == Role.SYSTEM:
            return SYSTEM
        login = LOGINS.get(role)
        if record.organisation_id == world.hosts[2].pk and login in OF_THE_FIRST:
            login = OF_THE_FIRST[login]
        return world[login] if login else PUBLIC

    return actor


def now(model, **found):
    with everything(because=Because.CHECK_INVARIANTS):
        return model.objects.get(**found)


@pytest.fixture
def led(world, other, selectee):
    """A function that takes the task book of the selectee to a state by people's own commands."""
    road = [
        ("host_confirmed", "host1-boss", books.confirm, {}),
        ("under_cast_review", "officer", books.begin_review, {}),
        ("signing", "officer", books.open_signing, {}),
    ]
    contracting.written(world, selectee)

    def make(state: str) -> TaskBook:
        book = now(TaskBook, selectee=selectee)
        with everything(because=Because.SYSTEM_STEP):
            if state == "completed":
                books.submit_amendment(book, actor=world["host1-boss"], at=world.at)
                book = books.open_signing(now(TaskBook, pk=book.pk), actor=world["officer"], at=world.at)
                return take("complete", amend_or_sign(book, "effective"), actor=SYSTEM, at=world.at)
            if state == "terminated":
                return take("terminate", now(TaskBook, selectee=other), actor=world["supervisor"], at=world.at)
            return forward(book, state)

    def forward(book: TaskBook, state: str) -> TaskBook:
        if state == "returned":
            return books.return_for_change(book, actor=world["officer"], at=world.at, reason="请修改")
        if state in ("effective", "amending"):
            return amend_or_sign(book, state)
        for target, login, verb, values in road:
            if book.state in ("drafting", "host_confirmed", "under_cast_review", "returned") and state != book.state:
                book = verb(book, actor=world[login], at=world.at, **values) if reachable(book, target) else book
        return book

    def reachable(book: TaskBook, target: str) -> bool:
        before = {"host_confirmed": ("drafting", "returned"), "under_cast_review": ("host_confirmed",)}
        return book.state in before.get(target, ("under_cast_review",))

    def amend_or_sign(book: TaskBook, state: str) -> TaskBook:
        if state == "amending":
            return books.amend(book, actor=world["host1-boss"], at=world.at, reason="调整")
        for login, verb in [
            ("applicant1", books.sign_as_selectee),
            ("host1-boss", books.sign_for_host),
            ("supervisor", books.sign_for_cast),
        ]:
            book = verb(book, actor=world[login], at=world.at, password_ok=True)
        return book

    return make


@pytest.fixture
def ready(world, selectee):
    contracting.signed(world, selectee)
    contracting.account_verified(world, selectee)
    return selectee


def test_grants_move_as_the_table_says(world, selectee):
    """One grant through all its states, nothing paid, with an account that waits to be verified."""

    def register(grant: Grant, number: str) -> Grant:
        account = {"account_name": "专户", "bank": "某银行", "account_number": number}
        return grants.register_account(grant, actor=world["host1"], at=world.at, **account)

    def make(state: str) -> Grant:
        grant, at, supervisor = now(Grant, selectee=selectee), world.at, world["supervisor"]
        with everything(because=Because.SYSTEM_STEP):
            if state == "pending_account":
                return register(grant, "6222000011112222")
            if state == "active":
                return register(grants.verify_account(grant, actor=world["finance"], at=at), "6222000011113333")
            if state == "suspended":
                return grants.suspend(grant, actor=supervisor, at=at, reason="核查")
            if state == "settling":
                return grants.settle(grant, actor=supervisor, at=at)
            if state == "settled":
                return grants.close(grant, actor=world["finance"], at=at)
            if state == "recovering":
                return grants.recover(grant, actor=supervisor, at=at, amount="0.00 万元")
            return grants.finish_recovery(grant, actor=world["finance"], at=at)

    assert disagreements(Grant, GRANT, make=make, actor=person_of(world)) == []


def test_disbursements_move_as_the_table_says(world, ready):
    def make(state: str) -> Disbursement:
        row = now(Disbursement, grant__selectee=ready, tranche=1)
        with everything(because=Because.SYSTEM_STEP):
            if state == "approved":
                grants.prepare_payment(row, actor=world["finance"], at=world.at)
                row = approve(open_preparation(row), actor=world["supervisor"], at=world.at)
            if state == "paid":
                row = grants.pay(row, actor=world["finance"], at=world.at, receipt="YH1")
            if state == "confirmed":
                row = grants.confirm_receipt(row, actor=world["host1-boss"], at=world.at)
            if state == "cancelled":
                last = now(Disbursement, grant__selectee=ready, tranche=3)
                row = grants.cancel(last, actor=world["supervisor"], at=world.at, reason="不再需要")
        return row

    values = {"pay": {"receipt": "YH2"}}
    assert disagreements(Disbursement, DISBURSEMENT, make=make, actor=person_of(world), values=values) == []


def test_expenses_move_as_the_table_says(world, ready):
    contracting.paid(world, ready)

    def recorded() -> Expense:
        grant = now(Grant, selectee=ready)
        number = grant_count(grant)
        return expenses.record(
            grant, actor=world["host1"], at=world.at, spent_date=world.at.date(), voucher=f"记-{number}", category="P2",
            amount_fen=10_000, payee="某材料公司", payee_related=False, summary="试验材料", invoice="",
        )  # fmt: skip

    def make(state: str) -> Expense:
        with everything(because=Because.SYSTEM_STEP):
            row = recorded()
            finance, at = world["finance"], world.at
            if state == "accepted":
                return expenses.accept(row, actor=finance, at=at)
            if state == "reversed":
                return expenses.reverse(row, actor=world["host1"], at=at, reason="录错")
            if state != "recorded":
                row = expenses.flag(row, actor=finance, at=at, code="NL01", reason="请说明")
                expenses.explain(row, actor=world["host1"], at=at, explanation="用于试验")
                row = now(Expense, pk=row.pk)
            if state in ("warned", "rectified", "unrectified"):
                row = expenses.warn(row, actor=finance, at=at, reason="请整改")
                clerk = world["host1-boss"]
                expenses.report_rectification(row, actor=clerk, at=at, text="已退回账户")
            if state == "rectified":
                return expenses.rectify(row, actor=finance, at=at)
            if state == "unrectified":
                late = row.rectify_due_at + timedelta(days=1)
                return expenses.fail_rectification(row, actor=finance, at=late, reason="未整改")
            return row

    values = {"flag": {"code": "NL01"}}
    overdue = world.at + timedelta(days=200)
    assert disagreements(Expense, EXPENSE, make=make, actor=person_of(world), values=values, at=overdue) == []


def grant_count(grant) -> int:
    return grant.expenses.count() + 1


def test_task_books_move_as_the_table_says(world, led):
    """One record is led through the states in their order. While the first signs, the other two wait for their turn."""
    found = disagreements(TaskBook, TASK_BOOK, make=led, actor=person_of(world), values={
        "sign_as_selectee": {"password_ok": True}, "sign_for_host": {"password_ok": True},
        "sign_for_cast": {"password_ok": True},
    })  # fmt: skip
    waits = "from signing by {}: refused: 不能{}：请等待{}先签署（第二十六条）。, the table says taken"
    assert set(found) == {
        f"sign_for_host {waits.format('host_approver', '依托单位签署', '入选者')}",
        f"sign_for_cast {waits.format('cast_supervisor', '市科协签署', '入选者、依托单位')}",
    }


def test_only_people_of_the_city_hold_city_roles(world):
    assert {world[login].organisation_id for role, login in LOGINS.items() if role in CAST_ROLES} == {world.cast.pk}
