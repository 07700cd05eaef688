"""The values that pages hand to the shared components. Strings are ready to print; templates format nothing.

Every colour is one of COLOURS and is always accompanied by words.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

COLOURS = frozenset({"", "grey", "blue", "green", "amber", "red", "purple"})
FREEZE_ABOVE = 8  # columns: from the ninth on, the first stays in sight while the table scrolls sideways


@dataclass(frozen=True)
class Action:
    """A link shown as a button; primary is the one filled button of the screen."""

    label: str
    url: str
    primary: bool = False


@dataclass(frozen=True)
class Column:
    """sort_direction: "" (not sorted by this), "asc" or "desc"."""

    key: str
    label: str
    numeric: bool = False
    sort_url: str = ""
    sort_direction: str = ""


@dataclass(frozen=True)
class Cell:
    """tag: one of COLOURS, or None for plain text."""

    text: str
    url: str | None = None
    tag: str | None = None
    numeric: bool = False


@dataclass(frozen=True)
class Row:
    """url links the first cell; now_with prints 现在轮到 as the last column; mark sets a row apart (quota)."""

    cells: Sequence[Cell]
    url: str = ""
    now_with: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Table:
    """caption is read out and names the scroll box; compact: 36 px rows."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    caption: str
    compact: bool = False


@dataclass(frozen=True)
class Tab:
    label: str
    count: int | None
    url: str
    current: bool = False


@dataclass(frozen=True)
class Empty:
    """One sentence why, one next action."""

    text: str
    action_label: str = ""
    action_url: str = ""


@dataclass(frozen=True)
class Section:
    """A group of facts: (label, value) pairs, or a table, or both."""

    title: str
    items: Sequence[tuple[str, Any]] = ()
    table: Table | None = None


@dataclass(frozen=True)
class StepLink:
    """A step that the viewer may know of: allowed ones link, blocked ones say why."""

    label: str
    url: str
    allowed: bool
    findings: Sequence[Any] = ()
    irreversible: bool = False
    primary: bool = False


@dataclass(frozen=True)
class TimelineItem:
    at_text: str
    who: str
    sentence: str
    reason: str = ""
    articles: Sequence[Any] = ()


@dataclass(frozen=True)
class Task:
    """A line of a task list. Only the name links; a status with a colour is shown as a tag, 已完成 as plain words."""

    label: str
    url: str = ""
    status: str = ""
    colour: str | None = None


@dataclass(frozen=True)
class TaskGroup:
    title: str
    tasks: Sequence[Task]


@dataclass(frozen=True)
class Number:
    """One figure of a dashboard; text is the link below it."""

    label: str
    value: str
    text: str = ""
    url: str = ""


@dataclass(frozen=True)
class Bar:
    """A horizontal bar with its number beside it: value of the greatest."""

    label: str
    value: int
    of: int
    text: str = ""
    url: str = ""


@dataclass(frozen=True)
class Difference:
    """One field in which two versions differ; name is empty where no choice is offered."""

    label: str
    mine: str
    theirs: str
    name: str = ""


@lru_cache(maxsize=1024)
def tag_html(text: str, colour: str = "") -> SafeString:
    """A status in words on a pale ground. Raises ValueError for a colour that the palette lacks."""
    if colour not in COLOURS:
        raise ValueError(f"unknown tag colour {colour!r}, one of {sorted(COLOURS)}")
    return format_html('<span class="tag tag-{}">{}</span>', colour or "grey", text)


def head_html(columns: Iterable[Column], now_with: bool = False) -> SafeString:
    """The header cells, with sort links and aria-sort."""
    cells = format_html_join("", "{}", ((_head_cell(column),) for column in columns))
    return cells + SafeString('<th scope="col">现在轮到</th>' if now_with else "")


def rows_html(columns: Sequence[Column], rows: Iterable[Row], now_with: bool = False) -> SafeString:
    """The body rows in one pass of Python: a template loop costs several times as much on 50 rows.

    data-label repeats the column's name for the card layout of narrow screens.
    """
    openings = [_openings(column) for column in columns]
    pieces: list[str] = []
    for row in rows:
        mark = getattr(row, "mark", "")
        pieces.append(f'<tr class="{_text(mark)}">' if mark else "<tr>")
        for place, (cell, pair) in enumerate(zip(row.cells, openings, strict=True)):
            opening = pair[cell.numeric]
            if place:
                pieces.append(f"<td{opening}{_cell(cell, cell.url)}</td>")
            else:
                pieces.append(f'<th scope="row"{opening}{_cell(cell, cell.url or row.url)}</th>')
        if now_with:
            pieces.append(f'<td data-label="现在轮到">{_text(row.now_with or "—")}</td>')
        pieces.append("</tr>")
    return SafeString("".join(pieces))


def _openings(column: Column) -> tuple[str, str]:
    """The rest of a cell's opening tag: for words, and for numbers, which stand at the right."""
    label = f' data-label="{_text(column.label)}">'
    numeric = f' class="num"{label}'
    return (numeric, numeric) if column.numeric else (label, numeric)


def _cell(cell: Cell, url: str | None) -> str:
    text = tag_html(cell.text, cell.tag) if cell.tag is not None else _text(cell.text)
    return f'<a href="{_text(url)}">{text}</a>' if url else text


def _text(value: Any) -> str:
    """Escaped for text and attributes; Django's own escape() costs twice as much by its lazy-text wrapper."""
    return value if isinstance(value, SafeString) else escape(str(value))


def _head_cell(column: Column) -> SafeString:
    css = SafeString(' class="num"') if column.numeric else ""
    if not column.sort_url:
        return format_html('<th scope="col"{}>{}</th>', css, column.label)
    state, arrow, words = {
        "": ("none", "", "，点击排序"),
        "asc": ("ascending", " ↑", "，现为升序"),
        "desc": ("descending", " ↓", "，现为降序"),
    }[column.sort_direction or ""]
    return format_html(
        '<th scope="col"{} aria-sort="{}"><a href="{}">{}<span aria-hidden="true">{}</span>'
        '<span class="visually-hidden">{}</span></a></th>',
        css, state, column.sort_url, column.label, arrow, words,
    )  # fmt: skip
