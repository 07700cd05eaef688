"""What this app prints, by the event that prints it."""

from applications.documents import nominations, notices

__all__ = ["nominations", "notices"]
