"""The story of the demo, told once for the whole folder in a database of its own; each test rolls back."""

import pytest
from django.db import connection

from fixtures.scenarios.stages import tell
from fixtures.scenarios.world import World
from tests.databases import Databases


@pytest.fixture(scope="package")
def told(django_db_setup, django_db_blocker):
    """Three years: one closed, one in cultivation, one open; every machine has records, of several units each."""
    with django_db_blocker.unblock():
        databases = Databases()
        databases.prepare()
        with databases.a_copy():
            world = tell("cultivation")
            connection.close()
            yield world
            connection.close()
        databases.close()


@pytest.fixture
def story(told, db) -> World:
    """The demo's world at the stage `cultivation`."""
    return told
