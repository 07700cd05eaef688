"""take(): the only way a state changes. begin() and note() are its sisters for a first state and for none."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from portal.access.decide import decide, require
from portal.people.actor import Actor
from portal.regulation.rules import Finding, Refused, failed
from portal.tenancy.reach import Because, everything
from portal.workflow.lifecycle import Lifecycle, machines
from portal.workflow.models import PreparedStep
from portal.workflow.operation import AlreadyDone, locked, operation
from portal.workflow.step import Opening, Step

__all__ = [
    "AlreadyDone",
    "PossibleStep",
    "StaleVersion",
    "approve",
    "begin",
    "decline",
    "held",
    "note",
    "operation",
    "possible_steps",
    "prepare",
    "take",
]


class StaleVersion(Exception):
    """The record has changed since the page was made (409). Carries the record as it stands."""

    def __init__(self, record: Lifecycle):
        self.record = record
        super().__init__(record.ref)


@dataclass(frozen=True)
class PossibleStep:
    """A step that the actor's role may take from this state; blocked while `findings` hold one that blocks.

    `preparing` says that this actor would prepare it for another person's approval.
    """

    step: Step
    findings: tuple[Finding, ...]
    preparing: bool = False

    @property
    def allowed(self) -> bool:
        return not any(finding.blocks for finding in self.findings)

    @property
    def action(self) -> str:
        return f"{self.step.action}.prepare" if self.preparing else self.step.action


def take(
    name: str,
    record: Lifecycle,
    *,
    actor: Actor,
    at: datetime,
    reason: str = "",
    version: int | None = None,
    prepared: PreparedStep | None = None,
    **values: Any,
) -> Lifecycle:
    """Takes one step of one record and returns the record as it then stands.

    Order: locks the row; StaleVersion if `version` is not the stored one; Denied by the matrix; Refused from a wrong
    source state, without a needed reason or preparation, or by a guard's finding; the body sets fields; saves with
    version + 1; ends an open proposal that the new state makes impossible; collects the Event (written at the
    operation's end).
    """
    step = record.step(name)
    with operation(actor=actor, at=at) as running:
        row = locked(record)
        _same_version(row, version)
        require(actor, step.action, row)
        _refuse(step, _obstacles(step, row, reason, prepared, actor))
        _refuse(step, _guarded(step, row, actor, at, values))
        before = row.state
        facts = getattr(row, name)(actor=actor, at=at, **values) or {}
        _save(row, step)
        _lapse(row, at)
        running.record(
            step.kind,
            row,
            actor=actor,
            at=at,
            moved=(before, row.state),
            facts=facts,
            reason=reason,
            confidential=step.confidential,
        )
    return row


def begin(name: str, record: Lifecycle, *, actor: Actor, at: datetime, reason: str = "", **values: Any) -> Lifecycle:
    """Brings a new record into its first state: matrix, guards, INSERT, Event. Raises Denied or Refused."""
    step = record.step(name)
    if not isinstance(step, Opening):
        raise TypeError(f"{step.kind} is no opening")
    with operation(actor=actor, at=at) as running:
        require(actor, step.action, record)
        _refuse(step, _guarded(step, record, actor, at, values))
        _insert(record, step)
        running.record(step.kind, record, actor=actor, at=at, moved=("", record.state), facts=values, reason=reason)
    return record


def note(
    kind: str,
    record,
    *,
    actor: Actor,
    at: datetime,
    facts: dict | None = None,
    reason: str = "",
    confidential: bool = False,
) -> None:
    """Writes an event that changes no state (a look at a score, a saved order). Raises UnknownKind.

    A confidential one is kept by 市科协, so that the record's own keeper does not read it (Art. 33).
    """
    state = getattr(record, "state", "")
    with operation(actor=actor, at=at) as running:
        running.record(
            kind,
            record,
            actor=actor,
            at=at,
            moved=(state, state),
            facts=facts or {},
            reason=reason,
            confidential=confidential,
        )


def held(record, action: str, *, actor: Actor, version: int | None = None):
    """The row of a verb that is no step, locked inside its operation. Raises Denied or StaleVersion."""
    row = locked(record)
    require(actor, action, row)
    _same_version(row, version)
    return row


def prepare(
    name: str, record: Lifecycle, *, actor: Actor, at: datetime, reason: str = "", version: int | None = None, **values
) -> PreparedStep:
    """Proposes a four-eyes step with its (JSON) values for another person. The record's state does not change.

    Raises StaleVersion, Denied (row `<action>.prepare`), or Refused as take() would, or when a proposal is open.
    """
    step = record.step(name)
    with operation(actor=actor, at=at) as running:
        row = locked(record)
        _same_version(row, version)
        require(actor, f"{step.action}.prepare", row)
        _refuse(step, _wrong_state(step, row, actor) + _no_reason(step, reason))
        _refuse(step, _guarded(step, row, actor, at, values))
        proposal = PreparedStep(  # type: ignore[misc]  # the matrix has let somebody of an organisation pass
            organisation_id=actor.organisation_id,
            machine=row.machine,
            step=name,
            record_table=row._meta.db_table,
            record_pk=str(row.pk),
            record_ref=row.ref,
            values=values,
            reason=reason,
            prepared_by_id=actor.user_id,
            prepared_at=at,
        )
        _guard_constraints(proposal.save, proposal, step)
        facts = {"step": step.label}
        running.record(
            f"{step.kind}.prepare",
            row,
            actor=actor,
            at=at,
            moved=(row.state, row.state),
            facts=facts,
            reason=reason,
            confidential=True,
        )
    return proposal


def approve(prepared: PreparedStep, *, actor: Actor, at: datetime, reason: str = "") -> Lifecycle:
    """Takes a prepared step with its values. Raises Refused when the same person prepared it."""
    record = record_of(prepared)
    with operation(actor=actor, at=at, lock=[record, prepared]):
        taken = take(
            prepared.step,
            record,
            actor=actor,
            at=at,
            reason=reason or prepared.reason,
            prepared=locked(prepared),
            **prepared.values,
        )
        _settle(prepared, PreparedStep.Outcome.APPROVED, actor, at)
    return taken


def decline(prepared: PreparedStep, *, actor: Actor, at: datetime, reason: str) -> None:
    """Refuses a prepared step with a reason; the record stays as it is. Raises Denied or Refused."""
    record = record_of(prepared)
    step = record.step(prepared.step)
    with operation(actor=actor, at=at, lock=[record, prepared]) as running:
        record = locked(record)
        require(actor, step.action, record)
        _refuse(step, _prepared_rightly(step, locked(prepared), actor) + _no_reason(step, reason, always=True))
        _settle(prepared, PreparedStep.Outcome.DECLINED, actor, at)
        running.record(
            f"{step.kind}.decline",
            record,
            actor=actor,
            at=at,
            moved=(record.state, record.state),
            facts={"step": step.label},
            reason=reason,
            confidential=True,
        )


def open_preparation(record: Lifecycle) -> PreparedStep | None:
    """The proposal that waits for approval on this record, if one does; machines without four eyes have none."""
    return _open_on(record).first() if any(step.four_eyes for step in record.steps.values()) else None


def _open_on(record: Lifecycle):
    return PreparedStep.objects.filter(
        record_table=record._meta.db_table, record_pk=str(record.pk), outcome=PreparedStep.Outcome.OPEN
    )


def record_of(prepared: PreparedStep) -> Lifecycle:
    """The record a proposal is about, through the fence."""
    return machines()[prepared.machine].objects.get(pk=prepared.record_pk)


def possible_steps(record: Lifecycle, actor: Actor, at: datetime) -> list[PossibleStep]:
    """The steps that this actor may take (or prepare) from this state, each with what its guards find now."""
    found = []
    for step in record.steps.values():
        if isinstance(step, Opening) or step.by_command or record.state not in step.source:
            continue
        preparing = step.four_eyes and decide(actor, f"{step.action}.prepare", record).allowed
        if preparing or (not step.four_eyes and decide(actor, step.action, record).allowed):
            found.append(PossibleStep(step, tuple(_findings(step, record, actor, at, {})), preparing))
    return found


def _same_version(row: Lifecycle, version: int | None) -> None:
    if version is not None and row.version != version:
        raise StaleVersion(row)


def _obstacles(step: Step, row, reason: str, prepared: PreparedStep | None, actor: Actor) -> list[Finding]:
    found = _wrong_state(step, row, actor) + _no_reason(step, reason)
    if step.four_eyes:
        found += _prepared_rightly(step, prepared, actor)
    return found


def _wrong_state(step: Step, row: Lifecycle, actor: Actor) -> list[Finding]:
    """The state is named as this actor may know it (Art. 33)."""
    if row.state in step.source:
        return []
    return [failed(f"现在的状态是“{row.state_label(actor)}”，不能{step.label}", article=step.articles[0])]


def _no_reason(step: Step, reason: str, always: bool = False) -> list[Finding]:
    needed = (step.reason or always) and not reason.strip()
    return [failed("请填写理由", article=step.articles[0])] if needed else []


def _prepared_rightly(step: Step, prepared: PreparedStep | None, actor: Actor) -> list[Finding]:
    if prepared is None:
        return [failed("这一步须由一人拟办、另一人批准", article=step.articles[0])]
    if prepared.outcome != PreparedStep.Outcome.OPEN:
        return [failed("这份拟办已经办结", article=step.articles[0])]
    if prepared.prepared_by_id == actor.user_id:
        return [failed("拟办和批准不能是同一个人", article=step.articles[0])]
    return []


def _findings(step: Step, row, actor: Actor, at: datetime, values: dict) -> list[Finding]:
    found: list[Finding] = []
    for guard in step.guards:
        result = getattr(row, guard)(actor=actor, at=at, **values)
        found += [result] if isinstance(result, Finding) else list(result or ())
    return found


def _guarded(step: Step, row, actor: Actor, at: datetime, values: dict) -> list[Finding]:
    return [finding for finding in _findings(step, row, actor, at, values) if finding.blocks]


def _refuse(step: Step, findings: list[Finding]) -> None:
    if findings:
        raise Refused(step.label, findings)


def _save(row: Lifecycle, step: Step) -> None:
    row.version += 1
    _guard_constraints(row.save, row, step)


def _insert(row: Lifecycle, step: Step) -> None:
    _guard_constraints(row.save, row, step)


def _lapse(row: Lifecycle, at: datetime) -> None:
    """Nobody is asked to approve what the state no longer allows. The proposal may stand outside the actor's reach."""
    if not any(step.four_eyes for step in row.steps.values()):
        return
    possible = [step.name for step in row.steps.values() if row.state in step.source]
    with everything(because=Because.SYSTEM_STEP):
        _open_on(row).exclude(step__in=possible).update(outcome=PreparedStep.Outcome.LAPSED, decided_at=at)


def _guard_constraints(write, row, step: Step) -> None:
    """A named constraint that refuses the row becomes a neutral refusal: never the database's own text.

    A machine says what its constraints mean in `constraint_findings`: {constraint name: Finding}.
    """
    try:
        with transaction.atomic():
            write()
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        finding = getattr(row, "constraint_findings", {}).get(name)
        if finding is None:
            raise
        raise Refused(step.label, [finding]) from None


def _settle(prepared: PreparedStep, outcome: str, actor: Actor, at: datetime) -> None:
    PreparedStep.objects.filter(pk=prepared.pk).update(outcome=outcome, decided_by_id=actor.user_id, decided_at=at)
