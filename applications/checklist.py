"""The items that people answer: a recommending unit's first screening, 市科协's review (Art. 8, 13, 15). Pure.

An item stands beside what the machine found on the submitted version. At the first screening the machine's own 符合
suffices where it rests on numbers; where it rests on papers, a person looks. At 市科协 every item is answered.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.regulation.articles import Article
from portal.regulation.rules import Finding, Verdict

SCREENED = (
    "host_enterprise",
    "host_technology",
    "host_training",
    "nationality",
    "ethics",
    "age",
    "engineering_years",
    "leading_years",
    "key_trainee",
    "title",
)
SEEN_ON_PAPER = frozenset({"host_technology", "host_training", "leading_years", "title"})


@dataclass(frozen=True)
class Item:
    """One line of a check-list. `asked`: a person must answer it; `finding` is the machine's, if it has one."""

    key: str
    label: str
    article: Article
    asked: bool
    finding: Finding | None = None


MATERIALS = Item("materials", "证明材料齐全，与所填内容一致", Article(13, 4), True)
CAST_ITEMS = (
    Item("materials", "证明材料齐全、有效，与所填内容一致", Article(15), True),
    Item("unclassified", "内容符合保密要求", Article(14), True),
    Item("recommended_rightly", "推荐意见和推荐程序符合要求", Article(13, 4), True),
)


def screening_items(findings: Iterable[Finding], extra: Iterable[Mapping[str, Any]] = ()) -> list[Item]:
    """The first screening: 第八条 item by item, the papers, then what the unit's own 实施细则 adds (Art. 12)."""
    by_rule = {finding.rule: finding for finding in findings}
    items = [
        Item(name, found.label, found.article, _asks(found), found)
        for name in SCREENED
        if (found := by_rule.get(name)) is not None
    ]
    own = [Item(f"own_{each['key']}", each["label"], Article(12), True) for each in extra]
    return [*items, MATERIALS, *own]


def cast_items(findings: Iterable[Finding]) -> list[Item]:
    """The review of 市科协: every rule's item, then those that no rule can judge."""
    return [*(Item(each.rule, each.label, each.article, True, each) for each in findings), *CAST_ITEMS]


def _asks(finding: Finding) -> bool:
    return finding.rule in SEEN_ON_PAPER or finding.verdict not in (Verdict.PASS, Verdict.PRIORITY)
