"""The secretary's desk: experts, applications, conflicts and loads of one round, read once and asked often."""

import re
from collections import Counter
from datetime import date, datetime

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from applications.models import ApplicationVersion
from portal.people.models import Affiliation, Organisation
from portal.regulation.rules import Finding
from review.assigner import Peer, Seat
from review.lifecycle.assignment import ENDED
from review.models import Assignment, Avoidance, Conflict, Expert, PanelSheet
from review.rules.conflicts import Case, Employer, Named, Reviewer, conflicts_of, plain

_NAMES = re.compile(r"[、，,;；/\s]+")


class Conflicts:
    """Who may not judge whom, of any experts and applications, as things stand at an instant."""

    def __init__(self, cycle, at: datetime, *, settings: dict | None = None):
        self.settings = settings or cycle.settings
        self.day = timezone.localdate(at)
        self.since = self.day - relativedelta(years=self.settings["conflict_years"])
        self._reviewers: dict[int, Reviewer] = {}
        self._cases: dict[int, Case] = {}

    def know(self, experts=(), applications=()) -> None:
        """Reads what the rules see of these experts (instances) and applications (ids), all at once."""
        fresh = [each for each in experts if each.pk not in self._reviewers]
        if fresh:
            alike = self.settings["avoid_same_recommender"]
            recommended = recommenders_of({each.employer_code for each in fresh}, self.day) if alike else {}
            self._reviewers |= {each.pk: reviewer_of(each, recommended) for each in fresh}
        missing = set(applications) - self._cases.keys()
        if missing:
            self._cases |= cases_of(missing)

    def between(self, expert: int, application: int) -> list[Finding]:
        """Every conflict of an expert (id) with an application (id)."""
        return conflicts_of(
            self.reviewers([expert])[expert],
            self.cases([application])[application],
            since=self.since,
            same_recommender=self.settings["avoid_same_recommender"],
        )

    def reviewers(self, ids) -> dict[int, Reviewer]:
        """{expert's id: what the rules see of them}; each expert is read once."""
        missing = set(ids) - self._reviewers.keys()
        if missing:
            self.know(experts=Expert.objects.filter(pk__in=missing))
        return self._reviewers

    def cases(self, ids) -> dict[int, Case]:
        """{application's id: what the rules see of it}; each application is read once."""
        self.know(applications=ids)
        return self._cases


class Desk:
    """One round's assignments as they stand, and the conflicts behind them. Not to be kept over requests."""

    def __init__(self, round, at: datetime):
        self.round = round
        self.known = Conflicts(round.cycle, at, settings={**round.cycle.settings, **round.settings})
        standing = Assignment.objects.filter(round=round).exclude(state__in=ENDED)
        self.pairs = list(standing.values_list("application_id", "expert_id", "expert__employer"))

    def conflicts(self, expert: int, application: int) -> list[Finding]:
        return self.known.between(expert, application)

    def load(self, expert: int) -> int:
        return sum(1 for _, each, _ in self.pairs if each == expert)

    def cap(self, expert: Expert) -> int:
        return expert.load_max or self.round.settings["expert_load_max"]

    def colleagues(self, expert: int, application: int) -> int:
        """How many of the expert's employer sit on the application already."""
        own = self.known.reviewers([expert])[expert].employer
        sitting = [name for case, _, name in self.pairs if case == application]
        return sum(1 for name in sitting if plain(name) == plain(own.name))

    def took(self, expert: Expert, application: int) -> None:
        """Keeps the desk right after a further assignment."""
        self.pairs.append((application, expert.pk, expert.employer))

    def experts(self) -> list[Expert]:
        """Whom the round may ask."""
        return list(Expert.objects.filter(active=True, kind__in=self.round.kinds))

    def peers(self, experts: list[Expert]) -> list[Peer]:
        load = Counter(expert for _, expert, _ in self.pairs)
        return [
            Peer(each.pk, plain(each.employer), self.cap(each), frozenset(each.fields), load[each.pk])
            for each in experts
        ]

    def seats(self, applications) -> list[Seat]:
        has: dict[int, set[int]] = {}
        for application, expert, _ in self.pairs:
            has.setdefault(application, set()).add(expert)
        return [Seat(each.number, each.field.code, frozenset(has.get(each.pk, ()))) for each in applications]

    def barred(self, applications, experts: list[Expert]) -> dict[str, frozenset[int]]:
        """{application's number: ids of experts who may never judge it}."""
        self.known.know(experts, [each.pk for each in applications])
        return {
            each.number: frozenset(expert.pk for expert in experts if self.conflicts(expert.pk, each.pk))
            for each in applications
        }


