"""The machines of regulation chapter 5, one module each."""

from review.lifecycle.assignment import AssignmentLifecycle
from review.lifecycle.meeting import MeetingLifecycle
from review.lifecycle.objection import ObjectionLifecycle
from review.lifecycle.round import RoundLifecycle
from review.lifecycle.shortlist import ShortlistLifecycle
from review.lifecycle.slot import SlotLifecycle

__all__ = [
    "AssignmentLifecycle",
    "MeetingLifecycle",
    "ObjectionLifecycle",
    "RoundLifecycle",
    "ShortlistLifecycle",
    "SlotLifecycle",
]
