"""任务书: three signatures over one frozen text (Art. 22, 23, 26)."""

import pytest

from applications import hanging
from applications.models import Cycle
from fixtures.scenarios import contracting
from funding import sections
from funding.commands import task_book as books
from funding.models import Condition, Selectee, TaskBook
from portal.access.decide import Denied
from portal.regulation.rules import Refused
from portal.tenancy.reach import Because, everything
from portal.workflow.take import StaleVersion
from tests.funding.conftest import selectee_of


def messages(refused) -> list[str]:
    return [finding.message for finding in refused.value.findings]


def fresh(book) -> TaskBook:
    with everything(because=Because.CHECK_INVARIANTS):
        return TaskBook.objects.select_related("selectee").get(pk=book.pk)


def signed_parties(book) -> list[str]:
    with everything(because=Because.CHECK_INVARIANTS):
        return fresh(book).signed_parties()


def step(world, login, verb, book, **values) -> TaskBook:
    with world.acting(login) as actor:
        return verb(fresh(book), actor=actor, at=world.at, **values)


@pytest.fixture
def book(world, selectee) -> TaskBook:
    return contracting.written(world, selectee)


@pytest.fixture
def signing(world, book) -> TaskBook:
    step(world, "host1-boss", books.confirm, book)
    step(world, "officer", books.begin_review, book)
    return step(world, "officer", books.open_signing, book)


def test_the_draft_begins_with_the_goal_of_the_application(world, selectee):
    with everything(because=Because.CHECK_INVARIANTS):
        draft = TaskBook.objects.get(selectee=selectee)
        goal = selectee.application.versions.last().content["sections"]["plan"]["overall_goal"]
    assert draft.content["goals"] == goal
    assert draft.state == "drafting"


def test_an_unfinished_text_is_not_confirmed(world, selectee):
    with everything(because=Because.CHECK_INVARIANTS):
        draft = TaskBook.objects.get(selectee=selectee)
    with world.acting("host1-boss") as boss, pytest.raises(Refused) as refused:
        books.confirm(draft, actor=boss, at=world.at)
    assert "还没有企业导师" in messages(refused)


def test_the_clerk_does_not_confirm(world, book):
    with world.acting("host1") as clerk, pytest.raises(Denied):
        books.confirm(fresh(book), actor=clerk, at=world.at)


def test_two_hands_on_one_draft_meet_as_409(world, book):
    with world.acting("host1") as clerk, pytest.raises(StaleVersion):
        rows = contracting.rows_of(book.selectee)
        books.edit(fresh(book), actor=clerk, at=world.at, content=book.content, rows=rows, version=book.version - 1)


def test_signatures_come_in_their_order(world, signing):
    with world.acting("host1-boss") as boss, pytest.raises(Refused) as refused:
        books.sign_for_host(fresh(signing), actor=boss, at=world.at, password_ok=True)
    assert messages(refused) == ["请等待入选者先签署"]


def test_each_party_signs_once(world, signing):
    step(world, "applicant1", books.sign_as_selectee, signing, password_ok=True)
    with world.acting("applicant1") as applicant, pytest.raises(Refused) as refused:
        books.sign_as_selectee(fresh(signing), actor=applicant, at=world.at, password_ok=True)
    assert messages(refused) == ["入选者已经签署"]


def test_a_wrong_password_signs_nothing(world, signing):
    with world.acting("applicant1") as applicant, pytest.raises(Refused) as refused:
        books.sign_as_selectee(fresh(signing), actor=applicant, at=world.at, password_ok=False)
    assert messages(refused) == ["登录口令不正确，请重新输入"]
    assert signed_parties(signing) == []


def test_another_units_approver_cannot_sign(world, signing):
    with world.acting("host2-boss"), pytest.raises(TaskBook.DoesNotExist):
        TaskBook.objects.get(pk=signing.pk)


def test_the_text_is_fixed_while_it_is_signed(world, signing):
    with world.acting("host1") as clerk, pytest.raises(Refused) as refused:
        books.edit(fresh(signing), actor=clerk, at=world.at, content={}, rows={}, version=None)
    assert messages(refused) == ["任务书现在是“签署中”，文本不能修改"]


def test_a_text_changed_behind_the_scenes_is_not_signed(world, signing):
    with everything(because=Because.CHECK_INVARIANTS):
        TaskBook.objects.filter(pk=signing.pk).update(content={**signing.content, "goals": "另一个目标"})
    with world.acting("applicant1") as applicant, pytest.raises(Refused) as refused:
        books.sign_as_selectee(fresh(signing), actor=applicant, at=world.at, password_ok=True)
    assert messages(refused) == ["文本已改动，请重新提交审核"]


def test_the_last_signature_puts_it_in_force_and_begins_the_term(world, selectee):
    book = contracting.signed(world, selectee)
    with everything(because=Because.CHECK_INVARIANTS):
        selectee = Selectee.objects.get(pk=selectee.pk)
        assert (book.state, selectee.state) == ("effective", "active")
        assert (selectee.starts_date.isoformat(), selectee.ends_date.isoformat()) == ("2026-01-12", "2029-01-11")
        assert list(Condition.objects.values_list("code", flat=True)) == ["contract"]
        assert sections.term(selectee) == "2026年1月12日 至 2029年1月11日"
        digests = {row.digest for row in book.signatures.all()}
        assert digests == {book.current_text().digest}
        assert book.signed_parties() == ["selectee", "host", "cast"]


def test_a_return_voids_what_was_signed(world, signing):
    step(world, "applicant1", books.sign_as_selectee, signing, password_ok=True)
    step(world, "officer", books.return_for_change, signing, reason="指标单位有误")
    assert signed_parties(signing) == []
    step(world, "host1-boss", books.confirm, signing)
    step(world, "officer", books.begin_review, signing)
    again = step(world, "officer", books.open_signing, signing)
    assert (again.text_version, signed_parties(again)) == (2, [])


def test_an_amendment_is_signed_anew_and_the_term_stays(world, selectee):
    book = contracting.signed(world, selectee)
    before = fresh(book).selectee.starts_date
    contracting.later(world, days=30)
    step(world, "host1-boss", books.amend, book, reason="里程碑调整")
    step(world, "host1-boss", books.submit_amendment, book)
    step(world, "officer", books.open_signing, book)
    step(world, "applicant1", books.sign_as_selectee, book, password_ok=True)
    step(world, "host1-boss", books.sign_for_host, book, password_ok=True)
    book = step(world, "supervisor", books.sign_for_cast, book, password_ok=True)
    assert (book.state, fresh(book).selectee.starts_date, book.text_version) == ("effective", before, 2)


def test_contracting_hangs_until_the_last_signature(world, selectee):
    def hanging_now() -> list[tuple]:
        with world.acting("supervisor"):
            cycle = Cycle(pk=selectee.cycle_id, state="contracting")
            return [(each.label, each.count, str(each.article)) for each in hanging.items(cycle, world.at)]

    assert hanging_now() == [("还没有签订任务书的入选者", 3, "第二十六条")]
    contracting.signed(world, selectee)
    assert hanging_now() == [("还没有签订任务书的入选者", 2, "第二十六条")]
    for place in (2, 3):
        contracting.signed(world, selectee_of(world, world.hosts[place]))
    assert hanging_now() == []
