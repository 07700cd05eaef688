"""A move within Beijing (Art. 29): consent of both units, four eyes, and money that is in one ledger or the other."""

from datetime import timedelta

import pytest

from assessment.commands import assessment as assessments
from assessment.commands import transfer as transfers
from assessment.models import Assessment, Transfer
from fixtures.scenarios import contracting
from fixtures.scenarios import cultivating as tell
from funding.commands import grant as grants
from funding.commands import task_book as books
from funding.models import BankAccount, Condition, Disbursement, Expense, Grant, Indicator, Posting, Selectee, TaskBook
from portal.documents.models import Document
from portal.events.deliver import deliver_all
from portal.events.models import Event
from portal.invariants import registry
from portal.people.models import Membership, Organisation
from portal.regulation.rules import Refused
from portal.tenancy.reach import Because, everything
from portal.workflow.models import PreparedStep
from portal.workflow.take import open_preparation
from tests.applications.pages import summary, tree
from tests.assessment.asking import now, refusal

ACCOUNT = {"account_name": "新单位", "bank": "某银行", "account_number": "6222000011112222"}


def ask(world, selectee, destination, same_field=True):
    with world.acting("applicant1") as actor:
        mine = Selectee.objects.get(pk=selectee.pk)
        return transfers.request(
            mine, actor=actor, at=world.at, destination=destination, same_field=same_field, because="工作调动"
        )


# --- the request -----------------------------------------------------------------------------------------------------


def test_leaving_beijing_is_an_exit(world, selectee):
    away = Organisation.objects.create(kind="host", name="河北某公司", code="91130100MA0000001X", region="130100")
    with pytest.raises(Refused) as refused:
        ask(world, selectee, away)
    assert [str(finding) for finding in refused.value.findings] == [
        "新单位还没有所属的推荐单位，请联系市科协（第二十五条）",
        "新单位不在北京，应按退出程序办理（第三十一条（二）2）",
    ]


def test_leaving_the_field_is_an_exit(world, selectee):
    with pytest.raises(Refused, match=r"脱离原研究领域的，应按退出程序办理（第三十一条（二）2）"):
        ask(world, selectee, world.hosts[1], same_field=False)


def test_the_own_unit_is_no_new_unit(world, selectee):
    with pytest.raises(Refused, match="新单位与原单位相同（第二十九条）"):
        ask(world, selectee, world.hosts[0])


def test_one_request_at_a_time(world, selectee):
    tell.move_requested(world, selectee, world.hosts[1])
    with pytest.raises(Refused, match="已有一份单位变更在办理（第二十九条）"):
        ask(world, selectee, world.hosts[2])


def test_a_withdrawn_request_makes_room_for_another(world, selectee):
    row = tell.move_requested(world, selectee, world.hosts[1])
    assert tell.by(world, "applicant1", transfers.withdraw, row).state == "refused"
    assert ask(world, selectee, world.hosts[2]).number == f"{selectee.number.replace('RX', 'BG')}-2"


def test_each_unit_may_say_no(world, selectee):
    row = tell.move_requested(world, selectee, world.hosts[1])
    assert tell.by(world, "host1-boss", transfers.oppose, row, reason="项目在关键阶段").state == "refused"
    row = tell.by(world, "host1-boss", transfers.consent, tell.move_requested(world, selectee, world.hosts[1]))
    assert tell.by(world, "host2-boss", transfers.decline, row, reason="没有岗位").state == "refused"


def test_only_the_new_unit_named_sees_the_request(world, selectee):
    row = tell.move_requested(world, selectee, world.hosts[1])
    seen = {}
    for login in ("host1", "host2", "host3"):
        with world.acting(login):
            seen[login] = Transfer.objects.filter(pk=row.pk).exists()
    assert seen == {"host1": True, "host2": True, "host3": False}


