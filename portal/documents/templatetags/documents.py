"""Filters of the printed documents: they arrange, they never decide."""

from django import template

from portal.documents.recommendation import GROUPS, LABELS
from portal.regulation.articles import to_numeral

register = template.Library()


@register.filter
def field_rows(fields: list[dict]) -> list[list[dict]]:
    """Fields two to a row; a wide one, and one left without a neighbour, gets a row of its own."""
    rows: list[list[dict]] = []
    for field in fields:
        alone = field.get("wide") or not rows or len(rows[-1]) == 2 or rows[-1][0].get("wide")
        rows.append([field]) if alone else rows[-1].append(field)
    return rows


@register.filter
def chapter_numeral(number: int) -> str:
    """1 → 一, 15 → 十五."""
    return to_numeral(number)


@register.filter
def lines(text: str | None) -> list[str]:
    """The lines that somebody typed, without the empty ones: each is printed as a paragraph."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


@register.filter
def aligned(row: list, columns: list[dict]) -> list[tuple]:
    """The values of a row, each with the alignment of its column."""
    return [(value, column.get("align", "")) for value, column in zip(row, columns, strict=True)]


@register.filter
def in_pairs(items: list) -> list[list]:
    """Two to a row: the boxes of a signature page."""
    return [items[i : i + 2] for i in range(0, len(items), 2)]


@register.simple_tag
def list_groups() -> list[dict]:
    """The heads of the recommendation list on paper: width in percent and labels."""
    return [{"width": width, "labels": [LABELS[key] for key in keys]} for width, keys in GROUPS]


@register.filter
def list_cells(row: dict) -> list[list[str]]:
    """One person of the recommendation list, a list of values for each cell."""
    return [[row.get(key, "") for key in keys] for _, keys in GROUPS]
