"""axe over every page that a person of the story can open: nothing serious, nothing critical (ux 2.0)."""

import pytest

from tests.contracts.source import nothing
from tests.site import GRAVE, Site, browser, faults

pytestmark = [pytest.mark.journey, pytest.mark.slow]


@pytest.fixture(scope="module")
def site():
    with browser() as launched:
        yield Site(launched.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN").new_page())


def test_no_page_keeps_anybody_out(site, visits):
    """The first visit of each page that showed something; the error pages are among them by tests/web."""
    shown = {}
    for visit in visits:
        if visit.status == 200 and b"<main" in visit.body:
            shown.setdefault(visit.url.name, visit)
    assert len(shown) > 200
    grave = []
    for visit in shown.values():
        site.open(visit.path, visit.body.decode())
        grave += [f"{visit}: {rule} {where}" for rule, where in faults(site.page, GRAVE)]
    nothing(grave)
