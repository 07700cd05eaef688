"""What a stage still leaves hanging: each app says so of its own records, and the cycle asks before it moves on.

    @hangs("cast_review")
    def undecided(cycle, at):
        rows = cycle.applications.filter(state="in_cast_review")
        yield Hanging("还没有结论的申报", rows, Article(15), action="application.list", query="state=in_cast_review")

Questions of an app stand in its hanging_questions.py, which is imported before the first one is asked.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, QuerySet, Value
from django.utils.module_loading import autodiscover_modules

from portal.regulation.articles import Article


@dataclass(frozen=True)
class Hanging:
    """Records that keep a cycle in its stage: what they are in words, how many, and the page that shows them.

    count: how many, or the query of them, which is counted together with all others.
    action, query: the list's action (its URL takes the year) and the filter on it.
    """

    label: str
    count: int | QuerySet
    article: Article
    action: str = ""
    query: str = ""


_questions: dict[str, list[Callable[..., Iterable[Hanging]]]] = {}


def hangs(stage: str) -> Callable:
    """Registers a question of a stage (a cycle state): a function of the cycle and the instant that yields Hanging."""

    def register(question: Callable[..., Iterable[Hanging]]) -> Callable[..., Iterable[Hanging]]:
        _questions.setdefault(stage, []).append(question)
        return question

    return register


def items(cycle, at: datetime) -> list[Hanging]:
    """All that the cycle's present stage leaves hanging at an instant, each with its number."""
    autodiscover_modules("hanging_questions")
    found = [item for question in _questions.get(cycle.state, []) for item in question(cycle, at)]
    return [item for item in counted(found) if item.count]


def counted(found: list[Hanging]) -> list[Hanging]:
    """The same items with a number each. One query."""
    queries = [
        item.count.order_by().annotate(asked=Value(place)).values("asked").annotate(found=Count("pk"))
        for place, item in enumerate(found)
        if not isinstance(item.count, int)
    ]
    rows = queries[0].union(*queries[1:], all=True) if queries else []
    numbers = {row["asked"]: row["found"] for row in rows}
    return [replace(item, count=numbers.get(place, item.count)) for place, item in enumerate(found)]
