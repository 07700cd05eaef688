"""Idle sessions end; activity is written at most once a minute; a page's own polling is no activity."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session

from portal import clock
from portal.people.middleware import SEEN


@pytest.fixture
def client(people):
    return people.client("host_clerk")


def at(monkeypatch, moment):
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_half_an_hour_without_activity_signs_out_and_says_so(client, monkeypatch, people):
    start = clock.now()
    assert client.get("/me/").status_code == 200
    at(monkeypatch, start + timedelta(minutes=29))
    assert client.get("/me/").status_code == 200
    at(monkeypatch, start + timedelta(minutes=58, seconds=59))
    assert client.get("/me/").status_code == 200
    at(monkeypatch, start + timedelta(minutes=90))
    answer = client.get("/me/")
    assert answer.status_code == 403
    assert "已自动退出。重新登录后回到刚才的页面，内容不会丢失。" in answer.content.decode()
    assert not Session.objects.filter(session_key=client.session.session_key).exists() or SEEN not in client.session


def test_polling_by_the_page_does_not_keep_the_session(client, monkeypatch):
    start = clock.now()
    client.get("/me/")
    for minutes in (10, 20, 29):
        at(monkeypatch, start + timedelta(minutes=minutes))
        assert client.get("/me/", headers={"X-Passive": "1"}).status_code == 200
    at(monkeypatch, start + timedelta(minutes=31))
    assert client.get("/me/", headers={"X-Passive": "1"}).status_code == 403


def test_a_ping_keeps_the_session(client, monkeypatch):
    start = clock.now()
    for minutes in (0, 25, 50):
        at(monkeypatch, start + timedelta(minutes=minutes))
        assert client.post("/me/ping/").status_code == 204


def test_activity_is_written_once_a_minute(client, monkeypatch):
    start = clock.now()
    client.get("/me/")
    first = client.session[SEEN]
    at(monkeypatch, start + timedelta(seconds=30))
    client.get("/me/")
    assert client.session[SEEN] == first
    at(monkeypatch, start + timedelta(seconds=90))
    client.get("/me/")
    assert client.session[SEEN] > first


def test_a_page_within_the_minute_writes_no_session(client, django_assert_max_num_queries):
    client.get("/me/")
    with django_assert_max_num_queries(5) as queries:
        client.get("/me/")
    assert not [query for query in queries.captured_queries if query["sql"].startswith(("UPDATE", "INSERT"))]
