"""The definition of a form: sections, fields, and the checks that its JSON passes when it is loaded."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

from portal.reference import FOLDER, Item, reference

from .agreements import CHECKS
from .values import LENGTH, TYPES

EDITORS = ("applicant", "host")
LEVELS = ("P0", "P1", "P2")
GROUPS = ("applicant", "host")


class BadDefinition(ValueError):
    """A form definition that cannot be used; the message says where."""


class UnknownField(KeyError):
    """No section or field of this key. A KeyError, so that templates go on to the attribute of the name."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class Field:
    """One field, or with type records a list of rows that have fields of their own."""

    key: str
    label: str
    type: str
    required: bool = False
    required_when: Mapping[str, list] = field(default_factory=dict, hash=False)
    min: int | None = None
    max: int | None = None
    options: Any = field(default=None, hash=False)
    filter: Mapping[str, Any] = field(default_factory=dict, hash=False)
    hint: str = ""
    level: str = "P0"
    editors: tuple[str, ...] = EDITORS
    past: bool = False
    must_be: bool | None = None
    refusal: str = ""
    checked_when: Mapping[str, list] = field(default_factory=dict, hash=False)
    fields: "tuple[Field, ...]" = ()
    period: tuple[str, ...] = ()
    row_label: str = ""

    @cached_property
    def choices(self) -> list[tuple[str, str]]:
        """(code, label) pairs of a choice, multichoice or finished field."""
        if isinstance(self.options, str):
            return [(item.code, item.name) for item in reference(self.options).where(**self.filter)]
        return [(code, label) for code, label in self.options or ()]

    @cached_property
    def names(self) -> dict[str, str]:
        return dict(self.choices)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self.names)

    def __getitem__(self, key: str) -> "Field":
        """The field of a row. Raises UnknownField."""
        return _named(self.fields, key)

    def needed(self, values: Mapping[str, Any]) -> bool:
        """Whether it must be filled, given the clean values beside it."""
        return self.required or matches(self.required_when, values)


@dataclass(frozen=True)
class Section:
    """A page of the form."""

    key: str
    label: str
    group: str
    fields: tuple[Field, ...]
    intro: str = ""
    editors: tuple[str, ...] = EDITORS
    checks: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()

    def __getitem__(self, key: str) -> Field:
        """Raises UnknownField."""
        return _named(self.fields, key)

    @property
    def files(self) -> list[Item]:
        """The attachments asked for on this page, as entries of the dictionary."""
        return [reference("attachments")[code] for code in self.attachments]


@dataclass(frozen=True)
class Definition:
    """A form: its sections in order."""

    version: str
    label: str
    sections: tuple[Section, ...]

    def __iter__(self) -> Iterator[Section]:
        return iter(self.sections)

    def __getitem__(self, key: str) -> Section:
        """Raises UnknownField."""
        return _named(self.sections, key)

    def at(self, path: str) -> Field:
        """The field of a path from its section on: basic.name, projects.projects.0.role. Raises UnknownField."""
        section, key, *row = path.split(".")
        found = self[section][key]
        return found[row[-1]] if len(row) > 1 else found

    def with_options(self, path: str, choices: Iterable[tuple[str, str]]) -> "Definition":
        """The same form in which the choice at section.field offers only these (the cycle's own fields, say)."""
        section_key, key = path.split(".")
        section = self[section_key]
        changed = replace(section[key], options=[list(pair) for pair in choices], filter={})
        fields = tuple(changed if each.key == key else each for each in section.fields)
        sections = (replace(each, fields=fields) if each is section else each for each in self.sections)
        return replace(self, sections=tuple(sections))

    def of_level(self, level: str) -> list[str]:
        """section.field (and section.field.column) paths of one personal-data level."""
        return [
            ".".join(path)
            for section in self.sections
            for path, each in _walk(section.fields, (section.key,))
            if each.level == level and each.type != "records"
        ]


def matches(condition: Mapping[str, list], values: Mapping[str, Any]) -> bool:
    """Whether any field of the condition has one of its values."""
    return any(values.get(key) in wanted for key, wanted in condition.items())


def parse_definition(data: Mapping[str, Any]) -> Definition:
    """Check a definition and give it its types. Raises BadDefinition."""
    _only(data, {"version", "label", "sections"}, {"version", "label", "sections"}, "表单")
    definition = Definition(data["version"], data["label"], tuple(_section(each) for each in data["sections"]))
    _unique(definition.sections, "表单")
    return definition


