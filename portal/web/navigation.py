"""The navy bar: each app registers its items in its own `navigation.py`, found on the first page shown.

    register("我的申报", "apply:application.list", HOST_ROLES, order=10)

At most eight items a role, in `order`. The portal's own public items stand at the end of this module.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.module_loading import autodiscover_modules

from portal.people.actor import Actor
from portal.people.roles import HOST_ROLES, RECOMMENDER_ROLES, Role

MOST = 8


@dataclass(frozen=True)
class Item:
    """A registered item. target: a URL name without arguments, or a function of the actor that gives the URL."""

    label: str
    target: str | Callable[[Actor], str]
    roles: frozenset[str]
    order: int


@dataclass(frozen=True)
class Link:
    """An item as a page shows it."""

    label: str
    url: str
    current: bool


_YEAR = re.compile(r"^(/[a-z]+)/\d{4}/")
_items: list[Item] = []
_ready = False


def register(label: str, target: str | Callable[[Actor], str], roles: Iterable[str], *, order: int) -> None:
    """Adds an item to the bar of these roles. Raises ValueError above eight items or when a label stands twice."""
    item = Item(label, target, frozenset(roles), order)
    for role in item.roles:
        labels = [other.label for other in _items if role in other.roles]
        if label in labels or len(labels) >= MOST:
            raise ValueError(f"{role}: {label} stands twice, or above {MOST} items")
    _items.append(item)


def items_for(role: str) -> list[Item]:
    """The registered items of a role, in order."""
    global _ready
    if not _ready:
        _ready = True
        autodiscover_modules("navigation")
    return sorted((item for item in _items if role in item.roles), key=lambda item: item.order)


def links_for(actor: Actor, path: str) -> list[Link]:
    """The bar of an actor; current is the item whose URL begins the path, the longest of them.

    A year in the path is left out, so that /manage/2026/applications/ belongs to /manage/applications/.
    """
    path = _YEAR.sub(r"\1/", path)
    found = [(item.label, _url(item, actor)) for item in items_for(actor.role)]
    here = max((url for _, url in found if path == url or (url != "/" and path.startswith(url))), key=len, default="")
    return [Link(label, url, url == here) for label, url in found]


def home_of(actor: Actor) -> str | None:
    """Where the actor's work begins: the first item of the bar, or None where there is none."""
    return next((_url(item, actor) for item in items_for(actor.role)), None)


def _url(item: Item, actor: Actor) -> str:
    return reverse(item.target) if isinstance(item.target, str) else item.target(actor)


register("首页", "public.home", {Role.PUBLIC}, order=0)
register("政策文件", "public.policies", {Role.PUBLIC}, order=30)
register("办事指南", "public.guide", {Role.PUBLIC}, order=40)
register("常见问题", "public.faq", {Role.PUBLIC}, order=60)
register("政策文件", "public.policies", HOST_ROLES | RECOMMENDER_ROLES | {Role.EXPERT}, order=90)
