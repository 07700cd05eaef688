"""Contract 3 for what changes things: an empty form from everybody to every page that takes one. Nothing is kept."""

import pytest
from django.db import connection, transaction

from portal import clock
from tests.contracts.crawl import ABSENT, Crawler, Visit
from tests.contracts.source import nothing

pytestmark = pytest.mark.slow
ANSWERS = {200, 204, 302, 400, 403, 404, 409, 422, 429}


@pytest.fixture(scope="module")
def posts(told, django_db_blocker) -> list[Visit]:
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(clock, "now", lambda: told.at)
        seen = list(Crawler(told, "POST"))
        transaction.set_rollback(True)
    connection.close()
    return seen


def test_no_form_breaks(posts):
    nothing([str(visit) for visit in posts if visit.status not in ANSWERS])


def test_nobody_acts_without_a_row_of_the_matrix(posts):
    refused = [visit for visit in posts if visit.login and not visit.is_of_a_role]
    nothing([str(visit) for visit in refused if visit.status not in {403, 404}])
    assert len({visit.url.name for visit in refused}) > 150


def test_nobody_acts_on_a_record_of_another_unit_or_of_none(posts):
    strange = [visit for visit in posts if visit.is_of_a_role and (visit.is_foreign or visit.keeper == ABSENT)]
    nothing([str(visit) for visit in strange if not visit.url.public_reason and visit.status != 404])
    assert len({visit.url.name for visit in strange}) > 150


def test_refusals_write_nothing(posts):
    """A page that is refused asks, and asks only."""
    writes = ("INSERT", "UPDATE", "DELETE")
    refused = [visit for visit in posts if visit.login and not visit.is_of_a_role]
    nothing([str(visit) for visit in refused if any(sql.startswith(writes) for sql in visit.queries)])


def test_a_wrong_role_hears_which_role_could(posts):
    said = [visit for visit in posts if visit.login and not visit.is_of_a_role and visit.status == 403]
    nothing([str(visit) for visit in said if "您现在的身份" not in visit.body.decode()])
