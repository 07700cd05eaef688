"""A state changes through take() alone: the model refuses an assignment, the database a change without its event."""

import pytest
from django.db import DatabaseError, connection, transaction

from portal.tenancy.reach import Because, everything
from portal.workflow.take import approve, note, prepare, take
from tests.kernel.models import Errand
from tests.kernel.rows import new_errand, sent, stored
from tests.people import AT, acting
from tests.threads import together

WITHOUT_EVENT = "changed to .* without an event"


def test_assignment_is_refused(errand):
    with pytest.raises(AttributeError):
        errand.state = "done"
    with pytest.raises(AttributeError):
        setattr(errand, "state", "draft")  # noqa: B010  (the protected way, not the pretty one)
    assert errand.state == "draft"


def test_reading_again_takes_the_stored_state_and_leaves_it_protected(people, errand):
    sent(errand, people.host_approver)
    with acting(people.host_clerk):
        errand.refresh_from_db()
        assert errand.state == "sent"
        with pytest.raises(AttributeError):
            errand.state = "done"
        errand.refresh_from_db(fields=["title"])
        deferred = Errand.objects.defer("state").get(pk=errand.pk)
        assert deferred.state == "sent"
        with pytest.raises(AttributeError):
            deferred.state = "done"


def test_failed_reading_leaves_the_state_protected(errand):
    with pytest.raises(Exception, match="no reach"):
        errand.refresh_from_db()
    with pytest.raises(AttributeError):
        errand.state = "done"


def test_one_instance_reading_again_unprotects_no_other(people, errand, monkeypatch):
    """django-fsm lifts the protection of the class; here it is the instance's own."""
    other = stored(errand)

    def assigns(*args, **kwargs):
        with pytest.raises(AttributeError):
            other.state = "done"
        return original(*args, **kwargs)

    original = Errand.objects.get_queryset
    monkeypatch.setattr(type(Errand._base_manager), "get_queryset", lambda self: assigns())
    with acting(people.host_clerk):
        errand.refresh_from_db()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["update", "create", "bulk_create", "save", "raw", "raw insert"])
def test_change_without_event_is_refused_at_commit(people, way):
    errand = new_errand(people.host_clerk, people.recommender)
    fields = {"organisation_id": people.host.pk, "recommender": people.recommender, "number": "X"}
    columns = "organisation_id, recommender_id, state, version, created_at, updated_at, number, title, is_public"

    def raw(sql: str, *values):
        with connection.cursor() as cursor:
            cursor.execute(sql, values)

    def save():
        forged = stored(errand)
        forged.__dict__["state"] = "done"
        forged.save()

    ways = {
        "update": lambda: Errand.objects.filter(pk=errand.pk).update(state="sent"),
        "create": lambda: Errand.objects.create(state="done", **fields),
        "bulk_create": lambda: Errand.objects.bulk_create([Errand(state="draft", **fields)]),
        "save": save,
        "raw": lambda: raw("UPDATE kernel_errand SET state = 'done' WHERE id = %s", errand.pk),
        "raw insert": lambda: raw(
            f"INSERT INTO kernel_errand ({columns}) VALUES (%s, %s, 'draft', 1, now(), now(), 'X', '', false)",
            people.host.pk,
            people.recommender.pk,
        ),
    }
    with acting(people.host_clerk):
        with pytest.raises(DatabaseError, match=WITHOUT_EVENT):
            ways[way]()
        assert [(row.number, row.state) for row in Errand.objects.all()] == [(errand.number, "draft")]


@pytest.mark.django_db(transaction=True)
def test_event_of_another_record_state_or_transaction_is_none(people):
    one, two = (new_errand(people.host_clerk, people.recommender) for _ in range(2))
    sent(one, people.host_approver)  # its event to "sent" is of an earlier transaction
    with acting(people.recommender_officer):
        take("give_back", one, actor=people.recommender_officer, at=AT, reason="x")
    with acting(people.host_approver):
        with pytest.raises(DatabaseError, match=WITHOUT_EVENT):
            Errand.objects.filter(pk=one.pk).update(state="sent")
        with pytest.raises(DatabaseError, match=WITHOUT_EVENT), transaction.atomic():
            take("send", one, actor=people.host_approver, at=AT)
            Errand.objects.filter(pk=two.pk).update(state="sent")
        with pytest.raises(DatabaseError, match=WITHOUT_EVENT), transaction.atomic():
            take("send", one, actor=people.host_approver, at=AT)
            Errand.objects.filter(pk=one.pk).update(state="done")
    assert (stored(one).state, stored(two).state) == ("draft", "draft")


@pytest.mark.django_db(transaction=True)
def test_other_fields_change_without_event(people):
    errand = new_errand(people.host_clerk, people.recommender)
    with acting(people.host_clerk):
        Errand.objects.filter(pk=errand.pk).update(title="改了")
        again = Errand.objects.get()
        again.title = "又改了"
        again.save()
    assert stored(errand).title == "又改了"


@pytest.mark.django_db(transaction=True)
def test_guard_sees_events_that_the_actor_does_not_reach(people):
    """A confidential step's event is kept by 市科协; the trigger looks past row security."""
    errand = sent(new_errand(people.host_clerk, people.recommender), people.host_approver)
    with acting(people.cast_officer):
        proposal = prepare("finish", errand, actor=people.cast_officer, at=AT)
    with acting(people.cast_supervisor):
        approve(proposal, actor=people.cast_supervisor, at=AT)
    assert stored(errand).state == "done"


@pytest.mark.django_db(transaction=True)
def test_temporary_table_does_not_fool_the_guard(people):
    """A table of the same name in the session's own schema would be found first."""
    errand = new_errand(people.host_clerk, people.recommender)
    with (
        acting(people.host_clerk),
        pytest.raises(DatabaseError, match=WITHOUT_EVENT),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("CREATE TEMP TABLE events_event (LIKE public.events_event) ON COMMIT DROP")
        cursor.execute(
            "INSERT INTO pg_temp.events_event SELECT * FROM public.events_event WHERE record_pk = %s", [str(errand.pk)]
        )
        cursor.execute("UPDATE pg_temp.events_event SET to_state = 'done', xact = txid_current()")
        cursor.execute("UPDATE kernel_errand SET state = 'done' WHERE id = %s", [errand.pk])
    assert stored(errand).state == "draft"


@pytest.mark.django_db(transaction=True)
def test_stale_instances_in_two_threads_do_not_both_pass(people):
    errand = new_errand(people.host_clerk, people.recommender)

    def submit():
        with acting(people.host_approver):
            return take("send", errand, actor=people.host_approver, at=AT).state

    assert sorted(str(result)[:4] for result in together([submit, submit])) == ["sent", "不能报送"]
    assert stored(errand).version == 2


def test_note_of_a_stale_instance_tells_no_false_move(people, errand):
    """What a caller still holds in memory may be older than the row; a note never looks like a move."""
    sent(errand, people.host_approver)
    with everything(because=Because.CHECK_INVARIANTS):
        note("errand.promise", errand, actor=people.applicant, at=AT)
    assert stored(errand).state == "sent"
