"""Contract 3: every page, every role, two tenants. The site is crawled once; each test judges what came back."""

import re

from portal.web.sitemap import urls
from tests.contracts.crawl import ABSENT, NOBODY, UNIT_OF, Visit
from tests.contracts.source import nothing

URLS = urls()
MOST_QUERIES = 15
CHANGES = re.compile(rb'nonce="[^"]*"|nonce-[A-Za-z0-9_-]+|csrfmiddlewaretoken" value="[^"]*"')


def test_story_has_a_record_for_every_url_that_names_one(visits):
    nothing(sorted({url.name for url in URLS if "GET" in url.methods} - {visit.url.name for visit in visits}))


def test_no_page_breaks(visits):
    nothing([str(visit) for visit in visits if visit.status >= 500])


def test_nobody_opens_a_page_that_the_matrix_does_not_give_them(visits):
    nothing([str(visit) for visit in visits if not visit.is_of_a_role and visit.status not in {302, 403, 404}])


def test_a_signed_out_visitor_is_asked_to_sign_in(visits):
    turned_away = [visit for visit in visits if visit.login == NOBODY and not visit.is_of_a_role]
    elsewhere = {visit.location for visit in turned_away if visit.status == 302}
    assert all(place == "/" or place.startswith("/login/") for place in elsewhere), elsewhere
    assert turned_away


def test_wrong_roles_are_told_so_and_never_sent_elsewhere(visits):
    nothing([str(visit) for visit in visits if visit.login and not visit.is_of_a_role and visit.status == 302])


def test_no_unit_sees_a_record_of_another(visits):
    nothing([str(visit) for visit in visits if visit.is_foreign and visit.status not in {403, 404}])
    assert {visit.login for visit in visits if visit.is_foreign} == set(UNIT_OF)


def test_a_foreign_record_and_an_absent_one_answer_with_the_same_bytes(visits):
    absent = {(visit.login, visit.url.name): bare(visit) for visit in visits if visit.keeper == ABSENT}
    foreign = [visit for visit in visits if visit.is_foreign]
    nothing([str(visit) for visit in foreign if bare(visit) != absent[visit.login, visit.url.name]])


def test_every_page_is_opened_by_somebody(visits):
    opened = {visit.url.name for visit in visits if visit.status in {200, 302, 409, 422} and visit.keeper != ABSENT}
    nothing(sorted({visit.url.name for visit in visits} - opened))


def test_no_page_asks_more_than_fifteen_questions(visits):
    nothing([f"{len(visit.queries)} {visit}" for visit in visits if len(visit.queries) > MOST_QUERIES])


def bare(visit: Visit) -> tuple[int, bytes]:
    """Status and bytes without what is new in every answer."""
    return visit.status, CHANGES.sub(b"", visit.body)
