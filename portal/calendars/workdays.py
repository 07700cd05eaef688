"""Working days by decree, never by guess: a year without its decree refuses to be computed.

A day works when it is Monday to Friday and no decreed holiday, or when it is decreed to be worked in exchange (调休).
Pure functions over a Calendar; without one they take the portal's own, which is read from the database once a minute.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

from portal.regulation.rules import Refused, failed

BEIJING = ZoneInfo("Asia/Shanghai")
FRESH_SECONDS = 60
DAY = timedelta(days=1)


class UndecreedYear(Refused):
    """A period that reaches into a year whose holidays are not decreed (or not entered) yet."""

    def __init__(self, year: int) -> None:
        self.year = year
        message = f"还没有 {year} 年的放假安排，请先在工作日历中录入国务院办公厅的通知"
        super().__init__(
            "计算工作日", [failed(message, rule="undecreed_year", label="工作日历", figures={"year": year})]
        )

    def __reduce__(self):
        return (UndecreedYear, (self.year,))


@dataclass(frozen=True)
class Calendar:
    """The decreed years, the holidays and the weekend days worked in exchange."""

    years: frozenset[int]
    holidays: frozenset[date]
    workdays: frozenset[date]

    @classmethod
    def of(cls, years: Iterable[int], days: Iterable[tuple[date, bool]]) -> "Calendar":
        """From decreed years and (day, is it worked) pairs."""
        pairs = list(days)
        return cls(
            frozenset(years),
            frozenset(day for day, works in pairs if not works),
            frozenset(day for day, works in pairs if works),
        )

    def works(self, day: date) -> bool:
        """Whether the day is a working day. Raises UndecreedYear."""
        if day.year not in self.years:
            raise UndecreedYear(day.year)
        return day in self.workdays or (day.weekday() < 5 and day not in self.holidays)


def is_working_day(day: date | datetime, calendar: Calendar | None = None) -> bool:
    """Whether the (Beijing) day is a working day. Raises UndecreedYear."""
    return (calendar or current_calendar()).works(local_day(day))


def add_working_days(
    start_day: date | datetime, working_days: int, *, counting_start_day: bool = False, calendar: Calendar | None = None
) -> date:
    """The day on which the n-th working day falls (n ≥ 1), counted from the day after start_day, or from start_day on.

    Raises UndecreedYear as soon as the count reaches a year without a decree.
    """
    if working_days < 1:
        raise ValueError("工作日数应为正整数")
    calendar = calendar or current_calendar()
    day = local_day(start_day) if counting_start_day else local_day(start_day) + DAY
    left = working_days - calendar.works(day)
    while left:
        day += DAY
        left -= calendar.works(day)
    return day


def end_of_period(
    start: date | datetime, working_days: int, *, counting_start_day: bool = False, calendar: Calendar | None = None
) -> datetime:
    """The half-open end of a period of working days: Beijing midnight after its last day (shown as that day's 24:00).

    An instant counts as the Beijing day it falls on; a naive one is a ValueError.
    """
    last = add_working_days(start, working_days, counting_start_day=counting_start_day, calendar=calendar)
    return midnight(last + DAY)


def working_days_between(start_day: date, end_day: date, calendar: Calendar | None = None) -> int:
    """How many working days lie in [start_day, end_day): the first day counts, the last does not."""
    calendar = calendar or current_calendar()
    return sum(calendar.works(start_day + timedelta(days=n)) for n in range((end_day - start_day).days))


def local_day(moment: date | datetime) -> date:
    """The Beijing day of an instant; a date stays as it is."""
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None:
        raise ValueError("时刻必须带时区")
    return moment.astimezone(BEIJING).date()


def midnight(day: date) -> datetime:
    """The instant at which a Beijing day begins."""
    return datetime.combine(day, time.min, BEIJING)


_held: tuple[float, Calendar] | None = None


def current_calendar() -> Calendar:
    """The portal's calendar, read again when it is a minute old or has been edited in this process."""
    global _held
    if _held is None or monotonic() - _held[0] > FRESH_SECONDS:
        from .models import DecreedYear, SpecialDay

        years = DecreedYear.objects.values_list("year", flat=True)
        _held = (monotonic(), Calendar.of(years, SpecialDay.objects.values_list("date", "is_working")))
    return _held[1]


def forget_calendar() -> None:
    """Let the next question read the calendar again."""
    global _held
    _held = None
