"""An exit imposed for false achievements, in real Chromium, to the last fen given back (Art. 31(2)4, 27, 33)."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from assessment.models import Assessment, AssessmentExpert, ExitCase, ExitNotice
from fixtures.scenarios import cultivating
from fixtures.scenarios.world import World
from funding.models import Disbursement, Grant, Selectee
from tests.assessment.conftest import tell
from tests.funding.conftest import selectee_of
from tests.invariants import all_hold
from tests.journeys.people import People, Person

pytestmark = pytest.mark.journey
GROUND = "第三十一条（二）4"
DECISION = "取消入选者资格"
REASON = "申辩理由不成立，原始记录与佐证材料不一致，事实清楚。"
TO_LIST = ("变动", "退出")


@pytest.fixture
def beginning():
    """Two selectees in cultivation, a first tranche paid to each, some of it spent."""
    return tell


def test_from_the_case_to_the_last_fen(world, people):
    selectee = selectee_of(world, world.hosts[0])
    year = judged_by_experts(world, selectee)
    conclusion_without_names(people, year)
    case = opened(people, selectee)
    notice = notified(world, people, case)
    defended(world, people, notice)
    decided(world, people, case, notice)
    money_stops(world, people, selectee)
    recovered(world, people, case, notice)

    case.refresh_from_db()
    selectee.refresh_from_db()
    assert (case.state, selectee.state, Grant.objects.get(selectee=selectee).state) == (
        "closed",
        "cancelled",
        "recovered",
    )
    assert all_hold()
    call_command("verify_audit", stdout=StringIO())  # raises when the chain is broken


def judged_by_experts(world: World, selectee: Selectee) -> Assessment:
    """A year's assessment in which experts were asked; it passed."""
    row = cultivating.checked(world, cultivating.reported(world, cultivating.scheduled(world, selectee)))
    return cultivating.graded(world, cultivating.judged(world, cultivating.staffed(world, row)))


def conclusion_without_names(people: People, year: Assessment) -> None:
    """The unit reads the grade and its basis, and not who judged or how (Art. 33)."""
    head = people["host1-boss"]
    judges = [each.expert.name for each in AssessmentExpert.objects.filter(assessment=year).select_related("expert")]
    assert judges
    head.goes_to("考核", year.number)
    head.sees("合格", cultivating.BASIS)
    head.does_not_see(*judges, cultivating.COMMENT, "专家评价")


def opened(people: People, selectee: Selectee) -> ExitCase:
    """A ground whose precondition is missing is refused with its article; the other one is opened."""
    officer = people["officer"]
    officer.goes_to("任务书与经费", selectee.number)
    officer.begin("立案")
    grounds = officer.named("group", "事由")
    officer.fill({"事实与证据": cultivating.FACTS["E4"]})
    grounds.get_by_label("第三十一条（二）3").check()
    officer.press("立案")
    officer.is_refused("“立案”现在不能办理", "第三十一条（二）3")
    assert not ExitCase.objects.exists()
    grounds.get_by_label(GROUND).check()
    officer.send({}, "立案")
    officer.sees(GROUND, cultivating.FACTS["E4"])
    return ExitCase.objects.get()


def notified(world: World, people: People, case: ExitCase) -> ExitNotice:
    """Ten working days to answer; until then nothing can be decided (Art. 31(2))."""
    officer, head = people["officer"], people["host1-boss"]
    head.goes_to(*TO_LIST)
    head.does_not_see(case.number)
    officer.goes_to(*TO_LIST, case.number)
    officer.take("告知并听取申辩", {"告知内容": "拟取消入选者资格。如有异议，请在期限内陈述申辩。"})
    notice = ExitNotice.objects.get(case=case)
    assert notice.due_at - notice.delivered_at >= timedelta(days=13)  # ten working days hold at least one weekend
    world.at += timedelta(days=1)
    officer.goes_to(*TO_LIST, case.number)
    officer.cannot("拟办：决定", "申辩期限未到，且尚未收到申辩", "第三十一条（二）")
    officer.open(f"/manage/exits/{case.number}/decide/prepare/")
    officer.fill({"决定": DECISION, "理由": REASON})
    officer.press("提交审批：决定")
    officer.is_refused("“决定”现在不能办理", "申辩期限未到", "第三十一条（二）")
    case.refresh_from_db()
    assert case.state == "notified"
    return notice


