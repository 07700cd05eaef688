"""The proposal of seats: never a conflict, loads even, the same with the same seed, and says what it cannot fill."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from review.assigner import COLLEAGUES, CONFLICT, FULL, Peer, Seat, propose


def run(seats, peers, conflicts=None, *, k=3, m=1, seed=1):
    return propose(seats, peers, conflicts or {}, experts_per_application=k, same_employer_max=m, seed=seed)


def peers(count, **values):
    return [
        Peer(number, f"U{number}", values.get("cap", 30), values.get("fields", frozenset())) for number in range(count)
    ]


def test_every_seat_is_filled_and_loads_are_even():
    found = run([Seat(f"A{n}", "ic") for n in range(10)], peers(6))
    assert not found.short
    assert set(Counter(number for number, _ in found.pairs).values()) == {3}
    assert set(Counter(expert for _, expert in found.pairs).values()) == {5}


def test_experts_of_the_field_come_before_others():
    crowd = [*peers(3, fields=frozenset({"bio"})), *[Peer(10 + n, f"V{n}", 30, frozenset({"ic"})) for n in range(3)]]
    found = run([Seat("A", "ic")], crowd)
    assert {expert for _, expert in found.pairs} == {10, 11, 12}


def test_a_conflict_is_never_assigned_and_is_told_as_the_reason():
    found = run([Seat("A", "ic")], peers(3), {"A": frozenset({1})})
    assert {expert for _, expert in found.pairs} == {0, 2}
    (short,) = found.short
    assert (short.missing, dict(short.reasons)) == (1, {CONFLICT: 1})
    assert str(short) == "A 还缺 1 位专家：须回避 1 位"


def test_a_full_expert_and_a_second_colleague_are_told_apart():
    crowd = [Peer(1, "U", 5, load=5), Peer(2, "V", 5), Peer(3, "V", 5)]
    (short,) = run([Seat("A", "ic")], crowd).short
    assert dict(short.reasons) == {FULL: 1, COLLEAGUES: 1}
    assert short.missing == 2


def test_kept_experts_stay_and_count():
    found = run([Seat("A", "ic", frozenset({0, 1}))], peers(4))
    assert len(found.pairs) == 1
    assert found.pairs[0][1] in {2, 3}


def test_a_kept_colleague_counts_towards_the_employer():
    crowd = [Peer(1, "U", 5), Peer(2, "U", 5), Peer(3, "W", 5)]
    found = run([Seat("A", "ic", frozenset({1}))], crowd, k=2)
    assert found.pairs == (("A", 3),)


def test_the_same_seed_gives_the_same_proposal_in_any_order():
    seats, crowd = [Seat(f"A{n}", "ic") for n in range(8)], peers(7)
    assert run(seats, crowd, seed=5).pairs == run(list(reversed(seats)), list(reversed(crowd)), seed=5).pairs
    assert any(set(run(seats, crowd, seed=n).pairs) != set(run(seats, crowd, seed=5).pairs) for n in range(10))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_proposal_breaks_a_limit(data):
    crowd = [
        Peer(n, f"U{data.draw(st.integers(0, 3))}", data.draw(st.integers(0, 4)), load=data.draw(st.integers(0, 2)))
        for n in range(data.draw(st.integers(0, 7)))
    ]
    seats = [Seat(f"A{n}", "ic") for n in range(data.draw(st.integers(1, 6)))]
    barred = {
        seat.number: frozenset(data.draw(st.sets(st.sampled_from([p.id for p in crowd] or [99])))) for seat in seats
    }
    m = data.draw(st.integers(1, 2))
    found = run(seats, crowd, barred, m=m, seed=data.draw(st.integers(0, 99)))
    by_id = {peer.id: peer for peer in crowd}
    load = Counter(expert for _, expert in found.pairs)
    assert len(set(found.pairs)) == len(found.pairs)
    assert all(expert not in barred[number] for number, expert in found.pairs)
    assert all(by_id[expert].load + count <= by_id[expert].cap for expert, count in load.items())
    for seat in seats:
        sitting = [by_id[expert].employer for number, expert in found.pairs if number == seat.number]
        assert len(sitting) <= 3
        assert all(count <= m for count in Counter(sitting).values())
        missing = next((each.missing for each in found.short if each.number == seat.number), 0)
        assert len(sitting) + missing == 3
