"""Sending what waits: claim, send, record. A message that cannot be sent is tried again, later and later."""

import logging
from datetime import timedelta

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from portal.notifications.channels import send
from portal.notifications.models import Dispatch

log = logging.getLogger("portal.notifications")
MOST_ATTEMPTS = 8
ABANDONED_AFTER = timedelta(minutes=15)


def send_waiting(limit: int = 500) -> int:
    """Sends up to `limit` messages that are due. Returns how many went out."""
    sent = 0
    for _ in range(limit):
        dispatch = _claim()
        if dispatch is None:
            break
        sent += _send(dispatch)
    return sent


def _claim() -> Dispatch | None:
    """The next message due, marked as being sent and committed before it is sent, so that nobody else sends it too.

    One whose sender died is due again after ABANDONED_AFTER.
    """
    now = timezone.now()
    with transaction.atomic():
        due = Dispatch.objects.select_for_update(skip_locked=True, of=("self",)).filter(due_at__lte=now)
        unsent = due.filter(stage__in=[Dispatch.Stage.WAITING, Dispatch.Stage.SENDING])
        dispatch = unsent.select_related("notification__recipient").order_by("due_at", "pk").first()
        if dispatch is not None:
            dispatch.stage, dispatch.due_at = Dispatch.Stage.SENDING, now + ABANDONED_AFTER
            dispatch.attempts += 1
            dispatch.save(update_fields=["stage", "due_at", "attempts"])
        return dispatch


def _send(dispatch: Dispatch) -> bool:
    try:
        send(dispatch)
    except Exception as error:  # a gateway may fail in any way it likes
        log.warning("message %s by %s was not sent: %s", dispatch.notification_id, dispatch.channel, error)
        last = dispatch.attempts >= MOST_ATTEMPTS
        dispatch.stage = Dispatch.Stage.FAILED if last else Dispatch.Stage.WAITING
        dispatch.due_at = timezone.now() + timedelta(minutes=2**dispatch.attempts)
        dispatch.error = f"{type(error).__name__}: {error}"[:300]
    else:
        dispatch.stage, dispatch.sent_at, dispatch.error = Dispatch.Stage.SENT, timezone.now(), ""
    dispatch.save(update_fields=["stage", "due_at", "sent_at", "error"])
    return dispatch.stage == Dispatch.Stage.SENT


@shared_task(name="portal.notifications.send")
def send_messages() -> int:
    """Celery: nudged after each commit that wrote messages, and swept by beat every minute."""
    return send_waiting()


def nudge() -> None:
    """Asks the worker to send; without a broker the sweep does it a minute later."""
    try:
        send_messages.delay()
    except Exception:
        log.warning("the broker took no message; the sweep will send", exc_info=True)
