"""The event log in the database: nobody changes it, and it tells the truth of what was written."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from portal.events import catalogue, chain
from portal.events.models import Event
from portal.tenancy.reach import Because, everything
from portal.workflow.take import note, take
from tests.kernel.rows import events_of, new_errand, sent
from tests.owner import owner
from tests.people import AT, acting


def verified() -> tuple:
    with everything(because=Because.CHECK_INVARIANTS):
        return chain.verify(Event.objects.values(*chain.CHAINED, "previous_digest", "digest"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sql", ["UPDATE events_event SET actor_role = 'system'", "DELETE FROM events_event"])
def test_event_is_neither_changed_nor_removed(people, sql):
    new_errand(people.host_clerk, people.recommender)
    with (
        everything(because=Because.CHECK_INVARIANTS),
        connection.cursor() as cursor,
        pytest.raises(ProgrammingError, match="permission denied"),
    ):
        cursor.execute(sql)
    with owner() as cursor, pytest.raises(Exception, match="append-only table events_event"):
        cursor.execute(sql)
    with everything(because=Because.CHECK_INVARIANTS):
        for change in (lambda: Event.objects.update(actor_role="x"), lambda: Event.objects.all().delete()):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()
        with pytest.raises(DatabaseError), transaction.atomic():
            Event.objects.get().save()
    assert verified()[2] is None


def test_what_the_database_gives_back_matches_the_digest(people, monkeypatch):
    """Times, addresses, numbers and JSON come back from PostgreSQL in its own spelling."""
    monkeypatch.setitem(catalogue._sentences, "errand.look", ("{ref}", ()))
    errand = new_errand(people.host_clerk, people.recommender)
    actor = replace(people.host_clerk, ip="2001:DB8:0:0::00FF")
    facts = {
        "元": Decimal("1.50"),
        "小数": 0.1,
        "负": -1e-7,
        "日": AT.date(),
        "时": AT,
        1: [True, None],
        "文": "“引号”\n",
    }
    with acting(actor):
        note("errand.look", errand, actor=actor, at=AT.replace(microsecond=999999), facts=facts, reason="x")
    assert verified()[2] is None
    assert events_of(errand)[-1].facts["元"] == "1.50"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("tamper", "fault"),
    [
        ("UPDATE events_event SET actor_user_id = 1 WHERE sequence = 2", "event 2 does not match its digest"),
        ("UPDATE events_event SET facts = '{}' WHERE sequence = 2", "event 2 does not match its digest"),
        ("UPDATE events_event SET at = at + interval '1 microsecond' WHERE sequence = 1", "event 1 does not match"),
        ("DELETE FROM events_event WHERE sequence = 2", "event 2 is missing (found 3)"),
        ("UPDATE events_event SET sequence = 9 WHERE sequence = 3", "event 3 is missing (found 9)"),
    ],
)
def test_tampering_is_found_and_named(people, tamper, fault):
    errand = sent(new_errand(people.host_clerk, people.recommender), people.host_approver)
    with acting(people.recommender_officer):
        take("give_back", errand, actor=people.recommender_officer, at=AT, reason="x")
    assert verified()[2] is None
    with owner("events_event") as cursor:
        cursor.execute(tamper)
    assert verified()[2].startswith(fault)


def test_event_is_reached_with_its_record(people):
    errand = new_errand(people.host_clerk, people.recommender)
    for name, count in [("host_clerk", 1), ("recommender_officer", 1), ("neighbour_clerk", 0), ("cast_officer", 1)]:
        with acting(getattr(people, name)):
            assert Event.objects.filter(record_pk=str(errand.pk)).count() == count


def test_sentence_fills_what_it_knows_and_dashes_the_rest(people):
    errand = new_errand(people.host_clerk, people.recommender)
    event = events_of(errand)[0]
    assert catalogue.sentence_of(event, "张某") == f"张某新建了事项{errand.number}"
    event.kind = "errand.send"
    assert catalogue.sentence_of(event, "张某") == f"张某把{errand.number}报给—"


def test_kind_has_one_sentence(monkeypatch):
    monkeypatch.setattr(catalogue, "_sentences", dict(catalogue._sentences))
    assert catalogue.kind("errand.wave", "{actor}挥手") == catalogue.kind("errand.wave", "{actor}挥手")
    with pytest.raises(ValueError, match="two sentences"):
        catalogue.kind("errand.wave", "{actor}招手")
    with pytest.raises(catalogue.UnknownKind):
        catalogue.articles_of("errand.fly")
    event = Event(kind="errand.fly")
    with pytest.raises(catalogue.UnknownKind):
        catalogue.sentence_of(event, "某")
