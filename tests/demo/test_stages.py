"""The demo at each of its nine stages, told by the functions of `./run demo` in a smaller world.

What every demo stands on is told once; each stage then goes on in a database of its own.
"""

import io
from collections import Counter
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import connection

from applications.models import Application, Cycle, Notice
from assessment.models import Assessment, AssessmentExpert, ExitCase, Transfer
from fixtures.scenarios import stages
from fixtures.scenarios.world import World
from funding.models import Disbursement, Expense, Grant, Selectee, TaskBook
from portal.events.deliver import quietly
from portal.events.models import Delivery, Event
from portal.launcher.story import STAGES
from portal.notifications.models import Notification
from portal.people.models import Membership, Organisation, User
from portal.tenancy.reach import Because, everything
from portal.workflow.models import PreparedStep
from review.models import Assignment, Expert, Meeting, Objection
from tests.databases import Databases

UNITS, EXPERTS = 22, 18
NOMINATED = {"cultivation": 8, "closed": 8}  # each selectee has another story there; four units elsewhere
# Everybody whom the contract names.
LOGINS = {
    *("officer", "secretary", "finance", "supervisor", "auditor", "sysadmin"),
    *("haidian", "haidian-boss", "chaoyang", "chaoyang-boss"),
    *(login for n in (1, 2, 3) for login in (f"host{n}", f"host{n}-boss", f"applicant{n}")),
    *(f"expert{n}" for n in range(1, 13)),
}


@dataclass
class Ground:
    """What every demo stands on, and where it is kept."""

    databases: Databases
    name: str
    world: World

    @contextmanager
    def at(self, stage: str):
        """The story at its stage; gone afterwards."""
        connection.close()
        with self.databases.a_copy(self.name):
            world = replace(self.world, people=copy(self.world.people), cycles=copy(self.world.cycles))
            with quietly():
                yield stages.staged(world, stage, NOMINATED.get(stage, 4))
            connection.close()


