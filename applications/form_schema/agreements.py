"""Checks between the fields of a page, or with another page: named in a definition, written here. Pure.

Each takes the clean values of its page and the stored content of all pages, and yields what does not agree.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.web.formats import money_text

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """One thing to mend: path inside the section, what to do, and whether it is only missing (or wrong)."""

    path: str
    message: str
    missing: bool = False


def _budget_balances(clean: Values, content: Values) -> Iterator[Problem]:
    sources = sum(clean.get(key, 0) for key in ("from_cast", "from_host", "from_other"))
    spent = sum(row.get("amount", 0) for row in clean.get("expenses", []))
    if clean.get("expenses") and "from_cast" in clean and sources != spent:
        yield Problem("expenses", f"支出合计 {money_text(spent)}，与来源合计 {money_text(sources)}不一致，请核对")


def _staff_within_headcount(clean: Values, content: Values) -> Iterator[Problem]:
    if clean.get("rd_headcount", 0) > clean.get("headcount", clean.get("rd_headcount", 0)):
        yield Problem("rd_headcount", "研发人员数不能多于职工总数")


def _both_mentors(clean: Values, content: Values) -> Iterator[Problem]:
    kinds = {row.get("kind") for row in clean.get("mentors", [])}
    if clean.get("mentors") and not {"enterprise", "academic"} <= kinds:
        yield Problem("mentors", "请至少各填写 1 位企业导师和 1 位学术导师")


def _education_after_childhood(clean: Values, content: Values) -> Iterator[Problem]:
    born = str((content.get("basic") or {}).get("birth_date", ""))[:4]
    for place, row in enumerate(clean.get("education", [])):
        if born.isdigit() and "from" in row and int(row["from"][:4]) < int(born) + 15:
            yield Problem(f"education.{place}.from", "入学时间不应早于 15 周岁，请核对")


CHECKS: dict[str, Callable[[Values, Values], Iterator[Problem]]] = {
    "budget_balances": _budget_balances,
    "staff_within_headcount": _staff_within_headcount,
    "both_mentors": _both_mentors,
    "education_after_childhood": _education_after_childhood,
}
