"""Celery finds the tasks of printing here."""

from portal.documents.printing import print_document, print_waiting

__all__ = ["print_document", "print_waiting"]
