"""What review does when an earlier chapter's event has happened (as SYSTEM, once each, idempotent)."""

from applications.models import Notice
from portal.events.reactions import on
from portal.people.actor import SYSTEM
from portal.workflow.take import operation, take
from review.commands import publicity
from review.lifecycle.assignment import ENDED
from review.models import Assignment, Objection


@on("notice.publish")
def people_enter_publicity(event) -> None:
    """A publicity is public: who stands on it is in publicity (Art. 19)."""
    notice = Notice.objects.get(number=event.record_ref)
    if notice.kind == Notice.Kind.PROPOSED:
        publicity.publicise(notice, at=event.at)


@on("notice.end")
def publicity_settles(event) -> None:
    """The period is over: who is uncontested is selected (Art. 19, 20)."""
    notice = Notice.objects.get(number=event.record_ref)
    if notice.kind == Notice.Kind.PROPOSED:
        publicity.settle(notice, at=event.at)


@on("objection.refuse", "objection.dismiss")
def objection_no_longer_holds_up(event) -> None:
    """The last open objection is done with after the period: the person is selected."""
    publicity.settle(Objection.objects.get(number=event.record_ref).notice, at=event.at)


@on("application.disqualify")
def assignments_end(event) -> None:
    """A disqualified application is no longer judged; its experts lose sight of it (Art. 14, 33)."""
    waiting = list(
        Assignment.objects.filter(application__number=event.record_ref).exclude(state__in=[*ENDED, "locked"])
    )
    with operation(actor=SYSTEM, at=event.at, lock=waiting):
        for assignment in waiting:
            take("revoke", assignment, actor=SYSTEM, at=event.at, reason="申报已取消资格")
