"""The kinds of documents, each declared once by the app that knows its facts."""

from collections.abc import Callable
from dataclasses import dataclass, field


class UnknownKind(LookupError):
    """No document of this kind is declared."""


@dataclass(frozen=True)
class Kind:
    """A declared kind. `action` is the row of the matrix that guards reading, asked of the record it was printed of.

    facts: event → facts of the `shape`, or None when this event prints nothing.
    axes: event → further columns of Document (application_id, assessment_id, is_public) by which it can be reached.
    """

    name: str
    title: str
    template: str
    action: str
    shape: type
    facts: Callable[..., dict | None] = field(compare=False)
    axes: Callable[..., dict] = field(compare=False, default=lambda event: {})


_kinds: dict[str, Kind] = {}


def declare(kind: Kind) -> None:
    """Raises ValueError when the name stands already."""
    if kind.name in _kinds:
        raise ValueError(f"document {kind.name} is declared twice")
    _kinds[kind.name] = kind


def kind_named(name: str) -> Kind:
    """Raises UnknownKind."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(name) from None


def all_kinds() -> list[Kind]:
    return sorted(_kinds.values(), key=lambda kind: kind.name)
