"""The verbs of a panel's meeting: members, lots, sessions, scores, the secret ballot (Art. 17, 18, 33)."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from applications.models import Application, Cycle
from portal.access.decide import require
from portal.events import catalogue
from portal.people.actor import Actor
from portal.regulation.articles import Article
from portal.regulation.rules import Finding, Refused, failed
from portal.tenancy.reach import Because, everything
from portal.workflow.operation import cast_id, locked
from portal.workflow.take import begin, note, operation, take
from review import results, rules
from review.commands.undertaking import ask_expert
from review.desk import Conflicts
from review.lots import drawn, new_seed
from review.models import Ballot, Expert, Meeting, Member, PanelSheet, Slot, SlotResult, Undertaking, Voted
from review.models.meeting import FIGURES
from review.numbers import next_number

_A17 = [Article(17)]
SEAT = catalogue.kind("meeting.seat", "{actor}安排专家{expert}参加{ref}（{role}）", _A17)
UNSEAT = catalogue.kind("meeting.unseat", "{actor}取消专家{expert}参加{ref}", _A17)
SIGN_IN = catalogue.kind("meeting.sign_in", "专家{expert}在{ref}签到", _A17)
LEAVE = catalogue.kind("meeting.leave", "{actor}登记专家{expert}离开{ref}", _A17)
DECLARE = catalogue.kind("slot.declare", "专家{expert}对{ref}完成回避声明", [Article(17), Article(33)])
SCORE = catalogue.kind("slot.score", "专家{expert}提交了{ref}的评分", [Article(18)])
VOTE = catalogue.kind("slot.vote", "专家{expert}对{ref}投了票", _A17)
BEFORE_VOTING = ("planned", "in_session")


def plan(cycle: Cycle, *, title: str, place: str, held_at: datetime, actor: Actor, at: datetime) -> Meeting:
    with operation(actor=actor, at=at):
        meeting = Meeting(
            organisation_id=cast_id(),
            number=next_number(Meeting, f"HP{cycle.year}-", 2),
            cycle=cycle,
            title=title,
            place=place,
            held_at=held_at,
            rubric=cycle.rubrics["panel"],
            settings={key: cycle.settings[key] for key in FIGURES},
        )
        return begin("plan", meeting, actor=actor, at=at)


def arrange(meeting: Meeting, *, actor: Actor, at: datetime, version: int | None = None, **values) -> Meeting:
    """values: title, place, held_at; what is left out stays."""
    return take("arrange", meeting, actor=actor, at=at, version=version, **values)


def seat(meeting: Meeting, expert: Expert, *, is_chair: bool = False, actor: Actor, at: datetime) -> Member:
    """An expert onto the panel before it meets, with the undertaking to sign and a sheet for each candidate."""
    with operation(actor=actor, at=at, lock=[meeting]):
        row = _arrangeable(meeting, actor, "安排评审组成员")
        if not expert.active:
            raise Refused("安排评审组成员", [failed(f"{expert.name}已不在专家库", article=Article(17))])
        if is_chair:
            row.members.filter(is_chair=True).update(is_chair=False)
        member, fresh = Member.objects.get_or_create(
            meeting=row, expert=expert, defaults={"organisation_id": row.organisation_id, "is_chair": is_chair}
        )
        if not fresh and member.is_chair != is_chair:
            member.is_chair = is_chair
            member.save()
        ask_expert(expert, meeting=row, at=at)
        _make_sheets([member], row.slots.all(), at)
        facts = {"expert": expert.number, "role": "组长" if is_chair else "成员"}
        note(SEAT, row, actor=actor, at=at, facts=facts)
    return member


def unseat(member: Member, *, actor: Actor, at: datetime) -> None:
    with operation(actor=actor, at=at, lock=[member.meeting]):
        row = _arrangeable(member.meeting, actor, "取消评审组成员")
        number = member.expert.number
        member.sheets.all().delete()
        member.delete()
        note(UNSEAT, row, actor=actor, at=at, facts={"expert": number})


def _arrangeable(meeting: Meeting, actor: Actor, label: str) -> Meeting:
    row = locked(meeting)
    require(actor, SEAT, row)
    if row.state != "planned":
        raise Refused(label, [failed("会议已经开始，评审组不再变动", article=Article(17))])
    return row


def draw(
    meeting: Meeting, applications: Iterable[Application], *, actor: Actor, at: datetime, version: int | None = None
) -> Meeting:
    """Draws the order of the candidates from a fresh seed that the event records; anybody can draw it again."""
    by_number = {each.number: each for each in applications}
    seed = new_seed()
    order = drawn(seed, by_number)
    with operation(actor=actor, at=at, lock=[meeting]):
        meeting = take("draw", meeting, actor=actor, at=at, version=version, seed=seed, order=order)
        slots = [_enter(meeting, by_number[number], place, actor, at) for place, number in enumerate(order, 1)]
        _make_sheets(meeting.members.all(), slots, at)
    return meeting


def _enter(meeting: Meeting, application: Application, place: int, actor: Actor, at: datetime) -> Slot:
    if application.state != "panel_candidate" or application.cycle_id != meeting.cycle_id:
        raise Refused("抽签定序", [failed(f"{application.number} 没有入围会议评审", article=Article(17))])
    slot = Slot(
        organisation_id=meeting.organisation_id,
        number=f"{meeting.number}-{place:02d}",
        meeting=meeting,
        application=application,
        content=application.latest(),
        application_number=application.number,
        applicant_name=application.applicant_name,
        host_name=application.organisation.name,
        field_code=application.field.code,
        field_name=application.field.name,
        order=place,
    )
    facts = {"application": application.number, "meeting": meeting.number, "order": place}
    return begin("enter", slot, actor=actor, at=at, **facts)


def _make_sheets(members: Iterable[Member], slots: Iterable[Slot], at: datetime) -> None:
    """A sheet a member and candidate; conflicts that the portal knows of are declared on it from the start."""
    members, slots = list(members), list(slots)
    if not (members and slots):
        return
    meeting = slots[0].meeting
    known = Conflicts(meeting.cycle, at)
    standing = set(PanelSheet.objects.filter(slot__in=slots).values_list("slot_id", "member_id"))
    PanelSheet.objects.bulk_create(
        PanelSheet(
            organisation_id=meeting.organisation_id,
            slot=slot,
            member=member,
            expert_id=member.expert_id,
            recusal=PanelSheet.KNOWN if known.between(member.expert_id, slot.application_id) else "",
        )
        for slot in slots
        for member in members
        if (slot.pk, member.pk) not in standing
    )


def sign_in(member: Member, *, actor: Actor, at: datetime) -> Member:
    """A member is present: by themselves, or registered by the secretary. Until the voting begins."""
    with operation(actor=actor, at=at):
        row = locked(member)
        require(actor, SIGN_IN, row)
        if row.meeting.state not in BEFORE_VOTING:
            raise Refused(
                "会议签到", [failed(f"会议现在是“{row.meeting.state_label()}”，不能签到", article=Article(17))]
            )
        if not row.is_present:
            row.signed_in_at, row.left_at = at, None
            row.save()
            note(SIGN_IN, row.meeting, actor=actor, at=at, facts={"expert": row.expert.number})
    return row


def leave(member: Member, *, actor: Actor, at: datetime) -> Member:
    """A member has left: no more scores and votes; what was given stays."""
    with operation(actor=actor, at=at):
        row = locked(member)
        require(actor, LEAVE, row)
        if row.is_present:
            row.left_at = at
            row.save()
            note(LEAVE, row.meeting, actor=actor, at=at, facts={"expert": row.expert.number})
    return row


def declare(meeting: Meeting, answers: Mapping[PanelSheet, str], *, actor: Actor, at: datetime) -> None:
    """A member declares for each candidate: {sheet: "none" or a kind of interest}. Materials open with it; scores
    that were given before a conflict came to mind are kept and no longer count."""
    with operation(actor=actor, at=at):
        for sheet, kind in answers.items():
            row = locked(sheet)
            require(actor, DECLARE, row)
            _refuse("声明回避", _may_declare(row, kind))
            row.declare(kind)
            row.save()
            note(DECLARE, row.slot, actor=actor, at=at, facts={"expert": row.expert.number})


def _may_declare(sheet: PanelSheet, kind: str) -> list[Finding]:
    meeting = sheet.slot.meeting
    signed = Undertaking.objects.filter(meeting=meeting, expert_id=sheet.expert_id, signed_at__isnull=False).exists()
    known = sheet.recusal not in ("", PanelSheet.NONE)
    checks = [
        (signed, "请先签署评审承诺书", Article(33)),
        (meeting.state in BEFORE_VOTING and sheet.slot.state != "scored", "评分已经结束，不能再改", Article(17)),
        (kind in dict(PanelSheet.RECUSALS), "请选择有无利害关系", Article(33)),
        (not (known and kind == PanelSheet.NONE), "已有回避记录，如有误请联系评审秘书", Article(17)),
    ]
    return [failed(message, article=article) for sound, message, article in checks if not sound]


def start(meeting: Meeting, *, actor: Actor, at: datetime, version: int | None = None) -> Meeting:
    """Opens the session; the candidates enter the panel's review."""
    candidates = list(Application.objects.filter(pk__in=meeting.slots.values("application"), state="panel_candidate"))
    with operation(actor=actor, at=at, lock=[*candidates, meeting]):
        meeting = take("start", meeting, actor=actor, at=at, version=version)
        for application in candidates:
            take("enter_panel", application, actor=actor, at=at)
    return meeting


