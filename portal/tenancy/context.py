"""The reach in force, held where both the fence and the database backend can read it; no models here."""

from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reach:
    """The organisations whose rows can be reached, and ids on further axes (assignments, applications, published …)."""

    organisations: frozenset[int] = frozenset()
    everything: bool = False
    axes: dict[str, frozenset] = field(default_factory=dict)

    def includes(self, organisation_id: int | None) -> bool:
        return self.everything or organisation_id in self.organisations

    def on(self, axis: str) -> frozenset:
        """Ids reached on an axis; published rows are on everybody's."""
        return frozenset({True}) if axis == "published" else self.axes.get(axis, frozenset())


current: ContextVar[Reach | None] = ContextVar("reach", default=None)


def reach_or_none() -> Reach | None:
    return current.get()
