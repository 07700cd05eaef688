"""Results of the network review: domain vectors, ties, spread, seeds (Art. 18)."""

from fractions import Fraction

import pytest

from review.lots import drawn
from review.results import (
    Entry,
    Sheet,
    composite,
    line_of,
    mean,
    outliers,
    ranked,
    shown,
    spread,
    standardised,
    total,
    trimmed,
)

CRITERIA = [
    {"code": "N1", "weight": 15},
    {"code": "N2", "weight": 10},
    {"code": "N3", "weight": 15},
    {"code": "N4", "weight": 12},
    {"code": "N5", "weight": 18},
    {"code": "N6", "weight": 30},
]


def sheet(expert: int, *values: int) -> Sheet:
    return Sheet(expert, dict(zip(("N1", "N2", "N3", "N4", "N5", "N6"), values, strict=True)))


def entry(number: str, *sheets: Sheet, field: str = "ic") -> Entry:
    return Entry(number, field, sheets)


def rank(entries, method="trimmed", seed=7, **options):
    return ranked(entries, criteria=CRITERIA, method=method, seed=seed, **options)


def test_five_totals_lose_one_highest_and_one_lowest():
    assert shown(trimmed([80, 90, 70, 60, 88])) == shown(Fraction(238, 3))
    assert str(shown(trimmed([80, 90, 70, 60, 88]))) == "79.33"


def test_three_totals_are_averaged_whole():
    assert str(shown(trimmed([80, 90, 70]))) == "80.00"


def test_trimming_begins_at_the_setting():
    assert trimmed([10, 20, 60, 70], trim_from=4) == 40
    assert trimmed([10, 20, 60, 70], trim_from=5) == mean([10, 20, 60, 70])


def test_total_weighs_each_criterion_to_a_hundred():
    assert total(sheet(1, 10, 10, 10, 10, 10, 10).values, CRITERIA) == 100
    assert total(sheet(1, 0, 0, 0, 0, 0, 1).values, CRITERIA) == 3
    assert total(sheet(1, 8, 7, 6, 5, 4, 3).values, CRITERIA) == Fraction(502, 10)


def test_total_of_an_unfinished_sheet_raises():
    with pytest.raises(KeyError):
        total({"N1": 3}, CRITERIA)


def test_spread_is_the_sample_standard_deviation():
    assert spread([80, 90, 70]) == 10
    assert spread([80]) == 0


def test_shown_rounds_half_up():
    assert str(shown(Fraction(12345, 1000))) == "12.35"
    assert str(shown(Fraction(1, 8))) == "0.13"
    assert shown(None) is None


def test_fewer_than_three_sheets_give_no_score_and_no_rank():
    (few,) = rank([entry("A", sheet(1, 9, 9, 9, 9, 9, 9), sheet(2, 8, 8, 8, 8, 8, 8))])
    assert (few.score, few.mean, few.spread, few.rank, few.flags, few.count) == (None, None, None, None, ("few",), 2)


def test_ranks_run_within_each_field():
    high, low = [sheet(i, 9, 9, 9, 9, 9, 9) for i in range(3)], [sheet(i, 5, 5, 5, 5, 5, 5) for i in range(3)]
    found = rank([entry("A", *low), entry("B", *high), entry("C", *low, field="bio")])
    assert [(each.number, each.field, each.rank) for each in found] == [("B", "ic", 1), ("A", "ic", 2), ("C", "bio", 1)]


def test_equal_scores_are_ordered_by_n6_then_n5_then_n3():
    # all four total 50.0: N6 differs first, then N5, then N3
    even = entry("E", *[sheet(i, 5, 5, 5, 5, 5, 5) for i in range(3)])
    more_n6 = entry("F", *[sheet(i, 3, 5, 5, 5, 5, 6) for i in range(3)])
    more_n5 = entry("G", *[sheet(i, 5, 5, 5, 2, 7, 5) for i in range(3)])
    more_n3 = entry("H", *[sheet(i, 4, 5, 6, 5, 5, 5) for i in range(3)])
    found = rank([even, more_n3, more_n5, more_n6])
    assert [each.number for each in found] == ["F", "G", "H", "E"]
    assert {each.score for each in found} == {Fraction(50)}
    assert all("tie" in each.flags for each in found)


def test_a_full_tie_is_drawn_by_the_recorded_seed():
    twins = [entry(number, *[sheet(i, 5, 5, 5, 5, 5, 5) for i in range(3)]) for number in "ABCDE"]
    order = [each.number for each in rank(twins, seed=7)]
    assert order == drawn(7, "ABCDE") == [each.number for each in rank(list(reversed(twins)), seed=7)]
    assert any([each.number for each in rank(twins, seed=seed)] != order for seed in range(20))


def test_spread_above_the_alert_is_flagged_and_at_the_alert_not():
    sheets = [sheet(1, 9, 9, 9, 9, 9, 9), sheet(2, 8, 8, 8, 8, 8, 8), sheet(3, 7, 7, 7, 7, 7, 7)]
    assert "spread" in rank([entry("A", *sheets)], spread_alert=9)[0].flags
    assert "spread" not in rank([entry("A", *sheets)], spread_alert=10)[0].flags


def test_an_outlier_stands_twenty_points_from_the_median_of_the_others():
    assert outliers({1: Fraction(80), 2: Fraction(80), 3: Fraction(60)}) == {3}
    assert outliers({1: Fraction(80), 2: Fraction(80), 3: Fraction(61)}) == set()


def test_standardised_scores_forgive_a_strict_expert():
    # expert 2 gives 20 points less than expert 1 for the same work; the order of the work is the same for both
    totals = {
        "A": {1: Fraction(90), 2: Fraction(70)},
        "B": {1: Fraction(80), 2: Fraction(60)},
        "C": {1: Fraction(70), 2: Fraction(50)},
    }
    scores = standardised(totals)
    assert scores["A"] > scores["B"] > scores["C"]
    assert scores["B"] == 70
    assert shown(scores["A"] - scores["B"]) == shown(scores["B"] - scores["C"])


def test_an_expert_with_one_sheet_has_no_habit_to_correct():
    scores = standardised({"A": {1: Fraction(90)}, "B": {2: Fraction(50)}})
    assert scores == {"A": Fraction(70), "B": Fraction(70)}


def test_an_unknown_method_is_an_error():
    with pytest.raises(KeyError):
        rank([entry("A", *[sheet(i, 5, 5, 5, 5, 5, 5) for i in range(3)])], method="median")


@pytest.mark.parametrize(
    ("places", "factor", "line"), [(10, 150, 15), (3, 150, 5), (1, 150, 2), (4, 100, 4), (0, 150, 0)]
)
def test_the_line_is_places_times_factor_rounded_up(places, factor, line):
    assert line_of(places, factor) == line


def test_composite_weighs_network_and_panel():
    assert composite(Fraction(80), Fraction(90), 40, 60) == 86
