"""Assessments: what each step asks for, whom it refuses and by which article, and what follows (Art. 30, 32)."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from applications.models import Cycle
from assessment import tasks
from assessment.commands import assessment as assessments
from assessment.commands import experts
from assessment.models import Assessment, AssessmentExpert, ExitCase
from assessment.pool import Pool
from fixtures.scenarios import contracting
from fixtures.scenarios import cultivating as tell
from fixtures.scenarios.world import BEIJING
from funding.commands import expense as expenses
from funding.commands import grant as grants
from funding.commands import task_book as books
from funding.models import Condition, Disbursement, Expense, Grant, Selectee, TaskBook
from portal.access.decide import Denied
from portal.events.deliver import deliver_all
from portal.events.models import Event
from portal.people.actor import SYSTEM
from portal.regulation.rules import Refused
from portal.tenancy.reach import Because, everything
from portal.workflow.take import StaleVersion
from review.models import Expert
from tests.assessment.asking import now, refusal

# --- schedule and self-report ----------------------------------------------------------------------------------------


def test_a_schedule_takes_the_indicators_of_the_task_book(world, selectee):
    row = tell.scheduled(world, selectee)
    assert row.number == f"{selectee.number.replace('RX', 'KH')}-ND1"
    with everything(because=Because.CHECK_INVARIANTS):
        lines = [(each.code, each.target, each.actual) for each in row.results.all()]
    assert lines == [(f"Z0{n}", Decimal(target), None) for n, target in enumerate([3, 95, 4, 1, 3], start=1)]


def test_a_period_is_assessed_once(world, selectee):
    tell.scheduled(world, selectee, period="2026 年度")
    with pytest.raises(Refused, match="这一考核期已经安排过考核（第三十条）"):
        tell.scheduled(world, selectee, period="2026 年度")


@pytest.mark.parametrize("lead", [timedelta(0), timedelta(seconds=-1)])
def test_a_deadline_lies_ahead(world, selectee, lead):
    with pytest.raises(Refused, match="期限应晚于现在（第三十条）"):
        tell.scheduled(world, selectee, due_at=world.at + timedelta(hours=2) + lead)


def test_only_a_running_term_is_assessed(world, selectee):
    tell.imposed(world, selectee, decision="suspend", serious=False)
    with pytest.raises(Refused, match="入选者现在是“中止”，不能安排考核（第三十条）"):
        tell.scheduled(world, selectee)


def test_a_self_report_names_what_is_missing(world, selectee):
    row = tell.scheduled(world, selectee)
    missing = [f"指标 Z0{n} 还没有填写实际完成值（第三十条）" for n in range(1, 6)]
    parts = ("任务书内容完成情况", "个人成长情况", "团队业绩", "经费使用情况")
    assert refusal(world, "applicant1", assessments.report, row) == [
        *missing,
        *(f"请填写“{label}”（第三十条）" for label in parts),
    ]


def test_the_deadline_is_half_open(world, selectee):
    row = tell.filled(world, tell.scheduled(world, selectee))
    with world.acting("applicant1") as actor:
        mine = Assessment.objects.get(pk=row.pk)
        with pytest.raises(Refused, match="自评截止时间已过"):
            assessments.report(mine, actor=actor, at=row.due_at)
        assert assessments.report(mine, actor=actor, at=row.due_at - timedelta(microseconds=1)).state == "self_reported"


def test_a_late_draft_is_locked_and_nothing_decided(world, selectee):
    row = tell.scheduled(world, selectee)
    values = {"self_report": tell.REPORT, "results": {}}
    with world.acting("applicant1") as actor, pytest.raises(Refused, match="自评截止时间已过，请联系市科协"):
        assessments.edit(row, actor=actor, at=row.due_at, **values)
    assert now(Assessment, pk=row.pk).state == "scheduled"


def test_an_extension_lets_the_unit_go_on(world, selectee):
    row = tell.filled(world, tell.scheduled(world, selectee))
    later = row.due_at + timedelta(days=5)
    assert refusal(world, "officer", assessments.extend, row, due_at=row.due_at, reason="单位申请") == [
        f"新的期限应晚于{row.due_at.astimezone(BEIJING):%Y年%-m月%-d日 %H:%M}（第三十条）"
    ]
    tell.by(world, "officer", assessments.extend, row, due_at=later, reason="单位申请")
    with world.acting("applicant1") as actor:
        mine = Assessment.objects.get(pk=row.pk)
        assert assessments.report(mine, actor=actor, at=later - timedelta(hours=1)).state == "self_reported"


def test_a_draft_is_saved_by_two_hands_one_after_the_other(world, selectee):
    row = tell.scheduled(world, selectee)
    values = {"self_report": tell.REPORT, "results": {"Z01": (Decimal("2"), "受理通知书")}}
    with world.acting("host1") as clerk:
        saved = assessments.edit(row, actor=clerk, at=world.at, version=row.version, **values)
    assert saved.version == row.version + 1
    with world.acting("applicant1") as applicant, pytest.raises(StaleVersion):
        assessments.edit(row, actor=applicant, at=world.at, version=row.version, **values)
    with everything(because=Because.CHECK_INVARIANTS):
        line = saved.results.get(code="Z01")
    assert (line.actual, line.evidence, line.share()) == (Decimal("2.00"), "受理通知书", "66%")


def test_a_share_never_passes_the_whole(world, selectee):
    row = tell.filled(world, tell.scheduled(world, selectee), share=250)
    with everything(because=Because.CHECK_INVARIANTS):
        assert {each.code: each.share() for each in row.results.all()} == {
            "Z01": "100%", "Z02": "100%", "Z03": "—", "Z04": "100%", "Z05": "100%",
        }  # fmt: skip


def test_what_is_handed_in_is_fixed_until_it_is_returned(world, selectee):
    row = tell.reported(world, tell.scheduled(world, selectee))
    values = {"self_report": {}, "results": {}}
    with world.acting("applicant1") as actor, pytest.raises(Refused, match="自评已经提交，不能修改"):
        assessments.edit(row, actor=actor, at=world.at, **values)
    returned = tell.by(world, "host1-boss", assessments.host_return, row, reason="请补充指标 Z02 的报告")
    with world.acting("applicant1") as actor:
        assessments.edit(returned, actor=actor, at=world.at, **values)


def test_a_return_leaves_a_week_to_mend(world, selectee):
    row = tell.reported(world, tell.scheduled(world, selectee, due_at=world.at + timedelta(days=7)))
    returned = tell.by(world, "officer", assessments.return_report, row, reason="请补充")
    wanted = datetime.combine(world.at.date() + timedelta(days=8), datetime.min.time(), BEIJING)
    assert (returned.state, returned.due_at) == ("scheduled", wanted)


def test_a_return_never_shortens_the_time(world, selectee):
    row = tell.reported(world, tell.scheduled(world, selectee, due_at=world.at + timedelta(days=60)))
    assert tell.by(world, "officer", assessments.return_report, row, reason="请补充").due_at == row.due_at


def test_nobody_else_fills_in(world, selectee):
    row = tell.scheduled(world, selectee)
    for login in ("host1-boss", "officer"):
        with world.acting(login) as actor, pytest.raises(Denied):
            assessments.edit(row, actor=actor, at=world.at, self_report={}, results={})


@pytest.mark.parametrize(("words", "blocked"), [("字" * 9, True), ("字" * 10, False)])
def test_an_opinion_is_more_than_a_nod(world, selectee, words, blocked):
    row = tell.reported(world, tell.scheduled(world, selectee))
    if blocked:
        found = refusal(world, "host1-boss", assessments.host_review, row, opinion=words)
        assert found == ["请填写审核意见，不少于 10 字，现在 9 字（第三十条）"]
    else:
        assert tell.by(world, "host1-boss", assessments.host_review, row, opinion=words).host_opinion == words


def test_a_new_task_book_renews_the_lines_of_what_waits(world, selectee):
    row = tell.filled(world, tell.scheduled(world, selectee))
    amended(world, selectee)
    deliver_all()
    with everything(because=Because.CHECK_INVARIANTS):
        lines = {each.code: (each.name, each.actual) for each in row.results.all()}
    assert lines["Z01"] == ("申请发明专利", Decimal("3.00"))  # filled in before, and kept
    assert lines["Z06"] == ("制定标准", None) and "Z05" not in lines


def amended(world, selectee) -> None:
    """The task book with one indicator less and one more, signed again by all three."""
    book = now(TaskBook, selectee=selectee)
    rows = contracting.rows_of(selectee)
    rows["indicators"] = [*rows["indicators"][:4], {**rows["indicators"][4], "code": "Z06", "name": "制定标准"}]
    steps = [
        ("host1-boss", books.amend, {"reason": "调整指标"}),
        ("host1", books.edit, {"content": contracting.content_of(selectee), "rows": rows}),
        ("host1-boss", books.submit_amendment, {}),
        ("officer", books.open_signing, {}),
        ("applicant1", books.sign_as_selectee, {"password_ok": True}),
        ("host1-boss", books.sign_for_host, {"password_ok": True}),
        ("supervisor", books.sign_for_cast, {"password_ok": True}),
    ]
    for login, verb, values in steps:
        tell.by(world, login, verb, book, **values)


# --- experts ---------------------------------------------------------------------------------------------------------


def free(world, row, *kinds: str) -> list[int]:
    """The first expert of each kind without a conflict."""
    with everything(because=Because.CHECK_INVARIANTS):
        found = [each.expert for each in Pool(row, world.at).candidates() if not each.conflicts]
    return [next(each.pk for each in found if each.kind == kind) for kind in kinds]


def final_checked(world, selectee) -> Assessment:
    world.at = datetime.combine(selectee.ends_date, datetime.min.time(), BEIJING) + timedelta(days=1, hours=9)
    return tell.checked(world, tell.reported(world, tell.scheduled(world, selectee, "final", "培养期")))


def test_a_final_assessment_waits_for_the_end_of_the_term(world, selectee):
    row = tell.checked(world, tell.reported(world, tell.scheduled(world, selectee, "final", "培养期")))
    chosen = free(world, row, "technical", "management", "finance")
    tell.by(world, "officer", experts.assign, row, experts=chosen)
    ends = selectee.ends_date
    over = datetime.combine(ends, datetime.min.time(), BEIJING) + timedelta(days=1)
    for at in (world.at, over - timedelta(hours=2, microseconds=1)):  # a verb comes two hours later
        world.at = at
        assert refusal(world, "officer", experts.start_review, row) == [
            f"培养期到 {ends.year}年{ends.month}月{ends.day}日，期满考核在执行期结束后组织（第三十二条）"
        ]
    world.at = over - timedelta(hours=2)
    assert tell.by(world, "officer", experts.start_review, row).state == "expert_review"


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        (["technical", "management"], ["还缺财务专家人选（第三十二条）"]),
        (["finance"], ["还缺技术专家、管理专家人选（第三十二条）"]),
    ],
)
def test_a_final_assessment_needs_all_three_kinds(world, selectee, kinds, words):
    row = final_checked(world, selectee)
    tell.by(world, "officer", experts.assign, row, experts=free(world, row, *kinds))
    assert refusal(world, "officer", experts.start_review, row) == words


def test_a_final_assessment_is_not_graded_without_experts(world, selectee):
    row = final_checked(world, selectee)
    found = refusal(world, "officer", assessments.grade, row, grade="passed", basis=tell.BASIS)
    assert found == ["期满考核须经专家评价（第三十二条）"]


def test_a_grade_waits_for_everybody_asked(world, selectee):
    row = tell.staffed(world, final_checked(world, selectee))
    found = refusal(world, "officer", assessments.grade, row, grade="passed", basis=tell.BASIS)
    assert found == ["还有 3 位专家没有提交评分（第三十二条）", "还缺技术专家、管理专家、财务专家评分（第三十二条）"]


def test_an_expert_with_a_conflict_is_never_asked(world, selectee):
    row = tell.checked(world, tell.reported(world, tell.scheduled(world, selectee)))
    colleague = now_expert(world, "expert12")
    found = refusal(world, "officer", experts.assign, row, experts=[colleague])
    assert found == [f"{world['expert12'].name}与申报人同在{world.hosts[0].name}（第十七条）"]


def now_expert(world, login: str) -> int:
    return now(Expert, user_id=world[login].user_id).pk


def test_a_mentor_of_the_task_book_is_a_conflict(world, selectee):
    row = tell.checked(world, tell.reported(world, tell.scheduled(world, selectee)))
    with everything(because=Because.SEED):
        book = TaskBook.objects.get(selectee=selectee)
        book.mentors.filter(kind="academic").update(name=world["expert1"].name)
    found = refusal(world, "officer", experts.assign, row, experts=[now_expert(world, "expert1")])
    assert found == [f"申报材料把{world['expert1'].name}列为导师（第十七条）"]


def test_whoever_recused_is_not_asked_again_nor_taken_off_silently(world, selectee):
    row = tell.staffed(world, tell.checked(world, tell.reported(world, tell.scheduled(world, selectee))))
    with everything(because=Because.CHECK_INVARIANTS):
        asked = AssessmentExpert.objects.select_related("expert").filter(assessment=row).first()
    login = tell.login_of_expert(world, asked)
    with world.acting(login) as actor:
        experts.recuse(AssessmentExpert.objects.get(pk=asked.pk), actor=actor, at=world.at, reason="近年有合作")
    found = refusal(world, "officer", experts.assign, row, experts=[asked.expert_id])
    assert found == [f"{world[login].name}已申请回避（第三十三条）"]
    others = free(world, row, *{"technical", "management", "finance"} - {asked.kind})
    tell.by(world, "officer", experts.assign, row, experts=others)
    assert now(AssessmentExpert, pk=asked.pk).recused_at is not None


def test_a_submitted_sheet_is_never_taken_off(world, selectee):
    row = tell.judged(
        world, tell.staffed(world, tell.checked(world, tell.reported(world, tell.scheduled(world, selectee))))
    )
    assert refusal(world, "officer", experts.assign, row, experts=[]) == ["已提交评分的专家不能撤换（第三十二条）"] * 3


def test_experts_are_asked_only_between_the_units_and_the_grade(world, selectee):
    row = tell.scheduled(world, selectee)
    found = refusal(world, "officer", experts.assign, row, experts=free(world, row, "finance"))
    assert found == ["考核现在是“待开展”，不能安排考核专家（第三十二条）"]


# --- the judgement and what follows ----------------------------------------------------------------------------------


def test_the_grade_follows_the_scores_of_the_experts(world, selectee):
    row = tell.judged(world, tell.staffed(world, final_checked(world, selectee)), mark=8)
    with everything(because=Because.CHECK_INVARIANTS):
        assert (row.total(), row.suggested_grade()) == (Decimal("80.0"), "passed")
    found = refusal(world, "officer", assessments.grade, row, grade="excellent", basis=tell.BASIS)
    assert found == ["按专家评分最高可评为“合格”（第三十二条）"]
    assert tell.graded(world, row, "passed").grade_value == "passed"


def test_money_warned_of_forbids_the_best_grade_and_takes_its_points(world, selectee):
    contracting.warned(world, selectee)
    row = tell.judged(
        world, tell.staffed(world, tell.checked(world, tell.reported(world, tell.scheduled(world, selectee)))), 10
    )
    with everything(because=Because.CHECK_INVARIANTS):
        assert row.total() == Decimal("80.0")  # the fourth criterion counts nothing
    found = refusal(world, "officer", assessments.grade, row, grade="excellent", basis=tell.BASIS)
    assert found == ["按专家评分最高可评为“合格”（第三十二条）", "经费使用有未整改的情况，不得评为优秀（第二十七条）"]


def test_a_passed_assessment_meets_the_condition_of_the_next_tranche(world, selectee):
    row = tell.assessed(world, selectee)
    met = now(Condition, grant__selectee=selectee, code="mid_term")
    assert met.evidence == row.number


def test_a_failed_one_does_not_until_it_is_put_right(world, selectee):
    row = tell.assessed(world, selectee, grade="failed")
    with everything(because=Because.CHECK_INVARIANTS):
        conditions = Condition.objects.filter(grant__selectee=selectee, code="mid_term")
        assert not conditions.exists()
        tell.rectified(world, tell.to_rectify(world, row))
        assert conditions.exists()


def test_a_rectification_has_the_cycles_months(world, selectee):
    row = tell.to_rectify(world, tell.assessed(world, selectee, grade="failed"))
    months = selectee.cycle.settings["rectify_months"]
    day = world.at.date()
    end = datetime(day.year, day.month + months, day.day, tzinfo=BEIJING) + timedelta(days=1)
    assert (row.rectify_due_at, row.rectify_count) == (end, 1)


def test_a_rectification_is_reported_before_its_deadline(world, selectee):
    row = tell.to_rectify(world, tell.assessed(world, selectee, grade="failed"))
    text = "已按要求逐项整改，补齐里程碑。"
    with world.acting("host1-boss") as actor:
        with pytest.raises(Refused, match="整改期限已过，请联系市科协（第三十一条（二）1）"):
            assessments.report_rectification(row, actor=actor, at=row.rectify_due_at, text=text)
        before = row.rectify_due_at - timedelta(microseconds=1)
        assert assessments.report_rectification(row, actor=actor, at=before, text=text).state == "rectified"


def test_only_a_failed_one_is_rectified_and_only_so_often(world, selectee):
    row = tell.assessed(world, selectee)
    assert refusal(world, "officer", assessments.demand_rectification, row, reason="整改") == [
        "只有不合格才下达整改（第三十条）"
    ]
    failed = tell.rectified(world, tell.to_rectify(world, failed_again(world, selectee)), "failed")
    found = refusal(world, "officer", assessments.demand_rectification, failed, reason="再整改")
    assert found == ["整改次数已满（1/1）（第三十一条（二）1）"]


def failed_again(world, selectee) -> Assessment:
    row = tell.reported(world, tell.scheduled(world, selectee, "mid_term", "中期"), tell.THIN, 10)
    return tell.graded(world, tell.checked(world, row), "failed")


def test_a_failed_one_is_not_filed_before_its_rectification(world, selectee):
    row = tell.assessed(world, selectee, grade="failed")
    assert refusal(world, "officer", assessments.close, row) == ["不合格的考核须先下达整改（第三十条）"]


def test_failing_again_opens_a_case_that_nobody_has_decided(world, selectee):
    row = tell.rectified(world, tell.to_rectify(world, tell.assessed(world, selectee, grade="failed")), "failed")
    deliver_all()
    case = now(ExitCase, selectee=selectee)
    assert (case.state, case.ground, case.evidence_ref, case.organisation_id) == (
        "opened",
        "E1",
        row.number,
        world.cast.pk,
    )
    assert now(Selectee, pk=selectee.pk).state == "active"
    opened = now(Event, kind="exit.open")
    assert (opened.actor_role, opened.organisation_id) == ("system", world.cast.pk)


def test_failing_again_with_a_rectification_left_opens_none(world, selectee):
    with everything(because=Because.SEED):
        settings = {**selectee.cycle.settings, "rectify_times": 2}
        Cycle.objects.filter(pk=selectee.cycle_id).update(settings=settings)
    row = tell.rectified(world, tell.to_rectify(world, tell.assessed(world, selectee, grade="failed")), "failed")
    deliver_all()
    with everything(because=Because.CHECK_INVARIANTS):
        assert not ExitCase.objects.exists()
    assert tell.to_rectify(world, row).rectify_count == 2


def test_time_locks_a_rectification_and_decides_nothing(world, selectee):
    row = tell.to_rectify(world, tell.assessed(world, selectee, grade="failed"))
    with everything(because=Because.SYSTEM_STEP):
        assert tasks.lapse_overdue(row.rectify_due_at - timedelta(seconds=1)) == 0
        assert tasks.lapse_overdue(row.rectify_due_at) == 1
        assert tasks.lapse_overdue(row.rectify_due_at + timedelta(days=1)) == 0
    lapsed = now(Assessment, pk=row.pk)
    assert (lapsed.state, lapsed.regrade_value) == ("lapsed", "")
    deliver_all()
    with everything(because=Because.CHECK_INVARIANTS):
        assert not ExitCase.objects.exists()
    world.at = row.rectify_due_at
    tell.by(world, "officer", assessments.regrade, lapsed, grade="failed", basis="整改期满，没有收到整改报告。")
    deliver_all()
    assert now(ExitCase, selectee=selectee).ground == "E1"


def test_reminders_go_out_once_each_and_again_after_an_extension(world, selectee):
    row = tell.scheduled(world, selectee)

    def sent(at) -> int:
        with everything(because=Because.SYSTEM_STEP):
            return tasks.remind_due(at)

    due = row.due_at
    assert [sent(due - timedelta(days=days)) for days in (8, 7, 6, 1, 0.5)] == [0, 1, 0, 1, 0]
    later = due + timedelta(days=20)
    tell.by(world, "officer", assessments.extend, row, due_at=later, reason="单位申请")
    assert [sent(later - timedelta(days=days)) for days in (8, 7, 1)] == [0, 1, 1]
    assert sent(later) == 0
    row = now(Assessment, pk=row.pk)
    with everything(because=Because.SYSTEM_STEP):
        assessments.remind(row, actor=SYSTEM, at=later, days=1)


# --- the end of a term -----------------------------------------------------------------------------------------------


def test_a_passed_final_assessment_ends_the_term(world, selectee):
    contracting_paid_on(world, selectee)
    row = tell.filed(world, tell.assessed_finally(world, selectee))
    assert (row.state, row.grade_value) == ("closed", "excellent")
    assert now(Selectee, pk=selectee.pk).state == "completed"
    assert now(TaskBook, selectee=selectee).state == "completed"
    grant = now(Grant, selectee=selectee)
    assert grant.state == "active"  # the last tranche waits for this very grade
    assert now(Condition, grant=grant, code="final").evidence == row.number
    contracting.paid(world, selectee, tranche=3)
    deliver_all()
    assert now(Grant, selectee=selectee).state == "settling"


def contracting_paid_on(world, selectee) -> None:
    """A passed annual assessment, and the second tranche that waited for it."""
    tell.filed(world, tell.assessed(world, selectee))
    contracting.paid(world, selectee, tranche=2)


def test_a_term_ends_in_settlement_at_once_when_nothing_is_left_to_pay(world, selectee):
    for tranche in (2, 3):
        row = now(Disbursement, grant__selectee=selectee, tranche=tranche)
        with world.acting("finance") as actor:
            grants.cancel(row, actor=actor, at=world.at, reason="不再拨付")
    tell.filed(world, tell.assessed_finally(world, selectee))
    assert now(Grant, selectee=selectee).state == "settling"


def test_a_final_one_is_not_filed_over_an_amendment(world, selectee):
    row = tell.assessed_finally(world, selectee)
    tell.by(world, "host1-boss", books.amend, now(TaskBook, selectee=selectee), reason="调整")
    assert refusal(world, "officer", assessments.close, row) == ["任务书不在生效状态，请先办结变更（第二十六条）"]


def test_a_failed_final_one_ends_no_term(world, selectee):
    row = tell.assessed_finally(world, selectee, mark=4, grade="failed")
    row = tell.rectified(world, tell.to_rectify(world, row), "failed")
    assert tell.filed(world, row).state == "closed"
    assert now(Selectee, pk=selectee.pk).state == "active"


def test_an_unheeded_warning_opens_a_case(world, selectee):
    expense = contracting.warned(world, selectee)
    late = expense.rectify_due_at + timedelta(days=1)
    with world.acting("finance") as actor:
        expenses.fail_rectification(Expense.objects.get(pk=expense.pk), actor=actor, at=late, reason="期满没有退回")
    deliver_all()
    case = now(ExitCase, selectee=selectee)
    assert (case.state, case.ground, case.evidence_ref) == ("opened", "E3", expense.number)
