"""The verbs of a recommending unit: screening, places, order, opinion, list (Art. 11, 12, 13).

Whatever moves places or ranks locks the list's row first, then the applications it steps: so the quota holds and two
officers never wait for each other in a circle.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from applications.models import (
    Application,
    Cycle,
    ListEntry,
    Opinion,
    RecommendationList,
    ScreeningCheck,
    UnitRules,
)
from applications.opinions import LEAST, most
from portal.access.decide import require
from portal.events import catalogue
from portal.events.models import Event
from portal.files.store import store
from portal.people.actor import SYSTEM, Actor
from portal.regulation.articles import Article
from portal.regulation.rules import Refused, failed
from portal.web.text import count, too_long
from portal.workflow.operation import locked
from portal.workflow.take import StaleVersion, begin, note, operation, take

RANKED = catalogue.kind("list.rank", "{actor}调整了{ref}的推荐排序", articles=[Article(13, 4)])
SCANNED = catalogue.kind("list.attach_scan", "{actor}上传了{ref}的盖章扫描件", articles=[Article(13, 5)])
RULED = catalogue.kind("rules.publish", "{actor}发布了{year}年度实施细则", articles=[Article(12)])
SCAN_PURPOSE = "list.sealed_scan"
SCREENABLE = ("submitted",)
WITH_RECOMMENDER = ("submitted", "qualified", "recommended")


# --- first screening -------------------------------------------------------------------------------------------------


def screen(
    application: Application, answers: Mapping[str, tuple[str, str]], *, actor: Actor, at: datetime
) -> Application:
    """Saves the officer's answers {item: (answer, note)} on the version submitted last; an empty answer is taken back.

    Raises Denied, or Refused for an application that is not waiting for its screening.
    """
    with operation(actor=actor, at=at):
        row = _in_hand(application, "填写初筛清单", "application.screen", actor, SCREENABLE)
        known = {item.key for item in row.screening_items()}
        for item, (answer, words) in answers.items():
            if item in known:
                _answer(row, item, answer, words, actor, at)
    return row


def _answer(row: Application, item: str, answer: str, words: str, actor: Actor, at: datetime) -> None:
    checks = ScreeningCheck.objects.filter(application=row, item=item)
    if not answer:
        checks.delete()
        return
    check = checks.first() or ScreeningCheck(application=row, item=item, organisation_id=actor.organisation_id)
    check.answer, check.note, check.on_version = answer, words.strip(), row.latest().number
    check.answered_by_id, check.answered_at = actor.user_id, at
    check.save()


def return_for_revision(
    application: Application,
    *,
    notes: Mapping[str, str],
    due_at: datetime | None = None,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Application:
    """Sends the file back with a note on each page to be changed; only those pages open again (Art. 13(4))."""
    return take(
        "return_for_revision", application, actor=actor, at=at, version=version, notes=dict(notes), due_at=due_at
    )


def qualify(application: Application, *, actor: Actor, at: datetime, version: int | None = None) -> Application:
    """初筛合格: the application joins the unit's order at its end; the list is opened by the first one."""
    with operation(actor=actor, at=at):
        unit_list = _list_of(application, actor, at)
        row = take("qualify", application, actor=actor, at=at, version=version)
        ListEntry.objects.create(
            organisation_id=unit_list.organisation_id,
            list=unit_list,
            application=row,
            rank=unit_list.entries.count() + 1,
        )
    return row


def decline(
    application: Application, *, reason: str, actor: Actor, at: datetime, version: int | None = None
) -> Application:
    """不予推荐 with a reason that the host unit reads once the list is submitted; the order closes up."""
    with operation(actor=actor, at=at):
        unit_list = _list_of(application, actor, at)
        row = take("decline", application, actor=actor, at=at, version=version, reason=reason)
        unit_list.entries.filter(application=row).delete()
        _number(unit_list, _order(unit_list))
    return row


