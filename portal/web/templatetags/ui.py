"""The component tags. Each lists the attributes it accepts; an unknown one is an error when the template is compiled.

Small    {% icon "printer" %} · {% tag "已提交" "blue" %} · {% due deadline at %} · {% remaining deadline at %}
Forms    {% field form.title width=20 hint="…" %} · {% fields form %} · {% error_summary form other_form %}
         {% savebar state="…" %} buttons {% endsavebar %}
Lists    {% table table %} · {% table_of columns rows caption="…" %} · {% pager page_obj %}
         {% empty_state empty %} · {% keep_query form %}
Records  {% facts items %} · {% course progress %} · {% deeds steps %} · {% findings list %} · {% timeline items %}
Others   {% tasks groups %} · {% bar value of text="…" %} · {% bars items caption="…" %}
         {% panel title="…" edge="blue" %} … {% endpanel %}
Filters  at|instant · at|deadline · date|day · date|month · fen|money · fen|yuan · fen|money_words
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.core.paginator import Page
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from portal.web import fielding, formats
from portal.web.components import FREEZE_ABOVE, head_html, rows_html, tag_html

register = template.Library()
SPRITE = Path(__file__).parent.parent / "static" / "img" / "icons.svg"
EDGES = frozenset({"", "edge", "blue", "green", "amber", "red"})

register.filter("instant", formats.instant_text)
register.filter("deadline", formats.deadline_text)
register.filter("day", formats.day_text)
register.filter("month", formats.month_text)
register.filter("money", formats.money_text)
register.filter("yuan", formats.yuan_text)
register.filter("money_words", formats.money_words)
register.simple_tag(formats.due_text, name="due")
register.simple_tag(formats.remaining_text, name="remaining")
register.simple_tag(tag_html, name="tag")


@cache
def _icons() -> frozenset[str]:
    return frozenset(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text(encoding="utf-8")))


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """An icon of the sprite, always beside words. Raises ValueError for one that the sprite lacks."""
    if name not in _icons():
        raise ValueError(f"no icon {name!r} in img/icons.svg")
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("img/icons.svg"),
        name,
    )


@register.inclusion_tag("components/field.html")
def field(
    bound: Any,
    *,
    hint: str = "",
    width: int | None = None,
    unit: str = "",
    plain: bool = False,
    sensitive: bool = False,
) -> dict:
    """Label, hint, error, input, counter. plain: a filter, no （选填）; sensitive: not kept on the device."""
    return fielding.field_context(bound, hint=hint, width=width, unit=unit, plain=plain, sensitive=sensitive)


@register.inclusion_tag("components/fields.html")
def fields(form: Any) -> dict:
    """Every field of a form, hidden ones first."""
    return {"form": form}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: Any) -> dict:
    """One list of everything to mend, each item linked to its field. Nothing when there is nothing to mend."""
    return {"problems": fielding.problems_of(*forms)}


@register.inclusion_tag("components/table.html")
def table(value: Any) -> dict:
    """A Table in its scroll box."""
    return _table(value.columns, value.rows, value.caption, getattr(value, "compact", False))


@register.inclusion_tag("components/table.html")
def table_of(columns: Any, rows: Any, *, caption: str, compact: bool = False) -> dict:
    """The table of a list page, from its columns and rows."""
    return _table(columns, rows, caption, compact)


def _table(columns: Any, rows: Any, caption: str, compact: bool) -> dict:
    columns, rows = list(columns), list(rows)
    now_with = any(getattr(row, "now_with", "") for row in rows)
    return {
        "head": head_html(columns, now_with),
        "body": rows_html(columns, rows, now_with),
        "caption": caption,
        "compact": compact,
        "freeze": len(columns) > FREEZE_ABOVE,
    }


@register.inclusion_tag("components/facts.html")
def facts(items: Any) -> dict:
    """A summary list of (label, value) pairs; an empty value is shown as —."""
    return {"items": items}


@register.inclusion_tag("components/tasks.html")
def tasks(groups: Any) -> dict:
    """A task list: TaskGroups of Tasks."""
    return {"groups": groups}


@register.inclusion_tag("components/course.html")
def course(steps: Any) -> dict:
    """Where the matter stands: (label, "done" | "current" | "todo") in order."""
    return {"steps": steps}


@register.inclusion_tag("components/bar.html")
def bar(value: int, of: int, *, text: str = "") -> dict:
    """A progress bar with its words; no inline style, so the strict CSP holds."""
    return {"value": value, "of": of, "text": text or f"{of} 部分中已完成 {value} 部分"}


@register.inclusion_tag("components/bars.html")
def bars(items: Any, *, caption: str) -> dict:
    """Bars with their numbers, as a table."""
    return {"items": items, "caption": caption}


@register.inclusion_tag("components/findings.html")
def findings(items: Any) -> dict:
    """Findings with verdict, sentence and article."""
    return {"items": [(item, VERDICT_COLOURS[str(item.verdict)]) for item in items]}


VERDICT_COLOURS = {"pass": "green", "fail": "red", "check": "amber", "priority": "purple"}


@register.inclusion_tag("components/deeds.html")
def deeds(steps: Any) -> dict:
    """The steps of a record page: allowed ones as buttons, blocked ones with the reason."""
    return {"steps": steps}


@register.inclusion_tag("components/timeline.html")
def timeline(items: Any) -> dict:
    """What happened, newest first as given: TimelineItems."""
    return {"items": items}


@register.inclusion_tag("components/empty.html")
def empty_state(empty: Any) -> dict:
    """One sentence why and one next action."""
    return {"empty": empty}


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Any, page: Page) -> dict:
    """Page links and 20/50/100 rows, keeping the filters of the query string."""
    query = context["request"].GET

    def link(**changes: int) -> str:
        changed = query.copy()
        for name, value in changes.items():
            changed[name] = str(value)
        return f"?{changed.urlencode()}"

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return {
        "page": page,
        "links": [(number, link(page=number) if isinstance(number, int) else "") for number in numbers],
        "previous": link(page=page.number - 1) if page.has_previous() else "",
        "next": link(page=page.number + 1) if page.has_next() else "",
        "sizes": [(size, link(page=1, rows=size), size == page.paginator.per_page) for size in (20, 50, 100)],
    }


@register.simple_tag(takes_context=True)
def keep_query(context: Any, form: Any = None) -> SafeString:
    """Hidden inputs for what the query string holds besides the search: the tab, the sorting, the rows."""
    own = {"q", "page", *(form.fields if form else ())}
    kept = [(name, value) for name, value in context["request"].GET.items() if name not in own]
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', kept)


@register.simple_block_tag
def panel(content: str, *, title: str = "", edge: str = "", id: str = "", level: int = 2) -> SafeString:
    """A white box. edge: "" or "edge" (red, official), blue, green, amber, red. level: of its heading."""
    if edge not in EDGES:
        raise ValueError(f"unknown edge {edge!r}, one of {sorted(EDGES)}")
    return format_html(
        '<section class="panel{}"{}>{}{}</section>',
        format_html(" panel-{}", edge) if edge else "",
        format_html(' id="{}"', id) if id else "",
        format_html("<h{0}>{1}</h{0}>", level, title) if title else "",
        content,
    )


@register.simple_block_tag
def savebar(content: str, *, state: str = "") -> SafeString:
    """The bar that stays at the foot of a form: buttons, then the save state, which is announced politely."""
    return format_html(
        '<div class="savebar">{}<span class="savestate" role="status" data-save-state>{}</span></div>', content, state
    )
