"""The navigation bar: at most eight items, each resolves, one of them is current."""

import pytest
from django.urls import reverse

from portal.people.actor import PUBLIC, Actor
from portal.people.roles import NAMED_ROLES, Role
from portal.web import navigation


@pytest.fixture
def items(monkeypatch):
    monkeypatch.setattr(navigation, "_items", [])
    monkeypatch.setattr(navigation, "_ready", True)


def actor(role: str) -> Actor:
    return Actor(1, "某人", role, 1, "某单位", 1)


@pytest.mark.parametrize("role", sorted(NAMED_ROLES | {Role.PUBLIC}))
def test_every_registered_item_leads_somewhere(role):
    links = navigation.links_for(actor(role), "/")
    assert len(links) <= navigation.MOST
    assert all(link.url.startswith("/") for link in links)


def test_items_stand_in_order_and_only_for_their_roles(items):
    navigation.register("二", "public.faq", {Role.EXPERT, Role.AUDITOR}, order=20)
    navigation.register("一", "public.guide", {Role.EXPERT}, order=10)
    assert [link.label for link in navigation.links_for(actor(Role.EXPERT), "/")] == ["一", "二"]
    assert [link.label for link in navigation.links_for(actor(Role.AUDITOR), "/")] == ["二"]
    assert navigation.home_of(actor(Role.EXPERT)) == reverse("public.guide")
    assert navigation.home_of(PUBLIC) is None


def test_the_longest_beginning_of_the_path_is_current(items):
    for order, (label, url) in enumerate([("首页", "/"), ("申报", "/apply/"), ("排序", "/apply/rank/")]):
        navigation.register(label, lambda actor, url=url: url, {Role.HOST_CLERK}, order=order)

    def current(path):
        return [link.label for link in navigation.links_for(actor(Role.HOST_CLERK), path) if link.current]

    assert current("/apply/rank/1/") == ["排序"]
    assert current("/apply/ZY2026-0001/") == ["申报"]
    assert current("/") == ["首页"]
    assert current("/guide/") == []


def test_an_item_holds_further_folders_of_its_workspace_but_takes_none_from_another_item(items):
    navigation.register("工作台", lambda actor: "/manage/", {Role.CAST_FINANCE}, order=1)
    also = ("expenses", "papers")
    navigation.register("经费", lambda actor: "/manage/grants/", {Role.CAST_FINANCE}, order=2, also=also)
    navigation.register("支出", lambda actor: "/manage/expenses/", {Role.CAST_FINANCE}, order=3)

    def current(path):
        return [link.label for link in navigation.links_for(actor(Role.CAST_FINANCE), path) if link.current]

    assert current("/manage/papers/RW2025-0001/") == ["经费"]
    assert current("/manage/2025/papers/") == ["经费"]
    assert current("/manage/expenses/") == ["支出"]
    assert current("/manage/cycles/") == ["工作台"]
    assert current("/apply/papers/") == []


def test_a_ninth_item_or_a_second_of_the_same_name_is_refused(items):
    for number in range(navigation.MOST):
        navigation.register(f"第{number}项", "public.faq", {Role.EXPERT}, order=number)
    with pytest.raises(ValueError):
        navigation.register("第九项", "public.faq", {Role.EXPERT}, order=9)
    navigation.register("第九项", "public.faq", {Role.AUDITOR}, order=9)
    with pytest.raises(ValueError):
        navigation.register("第九项", "public.guide", {Role.AUDITOR}, order=10)