def write_opinion(
    application: Application, *, text: str, exceptional_confirmed: bool = False, actor: Actor, at: datetime
) -> Opinion:
    """Saves the recommendation opinion. Raises Refused when the list is no longer with the officer, or by length."""
    with operation(actor=actor, at=at):
        row = _in_hand(application, "填写推荐意见", "application.write_opinion", actor, WITH_RECOMMENDER)
        if not row.list_is_open():
            raise Refused("填写推荐意见", [failed("推荐名单已提请审签或报送", article=Article(13, 5))])
        _require_length(text)
        opinion = Opinion.objects.filter(application=row).first() or Opinion(
            application=row, organisation_id=actor.organisation_id
        )
        opinion.text, opinion.exceptional_confirmed = text.strip(), exceptional_confirmed
        opinion.written_by_id, opinion.written_at = actor.user_id, at
        opinion.save()
    return opinion


def _require_length(text: str) -> None:
    if message := too_long("推荐意见", text, most()):
        raise Refused("填写推荐意见", [failed(message, article=Article(13, 4))])
    if (length := count(text)) < LEAST:
        words = f"推荐意见至少 {LEAST} 字，现在 {length} 字，请补充 {LEAST - length} 字"
        raise Refused("填写推荐意见", [failed(words, article=Article(13, 4))])


def _in_hand(application: Application, label: str, action: str, actor: Actor, states: Iterable[str]) -> Application:
    """The row, locked, if it is with the unit. Raises Denied or Refused."""
    row = locked(application)
    require(actor, action, row)
    if row.state not in states:
        words = f"现在的状态是“{row.state_label(actor)}”，不能{label}"
        raise Refused(label, [failed(words, article=Article(13, 4))])
    return row


# --- places and order ------------------------------------------------------------------------------------------------


def nominate(application: Application, *, actor: Actor, at: datetime, version: int | None = None) -> Application:
    """拟推荐: takes one of the unit's places, behind those who have one (Art. 11)."""
    with operation(actor=actor, at=at):
        unit_list = _list_of(application, actor, at)
        row = take("nominate", application, actor=actor, at=at, version=version)
        _stand_at_the_line(unit_list, row)
    return row


def unnominate(application: Application, *, actor: Actor, at: datetime, version: int | None = None) -> Application:
    """移出名额: gives the place back and becomes the first of the reserves."""
    with operation(actor=actor, at=at):
        unit_list = _list_of(application, actor, at)
        row = take("unnominate", application, actor=actor, at=at, version=version)
        _stand_at_the_line(unit_list, row)
    return row


