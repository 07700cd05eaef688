"""Documents are made from events, by reactions: declared here, made once each, printed afterwards by a task.

@document("application.form", title="申报书", template="documents/application.html", shape=ApplicationForm,
          action="application.view", on=["application.submit"])
def application_form(event) -> dict | None:
    ...
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps

from django.db import transaction
from django.db.models import Max
from django.utils.crypto import salted_hmac

from portal.documents.kinds import Kind, declare, kind_named
from portal.documents.models import Document
from portal.documents.printing import nudge
from portal.documents.shapes import complete, digest_of
from portal.events.models import Event
from portal.events.reactions import on as on_event
from portal.tenancy.reach import Because, everything


def document(
    name: str,
    *,
    title: str,
    template: str,
    shape: type,
    action: str,
    on: Iterable[str] = (),
    axes: Callable[[Event], dict] = lambda event: {},
) -> Callable:
    """Declares a kind. The decorated function gives the facts of an event; `on` lists the events that print it.

    Printed by `on`, the document is kept by the keeper of the event and numbered by its record.
    """

    def register(facts: Callable[[Event], dict | None]) -> Callable[[Event], dict | None]:
        declare(Kind(name, title, template, action, shape, facts, axes))

        @wraps(facts)
        def print_it(event: Event) -> None:
            values = facts(event)
            if values is not None:
                make(name, facts=values, keeper=event.organisation_id, ref=event.record_ref, event=event, at=event.at)

        if on:
            on_event(*on)(print_it)
        return facts

    return register


def make(name: str, *, facts: dict, keeper: int, ref: str, event: Event, at: datetime) -> Document:
    """The document of this event, made if it is new. `ref` is its number, `keeper` the organisation that keeps it.

    Order: BadFacts; the same event gives the same document; facts equal to the current version's give that version;
    else the current version becomes superseded and a new one is inserted; after the commit its PDF is printed.
    """
    kind = kind_named(name)
    complete(facts, kind.shape)
    digest = digest_of(facts)
    key = {"kind": name, "record_table": event.record_table, "record_pk": event.record_pk, "number": ref}
    with transaction.atomic():
        versions = Document.objects.filter(**key)
        if made := versions.filter(event_sequence=event.sequence).first():
            return made
        standing = versions.select_for_update(of=("self",)).filter(status=Document.Status.CURRENT).first()
        if standing and standing.digest == digest:
            return standing
        versions.filter(status=Document.Status.CURRENT).update(status=Document.Status.SUPERSEDED)
        made = Document.objects.create(
            **key,
            **kind.axes(event),
            organisation_id=keeper,
            version=(versions.aggregate(last=Max("version"))["last"] or 0) + 1,
            code=_free_code(name, ref, digest),
            facts=facts,
            digest=digest,
            event_sequence=event.sequence,
            created_at=at,
        )
        transaction.on_commit(lambda: nudge(made))
    return made


def void(name: str, *, event: Event) -> int:
    """Voids the current documents of one kind of the event's record. Returns how many."""
    return Document.objects.filter(
        kind=name, record_table=event.record_table, record_pk=event.record_pk, status=Document.Status.CURRENT
    ).update(status=Document.Status.VOID)


def documents_of(record) -> list[Document]:
    """The documents of a record that can be reached, newest first; their facts are loaded only when asked for."""
    found = Document.objects.filter(record_table=record._meta.db_table, record_pk=str(record.pk))
    return list(found.select_related("file").defer("facts").order_by("-created_at", "-version"))


def current(name: str, record) -> Document | None:
    """The document in force of one kind of a record, if it can be reached; with several numbers the newest."""
    return next(
        (each for each in documents_of(record) if each.kind == name and each.status == Document.Status.CURRENT), None
    )


def _free_code(name: str, number: str, digest: str) -> str:
    """The first unused 校验码 of these facts: eight hex digits of a keyed digest, 7F3A-91C2."""
    attempt = 0
    while True:
        text = salted_hmac("portal.documents.code", f"{name}\n{number}\n{digest}\n{attempt}", algorithm="sha256")
        code = text.hexdigest()[:8].upper()
        code = f"{code[:4]}-{code[4:]}"
        with everything(because=Because.UNIQUENESS):
            if not Document.objects.filter(code=code).exists():
                return code
        attempt += 1
