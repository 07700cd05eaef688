"""Reads of chapter 6 that cross tables."""

from funding.models import TaskBook
from portal.web.formats import day_text


def task_book_initial(task_book: TaskBook) -> dict:
    """What the edit page begins with: chapters, and rows under their table's key."""
    text = task_book.whole_text()
    milestones = [{**row, "due_date": due} for row, due in zip(text["milestones"], _dues(task_book), strict=True)]
    return {
        **task_book.content,
        "indicators": text["indicators"],
        "milestones": milestones,
        "mentors": text["mentors"],
        "budget": task_book.content.get("budget", []),
    }


def _dues(task_book: TaskBook) -> list[str]:
    return [day_text(row.due_date) for row in task_book.milestones.order_by("due_date", "pk")]
