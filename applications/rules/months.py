"""Months of experience: closed stretches of calendar months, overlaps counted once. Pure.

A month is written "2014-03"; inside it is counted as year × 12 + month − 1.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Counted:
    """A union of stretches: how many months, the merged stretches, and the months that several stretches share."""

    months: int
    stretches: tuple[tuple[str, str], ...]
    overlaps: tuple[tuple[str, str], ...]

    def as_figures(self) -> dict:
        """For a finding: JSON values."""
        return {
            "months": self.months,
            "counted": [list(each) for each in self.stretches],
            "overlaps": [list(each) for each in self.overlaps],
        }


def count_months(stretches: Iterable[tuple[str, str | None]], until: str) -> Counted:
    """Count the months of closed stretches (start, end or None for until now), none of them after the month `until`.

    A stretch that ends before it starts, or starts after `until`, counts nothing.
    """
    last = to_index(until)
    closed = sorted((to_index(start), min(to_index(end) if end else last, last)) for start, end in stretches if start)
    merged: list[list[int]] = []
    shared: list[list[int]] = []
    for start, end in closed:
        if end < start:
            continue
        if merged and start <= merged[-1][1]:
            _extend(shared, start, min(end, merged[-1][1]))
        _extend(merged, start, end)
    return Counted(sum(end - start + 1 for start, end in merged), _written(merged), _written(shared))


def to_index(month: str) -> int:
    """The running number of a month written 2014-03 (a day after it is ignored)."""
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def to_month(index: int) -> str:
    """The month of a running number."""
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def duration_text(months: int) -> str:
    """8 年 · 7 年 9 个月 · 9 个月 · 0 个月"""
    years, rest = divmod(months, 12)
    return " ".join([f"{years} 年"] * bool(years) + [f"{rest} 个月"] * bool(rest or not years))


def _extend(stretches: list[list[int]], start: int, end: int) -> None:
    """Add a stretch to a sorted list, joined to the last one where they touch."""
    if stretches and start <= stretches[-1][1] + 1:
        stretches[-1][1] = max(stretches[-1][1], end)
    else:
        stretches.append([start, end])


def _written(stretches: Iterable[list[int]]) -> tuple[tuple[str, str], ...]:
    return tuple((to_month(start), to_month(end)) for start, end in stretches)
