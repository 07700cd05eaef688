"""The grid itself, on the kernel's own machine: it agrees with the truth and names every lie."""

from copy import deepcopy

import pytest

from portal.people.actor import SYSTEM
from portal.people.roles import Role
from portal.regulation.rules import failed
from portal.workflow.take import approve, prepare, take
from tests.contracts.steps import Grid, disagreements
from tests.kernel.models import Errand
from tests.kernel.rows import new_errand, sent
from tests.people import AT, acting

TABLE = {
    "promise": {"draft": {"applicant"}},
    "send": {"draft": {"host_approver"}},
    "give_back": {"sent": {"recommender_officer"}},
    "finish": {"sent": {"cast_supervisor"}},
    "finish.prepare": {"sent": {"cast_officer", "cast_supervisor"}},
    "drop": {"draft": {"host_approver", "cast_officer"}, "sent": {"host_approver", "cast_officer"}},
    "expire": {"draft": {"system"}},
}


@pytest.fixture
def grid(people):
    def make(state: str) -> Errand:
        errand = new_errand(people.host_clerk, people.recommender, person=people.applicant)
        if state in ("sent", "done"):
            errand = sent(errand, people.host_approver)
        if state == "done":
            with acting(people.cast_officer):
                proposal = prepare("finish", errand, actor=people.cast_officer, at=AT)
            with acting(people.cast_supervisor):
                errand = approve(proposal, actor=people.cast_supervisor, at=AT)
        if state in ("dropped", "expired"):
            actor, step = (SYSTEM, "expire") if state == "expired" else (people.host_approver, "drop")
            with acting(actor):
                errand = take(step, errand, actor=actor, at=AT)
        return errand

    def actor(role: str, errand: Errand):
        return people.of(role)

    return {"make": make, "actor": actor}


def test_grid_agrees_with_the_machine(grid):
    assert disagreements(Errand, TABLE, **grid) == []


@pytest.mark.parametrize(
    ("lie", "words"),
    [
        (lambda t: t.pop("send"), "the table has no step send"),
        (lambda t: t.pop("finish.prepare"), "the table has no step finish.prepare"),
        (lambda t: t.update(fly={"draft": {"applicant"}}), "the machine has no step fly"),
        (lambda t: t["send"].update(lost=set()), "send: no state lost"),
        (lambda t: t["send"]["draft"].add("wizard"), "send: no role wizard"),
        (lambda t: t["send"]["draft"].add("host_clerk"), "send from draft by host_clerk: denied, the table says taken"),
        (
            lambda t: t["drop"]["draft"].discard("cast_officer"),
            "drop from draft by cast_officer: taken, the table says refused",
        ),
        (lambda t: t["promise"].clear(), "promise from draft by applicant: taken, the table says denied"),
        (
            lambda t: t["give_back"].update(draft={"recommender_officer"}),
            "give_back from draft by recommender_officer: refused, the table says taken",
        ),
    ],
)
def test_lie_in_the_table_is_named(grid, lie, words):
    table = deepcopy(TABLE)
    lie(table)
    told = Grid(Errand, table, **grid)
    assert words in [*told.unknown(), *(told.of_state("draft") if " from draft " in words else ())]


def test_refusal_for_another_reason_than_the_state_is_named(grid, monkeypatch):
    draft = grid["make"]("draft")
    monkeypatch.setattr(Errand, "is_titled", lambda self, **asked: [_no()])
    attempt = Grid(Errand, TABLE, **grid).attempt("send", Role.HOST_APPROVER, draft)
    assert attempt == "refused: 不能报送：不行。"


def _no():
    return failed("不行")


def test_step_that_moves_another_record_is_named(grid, monkeypatch):
    other = grid["make"]("draft")
    original = Errand.send

    def send(self, *, actor, at, **values):
        with acting(actor):
            type(self).objects.filter(pk=other.pk).update(state="sent")
        return original(self, actor=actor, at=at)

    draft = grid["make"]("draft")
    monkeypatch.setattr(Errand, "send", send)
    attempt = Grid(Errand, TABLE, **grid).attempt("send", Role.HOST_APPROVER, draft)
    assert attempt == "taken, but it moved other records of the machine too"


def test_step_that_goes_elsewhere_is_named(grid):
    draft = grid["make"]("draft")
    attempt = Grid(Errand, TABLE, **grid, targets={"send": "done"}).attempt("send", Role.HOST_APPROVER, draft)
    assert attempt == "went to sent, not done"


def test_wrong_record_of_the_factory_is_named(grid):
    wrong = {**grid, "make": lambda state: grid["make"]("draft")}
    assert list(Grid(Errand, TABLE, **wrong).of_state("done")) == ["make('done') gave a record in draft"]
