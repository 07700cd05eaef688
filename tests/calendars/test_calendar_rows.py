from datetime import date

import pytest

from portal.calendars.models import DecreedYear, SpecialDay
from portal.calendars.seeds import load_decrees, seeded_calendar
from portal.calendars.workdays import UndecreedYear, current_calendar, forget_calendar, is_working_day

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forget():
    forget_calendar()
    yield
    forget_calendar()


def test_migrations_seed_exactly_the_decreed_years():
    assert current_calendar() == seeded_calendar()


def test_loading_again_changes_nothing_and_leaves_corrections_alone():
    SpecialDay.objects.filter(date=date(2026, 2, 14)).delete()
    assert load_decrees(DecreedYear.objects, SpecialDay.objects) == []
    assert not SpecialDay.objects.filter(date=date(2026, 2, 14)).exists()


def test_a_year_entered_later_is_computed_at_once():
    with pytest.raises(UndecreedYear):
        is_working_day(date(2027, 1, 1))
    decree = DecreedYear.objects.create(year=2027, source="测试用通知")
    SpecialDay.objects.create(decree=decree, date=date(2027, 1, 1), is_working=False, note="元旦")
    assert [is_working_day(date(2027, 1, day)) for day in (1, 2, 4)] == [False, False, True]


def test_a_withdrawn_year_is_refused_at_once():
    assert is_working_day(date(2026, 10, 12)) is True
    DecreedYear.objects.get(year=2026).delete()
    with pytest.raises(UndecreedYear):
        is_working_day(date(2026, 10, 12))


def test_the_calendar_is_read_once_a_minute_at_most(django_assert_num_queries):
    with django_assert_num_queries(2):
        is_working_day(date(2026, 10, 12))
        is_working_day(date(2026, 10, 13))
