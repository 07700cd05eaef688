"""What must always hold, recounted from the tables past every step: one visible registry, a generator of breaches each.

    @invariant("quota")
    def within_quota():
        \"\"\"Recommended applications stay within the quota of their recommending unit.\"\"\"
        for …: yield f"list {number}: 4 recommended, quota 3"

Apps register theirs in <app>/invariants.py, which is loaded as reactions are. `manage.py check_invariants` runs them
all, with everything in reach.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType

from django.db import connection, transaction

from portal.tenancy.reach import Because, everything

Find = Callable[[], Iterable[str]]


class DuplicateInvariant(ValueError):
    """Two invariants claim one name."""


@dataclass(frozen=True)
class Invariant:
    """A name, what holds (the first line of the docstring), and the search for breaches."""

    name: str
    holds: str
    find: Find

    def breaches(self) -> list[str]:
        """Every breach in words; a search that fails is one too, so that it never hides the others."""
        try:
            with transaction.atomic(), everything(because=Because.CHECK_INVARIANTS):
                return list(self.find())
        except Exception as error:
            return [f"could not be checked: {type(error).__name__}: {error}"]


@contextmanager
def snapshot() -> Iterator[None]:
    """Everything in reach, in one consistent view of all tables although people go on working; nothing can be written.

    Inside a transaction that runs already (a test's) the view is that transaction's.
    """
    with everything(because=Because.CHECK_INVARIANTS), connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # the connection hears of the reach now: no query may come before SET TRANSACTION
        joins = connection.in_atomic_block
        with transaction.atomic():
            if not joins:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield


_invariants: dict[str, Invariant] = {}


def invariant(name: str) -> Callable[[Find], Find]:
    """Registers a generator of breaches under a unique name. Raises DuplicateInvariant, TypeError without docstring."""

    def register(find: Find) -> Find:
        if name in _invariants:
            raise DuplicateInvariant(f"{name} is registered by {_invariants[name].find.__module__}")
        if not find.__doc__:
            raise TypeError(f"the docstring of invariant {name} says what holds")
        _invariants[name] = Invariant(name, find.__doc__.strip().split("\n")[0], find)
        return find

    return register


def registry() -> Mapping[str, Invariant]:
    """Name → invariant, in the order of registration, read-only."""
    return MappingProxyType(_invariants)
