"""One field's value: from what was typed to a clean JSON value, and back to text for people. Pure.

Clean values: text and codes are strings; dates "2026-10-15", months "2021-03"; integers are int; money_wan is an int in
fen (typed in 万元); boolean is bool; multichoice is a list of codes. A clean value is read as itself again, so stored
content can be checked at any time.
"""

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from applications import numbers
from portal.web.formats import FEN_PER_WAN, day_text, money_text
from portal.web.text import count, half_width, normalize, too_long

if TYPE_CHECKING:
    from .definition import Field

YES = {"true", "yes", "on", "1", "是"}
NO = {"false", "no", "off", "0", "否"}
UNTIL_NOW = {"至今", "今", "现在"}
CHOOSING = {"choice", "multichoice", "boolean", "finished"}
LENGTH = {"text", "longtext", "person_name"}
_DOTS = re.compile("[•‧∙・･．]")
_DAY = re.compile(r"(\d{4})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})(?:年|[-/.])(\d{1,2})(?:月|(?:(?:月|[-/.])(\d{1,2})日?))?|(\d{4})(\d{2})")


class Wrong(ValueError):
    """A value that cannot be taken; the message says in Chinese what to do."""


def safe_text(typed: Any) -> str:
    """What was typed, as text that a database and a page can hold: no control characters, no broken surrogates."""
    text = normalize(str(typed))
    return "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs"))


def is_blank(typed: Any) -> bool:
    """Nothing typed: absent, blank text, an empty list."""
    return typed is None or typed == [] or (isinstance(typed, str) and not safe_text(typed))


def read(field: "Field", typed: Any) -> Any:
    """The clean value of something typed. Raises Wrong; blank values are the caller's affair."""
    return _READERS[field.type](field, typed)


def _text(field: "Field", typed: Any) -> str:
    text = safe_text(typed)
    if field.type != "longtext":
        text = re.sub(r"\s*\n\s*", " ", text)
    if field.max is not None and (message := too_long(field.label, text, field.max)):
        raise Wrong(message)
    if field.min is not None and (length := count(text)) < field.min:
        raise Wrong(f"{field.label}至少 {field.min} 字，现在 {length} 字，请补充 {field.min - length} 字")
    return text


def _person_name(field: "Field", typed: Any) -> str:
    return _DOTS.sub("·", _text(field, typed))


def _date(field: "Field", typed: Any) -> str:
    try:
        year, month, day = _parts(_DAY, typed)
        return date(year, month, day).isoformat()
    except ValueError:
        raise Wrong(f"{field.label}请写成 2021年3月5日 或 2021-03-05") from None


def _month(field: "Field", typed: Any) -> str:
    try:
        year, month, *day = _parts(_MONTH, typed)
        return date(year, month, *(day or [1])).isoformat()[:7]
    except ValueError:
        raise Wrong(f"{field.label}请写成 2021年3月 或 2021-03") from None


def _integer(field: "Field", typed: Any) -> int:
    digits = _digits(typed).replace(",", "")
    if not re.fullmatch(r"-?\d{1,12}", digits):
        raise Wrong(f"{field.label}请写成整数")
    return _within(field, int(digits))


def _money_wan(field: "Field", typed: Any) -> int:
    if isinstance(typed, int) and not isinstance(typed, bool):
        return typed
    digits = _digits(typed).replace(",", "").removesuffix("万元").removesuffix("万")
    if not re.fullmatch(r"-?\d{1,9}(\.\d{1,2})?", digits):
        raise Wrong(f"{field.label}请写成数字，最多 2 位小数，单位万元")
    return int(_within(field, Decimal(digits)) * FEN_PER_WAN)


def _within(field: "Field", number: Any) -> Any:
    low, high = field.min, field.max
    if (low is not None and number < low) or (high is not None and number > high):
        if high is None:
            raise Wrong(f"{field.label}不能小于 {low}")
        raise Wrong(f"{field.label}应在 {low or 0} 到 {high} 之间")
    return number


def _choice(field: "Field", typed: Any) -> str:
    if typed not in field.codes:
        raise Wrong(f"{field.label}没有这个选项，请重新选择")
    return typed


def _multichoice(field: "Field", typed: Any) -> list[str]:
    chosen = list(dict.fromkeys(typed if isinstance(typed, list) else [typed]))
    for code in chosen:
        _choice(field, code)
    if field.max is not None and len(chosen) > field.max:
        raise Wrong(f"{field.label}最多选 {field.max} 项，现在 {len(chosen)} 项")
    return [code for code in field.codes if code in chosen]


def _boolean(field: "Field", typed: Any) -> bool:
    word = str(typed).strip().lower()
    if word not in YES | NO:
        raise Wrong(f"请选择{field.label}")
    return word in YES


def _uscc(field: "Field", typed: Any) -> str:
    return _number(numbers.credit_code, typed)


def _id_number(field: "Field", typed: Any) -> str:
    return _number(numbers.resident_id, typed)


def _number(check: Any, typed: Any) -> str:
    try:
        return check(safe_text(typed))
    except numbers.WrongNumber as error:
        raise Wrong(str(error)) from None


def _mobile(field: "Field", typed: Any) -> str:
    digits = numbers.compact(safe_text(typed)).removeprefix("+86")
    if not re.fullmatch(r"1[3-9]\d{9}", digits):
        raise Wrong(f"{field.label}应为 11 位手机号码，请核对")
    return digits


def _email(field: "Field", typed: Any) -> str:
    address = half_width(safe_text(typed)).strip()
    try:
        validate_email(address)
    except ValidationError:
        raise Wrong(f"{field.label}请写成 name@example.cn 的样子") from None
    return address


def _parts(pattern: re.Pattern[str], typed: Any) -> list[int]:
    """Year, month and day as far as they are written; nothing where the pattern does not fit."""
    found = pattern.fullmatch(_digits(typed))
    return [int(part) for part in found.groups() if part] if found else []


def _digits(typed: Any) -> str:
    return re.sub(r"\s", "", half_width(safe_text(typed))).translate(str.maketrans("。，—－–", ".,---"))


_READERS = {
    "text": _text,
    "longtext": _text,
    "person_name": _person_name,
    "date": _date,
    "month": _month,
    "integer": _integer,
    "money_wan": _money_wan,
    "choice": _choice,
    "finished": _choice,
    "multichoice": _multichoice,
    "boolean": _boolean,
    "uscc": _uscc,
    "id_number": _id_number,
    "mobile": _mobile,
    "email": _email,
}
TYPES = frozenset(_READERS) | {"records"}


def shown(field: "Field", value: Any) -> str:
    """A clean value as people read it: 2021年3月, 30.00 万元, 是, the name of a code. Empty for no value."""
    if is_blank(value):
        return ""
    match field.type:
        case "date":
            return day_text(date.fromisoformat(value))
        case "month":
            return f"{int(value[:4])}年{int(value[5:7])}月"
        case "money_wan":
            return money_text(value)
        case "boolean":
            return "是" if value else "否"
        case "choice" | "finished":
            return field.names[value]
        case "multichoice":
            return "、".join(field.names[code] for code in value)
    return str(value)


def typed_again(field: "Field", value: Any) -> Any:
    """A stored value (clean, or as it was typed) as the input shows it: money back in 万元, the rest unchanged."""
    if field.type == "money_wan" and isinstance(value, int) and not isinstance(value, bool):
        return f"{Decimal(value) / FEN_PER_WAN:.2f}"
    return "" if value is None else value
