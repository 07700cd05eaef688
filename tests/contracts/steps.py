"""The grid: every step from every state by every role, against a table that the test writes from the lifecycle.

    TABLE = {
        "submit": {"draft": {"host_approver"}, "returned": {"host_approver"}},
        "reject": {"in_review": {"cast_supervisor"}},            # four eyes: who approves …
        "reject.prepare": {"in_review": {"cast_officer"}},       # … and who prepares
    }
    assert disagreements(Application, TABLE, make=…, actor=…) == []

The table names every step of the machine and no other; it is never read from the code under test.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from portal.access.decide import Denied
from portal.events.models import Event
from portal.people.actor import Actor
from portal.people.models import User
from portal.people.roles import Role
from portal.regulation.rules import Refused
from portal.tenancy.reach import Because, Reach, everything, reach_of, reaching
from portal.workflow.lifecycle import Lifecycle
from portal.workflow.models import PreparedStep
from portal.workflow.step import Opening
from portal.workflow.take import approve, prepare, take
from tests.people import AT

Table = Mapping[str, Mapping[str, set[str]]]
PREPARE = ".prepare"


class _Undo(Exception):
    """Ends an attempt that has been looked at."""


@dataclass
class Grid:
    """make(state) gives a record in that state that meets every guard; actor(role, record) the person of a role who
    stands in the right relation to it. values: {step: dict, or a function of the record} for steps that take some.

    targets: {step: state} says where a step must lead; without it the machine's own word is taken.
    """

    model: type[Lifecycle]
    table: Table
    make: Callable[[str], Lifecycle]
    actor: Callable[[str, Lifecycle], Actor]
    values: Mapping[str, Any] = field(default_factory=dict)
    targets: Mapping[str, str] = field(default_factory=dict)
    reason: str = "因为需要"
    at: datetime = AT
    _reaches: dict[tuple[Actor, int], Reach] = field(default_factory=dict)

    def disagreements(self) -> list[str]:
        """Where machine and table differ, in words."""
        return [*self.unknown(), *(words for state in self.model.State.values for words in self.of_state(state))]

    def unknown(self) -> Iterator[str]:
        """Steps that only one of the two knows, and states and roles that do not exist."""
        steps = {name: step for name, step in self.model.steps.items() if not isinstance(step, Opening)}
        declared = {*steps, *(name + PREPARE for name, step in steps.items() if step.four_eyes)}
        yield from (f"the table has no step {name}" for name in sorted(declared - self.table.keys()))
        yield from (f"the machine has no step {name}" for name in sorted(self.table.keys() - declared))
        for name, states in self.table.items():
            yield from (f"{name}: no state {state}" for state in states if state not in self.model.State.values)
            roles = set().union(*states.values())
            yield from (f"{name}: no role {role}" for role in sorted(roles - set(Role.values)))

    def of_state(self, state: str) -> Iterator[str]:
        """The disagreements of one state: one record, on which every attempt is undone."""
        record = self.make(state)
        if record.state != state:
            yield f"make({state!r}) gave a record in {record.state}"
            return
        for role in Role.values:
            for name, allowed in self.table.items():
                if name.removesuffix(PREPARE) in self.model.steps:
                    wanted = "taken" if role in allowed.get(state, set()) else self._refusal(name, role)
                    outcome = self.attempt(name, role, record)
                    if outcome != wanted:
                        yield f"{name} from {state} by {role}: {outcome}, the table says {wanted}"

    def _refusal(self, name: str, role: str) -> str:
        """Who may take the step in some state is refused for the state; everybody else for the role."""
        return "refused" if any(role in roles for roles in self.table[name].values()) else "denied"

    def attempt(self, name: str, role: str, record: Lifecycle) -> str:
        """taken, refused or denied, or what went wrong besides; the database is as before."""
        actor = self.actor(role, record)
        outcome = "nothing happened"
        try:
            with transaction.atomic(), self._reach(actor, record):
                before = self._standing(record) if self._expected(name, role, record) else None
                after = self._act(name, actor, record)
                outcome = self._judged(name, record, before, after) if before else "taken"
                raise _Undo
        except _Undo:
            return outcome
        except Denied:
            return "denied"
        except Refused as refused:
            return "refused" if self._for_the_state(refused) else f"refused: {refused}"

    def _expected(self, name: str, role: str, record: Lifecycle) -> bool:
        return role in self.table[name].get(record.state, set())

    def _reach(self, actor: Actor, record: Lifecycle) -> AbstractContextManager:
        """The actor's own; everything for one who does not even see the record, so that the matrix is asked of them."""
        if (actor, record.pk) not in self._reaches:
            reach = reach_of(actor)
            with reaching(reach):
                sees = self.model.objects.filter(pk=record.pk).exists()
            self._reaches[actor, record.pk] = reach if sees else Reach(everything=True)
        return reaching(self._reaches[actor, record.pk])

    def _act(self, name: str, actor: Actor, record: Lifecycle) -> Lifecycle:
        step, values = name.removesuffix(PREPARE), self._values(name.removesuffix(PREPARE), record)
        if name.endswith(PREPARE):
            prepare(step, record, actor=actor, at=self.at, reason=self.reason, **values)
            return self._fresh(record)
        if self.model.steps[step].four_eyes:
            return approve(self._proposal(step, record, actor, values), actor=actor, at=self.at)
        return take(step, record, actor=actor, at=self.at, reason=self.reason, **values)

    def _proposal(self, step: str, record: Lifecycle, approver: Actor, values: dict) -> PreparedStep:
        """A proposal of somebody else, laid by hand so that only the approval is tried."""
        with everything(because=Because.SEED):
            return PreparedStep.objects.create(
                organisation_id=approver.organisation_id or record.keeper_id,
                machine=self.model.machine,
                step=step,
                record_table=record._meta.db_table,
                record_pk=str(record.pk),
                record_ref=record.ref,
                values=values,
                reason=self.reason,
                prepared_by_id=self._somebody_else(approver),
                prepared_at=self.at,
            )

    def _somebody_else(self, approver: Actor) -> int:
        return User.objects.exclude(pk=approver.user_id or 0).order_by("pk").values_list("pk", flat=True)[0]

    def _judged(self, name: str, record: Lifecycle, before: tuple, after: Lifecycle) -> str:
        step = self.model.steps[name.removesuffix(PREPARE)]
        stays = name.endswith(PREPARE) or step.target is None
        target = record.state if stays else self.targets.get(name, step.target)
        state, version, events, others = self._standing(record)
        if state != target or after.state != target:
            return f"went to {state}, not {target}"
        if events != before[2] + 1 or version != before[1] + (not name.endswith(PREPARE)):
            return f"wrote {events - before[2]} events and {version - before[1]} versions"
        return "taken" if others == before[3] else "taken, but it moved other records of the machine too"

    def _standing(self, record: Lifecycle) -> tuple:
        """(state, version, number of its events, states of the machine's other records)."""
        with everything(because=Because.CHECK_INVARIANTS):
            states = dict(self.model.objects.values_list("pk", "state"))
            version = self.model.objects.values_list("version", flat=True).get(pk=record.pk)
            events = Event.objects.filter(record_table=record._meta.db_table, record_pk=str(record.pk)).count()
        return states.pop(record.pk), version, events, states

    def _fresh(self, record: Lifecycle) -> Lifecycle:
        with everything(because=Because.CHECK_INVARIANTS):
            return self.model.objects.get(pk=record.pk)

    def _values(self, step: str, record: Lifecycle) -> dict:
        values = self.values.get(step, {})
        return values(record) if callable(values) else values

    @staticmethod
    def _for_the_state(refused: Refused) -> bool:
        return any(finding.message.startswith("现在的状态是") for finding in refused.blocking)


def disagreements(model: type[Lifecycle], table: Table, **grid: Any) -> list[str]:
    """Where the machine and the table differ (see Grid for what to give)."""
    return Grid(model, table, **grid).disagreements()
