"""The exit (Art. 31): every step from every state by every role, its grounds, its hearing, its money."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from assessment.commands import exit as exits
from assessment.commands import transfer as transfers
from assessment.models import Assessment, ExitCase, ExitNotice
from fixtures.scenarios import contracting
from fixtures.scenarios import cultivating as tell
from fixtures.scenarios.world import BEIJING
from funding.commands import expense as expenses
from funding.commands import grant as grants
from funding.models import BankAccount, Disbursement, Grant, Selectee, TaskBook
from portal.events.deliver import deliver_all
from portal.events.models import Event
from portal.people.actor import actor_from
from portal.people.models import Membership
from portal.people.roles import Role
from portal.regulation.rules import Refused
from portal.tenancy.reach import Because, everything
from portal.workflow.models import PreparedStep
from portal.workflow.take import approve, begin, open_preparation
from tests.assessment.asking import now, refusal
from tests.assessment.test_steps import person_of
from tests.contracts.steps import Grid

# --- every step from every state by every role -----------------------------------------------------------------------

APPLICANT, HOST, OFFICER, SUPERVISOR = {"applicant"}, {"host_approver"}, {"cast_officer"}, {"cast_supervisor"}
CLOSERS = {"cast_finance", "cast_officer"}
TABLE = {
    "request": {"opened": APPLICANT},
    "opine": {"requested": HOST},
    "withdraw": {"requested": APPLICANT, "host_opined": APPLICANT},
    "approve.prepare": {"host_opined": OFFICER},
    "approve": {"host_opined": SUPERVISOR},
    "drop": {"opened": OFFICER},
    "notify": {"opened": OFFICER, "decided": OFFICER},
    "decide.prepare": {"notified": OFFICER},
    "decide": {"notified": SUPERVISOR},
    "recover": {"decided": SUPERVISOR},
    "settle": {"approved": SUPERVISOR, "decided": SUPERVISOR},
    "reinstate": {"notified": SUPERVISOR, "decided": SUPERVISOR},
    "dismiss": {"decided": OFFICER},
    "close": {"settling": CLOSERS, "recovering": CLOSERS},
}
TARGETS = {
    "request": "requested",
    "opine": "host_opined",
    "withdraw": "closed",
    "approve": "approved",
    "drop": "closed",
    "notify": "notified",
    "decide": "decided",
    "recover": "recovering",
    "settle": "settling",
    "reinstate": "closed",
    "dismiss": "closed",
    "close": "closed",
}
LABELS = {
    "request": "申请退出",
    "drop": "撤销立案",
    "notify": "告知并听取申辩",
    "recover": "追回经费",
    "settle": "进入结算",
    "reinstate": "恢复资格",
    "dismiss": "不予处理并办结",
}
# What a docket's road, ground and decision leave of the steps that its state allows: {step: why not}.
NOT_IMPOSED = "主动退出由本人申请，不立案（第三十一条（一））"
NOT_OWN_WISH = "只有主动退出由本人申请（第三十一条（一））"
TOLD_ALREADY = "已作出决定，不再告知（第三十一条（二））"
NOT_SERIOUS = "只有情节严重的才追回所拨经费（第三十一条（二））"
NO_SETTLEMENT = "这一决定不进入结算（第三十一条（二））"
NOT_SUSPENDED = "没有中止资格，不需要恢复（第三十一条（二））"
NOT_DISMISSED = "只有不予处理的才能直接办结（第三十一条（二））"
OPEN_MONEY = "经费还没有结清（第三十一条）"
DISMISSAL = {"notify": TOLD_ALREADY, "recover": NOT_SERIOUS, "settle": NO_SETTLEMENT, "reinstate": NOT_SUSPENDED}
CANCELLATION = {"notify": TOLD_ALREADY, "recover": NOT_SERIOUS, "reinstate": NOT_SUSPENDED, "dismiss": NOT_DISMISSED}
RECOVERY = {"notify": TOLD_ALREADY, "settle": NO_SETTLEMENT, "reinstate": NOT_SUSPENDED, "dismiss": NOT_DISMISSED}
SUSPENSION = {"recover": NOT_SERIOUS, "settle": NO_SETTLEMENT, "dismiss": NOT_DISMISSED}


@dataclass
class Roads:
    """Leads the docket of one selectee to a state of its road by people's own commands."""

    world: object
    selectee: Selectee

    def own_wish(self, state: str) -> ExitCase:
        world = self.world
        if state == "opened":
            with world.acting("applicant1") as actor:
                case = exits._case(now(Selectee, pk=self.selectee.pk), self.selectee.organisation_id, "E0", "个人原因")
                return begin("volunteer", case, actor=actor, at=world.at)
        case = asked(world, self.selectee)
        if state == "requested":
            return case
        case = tell.by(world, "host1-boss", exits.opine, case, opinion=tell.OPINION)
        if state == "host_opined":
            return case
        case = tell.by(world, "officer", exits.prepare_approval, case)
        if state == "approved":
            with world.acting("supervisor") as actor:
                return approve(open_preparation(case), actor=actor, at=world.at)
        tell.decided(world, case, exits.approve)
        tell.returned(world, self.selectee)
        return tell.record(ExitCase, case.pk) if state == "settling" else tell.by(world, "finance", exits.close, case)

    def imposed(self, state: str, decision: str = "cancel", serious: bool = True) -> ExitCase:
        world, case = self.world, docket(self.world, self.selectee)
        if state == "opened":
            return case
        case = tell.defended(world, tell.notified(world, case))
        if state == "notified":
            return case
        case = decided(world, case, decision, serious)
        if state == "decided":
            return case
        case = tell.by(world, "supervisor", exits.recover if serious else exits.settle, case)
        tell.returned(world, self.selectee)
        return tell.record(ExitCase, case.pk) if state != "closed" else tell.by(world, "finance", exits.close, case)

    def heard_again(self) -> ExitCase:
        """Suspended, and told of what is harder."""
        return tell.defended(self.world, tell.notified(self.world, self.imposed("decided", "suspend", False)))


