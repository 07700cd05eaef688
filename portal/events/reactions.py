"""Consumers of events: one visible registry. Each runs once per event, as SYSTEM, after the commit."""

from collections.abc import Callable

_consumers: dict[str, dict[str, Callable]] = {}


def on(*kinds: str) -> Callable:
    """Registers a consumer (it takes the event) of kinds such as "application.select"; it must be idempotent."""

    def register(function: Callable) -> Callable:
        name = f"{function.__module__}.{function.__name__}"
        for kind in kinds:
            _consumers.setdefault(kind, {})[name] = function
        return function

    return register


def consumers_of(kind: str) -> dict[str, Callable]:
    """Name → consumer of one kind of event, including those of every kind ("*")."""
    return {**_consumers.get("*", {}), **_consumers.get(kind, {})}


def all_kinds() -> set[str]:
    return set(_consumers) - {"*"}
