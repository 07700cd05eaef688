"""What chapter 5 leaves hanging in its stages; the cycle does not move on before it is done."""

from applications.hanging import Hanging, hangs
from applications.models import Application, Notice
from portal.regulation.articles import Article
from review.models import Meeting, Objection, Round, Shortlist


def _count(cycle, *states: str) -> int:
    return Application.objects.filter(cycle=cycle, state__in=states).count()


@hangs("network_review")
def network_review(cycle, at):
    yield Hanging("还没有设置网络评审", int(not Round.objects.filter(cycle=cycle).exists()), Article(17), "round.list")
    unconfirmed = Round.objects.filter(cycle=cycle).exclude(state="confirmed").count()
    yield Hanging("网评结果没有确认", unconfirmed, Article(18), "round.list")
    yield Hanging(
        "没有进入或完成网络评审的申报", _count(cycle, "eligible", "in_network_review"), Article(17), "application.list"
    )


@hangs("panel_review")
def panel_review(cycle, at):
    yield Hanging("没有上会的候选人", _count(cycle, "panel_candidate"), Article(17), "meeting.list")
    unsigned = Meeting.objects.filter(cycle=cycle).exclude(state="minutes_signed").count()
    yield Hanging("纪要没有签署的会议", unsigned, Article(17), "meeting.list")
    approved = Shortlist.objects.filter(cycle=cycle, state="approved").exists()
    yield Hanging("拟入选名单没有批准", int(not approved), Article(19), "shortlist.list")
    yield Hanging("会议评审没有结论的申报", _count(cycle, "in_panel_review"), Article(19), "shortlist.list")


@hangs("publicity")
def publicity(cycle, at):
    ended = Notice.objects.filter(cycle=cycle, kind=Notice.Kind.PROPOSED, state__in=["ended", "archived"]).exists()
    yield Hanging("拟入选公示没有期满", int(not ended), Article(19), "notice.list")
    yield Hanging(
        "没有公示结论的申报", _count(cycle, "proposed", "in_publicity", "objection_hold"), Article(19), "objection.list"
    )
    objections = Objection.objects.filter(notice__cycle=cycle).exclude(state__in=Objection.final).count()
    yield Hanging("没有办结的异议", objections, Article(19), "objection.list")
    final = Notice.objects.filter(cycle=cycle, kind=Notice.Kind.FINAL, is_public=True).exists()
    yield Hanging("正式名单没有发布", int(not final), Article(19), "notice.list")
