"""Errands of the host and of the stranger, made the way the portal makes records."""

from dataclasses import dataclass
from itertools import count

from portal.events.models import Event
from portal.people.actor import Actor
from portal.tenancy.reach import Because, everything
from portal.workflow.take import begin, take
from tests.kernel.models import Entry, Errand, Line
from tests.people import AT, SINCE, People, acting

_numbers = count(1)


def new_errand(clerk: Actor, recommender, *, person: Actor | None = None, **values) -> Errand:
    """An errand in draft with one line (errand.line) and one entry, kept by the clerk's unit."""
    number = f"E{next(_numbers)}"
    fields = {"number": number, "title": f"题目{number}", "organisation_id": clerk.organisation_id, **values}
    with acting(clerk):
        errand = Errand(recommender=recommender, person_id=person.user_id if person else None, **fields)
        begin("create", errand, actor=clerk, at=AT)
        errand.line = Line.objects.create(errand=errand, organisation_id=clerk.organisation_id, day=SINCE, amount=1)
        Entry.objects.create(errand=errand, organisation_id=clerk.organisation_id, amount=1)
    return errand


def sent(errand: Errand, approver: Actor) -> Errand:
    with acting(approver):
        return take("send", errand, actor=approver, at=AT)


@dataclass
class Rows:
    """mine is the host's, theirs the stranger's (another recommending unit)."""

    mine: Errand
    theirs: Errand


def rows_of(people: People) -> Rows:
    return Rows(
        mine=new_errand(people.host_clerk, people.recommender, person=people.applicant),
        theirs=new_errand(people.stranger_clerk, people.other_recommender, person=people.stranger_applicant),
    )


def events_of(record) -> list[Event]:
    """All events of a record, oldest first."""
    with everything(because=Because.CHECK_INVARIANTS):
        rows = Event.objects.filter(record_table=record._meta.db_table, record_pk=str(record.pk))
        return list(rows.select_related("note").order_by("sequence"))


def stored(record):
    """The record as the database has it."""
    with everything(because=Because.CHECK_INVARIANTS):
        return type(record).objects.get(pk=record.pk)
