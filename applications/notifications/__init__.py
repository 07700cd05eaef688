"""Whom this app tells of what, by event."""

from applications.notifications import nominations

__all__ = ["nominations"]