def docket(world, selectee, ground: str = "E4") -> ExitCase:
    tell.later(world)
    with world.acting("officer") as actor:
        mine = Selectee.objects.get(pk=selectee.pk)
        case = exits.open_case(mine, actor=actor, at=world.at, ground=ground, facts="核查所见")
    return tell.record(ExitCase, case.pk)


def asked(world, selectee) -> ExitCase:
    with world.acting("applicant1") as actor:
        case = exits.request(Selectee.objects.get(pk=selectee.pk), actor=actor, at=world.at, because="个人发展原因")
    return tell.record(ExitCase, case.pk)


def decided(world, case: ExitCase, decision: str, serious: bool = False) -> ExitCase:
    values = {"decision": decision, "serious": serious, "reason": "事实清楚，依据充分。"}
    return tell.decided(world, tell.by(world, "officer", exits.prepare_decision, case, **values), exits.decide)


STAGES = {
    # stage: (road, state, decision and seriousness, steps that the docket itself stands in the way of)
    "own wish, opened": ("own_wish", "opened", (), {"notify": NOT_IMPOSED, "drop": NOT_IMPOSED}),
    "own wish, requested": ("own_wish", "requested", (), {}),
    "own wish, host_opined": ("own_wish", "host_opined", (), {}),
    "own wish, approved": ("own_wish", "approved", (), {}),
    "own wish, settling": ("own_wish", "settling", (), {}),
    "own wish, closed": ("own_wish", "closed", (), {}),
    "imposed, opened": ("imposed", "opened", (), {"request": NOT_OWN_WISH}),
    "imposed, notified": ("imposed", "notified", (), {"reinstate": NOT_SUSPENDED}),
    "suspended, notified again": ("heard_again", "notified", (), {}),
    "decided none": ("imposed", "decided", ("none", False), DISMISSAL),
    "decided suspend": ("imposed", "decided", ("suspend", False), SUSPENSION),
    "decided cancel": ("imposed", "decided", ("cancel", False), CANCELLATION),
    "decided cancel, serious": ("imposed", "decided", ("cancel", True), RECOVERY),
    "cancelled, settling": ("imposed", "settling", ("cancel", False), {}),
    "cancelled, recovering": ("imposed", "recovering", ("cancel", True), {}),
    "cancelled, closed": ("imposed", "closed", ("cancel", True), {}),
}


