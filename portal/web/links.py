"""Where things stand: URL of a record or of a step for an actor's workspace. URL names are actions."""

from django.urls import NoReverseMatch, reverse

from portal.people.actor import Actor
from portal.people.roles import workspace_of


def url_of(action: str, actor: Actor, record=None, **kwargs) -> str | None:
    """The URL of an action in the actor's workspace, or None where the workspace has no such page."""
    try:
        return reverse(
            f"{workspace_of(actor.role)}:{action}", kwargs={**(record.url_kwargs() if record else {}), **kwargs}
        )
    except NoReverseMatch:
        return None


def record_url(record, actor: Actor) -> str | None:
    """The record's own page: action `<machine>.view`."""
    return url_of(f"{record.machine}.view", actor, record)
