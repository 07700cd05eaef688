"""Bytes leave the portal here only, each time after a permission check."""

import logging
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from portal.events import catalogue
from portal.files.access import may_read
from portal.files.models import StoredFile
from portal.files.pages import WIDTHS, NoPage, page_image
from portal.people.actor import Actor
from portal.people.roles import Role
from portal.regulation.articles import Article
from portal.web.formats import instant_text
from portal.web.views import Page
from portal.workflow.take import note

log = logging.getLogger("portal.files")
DOWNLOAD = catalogue.kind("file.download", "{actor}下载了{ref}", articles=[Article(33)])


class OfFile(Page):
    """A page about one stored file, found through the fence; a file one may not read does not exist."""

    def find(self) -> StoredFile:
        try:
            file = StoredFile.objects.get(pk=self.kwargs["pk"])
        except StoredFile.DoesNotExist:
            raise Http404 from None
        if not may_read(self.actor, file):
            log.warning("user %s as %s may not read %s", self.actor.user_id, self.actor.role, file.ref)
            raise Http404
        return file


class FileDownload(OfFile):
    """The file as an attachment. A reader who is not of the keeping unit leaves an event (Art. 33)."""

    action = DOWNLOAD

    def get(self, request, *args, **kwargs):
        file = self.find()
        if not file.is_public and self.actor.organisation_id != file.organisation_id:
            hidden = self.actor.role == Role.EXPERT  # the keeping unit never learns who judges it (Art. 33)
            note(DOWNLOAD, file, actor=self.actor, at=self.at, confidential=hidden)
        return attachment(file.path, file.name, file.content_type)


class FilePage(OfFile):
    """One page of the file as an image; an expert's carries who looked and when."""

    action = "file.page"

    def get(self, request, *args, **kwargs):
        file = self.find()
        width = request.GET.get("w", "")
        size = int(width) if width in map(str, WIDTHS) else WIDTHS[0]
        return image(file.path, file.content_type, self.kwargs["number"], size, watermark_for(self.actor, self.at))


def watermark_for(actor: Actor, at) -> str:
    """What an image tells about who looked at it: experts only, others read their own or their district's papers."""
    return f"{actor.name} {instant_text(at)}" if actor.role == Role.EXPERT else ""


def image(path: Path, content_type: str, number: int, width: int, watermark: str) -> HttpResponse:
    """A page image, never cached. Raises Http404 when there is no such page."""
    try:
        body = page_image(path, content_type, number, width, watermark)
    except NoPage:
        raise Http404 from None
    response = HttpResponse(body, content_type="image/webp")
    _keep_private(response)
    return response


def attachment(path: Path, name: str, content_type: str) -> HttpResponseBase:
    """The bytes as a download that a browser neither interprets nor keeps. The front proxy sends them where it can.

    Raises Http404 when the bytes are not there (a restored database without its files).
    """
    if not path.is_file():
        log.error("the bytes of %s are missing", path.name)
        raise Http404
    response: HttpResponseBase
    if settings.X_ACCEL_PREFIX:
        response = HttpResponse()
        response["X-Accel-Redirect"] = settings.X_ACCEL_PREFIX + path.relative_to(settings.MEDIA_ROOT).as_posix()
    else:
        response = FileResponse(path.open("rb"))
    response["Content-Type"] = content_type
    response["Content-Disposition"] = content_disposition_header(True, name)
    _keep_private(response)
    return response


def _keep_private(response: HttpResponseBase) -> None:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
