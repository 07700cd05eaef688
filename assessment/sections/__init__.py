"""What the record pages of chapter 7 show, in words: sections of facts for one role's eyes."""

from assessment.sections import assessments, changes, exits, selectee

__all__ = ["assessments", "changes", "exits", "selectee"]
