"""Signing in, choosing a role, one's own settings."""

from typing import Any

from allauth.account.views import LoginView
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from portal.people.actor import SESSION_KEY, actor_of
from portal.people.forms import PreferencesForm, RoleForm
from portal.people.preferences import cares, remember_care
from portal.web.navigation import home_of

# (key, tab, hint): the tab changes the hint only; the account decides who somebody is.
IDENTITIES = (
    ("host", "依托单位", "账号由所属推荐单位（区科协、科技园区等）开通。申报人与单位经办人、负责人各用各的账号。"),
    ("recommender", "推荐单位", "账号由北京市科协开通。"),
    ("expert", "评审专家", "账号随评审邀请发放。登录后先签承诺书、确认回避，再看申报书。"),
    ("cast", "市科协", "账号由系统管理员开通。"),
)


def same_site(request: HttpRequest, url: str | None, otherwise: str) -> str:
    """A place to go on to, only within this site."""
    safe = url and url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if url and safe else otherwise


class SignIn(LoginView):
    """C1: account and password; a second factor follows where one is set up."""

    public_because = "signing in"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chosen = self.request.GET.get("as", "host")
        tabs = [{"key": key, "label": label, "hint": hint, "current": key == chosen} for key, label, hint in IDENTITIES]
        here = next((tab for tab in tabs if tab["current"]), tabs[0])
        here["current"] = True
        return super().get_context_data(
            tabs=tabs, hint=here["hint"], expired="expired" in self.request.GET, title="登录", **kwargs
        )


class OwnPage(View):
    """A page of the signed-in person about themselves; nobody else's data stands on it."""

    public_because = "a person's own settings: asks for sign-in, needs no role"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return render(request, "errors/403.html", status=403)
        return super().dispatch(request, *args, **kwargs)


class Workspace(OwnPage):
    """Where to go after sign-in: choose a role if there are several, else to where the role's work begins."""

    def get(self, request: HttpRequest) -> HttpResponse:
        actor = actor_of(request)
        if not actor.is_signed_in:
            return HttpResponseRedirect(reverse("people.role"))
        return HttpResponseRedirect(home_of(actor) or reverse("people.me"))


class ChooseRole(OwnPage):
    """切换身份. POST remembers the chosen membership in the session; rights change at once."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request)

    def show(self, request: HttpRequest, status: int = 200) -> HttpResponse:
        go_on = same_site(request, request.GET.get("next"), "")
        context = {"title": "选择身份", "memberships": request.memberships, "next": go_on}
        return render(request, "account/role.html", context, status=status)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RoleForm(request.POST, memberships=request.memberships)
        if not form.is_valid():
            return self.show(request, status=422)
        request.session.cycle_key()
        request.session[SESSION_KEY] = form.cleaned_data["membership"]
        return HttpResponseRedirect(same_site(request, request.POST.get("next"), reverse("people.workspace")))


class Me(OwnPage):
    """Who I am here, and my preferences."""

    def get(self, request: HttpRequest) -> HttpResponse:
        initial = {"care_mode": cares(request)}
        return self.show(request, PreferencesForm(instance=request.user, initial=initial))

    def show(self, request: HttpRequest, form: PreferencesForm, status: int = 200) -> HttpResponse:
        context = {"title": "个人设置", "form": form, "memberships": request.memberships}
        return render(request, "account/me.html", context, status=status)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PreferencesForm(request.POST, instance=request.user)
        if not form.is_valid():
            return self.show(request, form, status=422)
        form.save()
        response = HttpResponseRedirect(f"{reverse('people.me')}?saved")
        remember_care(request, response, form.cleaned_data["care_mode"])
        return response


@method_decorator(csrf_exempt, name="dispatch")
class Care(View):
    """关怀版 on and off, before sign-in too.

    Without a token, so that public pages need none and can be cached: from another site the browser sends no session
    (SameSite), hence nothing but the size of this visitor's own letters could ever change.
    """

    public_because = "the size of the letters; works before sign-in"

    def post(self, request: HttpRequest) -> HttpResponse:
        response = HttpResponseRedirect(same_site(request, request.headers.get("Referer"), "/"))
        remember_care(request, response, not cares(request))
        return response

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(same_site(request, request.headers.get("Referer"), "/"))


class Ping(OwnPage):
    """Keeps the session while the person works on a page without sending anything (POST, 204)."""

    def post(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=204, headers={"X-Idle-Seconds": str(settings.IDLE_SECONDS)})
