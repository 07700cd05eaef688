"""Tables of regulation chapters 3 and 4."""

from applications.models.application import (
    ApplicantIdentity,
    Application,
    ApplicationVersion,
    Attachment,
    DraftRevision,
    Section,
    SectionNote,
)
from applications.models.cast_review import CastCheck
from applications.models.cycle import Cycle, CycleField, PolicyVersion, Quota
from applications.models.notice import Notice, NoticeEntry
from applications.models.recommendation import ListEntry, Opinion, RecommendationList, ScreeningCheck, UnitRules

__all__ = [
    "ApplicantIdentity",
    "Application",
    "ApplicationVersion",
    "Attachment",
    "CastCheck",
    "Cycle",
    "CycleField",
    "DraftRevision",
    "ListEntry",
    "Notice",
    "NoticeEntry",
    "Opinion",
    "PolicyVersion",
    "Quota",
    "RecommendationList",
    "ScreeningCheck",
    "Section",
    "SectionNote",
    "UnitRules",
]
