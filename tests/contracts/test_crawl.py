"""Contract 3: every page, every role, two tenants. The site is crawled once; each test judges what came back."""

import re

from portal.web.sitemap import urls
from portal.web.views import FormPage
from tests.contracts.crawl import ABSENT, NOBODY, UNIT_OF, Visit
from tests.contracts.source import nothing

URLS = urls()
QUERIES_OF_A_PAGE, QUERIES_OF_A_STEP = 15, 20
SCORING = "while experts score: tests/review/test_pages.py"
IN_SESSION = "while the panel sits: tests/review/test_pages_panel.py"
PROPOSED = "while a proposal waits for the second person: tests of the chapter's steps"
OF_ANOTHER_MOMENT = {
    "document.page": "once a document is printed: tests/documents/test_views.py",
    **dict.fromkeys(
        ("apply:application.compare", "recommend:application.compare", "manage:application.compare"),
        "once a returned application was handed in again: tests/applications",
    ),
    **{f"expert:assignment.{name}": SCORING for name in ("decline", "recuse", "score", "submit")},
    **{
        f"expert:meeting.{name}": IN_SESSION
        for name in (
            "attend",
            "attend_declare",
            "attend_read",
            "attend_score",
            "attend_sign_in",
            "attend_vote",
            "sign_minutes",
            "token",
        )
    },
    **{
        f"manage:{name}": PROPOSED
        for name in (
            "application.disqualify",
            "application.reject",
            "disbursement.approve",
            "exit.approve",
            "exit.decide",
            "round.confirm",
            "shortlist.approve",
        )
    },
    "manage:assignment.propose": "while seats are filled: tests/review/test_pages.py",
}
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
    foreign = [visit for visit in visits if visit.is_foreign and visit.is_of_a_role]
    nothing([str(visit) for visit in foreign if bare(visit) != absent[visit.login, visit.url.name]])


def test_every_page_is_opened_by_somebody(visits):
    """But for pages of a moment that is not the story's; each has its test where it is right."""
    opened = {visit.url.name for visit in visits if visit.status in {200, 302, 409, 422} and visit.keeper != ABSENT}
    closed = {visit.url.name for visit in visits} - opened
    nothing(sorted(closed - OF_ANOTHER_MOMENT.keys()))
    nothing(sorted(OF_ANOTHER_MOMENT.keys() - closed))


def test_no_page_asks_too_many_questions(visits):
    """The database, that is: 15 for a page, 20 where a step also weighs its guards and choices."""
    nothing([f"{len(visit.queries)} {visit}" for visit in visits if len(visit.queries) > most(visit)])


def most(visit: Visit) -> int:
    extra = 1 if visit.role.startswith("recommender") else 0  # the host units below are asked for first
    return extra + (QUERIES_OF_A_STEP if isinstance(visit.url.view, FormPage) else QUERIES_OF_A_PAGE)


def bare(visit: Visit) -> tuple[int, bytes]:
    """Status and bytes without what is new in every answer."""
    return visit.status, CHANGES.sub(b"", visit.body)
