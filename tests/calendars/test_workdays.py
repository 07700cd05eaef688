import pickle
from datetime import UTC, date, datetime, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.calendars.seeds import seeded_calendar
from portal.calendars.workdays import (
    BEIJING,
    Calendar,
    UndecreedYear,
    add_working_days,
    end_of_period,
    is_working_day,
    local_day,
    working_days_between,
)
from portal.regulation.rules import Refused

CALENDAR = seeded_calendar()
DECREED = [date(2022, 1, 1) + timedelta(days=n) for n in range((date(2027, 1, 1) - date(2022, 1, 1)).days)]


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 14), True),  # Saturday worked in exchange
        (date(2026, 2, 16), False),  # Monday of the Spring Festival
        (date(2026, 2, 28), True),
        (date(2026, 4, 6), False),
        (date(2025, 9, 28), True),  # Sunday worked in exchange
        (date(2022, 12, 31), False),  # decreed with the year after it
        (date(2026, 10, 12), True),
        (date(2026, 10, 17), False),
    ],
)
def test_is_working_day_follows_the_decree(day, works):
    assert is_working_day(day, CALENDAR) is works


def test_five_days_of_publicity_counting_the_first_end_after_the_spring_festival():
    assert add_working_days(date(2026, 2, 11), 5, counting_start_day=True, calendar=CALENDAR) == date(2026, 2, 24)


def test_counting_begins_the_day_after_unless_asked_otherwise():
    assert add_working_days(date(2026, 2, 11), 5, calendar=CALENDAR) == date(2026, 2, 25)
    assert add_working_days(date(2026, 10, 12), 1, calendar=CALENDAR) == date(2026, 10, 13)


def test_a_start_on_a_day_off_counts_from_the_next_working_day():
    saturday = date(2026, 10, 17)
    assert add_working_days(saturday, 1, counting_start_day=True, calendar=CALENDAR) == date(2026, 10, 19)
    assert add_working_days(saturday, 1, calendar=CALENDAR) == date(2026, 10, 19)


def test_end_of_period_is_the_midnight_after_the_last_day():
    end = end_of_period(date(2026, 2, 11), 5, counting_start_day=True, calendar=CALENDAR)
    assert end == datetime(2026, 2, 25, tzinfo=BEIJING)


def test_end_of_period_counts_from_the_beijing_day_of_an_instant():
    before, after = datetime(2026, 10, 12, 15, 59, tzinfo=UTC), datetime(2026, 10, 12, 16, 0, tzinfo=UTC)
    assert end_of_period(before, 1, calendar=CALENDAR) == datetime(2026, 10, 14, tzinfo=BEIJING)
    assert end_of_period(after, 1, calendar=CALENDAR) == datetime(2026, 10, 15, tzinfo=BEIJING)
    assert is_working_day(datetime(2026, 10, 16, 16, 0, tzinfo=UTC), CALENDAR) is False


def test_a_naive_instant_is_refused():
    with pytest.raises(ValueError):
        local_day(datetime(2026, 10, 12, 10, 0))


@pytest.mark.parametrize("n", [0, -1])
def test_a_period_has_at_least_one_day(n):
    with pytest.raises(ValueError):
        add_working_days(date(2026, 10, 12), n, calendar=CALENDAR)


@pytest.mark.parametrize("ask", [
    lambda: is_working_day(date(2027, 1, 4), CALENDAR),
    lambda: is_working_day(date(2027, 1, 2), CALENDAR),
    lambda: add_working_days(date(2026, 12, 30), 5, calendar=CALENDAR),
    lambda: end_of_period(date(2026, 12, 30), 5, calendar=CALENDAR),
    lambda: working_days_between(date(2026, 12, 30), date(2027, 1, 2), CALENDAR),
])  # fmt: skip
def test_a_year_without_a_decree_refuses_and_never_guesses(ask):
    with pytest.raises(UndecreedYear) as refusal:
        ask()
    assert refusal.value.year == 2027
    assert str(refusal.value) == ("不能计算工作日：还没有 2027 年的放假安排，请先在工作日历中录入国务院办公厅的通知。")


def test_undecreed_year_is_a_refusal_that_can_be_passed_between_processes():
    refusal = pickle.loads(pickle.dumps(UndecreedYear(2027)))
    assert isinstance(refusal, Refused)
    assert (refusal.year, [finding.rule for finding in refusal.findings]) == (2027, ["undecreed_year"])


def test_the_last_decreed_day_can_still_be_reached():
    assert add_working_days(date(2026, 12, 30), 1, calendar=CALENDAR) == date(2026, 12, 31)


def test_working_days_between_counts_the_first_day_and_not_the_last():
    assert working_days_between(date(2026, 2, 11), date(2026, 2, 24), CALENDAR) == 4
    assert working_days_between(date(2026, 2, 11), date(2026, 2, 25), CALENDAR) == 5
    assert working_days_between(date(2026, 2, 11), date(2026, 2, 11), CALENDAR) == 0


@given(st.sampled_from(DECREED[:-400]), st.integers(1, 200), st.booleans())
def test_the_nth_working_day_closes_a_period_of_n_working_days(start, n, counting):
    last = add_working_days(start, n, counting_start_day=counting, calendar=CALENDAR)
    first = start if counting else start + timedelta(days=1)
    assert CALENDAR.works(last)
    assert working_days_between(first, last + timedelta(days=1), CALENDAR) == n


def test_every_decreed_day_agrees_with_an_independent_calendar():
    china = holidays.country_holidays("CN", years=range(2022, 2028))
    assert [day for day in DECREED if CALENDAR.works(day) != china.is_working_day(day)] == []


def test_every_exception_differs_from_its_weekday_or_is_a_named_holiday():
    assert all(day.weekday() >= 5 for day in CALENDAR.workdays)
    assert CALENDAR.holidays.isdisjoint(CALENDAR.workdays)
    assert CALENDAR.years == frozenset(range(2022, 2027))


def test_an_empty_calendar_knows_nothing():
    with pytest.raises(UndecreedYear):
        is_working_day(date(2026, 10, 12), Calendar.of([], []))
