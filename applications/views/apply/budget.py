"""The budget's expenses as one table: a line for each category, summed up against the sources."""

from collections.abc import Collection, Mapping
from typing import Any

from applications.form_schema import Field, Section, typed_again
from portal.web.formats import money_text

CHECK, KEY = "budget_balances", "expenses"
SOURCES = ("from_cast", "from_host", "from_other")


def is_budget(section: Section) -> bool:
    return CHECK in section.checks


class BudgetTable:
    """Lines of the expense categories. `data`: what was posted; `partly`: only these inputs changed (autosave)."""

    def __init__(
        self,
        field: Field,
        stored: list[Mapping[str, Any]],
        data: Mapping[str, str] | None = None,
        partly: Collection[str] | None = None,
    ) -> None:
        self.field, self.stored, self.data, self.partly = field, stored, data, partly

    def rows(self) -> list[dict[str, Any]]:
        """The rows as posted, a blank line left out; a category keeps its row's id."""
        filled = [line for line in self.lines() if line["amount"].strip() or line["basis"].strip()]
        return [{key: line[key] for key in ("id", "category", "amount", "basis")} for line in filled]

    def lines(self) -> list[dict[str, str]]:
        """One for each category, with what its inputs show."""
        by_category = {row.get("category"): row for row in self.stored}
        return [self._line(code, name, by_category.get(code, {})) for code, name in self.field["category"].choices]

    def _line(self, code: str, name: str, row: Mapping[str, Any]) -> dict[str, str]:
        shown = {key: str(typed_again(self.field[key], row.get(key))) for key in ("amount", "basis")}
        typed = {key: self._typed(f"{KEY}-{code}-{key}", shown[key]) for key in shown}
        return {"id": row.get("id") or f"budget-{code}", "category": code, "name": name, **typed}

    def _typed(self, name: str, shown: str) -> str:
        if self.data is None or (self.partly is not None and name not in self.partly):
            return shown
        return self.data.get(name, "")


def totals(values: Mapping[str, Any]) -> dict[str, Any]:
    """Sources and expenses as stored, in words, and whether they agree."""
    sources = sum(value for key in SOURCES if isinstance(value := values.get(key), int))
    spent = sum(row["amount"] for row in values.get(KEY, []) if isinstance(row.get("amount"), int))
    return {"sources": money_text(sources), "expenses": money_text(spent), "agree": sources == spent}
