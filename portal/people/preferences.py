"""关怀版, shortcuts and rows per page: kept with the user, 关怀版 also in a cookie so that it works before sign-in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

CARE_COOKIE = "care"
YEAR = 365 * 24 * 3600  # seconds
ROWS = (20, 50, 100)


def cares(request: HttpRequest) -> bool:
    """The large version: what was last chosen in this browser, else the signed-in person's own setting."""
    chosen = request.COOKIES.get(CARE_COOKIE)
    return chosen == "1" if chosen else request.user.is_authenticated and request.user.care_mode


def remember_care(request: HttpRequest, response: HttpResponse, on: bool) -> None:
    """Side effects: the cookie, and the user's own setting where somebody is signed in."""
    response.set_cookie(
        CARE_COOKIE, "1" if on else "0", max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure()
    )
    user = request.user
    if user.is_authenticated and user.care_mode != on:
        user.care_mode = on
        user.save(update_fields=["care_mode"])


def rows_per_page(request: HttpRequest) -> int:
    """20, 50 or 100: what the query string asks (?rows=), else the user's setting. An odd number is ignored."""
    asked = request.GET.get("rows", "")
    if asked.isdecimal() and int(asked) in ROWS:
        return int(asked)
    return request.user.rows_per_page if request.user.is_authenticated else 50


def idle() -> dict[str, int]:
    """Seconds without activity until the session ends, and until the page warns."""
    return {"seconds": settings.IDLE_SECONDS, "warn": settings.IDLE_SECONDS - settings.IDLE_WARNING_SECONDS}
