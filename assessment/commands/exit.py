"""Verbs of the exit (Art. 31). A decision and its consequences are one operation."""

from assessment.commands import ends
from assessment.models import ExitCase, ExitNotice
from funding.commands import grant as grants
from funding.models import Selectee
from portal.calendars.workdays import end_of_period
from portal.events import catalogue
from portal.people.actor import Actor
from portal.regulation.articles import Article
from portal.regulation.rules import refuse
from portal.web.formats import deadline_text, money_text
from portal.workflow import take as workflow
from portal.workflow.models import PreparedStep
from portal.workflow.operation import cast_id, locked
from portal.workflow.take import begin, held, note, operation, prepare, take

DELIVERED = catalogue.kind("exit_notice.deliver", "{ref}送达，{due}前可以陈述申辩", [Article(31, 2)])
DEFENDED = catalogue.kind("exit.defend", "{actor}对{ref}作了陈述申辩", [Article(31, 2)])
TOLD = catalogue.kind("exit_notice.tell", "{ref}的决定送达：{decision}", [Article(31, 2)])
CLAIMED = catalogue.kind("exit_notice.claim", "{ref}的追缴通知送达，应退回 {amount}", [Article(31, 2)])


# --- by one's own wish (Art. 31(1)) ----------------------------------------------------------------------------------


def request(selectee: Selectee, *, actor: Actor, at, because: str, version=None) -> ExitCase:
    """The selectee asks to leave: opened and requested in one operation."""
    with operation(actor=actor, at=at, lock=[selectee]):
        case = begin("volunteer", _case(selectee, selectee.organisation_id, "E0", because), actor=actor, at=at)
        return take("request", case, actor=actor, at=at)


def withdraw(case: ExitCase, *, actor: Actor, at, version=None) -> ExitCase:
    return take("withdraw", case, actor=actor, at=at, version=version)


def opine(case: ExitCase, *, actor: Actor, at, opinion: str, version=None) -> ExitCase:
    return take("opine", case, actor=actor, at=at, version=version, opinion=opinion)


def prepare_approval(case: ExitCase, *, actor: Actor, at, version=None) -> PreparedStep:
    return prepare("approve", case, actor=actor, at=at, version=version)


def approve(prepared: PreparedStep, *, actor: Actor, at) -> ExitCase:
    """Approves a voluntary exit.

    Side effects in order: the case approved, the selectee leaves, task book and assessments end, the grant and the
    case go into settlement.
    """
    case = workflow.record_of(prepared)
    with operation(actor=actor, at=at, lock=[case, prepared, *ends.rows_of(case.selectee)]):
        case = workflow.approve(prepared, actor=actor, at=at)
        take("leave", case.selectee, actor=actor, at=at)
        ends.end_work(case.selectee, actor=actor, at=at)
        ends.settle(case.selectee, actor=actor, at=at)
        return take("settle", case, actor=actor, at=at)


# --- imposed (Art. 31(2)) --------------------------------------------------------------------------------------------


def open_case(
    selectee: Selectee, *, actor: Actor, at, ground: str, facts: str, evidence_ref: str = "", version=None
) -> ExitCase:
    """Opens a docket of 市科协 on one of the seven grounds; the unit learns of it by the notice alone."""
    with operation(actor=actor, at=at, lock=[selectee]):
        case = _case(selectee, cast_id(), ground, facts, evidence_ref)
        return begin("open", case, actor=actor, at=at, ground=case.get_ground_display())


def _case(selectee: Selectee, keeper: int, ground: str, facts: str, evidence_ref: str = "") -> ExitCase:
    count = ExitCase.objects.filter(selectee=selectee).count()
    return ExitCase(
        organisation_id=keeper,
        number=f"{selectee.number.replace('RX', 'TC')}-{ground}{count + 1}",
        selectee=selectee,
        person=selectee.person,
        selectee_name=selectee.name,
        ground=ground,
        facts=facts,
        evidence_ref=evidence_ref,
    )


def drop(case: ExitCase, *, actor: Actor, at, reason: str, version=None) -> ExitCase:
    return take("drop", case, actor=actor, at=at, version=version, reason=reason)


def notify(case: ExitCase, *, actor: Actor, at, reason: str, version=None) -> ExitCase:
    """Delivers the notice to the unit and the selectee; the cycle's working days to answer."""
    days = case.selectee.cycle.settings["defence_days"]
    due_at = end_of_period(at, days, counting_start_day=False)
    with operation(actor=actor, at=at, lock=[case]):
        case = take("notify", case, actor=actor, at=at, version=version, reason=reason, due_at=due_at)
        count = ExitNotice.objects.filter(case=case).count()
        notice = ExitNotice.objects.create(
            organisation_id=case.selectee.organisation_id,
            number=f"{case.number.replace('TC', 'GZ')}-{count + 1}",
            case=case,
            person=case.person,
            selectee_name=case.selectee_name,
            ground=case.ground,
            facts=case.facts,
            reason=reason,
            delivered_at=at,
            due_at=due_at,
        )
        note("exit_notice.deliver", notice, actor=actor, at=at, facts={"due": deadline_text(due_at)})
    return case


