"""Judgements of chapter 5: values in, findings out; no database, no clock."""

from review.rules.conflicts import Case, Employer, Named, Reviewer, conflicts_of
from review.rules.objection import complete_objection, inside_period, still_to_be_named
from review.rules.panel import (
    chair_of,
    every_member_ready,
    minutes_written,
    passes,
    quorum_of,
    quorum_present,
)
from review.rules.scoring import (
    comment_fits,
    employer_spread,
    kind_fits,
    load_left,
    scores_in_range,
    seats_filled,
    sheet_complete,
    window_open,
)
from review.rules.shortlist import minutes_attached, only_who_passed, within_places

__all__ = [
    "Case",
    "Employer",
    "Named",
    "Reviewer",
    "chair_of",
    "comment_fits",
    "complete_objection",
    "conflicts_of",
    "employer_spread",
    "every_member_ready",
    "inside_period",
    "kind_fits",
    "load_left",
    "minutes_attached",
    "minutes_written",
    "only_who_passed",
    "passes",
    "quorum_of",
    "quorum_present",
    "scores_in_range",
    "seats_filled",
    "sheet_complete",
    "still_to_be_named",
    "window_open",
    "within_places",
]
