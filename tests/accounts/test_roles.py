"""切换身份: one role at a time, only one's own."""

import pytest
from django.test import Client

from portal.people.actor import SESSION_KEY
from portal.people.models import Membership
from portal.people.roles import Role
from tests.accounts.conftest import sign_in, with_password


@pytest.fixture
def double(people):
    """The clerk is approver too."""
    people.also(people.host_clerk, Role.HOST_APPROVER)
    return with_password(people.host_clerk)


def membership(user, role) -> Membership:
    return Membership.objects.get(user=user, role=role)


def test_several_roles_are_asked_for_after_signing_in(client, double):
    sign_in(client, double.username)
    page = client.get("/workspace/", follow=True)
    assert page.redirect_chain == [("/me/role/", 302)]
    html = page.content.decode()
    assert "您有 2 个身份" in html and "依托单位经办人" in html and "依托单位负责人" in html
    assert SESSION_KEY not in client.session


def test_choosing_a_role_goes_on_and_can_be_changed(client, double):
    sign_in(client, double.username)
    for role in (Role.HOST_APPROVER, Role.HOST_CLERK):
        chosen = membership(double, role)
        answer = client.post("/me/role/", {"membership": chosen.pk, "next": "/guide/"})
        assert (answer.status_code, answer.url) == (302, "/guide/")
        html = client.get("/me/").content.decode()
        assert f"<small>{role.label}</small>" in html and "切换身份" in html


def test_choosing_a_role_renews_the_session_key(client, double):
    sign_in(client, double.username)
    before = client.session.session_key
    client.post("/me/role/", {"membership": membership(double, Role.HOST_CLERK).pk})
    assert client.session.session_key != before


@pytest.mark.parametrize("next_url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_going_on_never_leads_elsewhere(client, double, next_url):
    sign_in(client, double.username)
    answer = client.post("/me/role/", {"membership": membership(double, Role.HOST_CLERK).pk, "next": next_url})
    assert answer.url == "/workspace/"


def test_another_persons_role_is_not_to_be_had(client, double, people):
    sign_in(client, double.username)
    for value in (people.cast_supervisor.membership_id, 0, "x", ""):
        assert client.post("/me/role/", {"membership": value}).status_code == 422
    assert SESSION_KEY not in client.session


def test_a_role_that_ended_is_not_to_be_had(client, double):
    sign_in(client, double.username)
    ended = membership(double, Role.HOST_APPROVER)
    Membership.objects.filter(pk=ended.pk).update(to_date="2021-01-01")
    assert client.post("/me/role/", {"membership": ended.pk}).status_code == 422


def test_a_single_role_shows_no_switch(people):
    html = people.client("host_clerk").get("/me/").content.decode()
    assert "切换身份" not in html


def test_switching_takes_a_token(double):
    client = Client(enforce_csrf_checks=True)
    client.force_login(double, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.post("/me/role/", {"membership": membership(double, Role.HOST_CLERK).pk})
    assert answer.status_code == 403 and "页面已过期" in answer.content.decode()
