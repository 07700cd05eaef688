"""Kinds of documents of the tests' own machine, for as long as one test."""

import pytest

from portal.documents import kinds
from portal.documents.make import document
from portal.documents.shapes import Letter
from portal.events import reactions
from tests.documents import samples


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def registries(monkeypatch):
    """Fresh registries, so that a test's kinds are seen by nobody else."""
    monkeypatch.setattr(kinds, "_kinds", {})
    monkeypatch.setattr(reactions, "_consumers", {})


@pytest.fixture
def receipt(registries):
    """回执: printed when an errand is sent, read by whoever may view the errand."""

    @document(
        "errand.receipt",
        title="回执",
        template="documents/letter.html",
        shape=Letter,
        action="errand.view",
        on=["errand.send"],
        axes=lambda event: {"application_id": int(event.record_pk)},
    )
    def facts(event) -> dict | None:
        return {
            "title": "申报回执",
            "paragraphs": [samples.words(60), f"报送给{event.facts['recommender']}。"],
            "issuer": event.facts["recommender"],
            "date": "2026年10月15日",
        }

    return facts
