from hypothesis import given
from hypothesis import strategies as st

from applications.rules import count_months, duration_text
from applications.rules.months import to_index, to_month

UNTIL = "2026-10"
FIRST = to_index("2000-01")


def test_overlapping_work_counts_once():
    counted = count_months([("2014-03", "2018-06"), ("2017-01", "2020-12")], UNTIL)
    assert counted.months == 82
    assert counted.stretches == (("2014-03", "2020-12"),)
    assert counted.overlaps == (("2017-01", "2018-06"),)


def test_a_single_month_counts_as_one_month():
    assert count_months([("2014-03", "2014-03")], UNTIL).months == 1


def test_adjoining_stretches_join_without_overlap():
    counted = count_months([("2014-03", "2014-06"), ("2014-07", "2014-12")], UNTIL)
    assert (counted.months, counted.stretches, counted.overlaps) == (10, (("2014-03", "2014-12"),), ())


def test_a_gap_is_not_counted():
    counted = count_months([("2016-01", "2016-12"), ("2014-01", "2014-12")], UNTIL)
    assert (counted.months, counted.stretches) == (24, (("2014-01", "2014-12"), ("2016-01", "2016-12")))


def test_work_that_goes_on_counts_until_the_month_of_the_deadline():
    assert count_months([("2026-01", None)], UNTIL).months == 10
    assert count_months([("2026-01", "2027-12")], UNTIL).months == 10
    assert count_months([("2026-11", None), ("", None)], UNTIL) == count_months([], UNTIL)


def test_a_stretch_that_ends_before_it_starts_counts_nothing():
    assert count_months([("2015-03", "2014-03")], UNTIL).months == 0


def test_one_stretch_inside_another_is_the_overlap():
    counted = count_months([("2010-01", "2019-12"), ("2012-01", "2012-12"), ("2012-06", "2013-06")], UNTIL)
    assert (counted.months, counted.overlaps) == (120, (("2012-01", "2013-06"),))


def test_durations_in_words():
    assert [duration_text(months) for months in (0, 9, 12, 93, 96)] == [
        "0 个月", "9 个月", "1 年", "7 年 9 个月", "8 年"]  # fmt: skip


MONTH = st.integers(FIRST - 24, to_index(UNTIL) + 24)
STRETCHES = st.lists(st.tuples(MONTH, st.one_of(st.none(), MONTH)), max_size=8)


def written(stretches):
    return [(to_month(start), None if end is None else to_month(end)) for start, end in stretches]


@given(STRETCHES)
def test_counting_agrees_with_a_calendar_of_months(stretches):
    last = to_index(UNTIL)
    times = {}
    for start, end in stretches:
        for month in range(start, min(last, last if end is None else end) + 1):
            times[month] = times.get(month, 0) + 1
    counted = count_months(written(stretches), UNTIL)

    def spread(pairs):
        return [month for start, end in pairs for month in range(to_index(start), to_index(end) + 1)]

    assert counted.months == len(times)
    assert spread(counted.stretches) == sorted(times)
    assert spread(counted.overlaps) == sorted(month for month, n in times.items() if n > 1)


@given(STRETCHES, st.randoms())
def test_the_order_of_stretches_does_not_matter(stretches, random):
    shuffled = random.sample(stretches, len(stretches))
    assert count_months(written(shuffled), UNTIL) == count_months(written(stretches), UNTIL)


@given(STRETCHES, st.tuples(MONTH, st.one_of(st.none(), MONTH)))
def test_more_experience_never_counts_less(stretches, more):
    assert count_months(written([*stretches, more]), UNTIL).months >= count_months(written(stretches), UNTIL).months
