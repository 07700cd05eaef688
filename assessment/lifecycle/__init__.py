"""The machines of regulation chapter 7: assessment, transfer, exit."""

from assessment.lifecycle.assessment import AssessmentLifecycle
from assessment.lifecycle.exit import ExitLifecycle
from assessment.lifecycle.information import InformationChangeLifecycle
from assessment.lifecycle.transfer import TransferLifecycle

__all__ = ["AssessmentLifecycle", "ExitLifecycle", "InformationChangeLifecycle", "TransferLifecycle"]
