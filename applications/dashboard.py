"""The figures of a year, all from one set of queries (S1)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from applications.models import Cycle, RecommendationList
from applications.stages import FUNNEL, RECEIVED, TAKES_A_PLACE
from portal.people.models import Organisation


@dataclass(frozen=True)
class UnitLine:
    """How far one recommending unit is. unit: None for applications that have not chosen theirs."""

    unit: Organisation | None
    drafting: int
    submitted: int
    places: int
    recommended: int
    received: int
    unit_list: RecommendationList | None


class YearFigures:
    """Counts of one cycle by recommending unit and state: four queries, whatever the number of applications."""

    def __init__(self, cycle: Cycle):
        self.cycle = cycle
        self.by_unit: dict[int | None, Counter] = {}
        self.submitted: Counter = Counter()
        rows = cycle.applications.exclude(state="withdrawn").order_by().values_list("recommender", "state")
        for unit, state, count, submitted in rows.annotate(
            Count("pk"), submitted=Count("pk", filter=Q(submitted_at__isnull=False))
        ):
            self.by_unit.setdefault(unit, Counter())[state] += count
            self.submitted[unit] += submitted
        self.states: Counter = sum(self.by_unit.values(), Counter())
        self.quotas = dict(cycle.quotas.values_list("recommender_id", "places"))
        self.lists = {each.organisation_id: each for each in cycle.lists.all()}

    def in_states(self, states: Iterable[str]) -> int:
        return sum(self.states[state] for state in states)

    def unit_lines(self) -> list[UnitLine]:
        """Units with a quota or an application, in the order of their codes; those without a unit last."""
        wanted = self.quotas.keys() | self.by_unit.keys()
        units = list(Organisation.objects.filter(pk__in=[unit for unit in wanted if unit]).order_by("code"))
        lines = [self._line(unit) for unit in units]
        return [*lines, self._line(None)] if None in self.by_unit else lines

    def _line(self, unit: Organisation | None) -> UnitLine:
        key = unit.pk if unit else None
        states = self.by_unit.get(key, Counter())
        return UnitLine(
            unit,
            drafting=states["draft"] + states["returned_by_recommender"],
            submitted=self.submitted[key],
            places=self.quotas.get(key, 0),
            recommended=sum(states[state] for state in TAKES_A_PLACE),
            received=sum(states[state] for state in RECEIVED),
            unit_list=self.lists.get(key),
        )

    def not_sent(self) -> int:
        """Units with something to recommend whose list is not with the city."""
        with_city = {"submitted", "accepted"}
        return sum(
            1
            for line in self.unit_lines()
            if line.unit and line.submitted and not (line.unit_list and line.unit_list.state in with_city)
        )

    def funnel(self) -> list[tuple[str, int]]:
        """(stage, how many have come this far)."""
        return [
            ("建档", sum(self.states.values())),
            ("提交", sum(self.submitted.values())),
            *((label, self.in_states(states)) for label, states in FUNNEL),
        ]