def test_a_new_unit_accepts_with_an_account(world, selectee):
    row = tell.by(world, "host1-boss", transfers.consent, tell.move_requested(world, selectee, world.hosts[1]))
    found = refusal(world, "host2-boss", transfers.accept, row, **{**ACCOUNT, "account_number": " "})
    assert found == ["请登记新单位的专门账户（第二十一条）"]
    row = tell.by(world, "host2-boss", transfers.accept, row, **ACCOUNT)
    assert (row.accepted_by_id, row.account_number.plain()) == (world["host2-boss"].user_id, "6222000011112222")
    with everything(because=Because.CHECK_INVARIANTS):
        assert not any("6222000011112222" in str(each.facts) for each in Event.objects.all())


# --- the approval ----------------------------------------------------------------------------------------------------


def test_open_business_of_the_old_unit_stops_the_approval(world, selectee):
    row = tell.move_accepted(world, tell.move_requested(world, selectee, world.hosts[1]))
    contracting.warned(world, selectee)
    tell.reported(world, tell.scheduled(world, selectee))
    tell.case_opened(world, selectee)
    assert refusal(world, "officer", transfers.prepare_approval, row) == [
        "原单位还有支出没有核对完（第二十七条）",
        "原单位还有考核没有办结（第三十条）",
        "有退出事项正在办理（第三十一条）",
    ]


def test_a_payment_on_its_way_stops_the_approval(world, selectee):
    tell.filed(world, tell.assessed(world, selectee))
    row = tell.move_accepted(world, tell.move_requested(world, selectee, world.hosts[1]))
    with world.acting("finance") as actor:
        tranche = Disbursement.objects.get(grant__selectee=selectee, tranche=2)
        grants.prepare_payment(tranche, actor=actor, at=world.at)
    with world.acting("supervisor") as actor:
        from portal.workflow.take import approve

        approve(open_preparation(tranche), actor=actor, at=world.at)
    assert refusal(world, "officer", transfers.prepare_approval, row) == ["还有拨付在途（第二十一条）"]


def test_nobody_approves_what_they_prepared(world, selectee):
    row = tell.move_accepted(world, tell.move_requested(world, selectee, world.hosts[1]))
    row = tell.by(world, "officer", transfers.prepare_approval, row)
    with everything(because=Because.SEED):
        PreparedStep.objects.filter(record_ref=row.number).update(prepared_by_id=world["supervisor"].user_id)
    with world.acting("supervisor") as actor, pytest.raises(Refused, match="拟办和批准不能是同一个人"):
        transfers.approve(open_preparation(row), actor=actor, at=world.at)
    with everything(because=Because.CHECK_INVARIANTS):
        assert row.successor() is None and now(Transfer, pk=row.pk).state == "destination_accepted"


@pytest.fixture
def approved(world, selectee) -> Transfer:
    """Annual assessment passed (a condition met), another one scheduled, then moved as far as the approval."""
    tell.filed(world, tell.assessed(world, selectee))
    tell.scheduled(world, selectee, period="2027 年度")
    return tell.move_approved(world, tell.move_accepted(world, tell.move_requested(world, selectee, world.hosts[1])))


def test_the_approval_is_carried_out_in_one_operation(world, selectee, approved):
    with everything(because=Because.CHECK_INVARIANTS):
        operation = Event.objects.get(kind="transfer.approve").operation
        told = list(Event.objects.filter(operation=operation).values_list("kind", "record_ref"))
    old, new = selectee.number, f"{selectee.number}B"
    grant, book = old.replace("RX", "JF"), old.replace("RX", "RW")
    assert told == [
        ("transfer.approve", approved.number),
        ("task_book.terminate", book),
        ("assessment.end", f"{old.replace('RX', 'KH')}-ND2"),
        ("disbursement.cancel", f"{grant}-2"),
        ("disbursement.cancel", f"{grant}-3"),
        ("grant.settle", grant),
        ("selectee.take_over", new),
        ("task_book.create", f"{book}B"),
        ("grant.take_over", f"{grant}B"),
        ("disbursement.create", f"{grant}B-2"),
        ("disbursement.create", f"{grant}B-3"),
    ]


