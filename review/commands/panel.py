"""A panel's members taken together: who sits on it, who has come, who has left (Art. 17)."""

from collections.abc import Iterable
from datetime import datetime

from portal.people.actor import Actor
from portal.workflow.take import operation
from review.commands import meeting as verbs
from review.models import Expert, Meeting, Member


def compose(
    meeting: Meeting,
    *,
    experts: Iterable[Expert],
    chair: Expert,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> None:
    """These experts and nobody else, one of them in the chair. Who stays as they are is not touched."""
    wanted = {each.pk: each for each in experts}
    standing = {each.expert_id: each for each in meeting.members.select_related("expert", "meeting")}
    with operation(actor=actor, at=at, lock=[meeting]):
        for pk in standing.keys() - wanted.keys():
            verbs.unseat(standing[pk], actor=actor, at=at)
        for pk, expert in wanted.items():
            if pk not in standing or standing[pk].is_chair != (expert == chair):
                verbs.seat(meeting, expert, is_chair=expert == chair, actor=actor, at=at)


def sign_in(
    meeting: Meeting, *, members: Iterable[Member], actor: Actor, at: datetime, version: int | None = None
) -> None:
    """The secretary registers who has come."""
    with operation(actor=actor, at=at):
        for member in members:
            verbs.sign_in(member, actor=actor, at=at)


def leave(
    meeting: Meeting, *, members: Iterable[Member], actor: Actor, at: datetime, version: int | None = None
) -> None:
    """The secretary registers who has left."""
    with operation(actor=actor, at=at):
        for member in members:
            verbs.leave(member, actor=actor, at=at)