def call(slot: Slot, *, actor: Actor, at: datetime, version: int | None = None) -> Slot:
    with operation(actor=actor, at=at, lock=[slot.meeting]):
        return take("call", slot, actor=actor, at=at, version=version)


def finish(slot: Slot, *, actor: Actor, at: datetime, version: int | None = None) -> Slot:
    return take("finish", slot, actor=actor, at=at, version=version)


def score(sheet: PanelSheet, *, values: Mapping[str, int | None], actor: Actor, at: datetime) -> PanelSheet:
    """A member's scores on the candidate who presents; may be given anew until the secretary ends the scoring."""
    with operation(actor=actor, at=at):
        row = locked(sheet)
        require(actor, SCORE, row)
        criteria = row.slot.meeting.criteria
        in_range = rules.scores_in_range(values, criteria)
        _refuse("提交评分", [*_may_score(row), *rules.sheet_complete(values, criteria), *in_range])
        first = row.submitted_at is None
        row.values = {each["code"]: values[each["code"]] for each in criteria}
        row.total, row.submitted_at = results.shown(results.total(row.values, criteria), 1), at
        row.save()
        if first:
            note(SCORE, row.slot, actor=actor, at=at, facts={"expert": row.expert.number})
    return row


def _may_score(sheet: PanelSheet) -> list[Finding]:
    checks = [
        (sheet.recusal == PanelSheet.NONE, "您已回避这位候选人，或还没有完成回避声明", Article(17)),
        (sheet.member.is_present, "请先签到", Article(17)),
        (sheet.slot.state == "presenting", "这位候选人现在不在评分中", Article(18)),
    ]
    return [failed(message, article=article) for sound, message, article in checks if not sound]


