"""What people promise when they sign (domain: L): the applicant, and the unit's approver at submission. Pure."""

from collections.abc import Iterable

from portal.reference import Item, reference
from portal.regulation.articles import Article


def promises_of(who: str) -> list[Item]:
    """The declarations of "applicant" or "host_approver", in order; each has text and article."""
    return [item for item in reference("declarations") if who in item["by"]]


def missing_promises(who: str, given: Iterable[str]) -> list[Item]:
    """Those that were not given."""
    given = set(given)
    return [item for item in promises_of(who) if item.code not in given]


def article_of(promise: Item) -> Article:
    return Article(*promise["article"])
