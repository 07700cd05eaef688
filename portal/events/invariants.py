"""The event log and its outbox, recounted."""

from collections.abc import Iterator

from portal.events import audit, catalogue
from portal.events.deliver import MAX_ATTEMPTS
from portal.events.models import Delivery, Event
from portal.invariants import invariant


@invariant("event_chain")
def chain_is_whole() -> Iterator[str]:
    """The events are dense, each matches its digest and its note, and the chain ends where its head says."""
    fault = audit.audit().fault
    if fault:
        yield fault


@invariant("event_sentences")
def events_are_explained() -> Iterator[str]:
    """Every event is of a kind that the catalogue has a sentence for."""
    unknown = Event.objects.exclude(kind__in=catalogue.kinds()).order_by("kind")
    for kind in unknown.values_list("kind", flat=True).distinct():
        yield f"no sentence for {kind}"


@invariant("deliveries")
def deliveries_arrive() -> Iterator[str]:
    """No delivery has been given up."""
    given_up = Delivery.objects.filter(done_at=None, attempts__gte=MAX_ATTEMPTS).order_by("event_sequence", "pk")
    for delivery in given_up[:100]:
        yield f"event {delivery.event_sequence} never reached {delivery.consumer}: {delivery.error}"
