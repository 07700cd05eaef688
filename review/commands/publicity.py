"""From the approved list to the publicity and on to the formal selection (Art. 19, 20)."""

from datetime import datetime

from applications.commands import notice as notices
from applications.models import Application, Cycle, Notice
from portal.access.decide import require
from portal.events import catalogue
from portal.people.actor import SYSTEM, Actor
from portal.regulation.articles import Article
from portal.regulation.rules import Refused, failed
from portal.workflow.operation import locked
from portal.workflow.take import note, operation, take
from review.models import Objection, Shortlist

START = catalogue.kind("shortlist.start_publicity", "{actor}按{ref}起草了拟入选公示{notice}", [Article(19)])
FINAL = catalogue.kind("shortlist.draft_final", "{actor}按{ref}起草了正式名单{notice}", [Article(19)])

PROPOSED_BODY = (
    "根据《北京市科协“卓越工程师”成长计划管理办法》，经推荐单位推荐、资格和内容审查、网络评审、会议评审和综合论证，"
    "拟定 {count} 名同志为 {year} 年度“卓越工程师”成长计划入选者，现予公示。\n\n"
    "公示期为 {days} 个工作日。公示期内如有异议，请以真实姓名或单位名义书面提出，写明事实和依据，并留下联系方式。"
    "匿名或逾期的异议不予受理。"
)
FINAL_BODY = "{year} 年度“卓越工程师”成长计划拟入选名单经公示期满，现公布正式入选名单，共 {count} 名。"


def start_publicity(shortlist: Shortlist, *, actor: Actor, at: datetime) -> Notice:
    """Drafts the publicity of an approved list, with its people in order; approving and publishing are the notice's."""
    cycle = shortlist.cycle
    with operation(actor=actor, at=at, lock=[shortlist]):
        require(actor, START, shortlist)
        if locked(shortlist).state != "approved":
            raise Refused("起草拟入选公示", [failed("名单还没有批准", article=Article(19))])
        if Notice.objects.filter(cycle=cycle, kind=Notice.Kind.PROPOSED).exists():
            raise Refused("起草拟入选公示", [failed("本年度的拟入选公示已经起草", article=Article(19))])
        chosen = Application.objects.filter(cycle=cycle, state="proposed").select_related(
            "organisation", "field", "recommender"
        )
        order = {pk: place for place, pk in enumerate(_order(shortlist))}
        people = sorted(chosen, key=lambda each: order[each.pk])
        days = cycle.settings["publicity_days"]
        draft = notices.create(
            kind=Notice.Kind.PROPOSED,
            cycle=cycle,
            title=f"{cycle.year} 年度“卓越工程师”成长计划拟入选名单公示",
            body=PROPOSED_BODY.format(count=len(people), year=cycle.year, days=days),
            working_days=days,
            actor=actor,
            at=at,
        )
        notices.set_entries(draft, people, actor=actor, at=at)
        note(START, shortlist, actor=actor, at=at, facts={"notice": draft.number})
    return draft


def _order(shortlist: Shortlist) -> list[int]:
    """Applications on the list, in the cycle's order of fields and then by position."""
    fields = {code: place for place, code in enumerate(shortlist.cycle.fields.values_list("code", flat=True))}
    entries = shortlist.entries.filter(chosen=True)
    return [each.application_id for each in sorted(entries, key=lambda each: (fields[each.field_code], each.position))]


def publicise(notice: Notice, *, at: datetime) -> None:
    """As SYSTEM, when a publicity has been published: its people are in publicity. Runs as often as it is asked."""
    applications = list(_on(notice).filter(state="proposed"))
    with operation(actor=SYSTEM, at=at, lock=applications):
        for application in applications:
            take("publicise", application, actor=SYSTEM, at=at)


def settle(notice: Notice, *, at: datetime) -> None:
    """As SYSTEM, when the period is over or an objection is done with: who is in publicity without an open objection is
    selected; the others wait. Runs as often as it is asked."""
    if notice.state not in ("ended", "archived"):
        return
    contested = Objection.objects.filter(state__in=Objection.open_states).values("application_id")
    applications = list(_on(notice).filter(state="in_publicity").exclude(pk__in=contested))
    with operation(actor=SYSTEM, at=at, lock=applications):
        for application in applications:
            take("select", application, actor=SYSTEM, at=at)


def _on(notice: Notice):
    return Application.objects.filter(pk__in=notice.entries.values("application"))


def draft_final(shortlist: Shortlist, *, actor: Actor, at: datetime) -> Notice:
    """Drafts the list of those selected who stand on no formal list yet; a later one takes who was held up."""
    cycle: Cycle = shortlist.cycle
    with operation(actor=actor, at=at, lock=[shortlist]):
        require(actor, FINAL, shortlist)
        listed = Notice.objects.filter(cycle=cycle, kind=Notice.Kind.FINAL).values("entries__application")
        fresh = Application.objects.filter(cycle=cycle, state="selected").exclude(pk__in=listed)
        people = list(fresh.select_related("organisation", "field", "recommender").order_by("number"))
        if not people:
            raise Refused("起草正式名单", [failed("没有公示期满、尚未列入正式名单的入选者", article=Article(19))])
        draft = notices.create(
            kind=Notice.Kind.FINAL,
            cycle=cycle,
            title=f"{cycle.year} 年度“卓越工程师”成长计划入选名单",
            body=FINAL_BODY.format(year=cycle.year, count=len(people)),
            actor=actor,
            at=at,
        )
        notices.set_entries(draft, people, actor=actor, at=at)
        note(FINAL, shortlist, actor=actor, at=at, facts={"notice": draft.number})
    return draft
