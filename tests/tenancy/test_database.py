"""The second fence: what the database itself refuses, asked past the ORM."""

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.http import StreamingHttpResponse

from portal.people.models import Organisation
from portal.tenancy.middleware import Tenancy
from portal.tenancy.policies import missing_guards
from portal.tenancy.reach import Because, NoReach, Reach, everything, reaching
from tests.kernel.models import Entry, Errand, Line
from tests.owner import migrate_as_owner, owner
from tests.people import SINCE, acting


def seen(sql: str = "SELECT number FROM kernel_errand ORDER BY id", values: tuple = ()) -> list[str]:
    """What a raw cursor, which knows no fence, is shown."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]


def test_application_role_is_bound_by_policies(db):
    (name, powerful) = seen_row("SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    assert (name, powerful) == (settings.APPLICATION_ROLE, False)
    assert seen("SELECT count(*) FROM pg_tables WHERE tableowner = current_user") == [0]


def seen_row(sql: str) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


def test_raw_cursor_sees_the_reach_of_the_moment(rows, people):
    assert seen() == []
    with acting(people.host_clerk):
        assert seen() == [rows.mine.number]
        with reaching(Reach()):
            assert seen() == []
        assert seen() == [rows.mine.number]
    assert seen() == []
    with acting(people.stranger_clerk):
        assert seen() == [rows.theirs.number]
    with everything(because=Because.CHECK_INVARIANTS):
        assert seen() == [rows.mine.number, rows.theirs.number]
    with reaching(Reach(axes={"applications": frozenset({rows.theirs.pk})})):
        assert seen() == [rows.theirs.number]


def test_kept_cursor_does_not_keep_its_reach(rows, people):
    with acting(people.host_clerk), connection.cursor() as cursor:
        with acting(people.stranger_clerk):
            cursor.execute("SELECT number FROM kernel_errand")
            assert cursor.fetchall() == [(rows.theirs.number,)]
        cursor.execute("SELECT number FROM kernel_errand")
        assert cursor.fetchall() == [(rows.mine.number,)]


def test_events_and_notes_stand_behind_row_security(rows, people):
    events = "SELECT record_ref FROM events_event ORDER BY sequence"
    assert seen(events) == []
    with acting(people.host_clerk):
        assert seen(events) == [rows.mine.number]
        assert seen("SELECT count(*) FROM events_eventnote") == [0]


@pytest.mark.parametrize("outside", ["nobody", "host_clerk"])
def test_row_security_refuses_foreign_writes(rows, people, outside):
    with reaching(Reach()) if outside == "nobody" else acting(people.host_clerk):
        assert seen("UPDATE kernel_errand SET title = 'x' WHERE id = %s RETURNING 'changed'", (rows.theirs.pk,)) == []
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            seen(
                "INSERT INTO kernel_errand (organisation_id, recommender_id, state, version, created_at, updated_at, "
                "number, title, is_public) VALUES (%s, %s, 'draft', 1, now(), now(), 'X', '', false) RETURNING number",
                (people.stranger.pk, people.recommender.pk),
            )


@pytest.mark.django_db(transaction=True)
def test_rollback_brings_back_no_older_reach(people, rows):
    def fails(reach):
        with transaction.atomic(), reach:
            seen("SELECT 1/0")

    for actor, row in ((people.host_clerk, rows.mine), (people.stranger_clerk, rows.theirs)) * 2:
        with acting(actor):
            assert seen() == [row.number]
        with pytest.raises(DatabaseError):
            fails(acting(people.cast_officer))
        assert seen() == []


@pytest.mark.django_db(transaction=True)
def test_savepoint_rollback_brings_back_no_older_reach(people, rows):
    with transaction.atomic(), acting(people.host_clerk):
        assert seen() == [rows.mine.number]
        with pytest.raises(DatabaseError), transaction.atomic(), acting(people.stranger_clerk):
            assert seen() == [rows.theirs.number]
            seen("SELECT 1/0")
        assert seen() == [rows.mine.number]
    assert seen() == []


@pytest.mark.django_db(transaction=True)
def test_error_inside_another_reach_leaves_the_outer_transaction_whole(people, rows):
    """The savepoint is rolled back after the inner reach has been left: nothing may be said on the way."""
    with transaction.atomic(), acting(people.host_clerk):
        with pytest.raises(DatabaseError), transaction.atomic(), everything(because=Because.CHECK_INVARIANTS):
            seen("SELECT 1/0")
        Errand.objects.update(title="改了")
    with acting(people.host_clerk):
        assert Errand.objects.get().title == "改了"


@pytest.mark.django_db(transaction=True)
def test_refused_commit_brings_back_no_older_reach(people, rows):
    with acting(people.host_clerk):
        with pytest.raises(DatabaseError, match="without an event"), transaction.atomic():
            Errand.objects.update(state="done")
        assert seen() == [rows.mine.number]
    assert seen() == []


@pytest.mark.django_db(transaction=True)
def test_kept_connection_does_not_carry_the_last_persons_reach(people, rows):
    connection.ensure_connection()
    kept = connection.connection
    with acting(people.host_clerk):
        assert seen() == [rows.mine.number]
    assert (seen(), connection.connection) == ([], kept)
    with acting(people.stranger_clerk):
        assert seen() == [rows.theirs.number]


@pytest.mark.django_db(transaction=True)
def test_new_connection_starts_without_reach(people, rows):
    with acting(people.host_clerk):
        connection.close()
        assert seen() == [rows.mine.number]
    connection.close()
    assert seen() == []


def test_child_of_a_foreign_parent_is_refused_by_the_database(rows, people):
    line = {"organisation_id": people.host.pk, "errand_id": rows.theirs.pk, "day": SINCE, "amount": 1}
    with (
        acting(people.host_clerk),
        pytest.raises(IntegrityError, match="guard_kernel_line_errand"),
        transaction.atomic(),
    ):
        Line.objects.create(**line)
    with everything(because=Because.CHECK_INVARIANTS), pytest.raises(IntegrityError), transaction.atomic():
        seen("UPDATE kernel_line SET errand_id = %s RETURNING id", (rows.theirs.pk,))


def test_keeper_is_refused_by_the_database(rows, people):
    with everything(because=Because.CHECK_INVARIANTS):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            seen("UPDATE kernel_line SET organisation_id = %s RETURNING id", (people.neighbour.pk,))
        deferred = Errand.objects.defer("organisation").get(pk=rows.mine.pk)
        deferred.organisation_id = people.neighbour.pk
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            deferred.save()


@pytest.mark.django_db(transaction=True)
def test_append_only_refuses_the_application_and_its_owner(people, rows):
    with acting(people.host_clerk):
        for change in (lambda: Entry.objects.update(amount=2), lambda: Entry.objects.all().delete()):
            with pytest.raises(ProgrammingError, match="permission denied"):
                change()
    with owner() as cursor:
        for change in ("UPDATE kernel_entry SET amount = 2", "DELETE FROM kernel_entry"):
            with pytest.raises(Exception, match="append-only table kernel_entry"):
                cursor.execute(change)
    with acting(people.host_clerk):
        assert Entry.objects.get().amount == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("drop", "name"),
    [
        ("DROP TRIGGER guard_append_only ON kernel_entry", "kernel_entry: guard_append_only"),
        ("ALTER TABLE kernel_entry DISABLE TRIGGER guard_append_only", "kernel_entry: guard_append_only"),
        ("DROP TRIGGER guard_keeper ON kernel_line", "kernel_line: guard_keeper"),
        ("DROP TRIGGER guard_state ON kernel_errand", "kernel_errand: guard_state"),
        ("ALTER TABLE kernel_line DROP CONSTRAINT guard_kernel_line_errand", "kernel_line: guard_kernel_line_errand"),
        ("ALTER TABLE kernel_errand NO FORCE ROW LEVEL SECURITY", "kernel_errand: row security"),
        ("ALTER TABLE kernel_errand DISABLE ROW LEVEL SECURITY", "kernel_errand: row security"),
        ("DROP POLICY guard_reach ON kernel_errand", "kernel_errand: guard_reach"),
        ("ALTER POLICY guard_reach ON kernel_errand USING (true)", "kernel_errand: guard_reach"),
        ("GRANT UPDATE ON events_event TO portal_app", "events_event: rights"),
    ],
)
def test_missing_guard_is_named(db, drop, name):
    before = missing_guards()
    with owner() as cursor:
        cursor.execute(drop)
    assert set(missing_guards()) - set(before) == {name}


@pytest.mark.django_db(transaction=True)
def test_migrate_puts_guards_back(db):
    before = missing_guards()
    with owner() as cursor:
        cursor.execute("DROP TRIGGER guard_append_only ON kernel_entry")
        cursor.execute("DROP FUNCTION guard_state_change CASCADE")
        cursor.execute("ALTER TABLE kernel_errand DISABLE ROW LEVEL SECURITY")
    assert missing_guards() != before
    migrate_as_owner()
    assert missing_guards() == before


def test_application_role_cannot_drop_a_guard(db):
    for change in ("DROP TRIGGER guard_state ON kernel_errand", "TRUNCATE kernel_entry", "SET ROLE portal_owner"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_streamed_response_keeps_the_reach_of_its_request(rows, people, rf):
    def chunks():
        for _ in range(2):
            yield ",".join(Errand.objects.values_list("number", flat=True))

    request = rf.get("/")
    request.actor = people.host_clerk
    response = Tenancy(lambda request: StreamingHttpResponse(chunks()))(request)
    with pytest.raises(NoReach):
        Errand.objects.count()
    assert list(response.streaming_content) == [rows.mine.number.encode()] * 2


def test_streamed_response_leaves_its_reach_between_chunks(rows, people, rf):
    request = rf.get("/")
    request.actor = people.host_clerk
    response = Tenancy(lambda request: StreamingHttpResponse(str(n) for n in [Errand.objects.count(), 2]))(request)
    for _ in response.streaming_content:
        with pytest.raises(NoReach):
            Errand.objects.count()


def test_organisations_are_no_tenants_rows(people):
    assert Organisation.objects.count() == 6
