"""Public pages: open to everybody, cheap, honest about the regulation."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from portal.regulation.articles import chapters, text_of
from portal.web import public

pytestmark = pytest.mark.django_db
PAGES = ["home", "policies", "guide", "faq", "accessibility", "privacy", "sitemap"]


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()
    yield
    cache.clear()


@pytest.mark.parametrize("name", PAGES)
def test_page_is_open_sets_no_cookie_and_asks_the_database_nothing(
    client, name, django_assert_num_queries, monkeypatch
):
    monkeypatch.setattr(public, "_providers", {})
    with django_assert_num_queries(0):
        answer = client.get(reverse(f"public.{name}"))
    assert answer.status_code == 200
    assert not answer.cookies
    assert len(answer.content) <= 60_000


def test_the_same_visitor_size_gets_the_stored_page(client, monkeypatch):
    calls = []
    monkeypatch.setattr(public, "_providers", {"cycle": lambda at: calls.append(at)})
    first, again = client.get("/"), client.get("/")
    assert first.content == again.content and len(calls) == 1
    client.cookies["care"] = "1"
    assert 'class="large"' in client.get("/").content.decode() and len(calls) == 2


def test_the_stored_page_is_never_for_people_with_a_session(people):
    signed_in = people.client("host_clerk")
    Client().get("/guide/")
    assert people.host_clerk.name in signed_in.get("/guide/").content.decode()
    assert people.host_clerk.name not in Client().get("/guide/").content.decode()


def test_home_shows_what_the_apps_provide(client, monkeypatch):
    from portal.web.components import Action

    blocks = {
        "cycle": lambda at: {
            "title": "2026 年度申报正在进行",
            "lines": [("依托单位提交截止", "2026年10月15日 17:00（还剩 3 天）")],
            "actions": [Action("依托单位登录申报", "/login/?as=host", True)],
            "check_url": "/check/",
        },
        "notices": lambda at: {"items": [("申报通知", "/notices/1/", "2026年9月1日", True)], "all_url": "/notices/"},
        "publicity": lambda at: {
            "items": [("公示名单", "/publicity/1/", "12月1日 24:00 结束")],
            "all_url": "/publicity/",
        },
    }
    monkeypatch.setattr(public, "_providers", blocks)
    html = client.get("/").content.decode()
    for words in ("2026 年度申报正在进行", "还剩 3 天", 'href="/check/"', "申报通知", 'tag-red">新', "公示名单"):
        assert words in html


def test_home_without_a_cycle_says_so(client, monkeypatch):
    monkeypatch.setattr(public, "_providers", {})
    assert "现在没有正在进行的申报" in client.get("/").content.decode()


def test_an_unknown_block_of_the_home_page_is_refused():
    with pytest.raises(ValueError):
        public.provides("carousel")


def test_policies_hold_the_regulation_word_for_word(client):
    html = client.get("/policies/").content.decode()
    articles = [article for chapter in chapters() for article in chapter.articles]
    assert len(articles) == 36
    for article in articles:
        assert f'id="article-{article.number}"' in html
        for line in text_of(article).splitlines():
            assert f"<p>{line}</p>" in html


def test_anchors_of_the_guide_exist_in_the_policies(client):
    import re

    policies = client.get("/policies/").content.decode()
    anchors = set(re.findall(r'/policies/#([a-z0-9-]+)"', client.get("/guide/").content.decode()))
    assert anchors and all(f'id="{anchor}"' in policies for anchor in anchors)


def test_a_post_to_a_public_page_is_not_answered(client):
    assert client.post("/guide/").status_code == 405
