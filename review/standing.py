"""The sheets of a round as the results read them."""

from review.results import VALID_MIN, Entry, Result, Sheet, ranked

__all__ = ["VALID_MIN", "entries_of", "of_round"]

COUNTED = ("submitted", "locked")


def entries_of(round) -> list[Entry]:
    """Every application of the round with its submitted sheets. Three queries."""
    from review.models.assignment import Score

    applications = {each.pk: each for each in _judged(round).select_related("field")}
    sheets: dict[int, dict[int, dict[str, int]]] = {pk: {} for pk in applications}
    scores = Score.objects.filter(assignment__round=round, assignment__state__in=COUNTED)
    for application, expert, code, value in scores.values_list(
        "assignment__application_id", "assignment__expert_id", "criterion", "value"
    ):
        if application in sheets:
            sheets[application].setdefault(expert, {})[code] = value
    return [
        Entry(each.number, each.field.code, tuple(Sheet(expert, values) for expert, values in sheets[pk].items()))
        for pk, each in applications.items()
    ]


def of_round(round) -> list[Result]:
    """Results by field and rank, from the sheets as they stand now."""
    return ranked(
        entries_of(round),
        criteria=round.criteria,
        method=round.settings["score_method"],
        seed=round.seed,
        trim_from=round.settings["trim_from"],
        spread_alert=round.settings["spread_alert"],
    )


def _judged(round):
    """While the round runs, what is in it; afterwards what its confirmed results name."""
    from applications.models import Application
    from review.models.round import Result as Confirmed

    if round.state == "confirmed":
        return Application.objects.filter(pk__in=Confirmed.objects.filter(round=round).values("application_id"))
    return round.applications()
