"""Contract 10 for pages: a list asks the database as often for thirty rows as for one."""

from copy import copy

import pytest
from django.core.paginator import Paginator

from portal import clock
from portal.people.models import Organisation
from portal.web import views
from portal.web.sitemap import urls
from portal.web.views import ListPage
from tests.contracts.crawl import ABSENT, LOGINS, Crawler
from tests.contracts.source import nothing

LISTS = [url for url in urls() if isinstance(url.view, ListPage)]
MANY = 30


class Repeated(Paginator):
    """Shows the rows of the first page over and over, as rows that were read each by itself."""

    wanted = 1
    shown = 0

    def get_page(self, number):
        page = super().get_page(number)
        rows = list(page.object_list)
        page.object_list = [copy(rows[place % len(rows)]) for place in range(self.wanted if rows else 0)]
        Repeated.shown = len(page.object_list)
        return page


def counts(crawler: Crawler, login: str, url, target) -> tuple[int, int] | None:
    """Statements for one row and for thirty; None where this person's list is empty or not theirs."""
    found = []
    for Repeated.wanted in (1, MANY):
        Repeated.shown = 0
        visit = crawler.visit(crawler.browser(login), login, url, target)
        if visit.status != 200 or Repeated.shown != Repeated.wanted:
            return None
        found.append(len(visit.queries))
    return found[0], found[1]


@pytest.fixture
def crawler(story, monkeypatch) -> Crawler:
    monkeypatch.setattr(clock, "now", lambda: story.at)
    monkeypatch.setattr(views, "Paginator", Repeated)
    return Crawler(story)


@pytest.mark.parametrize("url", LISTS, ids=[url.name for url in LISTS])
def test_thirty_rows_cost_what_one_costs(crawler, url):
    asked = {}
    for login in (login for login in LOGINS if crawler.role_of(login) in url.roles):
        for target in crawler.targets(url):
            if target.keeper != ABSENT and (found := counts(crawler, login, url, target)):
                asked[login] = found
                break
    assert asked, "nobody's list has a row: extend the story"
    nothing([f"{login}: {one} for one row, {many} for {MANY}" for login, (one, many) in asked.items() if one != many])


def test_a_list_that_asks_row_by_row_is_found(crawler, monkeypatch):
    plain = ListPage.row
    monkeypatch.setattr(ListPage, "row", lambda page, record: (Organisation.objects.count(), plain(page, record))[1])
    url = next(url for url in LISTS if url.name == "manage:selectee.list")
    one, many = counts(crawler, "officer", url, crawler.targets(url)[0])
    assert many - one == MANY - 1
