"""The whole of chapter 5 told in commands, from the round to the formal selection."""

from collections import Counter

from applications.models import Application, Cycle
from fixtures.scenarios import reviewing
from portal.tenancy.reach import Because, everything


def states(world) -> Counter:
    with everything(because=Because.SEED):
        return Counter(Application.objects.values_list("state", flat=True))


def test_the_story_runs_from_the_round_to_the_selection(world):
    assert states(world) == {"eligible": 6}
    reviewing.scoring_begun(world)
    assert states(world) == {"in_network_review": 6}
    reviewing.results_confirmed(world)
    through = states(world)["panel_candidate"]
    assert through + states(world)["network_failed"] == 6 and through
    reviewing.publicity_published(world)
    assert states(world)["in_publicity"] >= 1
    reviewing.publicity_ended(world)
    assert states(world)["selected"] >= 1
    with everything(because=Because.SEED):
        assert Cycle.objects.get().state == "publicity"
