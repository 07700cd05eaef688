"""Counting characters: one rule, written here and in static/js/counter.js, held equal by tests/web/counting.json."""

import re

# The white space that both Python and JavaScript must agree on; neither's own strip() matches the other's.
_BLANK = "[\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+"
_EDGES = re.compile(rf"\A{_BLANK}|{_BLANK}\Z")


def normalize(text: str) -> str:
    """Line ends become LF, blanks at both ends go; everything between stays as typed."""
    return _EDGES.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def count(text: str) -> int:
    """Code points of the normalized text, punctuation and line ends included."""
    return len(normalize(text))


def too_long(label: str, text: str, limit: int) -> str | None:
    """The sentence that refuses a text above its limit, or None: 简介最多 300 字，现在 327 字，请删减 27 字."""
    length = count(text)
    if length <= limit:
        return None
    return f"{label}最多 {limit} 字，现在 {length} 字，请删减 {length - limit} 字"


def half_width(text: str) -> str:
    """Full-width letters, digits and signs as their ASCII twins, for codes and numbers typed in Chinese mode."""
    return "".join(
        " " if char == "\u3000" else chr(ord(char) - 0xFEE0) if "\uff01" <= char <= "\uff5e" else char for char in text
    )
