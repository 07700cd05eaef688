"""Selections to work with, told once for the folder in a database of its own; each test rolls back.

Told in commands as far as 审查通过, then moved on by the machine's own steps.
"""

from copy import copy
from datetime import datetime, timedelta

import pytest
from django.db import connection

from applications.models import Application
from fixtures.scenarios import city, contracting, nominations
from fixtures.scenarios.world import BEIJING, World, opened_cycle
from funding.commands.selection import open_selection
from funding.models import Grant, Selectee
from portal.people.actor import SYSTEM
from portal.tenancy.reach import Because, everything
from portal.workflow.take import take
from tests.databases import Databases
from tests.review.browser import browsers  # noqa: F401  (a fixture of this folder)

ROAD = [
    ("enter_network_review", "secretary"),
    ("advance_to_panel", "secretary"),
    ("enter_panel", "secretary"),
    ("propose", "supervisor"),
    ("publicise", "secretary"),
    ("select", "secretary"),
]
PLACES = (0, 2, 3)  # host1, host3, host4: each of another recommending unit


def selected_application(world: World, host) -> Application:
    """One nomination taken to 正式入选."""
    application = nominations.screened_application(world, host)
    recommender = application.recommender
    nominations.reported_list(world, recommender, world.at + timedelta(days=2))
    city.reviewed(world, recommender, world.at + timedelta(days=3))
    for step, login in ROAD:
        with world.acting(login) as actor:
            application = take(step, application, actor=actor, at=world.at + timedelta(days=4))
    return application


def funded_of(world: World, selectee: Selectee) -> Grant:
    """Task book in force, account verified, first tranche paid and confirmed."""
    contracting.signed(world, selectee)
    contracting.account_verified(world, selectee)
    contracting.paid(world, selectee)
    with everything(because=Because.CHECK_INVARIANTS):
        return Grant.objects.get(selectee=selectee)


def tell(places: tuple[int, ...] = PLACES) -> tuple[World, list[Selectee]]:
    """The selections of these units with what they open."""
    world = World.build(units=4)
    opened_cycle(world, 2025)
    selected = [selected_application(world, world.hosts[place]) for place in places]
    world.at = datetime(2026, 1, 12, 9, tzinfo=BEIJING)
    with everything(because=Because.SEED):
        return world, [open_selection(application, actor=SYSTEM, at=world.at) for application in selected]


@pytest.fixture(scope="package")
def told(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        databases = Databases()
        databases.prepare()
        with databases.a_copy():
            world, _ = tell()
            connection.close()
            yield world
            connection.close()
        databases.close()


@pytest.fixture
def world(told, db) -> World:
    """The story; each test goes on with a clock of its own."""
    return copy(told)


def selectee_of(world: World, host) -> Selectee:
    """The unit's, past every fence."""
    with everything(because=Because.SEED):
        return Selectee.objects.select_related("organisation", "cycle").get(organisation=host)


@pytest.fixture
def selectee(world) -> Selectee:
    """Of host1, with task book, grant and tranches."""
    return selectee_of(world, world.hosts[0])


@pytest.fixture
def other(world) -> Selectee:
    """Of host3, the same."""
    return selectee_of(world, world.hosts[2])


@pytest.fixture
def funded(world, selectee) -> Grant:
    return funded_of(world, selectee)
