"""申报通知, 公示 and other notices as documents, made when they are published (Art. 16, 19)."""

from datetime import date, timedelta
from typing import Any

from applications import notice_text
from applications.models import Notice
from portal.calendars.workdays import local_day
from portal.documents.make import document
from portal.documents.shapes import Letter, PublicNotice
from portal.events.models import Event
from portal.web.formats import day_text

ISSUER = "北京市科学技术协会"
PUBLISHED = "notice.publish"
Kind = Notice.Kind


def is_open(event: Event) -> dict[str, Any]:
    """What is published may be read by anybody."""
    return {"is_public": True}


@document(
    "notice.letter",
    title="公告",
    template="documents/call.html",
    shape=Letter,
    action="notice.read",
    on=[PUBLISHED],
    axes=is_open,
)
def letter(event: Event) -> dict[str, Any] | None:
    """Any notice but a publicity. A final list prints its people as a table."""
    notice = Notice.objects.get(pk=event.record_pk)
    if notice.kind == Kind.PROPOSED:
        return None
    facts = letter_facts(notice)
    if people := people_of(notice):
        columns = [{"label": "序号", "width": 8, "align": "mid"}, {"label": "姓名", "width": 16}, {"label": "依托单位"}]
        columns += [{"label": "领域", "width": 20}, {"label": "推荐单位", "width": 22}]
        rows = [[place, each["name"], each["unit"], each["field"], each["recommender"]] for place, each in people]
        facts["sections"] = [*facts["sections"], {"title": "名单", "tables": [{"columns": columns, "rows": rows}]}]
    return facts


@document(
    "notice.publicity",
    title="拟入选公示",
    template="documents/public_notice.html",
    shape=PublicNotice,
    action="notice.read",
    on=[PUBLISHED],
    axes=is_open,
)
def publicity(event: Event) -> dict[str, Any] | None:
    """A publicity: its period, where to object, the list."""
    notice = Notice.objects.get(pk=event.record_pk)
    if notice.kind != Kind.PROPOSED:
        return None
    return {
        **letter_facts(notice),
        "from_date": day_text(local_day(notice.starts_at)),
        "to_date": day_text(last_day(notice)),
        "working_days": notice.working_days,
        "received_by": notice.office,
        "address": notice.address,
        "phone": notice.phone,
        "email": notice.email,
        "people": [each for _, each in people_of(notice)],
    }


def letter_facts(notice: Notice) -> dict[str, Any]:
    """The body as a letter: what stands before the first heading as paragraphs, each heading as a section."""
    blocks = notice_text.blocks(notice.body)
    addressee = ""
    if blocks and blocks[0].kind == "paragraph" and blocks[0].text.endswith("："):
        addressee = blocks.pop(0).text.removesuffix("：")
    facts = {
        "title": notice.title,
        "number": notice.document_number,
        "addressee": addressee,
        "paragraphs": [],
        "sections": [],
        "issuer": ISSUER,
        "date": day_text(local_day(notice.published_at)),
    }
    if notice.kind != Kind.PROPOSED and notice.contact:
        facts["contact"] = "，".join(value for _, value in notice.contact)
    for block in blocks:
        _put(facts, block)
    return facts


def _put(facts: dict[str, Any], block: notice_text.Block) -> None:
    """A table ends the section it stands in: what follows it goes on in one without a heading."""
    sections = facts["sections"]
    if block.kind == "heading":
        sections.append({"title": block.text})
        return
    if block.kind == "paragraph" and not sections:
        facts["paragraphs"] += block.lines
        return
    if not sections or (block.kind == "paragraph" and "tables" in sections[-1]):
        sections.append({"title": ""})
    if block.kind == "paragraph":
        sections[-1].setdefault("paragraphs", []).extend(block.lines)
    else:
        head, *rows = block.rows
        table = {"columns": [{"label": label} for label in head], "rows": [list(row) for row in rows]}
        sections[-1].setdefault("tables", []).append(table)


def people_of(notice: Notice) -> list[tuple[int, dict[str, str]]]:
    """(place, the four facts that may be public)."""
    return [
        (place, {"name": each.name, "unit": each.unit, "field": each.field, "recommender": each.recommender})
        for place, each in enumerate(notice.entries.all(), 1)
    ]


def last_day(notice: Notice) -> date:
    """The last day of the half-open period."""
    return local_day(notice.ends_at - timedelta(microseconds=1))