def defended(world: World, people: People, notice: ExitNotice) -> None:
    """The selectee answers, and the unit too: both statements stand on the notice."""
    answers = {
        "applicant1": "成果由团队完成，署名顺序依照合同，原始记录可以提供。",
        "host1-boss": "本单位已组织核对，愿意配合进一步核查。",
    }
    world.at += timedelta(days=2)
    for login, words in answers.items():
        answer(people[login], notice, words)
    for login in answers:
        people[login].goes_to("变动", "退出告知书", notice.number)
        people[login].sees(*answers.values())


def answer(who: Person, notice: ExitNotice, words: str) -> None:
    who.goes_to("变动", "退出告知书", notice.number)
    who.sees(GROUND, "申辩截止")
    who.take("陈述申辩", {"陈述申辩": words})


def decided(world: World, people: People, case: ExitCase, notice: ExitNotice) -> None:
    """Proposed by the officer, who cannot approve it too; approved by the supervisor, who types what it does."""
    officer, boss, head = people["officer"], people["supervisor"], people["host1-boss"]
    world.at += timedelta(days=1)
    officer.goes_to(*TO_LIST, case.number)
    officer.propose("决定", {"决定": DECISION, "情节严重，追回所拨经费": True, "理由": REASON})
    boss.goes_to(*TO_LIST, case.number)
    boss.begin("审批：决定")
    boss.sees(f"{DECISION}，追回所拨经费", GROUND)
    boss.press("决定")
    boss.is_refused(f"请输入“{DECISION}”")
    boss.send({f"批准前请输入“{DECISION}”": DECISION}, "决定")
    head.goes_to("变动", "退出告知书", notice.number)
    head.sees(DECISION, REASON)


def money_stops(world: World, people: People, selectee: Selectee) -> None:
    """Deciding stops the payments at once (Art. 31(2)): the second tranche can no longer be proposed."""
    finance, clerk = people["finance"], people["host1"]
    grant = Grant.objects.get(selectee=selectee)
    finance.goes_to("任务书与经费", selectee.number, f"经费 {grant.number}")
    finance.sees("暂停拨付")
    payment = Disbursement.objects.get(grant=grant, tranche=2)
    finance.goes_to("拨付", payment.number)
    finance.cannot("拟办：审批拨付", "暂停拨付")
    clerk.goes_to("任务书与经费", selectee.number)
    clerk.sees("取消资格")


def recovered(world: World, people: People, case: ExitCase, notice: ExitNotice) -> None:
    """All that was paid is claimed, comes back in two instalments, and only then the case closes (Art. 27, 31)."""
    boss, finance, head = people["supervisor"], people["finance"], people["host1-boss"]
    grant = case.grant()
    paid = grant.sums()["paid"]
    to_grant = ("任务书与经费", case.selectee.number, f"经费 {grant.number}")
    boss.goes_to(*TO_LIST, case.number)
    boss.take("追回经费")
    head.goes_to("变动", "退出告知书", notice.number)
    head.sees("应退回")
    world.at += timedelta(days=10)
    first = paid // 3
    for place, fen in enumerate((first, paid - first)):
        finance.goes_to(*TO_LIST, case.number)
        finance.cannot("办结", "第三十一条")
        finance.goes_to(*to_grant)
        finance.cannot("追回完成")
        finance.take("登记退回款", {"退回金额": f"{fen / 100:.2f}", "银行回单号": f"TH{place}"})
        world.at += timedelta(days=10)
    finance.goes_to(*to_grant)
    finance.take("追回完成")
    finance.goes_to(*TO_LIST, case.number)
    finance.take("办结")
    finance.sees("已办结")
