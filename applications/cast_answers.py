"""The reviewer's answers beside the machine's findings (Art. 15): what needs a reason, what overrides. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from applications.checklist import Item
from portal.regulation.articles import Article
from portal.regulation.rules import Finding, Verdict, failed


@dataclass(frozen=True)
class Answer:
    """answer: yes, no or unsure."""

    answer: str
    reason: str = ""


def overrides(finding: Finding | None, answer: str) -> bool:
    """Whether an answer decides against the machine: 不符合 taken as 符合, or 符合 and 优先 taken as 不符合."""
    if finding is None or finding.verdict == Verdict.CHECK:
        return False
    return (answer == "yes") == (finding.verdict == Verdict.FAIL)


def problems(items: Iterable[Item], answers: Mapping[str, Answer]) -> list[Finding]:
    """What keeps these answers from being kept: unknown items, and answers that need a reason and have none."""
    by_key = {item.key: item for item in items}
    found = [failed(f"清单里没有“{key}”", article=Article(15)) for key in answers if key not in by_key]
    for key, given in answers.items():
        item = by_key.get(key)
        if item is None or given.reason.strip():
            continue
        if overrides(item.finding, given.answer):
            words = f"“{item.label}”机器判定为“{item.finding.verdict.label}”，改判请写明理由"
            found.append(failed(words, label=key, article=item.article))
        elif given.answer != "yes":
            found.append(failed(f"“{item.label}”请写明理由", label=key, article=item.article))
    return found
