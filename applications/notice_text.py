"""The text of a notice: plain text that anybody can edit, read as headings, paragraphs and tables.

Blocks are parted by blank lines. A block is a heading when it is one short line beginning with 一、 二、 …; a table
when every line holds ｜ (its first line is the head); else a paragraph, whose lines stay lines.
"""

import re
from dataclasses import dataclass
from datetime import date

from django.template.loader import render_to_string

from portal.reference import reference
from portal.regulation.articles import Article, text_of
from portal.web.formats import day_text, deadline_text, instant_text, money_text

BAR = "｜"
HEADING_MAX = 40  # characters
_HEADING = re.compile(r"[一二三四五六七八九十]{1,3}、.+")


@dataclass(frozen=True)
class Block:
    """kind: heading, paragraph or table. lines: of a heading or paragraph; rows: of a table, its head first."""

    kind: str
    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def blocks(body: str) -> list[Block]:
    """The body's blocks in order. Rows of a table are filled up to the width of its head."""
    parts = re.split(r"\n[ \t\u3000]*\n", body.replace("\r\n", "\n").strip())
    return [_block([line.strip() for line in part.splitlines() if line.strip()]) for part in parts if part.strip()]


def _block(lines: list[str]) -> Block:
    if len(lines) == 1 and len(lines[0]) <= HEADING_MAX and _HEADING.fullmatch(lines[0]):
        return Block("heading", tuple(lines))
    if len(lines) > 1 and all(BAR in line for line in lines):
        cells = [[cell.strip() for cell in line.strip(BAR).split(BAR)] for line in lines]
        width = len(cells[0])
        return Block("table", rows=tuple(tuple((row + [""] * width)[:width]) for row in cells))
    return Block("paragraph", tuple(lines))


def table(*rows: tuple[object, ...]) -> str:
    """Rows as the text of a table block."""
    return "\n".join(BAR.join(str(cell) for cell in row) for row in rows)


def compose_call(cycle) -> str:
    """The 申报通知 of a cycle (Art. 9, 11, 13, 16): fields and places, conditions, quotas, times, materials.

    Three queries. What people still have to write (contact, enclosures) they write into the draft.
    """
    fields = list(cycle.fields.all())
    quotas = list(cycle.quotas.filter(places__gt=0).select_related("recommender").order_by("recommender__code"))
    context = {
        "cycle": cycle,
        "total": sum(field.places for field in fields),
        "fields": table(("领域", "名额"), *((field.name, field.places) for field in fields)),
        "host": text_of(Article(8, 1)),
        "applicant": text_of(Article(8, 2)),
        "ordinary": _born(cycle.birth_cutoff_ordinary, cycle),
        "exceptional": _born(cycle.birth_cutoff_exceptional, cycle),
        "quota_total": sum(quota.places for quota in quotas),
        "quotas": table(("推荐单位", "推荐名额"), *((quota.recommender.name, quota.places) for quota in quotas)),
        "steps": text_of(Article(13)),
        "opens": instant_text(cycle.application_opens_at),
        "closes": deadline_text(cycle.application_closes_at),
        "recommend_closes": deadline_text(cycle.recommend_closes_at),
        "grant": money_text(cycle.grant_fen),
        "materials": table(("序号", "材料", "签字要求", "盖章要求"), *_materials()),
        "corrections": cycle.settings["max_corrections"],
        "correction_days": cycle.settings["correction_days"],
    }
    return render_to_string("notices/call.txt", context).strip() + "\n"


def call_title(cycle) -> str:
    return f"关于开展 {cycle.year} 年度北京市科协“卓越工程师”成长计划申报工作的通知"


def _born(day: date, cycle) -> str:
    inclusive = cycle.policy_parameters().birth_cutoff_inclusive
    return f"{day_text(day)}以后出生（{'含' if inclusive else '不含'}当日）"


def _materials():
    for number, item in enumerate(reference("attachments"), 1):
        yield (
            number,
            item.name + ("" if item["required"] else "（如有）"),
            item["signature"] or "—",
            item["seal"] or "—",
        )
