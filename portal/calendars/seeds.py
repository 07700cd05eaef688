"""The decreed years of fixtures/reference/workdays.json, as values and as rows."""

from datetime import date, timedelta

from portal.reference import Item, reference

from .workdays import Calendar


def seeded_calendar() -> Calendar:
    """The calendar of the file alone, for pure use without a database."""
    years = reference("workdays")
    return Calendar.of(
        (int(year.code) for year in years), ((day, works) for year in years for day, works, _ in days_of(year))
    )


def days_of(year: Item) -> list[tuple[date, bool, str]]:
    """(day, is it worked, note) of one decreed year."""
    days = []
    for first, last, note in year["holidays"]:
        day, end = date.fromisoformat(first), date.fromisoformat(last)
        while day <= end:
            days.append((day, False, note))
            day += timedelta(days=1)
    return days + [(date.fromisoformat(day), True, "调休上班") for day in year["workdays"]]


def load_decrees(decreed_years, special_days) -> list[int]:
    """Write the years that have no row yet; a year that stands is left as staff have it. Returns the years written.

    The two managers are passed in, so that a migration can hand its own.
    """
    written = []
    for year in reference("workdays"):
        decree, is_new = decreed_years.get_or_create(year=int(year.code), defaults={"source": year["source"]})
        if is_new:
            special_days.bulk_create(
                special_days.model(decree=decree, date=day, is_working=works, note=note)
                for day, works, note in days_of(year)
            )
            written.append(decree.year)
    return written
