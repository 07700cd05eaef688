"""Where the applications and the year stand at each point of chapter 5 (life cycle 2, 4–6)."""

from collections import Counter

import pytest

from applications.models import Application, Cycle
from fixtures.scenarios import reviewing
from portal.tenancy.reach import Because, everything


def states(world) -> Counter:
    with everything(because=Because.SEED):
        return Counter(Application.objects.values_list("state", flat=True))


def year_of(world) -> str:
    with everything(because=Because.SEED):
        return Cycle.objects.get().state


@pytest.mark.parametrize(
    ("point", "year", "expected"),
    [
        ("begun", "network_review", {"eligible"}),
        ("scoring", "network_review", {"in_network_review"}),
        ("confirmed", "panel_review", {"panel_candidate"}),
        ("session", "panel_review", {"in_panel_review"}),
        ("minuted", "panel_review", {"in_panel_review"}),
        ("publicity", "publicity", {"in_publicity"}),
    ],
)
def test_applications_move_with_the_review(world, point, year, expected):
    """Six were nominated; who falls out does so at the confirmation and at the approval of the list."""
    found = states(world)
    assert sum(found.values()) == 6
    assert found.keys() - {"network_failed", "panel_failed"} == expected
    assert year_of(world) == year


@pytest.mark.parametrize("point", ["publicity"])
def test_who_is_uncontested_at_the_end_of_the_publicity_is_selected(world):
    public = states(world)["in_publicity"]
    reviewing.publicity_ended(world)
    assert public and states(world)["selected"] == public
    assert year_of(world) == "publicity"