def wanted(road: str, state: str, blocked: dict[str, str]) -> Iterator[str]:
    """What the grid finds besides the table: the docket's own findings, and the unit kept out of 市科协's docket."""
    for step, why in blocked.items():
        for role in TABLE[step][state]:
            yield f"{step} from {state} by {role}: refused: 不能{LABELS[step]}：{why}。, the table says taken"
    if road != "own_wish":
        yield f"opine from {state} by host_approver: denied, the table says refused"


@pytest.mark.parametrize("stage", STAGES)
def test_exits_move_as_the_table_says(world, selectee, stage):
    road, state, how, blocked = STAGES[stage]
    leads = getattr(Roads(world, selectee), road)
    grid = Grid(
        ExitCase,
        TABLE,
        make=lambda state: leads() if road == "heard_again" else leads(state, *how),
        actor=person_of(world),
        values={
            "opine": {"opinion": tell.OPINION},
            "decide": {"decision": "cancel", "serious": True},
            "notify": {"due_at": world.at + timedelta(days=60)},
            "recover": {"amount": "15.00 万元"},
        },
        targets=TARGETS,
        at=world.at + timedelta(days=40),
    )
    assert set(grid.unknown()) == set()
    assert set(grid.of_state(state)) == set(wanted(road, state, blocked))


def test_every_state_of_the_machine_has_a_stage():
    assert {state for _, state, _, _ in STAGES.values()} == {
        "opened", "requested", "host_opined", "approved", "notified", "decided", "recovering", "settling", "closed",
    }  # fmt: skip


# --- the grounds -----------------------------------------------------------------------------------------------------

GROUNDS = {
    "E2": "第三十一条（二）2",
    "E4": "第三十一条（二）4",
    "E5": "第三十一条（二）5",
    "E6": "第三十一条（二）6",
    "E7": "第三十一条（二）7",
}
WITHOUT = {
    "E1": "没有整改后复评仍不合格的考核，不能以此立案（第三十一条（二）1）",
    "E3": "没有经提醒督促仍未整改的支出，不能以此立案（第三十一条（二）3）",
}


@pytest.mark.parametrize("ground", GROUNDS)
def test_a_case_is_opened_on_its_ground(world, selectee, ground):
    case = docket(world, selectee, ground)
    assert (case.state, case.organisation_id, str(case.article)) == ("opened", world.cast.pk, GROUNDS[ground])
    assert case.number == f"{selectee.number.replace('RX', 'TC')}-{ground}1"


@pytest.mark.parametrize("ground", WITHOUT)
def test_two_grounds_need_what_went_before(world, selectee, ground):
    with pytest.raises(Refused) as refused:
        docket(world, selectee, ground)
    assert [str(finding) for finding in refused.value.findings] == [WITHOUT[ground]]


def test_failing_once_is_no_ground_and_failing_again_is(world, selectee):
    row = tell.to_rectify(world, tell.assessed(world, selectee, grade="failed"))
    with pytest.raises(Refused, match="没有整改后复评仍不合格的考核"):
        docket(world, selectee, "E1")
    tell.rectified(world, row, "failed")
    case = docket(world, selectee, "E1")
    assert str(case.article) == "第三十一条（二）1"


def test_a_warning_is_no_ground_until_it_goes_unheeded(world, selectee):
    expense = contracting.warned(world, selectee)
    with pytest.raises(Refused, match="没有经提醒督促仍未整改的支出"):
        docket(world, selectee, "E3")
    world.at = expense.rectify_due_at
    with world.acting("finance") as actor:
        expenses.fail_rectification(expense, actor=actor, at=world.at, reason="期满未整改")
    case = docket(world, selectee, "E3")
    assert str(case.article) == "第三十一条（二）3"


def test_ones_own_wish_is_no_docket(world, selectee):
    with pytest.raises(Refused) as refused:
        docket(world, selectee, "E0")
    assert [str(finding) for finding in refused.value.findings] == [NOT_IMPOSED]