def reviewer_of(expert: Expert, recommended: dict[str, frozenset[int]]) -> Reviewer:
    return Reviewer(
        id=expert.pk,
        name=expert.name,
        user_id=expert.user_id,
        employer=Employer(expert.employer, expert.employer_code),
        former=tuple(
            Employer(each["name"], each.get("code", ""), date.fromisoformat(each["until"]))
            for each in expert.former_employers
        ),
        recommenders=recommended.get(expert.employer_code, frozenset()),
    )


def recommenders_of(codes: set[str], day: date) -> dict[str, frozenset[int]]:
    """{credit code: recommending units of the host unit of that code}."""
    found: dict[str, set[int]] = {}
    under = Affiliation.objects.filter(host__code__in=codes - {""}, from_date__lte=day).exclude(to_date__lte=day)
    for code, recommender in under.values_list("host__code", "recommender_id"):
        found.setdefault(code, set()).add(recommender)
    units = Organisation.objects.filter(code__in=codes - {""}, kind=Organisation.Kind.RECOMMENDER)
    for code, unit in units.values_list("code", "pk"):
        found.setdefault(code, set()).add(unit)
    return {code: frozenset(units) for code, units in found.items()}


def cases_of(ids) -> dict[int, Case]:
    """What the rules see of applications: the last submitted version, and what was declared and requested."""
    versions = ApplicationVersion.objects.filter(application__in=ids).select_related("application__organisation")
    declared, requested = declarations(ids), requests(ids)
    found = {}
    for version in versions.order_by("application_id", "-number").distinct("application_id"):
        each, content = version.application, version.content
        found[each.pk] = Case(
            number=each.number,
            host=Employer(each.organisation.name, each.organisation.code),
            applicant_name=each.applicant_name,
            applicant_id=each.applicant_id,
            recommender_id=each.recommender_id,
            worked_at=worked_at(content),
            named=named(content),
            declared=declared.get(each.pk, {}),
            requested=requested.get(each.pk, {}),
        )
    return found


def declarations(ids) -> dict[int, dict[int, str]]:
    """{application: {expert: reason}}: recusals of any round or meeting, and what the staff recorded."""
    recused = Assignment.objects.filter(application_id__in=ids, state="recused")
    sheets = PanelSheet.objects.filter(slot__application_id__in=ids).exclude(recusal__in=["", PanelSheet.NONE])
    recorded = Conflict.objects.filter(application_id__in=ids)
    rows = recused.values_list("application_id", "expert_id", "recusal").union(
        sheets.values_list("slot__application_id", "expert_id", "recusal"),
        recorded.values_list("application_id", "expert_id", "reason"),
    )
    labels = dict(Assignment.Recusal.choices)
    found: dict[int, dict[int, str]] = {}
    for application, expert, why in sorted(rows, key=lambda row: row[2] not in labels):  # words after mere kinds
        found.setdefault(application, {})[expert] = str(labels.get(why, why))
    return found


def requests(ids) -> dict[int, dict[int, str]]:
    """{application: {expert: reason}}: whom the host unit asked to avoid, matched by name and by the unit if given."""
    asked = list(Avoidance.objects.filter(application_id__in=ids))
    found: dict[int, dict[int, str]] = {}
    pool: dict[str, list[Expert]] = {}
    for expert in Expert.objects.filter(name__in={each.name for each in asked}):
        pool.setdefault(plain(expert.name), []).append(expert)
    for each in asked:
        for expert in pool.get(plain(each.name), ()):
            if not each.unit or plain(each.unit) == plain(expert.employer):
                found.setdefault(each.application_id, {})[expert.pk] = each.reason
    return found


def worked_at(content: dict) -> tuple[Employer, ...]:
    """The units of the 工作经历, with the last day of the month in which each ended."""
    rows = content.get("sections", {}).get("experience", {}).get("work", [])
    return tuple(Employer(each["unit"], "", _end(each.get("to", ""))) for each in rows if each.get("unit"))


def named(content: dict) -> tuple[Named, ...]:
    """Mentors, team members and inventors whom the application names."""
    sections = content.get("sections", {})
    plan, rights = sections.get("plan", {}), sections.get("ip_awards", {})
    found = [Named(each["name"], "导师") for each in plan.get("mentors", []) if each.get("name")]
    found += [Named(each["name"], "团队成员") for each in plan.get("team", []) if each.get("name")]
    for patent in rights.get("patents", []):
        found += [Named(name, "发明人") for name in _NAMES.split(patent.get("inventors", "")) if name]
    return tuple(found)


def _end(month: str) -> date | None:
    """2021-03 → the first day after that month, minus one; empty means still there."""
    if not month:
        return None
    year, number = map(int, month.split("-")[:2])
    return date(year, number, 1) + relativedelta(months=1, days=-1)
