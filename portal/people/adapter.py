"""How allauth behaves here: accounts are opened by the unit above, never by signing up."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.urls import reverse

from portal.privacy.keys import key_ring

SECRET_PLACE = "mfa.Authenticator.data"


def client_ip(request: HttpRequest) -> str:
    """The address the server saw, for the lock-out by (account, address); no header that anybody can write."""
    return request.META.get("REMOTE_ADDR", "")


def account_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Whom django-axes counts for: the account that authenticates, else what the sign-in form says."""
    return (credentials or {}).get("username") or request.POST.get("login", "")


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": "验证码多次不正确，请 5 分钟后再试。",
        "enter_current_password": "现在的密码不正确，请重新填写。",
        "incorrect_password": "密码不正确，请重新填写。",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """django-axes counts wrong passwords by (account, address); counting by account alone would let a stranger
        lock anybody out. allauth's own count stays for the codes of the second factor."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("people.workspace")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("people.me")

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip(request)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps the secrets of authenticator apps and recovery codes sealed at rest."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "验证码不正确，请填写应用上现在显示的 6 位数字。",
    }

    def encrypt(self, text: str) -> str:
        return base64.b64encode(key_ring().seal(text, SECRET_PLACE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return key_ring().open(base64.b64decode(encrypted_text), SECRET_PLACE)
