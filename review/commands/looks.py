"""Looks at what is confidential: each is an event (Art. 33)."""

from datetime import datetime

from portal.access.decide import require
from portal.events import catalogue
from portal.people.actor import Actor
from portal.regulation.articles import Article
from portal.workflow.take import note
from review.models import Meeting, Shortlist, Slot

_A33 = [Article(33)]
RESULTS = catalogue.kind("meeting.results", "{actor}查看了{ref}的会评结果", _A33)
BOARD = catalogue.kind("shortlist.view", "{actor}查看了{ref}的得分", _A33)
CONTENT = catalogue.kind("slot.read", "{actor}阅读了{ref}的材料", _A33)


def at_results(meeting: Meeting, *, actor: Actor, at: datetime) -> None:
    require(actor, RESULTS, meeting)
    note(RESULTS, meeting, actor=actor, at=at)


def at_board(shortlist: Shortlist, *, actor: Actor, at: datetime) -> None:
    require(actor, BOARD, shortlist)
    note(BOARD, shortlist, actor=actor, at=at)


def at_content(slot: Slot, *, actor: Actor, at: datetime) -> None:
    require(actor, CONTENT, slot)
    note(CONTENT, slot, actor=actor, at=at)
