"""What a year in cultivation leaves hanging: every term, assessment, change and fen has its end first (Art. 21-32)."""

from datetime import datetime

import pytest

from applications import hanging
from applications.models import Cycle
from assessment.commands import tracking
from fixtures.scenarios import cultivating as tell
from fixtures.scenarios.world import BEIJING, opened_cycle
from funding.models import Selectee
from portal.tenancy.reach import Because, everything

RUNNING = ("还在培养中的入选者", "第三十二条", "selectee.list", "state=active")
SUSPENDED = ("资格中止的入选者", "第三十一条（二）", "selectee.list", "state=suspended")
CONTRACTING = ("还没有签订任务书的入选者", "第二十六条", "selectee.list", "state=contracting")
ASSESSMENTS = ("还没有归档的考核", "第三十条", "assessment.list", "")
TRANSFERS = ("没有办结的单位变更", "第二十九条", "transfer.list", "")
CHANGES = ("没有答复的信息变更", "第二十八条", "information_change.list", "state=requested")
EXITS = ("没有办结的退出", "第三十一条", "exit.list", "")
MONEY = ("没有结清的经费", "第二十一条", "grant.list", "")


def nothing(world, selectee) -> None:
    """Two terms run."""


def scheduled(world, selectee) -> None:
    tell.scheduled(world, selectee)


def filed(world, selectee) -> None:
    tell.filed(world, tell.assessed(world, selectee))


def asked(world, selectee) -> None:
    tell.later(world)
    with world.acting("host1") as actor:
        mine = Selectee.objects.get(pk=selectee.pk)
        tracking.request_change(mine, actor=actor, at=world.at, fact="name", after="新名", because="更名")


def moving(world, selectee) -> None:
    tell.move_requested(world, selectee, world.hosts[1])


def at_the_new_unit(world, selectee) -> None:
    tell.move_approved(world, tell.move_accepted(world, tell.move_requested(world, selectee, world.hosts[1])))


def moved(world, selectee) -> None:
    tell.moved(world, selectee, world.hosts[1])


def docketed(world, selectee) -> None:
    tell.case_opened(world, selectee)


def suspended(world, selectee) -> None:
    tell.imposed(world, selectee, decision="suspend", serious=False)


def cancelled(world, selectee) -> None:
    tell.imposed(world, selectee)


def recovered(world, selectee) -> None:
    tell.recovered(world, tell.imposed(world, selectee))


def left(world, selectee) -> None:
    tell.left(world, selectee)


# (what happened to the first of two selectees, what then hangs besides the other's term and money)
HANGING = [
    (nothing, {RUNNING: 2, MONEY: 2}),
    (scheduled, {RUNNING: 2, MONEY: 2, ASSESSMENTS: 1}),
    (filed, {RUNNING: 2, MONEY: 2}),
    (asked, {RUNNING: 2, MONEY: 2, CHANGES: 1}),
    (moving, {RUNNING: 2, MONEY: 2, TRANSFERS: 1}),
    (at_the_new_unit, {RUNNING: 2, MONEY: 3, TRANSFERS: 1, CONTRACTING: 1}),
    (moved, {RUNNING: 1, MONEY: 2, CONTRACTING: 1}),
    (docketed, {RUNNING: 2, MONEY: 2, EXITS: 1}),
    (suspended, {RUNNING: 1, MONEY: 2, EXITS: 1, SUSPENDED: 1}),
    (cancelled, {RUNNING: 1, MONEY: 2, EXITS: 1}),
    (recovered, {RUNNING: 1, MONEY: 1}),
    (left, {RUNNING: 1, MONEY: 1}),
]


@pytest.fixture
def cycle(world) -> Cycle:
    """The year of the story as it will be in cultivation."""
    return Cycle(pk=world.cycles[2025].pk, state="cultivation")


def hangs(world, login: str, cycle) -> dict[tuple, int]:
    with world.acting(login):
        found = hanging.items(cycle, world.at)
    return {(each.label, str(each.article), each.action, each.query): each.count for each in found}


@pytest.mark.parametrize(("happens", "wanted"), HANGING)
def test_what_is_not_finished_hangs(world, selectee, cycle, happens, wanted):
    happens(world, selectee)
    assert hangs(world, "supervisor", cycle) == wanted


def test_a_year_closes_when_every_term_and_every_fen_has_its_end(world, selectee, other, cycle):
    def obstacles() -> set[str]:
        with world.acting("supervisor"):
            return {str(finding) for finding in cycle.stage_finished(at=world.at)}

    left(world, selectee)
    assert obstacles() == {"还在培养中的入选者：1 项未办结（第三十二条）", "没有结清的经费：1 项未办结（第二十一条）"}
    recovered(world, other)
    assert obstacles() == set()


def test_another_year_hangs_on_nothing_of_this_one(world, selectee):
    with everything(because=Because.SEED):
        world.at = datetime(2026, 8, 20, 9, tzinfo=BEIJING)
        another = opened_cycle(world, 2026)
    assert hangs(world, "supervisor", Cycle(pk=another.pk, state="cultivation")) == {}
