"""The verbs of chapter 6, a module a machine."""

from funding.commands import expense, grant, selection, task_book

__all__ = ["expense", "grant", "selection", "task_book"]
