"""Reads that cross models: an expert's list, a round's table, what the staff sees at a glance."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from portal.web.components import Cell
from portal.web.formats import remaining_text
from review.models import Assignment, Expert, Round

DONE = ("submitted", "locked")
TO_DO = ("invited", "accepted", "scoring", "reopened")


@dataclass(frozen=True)
class Work:
    """An expert's tasks in the order of their numbers, and how far they are."""

    tasks: list[Assignment]

    @property
    def active(self) -> list[Assignment]:
        return [each for each in self.tasks if each.state != "invited"]

    @property
    def undeclared(self) -> list[Assignment]:
        return [each for each in self.tasks if each.state == "invited"]

    @property
    def scored(self) -> list[Assignment]:
        """Every criterion has a score, handed in or not."""
        return [each for each in self.active if each.total is not None]

    @property
    def unfinished(self) -> list[Assignment]:
        return [each for each in self.active if each.total is None]

    @property
    def waiting(self) -> list[Assignment]:
        """Not handed in yet."""
        return [each for each in self.active if each.state not in DONE]

    @property
    def round(self) -> Round | None:
        return self.tasks[0].round if self.tasks else None

    def place_of(self, task: Assignment) -> int:
        """Its place among the active ones, from 1."""
        return [each.pk for each in self.active].index(task.pk) + 1

    def around(self, task: Assignment) -> tuple[Assignment | None, Assignment | None]:
        """The tasks before and after it."""
        place = self.place_of(task)
        rows = self.active
        return (rows[place - 2] if place > 1 else None, rows[place] if place < len(rows) else None)

    def next_unfinished(self, task: Assignment | None = None) -> Assignment | None:
        """The next one without a full sheet, after `task` and then from the beginning."""
        start = self.place_of(task) if task else 0
        rows = self.active[start:] + self.active[:start]
        return next((each for each in rows if each.total is None and each != task), None)

    def rank_of(self, task: Assignment) -> int | None:
        """Where its total stands among the expert's own, 1 the highest; equal totals share a place."""
        if task.total is None:
            return None
        return 1 + sum(1 for each in self.scored if each.total > task.total)

    def left(self, at: datetime) -> str:
        return remaining_text(self.round.closes_at, at) if self.round and self.round.closes_at else ""


def work_of(actor) -> Work:
    """What the expert reaches: live tasks of open rounds. One query."""
    own = Assignment.objects.exclude(sequence=None).select_related("round", "round__cycle")
    return Work(list(own.order_by("round_id", "sequence")))


def status_cell(task: Assignment) -> Cell:
    """The state of a sheet in the expert's words."""
    if task.state == "invited":
        return Cell("待声明", tag="amber")
    if task.state in DONE:
        return Cell("已提交", tag="green")
    if task.total is not None:
        return Cell("已评", tag="blue")
    return Cell("暂存" if task.state == "scoring" else "未评", tag="grey")


def seats_of(round: Round) -> dict[int, list[Assignment]]:
    """{application's id: its standing assignments with their experts}. One query."""
    found: dict[int, list[Assignment]] = defaultdict(list)
    standing = round.standing_assignments().select_related("expert").order_by("number")
    for each in standing:
        found[each.application_id].append(each)
    return found


def progress_of(round: Round) -> list[tuple[Expert, Counter, datetime | None]]:
    """(expert, {state: count}, when they did something last) of everybody who was asked. One query."""
    rows: dict[Expert, Counter] = {}
    last: dict[Expert, datetime] = {}
    for each in round.assignments.select_related("expert").order_by("expert__number"):
        rows.setdefault(each.expert, Counter())[each.state] += 1
        moments = [each.accepted_at, each.saved_at, each.submitted_at, last.get(each.expert)]
        if any(moments):
            last[each.expert] = max(filter(None, moments))
    return [(expert, counts, last.get(expert)) for expert, counts in rows.items()]


def counts_of(round: Round) -> Counter:
    """{state: assignments}"""
    return Counter(round.assignments.values_list("state", flat=True))


def late_experts(round: Round) -> list[Expert]:
    """Who still has something to do."""
    open_ones = round.assignments.filter(state__in=TO_DO)
    return list(Expert.objects.filter(pk__in=open_ones.values("expert")))
