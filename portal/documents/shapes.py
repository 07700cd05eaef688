"""The facts a document is printed from. JSON values only; dates, money and names come as they are to be read.

Templates print what they are given and decide nothing; `complete` refuses facts in which something is missing or
misspelt, because a template would print a blank in its place.
"""

import hashlib
import json
from types import UnionType
from typing import Any, NotRequired, TypedDict, get_args, get_origin, get_type_hints, is_typeddict


class BadFacts(ValueError):
    """Facts that lack a key, have one too many, or hold something that is not what the shape says."""


class Field(TypedDict):
    """One labelled value; a wide one has the whole width."""

    label: str
    value: str | int | None
    wide: NotRequired[bool]


class Column(TypedDict):
    """width in percent of the table; align: "", "num" (right) or "mid"."""

    label: str
    width: NotRequired[int]
    align: NotRequired[str]


class Table(TypedDict):
    """Rows of a record table; none prints 无."""

    caption: NotRequired[str]
    columns: list[Column]
    rows: list[list]


class LongText(TypedDict):
    """A framed text with its label; each line is a paragraph."""

    label: str
    text: str


class Section(TypedDict):
    """A part of a form or letter, printed in this order: paragraphs, fields, tables, texts. `code`: A to L."""

    title: str
    code: NotRequired[str]
    paragraphs: NotRequired[list[str]]
    fields: NotRequired[list[Field]]
    tables: NotRequired[list[Table]]
    texts: NotRequired[list[LongText]]


class Box(TypedDict):
    """A signature box: who, lines to fill in, and what stands where the seal goes ("单位盖章")."""

    party: str
    lines: list[str]
    seal: NotRequired[str]


class ApplicationForm(TypedDict):
    """申报书, documents/application.html: cover, sections A–L, signatures."""

    programme: str
    title: str
    cover: list[Field]
    issuer: str
    date: str
    sections: list[Section]
    signatures: list[Box]


class TaskBook(TypedDict):
    """任务书, documents/task_book.html: cover, fifteen chapters (numbered by their order), signatures in the last."""

    programme: str
    title: str
    cover: list[Field]
    issuer: str
    date: str
    chapters: list[Section]
    signatures: list[Box]


class Assessment(TypedDict):
    """考核表, documents/assessment.html."""

    title: str
    sections: list[Section]
    opinions: list[LongText]
    result: NotRequired[str]
    basis: NotRequired[str]
    signatures: list[Box]


class RecommendationList(TypedDict):
    """推荐汇总表, documents/recommendation_list.html: rows by the keys of portal.documents.recommendation.COLUMNS."""

    year: int
    recommender: str
    quota: int
    rows: list[dict]
    filled_by: str
    phone: str
    date: str


class Letter(TypedDict):
    """An official letter, documents/letter.html (and call.html 申报通知): masthead and number, title, addressee, text,
    sections, attachments, issuer and date. Also for receipts, decisions and returns."""

    title: str
    masthead: NotRequired[str]
    number: NotRequired[str]
    addressee: NotRequired[str]
    paragraphs: list[str]
    sections: NotRequired[list[Section]]
    attachments: NotRequired[list[str]]
    issuer: str
    date: str
    contact: NotRequired[str]


class Person(TypedDict):
    """What a public notice names a person by: never an ID number or a telephone."""

    name: str
    unit: str
    field: str
    recommender: NotRequired[str]


class PublicNotice(Letter):
    """公示, documents/public_notice.html: a letter with its period, where to object, and the list."""

    from_date: str
    to_date: str
    working_days: int
    received_by: str
    address: str
    phone: str
    email: str
    people: list[Person]


def complete(facts: Any, shape: Any, where: str = "facts") -> None:
    """Raises BadFacts at the first place where the facts are not of the shape."""
    if is_typeddict(shape):
        if not isinstance(facts, dict):
            raise BadFacts(f"{where} is no {shape.__name__}")
        missing, unknown = shape.__required_keys__ - facts.keys(), facts.keys() - shape.__annotations__.keys()
        if missing or unknown:
            raise BadFacts(f"{where}: missing {sorted(missing)}, unknown {sorted(unknown)}")
        hints = get_type_hints(shape)
        for key, value in facts.items():
            complete(value, hints[key], f"{where}.{key}")
    elif get_origin(shape) is list:
        complete(facts, list, where)
        for place, value in enumerate(facts):
            complete(value, get_args(shape)[0], f"{where}[{place}]")
    elif not isinstance(facts, get_args(shape) if isinstance(shape, UnionType) else shape):
        raise BadFacts(f"{where} is {facts!r}")


def digest_of(facts: dict) -> str:
    """SHA-256 of the canonical JSON of facts. Raises TypeError for anything that is not JSON."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
