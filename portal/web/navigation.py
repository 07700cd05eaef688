"""The navy bar: each app registers its items in its own `navigation.py`, found on the first page shown.

    register("我的申报", "apply:application.list", HOST_ROLES, order=10)
    register("变动", "manage:transfer.list", ASSESSING, order=71, also=("exits",))   # /manage/exits/… belongs to it

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
    """A registered item. target: a URL name without arguments, or a function of the actor that gives the URL.

    also: folders of the workspace whose pages belong to this item.
    """

    label: str
    target: str | Callable[[Actor], str]
    roles: frozenset[str]
    order: int
    also: tuple[str, ...] = ()

    def reaches(self, actor: Actor, path: str) -> int:
        """How many characters of a path are this item's; its own URL counts before a folder."""
        own = _url(self, actor)
        workspace = "/".join(own.split("/")[:2])
        folders = [f"{workspace}/{folder}/" for folder in self.also]
        return max([2 * len(own) + 1 if _holds(own, path) else 0, *(2 * len(it) for it in folders if _holds(it, path))])


@dataclass(frozen=True)
class Link:
    """An item as a page shows it."""

    label: str
    url: str
    current: bool


_YEAR = re.compile(r"^(/[a-z]+)/\d{4}/")
_items: list[Item] = []
_ready = False


def register(
    label: str, target: str | Callable[[Actor], str], roles: Iterable[str], *, order: int, also: tuple[str, ...] = ()
) -> None:
    """Adds an item to the bar of these roles. Raises ValueError above eight items or when a label stands twice."""
    item = Item(label, target, frozenset(roles), order, also)
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
    """The bar of an actor; current is the item whose URL or folder begins the path, the longest of them.

    A year in the path is left out, so that /manage/2026/applications/ belongs to /manage/applications/.
    """
    path = _YEAR.sub(r"\1/", path)
    items = items_for(actor.role)
    here = max(items, key=lambda item: item.reaches(actor, path), default=None)
    if here and not here.reaches(actor, path):
        here = None
    return [Link(item.label, _url(item, actor), item is here) for item in items]


def home_of(actor: Actor) -> str | None:
    """Where the actor's work begins: the first item of the bar, or None where there is none."""
    return next((_url(item, actor) for item in items_for(actor.role)), None)


def _holds(url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))


def _url(item: Item, actor: Actor) -> str:
    return reverse(item.target) if isinstance(item.target, str) else item.target(actor)


register("首页", "public.home", {Role.PUBLIC}, order=0)
register("政策文件", "public.policies", {Role.PUBLIC}, order=30)
register("办事指南", "public.guide", {Role.PUBLIC}, order=40)
register("常见问题", "public.faq", {Role.PUBLIC}, order=60)
register("政策文件", "public.policies", HOST_ROLES | RECOMMENDER_ROLES | {Role.EXPERT}, order=90)
