"""Form fields that read what people type: counted prose, months, days, money.

Full-width signs and blanks are forgiven.
"""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from portal.web.formats import FEN_PER_WAN, FEN_PER_YUAN, day_text, deadline_text, instant_text, month_text
from portal.web.forms import plain_label
from portal.web.text import count, half_width, normalize

BEIJING = ZoneInfo("Asia/Shanghai")
_MONTH = re.compile(r"(\d{4})\s*[年./-]\s*(\d{1,2})\s*月?")
_DAY = re.compile(r"(\d{4})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?")
_INSTANT = re.compile(_DAY.pattern + r"(?:[\sT]*(\d{1,2})\s*[:时]\s*(\d{1,2})\s*分?)?")
_AMOUNT = re.compile(r"\d+(\.\d+)?")


class ProseField(forms.CharField):
    """Text of at most `limit` characters, counted by portal.web.text; longer text is refused, never cut."""

    def __init__(self, *, limit: int, rows: int = 5, **kwargs: Any) -> None:
        self.limit = limit
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        return normalize(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        length = count(value)
        if length > self.limit:
            label = plain_label(str(self.label or "内容"))
            raise ValidationError(
                f"{label}最多 {self.limit} 字，现在 {length} 字，请删减 {length - self.limit} 字", code="too_long"
            )


class MonthField(forms.CharField):
    """2021年3月, 2021-03, 2021.3, ２０２１／３ → date(2021, 3, 1)."""

    width = 8

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, date) or value in self.empty_values:
            return value or None
        found = _MONTH.fullmatch(half_width(str(value)).strip())
        try:
            return date(int(found[1]), int(found[2]), 1)  # type: ignore[index]
        except (TypeError, ValueError):
            raise ValidationError(f"{_named(self, '日期')}请写成 2021年3月 或 2021-03", code="invalid") from None

    def prepare_value(self, value: Any) -> Any:
        return month_text(value) if isinstance(value, date) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return _changed(self, initial, data)


class DayField(forms.CharField):
    """2021年3月5日, 2021-03-05, 2021.3.5 → date."""

    width = 12

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, date) or value in self.empty_values:
            return value or None
        found = _DAY.fullmatch(half_width(str(value)).strip())
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))  # type: ignore[index]
        except (TypeError, ValueError):
            raise ValidationError(f"{_named(self, '日期')}请写成 2021年3月5日 或 2021-03-05", code="invalid") from None

    def prepare_value(self, value: Any) -> Any:
        return day_text(value) if isinstance(value, date) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return _changed(self, initial, data)


class InstantField(forms.CharField):
    """2026年10月15日 17:00, 2026-10-15 17:00 → that instant in Beijing. A deadline may be written 24:00 (ends=True).

    A day alone is its beginning, or with ends=True its end.
    """

    width = 12

    def __init__(self, *, ends: bool = False, **kwargs: Any) -> None:
        self.ends = ends
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> datetime | None:
        if isinstance(value, datetime) or value in self.empty_values:
            return value or None
        found = _INSTANT.fullmatch(half_width(str(value)).strip())
        try:
            year, month, day, hour, minute = (int(part) if part else None for part in found.groups())  # type: ignore[union-attr]
            hour, minute = (hour, minute) if hour is not None else (24 if self.ends else 0, 0)
            midnight = datetime(year, month, day, tzinfo=BEIJING)  # type: ignore[arg-type]
            if not ((hour <= 23 and minute <= 59) or (hour, minute) == (24, 0)):  # type: ignore[operator]
                raise ValueError(hour, minute)
        except (AttributeError, TypeError, ValueError):
            words = f"{_named(self, '时间')}请写成 2026年10月15日 17:00"
            raise ValidationError(words, code="invalid") from None
        return midnight + timedelta(hours=hour, minutes=minute)  # type: ignore[arg-type]

    def prepare_value(self, value: Any) -> Any:
        return (deadline_text if self.ends else instant_text)(value) if isinstance(value, datetime) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return _changed(self, initial, data)


class WholeField(forms.IntegerField):
    """A whole number between least and most, typed in full-width digits too."""

    def __init__(self, *, least: int = 0, most: int, unit: str = "", width: int = 4, **kwargs: Any) -> None:
        self.unit, self.width = unit, width
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric"}))
        super().__init__(min_value=least, max_value=most, **kwargs)
        wrong = f"{_named(self, '数字')}应是 {least} 到 {most} 的整数"
        self.error_messages |= {"invalid": wrong, "min_value": wrong, "max_value": wrong}
        for validator in self.validators:
            validator.message = wrong  # type: ignore[attr-defined]


class MoneyField(forms.CharField):
    """An amount typed in 万元 (or, with in_yuan, in 元) → integer fen. Least, most: fen, inclusive."""

    width = 8

    def __init__(self, *, in_yuan: bool = False, least: int = 0, most: int | None = None, **kwargs: Any) -> None:
        self.per_unit = FEN_PER_YUAN if in_yuan else FEN_PER_WAN
        self.unit = "元" if in_yuan else "万元"
        self.least, self.most = least, most
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "class": "num"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, int) or value in self.empty_values:
            return None if value in self.empty_values else value
        typed = re.sub(r"[\s,]", "", half_width(str(value))).removesuffix(self.unit)
        fen = Decimal(typed) * self.per_unit if _AMOUNT.fullmatch(typed) else None
        if fen is None or fen != fen.to_integral_value():
            raise ValidationError(f"{_named(self, '金额')}请填数字，单位{self.unit}，例如 30.00", code="invalid")
        return int(fen)

    def validate(self, value: int | None) -> None:
        super().validate(value)
        if value is not None and (value < self.least or (self.most is not None and value > self.most)):
            low, high = self._shown(self.least), "" if self.most is None else self._shown(self.most)
            span = f"在 {low} 到 {high} {self.unit}之间" if high else f"不少于 {low} {self.unit}"
            raise ValidationError(f"{_named(self, '金额')}应{span}", code="range")

    def prepare_value(self, value: Any) -> Any:
        return self._shown(value) if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return _changed(self, initial, data)

    def _shown(self, fen: int) -> str:
        """Exact, with at least two decimals: 300000.00 元, 30.00 or 0.123456 万元."""
        text = f"{Decimal(fen) / self.per_unit:.6f}"
        whole, decimals = text.split(".")
        return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def _named(field: forms.Field, otherwise: str) -> str:
    return plain_label(str(field.label or otherwise))


def _changed(field: forms.Field, initial: Any, data: Any) -> bool:
    """Compares what was meant, not how it was typed."""
    try:
        return field.to_python(initial) != field.to_python(data)
    except ValidationError:
        return True
