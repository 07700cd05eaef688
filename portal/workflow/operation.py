"""An operation: one command's transaction. Events are collected while it runs and written as its last statements."""

import json
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from portal.events import catalogue, chain
from portal.events.deliver import nudge
from portal.events.models import ChainHead, Delivery, Event, EventNote
from portal.events.reactions import consumers_of
from portal.people.actor import Actor
from portal.people.models import Organisation
from portal.tenancy.reach import Because, everything
from portal.workflow.models import Operation


class AlreadyDone(Exception):
    """The form was sent before; what it asked for stands."""


@dataclass
class Running:
    """The operation in progress: who, when, its id, and the events that wait for its end."""

    actor: Actor
    at: datetime
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    events: list[Event] = field(default_factory=list)
    notes: dict[int, str] = field(default_factory=dict)

    def record(
        self,
        kind: str,
        record,
        *,
        actor: Actor,
        at: datetime,
        moved: tuple[str, str],
        facts: dict,
        reason: str,
        confidential: bool = False,
    ) -> Event:
        """Collects one event. Raises UnknownKind for a kind without a sentence.

        A confidential one is kept by the acting organisation (市科协 for the system) instead of the record's keeper.
        """
        articles = [article.as_data() for article in catalogue.articles_of(kind)]
        event = Event(
            kind=kind,
            organisation_id=(actor.organisation_id or cast_id()) if confidential else record.keeper_id,
            record_table=record._meta.db_table,
            record_pk=str(record.pk),
            record_ref=record.ref,
            from_state=moved[0],
            to_state=moved[1],
            actor_user_id=actor.user_id,
            actor_role=actor.role,
            actor_organisation_id=actor.organisation_id,
            ip=chain.address_of(actor.ip),
            at=at,
            articles=articles,
            facts=json.loads(json.dumps(facts, cls=DjangoJSONEncoder)),
            operation=self.id,
        )
        if reason:
            self.notes[id(event)] = reason
        self.events.append(event)
        return event


def cast_id() -> int:
    """The one organisation of kind 市科协."""
    return Organisation.objects.get(kind=Organisation.Kind.CAST).pk


_running: ContextVar[Running | None] = ContextVar("operation", default=None)


@contextmanager
def operation(*, actor: Actor, at: datetime, key: uuid.UUID | None = None, lock: Iterable = ()) -> Iterator[Running]:
    """The outermost one opens the transaction; an inner one joins it, and only locks its rows.

    Side effects in order: claims `key` (raises AlreadyDone if it was used); locks the rows of `lock` in one order
    (table, then key); runs the body; locks the chain's head and writes the events and their deliveries; after the
    commit nudges the worker.
    """
    outer = _running.get()
    if outer is not None:
        _lock(lock)
        yield outer
        return
    with transaction.atomic():
        _claim(key, actor, at)
        _lock(lock)
        running = Running(actor, at)
        token = _running.set(running)
        try:
            yield running
        finally:
            _running.reset(token)
        _write(running)


def _claim(key: uuid.UUID | None, actor: Actor, at: datetime) -> None:
    if key is None:
        return
    _, fresh = Operation.objects.get_or_create(key=key, defaults={"user_id": actor.user_id, "created_at": at})
    if not fresh:
        raise AlreadyDone(str(key))


def _lock(records: Iterable) -> None:
    for record in sorted(records, key=lambda row: (row._meta.db_table, row.pk)):
        locked(record)


def locked(record):
    """The row as it stands now, locked for this transaction (keys stay free for child rows)."""
    return type(record)._default_manager.select_for_update(no_key=True, of=("self",)).get(pk=record.pk)


def _write(running: Running) -> None:
    """The chain's head is a hot row: it is locked last and shortest."""
    if not running.events:
        return
    with everything(because=Because.CHAIN):
        head = ChainHead.objects.select_for_update().get(pk=1)
        notes = []
        for event in running.events:
            text = running.notes.get(id(event))
            if text:
                salt, event.commitment = chain.commit_to(text)
                notes.append(EventNote(event=event, organisation_id=event.organisation_id, salt=salt, text=text))
            event.sequence = head.sequence + 1
            event.previous_digest = head.digest
            event.digest = chain.digest_of({name: getattr(event, name) for name in chain.CHAINED}, head.digest)
            head.sequence, head.digest = event.sequence, event.digest
        Event.objects.bulk_create(running.events)
        EventNote.objects.bulk_create(notes)
        Delivery.objects.bulk_create(
            Delivery(event_sequence=event.sequence, consumer=name)
            for event in running.events
            for name in consumers_of(event.kind)
        )
        head.save(update_fields=["sequence", "digest"])
    transaction.on_commit(nudge)
