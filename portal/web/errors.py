"""Pages for what went wrong. None carries a token or anything of the person, so equal questions get equal bytes."""

import logging
import secrets
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from portal.web.context import bare
from portal.web.formats import deadline_text

log = logging.getLogger("portal.errors")


def _page(request: HttpRequest | None, number: int, template: str, **context: object) -> HttpResponse:
    return HttpResponse(render_to_string(f"errors/{template}.html", {**bare(request), **context}), status=number)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the same words for what is missing and for what is not yours."""
    return _page(request, 404, "404")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's own PermissionDenied; the matrix has its page in portal.web.middleware.Refusals. No hint here."""
    return _page(request, 404, "404")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400, "400")


def server_error(request: HttpRequest) -> HttpResponse:
    """500 with a reference number that the log carries too."""
    reference = secrets.token_hex(4).upper()
    log.error("page 500 shown, reference %s, %s %s", reference, request.method, request.path)
    return _page(request, 500, "500", reference=reference, navigation=())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the page was open too long; says how to keep what was typed."""
    log.info("form token refused on %s: %s", request.path, reason)
    return _page(request, 403, "csrf")


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 429, "429")


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict | None) -> HttpResponse:
    """429 after too many wrong passwords for this name from this address."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return _page(
        request,
        429,
        "429",
        heading=f"账号或密码多次不正确，请 {minutes} 分钟后再试。",
        explanation="如忘记密码，请联系本单位的账号管理人或技术支持重置。",
    )


def maintenance(request: HttpRequest, until: datetime | None = None) -> HttpResponse:
    """503 with the time at which the portal is expected back."""
    return _page(request, 503, "503", until=deadline_text(until) if until else "")
