"""Celery finds the task of sending here."""

from portal.notifications.deliver import send_messages

__all__ = ["send_messages"]
