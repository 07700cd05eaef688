"""Proposing who judges what: fewest-loaded first, peers of the field before others, never a conflict. Pure.

`propose` is the whole interface; a better algorithm replaces its body. The same seed gives the same proposal.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from review.lots import lot


@dataclass(frozen=True)
class Seat:
    """An application that wants experts; has: ids of those it keeps."""

    number: str
    field: str
    has: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Peer:
    """An expert who may be asked. load: what they hold already; cap: the most they take."""

    id: int
    employer: str
    cap: int
    fields: frozenset[str] = frozenset()
    load: int = 0


@dataclass(frozen=True)
class Short:
    """An application that stays short: how many experts are missing, and why the others cannot sit there."""

    number: str
    missing: int
    reasons: Mapping[str, int] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        why = "、".join(f"{reason} {count} 位" for reason, count in self.reasons.items()) or "没有可选专家"
        return f"{self.number} 还缺 {self.missing} 位专家：{why}"


@dataclass(frozen=True)
class Proposal:
    """pairs: (application's number, expert's id) to add; short: what could not be filled."""

    pairs: tuple[tuple[str, int], ...]
    short: tuple[Short, ...]


CONFLICT, FULL, COLLEAGUES = "须回避", "工作量已满", "同单位专家已达上限"


def propose(
    seats: Sequence[Seat],
    peers: Sequence[Peer],
    conflicts: Mapping[str, frozenset[int]],
    *,
    experts_per_application: int,
    same_employer_max: int,
    seed: int,
) -> Proposal:
    """Fills every seat that can be filled, the application with the fewest possible experts first.

    conflicts: {application's number: ids of experts who may never judge it}.
    """
    load = {peer.id: peer.load for peer in peers}
    employer = {peer.id: peer.employer for peer in peers}
    pairs: list[tuple[str, int]] = []
    short: list[Short] = []
    for seat in sorted(seats, key=lambda each: (_choice(each, peers, conflicts), lot(seed, each.number))):
        sitting = Counter(employer[expert] for expert in seat.has if expert in employer)
        missing = experts_per_application - len(seat.has)
        candidates = [peer for peer in peers if peer.id not in seat.has]
        while missing > 0:
            why = {peer.id: _obstacle(peer, seat, conflicts, load, sitting, same_employer_max) for peer in candidates}
            free = [peer for peer in candidates if not why[peer.id]]
            if not free:
                short.append(Short(seat.number, missing, dict(Counter(filter(None, why.values())))))
                break
            best = min(
                free,
                key=lambda peer: (seat.field not in peer.fields, load[peer.id], lot(seed, f"{seat.number}/{peer.id}")),
            )
            pairs.append((seat.number, best.id))
            load[best.id] += 1
            sitting[best.employer] += 1
            candidates.remove(best)
            missing -= 1
    return Proposal(tuple(pairs), tuple(short))


def _choice(seat: Seat, peers: Sequence[Peer], conflicts: Mapping[str, frozenset[int]]) -> int:
    barred = conflicts.get(seat.number, frozenset())
    return sum(1 for peer in peers if peer.id not in barred and peer.load < peer.cap)


def _obstacle(peer: Peer, seat: Seat, conflicts, load, sitting, same_employer_max: int) -> str:
    if peer.id in conflicts.get(seat.number, frozenset()):
        return CONFLICT
    if load[peer.id] >= peer.cap:
        return FULL
    if sitting[peer.employer] >= same_employer_max:
        return COLLEAGUES
    return ""
