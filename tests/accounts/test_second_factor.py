"""The second factor: set up, asked for, required of experts and 市科协 where the setting says so."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client, override_settings

from tests.accounts.conftest import PASSWORD, sign_in, with_password


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.fixture
def officer(people):
    return with_password(people.cast_officer)


def activate(client: Client) -> str:
    """Sets up an authenticator app through the page, after the password once more; its secret."""
    confirm = client.get("/me/security/app/").url
    assert client.post(confirm, {"password": PASSWORD}).url == "/me/security/app/"
    page = client.get("/me/security/app/")
    secret = page.context["form"].secret
    answer = client.post("/me/security/app/", {"code": code_of(secret)})
    assert answer.status_code == 302, answer.content.decode()
    return secret


def test_setting_up_asks_for_the_code_of_the_app(client, officer):
    sign_in(client, officer.username)
    asked = client.get("/me/security/app/", follow=True)
    assert "请再次确认身份" in asked.content.decode()
    client.post(asked.redirect_chain[-1][0], {"password": PASSWORD})
    page = client.get("/me/security/app/").content.decode()
    assert "用应用扫描下面的二维码" in page and 'src="data:image/svg+xml;base64,' in page
    wrong = client.post("/me/security/app/", {"code": "000000"})
    assert "验证码不正确" in wrong.content.decode()
    secret = wrong.context["form"].secret
    assert client.post("/me/security/app/", {"code": code_of(secret)}).status_code == 302
    codes = client.get("/me/security/codes/").content.decode()
    assert "还有 10 个可用" in codes
    assert "已启用" in client.get("/me/security/").content.decode()


def test_the_secret_is_sealed_in_the_database(client, officer):
    sign_in(client, officer.username)
    secret = activate(client)
    stored = Authenticator.objects.get(user=officer, type="totp").data["secret"]
    assert secret not in stored and len(stored) > len(secret)


def test_signing_in_asks_for_the_second_factor(client, officer):
    sign_in(client, officer.username)
    secret = activate(client)
    other = Client()
    answer = sign_in(other, officer.username)
    assert (answer.status_code, answer.url) == (302, "/login/code/")
    assert other.get("/me/").status_code == 403
    assert "验证码不正确" in other.post("/login/code/", {"code": "000000"}).content.decode()
    assert "填写现在显示的 6 位数字" in other.get("/login/code/").content.decode()
    from django.core.cache import cache

    cache.clear()  # a code counts once; the set-up above used this half minute's
    assert other.post("/login/code/", {"code": code_of(secret)}).url == "/workspace/"
    assert other.get("/me/").status_code == 200


def test_codes_cannot_be_tried_without_end(client, officer):
    sign_in(client, officer.username)
    activate(client)
    other = Client()
    sign_in(other, officer.username)
    answers = [other.post("/login/code/", {"code": "000000"}).content.decode() for _ in range(6)]
    assert "请 5 分钟后再试" in answers[-1] and "请 5 分钟后再试" not in answers[0]


@override_settings(MFA_REQUIRED=True)
def test_roles_that_need_it_set_it_up_before_anything_else(client, officer):
    sign_in(client, officer.username)
    answer = client.get("/guide/")
    assert (answer.status_code, answer.url) == (302, "/me/security/app/")
    assert "您的身份须使用双重验证，请先设置。" in client.get(answer.url, follow=True).content.decode()
    activate(client)
    assert client.get("/guide/").status_code == 200


@override_settings(MFA_REQUIRED=True)
def test_roles_that_do_not_need_it_are_left_alone(client, clerk):
    sign_in(client, clerk.username)
    assert client.get("/guide/").status_code == 200


def test_it_is_off_unless_the_setting_says_so(client, officer):
    sign_in(client, officer.username)
    assert client.get("/guide/").status_code == 200
