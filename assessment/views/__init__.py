"""Pages of chapter 7."""

from assessment.views import assessment, changes, exit, expert

__all__ = ["assessment", "changes", "exit", "expert"]
