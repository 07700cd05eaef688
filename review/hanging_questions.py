"""What chapter 5 leaves hanging in its stages: work begun and not done. A year that nobody reached hangs nowhere."""

from django.db.models import Exists, OuterRef

from applications.hanging import Hanging, hangs
from applications.models import Application, Notice, NoticeEntry
from portal.regulation.articles import Article
from review.models import Meeting, Objection, Slot


def _in(cycle, *states: str):
    return Application.objects.filter(cycle=cycle, state__in=states)


@hangs("network_review")
def network_review(cycle, at):
    yield Hanging("没有进入网络评审的申报", _in(cycle, "eligible"), Article(17), "round.list")
    yield Hanging("网评结果没有确认的申报", _in(cycle, "in_network_review"), Article(18), "round.list")


@hangs("panel_review")
def panel_review(cycle, at):
    yield Hanging("没有上会的候选人", _in(cycle, "panel_candidate"), Article(17), "meeting.list")
    candidates = Slot.objects.filter(meeting=OuterRef("pk")).exclude(application__state="disqualified")
    unsigned = Meeting.objects.filter(Exists(candidates), cycle=cycle).exclude(state="minutes_signed")
    yield Hanging("纪要没有签署的会议", unsigned, Article(17), "meeting.list")
    yield Hanging("会议评审没有结论的申报", _in(cycle, "in_panel_review"), Article(19), "shortlist.list")


@hangs("publicity")
def publicity(cycle, at):
    notices = Notice.objects.filter(cycle=cycle)
    running = notices.filter(kind=Notice.Kind.PROPOSED, state="published")
    yield Hanging("没有期满的拟入选公示", running, Article(19), "notice.list")
    yield Hanging(
        "没有公示结论的申报", _in(cycle, "proposed", "in_publicity", "objection_hold"), Article(19), "objection.list"
    )
    objections = Objection.objects.filter(notice__cycle=cycle).exclude(state__in=Objection.final)
    yield Hanging("没有办结的异议", objections, Article(19), "objection.list")
    announced = NoticeEntry.objects.filter(notice__in=notices.filter(kind=Notice.Kind.FINAL, is_public=True))
    selected = Application.objects.filter(cycle=cycle, state="selected").exclude(pk__in=announced.values("application"))
    yield Hanging("没有列入正式名单的入选者", selected, Article(19), "notice.list")
