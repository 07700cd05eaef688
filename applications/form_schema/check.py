"""Checking a filled form against its definition: clean values, errors in Chinese, what is still missing. Pure.

validate_section gives what a save needs, draft_of what a draft keeps (the clean value where there is one, else the
words as typed), completeness what the task list shows.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from .agreements import CHECKS, Problem, Values
from .definition import Definition, Field, Section, UnknownField, matches
from .values import CHOOSING, UNTIL_NOW, Wrong, is_blank, read, safe_text


class State(StrEnum):
    NOT_STARTED = "未开始"
    IN_PROGRESS = "进行中"
    WRONG = "有错误"
    DONE = "已完成"


@dataclass(frozen=True)
class SectionStatus:
    """A line of the task list."""

    section: Section
    state: State
    problems: tuple[Problem, ...] = ()

    @property
    def missing(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.missing]

    @property
    def wrong(self) -> list[Problem]:
        return [problem for problem in self.problems if not problem.missing]

    @property
    def text(self) -> str:
        """未开始 · 进行中（缺 2 项） · 有 1 处错误 · 已完成"""
        match self.state:
            case State.IN_PROGRESS:
                return f"进行中（缺 {len(self.missing)} 项）"
            case State.WRONG:
                return f"有 {len(self.wrong)} 处错误"
        return self.state.value


def validate_section(
    definition: Definition, section_key: str, values: Values, *, as_of: date, content: Values | None = None
) -> tuple[dict[str, Any], dict[str, str]]:
    """(clean values, {path: message}) of one page. Fields in error are absent from the clean values.

    `as_of` is the day on which "not in the future" is judged; `content` holds the other pages, {section: values}, for
    checks that compare. Values may be as typed or clean already. Raises UnknownField for a key the page does not have.
    """
    clean, _, problems = _check(definition[section_key], values, as_of, content or {})
    errors: dict[str, str] = {}
    for problem in problems:
        errors.setdefault(problem.path, problem.message)
    return clean, errors


def draft_of(definition: Definition, section_key: str, values: Values, *, as_of: date) -> dict[str, Any]:
    """What a draft stores of a page: clean values where they are right, else the words as typed; no errors."""
    return _check(definition[section_key], values, as_of, {})[1]


def clean_content(definition: Definition, content: Values, *, as_of: date) -> dict[str, dict[str, Any]]:
    """The right values of every page, {section: values}: what rules, exports and documents read."""
    return {section.key: _check(section, content.get(section.key) or {}, as_of, content)[0] for section in definition}


def completeness(
    definition: Definition, content: Values, *, as_of: date, attached: Collection[str] = ()
) -> list[SectionStatus]:
    """The status of every page, in order. `attached` are the codes of the attachments that are there."""
    return [_status(section, content, as_of, attached) for section in definition]


def _status(section: Section, content: Values, as_of: date, attached: Collection[str]) -> SectionStatus:
    clean, draft, problems = _check(section, content.get(section.key) or {}, as_of, content)
    problems += [*_unfinished(section, clean), *_unattached(section, clean, attached)]
    if not draft and not any(code in attached for code in section.attachments):
        return SectionStatus(section, State.NOT_STARTED, tuple(problems))
    if any(not problem.missing for problem in problems):
        return SectionStatus(section, State.WRONG, tuple(problems))
    return SectionStatus(section, State.IN_PROGRESS if problems else State.DONE, tuple(problems))


def _unfinished(section: Section, clean: Values) -> Iterator[Problem]:
    for each in section.fields:
        if each.type == "finished" and clean.get(each.key, "done") != "done":
            yield Problem(each.key, f"{section.label}还没有写好", missing=True)


def _unattached(section: Section, clean: Values, attached: Collection[str]) -> Iterator[Problem]:
    for file in section.files:
        needed = file["required"] or matches(file.get("required_when", {}), clean)
        if needed and file.code not in attached:
            yield Problem(f"attachments.{file.code}", f"请上传{file.name}", missing=True)


def _check(section: Section, values: Values, as_of: date, content: Values) -> tuple[dict, dict, list[Problem]]:
    clean, draft, problems = _check_fields(section.fields, values, as_of, "")
    if not any(not problem.missing for problem in problems):
        for name in section.checks:
            problems += CHECKS[name](clean, content)
    return clean, draft, problems


def _check_fields(
    fields: tuple[Field, ...], values: Values, as_of: date, prefix: str
) -> tuple[dict[str, Any], dict[str, Any], list[Problem]]:
    if unknown := set(values) - {each.key for each in fields} - {"id"}:
        raise UnknownField(f"这一部分没有 {sorted(unknown)}")
    clean: dict[str, Any] = {"id": str(values["id"])} if values.get("id") else {}
    draft, problems = dict(clean), []
    for each in fields:
        typed, path = values.get(each.key), f"{prefix}{each.key}"
        if is_blank(typed) or (each.type == "month" and safe_text(typed) in UNTIL_NOW):
            continue
        if each.type == "records":
            rows, draft_rows, found = _check_rows(each, typed, as_of, path)
            problems += found
            if rows:
                clean[each.key], draft[each.key] = rows, draft_rows
            continue
        try:
            clean[each.key] = draft[each.key] = _read(each, typed, values, as_of)
        except Wrong as error:
            draft[each.key] = _as_typed(typed)
            problems.append(Problem(path, str(error)))
            continue
        if each.must_be is not None and clean[each.key] is not each.must_be:
            problems.append(Problem(path, each.refusal))
    for each in fields:
        if each.key not in draft and each.needed(clean):
            problems.append(Problem(f"{prefix}{each.key}", _ask_for(each), missing=True))
    order = {each.key: place for place, each in enumerate(fields)}
    depth = prefix.count(".")
    problems.sort(key=lambda problem: order[problem.path.split(".")[depth]])
    return clean, draft, problems


def _check_rows(each: Field, rows: Any, as_of: date, path: str) -> tuple[list[dict], list[dict], list[Problem]]:
    clean_rows: list[dict] = []
    draft_rows: list[dict] = []
    problems: list[Problem] = []
    for row in rows if isinstance(rows, list) else []:
        if all(is_blank(value) for key, value in row.items() if key != "id"):
            continue
        place = len(clean_rows)
        clean, draft, found = _check_fields(each.fields, row, as_of, f"{path}.{place}.")
        clean_rows.append(clean)
        draft_rows.append(draft)
        problems += found
        if each.period and (late := _ends_before_it_begins(each, clean)):
            problems.append(Problem(f"{path}.{place}.{late.key}", f"{late.label}不能早于{each[each.period[0]].label}"))
    count = len(clean_rows)
    if each.max is not None and count > each.max:
        problems.append(Problem(path, f"{each.label}最多 {each.max} 条，现在 {count} 条，请删减 {count - each.max} 条"))
    if each.min is not None and 0 < count < each.min:
        problems.append(Problem(path, f"{each.label}至少 {each.min} 条，现在 {count} 条", missing=True))
    return clean_rows, draft_rows, problems


def _read(each: Field, typed: Any, beside: Values, as_of: date) -> Any:
    if each.type == "id_number" and each.checked_when and not matches(each.checked_when, beside):
        text = safe_text(typed)
        if len(text) > 30:
            raise Wrong(f"{each.label}最多 30 字，现在 {len(text)} 字，请删减 {len(text) - 30} 字")
        return text
    value = read(each, typed)
    if each.past and value > as_of.isoformat()[: len(value)]:
        raise Wrong(f"{each.label}不能晚于今天")
    return value


def _ends_before_it_begins(each: Field, clean: Values) -> Field | None:
    begin, end = (clean.get(key) for key in each.period)
    return each[each.period[1]] if begin and end and end < begin else None


def _as_typed(typed: Any) -> Any:
    return [safe_text(part) for part in typed] if isinstance(typed, list) else safe_text(typed)


def _ask_for(each: Field) -> str:
    if each.type == "records":
        return f"请至少添加 {each.min or 1} 条{each.row_label or each.label}"
    if each.type == "finished":
        return "请选择这一部分写好了没有"
    return f"请{'选择' if each.type in CHOOSING else '填写'}{each.label}"
