"""A submitted version as people read it: sections of labelled values, tables of records, differences of two versions.

Pure: takes the form's definition and the content that ApplicationVersion froze.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from applications.form_schema import Definition, Field, shown
from portal.web.components import Cell, Column, Row, Section, Table

Content = Mapping[str, Mapping[str, Any]]


def sections_of(definition: Definition, content: Content) -> list[Section]:
    """Every section of the form: its plain values, then a table for each list of records."""
    found = []
    for section in definition:
        values = content.get(section.key, {})
        plain = [
            (field.label, shown(field, values.get(field.key)))
            for field in section.fields
            if not field.fields and field.type != "finished"
        ]
        found.append(Section(section.label, plain))
        for field in section.fields:
            if field.fields and values.get(field.key):
                title = f"{section.label}：{field.label}"
                found.append(Section(title, table=records_table(field, values[field.key])))
    return found


def records_table(field: Field, rows: list[Mapping[str, Any]]) -> Table:
    """Rows of records; columns that no row fills are left out."""
    used = [column for column in field.fields if any(row.get(column.key) not in (None, "") for row in rows)]
    body = [Row([Cell(shown(column, row.get(column.key)) or "—") for column in used]) for row in rows]
    return Table([Column(column.key, column.label) for column in used], body, field.label, compact=True)


def differences(definition: Definition, old: Content, new: Content) -> Iterator[tuple[str, str, str, str]]:
    """(section, field, before, after) of every field in which two versions differ; a list of records row by row."""
    for section in definition:
        before, after = old.get(section.key, {}), new.get(section.key, {})
        for field in section.fields:
            if before.get(field.key) != after.get(field.key):
                yield from _differ(section.label, field, before.get(field.key), after.get(field.key))


def _differ(section: str, field: Field, before: Any, after: Any) -> Iterator[tuple[str, str, str, str]]:
    if not field.fields:
        yield section, field.label, shown(field, before), shown(field, after)
        return
    before, after = before or [], after or []
    for place in range(max(len(before), len(after))):
        rows = [_line(field, each[place]) if place < len(each) else "" for each in (before, after)]
        if rows[0] != rows[1]:
            yield section, f"{field.label} 第 {place + 1} 行", *rows


def _line(field: Field, row: Mapping[str, Any]) -> str:
    values = ((column.label, shown(column, row.get(column.key))) for column in field.fields)
    return "；".join(f"{label}：{value}" for label, value in values if value)
