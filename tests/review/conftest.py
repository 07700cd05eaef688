"""One database for this folder in which the story is told once, up to the network review; each test rolls back."""

from dataclasses import replace

import pytest
from django.db import connection

from fixtures.scenarios import reviewing
from fixtures.scenarios.world import World, opened_cycle
from tests.databases import Databases
from tests.review.browser import browsers  # noqa: F401  (a fixture of this folder)

UNITS = 6


@pytest.fixture(scope="package")
def told(django_db_setup, django_db_blocker):
    """Six nominated units whose applications are eligible, twelve experts, staff who have signed."""
    with django_db_blocker.unblock():
        databases = Databases()
        databases.copies = 1000  # names of its own, beside those of the session's databases
        databases.prepare()
        with databases.a_copy():
            world = World.build(units=UNITS)
            opened_cycle(world)
            reviewing.experts_joined(world)
            reviewing.network_review_begun(world)
            reviewing.staff_signed(world)
            connection.close()
            yield world
            connection.close()
        databases.close()


@pytest.fixture
def world(told, db) -> World:
    """The story at the beginning of the network review; what a test does to it is its own."""
    return replace(told, people=dict(told.people), cycles=dict(told.cycles), hosts=list(told.hosts))
