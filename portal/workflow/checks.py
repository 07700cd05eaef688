"""System checks of the machines: states reachable, dead ends final, every action has its row."""

from django.core.checks import Error

from portal.access.matrix import MATRIX
from portal.workflow.lifecycle import Lifecycle, machines
from portal.workflow.step import Opening


def machines_are_sound(app_configs=None, **kwargs) -> list[Error]:
    """Django system check over all machines."""
    return [
        Error(f"{name}: {fault}", id="workflow.E001") for name, model in machines().items() for fault in faults(model)
    ]


def faults(model: type[Lifecycle]) -> list[str]:
    """What is wrong with one machine, in words; empty when it is sound."""
    states, found = set(model.State.values), []
    first = model.State.values[0]
    moves = [step for step in model.steps.values() if not isinstance(step, Opening)]
    reached, leavable = {first}, set()
    for step in moves:
        for state in {*step.source, *([step.target] if step.target else [])} - states:
            found.append(f"{step.name} names the unknown state {state}")
        if step.target:
            leavable |= set(step.source)
    growing = True
    while growing:
        growing = False
        for step in moves:
            if step.target and step.target not in reached and reached & set(step.source):
                reached.add(step.target)
                growing = True
    found += [f"state {state} cannot be reached" for state in sorted(states - reached)]
    found += [f"state {state} is a dead end and not final" for state in sorted(states - leavable - set(model.final))]
    found += [f"final state {state} can be left" for state in sorted(set(model.final) & leavable)]
    for step in model.steps.values():
        for action in [step.action, *([f"{step.action}.prepare"] if step.four_eyes else [])]:
            if action not in MATRIX:
                found.append(f"{step.name}: action {action} has no row in the matrix")
        found += [f"{step.name}: no guard {guard}" for guard in step.guards if not hasattr(model, guard)]
    if not any(isinstance(step, Opening) for step in model.steps.values()):
        found.append("no opening")
    return found
