"""What time alone does: the end of the scoring (Art. 17)."""

from celery import shared_task

from portal import clock
from portal.people.actor import SYSTEM
from portal.tenancy.reach import Because, everything
from review.commands import round as rounds


@shared_task(name="review.rounds")
def rounds_due() -> int:
    """Each minute: closes the rounds whose scoring time is over. Returns how many."""
    with everything(because=Because.SYSTEM_STEP):
        return rounds.close_due(clock.now(), SYSTEM)
