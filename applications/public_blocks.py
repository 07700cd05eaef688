"""What the home page shows of the year: status and deadlines, notices, publicities (P1). In the public's own reach."""

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.timezone import localdate

from applications.models import Cycle, Notice
from portal.web.components import Action
from portal.web.formats import day_text, deadline_text, due_text, instant_text
from portal.web.public import provides

NEW_FOR = timedelta(days=7)
SHOWN = 8


def public_cycle() -> Cycle | None:
    """The latest year that is public."""
    return Cycle.objects.filter(is_public=True).order_by("-year").first()


def public_notices(*kinds: str):
    """Published notices of these kinds, newest first; the fence leaves in just those."""
    return Notice.objects.filter(is_public=True, kind__in=kinds).order_by("-published_at", "-pk")


@provides("cycle")
def status(at: datetime) -> dict[str, Any] | None:
    cycle = public_cycle()
    if cycle is None or cycle.state in (Cycle.State.CULTIVATION, Cycle.State.CLOSED):
        return None
    sign_in = reverse("account_login")
    running = cycle.state == Cycle.State.OPEN and cycle.application_opens_at <= at < cycle.application_closes_at
    host = "依托单位登录申报" if running else "依托单位登录"
    logins = [("host", host), ("recommender", "推荐单位登录"), ("expert", "评审专家登录")]
    return {
        "title": _title(cycle, at),
        "lines": _lines(cycle, at),
        "actions": [Action(label, f"{sign_in}?as={key}", running and key == "host") for key, label in logins],
        "check_url": reverse("public:check") if at < cycle.application_closes_at else "",
    }


def _title(cycle: Cycle, at: datetime) -> str:
    if at < cycle.application_opens_at:
        return f"{cycle.year} 年度申报 {instant_text(cycle.application_opens_at)} 开始"
    if at < cycle.application_closes_at:
        return f"{cycle.year} 年度申报正在进行"
    count = f"，共受理 {cycle.received_count} 份" if cycle.received_count is not None else ""
    return f"{cycle.year} 年度申报已结束{count}"


def _lines(cycle: Cycle, at: datetime) -> list[tuple[str, str]]:
    """Deadlines: with the time left while they run; afterwards the stage."""
    deadlines = [
        ("依托单位提交截止", cycle.application_closes_at),
        ("推荐单位报送截止", cycle.recommend_closes_at),
    ]
    lines = [(label, due_text(instant, at)) for label, instant in deadlines if at < instant]
    stage = Cycle.State.SCREENING.label if cycle.state == Cycle.State.OPEN else cycle.state_label()
    return lines or [("现在的阶段", stage)]


@provides("notices")
def notices(at: datetime) -> dict[str, Any]:
    shown = public_notices(Notice.Kind.CALL, Notice.Kind.FINAL, Notice.Kind.OTHER)[:SHOWN]
    items = [
        (each.title, reverse("public:notice.view", kwargs=each.url_kwargs()), day_text(localdate(each.published_at)),
         at - each.published_at < NEW_FOR)
        for each in shown
    ]  # fmt: skip
    return {"items": items, "all_url": reverse("public:notice.list")}


@provides("publicity")
def publicity(at: datetime) -> dict[str, Any]:
    running = public_notices(Notice.Kind.PROPOSED).filter(state=Notice.State.PUBLISHED)[:SHOWN]
    items = [
        (each.title, reverse("public:publicity.view", kwargs=each.url_kwargs()), period_text(each, at))
        for each in running
    ]
    return {"items": items, "all_url": reverse("public:publicity.list")}


def period_text(notice: Notice, at: datetime) -> str:
    """公示期 5 个工作日，至 2026年12月1日 24:00（还剩 3 天）"""
    if notice.ends_at is None:
        return ""
    until = due_text(notice.ends_at, at) if at < notice.ends_at else f"{deadline_text(notice.ends_at)}（已期满）"
    phone = f"　异议电话：{notice.phone}" if notice.phone else ""
    return f"公示期 {notice.working_days} 个工作日，至 {until}{phone}"
