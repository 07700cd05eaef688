"""Printing documents after they were made: each gets its PDF once; what failed is tried again by the sweep."""

import logging

import pypdfium2
from celery import shared_task
from django.conf import settings
from django.db import transaction

from portal.documents.models import Document
from portal.documents.pdf import PdfFailed, PdfUnavailable, pdf_of
from portal.documents.render import html_of_document
from portal.files.sniff import PDF
from portal.files.store import keep
from portal.tenancy.reach import Because, everything

log = logging.getLogger("portal.documents")
MOST_ATTEMPTS = 5
PURPOSE = "document"  # has no rule of file access: a document is read at /documents/, under its own permission


def print_now(document_id: str) -> bool:
    """Makes the PDF of one document. Returns whether it did; False if it has one, or somebody else is at it.

    Side effects: the blob, a StoredFile, the document's file; on failure its error, and an attempt where the fault
    lies with this document and not with the machine.
    """
    with everything(because=Because.SYSTEM_STEP), transaction.atomic():
        waiting = Document.objects.select_for_update(skip_locked=True, of=("self",))
        document = waiting.filter(pk=document_id, file=None).first()
        if document is None:
            return False
        try:
            content = pdf_of(html_of_document(document))
        except PdfUnavailable as error:
            tried = document.attempts + isinstance(error, PdfFailed)
            Document.objects.filter(pk=document.pk).update(attempts=tried, error=str(error))
            return False
        file = _keep(document, content)
        Document.objects.filter(pk=document.pk).update(file=file, error="")
        return True


def _keep(document: Document, content: bytes):
    with pypdfium2.PdfDocument(content) as pdf:
        pages = len(pdf)
    return keep(
        content,
        name=f"{document.name}.pdf",
        content_type=PDF,
        organisation_id=document.organisation_id,
        purpose=PURPOSE,
        at=document.created_at,
        pages=pages,
        application_id=document.application_id,
        assessment_id=document.assessment_id,
        is_public=document.is_public,
    )


@shared_task(name="portal.documents.print")
def print_document(document_id: str) -> None:
    """Celery: nudged when a document is made."""
    print_now(document_id)


@shared_task(name="portal.documents.print_waiting")
def print_waiting(limit: int = 100) -> int:
    """Celery beat: prints what has no PDF yet, oldest first. Returns how many it printed."""
    with everything(because=Because.SYSTEM_STEP):
        waiting = Document.objects.filter(file=None, attempts__lt=MOST_ATTEMPTS).order_by("created_at")
        ids = list(waiting.values_list("pk", flat=True)[:limit])
    return sum(print_now(str(document_id)) for document_id in ids)


def nudge(document: Document) -> None:
    """Asks the worker to print; without a broker (or by setting) the sweep does it a minute later."""
    if not settings.PRINT_AT_ONCE:
        return
    try:
        print_document.delay(str(document.pk))
    except Exception:
        log.warning("the broker took no message; the sweep will print", exc_info=True)
