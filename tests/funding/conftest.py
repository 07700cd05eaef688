"""A selectee to work with: told in commands as far as 审查通过, then moved on by the machine's own steps."""

from datetime import datetime, timedelta

import pytest

from applications.models import Application
from fixtures.scenarios import city, nominations
from fixtures.scenarios.world import BEIJING, World, opened_cycle
from funding.commands.selection import open_selection
from funding.models import Selectee
from portal.people.actor import SYSTEM
from portal.tenancy.reach import Because, everything
from portal.workflow.take import take

ROAD = [
    ("enter_network_review", "secretary"),
    ("advance_to_panel", "secretary"),
    ("enter_panel", "secretary"),
    ("propose", "supervisor"),
    ("publicise", "secretary"),
    ("select", "secretary"),
]


@pytest.fixture
def world(db) -> World:
    world = World.build(units=3)
    opened_cycle(world, 2025)
    return world


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


def opened_selectee(world: World) -> Selectee:
    """The first unit's selection, with what it opens."""
    application = selected_application(world, world.hosts[0])
    world.at = datetime(2026, 1, 12, 9, tzinfo=BEIJING)
    with everything(because=Because.SYSTEM_STEP):
        return open_selection(application, actor=SYSTEM, at=world.at)


@pytest.fixture
def selectee(world) -> Selectee:
    return opened_selectee(world)