def defend(notice: ExitNotice, *, actor: Actor, at, defence: str, version=None) -> ExitNotice:
    """The unit or the selectee answers, until the deadline; a further statement is added to the first.

    Raises Denied, StaleVersion, Refused afterwards, and once the decision is made.
    """
    with operation(actor=actor, at=at, lock=[notice]):
        row = held(notice, "exit.defend", actor=actor, version=version)
        refuse("陈述申辩", row.still_heard(at=at))
        row.defence = f"{row.defence}\n{actor.name}：{defence}".strip()
        row.defended_by_id, row.defended_at, row.version = actor.user_id, at, row.version + 1
        row.save(update_fields=["defence", "defended_by", "defended_at", "version"])
        note("exit.defend", row, actor=actor, at=at)
    return row


def prepare_decision(
    case: ExitCase, *, actor: Actor, at, decision: str, reason: str, serious: bool = False, version=None
) -> PreparedStep:
    return prepare(
        "decide", case, actor=actor, at=at, version=version, reason=reason, decision=decision, serious=serious
    )


def _rows_of(case: ExitCase, notice: ExitNotice | None) -> list:
    """What a decision touches; a case that nobody was told of has no notice yet."""
    return [case, *([notice] if notice else []), *ends.rows_of(case.selectee)]


def decide(prepared: PreparedStep, *, actor: Actor, at) -> ExitCase:
    """Takes the decision and carries it out.

    Side effects in order: the case decided; selectee suspended or cancelled, payments stopped, on cancellation task
    book and assessments end; the outcome written into the notice that the unit reads.
    """
    case = workflow.record_of(prepared)
    notice = case.latest_notice()
    with operation(actor=actor, at=at, lock=[prepared, *_rows_of(case, notice)]):
        case = workflow.approve(prepared, actor=actor, at=at)
        if case.decision != ExitCase.Decision.NONE:
            take(case.decision, case.selectee, actor=actor, at=at)
            ends.stop_paying(case.selectee, actor=actor, at=at, reason=case.decision_text())
        if case.decision == ExitCase.Decision.CANCEL:
            ends.end_work(case.selectee, actor=actor, at=at)
        _tell(notice, case.decision_text(), prepared.reason, actor=actor, at=at)
    return case


def _tell(notice: ExitNotice, outcome: str, reason: str, *, actor: Actor, at) -> None:
    row = locked(notice)
    row.outcome, row.outcome_reason, row.outcome_at = outcome, reason, at
    row.save(update_fields=["outcome", "outcome_reason", "outcome_at"])
    note("exit_notice.tell", row, actor=actor, at=at, facts={"decision": outcome}, reason=reason)


def owed_by(selectee: Selectee) -> int:
    """Fen that a recovery asks for: all that came to the unit and has not gone back or on."""
    sums = ends.grant_of(selectee).sums()
    return sums["paid"] - sums["moved"] - sums["returned"]


def recover(case: ExitCase, *, actor: Actor, at, version=None) -> ExitCase:
    """Starts the recovery of all that was paid; the unit reads the claim on its notice."""
    notice = case.latest_notice()
    with operation(actor=actor, at=at, lock=_rows_of(case, notice)):
        owed = owed_by(case.selectee)
        case = take("recover", case, actor=actor, at=at, version=version, amount=money_text(owed))
        grants.recover(ends.grant_of(case.selectee), actor=actor, at=at, amount=money_text(owed))
        notice = locked(notice)
        notice.claimed_fen = owed
        notice.save(update_fields=["claimed_fen"])
        note("exit_notice.claim", notice, actor=actor, at=at, facts={"amount": money_text(owed)})
    return case


def settle(case: ExitCase, *, actor: Actor, at, version=None) -> ExitCase:
    """The case and the grant go into settlement."""
    with operation(actor=actor, at=at, lock=[case, *ends.rows_of(case.selectee)]):
        case = take("settle", case, actor=actor, at=at, version=version)
        ends.settle(case.selectee, actor=actor, at=at)
    return case


def reinstate(case: ExitCase, *, actor: Actor, at, reason: str, version=None) -> ExitCase:
    """Ends a suspension: the selectee is active again and payments resume; the unit is told."""
    notice = case.latest_notice()
    with operation(actor=actor, at=at, lock=_rows_of(case, notice)):
        case = take("reinstate", case, actor=actor, at=at, version=version, reason=reason)
        take("reinstate", case.selectee, actor=actor, at=at)
        ends.pay_again(case.selectee, actor=actor, at=at, reason=reason)
        _tell(notice, "恢复入选者资格", reason, actor=actor, at=at)
    return case


def dismiss(case: ExitCase, *, actor: Actor, at, version=None) -> ExitCase:
    return take("dismiss", case, actor=actor, at=at, version=version)


def close(case: ExitCase, *, actor: Actor, at, version=None) -> ExitCase:
    return take("close", case, actor=actor, at=at, version=version)
