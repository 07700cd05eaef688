"""Tables of regulation chapter 7."""

from assessment.models.assessment import (
    Assessment,
    AssessmentExpert,
    AssessmentExpertUserObjectPermission,
    IndicatorResult,
)
from assessment.models.exit import ExitCase, ExitNotice
from assessment.models.tracking import ContactRecord, InformationChange
from assessment.models.transfer import Transfer

__all__ = [
    "Assessment",
    "AssessmentExpert",
    "AssessmentExpertUserObjectPermission",
    "ContactRecord",
    "ExitCase",
    "ExitNotice",
    "IndicatorResult",
    "InformationChange",
    "Transfer",
]
