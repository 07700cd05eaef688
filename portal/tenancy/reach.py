"""What can be reached at this moment. No reach, no rows; nothing ever means everything."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum

from portal.people.actor import Actor
from portal.people.models import Affiliation
from portal.people.roles import CAST_ROLES, HOST_ROLES, RECOMMENDER_ROLES, Role
from portal.tenancy.context import Reach, current

log = logging.getLogger("portal.tenancy")


class NoReach(Exception):
    """A query ran where no reach had been set."""


class OutOfReach(Exception):
    """A row of an organisation outside the reach was about to be written."""


class Because(Enum):
    """The closed list of reasons for reaching everything; each use is logged."""

    SYSTEM_STEP = "a step that the system takes by itself"
    CHAIN = "writing events, last in their transaction"
    OUTBOX = "delivering events to their consumers"
    VERIFY_DOCUMENT = "anyone may verify a printed document by its code"
    CHECK_INVARIANTS = "recounting what must always hold"
    SEED = "seeding reference and demo data through commands"
    UNIQUENESS = "a uniqueness question that the database asks across tenants"
    AXIS = "finding the records assigned to an expert"
    COUNTER = "handing in what 市科协 alone keeps (an objection, a ballot, a request), or following it by its receipt"
    MIGRATION = "a data migration"


Axes = dict[str, frozenset]
_axes: list[Callable[[Actor], Axes]] = []


def reach_axes(function: Callable[[Actor], Axes]) -> Callable[[Actor], Axes]:
    """Declares who computes what an expert reaches: a function of the actor that gives {axis: ids}."""
    _axes.append(function)
    return function


def current_reach() -> Reach:
    """The reach in force. Raises NoReach when none was set."""
    reach = current.get()
    if reach is None:
        raise NoReach("a tenant-owned table was queried where no reach is set")
    return reach


@contextmanager
def reaching(reach: Reach) -> Iterator[Reach]:
    """Everything inside can reach just this."""
    token = current.set(reach)
    try:
        yield reach
    finally:
        current.reset(token)


@contextmanager
def everything(*, because: Because) -> Iterator[Reach]:
    """Reach all rows, for one of the reasons of the closed list. Side effect: logs the use."""
    if not isinstance(because, Because):
        raise TypeError("the reason must be one of Because")
    log.debug("everything because %s", because.value)
    with reaching(Reach(everything=True)) as reach:
        yield reach


def reach_of(actor: Actor) -> Reach:
    """A host unit reaches itself; a recommending unit itself and its host units; 市科协 all; an expert the assigned.

    A role that stands in none of these groups reaches published rows only.
    """
    if actor.role in CAST_ROLES or actor.role == Role.SYSTEM:
        return Reach(everything=True)
    own = frozenset(pk for pk in [actor.organisation_id] if pk is not None)
    if actor.role in HOST_ROLES:
        return Reach(own, axes={"counterpart": own})
    if actor.role in RECOMMENDER_ROLES:
        hosts = Affiliation.objects.filter(recommender_id=actor.organisation_id).values_list("host_id", flat=True)
        return Reach(frozenset(hosts) | own)
    if actor.role == Role.EXPERT:
        return Reach(axes={name: ids for function in _axes for name, ids in function(actor).items()})
    return Reach()
