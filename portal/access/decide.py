"""May this actor do this, to this record? One question for a record, one for a queryset, from the same row."""

from dataclasses import dataclass

from django.db.models import QuerySet

from portal.access.matrix import Row, row_of
from portal.access.relations import holds, reading
from portal.people.actor import Actor
from portal.people.roles import WORKSPACES, Role, of_workspace


class Denied(PermissionError):
    """The matrix says no. Carries the decision, so that the page can say which role could."""

    def __init__(self, decision: "Decision", actor: Actor):
        self.decision, self.actor = decision, actor
        super().__init__(decision.reason(actor))


@dataclass(frozen=True)
class Decision:
    """The answer, and the row that it was read from; `space` is the workspace whose page was asked for, if any."""

    allowed: bool
    row: Row
    space: str = ""

    @property
    def roles(self) -> list[str]:
        """Roles that could."""
        return of_workspace(self.row.roles, self.space)

    def reason(self, actor: Actor) -> str:
        could = "、".join(f"“{Role(role).label}”" for role in self.roles if role != Role.SYSTEM) or "系统"
        return f"这个操作由{could}办理。您现在的身份是“{actor.role_label}”。"


def decide(actor: Actor, action: str, record=None) -> Decision:
    """Reads the actor's cell; with a record, the relation must hold for it.

    Raises UnknownAction, or ValueError for a role that is none.
    """
    row = row_of(action)
    relation = row.cells.get(Role(actor.role))
    allowed = relation is not None and (record is None or holds(relation, actor, record))
    return Decision(allowed, row)


def require(actor: Actor, action: str, record=None) -> None:
    """Raises Denied unless the matrix allows it."""
    decision = decide(actor, action, record)
    if not decision.allowed:
        raise Denied(decision, actor)


def enter(actor: Actor, action: str, space: str) -> None:
    """A workspace's pages are for the roles that work there, whatever the action. Raises Denied or UnknownAction."""
    decision = Decision(False, row_of(action), space)
    if space in WORKSPACES and actor.role not in decision.roles:
        raise Denied(decision, actor)


def narrow(actor: Actor, action: str, queryset: QuerySet) -> QuerySet:
    """The rows of a queryset for which `decide` would say yes; none where the role's cell is empty."""
    relation = row_of(action).cells.get(Role(actor.role))
    if relation is None:
        return queryset.none()
    return queryset.filter(reading(relation, actor, queryset.model))
