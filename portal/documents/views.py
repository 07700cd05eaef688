"""Reading a document, and verifying one by its 校验码."""

import re
import unicodedata

from django.apps import apps
from django.core.cache import cache
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from portal.access.decide import decide
from portal.documents.kinds import UnknownKind, kind_named
from portal.documents.models import Document
from portal.documents.render import html_of_document
from portal.files.pages import WIDTHS
from portal.files.views import attachment, image, watermark_for
from portal.people.actor import Actor
from portal.tenancy.reach import Because, everything
from portal.web.errors import too_many
from portal.web.formats import instant_text
from portal.web.views import Page

VERIFICATIONS_A_MINUTE = 30
SHOWN_DIGITS = 16


def may_read(actor: Actor, document: Document) -> bool:
    """The action of the document's kind, asked of the record that it was printed of."""
    record = record_of(document)
    return record is not None and decide(actor, kind_named(document.kind).action, record).allowed


def record_of(document: Document):
    """The record through the fence; None when it is out of reach."""
    model = next((each for each in apps.get_models() if each._meta.db_table == document.record_table), None)
    try:
        return model._default_manager.get(pk=document.record_pk) if model else None
    except ObjectDoesNotExist:
        return None


class OfDocument(Page):
    """A page about one document, found through the fence; one that may not be read does not exist."""

    def find(self) -> Document:
        try:
            document = Document.objects.select_related("file").get(pk=self.kwargs["pk"])
        except Document.DoesNotExist:
            raise Http404 from None
        if not may_read(self.actor, document):
            raise Http404
        return document


class DocumentDownload(OfDocument):
    """The PDF; while there is none, a page that says why and offers the print view."""

    action = "document.download"
    template_name = "documents/waiting.html"

    def get(self, request, *args, **kwargs):
        document = self.find()
        if document.file is None:
            return self.show(title=document.name, document=document)
        return attachment(document.file.path, document.file.name, document.file.content_type)


class DocumentPage(OfDocument):
    """One page of the PDF as an image."""

    action = "document.page"

    def get(self, request, *args, **kwargs):
        document = self.find()
        if document.file is None:
            raise Http404
        width = request.GET.get("w", "")
        size = int(width) if width in map(str, WIDTHS) else WIDTHS[0]
        watermark = watermark_for(self.actor, self.at)
        return image(document.file.path, document.file.content_type, self.kwargs["number"], size, watermark)


class DocumentPrint(OfDocument):
    """The same document as a page of the browser, to print where no PDF can be made."""

    action = "document.print"

    def get(self, request, *args, **kwargs):
        response = HttpResponse(html_of_document(self.find(), on_screen=True))
        response["Cache-Control"] = "private, no-store"
        return response


class Verify(Page):
    """The form that asks for a 校验码, and what is known of one. No personal data, and no list of codes to be had."""

    public_because = "anyone who holds a printed document may verify it"
    template_name = "documents/verify.html"
    title = "文书核验"

    def dispatch(self, request, *args, **kwargs):
        if _too_often(request):
            return too_many(request)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, *args, code: str = ""):
        if typed := request.GET.get("code", "").strip():
            return HttpResponseRedirect(reverse("document.verify_code", args=[code_from(typed)[:20] or "-"]))
        return self.show(code=code, asked=bool(code), found=facts_of(code_from(code)) if code else None)


def code_from(typed: str) -> str:
    """7f3a91c2, ７Ｆ３Ａ－９１Ｃ２ and 7F3A 91C2 are all 7F3A-91C2."""
    digits = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", typed).upper())
    return f"{digits[:4]}-{digits[4:]}"


def facts_of(code: str) -> list[tuple[str, str]] | None:
    """What anybody may know of the document with this code: (label, value); None when there is none."""
    with everything(because=Because.VERIFY_DOCUMENT):
        document = Document.objects.filter(code=code).defer("facts").first()
    if document is None:
        return None
    try:
        title = document.title
    except UnknownKind:
        title = "文书"
    return [
        ("文种", title),
        ("编号", document.number),
        ("版本", f"第 {document.version} 版"),
        ("生成时间", instant_text(document.created_at)),
        ("摘要", document.digest[:SHOWN_DIGITS]),
        ("效力", document.get_status_display()),
    ]


def _too_often(request) -> bool:
    """Counts the requests of one address within a minute."""
    key = f"verify:{request.META.get('REMOTE_ADDR', '')}:{int(request.at.timestamp()) // 60}"
    cache.add(key, 0, timeout=120)
    try:
        return cache.incr(key) > VERIFICATIONS_A_MINUTE
    except ValueError:  # evicted between the two calls
        return False