def test_one_case_at_a_time(world, selectee):
    docket(world, selectee)
    with pytest.raises(Refused, match="该入选者已有退出事项在办理（第三十一条）"):
        docket(world, selectee, "E5")


def test_the_refusal_of_a_wish_does_not_tell_of_a_docket(world, selectee):
    """The unit has not been told yet: neither the state nor the words may tell the selectee."""
    docket(world, selectee)
    with pytest.raises(Refused) as refused:
        asked(world, selectee)
    assert [str(finding) for finding in refused.value.findings] == ["现在不能办理退出，请联系市科协（第三十一条）"]


def test_an_ended_term_does_not_end_twice(world, selectee):
    tell.left(world, selectee)
    with pytest.raises(Refused, match="入选者现在是“退出”，不能办理退出（第三十一条）"):
        docket(world, selectee)


def test_money_on_its_way_to_another_unit_comes_first(world, selectee):
    tell.move_approved(world, tell.move_accepted(world, tell.move_requested(world, selectee, world.hosts[1])))
    with pytest.raises(Refused, match="单位变更的余额正在划转，请先办结（第二十九条）"):
        docket(world, selectee)


def test_a_dropped_case_leaves_the_term_as_it_was(world, selectee):
    case = tell.by(world, "officer", exits.drop, docket(world, selectee), reason="查无实据")
    assert (case.state, now(Selectee, pk=selectee.pk).state, now(Grant, selectee=selectee).state) == (
        "closed", "active", "active",
    )  # fmt: skip
    assert docket(world, selectee, "E5").number.endswith("-E52")


# --- the hearing -----------------------------------------------------------------------------------------------------

# Ten working days from the day after 10 February 2026: 11-14 (the 14th is worked in exchange), 24-28 (so is the 28th)
# and 2 March; the period ends with that day.
TOLD_AT = datetime(2026, 2, 10, 15, 30, tzinfo=BEIJING)
DUE_AT = datetime(2026, 3, 3, tzinfo=BEIJING)
TICK = timedelta(microseconds=1)


@pytest.fixture
def told_of(world, selectee) -> ExitCase:
    """Notified on 10 February 2026."""
    case = docket(world, selectee)
    world.at = TOLD_AT - timedelta(hours=2)
    return tell.notified(world, case)


def notice_of(case: ExitCase) -> ExitNotice:
    with everything(because=Because.CHECK_INVARIANTS):
        return case.latest_notice()


def defend(world, case: ExitCase, login: str, at: datetime) -> ExitNotice:
    with world.acting(login) as actor:
        return exits.defend(ExitNotice.objects.get(case_id=case.pk), actor=actor, at=at, defence="与事实不符。")


def propose(world, case: ExitCase, at: datetime, **values):
    given = {"decision": "cancel", "serious": False, "reason": "事实清楚", **values}
    with world.acting("officer") as actor:
        return exits.prepare_decision(ExitCase.objects.get(pk=case.pk), actor=actor, at=at, **given)


def test_the_notice_gives_ten_working_days(world, selectee, told_of):
    notice = notice_of(told_of)
    assert (notice.delivered_at, notice.due_at, told_of.defence_due_at) == (TOLD_AT, DUE_AT, DUE_AT)
    assert (notice.organisation_id, notice.person_id) == (world.hosts[0].pk, selectee.person_id)


@pytest.mark.parametrize("login", ["applicant1", "host1-boss"])
def test_a_statement_counts_before_the_deadline(world, told_of, login):
    notice = defend(world, told_of, login, DUE_AT - TICK)
    assert (notice.defended_at, notice.defence) == (DUE_AT - TICK, f"{world[login].name}：与事实不符。")


@pytest.mark.parametrize("login", ["applicant1", "host1-boss"])
def test_a_statement_at_the_deadline_is_late(world, told_of, login):
    with pytest.raises(Refused) as refused:
        defend(world, told_of, login, DUE_AT)
    assert [str(finding) for finding in refused.value.findings] == [
        "申辩期限（2026年3月2日 24:00）已过（第三十一条（二））"
    ]
    assert notice_of(told_of).defence == ""


