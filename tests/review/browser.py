"""Browsers for the story's people, on the story's clock."""

import pytest
from django.test import Client

from portal import clock
from tests.people import signed_in


class Browsers:
    """browsers("secretary").get(…): a fresh browser of a person of the story, or of a passer-by for ""."""

    def __init__(self, world):
        self.world = world

    def __call__(self, login: str = "") -> Client:
        return signed_in(self.world[login]) if login else Client()

    def sends(self, login: str, url: str, **values):
        """Opens a form, fills it in and sends it with what the page put into it (version, operation)."""
        client = self(login)
        page = client.get(url)
        assert page.status_code == 200, (url, page.status_code)
        return client.post(url, {**envelope(page), **values})

    def does(self, login: str, url: str, **values) -> str:
        """The same, and it is done: where the browser is sent."""
        answer = self.sends(login, url, **values)
        assert answer.status_code == 302, complaints(answer)
        return answer["Location"]


def envelope(page) -> dict[str, str]:
    form = page.context["form"]
    return {name: str(form[name].value()) for name in ("version", "operation") if form[name].value()}


def complaints(answer) -> str:
    """What a page has against the input, for the message of a failing test."""
    if answer.context is None:
        return str(answer.status_code)
    refused, form = answer.context.get("refused"), answer.context.get("form")
    return f"{answer.status_code} {refused and list(map(str, refused.findings))} {form and form.errors.as_text()}"


@pytest.fixture
def browsers(world, monkeypatch, settings) -> Browsers:
    """The portal's clock stands at world.at, and no password is too old on the way."""
    monkeypatch.setattr(clock, "now", lambda: world.at)
    settings.PASSWORD_MAX_DAYS = 3650
    return Browsers(world)
