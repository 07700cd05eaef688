"""From score sheets to ranks (Art. 18). Pure and exact: fractions inside, two decimals outside, chance only by seed.

A total is Σ value × weight / 10 of a rubric whose weights sum to 100, so 0.0 to 100.0. An application with fewer than
`valid_min` sheets has no score, no spread and no rank: with one or two, a reader would know who gave which.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import isqrt
from typing import Any

from review.lots import lot

VALID_MIN = 3
OUTLIER_GAP = 20  # points between one sheet and the median of the others
PRECISION = 10**12


@dataclass(frozen=True)
class Sheet:
    """One expert's submitted scores: {criterion's code: value}."""

    expert: int
    values: Mapping[str, int] = field(hash=False)


@dataclass(frozen=True)
class Entry:
    """One application with its submitted sheets."""

    number: str
    field: str
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True)
class Result:
    """score and rank are None while there are too few sheets. outliers: experts whose total stands apart.

    flags: few (too few sheets), spread (sd above the alert), tie (another of the field has the same score).
    """

    number: str
    field: str
    count: int
    score: Fraction | None
    mean: Fraction | None
    spread: Fraction | None
    rank: int | None = None
    flags: tuple[str, ...] = ()
    outliers: tuple[int, ...] = ()
    criteria: Mapping[str, Fraction] = field(default_factory=dict, hash=False)


def total(values: Mapping[str, int], criteria: Iterable[Mapping[str, Any]]) -> Fraction:
    """One sheet's total in points of 100. Raises KeyError for a criterion without a score."""
    return Fraction(sum(values[each["code"]] * each["weight"] for each in criteria), 10)


def mean(totals: Sequence[Fraction | int]) -> Fraction:
    return Fraction(sum(totals), len(totals))


def trimmed(totals: Sequence[Fraction | int], trim_from: int = 5) -> Fraction:
    """The mean without one highest and one lowest, from `trim_from` totals on; below that the plain mean."""
    return mean(sorted(totals)[1:-1]) if len(totals) >= max(trim_from, 3) else mean(totals)


def spread(totals: Sequence[Fraction | int]) -> Fraction:
    """The sample standard deviation (n − 1); 0 for a single total."""
    if len(totals) < 2:
        return Fraction(0)
    middle = mean(totals)
    return root(Fraction(sum((each - middle) ** 2 for each in totals), len(totals) - 1))


def root(square: Fraction) -> Fraction:
    """The square root to twelve decimals, the same on every machine."""
    return Fraction(isqrt(square.numerator * PRECISION**2 // square.denominator), PRECISION)


def standardised(totals: Mapping[str, Mapping[int, Fraction]]) -> dict[str, Fraction]:
    """{application: score} of {application: {expert: total}}: each expert's totals as z-scores, averaged, and put back
    on the scale of all totals (overall mean + z × overall sd). An expert with one sheet, or all alike, counts as 0."""
    everything = [value for sheet in totals.values() for value in sheet.values()]
    middle, scale = mean(everything), spread(everything)
    given: dict[int, list[Fraction]] = {}
    for sheet in totals.values():
        for expert, value in sheet.items():
            given.setdefault(expert, []).append(value)
    habits = {expert: (mean(values), spread(values)) for expert, values in given.items()}

    def z(expert: int, value: Fraction) -> Fraction:
        own, width = habits[expert]
        return (value - own) / width if width else Fraction(0)

    return {
        number: middle + scale * mean([z(expert, value) for expert, value in sheet.items()])
        for number, sheet in totals.items()
        if sheet
    }


def ranked(
    entries: Sequence[Entry],
    *,
    criteria: Sequence[Mapping[str, Any]],
    method: str,
    seed: int,
    trim_from: int = 5,
    spread_alert: int = 12,
    tie_break: Sequence[str] = ("N6", "N5", "N3"),
    valid_min: int = VALID_MIN,
) -> list[Result]:
    """Results by field and rank. method: mean, trimmed or standardised. Raises KeyError for another.

    Equal scores are ordered by the mean of each criterion of `tie_break` in turn, then by the lot of the seed.
    """
    valid = [entry for entry in entries if len(entry.sheets) >= valid_min]
    totals = {each.number: {sheet.expert: total(sheet.values, criteria) for sheet in each.sheets} for each in valid}
    score = {
        "mean": lambda number: mean([*totals[number].values()]),
        "trimmed": lambda number: trimmed([*totals[number].values()], trim_from),
        "standardised": (standardised(totals) if method == "standardised" else {}).__getitem__,
    }[method]
    found = [_few(entry) for entry in entries if len(entry.sheets) < valid_min]
    for entry in valid:
        values = [*totals[entry.number].values()]
        width = spread(values)
        result = Result(
            entry.number,
            entry.field,
            len(values),
            score(entry.number),
            mean(values),
            width,
            flags=("spread",) if width > spread_alert else (),
            outliers=tuple(sorted(outliers(totals[entry.number]))),
            criteria={each["code"]: mean([sheet.values[each["code"]] for sheet in entry.sheets]) for each in criteria},
        )
        found.append(result)
    return _in_order(found, tie_break, seed)


def outliers(totals: Mapping[int, Fraction]) -> set[int]:
    """Experts whose total is OUTLIER_GAP points or more away from the median of the others."""
    return {
        expert
        for expert, value in totals.items()
        if len(totals) > 2 and abs(value - median([v for e, v in totals.items() if e != expert])) >= OUTLIER_GAP
    }


def median(values: Sequence[Fraction]) -> Fraction:
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else Fraction(ordered[half - 1] + ordered[half], 2)


def line_of(places: int, factor_percent: int) -> int:
    """How many of a field go on to the panel: its places times the factor, rounded up."""
    return -(-places * factor_percent // 100)


def composite(network: Fraction, panel: Fraction, network_weight: int, panel_weight: int) -> Fraction:
    """The weighted score for the deliberation; weights in percent, sum 100."""
    return Fraction(network * network_weight + panel * panel_weight, 100)


def shown(value: Fraction | None, places: int = 2) -> Decimal | None:
    """Rounded half up, for people and for the database."""
    if value is None:
        return None
    unit = Decimal(1).scaleb(-places)
    exact = Decimal(value.numerator * 10 ** (places + 1) // value.denominator).scaleb(-places - 1)
    return exact.quantize(unit, ROUND_HALF_UP)


def _few(entry: Entry) -> Result:
    return Result(entry.number, entry.field, len(entry.sheets), None, None, None, flags=("few",))


def _in_order(results: Iterable[Result], tie_break: Sequence[str], seed: int) -> list[Result]:
    fields: dict[str, list[Result]] = {}
    for result in results:
        fields.setdefault(result.field, []).append(result)
    ordered: list[Result] = []
    for group in fields.values():
        scored = sorted(
            (each for each in group if each.score is not None), key=lambda each: _key(each, tie_break, seed)
        )
        equal = [each.score for each in scored]
        for rank, each in enumerate(scored, 1):
            flags = (*each.flags, "tie") if equal.count(each.score) > 1 else each.flags
            ordered.append(replace(each, rank=rank, flags=flags))
        ordered += sorted((each for each in group if each.score is None), key=lambda each: each.number)
    return ordered


def _key(result: Result, tie_break: Sequence[str], seed: int) -> tuple:
    return (
        -(result.score or 0),
        *(-result.criteria.get(code, Fraction(0)) for code in tie_break),
        lot(seed, result.number),
    )