def test_both_are_heard_and_nothing_said_is_lost(world, told_of):
    defend(world, told_of, "applicant1", DUE_AT - timedelta(days=2))
    notice = defend(world, told_of, "host1-boss", DUE_AT - timedelta(days=1))
    assert notice.defence == f"{world['applicant1'].name}：与事实不符。\n{world['host1-boss'].name}：与事实不符。"


def test_without_a_statement_the_decision_waits_for_the_deadline(world, told_of):
    with pytest.raises(Refused) as refused:
        propose(world, told_of, DUE_AT - TICK)
    assert [str(finding) for finding in refused.value.findings] == ["申辩期限未到，且尚未收到申辩（第三十一条（二））"]
    assert propose(world, told_of, DUE_AT).step == "decide"


def test_after_a_statement_the_decision_need_not_wait(world, told_of):
    defend(world, told_of, "host1-boss", TOLD_AT + timedelta(days=1))
    assert propose(world, told_of, TOLD_AT + timedelta(days=1, hours=1)).step == "decide"


def test_nothing_is_said_to_a_decision_that_is_made(world, told_of):
    defend(world, told_of, "host1-boss", TOLD_AT + timedelta(days=1))
    decided(world, told_of, "none")
    with pytest.raises(Refused) as refused:
        defend(world, told_of, "applicant1", TOLD_AT + timedelta(days=2))
    assert [str(finding) for finding in refused.value.findings] == ["已经作出决定（第三十一条（二））"]


def test_the_unit_learns_by_the_notice_and_not_before(world, selectee):
    case = docket(world, selectee)
    deliver_all()
    seen = {}
    for moment in ("opened", "notified"):
        for login in ("applicant1", "host1", "host3"):
            with world.acting(login):
                seen[moment, login] = (
                    ExitCase.objects.exists(),
                    ExitNotice.objects.exists(),
                    Event.objects.filter(kind__startswith="exit").exists(),
                )
        if moment == "opened":
            tell.notified(world, case)
    assert seen == {
        ("opened", "applicant1"): (False, False, False),
        ("opened", "host1"): (False, False, False),
        ("opened", "host3"): (False, False, False),
        ("notified", "applicant1"): (False, True, True),
        ("notified", "host1"): (False, True, True),
        ("notified", "host3"): (False, False, False),
    }
    with world.acting("host1"):
        assert set(Event.objects.filter(kind__startswith="exit").values_list("kind", flat=True)) == {
            "exit_notice.deliver"
        }


