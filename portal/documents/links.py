"""The documents of a record as its page links them."""

from django.urls import reverse

from portal.access.decide import decide
from portal.documents.kinds import kind_named
from portal.documents.make import documents_of
from portal.documents.models import Document
from portal.people.actor import Actor
from portal.web.formats import instant_text


def links_of(record, actor: Actor) -> list[tuple[str, str, str]]:
    """[(title, URL, when · 校验码 · status)] of the documents that this actor may read, newest first. One query."""
    return [
        (
            kind_named(each.kind).title,
            reverse("document.download", kwargs={"pk": each.pk}),
            "　".join([instant_text(each.created_at), f"校验码 {each.code}", *_out_of_force(each)]),
        )
        for each in documents_of(record)
        if decide(actor, kind_named(each.kind).action, record).allowed
    ]


def _out_of_force(document: Document) -> list[str]:
    """What its status adds: nothing while it is in force."""
    return [] if document.status == Document.Status.CURRENT else [document.get_status_display()]
