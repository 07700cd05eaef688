"""States and proposals, recounted from the events."""

from collections import defaultdict
from collections.abc import Iterator

from portal.events.models import Event
from portal.invariants import invariant
from portal.workflow.lifecycle import Lifecycle, machines
from portal.workflow.models import PreparedStep
from portal.workflow.step import Step


@invariant("state_of_events")
def states_are_folds_of_events() -> Iterator[str]:
    """Each record stands in the state to which its events, one after the other, have moved it."""
    for name, model in machines().items():
        folded, broken = _folded(model)
        yield from broken
        stored = {str(pk): state for pk, state in model.objects.values_list("pk", "state")}
        for pk in sorted(folded.keys() | stored.keys(), key=int):
            if folded.get(pk) != stored.get(pk):
                yield f"{name} {pk} is {stored.get(pk) or 'gone'}, its events say {folded.get(pk) or 'nothing'}"


def _folded(model: type[Lifecycle]) -> tuple[dict[str, str], list[str]]:
    """Primary key → state by the events, and the moves that start elsewhere than the one before has ended.

    An event that moves nothing (a note, a flag) is passed over: what it says of the state is hearsay.
    """
    states: dict[str, str] = {}
    broken = []
    rows = Event.objects.filter(record_table=model._meta.db_table).order_by("sequence")
    for sequence, pk, before, after in rows.values_list("sequence", "record_pk", "from_state", "to_state").iterator():
        if before == after:
            continue
        if (stood := states.get(pk, "")) != before:
            broken.append(f"event {sequence} moves {model.machine} {pk} from {before}, it was {stood or 'not there'}")
        states[pk] = after
    return states, broken


@invariant("states_known")
def states_are_known() -> Iterator[str]:
    """No record stands in a state that its machine does not have."""
    for name, model in machines().items():
        for pk, state in model.objects.exclude(state__in=model.State.values).values_list("pk", "state"):
            yield f"{name} {pk} stands in the unknown state {state}"


@invariant("prepared_steps")
def proposals_are_consistent() -> Iterator[str]:
    """An open proposal can still be taken; an approved one is one event, taken by another person than prepared it."""
    for proposal in PreparedStep.objects.order_by("pk"):
        fault = _fault(proposal)
        if fault:
            yield f"proposal {proposal.pk} ({proposal.machine}.{proposal.step} of {proposal.record_ref}): {fault}"


def _fault(proposal: PreparedStep) -> str | None:
    model = machines().get(proposal.machine)
    step = model.steps.get(proposal.step) if model else None
    if model is None or step is None or not step.four_eyes:
        return "no such four-eyes step"
    if proposal.outcome == PreparedStep.Outcome.OPEN:
        return _fault_of_open(proposal, model, step)
    if proposal.outcome == PreparedStep.Outcome.APPROVED and not _events(step, proposal.record_pk).filter(
        actor_user_id=proposal.decided_by_id, at=proposal.decided_at
    ):
        return "approved without its event"
    return None


def _fault_of_open(proposal: PreparedStep, model: type[Lifecycle], step: Step) -> str | None:
    state = model.objects.filter(pk=proposal.record_pk).values_list("state", flat=True).first()
    return None if state in step.source else f"open although the record is {state or 'gone'}"


def _events(step: Step, pk: str):
    return Event.objects.filter(kind=step.kind, record_pk=pk)


@invariant("four_eyes")
def four_eyes_saw_each_step() -> Iterator[str]:
    """Every four-eyes step that was taken had been prepared by another person."""
    steps = {step.kind: step for model in machines().values() for step in model.steps.values() if step.four_eyes}
    prepared = defaultdict(set)
    approved = PreparedStep.objects.filter(outcome=PreparedStep.Outcome.APPROVED)
    for machine, step, pk, first, second in approved.values_list(
        "machine", "step", "record_pk", "prepared_by_id", "decided_by_id"
    ):
        if first != second:
            prepared[f"{machine}.{step}", pk].add(second)
    taken = Event.objects.filter(kind__in=steps).order_by("sequence")
    for sequence, kind, pk, user in taken.values_list("sequence", "kind", "record_pk", "actor_user_id"):
        if user not in prepared[kind, pk]:
            yield f"event {sequence} ({kind}) was not prepared by another person"
