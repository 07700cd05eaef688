"""The whole of chapter 7 once through, in people's own reach; afterwards everything adds up."""

from fixtures.scenarios import cultivating
from portal.events.deliver import deliver_all
from portal.events.models import Delivery
from portal.invariants import registry


def breaches() -> list[str]:
    return [f"{name}: {words}" for name, each in registry().items() for words in each.breaches()]


def test_cultivation_from_first_assessment_to_exit(world, selectee, other):
    cultivating.contacted(world, selectee)
    row = cultivating.filed(world, cultivating.assessed(world, selectee))
    assert (row.state, row.grade_value) == ("closed", "passed")
    failed = cultivating.assessed(world, other, grade="failed")
    row = cultivating.rectified(world, cultivating.to_rectify(world, failed))
    assert cultivating.filed(world, row).state == "closed"
    assert cultivating.moved(world, selectee, world.hosts[1]).state == "settled"
    case = cultivating.recovered(world, cultivating.imposed(world, other))
    assert case.state == "closed"
    deliver_all()
    assert [(each.event_sequence, each.error) for each in Delivery.objects.filter(done_at=None)] == []
    assert breaches() == []
