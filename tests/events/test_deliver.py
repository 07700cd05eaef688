"""The outbox: each consumer gets each event once, whatever fails, dies or runs at the same time."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from portal.events import deliver, reactions
from portal.events.deliver import MAX_ATTEMPTS, deliver_all, deliver_pending
from portal.events.models import Delivery
from portal.people.actor import SYSTEM
from portal.tenancy.reach import current_reach
from portal.workflow.take import take
from tests.kernel.models import Errand
from tests.kernel.rows import events_of, new_errand, sent, stored
from tests.people import AT, acting
from tests.threads import together


@pytest.fixture
def consumers(monkeypatch):
    """Replaces every registered consumer: {kind: {name: function}}, to be filled by the test."""
    mine: dict = {}
    monkeypatch.setattr(reactions, "_consumers", mine)
    return mine


@pytest.fixture
def got(consumers):
    """What two consumers of errand.send and one of everything have been given: (name, record, kind)."""
    seen = []
    consumers["errand.send"] = {
        "a": lambda event: seen.append(("a", event.record_ref)),
        "b": lambda event: seen.append(("b", event.record_ref)),
    }
    consumers["*"] = {"all": lambda event: seen.append(("all", event.kind))}
    return seen


def submitted(people) -> Errand:
    return sent(new_errand(people.host_clerk, people.recommender), people.host_approver)


def make_due() -> None:
    Delivery.objects.filter(done_at=None).update(due_at=timezone.now() - timedelta(seconds=1))


def test_each_consumer_gets_each_event_once(people, got):
    errand = submitted(people)
    assert got == []  # nothing runs inside the act
    assert deliver_all() == 4
    assert got == [("all", "errand.create"), ("all", "errand.send"), ("a", errand.number), ("b", errand.number)]
    assert deliver_all() == 0
    assert Delivery.objects.filter(done_at=None).count() == 0
    assert len(got) == 4


def test_refused_act_delivers_nothing(people, got):
    with acting(people.host_clerk), pytest.raises(ZeroDivisionError), transaction.atomic():
        new_errand(people.host_clerk, people.recommender)
        raise ZeroDivisionError
    assert deliver_all() == 0 and got == []


def test_failing_consumer_holds_up_nobody_and_is_tried_again(people, consumers):
    seen, broken = [], [True]

    def fragile(event):
        if broken[0]:
            raise RuntimeError("no ink")
        seen.append("fragile")

    consumers["errand.send"] = {"a": fragile, "b": lambda event: seen.append("b")}
    first, second = submitted(people), submitted(people)
    assert (deliver_all(), seen) == (2, ["b", "b"])
    failed = Delivery.objects.filter(done_at=None)
    assert {(d.attempts, d.error) for d in failed} == {(1, "RuntimeError: no ink")}
    assert all(d.due_at > timezone.now() for d in failed)
    assert deliver_all() == 0  # not yet
    broken[0] = False
    make_due()
    assert (deliver_all(), seen[2:]) == (2, ["fragile", "fragile"])
    assert not Delivery.objects.exclude(error="").exists()
    assert (stored(first).state, stored(second).state) == ("sent", "sent")


def test_failing_consumer_leaves_nothing_half_done(people, consumers):
    errand = submitted(people)
    Delivery.objects.all().delete()

    def half(event):
        Errand.objects.filter(pk=errand.pk).update(title="改了")
        take("drop", errand, actor=people.host_approver, at=AT)
        raise RuntimeError

    consumers["errand.send"] = {"half": half}
    second = submitted(people)
    assert deliver_all() == 0
    assert (stored(errand).title, stored(errand).state, len(events_of(errand))) == (errand.title, "sent", 2)
    assert stored(second).state == "sent"


def test_error_under_another_reach_is_written_down_too(people, consumers):
    """The consumer's own reach has ended when its savepoint is rolled back."""

    def foreign(event):
        with acting(people.host_clerk):
            Errand.objects.filter(pk=int(event.record_pk)).update(version=-1)

    consumers["errand.send"] = {"foreign": foreign}
    submitted(people)
    assert deliver_all() == 0
    assert Delivery.objects.get().error.startswith("IntegrityError")


def test_given_up_after_the_last_attempt(people, consumers):
    calls = []
    consumers["errand.send"] = {"a": lambda event: calls.append(1) or 1 / 0}
    submitted(people)
    for _ in range(MAX_ATTEMPTS + 2):
        make_due()
        deliver_all()
    assert len(calls) == MAX_ATTEMPTS
    assert Delivery.objects.get().attempts == MAX_ATTEMPTS


def test_consumer_that_is_gone_is_written_down(people, got, consumers):
    submitted(people)
    del consumers["errand.send"]["b"]
    deliver_all()
    assert Delivery.objects.get(done_at=None).error == "LookupError: no consumer b"


def test_consumer_runs_as_the_system_with_everything_in_reach(people, consumers):
    reaches = []
    consumers["errand.send"] = {"a": lambda event: reaches.append(current_reach().everything)}
    submitted(people)
    deliver_all()
    assert reaches == [True]


def test_events_of_consumers_are_delivered_in_the_same_run(people, consumers):
    """A chain of a hundred reactions, each causing the next, neither nests nor stops."""
    depth = []

    def next_one(event):
        depth.append(event.sequence)
        if len(depth) < 100:
            again = new_errand(people.host_clerk, people.recommender)
            take("drop", again, actor=people.host_approver, at=AT)

    consumers["errand.drop"] = {"next": next_one}
    errand = new_errand(people.host_clerk, people.recommender)
    with acting(people.host_approver):
        take("drop", errand, actor=people.host_approver, at=AT)
    assert deliver_all(rounds=200) == 100
    assert depth == sorted(depth)


@pytest.mark.django_db(transaction=True)
def test_commit_nudges_and_the_act_is_delivered(people, got, settings):
    """Tasks run at once in the tests; the act's own transaction has ended by then."""
    errand = submitted(people)
    assert ("a", errand.number) in got and Delivery.objects.filter(done_at=None).count() == 0


@pytest.mark.django_db(transaction=True)
def test_reactions_nudge_no_delivery_inside_a_delivery(people, consumers):
    running = []

    def next_one(event):
        running.append(1)
        assert len(running) == 1, "delivered inside a delivery"
        with acting(SYSTEM):
            new_errand(people.host_clerk, people.recommender)
        running.pop()

    consumers["errand.send"] = {"next": next_one}
    consumers["errand.create"] = {"last": lambda event: running.append(1) or running.pop()}
    submitted(people)
    assert Delivery.objects.filter(done_at=None).count() == 0


@pytest.mark.django_db(transaction=True)
def test_lost_broker_only_delays(people, got, monkeypatch):
    def refuses():
        raise ConnectionError("no broker")

    monkeypatch.setattr(deliver.deliver, "delay", refuses)
    errand = submitted(people)
    assert stored(errand).state == "sent" and got == []
    assert deliver_all() == 4  # the sweep


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_deliver_once_each(people, got, monkeypatch):
    monkeypatch.setattr(deliver.deliver, "delay", lambda: None)
    for _ in range(10):
        submitted(people)
    delivered = together([deliver_all] * 4)
    assert sum(delivered) == 40
    assert len(got) == 40 and len({entry for entry in got if entry[0] != "all"}) == 20


def test_limit_bounds_one_round(people, got):
    submitted(people)
    assert [deliver_pending(limit=3), deliver_pending(limit=3)] == [3, 1]
