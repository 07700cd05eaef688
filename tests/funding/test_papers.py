"""What chapter 6 prints and tells, made from its events once each."""

import pytest

from fixtures.scenarios import contracting
from funding.commands import grant as grants
from portal.documents.models import Document
from portal.documents.render import html_of_document
from portal.events.deliver import deliver_all
from portal.events.models import Delivery
from portal.notifications.models import Notification
from portal.tenancy.reach import Because, everything
from portal.workflow.take import decline, open_preparation
from tests.funding.test_money import act, approved, prepared


@pytest.fixture
def printed(world, selectee):
    """The whole of a selectee's money so far, delivered."""
    contracting.signed(world, selectee)
    contracting.account_verified(world, selectee)
    contracting.paid(world, selectee)
    contracting.warned(world, selectee)
    deliver_all()
    return selectee


def test_every_event_was_delivered(printed):
    assert list(Delivery.objects.filter(done_at=None).values_list("consumer", "error")) == []


def test_the_signed_task_book_is_printed_with_its_fifteen_chapters(printed):
    with everything(because=Because.CHECK_INVARIANTS):
        printed = Document.objects.get(kind="task_book.contract")
        html = html_of_document(printed)
    assert html.count("<section>") >= 15
    for words in ["任务依据", "考核指标", "双导师与合作机制", "人民币叁拾万元整", "退出与追回", "签署人："]:
        assert words in html, words


def test_a_second_delivery_prints_and_tells_nothing_twice(printed):
    with everything(because=Because.CHECK_INVARIANTS):
        before = Document.objects.count(), Notification.objects.count()
        Delivery.objects.filter(consumer__startswith="funding").update(done_at=None)
    deliver_all()
    with everything(because=Because.CHECK_INVARIANTS):
        assert (Document.objects.count(), Notification.objects.count()) == before


def test_the_unit_learns_of_the_warning_with_its_deadline(world, printed):
    mine = Notification.objects.filter(recipient_id=world["host1-boss"].user_id, subject="提醒督促")
    assert [row.due_at is not None for row in mine] == [True]


def test_finance_learns_what_became_of_each_proposal(world, selectee):
    contracting.signed(world, selectee)
    contracting.account_verified(world, selectee)
    row = prepared(world, selectee)
    with world.acting("supervisor") as actor:
        decline(open_preparation(row), actor=actor, at=world.at, reason="账户待核")
    act(world, "finance", grants.withdraw_approval, approved(world, selectee), reason="收款账户改变")
    deliver_all()
    with everything(because=Because.CHECK_INVARIANTS):
        told = Notification.objects.filter(recipient_id=world["finance"].user_id, subject="拨付审批结果")
        bodies = [each.body for each in told.order_by("pk")]
    words = ["拨付没有获得同意。", "拨付已审批，请付款并登记回单。", "拨付的审批已撤回，付款前须重新拟办和审批。"]
    assert [each for body in bodies for each in words if each in body] == words and len(bodies) == 3