def rank(
    unit_list: RecommendationList,
    order: Sequence[str],
    *,
    line: int | None = None,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> RecommendationList:
    """Puts the list in the order of application numbers; the first `line` of them (default: as now) hold places.

    Raises Denied, StaleVersion, Refused when the list is not with the officer, names others than its own, or the line
    lies below the quota. Side effects: who rises above the line is nominated, who falls below it is not any more; an
    event; the list's version counts on.
    """
    with operation(actor=actor, at=at):
        row = _lock_open(unit_list, actor, version)
        entries = {entry.application.number: entry for entry in row.in_order()}
        if sorted(order) != sorted(entries):
            raise Refused("推荐排序", [failed("名单里的人员有变化，请刷新后再排", article=Article(13, 4))])
        held = [number for number, entry in entries.items() if entry.application.state == "recommended"]
        wanted = order[: len(held) if line is None else line]
        _move([entries[number] for number in order], set(held), set(wanted), actor, at)
        _number(row, [entries[number] for number in order])
        _touch(row)
        note(RANKED, row, actor=actor, at=at, facts={"order": list(order), "line": len(wanted)})
    return row


def _move(entries: list[ListEntry], held: set[str], wanted: set[str], actor: Actor, at: datetime) -> None:
    """First those who give a place back, then those who take one, so that the quota holds after every step."""
    by_number = {entry.application.number: entry.application for entry in entries}
    for number in sorted(held - wanted):
        take("unnominate", by_number[number], actor=actor, at=at)
    for number in [each for each in by_number if each in wanted - held]:
        take("nominate", by_number[number], actor=actor, at=at)


def _lock_open(unit_list: RecommendationList, actor: Actor, version: int | None) -> RecommendationList:
    row = locked(unit_list)
    require(actor, RANKED, row)
    if version is not None and row.version != version:
        raise StaleVersion(row)
    if row.state not in ("drafting", "returned"):
        raise Refused("推荐排序", [failed("推荐名单已提请审签或报送，不能再调整", article=Article(13, 5))])
    return row


def _list_of(application: Application, actor: Actor, at: datetime) -> RecommendationList:
    """The list of the application's recommending unit, locked; opened on demand."""
    return locked(open_list(application.cycle, application.recommender_id, actor=actor, at=at))


def open_list(cycle: Cycle, organisation_id: int, *, actor: Actor, at: datetime) -> RecommendationList:
    """The unit's one list of the cycle. Of two that open it at the same instant one finds the other's."""
    lists = RecommendationList.objects.filter(cycle=cycle, organisation_id=organisation_id)
    if found := lists.first():
        return found
    opened = RecommendationList(organisation_id=organisation_id, cycle=cycle)
    opened.number = f"TJ{cycle.year}-{opened.organisation.code}"
    try:
        with transaction.atomic():
            return begin("create", opened, actor=actor, at=at)
    except IntegrityError:
        return lists.get()


def drop_from_list(application_id: int, *, at: datetime) -> None:
    """As SYSTEM: takes a disqualified application off a list that is still with its unit."""
    entry = ListEntry.objects.filter(application_id=application_id).select_related("list").first()
    if entry is None:
        return
    with operation(actor=SYSTEM, at=at, lock=[entry.list]):
        unit_list = RecommendationList.objects.get(pk=entry.list_id)
        if unit_list.state in ("drafting", "pending_approval", "returned"):
            close_up(unit_list)
            _touch(unit_list)


def close_up(unit_list: RecommendationList) -> None:
    """Takes those who have lost the year's right (Art. 14) off a list that is with its unit, or is so again."""
    unit_list.entries.filter(application__state="disqualified").delete()
    _number(unit_list, _order(unit_list))


def _order(unit_list: RecommendationList) -> list[ListEntry]:
    return unit_list.in_order()


def _number(unit_list: RecommendationList, entries: Sequence[ListEntry]) -> None:
    """Writes the ranks 1, 2, 3 …; uniqueness is checked when the transaction ends."""
    for place, entry in enumerate(entries, 1):
        if entry.rank != place:
            entry.rank = place
            entry.save(update_fields=["rank"])


def _stand_at_the_line(unit_list: RecommendationList, application: Application) -> None:
    """Behind the last who holds a place, before the first reserve; the list's version counts on."""
    entries = _order(unit_list)
    own = next(entry for entry in entries if entry.application_id == application.pk)
    others = [entry for entry in entries if entry is not own]
    above = [entry for entry in others if entry.application.state != "qualified"]
    _number(unit_list, [*above, own, *(entry for entry in others if entry not in above)])
    _touch(unit_list)


def _touch(unit_list: RecommendationList) -> None:
    unit_list.version += 1
    unit_list.save()


# --- the list --------------------------------------------------------------------------------------------------------


def request_approval(
    unit_list: RecommendationList, *, actor: Actor, at: datetime, version: int | None = None
) -> RecommendationList:
    """The officer hands the list to the unit's approver; the 推荐汇总表 is printed from it (Art. 13(4))."""
    return take("request_approval", unit_list, actor=actor, at=at, version=version)


def send_back(
    unit_list: RecommendationList, *, reason: str, actor: Actor, at: datetime, version: int | None = None
) -> RecommendationList:
    """The approver gives the list back to the officer with a reason."""
    return take("send_back", unit_list, actor=actor, at=at, version=version, reason=reason)


def submit_list(
    unit_list: RecommendationList, *, actor: Actor, at: datetime, version: int | None = None
) -> RecommendationList:
    """Freezes the list and forwards everyone above the line in one operation; tells the declined why (Art. 13(5))."""
    with operation(actor=actor, at=at, lock=[unit_list]):
        row = take("submit", unit_list, actor=actor, at=at, version=version)
        for entry in row.nominated():
            take("forward", entry.application, actor=actor, at=at)
        _tell_the_declined(row, at)
    return row


def _tell_the_declined(unit_list: RecommendationList, at: datetime) -> None:
    """Copies the reason, which the recommending unit keeps, to the row that the host unit keeps."""
    declined = unit_list.cycle.applications.filter(
        recommender_id=unit_list.organisation_id, state="not_recommended", outcome_told_at=None
    )
    for application in declined:
        application.outcome_reason = reason_of_decline(application)
        application.outcome_told_at = at
        application.save(update_fields=["outcome_reason", "outcome_told_at", "updated_at"])


def reason_of_decline(application: Application) -> str:
    """What the officer wrote when declining; '' for whoever cannot reach the unit's event."""
    events = Event.objects.filter(
        kind="application.decline", record_table=Application._meta.db_table, record_pk=str(application.pk)
    )
    event = events.select_related("note").order_by("-sequence").first()
    return event.note.text if event is not None and hasattr(event, "note") else ""


def withdraw_list(
    unit_list: RecommendationList, *, reason: str, actor: Actor, at: datetime, version: int | None = None
) -> RecommendationList:
    """Takes a submitted list back until 市科协 has accepted it; its applications return to the unit's line."""
    with operation(actor=actor, at=at, lock=[unit_list]):
        row = take("withdraw", unit_list, actor=actor, at=at, version=version, reason=reason)
        for entry in row.nominated():
            if entry.application.state == "forwarded":
                take("unforward", entry.application, actor=actor, at=at)
        close_up(row)
    return row


def attach_scan(
    unit_list: RecommendationList, *, file: UploadedFile, code: str, actor: Actor, at: datetime
) -> RecommendationList:
    """Keeps the stamped scan if the 校验码 typed from it is that of the list in force (Art. 13(5))."""
    with operation(actor=actor, at=at):
        row = locked(unit_list)
        require(actor, SCANNED, row)
        if row.state not in ("pending_approval", "drafting", "returned"):
            raise Refused("上传盖章扫描件", [failed("名单已报送，不能再更换盖章件", article=Article(13, 5))])
        if not row.printed_code():
            raise Refused("上传盖章扫描件", [failed("请先提请审签，生成推荐汇总表", article=Article(13, 5))])
        if "".join(code.split()).upper() != row.printed_code():
            raise Refused(
                "上传盖章扫描件", [failed("盖章件的校验码与当前名单不一致，请重新打印", article=Article(13, 5))]
            )
        row.sealed_scan = store(file, actor=actor, organisation_id=row.organisation_id, purpose=SCAN_PURPOSE, at=at)
        row.sealed_code = row.printed_code()
        _touch(row)
        note(SCANNED, row, actor=actor, at=at, facts={"code": row.sealed_code})
    return row


# --- 实施细则 (Art. 12) ----------------------------------------------------------------------------------------------


def publish_rules(
    cycle: Cycle,
    *,
    text: str,
    internal_closes_at: datetime | None,
    extra_items: Sequence[str],
    actor: Actor,
    at: datetime,
) -> UnitRules:
    """Publishes the unit's own rules of the cycle to its host units; publishing again replaces them.

    Raises Denied, or Refused when the earlier deadline is later than the cycle's, or lies in the past.
    """
    require(actor, RULED)
    with operation(actor=actor, at=at):
        _require_earlier(cycle, internal_closes_at, at)
        own = UnitRules.objects.filter(cycle=cycle, organisation_id=actor.organisation_id)
        rules = own.first() or UnitRules(cycle=cycle, organisation_id=actor.organisation_id)
        rules.text, rules.internal_closes_at = text.strip(), internal_closes_at
        labels = [label.strip() for label in extra_items if label.strip()]
        rules.extra_items = [{"key": str(place), "label": label} for place, label in enumerate(labels, 1)]
        rules.is_public, rules.published_at = True, at
        rules.save()
        note(RULED, rules, actor=actor, at=at, facts={"year": cycle.year})
    return rules


def _require_earlier(cycle: Cycle, internal_closes_at: datetime | None, at: datetime) -> None:
    if internal_closes_at is None:
        return
    if internal_closes_at > cycle.application_closes_at:
        raise Refused("发布实施细则", [failed("本单位的截止时间不能晚于年度截止时间", article=Article(12))])
    if internal_closes_at <= at:
        raise Refused("发布实施细则", [failed("本单位的截止时间应晚于现在", article=Article(12))])
