"""What the cells of the matrix mean, each read of one record and of a queryset; both come from the same path."""

from collections.abc import Callable
from functools import reduce
from operator import or_

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q

from portal.access import grants
from portal.people.actor import Actor


class UnreadableRelation(TypeError):
    """The matrix uses a relation that the model does not declare a path for."""


def path_of(model, relation: str) -> str:
    path = getattr(model, f"{relation}_path", None)
    if path is None:
        raise UnreadableRelation(f"{model.__name__} declares no {relation}_path")
    return path


def value_at(record, path: str):
    """Follows a double-underscore path of a record; None where a link is empty or leads out of reach."""
    for name in path.split("__"):
        if record is None:
            return None
        try:
            record = getattr(record, name)
        except ObjectDoesNotExist:
            return None
    return record


def _compares(relation: str, wanted: Callable[[Actor], int | None]):
    def holds(actor: Actor, record) -> bool:
        value = value_at(record, path_of(type(record), relation))
        return value is not None and value == wanted(actor)

    def q(actor: Actor, model) -> Q:
        value = wanted(actor)
        return Q(pk__in=[]) if value is None else Q(**{path_of(model, relation): value})

    return holds, q


def _assigned():
    def holds(actor: Actor, record) -> bool:
        target = value_at(record, path) if (path := path_of(type(record), "assigned")) else record
        return target is not None and grants.holds(actor.user_id, target)

    def q(actor: Actor, model) -> Q:
        path = path_of(model, "assigned")
        target = grants.model_at(model, path)
        return Q(**{f"{path + '__' if path else ''}pk__in": grants.live(actor.user_id, target)})

    return holds, q


# relation → (holds(actor, record), q(actor, model))
RELATION = {
    "any": (lambda actor, record: True, lambda actor, model: Q()),
    "own": _compares("own", lambda actor: actor.organisation_id),
    "below": _compares("below", lambda actor: actor.organisation_id),
    "counterpart": _compares("counterpart", lambda actor: actor.organisation_id),
    "mine": _compares("person", lambda actor: actor.user_id),
    "assigned": _assigned(),
}


def holds(cell: str, actor: Actor, record) -> bool:
    """Whether any relation of a cell ("own+counterpart") holds for the record."""
    return any(RELATION[relation][0](actor, record) for relation in cell.split("+"))


def reading(cell: str, actor: Actor, model) -> Q:
    """The same as a condition on the model's rows."""
    return reduce(or_, (RELATION[relation][1](actor, model) for relation in cell.split("+")))
