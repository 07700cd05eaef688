"""What the tests of applications stand on: the world of the stories, its cycle open, the portal's clock at its hour."""

import pytest

from fixtures.scenarios.cycles import opened_cycle
from fixtures.scenarios.world import World


@pytest.fixture
def world(db, settings, tmp_path) -> World:
    """Four host units (host1, host2 of 海淀, host3 of 朝阳, host4 of 西城), two places a recommending unit."""
    settings.MEDIA_ROOT = tmp_path
    found = World.build(units=4)
    opened_cycle(found, places=2)
    return found


@pytest.fixture
def clock(monkeypatch, world):
    """The portal's clock stands where the story stands."""
    monkeypatch.setattr("portal.web.middleware.clock.now", lambda: world.at)
    return world
