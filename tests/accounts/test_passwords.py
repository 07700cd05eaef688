"""Password rules: eight signs, three kinds, none of the last five, ninety days."""

from datetime import timedelta

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import override_settings

from portal import clock
from portal.people.models import PasswordRecord, User
from tests.accounts.conftest import PASSWORD, sign_in


def codes(password: str, user: User | None = None) -> set[str]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return {one.code for one in error.error_list}
    return set()


@pytest.mark.parametrize(
    ("password", "refused"),
    [
        ("Abc12345", set()),
        ("Ab1-2345", set()),
        ("abc-1234", set()),
        ("Abc1234", {"password_too_short"}),
        ("abcd1234", {"password_too_plain"}),
        ("ABCDEFGH", {"password_too_plain"}),
        ("密码密码abcd1", set()),
        ("", {"password_too_short", "password_too_plain"}),
    ],
)
def test_length_and_kinds(password, refused):
    assert codes(password) == refused


def test_the_last_five_passwords_are_refused_and_older_ones_forgotten(clerk):
    used = [PASSWORD]
    for number in range(1, 6):
        used.append(f"Zhuoyue-{number:04d}x")
        clerk.set_password(used[-1])
        clerk.save()
    clerk = User.objects.get(pk=clerk.pk)
    assert [codes(one, clerk) for one in used] == [set()] + [{"password_used_before"}] * 5
    assert PasswordRecord.objects.filter(user=clerk).count() == 5
    assert codes("Zhuoyue-9999x", clerk) == set()


def test_history_is_each_persons_own(clerk, people):
    other = User.objects.get(pk=people.host_approver.user_id)
    assert codes(PASSWORD, other) == set()


def test_setting_a_password_notes_when(clerk):
    assert abs(User.objects.get(pk=clerk.pk).password_changed_at - clock.now()) < timedelta(minutes=1)


def test_changing_the_password_through_the_page(client, clerk):
    sign_in(client, clerk.username)
    url = "/me/security/password/"
    bad = client.post(url, {"oldpassword": PASSWORD, "password1": "abcd1234", "password2": "abcd1234"})
    assert "至少 3 种，现在只有 2 种" in bad.content.decode() and "错误：" in bad.content.decode()
    same = client.post(url, {"oldpassword": PASSWORD, "password1": PASSWORD, "password2": PASSWORD})
    assert "不能使用最近 5 次用过的密码" in same.content.decode()
    good = client.post(url, {"oldpassword": PASSWORD, "password1": "Xin-mima-2026", "password2": "Xin-mima-2026"})
    assert (good.status_code, good.url) == (302, "/me/")
    assert "密码已更换。" in client.get("/me/").content.decode()
    assert User.objects.get(pk=clerk.pk).check_password("Xin-mima-2026")


def test_a_password_of_more_than_ninety_days_must_be_changed_first(client, clerk):
    sign_in(client, clerk.username)
    changed = clock.now() - timedelta(days=90, minutes=1)
    User.objects.filter(pk=clerk.pk).update(password_changed_at=changed)
    answer = client.get("/workspace/")
    assert (answer.status_code, answer.url) == (302, "/me/security/password/")
    assert "密码已使用满 90 天，请先更换。" in client.get(answer.url).content.decode()
    with override_settings(PASSWORD_MAX_DAYS=0):
        assert client.get("/workspace/").url != "/me/security/password/"


def test_a_forgotten_password_is_reset_by_mail_without_telling_who_is_known(client, clerk):
    clerk.email = "clerk@example.test"
    clerk.save()
    known = client.post("/login/forgotten/", {"email": "clerk@example.test"}, follow=True)
    unknown = client.post("/login/forgotten/", {"email": "nobody@example.test"}, follow=True)
    assert known.redirect_chain == unknown.redirect_chain == [("/login/forgotten/sent/", 302)]
    (letter,) = mail.outbox
    assert letter.to == ["clerk@example.test"] and letter.subject == "卓越工程师成长计划：重置密码"
    link = next(line for line in letter.body.splitlines() if "/login/forgotten/" in line)
    page = client.get(link.split("testserver")[1], follow=True)
    assert "设置新密码" in page.content.decode()
    where = page.redirect_chain[-1][0]
    done = client.post(where, {"password1": "Xin-mima-2026", "password2": "Xin-mima-2026"})
    assert (done.status_code, done.url) == (302, "/login/forgotten/done/")
    assert sign_in(client, clerk.username, "Xin-mima-2026").status_code == 302


def test_a_used_reset_link_says_so(client, db):
    page = client.get("/login/forgotten/1-abc-def/", follow=True)
    assert "链接已失效" in page.content.decode()