def test_successor_rows_belong_to_the_new_unit(world, selectee, approved):
    new = now(Selectee, continues=selectee)
    assert (new.organisation_id, new.state, new.starts_date, new.ends_date) == (
        world.hosts[1].pk, "contracting", selectee.starts_date, selectee.ends_date,
    )  # fmt: skip
    grant = now(Grant, selectee=new)
    assert (grant.state, grant.amount_fen, grant.organisation_id) == ("pending_account", 15_000_000, world.hosts[1].pk)
    with everything(because=Because.CHECK_INVARIANTS):
        assert [(row.tranche, row.amount_fen, row.needs) for row in grant.disbursements.all()] == [
            (2, 9_000_000, ["contract", "account", "mid_term"]),
            (3, 6_000_000, ["contract", "account", "final"]),
        ]
        assert [row.code for row in grant.conditions.all()] == ["mid_term"]
        account = BankAccount.objects.get(grant=grant)
        book = TaskBook.objects.get(selectee=new)
        assert (book.state, book.organisation_id) == ("drafting", world.hosts[1].pk)
        assert Indicator.objects.filter(task_book=book).count() == 5 and book.mentors.count() == 2
    assert (account.registered_by_id, account.verified_at) == (world["host2-boss"].user_id, None)
    assert Membership.on(world.at.date()).filter(user=selectee.person_id, organisation=world.hosts[1]).exists()


def test_the_old_unit_sees_nothing_new_and_the_new_one_nothing_old(world, selectee, approved):
    new = now(Selectee, continues=selectee)
    seen = {}
    for login in ("host1", "host2", "host3"):
        with world.acting(login):
            seen[login] = (
                Selectee.objects.filter(pk=selectee.pk).exists(),
                Selectee.objects.filter(pk=new.pk).exists(),
                Grant.objects.filter(selectee=new).exists(),
                TaskBook.objects.filter(selectee=new).exists(),
                Expense.objects.filter(grant__selectee=selectee).exists(),
            )
    assert seen == {
        "host1": (True, False, False, False, True),
        "host2": (False, True, True, True, False),
        "host3": (False, False, False, False, False),
    }


def test_the_selectee_goes_on_at_the_new_unit(world, selectee, approved):
    from portal.people.actor import actor_from
    from portal.tenancy.reach import reach_of, reaching

    membership = Membership.objects.select_related("user", "organisation").get(
        user=selectee.person_id, organisation=world.hosts[1]
    )
    actor = actor_from(membership)
    with reaching(reach_of(actor)):
        assert Selectee.objects.get().number == f"{selectee.number}B"


# --- the money -------------------------------------------------------------------------------------------------------


def test_the_rest_moves_only_to_a_verified_account(world, selectee, approved):
    assert refusal(world, "finance", transfers.settle, approved) == ["新单位的专门账户还没有核验（第二十一条）"]


@pytest.fixture
def settled(world, selectee, approved) -> Transfer:
    with world.acting("finance") as actor:
        grants.verify_account(approved.successor().grant, actor=actor, at=world.at)
    return tell.by(world, "finance", transfers.settle, approved)


def test_what_leaves_one_ledger_enters_the_other(world, selectee, settled):
    paid, spent = 15_000_000, sum(fen for _, _, _, fen in contracting.SPENDING)
    old, new = now(Grant, selectee=selectee), now(Grant, selectee__continues=selectee)
    with everything(because=Because.CHECK_INVARIANTS):
        assert old.sums() == {"paid": paid, "spent": spent, "moved": paid - spent, "returned": 0, "balance": 0}
        assert new.sums() == {"paid": 0, "spent": 0, "moved": spent - paid, "returned": 0, "balance": paid - spent}
        postings = Posting.objects.filter(cause=settled.number)
        assert sorted((row.kind, row.organisation_id) for row in postings) == [
            ("transfer_in", world.hosts[1].pk), ("transfer_out", world.hosts[0].pk),
        ]  # fmt: skip
    assert settled.moved_fen == paid - spent
    assert (old.state, now(Selectee, pk=selectee.pk).state) == ("settled", "transferred")
    assert [words for each in registry().values() for words in each.breaches()] == []


