"""关怀版, shortcuts, rows per page."""

import pytest
from django.test import Client, RequestFactory

from portal.people.models import User
from portal.people.preferences import rows_per_page


def is_large(answer) -> bool:
    return '<html lang="zh-CN" class="large">' in answer.content.decode()


def test_care_works_before_signing_in_without_scripts(db):
    client = Client(enforce_csrf_checks=True)
    assert not is_large(client.get("/faq/"))
    answer = client.post("/me/care/", headers={"Referer": "http://testserver/faq/"})
    assert (answer.status_code, answer.url) == (302, "http://testserver/faq/")
    assert is_large(client.get("/faq/"))
    client.post("/me/care/")
    assert not is_large(client.get("/faq/"))


def test_care_never_leads_elsewhere(client, db):
    assert client.post("/me/care/", headers={"Referer": "https://evil.example/x"}).url == "/"


def test_a_get_changes_nothing(client, db):
    client.get("/me/care/")
    assert not is_large(client.get("/faq/"))


def test_care_of_a_person_is_kept_and_outlives_signing_out(people):
    client = people.client("host_clerk")
    client.post("/me/care/")
    assert User.objects.get(pk=people.host_clerk.user_id).care_mode is True
    client.post("/logout/")
    assert is_large(client.get("/faq/"))


def test_care_follows_the_person_to_another_browser(people):
    from tests.accounts.conftest import sign_in, with_password

    user = with_password(people.host_clerk)
    User.objects.filter(pk=user.pk).update(care_mode=True)
    client = Client()
    sign_in(client, user.username)
    assert is_large(client.get("/me/"))


def test_preferences_are_saved_and_shown(people):
    client = people.client("expert") if "expert" in people.actors else people.client("host_clerk")
    answer = client.post("/me/", {"care_mode": "on", "rows_per_page": "100"})
    assert (answer.status_code, answer.url) == (302, "/me/?saved")
    page = client.get("/me/?saved")
    assert is_large(page) and "设置已保存。" in page.content.decode()
    user = User.objects.get(pk=people.host_clerk.user_id)
    assert (user.care_mode, user.shortcuts, user.rows_per_page) == (True, False, 100)


def test_an_odd_number_of_rows_is_refused_and_nothing_saved(people):
    client = people.client("host_clerk")
    answer = client.post("/me/", {"care_mode": "on", "rows_per_page": "1000000"})
    assert answer.status_code == 422 and "错误：" in answer.content.decode()
    assert User.objects.get(pk=people.host_clerk.user_id).rows_per_page == 50


@pytest.mark.parametrize(("query", "rows"), [("", 20), ("rows=100", 100), ("rows=1000", 20), ("rows=x", 20)])
def test_rows_come_from_the_query_else_from_the_person(query, rows):
    request = RequestFactory().get(f"/?{query}")
    request.user = User(rows_per_page=20)
    assert rows_per_page(request) == rows
