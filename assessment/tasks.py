"""What time alone does: reminders before a deadline, rectifications that ran out (Art. 30, 31)."""

from datetime import datetime, timedelta

from celery import shared_task

from assessment.commands import assessment as assessments
from assessment.models import Assessment
from portal import clock
from portal.events.models import Event
from portal.people.actor import SYSTEM
from portal.tenancy.reach import Because, everything

REMIND_DAYS = (7, 1)  # days before the deadline, from the earliest
DEADLINES = {"scheduled": "due_at", "rectifying": "rectify_due_at"}


@shared_task(name="assessment.deadlines")
def deadlines_due() -> tuple[int, int]:
    """Each hour: locks rectifications whose time is over, reminds of what is due. Returns how many of each."""
    at = clock.now()
    with everything(because=Because.SYSTEM_STEP):
        return lapse_overdue(at), remind_due(at)


def lapse_overdue(at: datetime) -> int:
    """Rectifications that nobody reported in time; what becomes of them a person judges."""
    overdue = Assessment.objects.filter(state="rectifying", rectify_due_at__lte=at)
    return len([assessments.lapse(row, actor=SYSTEM, at=at) for row in overdue])


def remind_due(at: datetime) -> int:
    """Self-reports and rectifications due within seven days or one, once each before the deadline that stands."""
    sent = 0
    for state, field in DEADLINES.items():
        soon = at + timedelta(days=max(REMIND_DAYS))
        for row in Assessment.objects.filter(state=state, **{f"{field}__gt": at, f"{field}__lte": soon}):
            days = min(days for days in REMIND_DAYS if getattr(row, field) <= at + timedelta(days=days))
            if not _reminded(row, days, since=getattr(row, field) - timedelta(days=days)):
                assessments.remind(row, actor=SYSTEM, at=at, days=days)
                sent += 1
    return sent


def _reminded(row: Assessment, days: int, since: datetime) -> bool:
    """Whether this reminder has gone out since it became due; a longer deadline makes a new one due."""
    events = Event.objects.filter(record_table=row._meta.db_table, record_pk=str(row.pk), kind="assessment.remind")
    return events.filter(facts__days=days, at__gte=since).exists()
