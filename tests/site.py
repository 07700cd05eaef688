"""A site of rendered pages in real Chromium: no server, the portal's strict policy, and what axe says of a page."""

import json
import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.services import chromium

HOST = "http://portal.test"
STATIC = [Path("portal/web/static").resolve(), Path("var/assets").resolve()]
AUTOSAVE = "/apply/1/s/e/autosave/"
# shell.js, timeout.js and form.js as the strict policy of the portal lets them run
CSP = {"Content-Security-Policy": "default-src 'self'; img-src 'self' data:; base-uri 'none'"}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
GRAVE = ("serious", "critical")
ANY = ("minor", "moderate", *GRAVE)


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield launched
        launched.close()


class Site:
    """Pages by path, and what was posted; `answer` plays the server for autosave: (status, JSON)."""

    def __init__(self, page: Page) -> None:
        self.page, self.pages, self.posts = page, {}, []
        self.answer: tuple[int, dict] | None = (200, {"version": 4, "saved_at": "10:42:15"})
        page.route("**/*", self.serve)

    def serve(self, route) -> None:
        request, path = route.request, urlsplit(route.request.url).path
        assert request.url.startswith(HOST), f"request to another host: {request.url}"
        if path.startswith("/static/"):
            return self.static(route, path.removeprefix("/static/"))
        if request.method == "POST":
            self.posts.append((path, parse_qs(request.post_data or "", keep_blank_values=True)))
            if path == AUTOSAVE:
                return self.autosave(route)
            return route.fulfill(status=204)
        body = self.pages.get(path, "<!doctype html><title>x</title>")
        return route.fulfill(status=200, body=body, content_type="text/html; charset=utf-8", headers=CSP)

    def static(self, route, name: str) -> None:
        for folder in STATIC:
            if (folder / name).is_file():
                kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
                return route.fulfill(status=200, body=(folder / name).read_bytes(), content_type=kind)
        return route.fulfill(status=404)

    def autosave(self, route) -> None:
        if self.answer is None:
            return route.abort()
        status, data = self.answer
        return route.fulfill(status=status, body=json.dumps(data), content_type="application/json")

    def saves(self) -> list[dict]:
        return [data for path, data in self.posts if path == AUTOSAVE]

    def open(self, path: str, html: str) -> None:
        self.pages[path] = html
        self.page.goto(HOST + path)

    def state(self) -> str:
        return self.page.inner_text("[data-save-state]")

    def until_state(self, text: str) -> None:
        self.page.wait_for_function(
            "text => document.querySelector('[data-save-state]').innerText.includes(text)", arg=text
        )


def faults(page: Page, impacts: tuple[str, ...] = ANY) -> list[tuple[str, str]]:
    """[(rule, where)] of what axe finds on the page."""
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    grave = [fault for fault in found if fault["impact"] in impacts]
    return [(fault["id"], node["html"][:120]) for fault in grave for node in fault["nodes"]]
