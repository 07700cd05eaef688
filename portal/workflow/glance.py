"""While a page shows a record, what the record finds out about itself is found out once; a command always asks anew.

    @once_a_glance
    def stored(self): …

    with glance(record):        # OfRecord.show
        record.stored()         # queries
        record.stored()         # the same answer
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

SEEN = "_seen_at_a_glance"


@contextmanager
def glance(record: Any) -> Iterator[None]:
    """Inside, the record's `once_a_glance` methods remember what they answered; outside, nothing is remembered."""
    record.__dict__[SEEN] = {}
    try:
        yield
    finally:
        del record.__dict__[SEEN]


def once_a_glance(method: Callable) -> Callable:
    """A method of a record that only reads; its arguments are hashable, and nobody changes what it returns."""

    @wraps(method)
    def asked(self, *args, **kwargs):
        seen = self.__dict__.get(SEEN)
        if seen is None:
            return method(self, *args, **kwargs)
        key = (method.__name__, args, tuple(kwargs.items()))
        if key not in seen:
            seen[key] = method(self, *args, **kwargs)
        return seen[key]

    return asked
