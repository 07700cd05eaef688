"""Where mail goes while no server is named: one .eml file a message below var/outbox, readable by any mail program."""

import time
from itertools import count

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend

_numbers = count(1)


class FileBackend(BaseEmailBackend):
    """Write each message to a file of its own; returns how many."""

    def send_messages(self, email_messages):
        settings.OUTBOX_DIR.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            # Nanoseconds, then a number: names sort by time and two processes or threads never share one.
            name = f"{time.time_ns()}-{next(_numbers)}.eml"
            (settings.OUTBOX_DIR / name).write_bytes(message.message().as_bytes(linesep="\n"))
        return len(email_messages)
