"""The verbs of chapter 7, a module a machine."""

from assessment.commands import assessment, ends, exit, experts, tracking, transfer

__all__ = ["assessment", "ends", "exit", "experts", "tracking", "transfer"]
