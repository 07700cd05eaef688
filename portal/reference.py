"""Reference data: dictionaries with natural keys, read from fixtures/reference/*.json. Pure, cached, checked on load.

A file `name.json` is `{"label": …, "source": …, "items": [{"code": …, "name": …, further keys}, …]}`; the many short
dictionaries stand together in choices.json as `{name: {the same}}`. `reference("title_levels")["senior"].name` is
高级工程师.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "reference"
SHORT = "choices"


class UnknownReference(LookupError):
    """No dictionary of this name, or no entry of this code in it."""


class BadReference(ValueError):
    """A reference file that is not what this module says it is."""


@dataclass(frozen=True)
class Item:
    """One entry: code (the natural key), name (shown), and whatever else its dictionary says, by item["key"]."""

    code: str
    name: str
    more: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __getitem__(self, key: str) -> Any:
        return self.more[key]

    def get(self, key: str, default: Any = None) -> Any:
        return self.more.get(key, default)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Dictionary:
    """A named list of items in the order they are shown."""

    key: str
    label: str
    source: str
    items: tuple[Item, ...]

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __contains__(self, code: object) -> bool:
        return any(item.code == code for item in self.items)

    def __getitem__(self, code: str) -> Item:
        """The entry of a code. Raises UnknownReference."""
        for item in self.items:
            if item.code == code:
                return item
        raise UnknownReference(f"“{self.label}”里没有代码“{code}”")

    def where(self, **values: Any) -> tuple[Item, ...]:
        """The entries whose further keys have these values, in order."""
        return tuple(item for item in self.items if all(item.get(key) == value for key, value in values.items()))

    @property
    def choices(self) -> list[tuple[str, str]]:
        """(code, name) pairs for a form field."""
        return [(item.code, item.name) for item in self.items]


@cache
def reference(name: str) -> Dictionary:
    """The dictionary of this name. Raises UnknownReference, or BadReference for a file that is wrong."""
    path = FOLDER / f"{name}.json"
    if name != SHORT and name.replace("_", "").isalnum() and path.is_file():
        return parse(name, _read(path))
    if name in (short := _read(FOLDER / f"{SHORT}.json")):
        return parse(name, short[name])
    raise UnknownReference(f"没有名为“{name}”的参考数据")


def parse(name: str, data: Any) -> Dictionary:
    """Check one dictionary's JSON and give it its types. Raises BadReference."""
    if not isinstance(data, dict) or set(data) != {"label", "source", "items"}:
        raise BadReference(f"{name}：应恰有 label、source、items 三项")
    items = []
    for entry in data["items"]:
        if not all(isinstance(entry.get(key), str) and entry[key].strip() for key in ("code", "name")):
            raise BadReference(f"{name}：{entry!r} 缺 code 或 name")
        more = {key: value for key, value in entry.items() if key not in ("code", "name")}
        items.append(Item(entry["code"], entry["name"], MappingProxyType(more)))
    if not items or len({item.code for item in items}) != len(items):
        raise BadReference(f"{name}：没有条目，或代码重复")
    return Dictionary(name, data["label"], data["source"], tuple(items))


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadReference(f"{path.name} 读不出：{error}") from error
