"""Articles of the regulation: `Article(8, 2, 3)` is 第八条（二）3, and only what stands in text.md exists.

text.md holds the regulation word for word: `## 第一章 …` opens a chapter, `### 第一条` an article, a line that begins
with （一） a paragraph, a line that begins with `1.` an item of the paragraph (or article) above it.
"""

import re
from dataclasses import dataclass
from functools import cache, total_ordering
from pathlib import Path

TEXT = Path(__file__).with_name("text.md")
DIGITS = "零一二三四五六七八九"
NUMERAL = "[一二三四五六七八九十]+"

_CHAPTER = re.compile(rf"## 第({NUMERAL})章 (.+)")
_ARTICLE = re.compile(rf"### 第({NUMERAL})条")
_PARAGRAPH = re.compile(rf"（({NUMERAL})）(.+)")
_ITEM = re.compile(r"(\d+)\.(.+)")
_SHORT = re.compile(r"(\d+)(?:\((\d+)\)(\d+)?)?")
_FULL = re.compile(rf"第({NUMERAL})条(?:（({NUMERAL})）(\d+)?)?")

Key = tuple[int, int | None, int | None]


class UnknownArticle(LookupError):
    """An article that does not stand in text.md, or a citation that cannot be read."""


@total_ordering
@dataclass(frozen=True)
class Article:
    """A place in the regulation: number 条, paragraph （一）, item 1. Raises UnknownArticle where it has none such."""

    number: int
    paragraph: int | None = None
    item: int | None = None

    def __post_init__(self) -> None:
        if self._key not in _provisions():
            raise UnknownArticle(f"{_cite(*self._key)}不在管理办法中")

    @property
    def _key(self) -> Key:
        return (self.number, self.paragraph, self.item)

    def __str__(self) -> str:
        return _cite(*self._key)

    def __lt__(self, other: "Article") -> bool:
        if not isinstance(other, Article):
            return NotImplemented
        return [part or 0 for part in self._key] < [part or 0 for part in other._key]

    def as_data(self) -> list[int]:
        """The parts as a JSON list without the absent ones: [8, 2, 3], [13, 3], [14]."""
        return [part for part in self._key if part is not None]

    @classmethod
    def from_data(cls, data: list[int]) -> "Article":
        """The article that as_data() wrote."""
        return cls(*data)


@dataclass(frozen=True)
class Chapter:
    """A chapter: number, title and its articles in order."""

    number: int
    title: str
    articles: tuple[Article, ...]

    def __str__(self) -> str:
        return f"第{to_numeral(self.number)}章 {self.title}"


def to_numeral(number: int) -> str:
    """1–99 in Chinese numerals: 8 → 八, 13 → 十三, 31 → 三十一."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十") + (DIGITS[ones] if ones else "")


def from_numeral(numeral: str) -> int:
    """The number a Chinese numeral below 100 stands for."""
    if "十" not in numeral:
        return DIGITS.index(numeral)
    tens, ones = numeral.split("十")
    return (DIGITS.index(tens) if tens else 1) * 10 + (DIGITS.index(ones) if ones else 0)


def parse(citation: str) -> Article:
    """Read `8(2)3`, `13(3)`, `14` or 第八条（二）3. Raises UnknownArticle when it cannot be read or is not there."""
    text = citation.strip()
    if found := _SHORT.fullmatch(text):
        return Article(*(int(part) for part in found.groups() if part))
    if found := _FULL.fullmatch(text):
        numerals, item = [from_numeral(part) for part in found.groups()[:2] if part], found[3]
        return Article(*numerals, *([int(item)] if item else []))
    raise UnknownArticle(f"看不懂的条款写法：{citation!r}")


def text_of(article: Article) -> str:
    """The words of an article, with its paragraphs and items on their own lines; of an item, the item alone."""
    return _provisions()[article._key]


def chapters() -> tuple[Chapter, ...]:
    """The chapters in order."""
    return tuple(Chapter(number, title, tuple(map(Article, articles))) for number, title, articles in _read()[0])


def every_article() -> list[Article]:
    """Every article, paragraph and item, in the order of the text."""
    return sorted(Article(*key) for key in _provisions())


def _cite(number: int, paragraph: int | None, item: int | None) -> str:
    return (
        f"第{to_numeral(number)}条"
        + (f"（{to_numeral(paragraph)}）" if paragraph is not None else "")
        + (str(item) if item is not None else "")
    )


def _provisions() -> dict[Key, str]:
    return _read()[1]


@cache
def _read() -> tuple[list[tuple[int, str, list[int]]], dict[Key, str]]:
    """text.md as its chapters (number, title, article numbers) and the words of every provision."""
    chapters_found: list[tuple[int, str, list[int]]] = []
    words: dict[Key, list[str]] = {}
    here: Key | None = None
    for line in filter(None, map(str.strip, TEXT.read_text(encoding="utf-8").split("\n---\n")[0].splitlines())):
        if found := _CHAPTER.fullmatch(line):
            chapters_found.append((from_numeral(found[1]), found[2], []))
            here = None
        elif found := _ARTICLE.fullmatch(line):
            here = (from_numeral(found[1]), None, None)
            chapters_found[-1][2].append(here[0])
            words[here] = []
        elif here is not None:
            number, paragraph, _ = here
            if found := _PARAGRAPH.fullmatch(line):
                here = (number, from_numeral(found[1]), None)
                words[here] = [found[2]]
            elif found := _ITEM.fullmatch(line):
                here = (number, paragraph, int(found[1]))
                words[here] = [found[2]]
            else:
                words[here].append(line)
            for above in {(number, None, None), (number, here[1], None)} - {here}:
                words[above].append(line)
    return chapters_found, {key: "\n".join(lines) for key, lines in words.items()}
