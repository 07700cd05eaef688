"""Races in real threads: one application a unit, places, double submits, two verdicts at once (Art. 10, 11, 13, 15).

Each test first takes the guard away and shows that the race is real (everybody has looked before the first one writes),
then that with the guard exactly one wins.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from django.db.models import QuerySet

from applications.commands import application as host_verbs
from applications.commands import cast_review as city_verbs
from applications.commands import recommendation as unit_verbs
from applications.declarations import promises_of
from applications.models import Application, ApplicationVersion, ListEntry, RecommendationList
from fixtures.scenarios import city, nominations
from fixtures.scenarios.world import World, opened_cycle
from portal.events.models import Event
from portal.people.models import Affiliation
from portal.regulation.rules import Refused
from portal.tenancy.reach import Because, everything
from portal.workflow import take as workflow
from portal.workflow.lifecycle import Lifecycle
from portal.workflow.take import StaleVersion, take
from tests.owner import owner
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)
PROMISES = [promise.code for promise in promises_of("host_approver")]


@pytest.fixture
def world(transactional_db, settings, tmp_path) -> World:
    """Five units, all of 海淀, which has three places."""
    settings.MEDIA_ROOT = tmp_path
    world = World.build(units=5)
    with everything(because=Because.SEED):
        Affiliation.objects.update(recommender=world.recommenders["110108"])
    opened_cycle(world, places=3)
    return world


def act(world: World, login: str, verb: Callable, record, **values) -> Callable[[], object]:
    """What a person does in a thread of its own, a day after the window opened."""

    def run():
        with world.acting(login) as actor:
            return verb(record, actor=actor, at=world.at + timedelta(days=1), **values)

    return run


ALL_COME, SOME_ARE_HELD = 30, 1 / 3  # seconds to wait for the others


def at_once(monkeypatch, acts: list[Callable], *, patience: float = SOME_ARE_HELD, row_locks=True) -> list[object]:
    """Runs the acts together; whoever has judged its first step waits until all have, as long as patience lasts."""
    everybody, judged, locking = threading.Barrier(len(acts)), workflow._guarded, QuerySet.select_for_update
    met = set()

    def judged_together(*asked):
        found = judged(*asked)
        if threading.get_ident() not in met:
            met.add(threading.get_ident())
            with suppress(threading.BrokenBarrierError):
                everybody.wait(patience)
        return found

    def not_locking(self, **how):
        return self.all() if issubclass(self.model, Lifecycle) else locking(self, **how)

    with monkeypatch.context() as patch:
        patch.setattr(workflow, "_guarded", judged_together)
        if not row_locks:
            patch.setattr(QuerySet, "select_for_update", not_locking)
        return together(acts)


def won(results: list[object]) -> list[object]:
    """What was not refused; anything but a refusal or a stale version is a fault of its own."""
    faults = [each for each in results if isinstance(each, Exception) and not isinstance(each, (Refused, StaleVersion))]
    assert faults == []
    return [each for each in results if not isinstance(each, Exception)]


def messages(results: list[object]) -> set[tuple[str, str]]:
    refused = [finding for each in results if isinstance(each, Refused) for finding in each.blocking]
    return {(finding.message, str(finding.article)) for finding in refused}


def standing(model, **found):
    with everything(because=Because.CHECK_INVARIANTS):
        return list(model.objects.filter(**found).order_by("pk"))


# --- one application a unit (Art. 10) --------------------------------------------------------------------------------


def test_of_twenty_creations_for_one_unit_one_stands(world, monkeypatch):
    def creations(number: int) -> list[Callable]:
        values = {"recommender": None, "applicant_name": "李建国"}
        return [act(world, f"host{number}", host_verbs.create, world.cycles[2026], **values)] * 20

    with owner("applications_application") as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'application_one_per_host'")
        (index,) = cursor.fetchone()
        cursor.execute("DROP INDEX application_one_per_host")
        assert len(won(at_once(monkeypatch, creations(2), patience=ALL_COME))) == 20, "the race is not real"
        cursor.execute("UPDATE applications_application SET state = 'withdrawn'")
        cursor.execute(index)
    results = at_once(monkeypatch, creations(1))
    (application,) = won(results)
    assert messages(results) == {("本单位本年度已有申报。每个依托单位限推荐 1 人", "第十条")}
    assert standing(Application, organisation=world.hosts[0]) == [application]
    assert len(standing(Event, kind="application.create", record_ref=application.number)) == 1


# --- places (Art. 11) ------------------------------------------------------------------------------------------------


def test_of_twenty_nominations_as_many_stand_as_there_are_places(world, monkeypatch):
    qualified = [nominations.screened_application(world, host) for host in world.hosts]
    nominate = [act(world, "haidian", unit_verbs.nominate, each) for each in qualified]
    past_the_list = [act(world, "haidian", partial(take, "nominate"), each) for each in qualified]
    assert len(won(at_once(monkeypatch, past_the_list, patience=ALL_COME))) == 5, "the race is not real"
    (unit_list,) = standing(RecommendationList)
    with world.acting("haidian") as officer:
        order = [each.number for each in qualified]
        unit_verbs.rank(unit_list, order, line=0, actor=officer, at=world.at)
    results = at_once(monkeypatch, nominate * 4)
    assert len(won(results)) == 3
    assert ("推荐名额已满（3/3）", "第十一条") in messages(results)
    assert len(standing(Application, state="recommended")) == 3
    ranks = {each.rank: each.application_id for each in standing(ListEntry)}
    assert sorted(ranks) == [1, 2, 3, 4, 5]
    assert {each.pk for each in standing(Application, state="recommended")} == {ranks[rank] for rank in (1, 2, 3)}


# --- twice the same --------------------------------------------------------------------------------------------------


def submissions(world: World, number: int) -> list[Callable]:
    application = nominations.signed_application(world, world.hosts[number - 1])
    values = {"promises": PROMISES, "version": application.version}
    return [act(world, f"host{number}-boss", host_verbs.submit, application, **values)] * 2


def test_of_a_double_submit_one_counts(world, monkeypatch):
    with owner() as cursor:
        cursor.execute("ALTER TABLE applications_applicationversion DROP CONSTRAINT version_once")
        both = at_once(monkeypatch, submissions(world, 2), patience=ALL_COME, row_locks=False)
        assert len(won(both)) == 2, "the race is not real"
    results = at_once(monkeypatch, submissions(world, 1))
    (application,) = won(results)
    assert [type(each) for each in results if isinstance(each, Exception)] == [StaleVersion]
    assert [each.number for each in standing(ApplicationVersion, application=application)] == [1]
    assert len(standing(Event, kind="application.submit", record_ref=application.number)) == 1


# --- two verdicts at once --------------------------------------------------------------------------------------------


def withdraw_or_qualify(world: World, number: int):
    """The unit takes back what the officer is just passing."""
    application = nominations.submitted_application(world, world.hosts[number - 1])
    with world.acting("haidian") as officer:
        answers = {item.key: ("yes", "") for item in application.screening_items()}
        application = unit_verbs.screen(application, answers, actor=officer, at=world.at)
    return application, [
        (f"host{number}-boss", host_verbs.withdraw, {"reason": "人员调整"}),
        ("haidian", unit_verbs.qualify, {}),
    ]


def pass_or_return(world: World, number: int):
    """Two officers of the city on one application."""
    unit = list(world.recommenders.values())[number]
    with everything(because=Because.SEED):
        Affiliation.objects.filter(host=world.hosts[number - 1]).update(recommender=unit)
    nominations.screened_application(world, world.hosts[number - 1])
    nominations.reported_list(world, unit)
    city.accepted_list(world, unit)
    (application,) = city.received(world, unit)
    with world.acting("officer") as officer:
        answers = {item.key: city.Answer("yes", "已核对") for item in application.cast_items()}
        application = city_verbs.review(application, answers=answers, actor=officer, at=world.at)
    return application, [
        ("officer", city_verbs.pass_review, {}),
        ("officer", city_verbs.return_for_correction, {"notes": {"budget": "请核对"}}),
    ]


def submit_or_send_back(world: World, number: int):
    """The approver's two buttons, in two windows."""
    unit_list, login = a_list(world, number, nominations.requested_list)
    return unit_list, [
        (f"{login}-boss", unit_verbs.submit_list, {}),
        (f"{login}-boss", unit_verbs.send_back, {"reason": "请补充意见"}),
    ]


