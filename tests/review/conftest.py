"""The story of chapter 5, told once for this folder, each point of it kept in a database of its own.

A test says from which point it goes on, by default the first, and what it does rolls back:

    @from_point("session")
    def test_x(world): …

    @pytest.fixture
    def point():                 # … or a whole module
        return "publicity"

`lasting` instead of `world` gives a copy that the test may commit to and break.
"""

from dataclasses import dataclass, field, replace

import pytest
from django.db import connection

from fixtures.scenarios import reviewing
from fixtures.scenarios.world import World, opened_cycle
from tests.databases import Databases
from tests.review.browser import browsers  # noqa: F401  (a fixture of this folder)

UNITS = 6


def begun() -> World:
    """Six nominated units whose applications are eligible, twelve experts, staff who have signed."""
    world = World.build(units=UNITS)
    opened_cycle(world)
    reviewing.experts_joined(world)
    reviewing.network_review_begun(world)
    reviewing.staff_signed(world)
    return world


# point → (the point before it, what happens in between)
POINTS = {
    "scoring": ("begun", reviewing.scoring_begun),  # experts are invited, the window is open
    "confirmed": ("scoring", reviewing.results_confirmed),  # the candidates of the panel are known
    "session": ("confirmed", reviewing.session_opened),  # nine members sit, nobody has presented yet
    "voting": ("session", reviewing.candidates_heard),
    "minuted": ("voting", reviewing.meeting_concluded),
    "publicity": ("minuted", lambda world: (reviewing.list_drawn_up(world), reviewing.list_published(world))),
}


def from_point(name: str):
    """Marks a test that goes on from that point of the story."""
    return pytest.mark.parametrize("point", [name])


@dataclass
class Story:
    """Databases at the points of the story, each made when a test first asks for it."""

    databases: Databases
    told: dict[str, tuple[str, World]] = field(default_factory=dict)

    def at(self, point: str) -> tuple[str, World]:
        """(database's name, the story's world as it stands there)."""
        if point not in self.told:
            self.told[point] = self.tell(point)
        return self.told[point]

    def tell(self, point: str) -> tuple[str, World]:
        if point == "begun":
            name = self.databases.copy()
            with self.databases.using(name):
                return name, begun()
        before, go_on = POINTS[point]
        earlier, world = self.at(before)
        name, world = self.databases.copy(of=earlier), one_s_own(world)
        with self.databases.using(name):
            go_on(world)
        return name, world


def one_s_own(world: World) -> World:
    return replace(world, people=dict(world.people), cycles=dict(world.cycles), hosts=list(world.hosts))


@pytest.fixture(scope="package")
def story(django_db_setup, django_db_blocker):
    databases = Databases()
    databases.prepare()
    story = Story(databases)
    yield story
    for name, _ in story.told.values():
        databases.drop(name)
    databases.close()


@pytest.fixture
def point() -> str:
    return "begun"


@pytest.fixture
def standing(story, point, django_db_blocker):
    """Django stands on the database of the point before the test's transaction begins, and until after its end."""
    with django_db_blocker.unblock():
        name, world = story.at(point)
    with story.databases.using(name):
        yield world


@pytest.fixture
def world(standing, db) -> World:
    """The story at the point asked for; what a test does to it is its own."""
    return one_s_own(standing)


@pytest.fixture
def lasting(story, point, django_db_blocker) -> World:
    """The same in a database of the test's own, where what it does is committed."""
    with django_db_blocker.unblock():
        name, world = story.at(point)
        with story.databases.a_copy(of=name):
            yield one_s_own(world)
            connection.close()