@cache
def default_definition(name: str = "form_2026") -> Definition:
    """The definition a new cycle starts from."""
    return parse_definition(default_data(name))


def default_data(name: str = "form_2026") -> dict[str, Any]:
    """Its JSON, a fresh copy for the cycle that stores it."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def _section(data: Mapping[str, Any]) -> Section:
    where = f"部分 {data.get('key')}"
    optional = {"intro", "editors", "checks", "attachments"}
    _only(data, {"key", "label", "group", "fields"} | optional, {"key", "label", "group", "fields"}, where)
    editors = tuple(data.get("editors", EDITORS))
    if data["group"] not in GROUPS or not set(editors) <= set(EDITORS) or not editors:
        raise BadDefinition(f"{where}：group 或 editors 不认识")
    if unknown := set(data.get("checks", ())) - CHECKS.keys():
        raise BadDefinition(f"{where}：没有名为 {unknown} 的校验")
    for code in data.get("attachments", ()):
        if code not in reference("attachments"):
            raise BadDefinition(f"{where}：附件清单里没有 {code}")
    fields = tuple(_field(each, where, editors) for each in data["fields"])
    _conditions(fields, where)
    return Section(
        key=data["key"],
        label=data["label"],
        group=data["group"],
        fields=fields,
        intro=data.get("intro", ""),
        editors=editors,
        checks=tuple(data.get("checks", ())),
        attachments=tuple(data.get("attachments", ())),
    )


def _field(data: Mapping[str, Any], where: str, editors: tuple[str, ...]) -> Field:
    where = f"{where} 的 {data.get('key')}"
    _only(data, set(Field.__dataclass_fields__), {"key", "label", "type"}, where)
    kind = data["type"]
    if kind not in TYPES or data.get("level", "P0") not in LEVELS:
        raise BadDefinition(f"{where}：type 或 level 不认识")
    if not set(data.get("editors", editors)) <= set(EDITORS):
        raise BadDefinition(f"{where}：editors 不认识")
    if (kind == "records") != bool(data.get("fields")) or (kind != "records" and data.get("period")):
        raise BadDefinition(f"{where}：只有 records 有 fields 和 period，且必须有 fields")
    if (kind in ("choice", "multichoice", "finished")) != ("options" in data):
        raise BadDefinition(f"{where}：只有选择题有 options，且必须有")
    if kind in LENGTH and data.get("max") is None:
        raise BadDefinition(f"{where}：文字必须有字数上限 max")
    if "must_be" in data and (kind != "boolean" or not data.get("refusal")):
        raise BadDefinition(f"{where}：must_be 只用于是非题，并写明 refusal")
    values = dict(data)
    values["fields"] = tuple(_field(each, where, editors) for each in data.get("fields", ()))
    values["period"] = tuple(data.get("period", ()))
    values["editors"] = tuple(data.get("editors", editors))
    found = Field(**values)
    if kind == "records":
        _conditions(found.fields, where)
        if set(found.period) - {each.key for each in found.fields} or len(found.period) not in (0, 2):
            raise BadDefinition(f"{where}：period 应是本行的两个月份")
    if "options" in data and not found.choices:
        raise BadDefinition(f"{where}：没有可选项")
    return found


def _conditions(fields: tuple[Field, ...], where: str) -> None:
    _unique(fields, where)
    keys = {each.key for each in fields}
    for each in fields:
        if unknown := (set(each.required_when) | set(each.checked_when)) - keys:
            raise BadDefinition(f"{where} 的 {each.key}：条件里的 {unknown} 不在同一部分")


def _only(data: Mapping[str, Any], allowed: set[str], needed: set[str], where: str) -> None:
    if unknown := set(data) - allowed:
        raise BadDefinition(f"{where}：不认识 {sorted(unknown)}")
    if absent := needed - set(data):
        raise BadDefinition(f"{where}：缺 {sorted(absent)}")


def _unique(named: Iterable[Section | Field], where: str) -> None:
    keys = [each.key for each in named]
    if not keys or len(set(keys)) != len(keys) or not all(key.isidentifier() and key != "id" for key in keys):
        raise BadDefinition(f"{where}：没有内容，或 key 重复、不是标识符")


def _named(named: Iterable[Any], key: str) -> Any:
    for each in named:
        if each.key == key:
            return each
    raise UnknownField(f"表单里没有 {key}")


def _walk(fields: Iterable[Field], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Field]]:
    for each in fields:
        yield (*path, each.key), each
        yield from _walk(each.fields, (*path, each.key))
