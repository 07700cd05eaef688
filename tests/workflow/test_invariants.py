"""The kernel's invariants: each breach is planted past the portal, as the owner with the triggers off, and named."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from portal import invariants
from portal.events.deliver import MAX_ATTEMPTS
from portal.workflow.take import approve, note, prepare, take
from tests.invariants import all_hold, breaches_of
from tests.kernel.rows import new_errand, sent
from tests.owner import owner
from tests.people import AT, acting
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def errand(people):
    """Sent, prepared, declined by nobody, finished: a life with every kind of event."""
    record = sent(new_errand(people.host_clerk, people.recommender, person=people.applicant), people.host_approver)
    with acting(people.recommender_officer):
        take("give_back", record, actor=people.recommender_officer, at=AT, reason="数字不清")
    with acting(people.applicant):
        take("promise", record, actor=people.applicant, at=AT)
    sent(record, people.host_approver)
    with acting(people.cast_officer):
        proposal = prepare("finish", record, actor=people.cast_officer, at=AT)
        note("errand.promise", record, actor=people.cast_officer, at=AT)  # from a stale instance
    with acting(people.cast_supervisor):
        return approve(proposal, actor=people.cast_supervisor, at=AT)


def planted(sql: str, *values, tables: tuple[str, ...] = ()) -> None:
    with owner(*tables) as cursor:
        cursor.execute(sql, values)


def test_all_hold_after_a_whole_life(errand):
    assert all_hold()


def test_guards(errand):
    planted("DROP TRIGGER guard_append_only ON events_event")
    assert breaches_of("guards") == ["missing events_event: guard_append_only"]


def test_keepers(people, errand):
    planted("DELETE FROM kernel_line; DELETE FROM kernel_entry", tables=("kernel_entry",))
    planted(
        "UPDATE kernel_errand SET organisation_id = %s WHERE id = %s",
        people.recommender.pk,
        errand.pk,
        tables=("kernel_errand",),
    )
    assert breaches_of("keepers") == [f"kernel_errand {errand.pk} is kept by a recommender, not a host"]


@pytest.mark.parametrize(
    ("sql", "breach"),
    [
        ("UPDATE events_event SET actor_user_id = 1 WHERE sequence = 3", "event 3 does not match its digest"),
        ("DELETE FROM events_event WHERE sequence = 4", "event 4 is missing (found 5)"),
        ("DELETE FROM events_event WHERE sequence = 8", "event 8 is missing (the head says 8)"),
        ("UPDATE events_chainhead SET sequence = 7", "event 8 is not what the head says"),
        ("UPDATE events_chainhead SET digest = 'x'", "event 8 is not what the head says"),
        ("UPDATE events_eventnote SET text = '数字清楚'", "event 3 has a note that was changed"),
    ],
)
def test_event_chain(errand, sql, breach):
    planted(sql, tables=("events_event",))
    assert breaches_of("event_chain") == [breach]


def test_erased_note_breaks_nothing(errand):
    planted("DELETE FROM events_eventnote")
    assert all_hold()


def test_event_sentences(errand):
    planted("UPDATE events_event SET kind = 'errand.fly' WHERE sequence = 2", tables=("events_event",))
    assert breaches_of("event_sentences") == ["no sentence for errand.fly"]


def test_deliveries(errand):
    planted(
        "INSERT INTO events_delivery (event_sequence, consumer, attempts, error) VALUES (2, 'a.b', %s, 'no ink')",
        MAX_ATTEMPTS,
    )
    assert breaches_of("deliveries") == ["event 2 never reached a.b: no ink"]


@pytest.mark.parametrize(
    ("sql", "breach"),
    [
        ("UPDATE kernel_errand SET state = 'sent'", "errand {pk} is sent, its events say done"),
        ("DELETE FROM kernel_line; DELETE FROM kernel_entry; DELETE FROM kernel_errand",
         "errand {pk} is gone, its events say done"),
        ("DELETE FROM events_eventnote; DELETE FROM events_event", "errand {pk} is done, its events say nothing"),
        ("UPDATE events_event SET from_state = 'expired' WHERE sequence = 8",
         "event 8 moves errand {pk} from expired, it was sent"),
        ("UPDATE events_event SET from_state = '' WHERE sequence = 2", "event 2 moves errand {pk} from , it was draft"),
    ],
)  # fmt: skip
def test_state_of_events(errand, sql, breach):
    planted(sql, tables=("kernel_errand", "kernel_entry", "events_event"))
    assert breaches_of("state_of_events") == [breach.format(pk=errand.pk)]


def test_states_known(errand):
    planted("UPDATE kernel_errand SET state = 'lost'", tables=("kernel_errand",))
    assert breaches_of("states_known") == [f"errand {errand.pk} stands in the unknown state lost"]


@pytest.mark.parametrize(
    ("sql", "breach"),
    [
        ("UPDATE workflow_preparedstep SET outcome = 'open'", "open although the record is done"),
        ("UPDATE workflow_preparedstep SET outcome = 'open', record_pk = '0'", "open although the record is gone"),
        ("UPDATE workflow_preparedstep SET step = 'send'", "no such four-eyes step"),
        ("UPDATE workflow_preparedstep SET machine = 'walk'", "no such four-eyes step"),
        ("UPDATE workflow_preparedstep SET decided_at = decided_at + interval '1 s'", "approved without its event"),
    ],
)
def test_prepared_steps(errand, sql, breach):
    planted(sql)
    (found,) = breaches_of("prepared_steps")
    assert found.endswith(breach)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM workflow_preparedstep",
        "UPDATE workflow_preparedstep SET outcome = 'lapsed'",
        "ALTER TABLE workflow_preparedstep DROP CONSTRAINT prepared_four_eyes; "
        "UPDATE workflow_preparedstep SET prepared_by_id = decided_by_id",
    ],
)
def test_four_eyes(errand, sql):
    planted(sql)
    assert breaches_of("four_eyes") == ["event 8 (errand.finish) was not prepared by another person"]


def test_output_is_for_people_too(errand):
    planted("UPDATE kernel_errand SET state = 'lost'", tables=("kernel_errand",))
    out = StringIO()
    with pytest.raises(CommandError, match="broken: state_of_events, states_known"):
        call_command("check_invariants", stdout=out)
    lines = out.getvalue().splitlines()
    assert (
        "✓ guards: Every guard that a model declares stands in the database, and the role in use is bound by it."
        in lines
    )
    assert f"    errand {errand.pk} stands in the unknown state lost" in lines


def test_invariant_that_fails_is_a_breach_and_hides_no_other(errand, monkeypatch):
    def broken():
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM nowhere")
        yield from ()

    first = invariants.Invariant("aaa", "x", broken)
    monkeypatch.setattr(invariants, "_invariants", {"aaa": first, **invariants._invariants})
    planted("UPDATE kernel_errand SET state = 'lost'", tables=("kernel_errand",))
    assert breaches_of("aaa")[0].startswith("could not be checked: ProgrammingError")
    assert breaches_of("states_known")


def test_recount_sees_one_moment_while_people_work(people):
    """Records are made all the time; a recount that looked twice would find events without their records."""

    def works():
        for _ in range(15):
            new_errand(people.host_clerk, people.recommender)

    def recounts():
        return [all_hold() for _ in range(6)]

    results = together([works, works, recounts])
    assert results == [None, None, [True] * 6]


def test_recount_writes_nothing(errand, monkeypatch):
    def writes():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE kernel_errand SET title = 'x'")
        yield from ()

    monkeypatch.setattr(invariants, "_invariants", {"aaa": invariants.Invariant("aaa", "x", writes)})
    assert "read-only transaction" in breaches_of("aaa")[0]


def test_registry_refuses_a_second_of_a_name_and_one_without_words(monkeypatch):
    monkeypatch.setattr(invariants, "_invariants", {})

    def holds():
        """It holds.

        More words."""
        yield from ()

    invariants.invariant("it")(holds)
    assert invariants.registry()["it"].holds == "It holds."
    with pytest.raises(invariants.DuplicateInvariant):
        invariants.invariant("it")(holds)
    with pytest.raises(TypeError):
        invariants.invariant("other")(lambda: ())


def test_json_names_every_invariant(errand):
    out = StringIO()
    call_command("check_invariants", "--json", stdout=out)
    rows = json.loads(out.getvalue())
    assert [row["name"] for row in rows] == list(invariants.registry())
    assert all(row["breaches"] == [] and row["holds"] for row in rows)