def test_the_new_unit_reads_no_spending_of_the_old_one(world, selectee, settled):
    with world.acting("host2"):
        assert [row.kind for row in Posting.objects.all()] == ["transfer_in"]


def test_each_unit_has_its_own_paper(world, selectee, settled):
    deliver_all()
    with world.acting("host1"):
        old = Document.objects.get(kind="transfer.approval", number=settled.number)
    with world.acting("host2"):
        new = Document.objects.get(kind="transfer.receipt", number=settled.number)
        assert not Document.objects.filter(kind="transfer.approval").exists()
    assert "转出余额" in str(old.facts) and "支出" not in str(new.facts)
    assert "人民币" in str(new.facts)


def test_the_new_unit_signs_spends_and_is_paid_on(world, selectee, settled):
    new = now(Selectee, continues=selectee)
    clerk, boss = "host2", "host2-boss"
    with world.acting(clerk) as actor:
        book = TaskBook.objects.get(selectee=new)
        content = dict(book.content)
        granted = book.granted_fen()
        assert granted == 15_000_000 + settled.moved_fen
        content["budget"] = [{"category": "P2", "fen": granted + content["promised_fen"], "basis": ""}]
        books.edit(book, actor=actor, at=world.at, content=content, rows=contracting.rows_of(new))
    membership = Membership.objects.select_related("user", "organisation").get(
        user=selectee.person_id, organisation=world.hosts[1]
    )
    from portal.people.actor import actor_from

    world.people = {**world.people, "applicant-moved": actor_from(membership)}
    for login, verb, values in [
        (boss, books.confirm, {}),
        ("officer", books.begin_review, {}),
        ("officer", books.open_signing, {}),
        ("applicant-moved", books.sign_as_selectee, {"password_ok": True}),
        (boss, books.sign_for_host, {"password_ok": True}),
        ("supervisor", books.sign_for_cast, {"password_ok": True}),
    ]:
        tell.by(world, login, verb, book, **values)
    started = now(Selectee, pk=new.pk)
    assert (started.state, started.starts_date, started.ends_date) == (
        "active",
        selectee.starts_date,
        selectee.ends_date,
    )
    contracting.paid(world, started, tranche=2)
    with everything(because=Because.CHECK_INVARIANTS):
        assert now(Grant, selectee=new).sums()["paid"] == 9_000_000
        assert {row.code for row in Condition.objects.filter(grant__selectee=new)} == {
            "mid_term",
            "contract",
            "account",
        }
    assert [words for each in registry().values() for words in each.breaches()] == []


def test_a_selectee_may_come_back(world, selectee, settled):
    """The unit left keeps its closed row; a second one may stand beside it."""
    rows = {"application_id": selectee.application_id, "organisation": world.hosts[0]}
    with everything(because=Because.CHECK_INVARIANTS):
        assert Selectee.objects.get(**rows).state == "transferred"
        constraint = next(each for each in Selectee._meta.constraints if each.name == "selectee_once_per_host")
    assert "transferred" in str(constraint.condition)


# --- pages -----------------------------------------------------------------------------------------------------------


def test_the_search_finds_units_by_name_and_by_whole_code(world, selectee, browsers):
    client = browsers("applicant1")
    url = f"/apply/selectees/{selectee.number}/transfer/"
    unit = world.hosts[1]
    for words, found in ((unit.name[2:5], True), (unit.code, True), (unit.code[:10], False), ("京", False)):
        page = client.get(url, {"q": words}).content.decode()
        assert (f'value="{unit.pk}"' in page) is found, words
    assert "没有找到这个单位" in client.get(url, {"q": "不存在的单位"}).content.decode()
    own = client.get(url, {"q": world.hosts[0].name}).content.decode()
    assert f'value="{world.hosts[0].pk}"' not in own


