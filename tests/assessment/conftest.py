"""Two selectees in cultivation, told once for the folder in a database of its own; each test rolls back."""

from copy import copy
from datetime import datetime

import pytest
from django.db import connection

from fixtures.scenarios import contracting, reviewing
from fixtures.scenarios.cycles import opened_cycle
from fixtures.scenarios.world import BEIJING, World
from funding.commands.selection import open_selection
from funding.models import Selectee
from portal.people.actor import SYSTEM
from portal.tenancy.reach import Because, everything
from tests.databases import Databases
from tests.funding.conftest import selected_application, selectee_of
from tests.review.browser import browsers  # noqa: F401  (a fixture of this folder)


def begun(units: int, places: tuple[int, ...]) -> tuple[World, list[Selectee]]:
    """The selectees of these units (each of another recommending unit), task book in force, account verified."""
    world = World.build(units=units)
    world.at = datetime(2025, 8, 20, 9, tzinfo=BEIJING)
    opened_cycle(world, 2025)
    world.at = datetime(2025, 9, 1, 9, tzinfo=BEIJING)
    chosen = [selected_application(world, world.hosts[place]) for place in places]
    world.at = datetime(2026, 1, 12, 9, tzinfo=BEIJING)
    with everything(because=Because.SEED):
        selectees = [open_selection(application, actor=SYSTEM, at=world.at) for application in chosen]
    for selectee in selectees:
        contracting.signed(world, selectee)
        contracting.account_verified(world, selectee)
    return world, [selectee_of(world, world.hosts[place]) for place in places]


def tell() -> World:
    """host1 and host3 have a selectee each, in force, with money paid and spent; host2 has none."""
    world, selectees = begun(units=3, places=(0, 2))
    for selectee in selectees:
        contracting.paid(world, selectee)
        contracting.spent(world, selectee)
    reviewing.experts_joined(world, 12)
    reviewing.staff_signed(world)
    return world


@pytest.fixture(scope="package")
def told(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        databases = Databases()
        databases.prepare()
        with databases.a_copy():
            world = tell()
            connection.close()
            yield world
            connection.close()
        databases.close()


@pytest.fixture
def world(told, db) -> World:
    """The story; each test goes on with a clock of its own."""
    return copy(told)


@pytest.fixture
def selectee(world) -> Selectee:
    """Of host1."""
    return selectee_of(world, world.hosts[0])


@pytest.fixture
def other(world) -> Selectee:
    """Of host3, under another recommending unit."""
    return selectee_of(world, world.hosts[2])