@pytest.fixture(scope="module")
def ground(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        databases = Databases()
        databases.prepare()
        with databases.a_copy() as name:
            with quietly():
                world = stages.founded(units=UNITS, experts=EXPERTS)
            connection.close()
            yield Ground(databases, name, world)
        databases.close()


def has_work(login: str) -> bool:
    """An open 待办, in the portal's own list."""
    return Notification.objects.open().filter(recipient__username=login).exists()


def states(model, **asked) -> set[str]:
    return set(model.objects.filter(**asked).values_list("state", flat=True))


# --- what each stage is about -----------------------------------------------------------------------------------------


def at_open(world: World) -> None:
    assert {"draft", "submitted", "returned_by_recommender", "qualified"} == states(Application, cycle__year=2026)


def at_screening(world: World) -> None:
    assert {"submitted", "qualified", "forwarded"} == states(Application, cycle__year=2025)


def at_cast_review(world: World) -> None:
    assert {"in_cast_review", "eligible", "returned_by_cast"} == states(Application, cycle__year=2025)


def at_network_review(world: World) -> None:
    assert {"in_network_review"} == states(Application, cycle__year=2025)
    tasks = Assignment.objects.filter(round__cycle__year=2025)
    assert {"invited", "scoring", "submitted"} == set(tasks.values_list("state", flat=True))
    waiting = {each.expert.user.username for each in tasks.exclude(state="submitted").select_related("expert__user")}
    assert {f"expert{number}" for number in (*range(1, 10), 12)} <= waiting
    # the planted conflict: expert12 works for the first unit, and judges another's application
    conflicted = Expert.objects.get(user__username="expert12")
    assert conflicted.employer_code == world.hosts[0].code
    judged = tasks.filter(expert=conflicted).values_list("application__organisation_id", flat=True)
    assert world.hosts[0].pk not in judged


def at_panel_review(world: World) -> None:
    meeting = Meeting.objects.get(cycle__year=2025)
    assert meeting.state == "in_session"
    assert sorted(meeting.slots.values_list("state", flat=True)) == ["scored", "waiting", "waiting", "waiting"]
    seated = set(meeting.members.values_list("expert__user__username", flat=True))
    assert seated == {f"expert{number}" for number in range(1, 10)}


def at_publicity(world: World) -> None:
    notice = Notice.objects.get(cycle__year=2025, kind="proposed")
    assert notice.state == "published"
    assert notice.starts_at <= world.at < notice.ends_at
    assert Objection.objects.get(notice=notice).state == "received"
    assert has_work("officer")


def at_contracting(world: World) -> None:
    assert {"drafting", "effective"} <= states(TaskBook, selectee__cycle__year=2025)
    assert {"contracting", "active"} == states(Selectee, cycle__year=2025)
    assert Disbursement.objects.filter(grant__selectee__cycle__year=2025, state="confirmed").exists()
    assert has_work("host2")
    assert has_work("host3")


def at_cultivation(world: World) -> None:
    here = {"selectee__cycle__year": 2025}
    assert {"scheduled", "self_reported", "host_reviewed", "expert_review", "rectifying", "closed"} == states(
        Assessment, **here
    )
    assert states(Transfer, **here) == {"destination_accepted"}
    assert states(ExitCase, **here) == {"notified"}
    spending = {"grant__selectee__cycle__year": 2025}
    assert {"accepted", "recorded", "flagged", "warned"} == states(Expense, **spending)
    # both the transfer and the second tranche of a good year wait for the second pair of eyes
    assert set(PreparedStep.objects.filter(outcome="open").values_list("machine", flat=True)) == {
        "transfer",
        "disbursement",
    }
    asked = AssessmentExpert.objects.filter(assessment__state="expert_review")
    assert {each.expert.user.username for each in asked.select_related("expert__user")} == {
        "expert1",
        "expert10",
        "expert11",
    }
    for login in ("applicant1", "host1", "host2-boss", "host3", "chaoyang", "supervisor", "expert10", "expert11"):
        assert has_work(login), login


def at_closed(world: World) -> None:
    here = Selectee.objects.filter(cycle__year=2023)
    assert {"completed", "exited", "cancelled", "transferred"} == set(here.values_list("state", flat=True))
    assert {"settled", "recovered"} == states(Grant, selectee__cycle__year=2023)
    assert {"closed"} == states(ExitCase, selectee__cycle__year=2023)
    assert {"closed", "ended"} >= states(Assessment, selectee__cycle__year=2023)


# stage → (what its year is, at which stage of the cycle, what is true there)
FACTS = {
    "open": (2026, at_open),
    "screening": (2025, at_screening),
    "cast_review": (2025, at_cast_review),
    "network_review": (2025, at_network_review),
    "panel_review": (2025, at_panel_review),
    "publicity": (2025, at_publicity),
    "contracting": (2025, at_contracting),
    "cultivation": (2025, at_cultivation),
    "closed": (2023, at_closed),
}


def test_the_launcher_and_the_teller_know_the_same_stages():
    assert tuple(FACTS) == tuple(STAGES) == tuple(stages.STAGES)
    with pytest.raises(KeyError):
        stages.tell("nowhere")


@pytest.mark.parametrize("stage", FACTS)
def test_a_stage_is_told_lawfully_and_everybody_finds_work(ground, stage):
    year, facts = FACTS[stage]
    with ground.at(stage) as world, everything(because=Because.CHECK_INVARIANTS):
        # three years: one closed long ago, one open, one at the stage
        cycles = dict(Cycle.objects.values_list("year", "state"))
        assert cycles == {2022: "closed", 2026: "open", year: stage}
        assert {"completed", "exited"} == states(Selectee, cycle__year=2022)
        # the portal's clock stands behind everything that has happened, and nothing was left undelivered
        assert Event.objects.latest("at").at <= world.at
        assert [each.error for each in Delivery.objects.filter(done_at=None)] == []
        # a unit and its people take part in the open year, whatever the stage
        for login in ("applicant1", "host2", "host2-boss", "host3-boss", "haidian"):
            assert has_work(login), login
        facts(world)
        call_command("check_invariants", stdout=io.StringIO())
        call_command("verify_audit", stdout=io.StringIO())


def test_every_named_account_signs_in_with_the_one_password(ground, settings, rf):
    with ground.at("open") as world, everything(because=Because.CHECK_INVARIANTS):
        assert {account["login"] for account in world.accounts()} >= LOGINS
        request = rf.post("/login/")
        for login in sorted(LOGINS):
            assert authenticate(request, username=login, password=settings.DEMO_PASSWORD), login
        # nobody is asked for a new password before the work begins
        assert set(User.objects.values_list("password_changed_at", flat=True)) == {stages.NOW}


def test_units_stand_where_the_contract_puts_them(ground):
    """16 districts and 经开区, one park, one university association; host1 and host2 in 海淀, host3 in 朝阳."""
    with ground.at("open"), everything(because=Because.CHECK_INVARIANTS):
        kinds = Organisation.objects.filter(kind="recommender").values_list("unit_type", flat=True)
        assert Counter(kinds) == {"district_cast": 17, "park_cast": 1, "university_cast": 1}
        for host, officer in {"host1": "haidian", "host2": "haidian", "host3": "chaoyang"}.items():
            unit, above = (Membership.objects.get(user__username=login).organisation for login in (host, officer))
            assert unit.affiliations.get(to_date=None).recommender == above
    assert stages.UNITS >= 60
    assert stages.EXPERTS >= 35
