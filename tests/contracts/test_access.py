"""axe over every page that a person of the story can open: nothing serious, nothing critical (ux 2.0)."""

import pytest

from portal import clock
from tests.contracts.crawl import Crawler
from tests.contracts.source import nothing
from tests.site import GRAVE, Site, browser, faults

pytestmark = [pytest.mark.journey, pytest.mark.slow]


def test_no_page_keeps_anybody_out(story, monkeypatch):
    """The error pages are looked at in tests/web."""
    monkeypatch.setattr(clock, "now", lambda: story.at)
    shown = list(Crawler(story).shown())
    assert len(shown) > 200
    grave = []
    with browser() as launched:
        site = Site(launched.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN").new_page())
        for visit in shown:
            site.open(visit.path, visit.body.decode())
            grave += [f"{visit}: {rule} {where}" for rule, where in faults(site.page, GRAVE)]
    nothing(grave)
