"""C1: signing in and out, the words of a refusal, the lock by (account, address)."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client

from portal.people.models import Membership
from tests.accounts.conftest import PASSWORD, sign_in


def text(answer) -> str:
    return answer.content.decode()


def test_tabs_change_the_hint_only(client, db):
    host, expert, odd = (text(client.get(f"/login/?as={key}")) for key in ("host", "expert", "nobody"))
    assert "账号由所属推荐单位" in host and "账号随评审邀请发放" in expert and "账号由所属推荐单位" in odd
    for page in (host, expert):
        assert 'name="login"' in page and 'autocomplete="current-password"' in page
    assert '<a href="?as=expert" aria-current="page">评审专家</a>' in expert


def test_a_single_role_goes_straight_to_work(client, clerk):
    answer = sign_in(client, clerk.username)
    assert (answer.status_code, answer.url) == (302, "/workspace/")
    assert client.get("/workspace/").status_code == 302
    assert clerk.name in text(client.get("/me/"))


def test_the_way_back_is_kept_through_signing_in(client, clerk):
    page = text(client.get("/login/?as=host&next=/guide/"))
    assert '<input type="hidden" name="next" value="/guide/"' in page
    answer = client.post("/login/", {"login": clerk.username, "password": PASSWORD, "next": "/guide/"})
    assert answer.url == "/guide/"


def test_the_way_back_never_leads_elsewhere(client, clerk):
    answer = client.post("/login/", {"login": clerk.username, "password": PASSWORD, "next": "https://evil.example/"})
    assert answer.url == "/workspace/"


def test_a_wrong_password_counts_down_in_the_same_words_for_an_unknown_account(client, clerk):
    for login in (clerk.username, "nobody-has-this-name"):
        for left in (4, 3):
            answer = sign_in(client, login, "wrong")
            assert f"账号或密码不正确，还可以再试 {left} 次。" in text(answer)
            assert f'value="{login}"' in text(answer)
            assert "wrong" not in text(answer)


def test_the_fifth_wrong_password_locks_this_account_at_this_address_only(client, people, clerk):
    for _ in range(4):
        assert sign_in(client, clerk.username, "wrong").status_code == 200
    locked = sign_in(client, clerk.username, "wrong")
    assert locked.status_code == 429 and "请 10 分钟后再试" in text(locked)
    assert sign_in(client, clerk.username).status_code == 429
    assert sign_in(Client(REMOTE_ADDR="10.9.9.9"), clerk.username).status_code == 302
    from tests.accounts.conftest import with_password

    colleague = with_password(people.host_approver)
    assert sign_in(Client(), colleague.username).status_code == 302


def test_a_forged_address_header_does_not_open_the_lock(client, clerk):
    for _ in range(5):
        sign_in(client, clerk.username, "wrong")
    assert sign_in(client, clerk.username, headers={"X-Forwarded-For": "10.1.2.3"}).status_code == 429


def test_the_lock_opens_after_ten_minutes(client, clerk):
    for _ in range(5):
        sign_in(client, clerk.username, "wrong")
    (attempt,) = AccessAttempt.objects.all()
    attempt.attempt_time -= timedelta(minutes=10, seconds=1)
    attempt.save()
    assert sign_in(client, clerk.username).status_code == 302


def test_success_forgets_earlier_mistakes(client, clerk):
    for _ in range(3):
        sign_in(client, clerk.username, "wrong")
    sign_in(client, clerk.username)
    client.post("/logout/")
    assert "还可以再试 4 次" in text(sign_in(client, clerk.username, "wrong"))


def test_a_disabled_account_is_named_only_to_those_who_know_its_password(client, clerk):
    clerk.is_active = False
    clerk.save()
    assert "账号已停用" in text(sign_in(client, clerk.username, follow=True))
    assert client.get("/me/").status_code == 403
    assert "账号或密码不正确" in text(sign_in(client, clerk.username, "wrong"))


def test_empty_fields_say_what_to_do(client, db):
    page = text(sign_in(client, "", ""))
    assert "<title>错误：" in page
    assert '<a href="#id_login">请填写账号</a>' in page and '<a href="#id_password">请填写密码</a>' in page


@pytest.mark.parametrize("url", ["/signup/", "/accounts/signup/", "/login/signup/"])
def test_nobody_signs_up(client, db, url):
    assert client.get(url).status_code == 404


def test_signing_out_takes_a_post_and_ends_the_session(client, clerk):
    sign_in(client, clerk.username)
    assert "退出后" in text(client.get("/logout/"))
    assert client.get("/me/").status_code == 200
    client.post("/logout/")
    assert client.get("/me/").status_code == 403


def test_own_pages_ask_visitors_to_sign_in(client, db):
    for url in ("/me/", "/me/role/", "/workspace/"):
        answer = client.get(url)
        assert answer.status_code == 403
        assert "请先登录" in text(answer) and f"/login/?next={url.replace('/', '%2F')}" in text(answer)


def test_an_expired_membership_leaves_an_account_without_a_role(client, clerk):
    Membership.objects.filter(user=clerk).update(to_date="2021-01-01")
    sign_in(client, clerk.username)
    page = text(client.get("/workspace/", follow=True))
    assert "您的账号现在没有有效的身份" in page


def test_expired_sessions_are_told_why(client, db):
    assert "已自动退出。重新登录后回到刚才的页面，内容不会丢失。" in text(client.get("/login/?expired=1"))
