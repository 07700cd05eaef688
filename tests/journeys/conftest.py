"""A served portal in a database of the test's own, whose clock is the story's, and people at their browsers."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from fixtures.scenarios.world import World
from portal import clock
from portal.tenancy.reach import Because, everything
from tests.journeys.people import People
from tests.site import browser as chromium_browser


@pytest.fixture
def beginning() -> Callable[[], World]:
    """What has happened before the journey: three host units and their people, no year yet."""
    return lambda: World.build(units=3)


@pytest.fixture
def world(transactional_db, settings, tmp_path, monkeypatch, beginning) -> Iterator[World]:
    """The portal's clock stands where the story stands; the teller looks at everything."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright keeps a loop in the thread that tells the story
    settings.MEDIA_ROOT = tmp_path
    settings.PASSWORD_MAX_DAYS = 0  # the story takes years; renewing a password is told in tests/accounts
    settings.IDLE_SECONDS = 24 * 3600  # the story takes hours between two clicks; after days everybody signs in again
    world = beginning()
    monkeypatch.setattr(clock, "now", lambda: world.at)
    with everything(because=Because.SEED):
        yield world


@pytest.fixture
def people(world, live_server) -> Iterator[People]:
    """While Playwright's loop runs Django has a connection of its own for this thread; it ends with the browser."""
    with chromium_browser() as browser:
        yield People(browser, live_server.url, world)
        connection.close()
