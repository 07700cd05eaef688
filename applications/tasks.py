"""What time alone does: notices published at their hour, publicities ended (Art. 16, 19)."""

from celery import shared_task

from applications.commands import notice
from portal import clock
from portal.tenancy.reach import Because, everything


@shared_task(name="applications.notices")
def notices_due() -> tuple[int, int]:
    """Each minute: publishes what is due, ends what is over. Returns how many of each."""
    at = clock.now()
    with everything(because=Because.SYSTEM_STEP):
        return notice.publish_due(at), notice.end_due(at)
