"""The steps of a page in the order in which people take them; the first one that is possible is the filled button."""

from collections.abc import Iterable
from dataclasses import replace

from portal.web.components import StepLink


def in_order(links: Iterable[StepLink], names: tuple[str, ...]) -> list[StepLink]:
    """names: the last part of their URLs; what is not named stands at the end."""
    places = {name: place for place, name in enumerate(names)}
    found = sorted(links, key=lambda link: places.get(link.url.rstrip("/").rsplit("/", 1)[-1], len(names)))
    first = next((link for link in found if link.allowed), None)
    return [replace(link, primary=link is first) for link in found]
