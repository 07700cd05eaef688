"""What funding does when an earlier chapter's event has happened."""

from applications.models import Application
from funding.commands.selection import open_selection
from portal.events.reactions import on
from portal.people.actor import SYSTEM


@on("application.select")
def open_what_a_selection_brings(event) -> None:
    """正式入选 → selectee, task book, grant, tranches (Art. 20, 26). Once: open_selection finds what stands."""
    open_selection(Application.objects.get(number=event.record_ref), actor=SYSTEM, at=event.at)
