"""Tables of regulation chapter 5; 市科协 keeps them all (Art. 33)."""

from review.models.assignment import Assignment, AssignmentUserObjectPermission, Score, ScoreArchive
from review.models.expert import Avoidance, Conflict, Expert, Undertaking
from review.models.meeting import Ballot, Meeting, Member, PanelSheet, Slot, SlotResult, Voted
from review.models.objection import Objection
from review.models.round import Result, Round
from review.models.shortlist import Shortlist, ShortlistEntry, ShortlistVersion

__all__ = [
    "Assignment",
    "AssignmentUserObjectPermission",
    "Avoidance",
    "Ballot",
    "Conflict",
    "Expert",
    "Meeting",
    "Member",
    "Objection",
    "PanelSheet",
    "Result",
    "Round",
    "Score",
    "ScoreArchive",
    "Shortlist",
    "ShortlistEntry",
    "ShortlistVersion",
    "Slot",
    "SlotResult",
    "Undertaking",
    "Voted",
]