def accept_or_withdraw(world: World, number: int):
    """The city accepts what the unit is just taking back."""
    unit_list, login = a_list(world, number, nominations.reported_list)
    return unit_list, [
        ("officer", city_verbs.accept_list, {}),
        (f"{login}-boss", unit_verbs.withdraw_list, {"reason": "排序有误"}),
    ]


def accept_or_return(world: World, number: int):
    """Two officers of the city on one list."""
    unit_list, _ = a_list(world, number, nominations.reported_list)
    return unit_list, [
        ("officer", city_verbs.accept_list, {}),
        ("officer", city_verbs.return_list, {"reason": "请更正"}),
    ]


def a_list(world: World, number: int, told: Callable) -> tuple[RecommendationList, str]:
    """Of a recommending unit of its own, with one nominee."""
    unit = list(world.recommenders.values())[number]
    with everything(because=Because.SEED):
        Affiliation.objects.filter(host=world.hosts[number - 1]).update(recommender=unit)
    nominations.screened_application(world, world.hosts[number - 1])
    return told(world, unit), world.login_of(unit)


PAIRS = [  # and whether the two pages say which version they saw
    (withdraw_or_qualify, True),
    (withdraw_or_qualify, False),
    (pass_or_return, True),
    (submit_or_send_back, False),
    (accept_or_withdraw, True),
    (accept_or_return, False),
]


@pytest.mark.parametrize(("pair", "with_version"), PAIRS)
def test_of_two_verdicts_at_once_one_counts(world, monkeypatch, pair, with_version):
    def acts(record, verdicts) -> list[Callable]:
        seen = {"version": record.version} if with_version else {}
        return [act(world, login, verb, record, **values, **seen) for login, verb, values in verdicts]

    both = at_once(monkeypatch, acts(*pair(world, 2)), patience=ALL_COME, row_locks=False)
    assert len(won(both)) == 2, "the race is not real"
    record, verdicts = pair(world, 1)
    before = len(standing(Event, record_table=record._meta.db_table, record_pk=str(record.pk)))
    results = at_once(monkeypatch, acts(record, verdicts))
    (winner,) = won(results)
    lost = [type(each) for each in results if isinstance(each, Exception)]
    assert lost == [StaleVersion if with_version else Refused]
    (after,) = standing(type(record), pk=record.pk)
    assert (after.state, after.version) == (winner.state, record.version + 1)
    assert len(standing(Event, record_table=record._meta.db_table, record_pk=str(record.pk))) == before + 1
