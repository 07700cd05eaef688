"""What the system check finds wrong with a machine, and what a declaration must have."""

import pytest
from django.db import models

from portal.access import matrix
from portal.events import catalogue
from portal.people.actor import Actor
from portal.regulation.articles import Article
from portal.workflow.checks import faults, machines_are_sound
from portal.workflow.lifecycle import Lifecycle, StateField, all_steps, machines
from portal.workflow.step import opening, step
from tests.kernel.models import Errand


class States(models.TextChoices):
    ONE = "one", "一"
    TWO = "two", "二"
    THREE = "three", "三"


def stepping(source, target, **more):
    def body(self, *, actor, at, **values):
        pass

    body.__name__ = more.pop("name", "go")
    return step("走", source=source, target=target, articles=[Article(1)], sentence="{actor}走了{ref}", **more)(body)


def machine(**members):
    """An abstract machine `walk` of one → two → three unless `members` says otherwise."""
    members = {
        "machine": "walk",
        "label": "行走",
        "State": States,
        "state": StateField(States),
        "final": frozenset({"three"}),
        "create": opening("新建", articles=[Article(1)], sentence="{actor}新建了{ref}"),
        "go": stepping(["one"], "two"),
        "end": stepping(["two"], "three", name="end"),
        "Meta": type("Meta", (), {"abstract": True}),
        "__module__": __name__,
        **members,
    }
    return type("Walk", (Lifecycle,), {name: value for name, value in members.items() if value is not None})


@pytest.fixture(autouse=True)
def rows_of_the_matrix(monkeypatch):
    monkeypatch.setattr(catalogue, "_sentences", dict(catalogue._sentences))
    for action in ("walk.create", "walk.go", "walk.end"):
        monkeypatch.setitem(matrix.MATRIX, action, matrix.Row(action, "*", {}))


def test_sound_machine_has_no_faults():
    assert faults(machine()) == []


@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ({"go": stepping(["one"], "nowhere")}, "go names the unknown state nowhere"),
        ({"go": stepping(["one", "lost"], "two")}, "go names the unknown state lost"),
        ({"go": stepping(["one"], None)}, "state two cannot be reached"),
        ({"end": stepping(["two"], None, name="end")}, "state two is a dead end and not final"),
        ({"final": frozenset({"two", "three"})}, "final state two can be left"),
        ({"create": None}, "no opening"),
        ({"go": stepping(["one"], "two", guards=["is_awake"])}, "go: no guard is_awake"),
        ({"go": stepping(["one"], "two", four_eyes=True)}, "go: action walk.go.prepare has no row in the matrix"),
        ({"go": stepping(["one"], "two", action="walk.run")}, "go: action walk.run has no row in the matrix"),
    ],
)
def test_fault_is_named(members, fault):
    assert fault in faults(machine(**members))


def test_check_names_the_machine(monkeypatch):
    monkeypatch.delitem(matrix.MATRIX, "errand.send")
    assert "errand: send: action errand.send has no row in the matrix" in [error.msg for error in machines_are_sound()]


def test_step_without_article_is_refused():
    with pytest.raises(TypeError, match="cites no article"):
        step("走", source=["one"], target="two", articles=[], sentence="x")


def test_opening_without_article_is_refused():
    with pytest.raises(TypeError, match="cites no article"):
        opening("新建", articles=[], sentence="x")


def test_declared_step_knows_its_machine_action_and_kind():
    send = Errand.steps["send"]
    assert (send.machine, send.name, send.action, send.kind, send.label) == (
        "errand",
        "send",
        "errand.send",
        "errand.send",
        "报送",
    )
    assert send.source == ("draft",) and send.target == "sent"
    assert machines()["errand"] is Errand and send in all_steps()


def test_every_step_has_its_sentence():
    kinds = catalogue.kinds()
    for declared in all_steps():
        assert kinds[declared.kind] == declared.sentence
        if declared.four_eyes:
            assert {f"{declared.kind}.prepare", f"{declared.kind}.decline"} <= kinds.keys()


def test_state_field_begins_with_its_first_member():
    field = StateField(States)
    assert (field.default, field.choices, field.protected) == ("one", States.choices, True)


def test_states_read_alike_outside(monkeypatch):
    monkeypatch.setattr(Errand, "outside_labels", {"draft": "办理中"})
    errand = Errand(number="E")
    assert errand.state_label(Actor(1, "某", "host_clerk")) == "办理中"
    assert errand.state_label(Actor(1, "某", "cast_officer")) == errand.state_label() == "起草"