# --- the decision ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decision", "serious", "words"),
    [
        ("suspend", True, "只有取消资格且情节严重的才追回经费（第三十一条（二））"),
        ("none", True, "只有取消资格且情节严重的才追回经费（第三十一条（二））"),
        ("expel", False, "请选择决定（第三十一条（二））"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused(world, told_of, decision, serious, words):
    with pytest.raises(Refused) as refused:
        propose(world, told_of, DUE_AT, decision=decision, serious=serious)
    assert [str(finding) for finding in refused.value.findings] == [words]


def test_a_decision_has_its_reason(world, told_of):
    with pytest.raises(Refused, match="请填写理由（第三十一条（二））"):
        propose(world, told_of, DUE_AT, reason=" ")


def test_who_proposes_a_decision_does_not_take_it(world, told_of):
    """Four eyes hold for the person, whatever the role."""
    propose(world, told_of, DUE_AT)
    with everything(because=Because.SEED):
        PreparedStep.objects.filter(record_ref=told_of.number).update(prepared_by_id=world["supervisor"].user_id)
    with (
        world.acting("supervisor") as actor,
        pytest.raises(Refused, match=r"拟办和批准不能是同一个人（第三十一条（二））"),
    ):
        exits.decide(open_preparation(told_of), actor=actor, at=DUE_AT)
    assert (now(ExitCase, pk=told_of.pk).state, now(Selectee, pk=told_of.selectee_id).state) == ("notified", "active")


@pytest.mark.parametrize(
    ("decision", "selectee_state", "grant_state"),
    [("suspend", "suspended", "suspended"), ("cancel", "cancelled", "suspended"), ("none", "active", "active")],
)
def test_a_decision_is_carried_out_and_told(world, selectee, told_of, decision, selectee_state, grant_state):
    world.at = DUE_AT
    case = decided(world, told_of, decision)
    assert (case.decision, case.decided_at) == (decision, world.at)
    assert (now(Selectee, pk=selectee.pk).state, now(Grant, selectee=selectee).state) == (selectee_state, grant_state)
    notice = notice_of(case)
    labels = {"suspend": "中止入选者资格", "cancel": "取消入选者资格", "none": "不予处理"}
    assert (notice.outcome, notice.outcome_reason, notice.outcome_at) == (
        labels[decision], "事实清楚，依据充分。", world.at,
    )  # fmt: skip
    ended = decision == "cancel"
    assert (now(TaskBook, selectee=selectee).state == "terminated") is ended


def test_a_cancellation_ends_what_is_not_finished(world, selectee, told_of):
    row = tell.scheduled(world, selectee, due_at=DUE_AT + timedelta(days=60))
    world.at = DUE_AT
    decided(world, told_of, "cancel")
    assert now(Assessment, pk=row.pk).state == "ended"


@pytest.mark.parametrize("decision", ["suspend", "cancel"])
def test_deciding_stops_the_money_at_once(world, selectee, told_of, decision):
    """A tranche on its way to be paid and one on its way to be approved: neither goes on, from the same instant."""
    with everything(because=Because.SEED):  # both tranches could be paid
        Disbursement.objects.filter(grant__selectee=selectee, tranche__in=(2, 3)).update(needs=[])
    second, third = (now(Disbursement, grant__selectee=selectee, tranche=number) for number in (2, 3))
    with world.acting("finance") as actor:
        grants.prepare_payment(second, actor=actor, at=world.at)
    with world.acting("supervisor") as actor:
        approve(open_preparation(second), actor=actor, at=world.at)
    with world.acting("finance") as actor:
        grants.prepare_payment(third, actor=actor, at=world.at)
    world.at = DUE_AT
    decided(world, told_of, decision)
    stopped = ["经费现在是“暂停拨付”，不能拨付（第三十一条（二））"]
    with world.acting("finance") as actor, pytest.raises(Refused) as refused:
        grants.pay(Disbursement.objects.get(pk=second.pk), actor=actor, at=world.at, receipt="YH1")
    assert [str(finding) for finding in refused.value.findings] == stopped
    with world.acting("supervisor") as actor, pytest.raises(Refused) as refused:
        approve(open_preparation(third), actor=actor, at=world.at)
    assert [str(finding) for finding in refused.value.findings] == stopped
    assert sums_of(selectee)[0] == PAID


def test_harder_things_are_decided_after_a_suspension(world, selectee, told_of):
    world.at = DUE_AT
    case = tell.notified(world, decided(world, told_of, "suspend"))
    assert case.state == "notified" and now(Selectee, pk=selectee.pk).state == "suspended"
    with everything(because=Because.CHECK_INVARIANTS):
        assert ExitNotice.objects.filter(case=case).count() == 2
    with pytest.raises(Refused, match="资格已中止的，不予处理请办理“恢复资格”（第三十一条（二））"):
        propose(world, case, case.defence_due_at, decision="none")
    with pytest.raises(Refused, match="只有培养中的入选者可以中止资格（第三十一条（二））"):
        propose(world, case, case.defence_due_at, decision="suspend")
    world.at = case.defence_due_at
    assert decided(world, case, "cancel", True).decision_text() == "取消入选者资格，追回所拨经费"
    assert now(Selectee, pk=selectee.pk).state == "cancelled"


@pytest.mark.parametrize("again", [False, True])
def test_a_reinstated_selectee_is_paid_again(world, selectee, told_of, again):
    world.at = DUE_AT
    case = decided(world, told_of, "suspend")
    if again:
        case = tell.notified(world, case)
    case = tell.by(world, "supervisor", exits.reinstate, case, reason="整改到位")
    grant = now(Grant, selectee=selectee)
    assert (case.state, now(Selectee, pk=selectee.pk).state, grant.state) == ("closed", "active", "active")
    assert notice_of(case).outcome == "恢复入选者资格"
    with everything(because=Because.SEED):
        Disbursement.objects.filter(grant=grant, tranche=2).update(needs=[])
    contracting.paid(world, selectee, tranche=2)
    assert sums_of(selectee)[0] == PAID + 9_000_000


def test_a_reinstated_one_without_an_account_waits_for_it(world, selectee, told_of):
    with everything(because=Because.SEED):
        BankAccount.objects.filter(grant__selectee=selectee).update(verified_by=None, verified_at=None)
    world.at = DUE_AT
    case = decided(world, told_of, "suspend")
    tell.by(world, "supervisor", exits.reinstate, case, reason="整改到位")
    assert now(Grant, selectee=selectee).state == "pending_account"


# --- the money -------------------------------------------------------------------------------------------------------

PAID, SPENT = 15_000_000, 3_600_000 + 4_250_000 + 864_000 + 1_200_000
REST = 5_086_000


def sums_of(selectee) -> tuple[int, ...]:
    """(paid, spent, balance, returned, owed): paid is what was spent, is held, has come back, or came of own money."""
    with everything(because=Because.CHECK_INVARIANTS):
        grant = Grant.objects.get(selectee=selectee)
        sums, own = grant.sums(), -grant.balances()["own"]
        assert sums["paid"] + own == sums["spent"] + sums["balance"] + sums["returned"] + sums["moved"]
        return sums["paid"], sums["spent"], sums["balance"], sums["returned"], exits.owed_by(selectee)


def give_back(world, selectee, fen: int, receipt: str) -> None:
    tell.later(world)
    with world.acting("finance") as actor:
        grant = Grant.objects.get(selectee=selectee)
        grants.record_return(grant, actor=actor, at=world.at, fen=fen, receipt=receipt)


def grant_refusal(world, selectee, verb, **values) -> list[str]:
    with world.acting("finance") as actor, pytest.raises(Refused) as refused:
        verb(Grant.objects.get(selectee=selectee), actor=actor, at=world.at, **values)
    return [str(finding) for finding in refused.value.findings]


def test_a_recovery_brings_back_all_that_was_paid(world, selectee):
    case = tell.imposed(world, selectee)
    assert sums_of(selectee) == (PAID, SPENT, REST, 0, PAID)
    case = tell.by(world, "supervisor", exits.recover, case)
    assert notice_of(case).claimed_fen == PAID
    assert {row.state for row in tranches_of(selectee)} == {"confirmed", "cancelled"}
    assert sums_of(selectee) == (PAID, SPENT, REST, 0, PAID)
    give_back(world, selectee, REST, "TH1")  # first what the account holds …
    assert sums_of(selectee) == (PAID, SPENT, 0, REST, SPENT)
    assert grant_refusal(world, selectee, grants.finish_recovery) == ["还有 99,140.00 元 没有追回（第三十一条（二））"]
    assert refusal(world, "finance", exits.close, case) == [OPEN_MONEY]
    assert grant_refusal(world, selectee, grants.record_return, fen=SPENT + 1, receipt="TH2") == [
        "可登记的退回款最多 99,140.00 元（第三十一条（二））"
    ]
    give_back(world, selectee, SPENT, "TH2")  # … then of the unit's own
    assert sums_of(selectee) == (PAID, SPENT, 0, PAID, 0)
    with world.acting("finance") as actor:
        grants.finish_recovery(Grant.objects.get(selectee=selectee), actor=actor, at=world.at)
    assert tell.by(world, "finance", exits.close, case).state == "closed"
    assert now(Grant, selectee=selectee).state == "recovered"


def tranches_of(selectee) -> list[Disbursement]:
    with everything(because=Because.CHECK_INVARIANTS):
        return list(Disbursement.objects.filter(grant__selectee=selectee))


def test_the_account_gives_back_first_and_never_more_than_it_holds(world, selectee):
    tell.by(world, "supervisor", exits.recover, tell.imposed(world, selectee))
    give_back(world, selectee, REST + 1, "TH1")
    assert sums_of(selectee) == (PAID, SPENT, 0, REST + 1, SPENT - 1)


def test_a_cancellation_that_is_not_serious_gives_back_the_balance_alone(world, selectee):
    case = tell.imposed(world, selectee, serious=False)
    assert refusal(world, "supervisor", exits.recover, case) == [NOT_SERIOUS]
    case = tell.by(world, "supervisor", exits.settle, case)
    assert sums_of(selectee)[:4] == (PAID, SPENT, REST, 0)
    assert grant_refusal(world, selectee, grants.close) == [
        "专门账户还有结余 50,860.00 元，请先退回（第三十一条（二））"
    ]
    assert grant_refusal(world, selectee, grants.record_return, fen=REST + 1, receipt="TH1") == [
        "可登记的退回款最多 50,860.00 元（第三十一条（二））"
    ]
    assert refusal(world, "finance", exits.close, case) == [OPEN_MONEY]
    tell.returned(world, selectee)
    assert sums_of(selectee)[:4] == (PAID, SPENT, 0, REST)
    assert tell.by(world, "finance", exits.close, case).state == "closed"


def test_an_exit_by_own_wish_settles_to_the_last_fen(world, selectee):
    row = tell.scheduled(world, selectee)
    case = asked(world, selectee)
    assert (case.number, case.organisation_id) == (f"{selectee.number.replace('RX', 'TC')}-E01", world.hosts[0].pk)
    assert refusal(world, "host1-boss", exits.opine, case, opinion="字" * 9) == [
        "请填写单位意见，不少于 10 字，现在 9 字（第三十一条（一））"
    ]
    case = tell.by(world, "host1-boss", exits.opine, case, opinion="字" * 10)
    case = tell.by(world, "officer", exits.prepare_approval, case)
    assert sums_of(selectee)[:4] == (PAID, SPENT, REST, 0)
    tell.decided(world, case, exits.approve)
    with everything(because=Because.CHECK_INVARIANTS):
        operation = Event.objects.get(kind="exit.approve").operation
        kinds = list(Event.objects.filter(operation=operation).values_list("kind", flat=True))
    assert kinds == [
        "exit.approve", "selectee.leave", "task_book.terminate", "assessment.end", "disbursement.cancel",
        "disbursement.cancel", "grant.settle", "exit.settle",
    ]  # fmt: skip
    assert (now(Selectee, pk=selectee.pk).state, now(Assessment, pk=row.pk).state) == ("exited", "ended")
    assert refusal(world, "finance", exits.close, case) == [OPEN_MONEY]
    tell.returned(world, selectee)
    assert sums_of(selectee)[:4] == (PAID, SPENT, 0, REST)
    assert tell.by(world, "finance", exits.close, case).state == "closed"


def test_a_withdrawn_wish_leaves_everything_as_it_was(world, selectee):
    case = tell.by(world, "applicant1", exits.withdraw, asked(world, selectee))
    assert (case.state, now(Selectee, pk=selectee.pk).state, sums_of(selectee)[:4]) == (
        "closed", "active", (PAID, SPENT, REST, 0),
    )  # fmt: skip
    assert asked(world, selectee).number.endswith("-E02")


def test_who_prepared_an_approval_does_not_give_it(world, selectee):
    case = tell.by(world, "host1-boss", exits.opine, asked(world, selectee), opinion=tell.OPINION)
    second = Membership.objects.create(
        user_id=world["officer"].user_id, organisation=world.cast, role=Role.CAST_SUPERVISOR, from_date="2020-01-01"
    )
    case = tell.by(world, "officer", exits.prepare_approval, case)
    with (
        everything(because=Because.SEED),
        pytest.raises(Refused, match=r"拟办和批准不能是同一个人（第三十一条（一））"),
    ):
        exits.approve(open_preparation(case), actor=actor_from(second), at=world.at)
    assert now(Selectee, pk=selectee.pk).state == "active"


def test_a_transfer_waits_for_the_exit(world, selectee):
    asked(world, selectee)
    with (
        world.acting("applicant1") as actor,
        pytest.raises(Refused, match="退出申请正在办理，不能申请单位变更（第三十一条（一））"),
    ):
        transfers.request(
            Selectee.objects.get(pk=selectee.pk),
            actor=actor, at=world.at, destination=world.hosts[1], same_field=True, because="调动",
        )  # fmt: skip