def test_a_unit_that_was_not_found_cannot_be_chosen(world, selectee, browsers):
    client = browsers("applicant1")
    url = f"/apply/selectees/{selectee.number}/transfer/"
    data = {"q": world.hosts[1].name, "destination": world.hosts[2].pk, "same_field": "on", "because": "调动"}
    answer = client.post(url, data)
    assert answer.status_code == 422 and "调动" in answer.content.decode()
    answer = client.post(url, {**data, "destination": world.hosts[1].pk})
    assert answer.status_code == 302 and now(Transfer, selectee=selectee).destination_id == world.hosts[1].pk


@pytest.mark.parametrize("words", ["a unit", "不存在的单位"])
def test_a_search_that_finds_nothing_loses_no_reason(world, selectee, browsers, words):
    """Wrong input keeps the search, the choice and the words; each complaint leads to its input."""
    client, unit = browsers("applicant1"), world.hosts[1]
    url = f"/apply/selectees/{selectee.number}/transfer/"
    words = unit.name if words == "a unit" else words
    because, choice = ("", str(unit.pk)) if words == unit.name else ("工作调动", "")
    answer = client.post(url, {"q": words, "destination": choice, "because": because})
    assert answer.status_code == 422
    found = summary(answer)
    assert found == ({"请填写变更原因": "because"} if choice else {"请选择新单位": "q"})
    form = tree(answer).xpath("//main//form")[-1]
    assert (form.fields["q"], form.fields["because"].strip()) == (words, because)
    assert (form.fields.get("destination") or "") == choice


def test_the_page_of_the_new_unit_shows_what_it_must_know(world, selectee, browsers):
    row = tell.by(world, "host1-boss", transfers.consent, tell.move_requested(world, selectee, world.hosts[1]))
    page = browsers("host2-boss").get(f"/apply/transfers/{row.number}/").content.decode()
    assert world.hosts[0].name in page and "接收入选者" in page and row.because not in page
    assert "待划转余额" not in page
    page = browsers("host1-boss").get(f"/apply/transfers/{row.number}/").content.decode()
    assert row.because in page and "待划转余额" in page
    assert browsers("host3-boss").get(f"/apply/transfers/{row.number}/").status_code == 404


def test_approval_and_settlement_go_through_their_pages(world, selectee, browsers):
    row = tell.move_accepted(world, tell.move_requested(world, selectee, world.hosts[1]))
    officer, supervisor, finance = (browsers(login) for login in ("officer", "supervisor", "finance"))
    url = f"/manage/transfers/{row.number}"
    assert officer.post(f"{url}/approve/prepare/", {"version": row.version}).status_code == 302
    page = supervisor.get(f"{url}/approve/").content.decode()
    assert world.hosts[1].name in page and "待划转余额" in page
    assert supervisor.post(f"{url}/approve/", {"decision": "approve"}).status_code == 302
    assert now(Transfer, pk=row.pk).state == "approved" and now(Selectee, continues=selectee)
    with world.acting("finance") as actor:
        grants.verify_account(Grant.objects.get(selectee__continues=selectee), actor=actor, at=world.at)
    assert "划转余额" in finance.get(f"{url}/settle/").content.decode()
    assert finance.post(f"{url}/settle/", {}).status_code == 302
    assert now(Transfer, pk=row.pk).state == "settled"


def test_a_scheduled_assessment_does_not_follow(world, selectee, approved):
    assert now(Assessment, number=f"{selectee.number.replace('RX', 'KH')}-ND2").state == "ended"
    with world.acting("officer") as actor, pytest.raises(Refused):
        assessments.schedule(
            Selectee.objects.get(continues=selectee),
            actor=actor, at=world.at, kind="annual", period="2027 年度", due_at=world.at + timedelta(days=9),
        )  # fmt: skip
