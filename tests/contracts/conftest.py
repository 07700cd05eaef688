"""The story of the demo, told once for the whole folder in a database of its own; each test rolls back."""

import pytest
from django.db import connection, transaction

from fixtures.scenarios.stages import tell
from fixtures.scenarios.world import World
from portal import clock
from tests.contracts.crawl import Crawler, Visit
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


@pytest.fixture(scope="package")
def visits(told, django_db_blocker) -> list[Visit]:
    """One pass over the site as it stands at the end of the story."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(clock, "now", lambda: told.at)
        seen = list(Crawler(told))
        transaction.set_rollback(True)
    connection.close()
    return seen
