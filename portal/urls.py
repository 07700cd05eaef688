"""The site map, in chapter order; a workspace is a namespace that the chapters fill."""

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, include, path

from portal import health

CHAPTERS = ("applications", "review", "funding", "assessment")


def workspace(name: str) -> list[URLPattern]:
    """The patterns that the chapters give one workspace (`<chapter>/urls.py` or `<chapter>/urls/<name>.py`)."""
    found: list[URLPattern] = []
    for chapter in CHAPTERS:
        if find_spec(f"{chapter}.urls") is None:
            continue
        urls = import_module(f"{chapter}.urls")
        found += getattr(urls, name, [])
    return found


urlpatterns: list = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("", include("portal.web.urls")),
    path("", include("portal.people.urls")),
    path("", include("portal.files.urls")),
    path("", include("portal.documents.urls")),
    path("", include("portal.notifications.urls")),
    path("", include((workspace("public"), "public"))),
    path("apply/", include((workspace("apply"), "apply"))),
    path("recommend/", include((workspace("recommend"), "recommend"))),
    path("expert/", include((workspace("expert"), "expert"))),
    path("manage/", include((workspace("manage"), "manage"))),
]

handler400 = "portal.web.errors.bad_request"
handler403 = "portal.web.errors.forbidden"
handler404 = "portal.web.errors.not_found"
handler500 = "portal.web.errors.server_error"
