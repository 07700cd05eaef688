"""Celery finds the outbox's task here."""

from portal.events.deliver import deliver

__all__ = ["deliver"]
