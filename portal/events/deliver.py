"""The outbox: deliveries are rows written with the event; a nudge delivers them at once, a sweep what was forgotten."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from portal.events.models import Delivery, Event
from portal.events.reactions import consumers_of
from portal.tenancy.reach import Because, everything

log = logging.getLogger("portal.events")
MAX_ATTEMPTS = 8
_delivering: ContextVar[bool] = ContextVar("delivering", default=False)


def deliver_pending(limit: int = 500) -> int:
    """Delivers up to `limit` pending deliveries, oldest event first. Returns how many succeeded.

    Side effects: each consumer's own; a failure is kept with its error text and tried again by the next sweep.
    """
    done = 0
    for _ in range(limit):
        outcome = _deliver_one()
        if outcome is None:
            break
        done += outcome
    return done


def deliver_all(rounds: int = 50) -> int:
    """Delivers until nothing is pending (consumers may cause further events)."""
    total = 0
    with quietly():
        for _ in range(rounds):
            done = deliver_pending()
            total += done
            if not done:
                break
    return total


def _deliver_one() -> int | None:
    with everything(because=Because.OUTBOX), transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(skip_locked=True)
            .filter(done_at=None, due_at__lte=timezone.now(), attempts__lt=MAX_ATTEMPTS)
            .order_by("event_sequence", "pk")
            .first()
        )
        if delivery is None:
            return None
        event = Event.objects.select_related("note").get(sequence=delivery.event_sequence)
        consumer = consumers_of(event.kind).get(delivery.consumer)
        try:
            with transaction.atomic():
                if consumer is None:
                    raise LookupError(f"no consumer {delivery.consumer}")
                consumer(event)
        except Exception as error:
            log.exception("delivery of event %s to %s failed", event.sequence, delivery.consumer)
            Delivery.objects.filter(pk=delivery.pk).update(
                attempts=delivery.attempts + 1,
                due_at=timezone.now() + timedelta(minutes=2**delivery.attempts),
                error=f"{type(error).__name__}: {error}"[:2000],
            )
            return 0
        Delivery.objects.filter(pk=delivery.pk).update(done_at=timezone.now(), attempts=delivery.attempts + 1, error="")
        return 1


@shared_task(name="portal.events.deliver")
def deliver() -> int:
    """Celery: nudged after each commit and swept by beat every minute."""
    return deliver_all()


@contextmanager
def quietly() -> Iterator[None]:
    """No nudges inside: for whoever delivers all at the end (a seed)."""
    token = _delivering.set(True)
    try:
        yield
    finally:
        _delivering.reset(token)


def nudge() -> None:
    """Asks the worker to deliver; a lost or absent broker only means that the sweep does it later.

    Who delivers already needs no nudge: it goes on until nothing is pending.
    """
    if _delivering.get():
        return
    try:
        deliver.delay()
    except Exception:
        log.warning("the broker took no message; the sweep will deliver", exc_info=True)
