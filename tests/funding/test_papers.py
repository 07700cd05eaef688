"""What chapter 6 prints and tells, made from its events once each."""

import pytest

from fixtures.scenarios import contracting
from portal.documents.models import Document
from portal.documents.render import html_of_document
from portal.events.deliver import deliver_all
from portal.events.models import Delivery
from portal.notifications.models import Notification
from portal.tenancy.reach import Because, everything


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
