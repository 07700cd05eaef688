"""The rules of a signed-in session: idle time, a second factor where the role must have one, an aged password."""

from datetime import timedelta

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from portal.people.actor import actor_of

SEEN = "seen"  # session: the last activity, seconds since the epoch
FACTOR = "second_factor"  # session: the user has one
WRITE_EVERY = 60  # seconds: the session row is written at most once a minute
PASSIVE = "X-Passive"  # header of requests that a page sends by itself; they are no activity
FREE = ("/me/", "/logout/", "/login/", "/static/", "/healthz", "/readyz")


class SessionRules:
    """After authentication, before the tenancy. Side effects in order: signs out when idle too long; notes activity;
    redirects to set up the second factor, then to renew the password."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        if self.is_idle(request):
            logout(request)
            request.idle_too_long = True
            return self.get_response(request)
        self.note_activity(request)
        return self.required_page(request) or self.get_response(request)

    def is_idle(self, request: HttpRequest) -> bool:
        seen = request.session.get(SEEN)
        return seen is not None and request.at.timestamp() - seen >= settings.IDLE_SECONDS

    def note_activity(self, request: HttpRequest) -> None:
        now = request.at.timestamp()
        if PASSIVE not in request.headers and now - request.session.get(SEEN, 0) >= WRITE_EVERY:
            request.session[SEEN] = now

    def required_page(self, request: HttpRequest) -> HttpResponse | None:
        """A redirect to what must be done first, or None."""
        if request.path.startswith(FREE):
            return None
        if self.needs_factor(request):
            messages.info(request, "您的身份须使用双重验证，请先设置。")
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        if self.password_is_old(request):
            messages.info(request, f"密码已使用满 {settings.PASSWORD_MAX_DAYS} 天，请先更换。")
            return HttpResponseRedirect(reverse("account_change_password"))
        return None

    def needs_factor(self, request: HttpRequest) -> bool:
        if not settings.MFA_REQUIRED or request.session.get(FACTOR):
            return False
        if actor_of(request).role not in settings.MFA_REQUIRED_ROLES:
            return False
        if is_mfa_enabled(request.user):
            request.session[FACTOR] = True
            return False
        return True

    def password_is_old(self, request: HttpRequest) -> bool:
        changed, days = request.user.password_changed_at, settings.PASSWORD_MAX_DAYS
        return bool(days and changed and request.at - changed > timedelta(days=days))
