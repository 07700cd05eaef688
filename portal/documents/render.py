"""From facts to HTML, and on to PDF. The same facts always give the same page."""

import os
import threading
from datetime import datetime
from itertools import groupby
from pathlib import Path

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.documents.kinds import Kind, kind_named
from portal.documents.models import Document
from portal.documents.pdf import pdf_of
from portal.documents.shapes import complete, digest_of


def html_of(
    kind: Kind,
    facts: dict,
    *,
    number: str,
    at: datetime,
    code: str = "",
    digest: str = "",
    on_screen: bool = False,
) -> str:
    """The whole page. Without a code it is a draft: 草稿 across every page, no 校验码 and no QR.

    `on_screen` links the stylesheet for a browser; the PDF takes it directly. Raises BadFacts.
    """
    complete(facts, kind.shape)
    context = {
        "facts": facts,
        "title": kind.title,
        "number": number,
        "made_at": timezone.localtime(at).isoformat(timespec="seconds"),
        "code": code,
        "digest": digest,
        "draft": not code,
        "qr": qr_of(code) if code else "",
        "on_screen": on_screen,
    }
    return render_to_string(kind.template, context)


def html_of_document(document: Document, *, on_screen: bool = False) -> str:
    """The page of a document as it was made."""
    return html_of(
        kind_named(document.kind),
        document.facts,
        number=document.number,
        at=document.created_at,
        code=document.code,
        digest=document.digest,
        on_screen=on_screen,
    )


def draft_file(name: str, facts: dict, *, number: str, at: datetime) -> Path:
    """A PDF marked 草稿, for a download or page images (portal.files.views: attachment, image). Raises BadFacts or
    PdfUnavailable.

    It lies with the other files below MEDIA_ROOT under the digest of what it says, so that 26 page images print it
    once; `sweep_files` removes it after a day. Who may see it is the caller's question.
    """
    path = Path(settings.MEDIA_ROOT) / "drafts" / f"{digest_of({'kind': name, 'number': number, 'facts': facts})}.pdf"
    if not path.exists():
        content = pdf_of(html_of(kind_named(name), facts, number=number, at=at))
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        temporary.write_bytes(content)
        temporary.replace(path)
    return path


def verify_url(code: str) -> str:
    """Where anybody can verify a document, as its QR says it."""
    return settings.BASE_URL.rstrip("/") + reverse("document.verify_code", args=[code])


def qr_of(code: str) -> SafeString:
    """The QR of the verification address as one SVG path of its runs of dark cells, without any style of its own."""
    rows = list(segno.make(verify_url(code), error="m", micro=False).matrix_iter(border=0))
    path = []
    for y, row in enumerate(rows):
        x = 0
        for dark, cells in groupby(row):
            length = sum(1 for _ in cells)
            if dark:
                path.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length
    svg = '<svg viewBox="0 0 {0} {0}" role="img"><title>校验码 {1}</title><path d="{2}"/></svg>'
    return format_html(svg, len(rows), code, "".join(path))
