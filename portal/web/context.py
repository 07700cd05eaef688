"""What every page's shell shows. Costs no query by itself: the actor is already found, the unread count is lazy."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from portal.people.actor import PUBLIC, Actor
from portal.people.preferences import cares, idle
from portal.web.navigation import links_for

# Set by the notifications app: (how many messages a user has not read, the URL of their list).
_unread: tuple[Callable[[int], int], Callable[[], str]] | None = None


def count_unread_with(count: Callable[[int], int], url: Callable[[], str]) -> None:
    """Registers who counts unread messages of a user id, and where they are read."""
    global _unread
    _unread = (count, url)


def shell(request: HttpRequest) -> dict[str, Any]:
    """actor, navigation, care, switchable, unread, messages_url, session_idle, site_facts."""
    actor: Actor = getattr(request, "actor", PUBLIC)
    context = {
        "actor": actor,
        "navigation": SimpleLazyObject(lambda: links_for(actor, request.path)),
        "care": cares(request),
        "switchable": len(getattr(request, "memberships", ())) > 1,
        "session_idle": idle(),
        "site_facts": settings.SITE_FACTS,
    }
    if _unread and actor.is_signed_in:
        count, url = _unread
        context |= {"unread": SimpleLazyObject(lambda: count(actor.user_id or 0)), "messages_url": url()}
    return context


def bare(request: HttpRequest | None) -> dict[str, Any]:
    """The context of error pages: nothing of the person but the size of the letters."""
    return {
        "care": request is not None and request.COOKIES.get("care") == "1",
        "navigation": links_for(PUBLIC, ""),
        "site_facts": settings.SITE_FACTS,
    }