def open_voting(meeting: Meeting, *, actor: Actor, at: datetime, version: int | None = None) -> Meeting:
    return take("open_voting", meeting, actor=actor, at=at, version=version)


def vote(sheet: PanelSheet, *, choice: str, actor: Actor, at: datetime) -> None:
    """A secret vote on one candidate. The event and the marker say that the member voted, never how.

    Side effects in order: locks the candidate (votes on one box queue up); the marker; the ballot into the box, which
    is written anew in shuffled order; the event.
    """
    with operation(actor=actor, at=at, lock=[sheet.slot]):
        row = locked(sheet)
        require(actor, VOTE, row)
        _refuse("投票", _may_vote(row, choice))
        with everything(because=Because.COUNTER):
            Voted.objects.create(organisation_id=row.organisation_id, slot=row.slot, sheet=row, expert_id=row.expert_id)
            _drop(row.slot, choice)
        note(VOTE, row.slot, actor=actor, at=at, facts={"expert": row.expert.number})


def _may_vote(sheet: PanelSheet, choice: str) -> list[Finding]:
    checks = [
        (sheet.slot.meeting.state == "voting", "现在不在投票中", Article(17)),
        (sheet.recusal == PanelSheet.NONE, "您已回避这位候选人，不能投票", Article(17)),
        (sheet.member.is_present, "请先签到", Article(17)),
        (choice in Ballot.Choice.values, "请选择同意、反对或弃权", Article(17)),
        (not Voted.objects.filter(sheet=sheet).exists(), "您已经投过票", Article(17)),
    ]
    return [failed(message, article=article) for sound, message, article in checks if not sound]


