"""The portal's clock. PORTAL_FAKE_NOW (tests and demo) starts it at an instant from which it runs on."""

import os
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

_started = float(os.environ.get("PORTAL_FAKE_SINCE", time.time()))


def now() -> datetime:
    """The instant it is for the portal (aware)."""
    if not settings.FAKE_NOW:
        return timezone.now()
    return datetime.fromisoformat(settings.FAKE_NOW) + timedelta(seconds=time.time() - _started)
