"""Pages for everybody. The home page shows what later apps provide; the others stand on the regulation's text alone."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from portal.people.actor import PUBLIC
from portal.people.preferences import CARE_COOKIE, cares
from portal.people.roles import Role
from portal.regulation.articles import Article, chapters, text_of
from portal.web.navigation import links_for
from portal.web.views import Page

BLOCKS = ("cycle", "notices", "publicity")
_providers: dict[str, Callable[[datetime], Any]] = {}


def provides(block: str) -> Callable:
    """Declares who fills a block of the home page: a function of the instant, called inside the public's reach.

    cycle      {"title", "lines": [(label, due text)], "actions": [Action], "check_url": ""} or None
    notices    {"items": [(title, url, day text, is new)], "all_url": ""}
    publicity  {"items": [(title, url, meta text)], "all_url": ""}
    """
    if block not in BLOCKS:
        raise ValueError(f"the home page has {BLOCKS}, not {block!r}")

    def register(function: Callable[[datetime], Any]) -> Callable[[datetime], Any]:
        _providers[block] = function
        return function

    return register


class PublicPage(Page):
    """A page that needs no sign-in. Visitors without any session share one stored answer for `keep_seconds`."""

    public_because = "published facts"
    keep_seconds = 60

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "GET" or set(request.COOKIES) - {CARE_COOKIE} or settings.DEBUG:
            return super().dispatch(request, *args, **kwargs)
        key = f"page:{'large' if cares(request) else 'plain'}:{request.get_full_path()}"
        body = cache.get(key)
        if body is not None:
            return HttpResponse(body)
        response = super().dispatch(request, *args, **kwargs)
        if response.status_code == 200 and not response.cookies:
            cache.set(key, response.content, self.keep_seconds)
        return response


class Home(PublicPage):
    """P1."""

    template_name = "public/home.html"
    title = "首页"

    def context(self) -> dict[str, Any]:
        return {block: provider(self.at) for block, provider in _providers.items()}


class Policies(PublicPage):
    """The regulation, word for word, an anchor for each article."""

    template_name = "public/policies.html"
    title = "政策文件"
    keep_seconds = 3600

    def context(self) -> dict[str, Any]:
        return {
            "chapters": [
                (str(chapter), [(article, text_of(article).splitlines()) for article in chapter.articles])
                for chapter in chapters()
            ]
        }


class Guide(PublicPage):
    """Who may apply, how it goes, who does what: each line with its article."""

    template_name = "public/guide.html"
    title = "办事指南"
    keep_seconds = 3600

    def context(self) -> dict[str, Any]:
        return {
            "host_conditions": text_of(Article(8, 1)).splitlines()[1:],
            "applicant_conditions": text_of(Article(8, 2)).splitlines()[1:],
            "application_steps": text_of(Article(13)).splitlines()[1:],
        }


class Faq(PublicPage):
    template_name = "public/faq.html"
    title = "常见问题"
    keep_seconds = 3600


class Accessibility(PublicPage):
    template_name = "public/accessibility.html"
    title = "无障碍声明"
    keep_seconds = 3600


class Privacy(PublicPage):
    template_name = "public/privacy.html"
    title = "隐私说明"
    keep_seconds = 3600


class Sitemap(PublicPage):
    """Every public page; what a person's own role adds stands in the navigation bar."""

    template_name = "public/sitemap.html"
    title = "网站地图"
    keep_seconds = 3600

    def context(self) -> dict[str, Any]:
        return {"public_links": links_for(PUBLIC, ""), "signed_in": self.actor.role != Role.PUBLIC}
