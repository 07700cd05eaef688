"""The one table: what it refuses to be, and what is asked of it."""

import pytest

from portal.access import matrix
from portal.access.decide import Denied, decide, narrow, require
from portal.access.matrix import BadMatrix, UnknownAction, parse
from portal.people.actor import Actor
from portal.people.roles import Role
from portal.tenancy.reach import Reach, reaching
from tests.kernel.models import Errand


def test_row_is_read():
    (row,) = parse("# remark\n\nx.view | 查看 | host_clerk own\n").values()
    assert (row.action, row.label, row.cells) == ("x.view", "查看", {"host_clerk": "own"})


def test_cell_may_hold_either_of_two_relations():
    assert parse("x.view | 查看 | host_clerk own+counterpart")["x.view"].cells == {"host_clerk": "own+counterpart"}


def test_row_without_roles_is_for_nobody():
    assert parse("x.view | 查看 |")["x.view"].cells == {}


def test_roles_stand_in_the_order_of_the_matrix():
    assert parse("x.view | 查看 | auditor any, host_clerk own")["x.view"].roles == ["host_clerk", "auditor"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x.view | 查看", "three columns"),
        ("x.view | 查看 | host_clerk own | more", "three columns"),
        ("x.view | 查看 | wizard own", "wizard own"),
        ("x.view | 查看 | host_clerk theirs", "host_clerk theirs"),
        ("x.view | 查看 | host_clerk", "host_clerk"),
        ("x.view | 查看 | host_clerk own+", "host_clerk own"),
        ("x.view | 查看 | host_clerk own, host_clerk any", "host_clerk any"),
        ("x.view | 查看 | host_clerk own\nx.view | 查看 | auditor any", "stands twice"),
    ],
)
def test_bad_row_is_refused(text, words):
    with pytest.raises(BadMatrix, match=words):
        parse(text)


def test_action_in_two_tables_is_refused(tmp_path, monkeypatch):
    for chapter in matrix.CHAPTERS:
        (tmp_path / f"{chapter}.txt").write_text("x.view | 查看 | auditor any\n" if chapter != "review" else "")
    monkeypatch.setattr(matrix, "TABLES", tmp_path)
    with pytest.raises(BadMatrix, match="two tables"):
        matrix.load()


def test_unknown_action_raises():
    with pytest.raises(UnknownAction):
        decide(Actor(1, "某人", Role.AUDITOR), "errand.fly")
    with pytest.raises(UnknownAction):
        narrow(Actor(1, "某人", Role.AUDITOR), "errand.fly", Errand.objects.all())


def test_unknown_role_raises():
    with pytest.raises(ValueError, match="wizard"):
        decide(Actor(1, "某人", "wizard"), "errand.view")
    with pytest.raises(ValueError, match="wizard"):
        narrow(Actor(1, "某人", "wizard"), "errand.view", Errand.objects.all())


def test_role_without_a_cell_is_denied_and_told_who_may():
    stranger = Actor(1, "某人", Role.AUDITOR)
    with pytest.raises(Denied, match="这个操作由“依托单位经办人”办理。您现在的身份是“纪检监督”。") as denied:
        require(stranger, "errand.create")
    assert denied.value.decision.roles == ["host_clerk"]
    with reaching(Reach(everything=True)):
        assert list(narrow(stranger, "errand.create", Errand.objects.all())) == []


def test_what_the_system_alone_does_is_said_so():
    with pytest.raises(Denied, match="这个操作由系统办理"):
        require(Actor(1, "某人", Role.HOST_CLERK), "errand.expire")


def test_rights_are_those_of_the_role_in_use(people):
    """The clerk who is the approver too acts as a clerk until they change roles."""
    approver = people.also(people.host_clerk, Role.HOST_APPROVER)
    assert not decide(people.host_clerk, "errand.send").allowed
    assert decide(approver, "errand.send").allowed