def _drop(slot: Slot, choice: str) -> None:
    """Empties the box and fills it again, shuffled, with one ballot more: all get new keys in one transaction."""
    box = [*Ballot.objects.filter(slot=slot).values_list("choice", flat=True), choice]
    Ballot.objects.filter(slot=slot).delete()
    random.SystemRandom().shuffle(box)
    Ballot.objects.bulk_create(Ballot(organisation_id=slot.organisation_id, slot=slot, choice=each) for each in box)


def close(meeting: Meeting, *, actor: Actor, at: datetime, version: int | None = None) -> Meeting:
    """Counts scores and ballots of every candidate and keeps the results."""
    with operation(actor=actor, at=at, lock=[meeting]):
        found = [count(slot) for slot in meeting.live_slots()]
        passed = sum(result.passed for result in found)
        meeting = take("close", meeting, actor=actor, at=at, version=version, passed=passed)
        SlotResult.objects.bulk_create(found)
    return meeting


def count(slot: Slot) -> SlotResult:
    """A candidate's result, not yet saved: the plain mean of the sheets, the ballots by choice."""
    criteria = slot.meeting.criteria
    sheets = slot.sheets.filter(submitted_at__isnull=False, recusal=PanelSheet.NONE)
    totals = [results.total(sheet.values, criteria) for sheet in sheets]
    votes = Counter(Ballot.objects.filter(slot=slot).values_list("choice", flat=True))
    entitled = sum(votes.values())
    return SlotResult(
        organisation_id=slot.organisation_id,
        slot=slot,
        sheets=len(totals),
        score=results.shown(results.mean(totals)) if totals else 0,
        spread=results.shown(results.spread(totals)) if totals else 0,
        entitled=entitled,
        yes=votes[Ballot.Choice.YES],
        no=votes[Ballot.Choice.NO],
        abstain=votes[Ballot.Choice.ABSTAIN],
        passed=rules.passes(votes[Ballot.Choice.YES], entitled, slot.meeting.settings["pass_share"]),
    )


def write_minutes(meeting: Meeting, *, minutes: str, actor: Actor, at: datetime, version: int | None = None) -> Meeting:
    return take("write_minutes", meeting, actor=actor, at=at, version=version, minutes=minutes)


def sign_minutes(meeting: Meeting, *, actor: Actor, at: datetime, version: int | None = None) -> Meeting:
    return take("sign_minutes", meeting, actor=actor, at=at, version=version)


def _refuse(label: str, findings: Iterable[Finding]) -> None:
    blocking = [finding for finding in findings if finding.blocks]
    if blocking:
        raise Refused(label, blocking)
