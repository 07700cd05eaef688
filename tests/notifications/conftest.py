"""Fresh registries, a private outbox, and templates of the tests' own."""

import pytest
from django.template import engines

from portal.events import reactions
from portal.notifications.models import Dispatch

TEMPLATES = {
    "errand_sent": "{{ name }}：\n\n{{ unit }}报来{{ ref }}，请在 {{ due }} 前初筛。\n",
    "errand_back": "{{ ref }}已退回。",
}


@pytest.fixture(autouse=True)
def templates(tmp_path, monkeypatch):
    """<tmp>/notifications/*.txt, looked for before the portal's own."""
    (tmp_path / "notifications").mkdir()
    for name, text in TEMPLATES.items():
        (tmp_path / "notifications" / f"{name}.txt").write_text(text, encoding="utf-8")
    engine = engines["django"].engine
    monkeypatch.setattr(engine, "dirs", [tmp_path, *engine.dirs])


@pytest.fixture(autouse=True)
def registries(monkeypatch):
    monkeypatch.setattr(reactions, "_consumers", {})


@pytest.fixture(autouse=True)
def outbox(settings, tmp_path):
    settings.OUTBOX_DIR = tmp_path / "outbox"
    return settings.OUTBOX_DIR


@pytest.fixture
def due_now(db):
    """Makes what waits due at once."""
    return lambda: Dispatch.objects.exclude(stage="sent").update(due_at="2026-01-01T00:00Z")
