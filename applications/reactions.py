"""What this app does when something of its own has happened elsewhere in it: by the outbox, as SYSTEM, idempotent."""

from applications.commands.recommendation import drop_from_list
from portal.events.models import Event
from portal.events.reactions import on


@on("application.disqualify")
def leave_the_list(event: Event) -> None:
    """Who lost the year's right (Art. 14) leaves a list that has not been sent yet; the order closes up."""
    drop_from_list(int(event.record_pk), at=event.at)
