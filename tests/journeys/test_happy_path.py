"""From the call to the end of the term, in real Chromium: each kind of person does once, through the pages, what the
regulation has them do (Art. 9-32). What others do in the same way, and what is long to type, is told in commands.
"""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from playwright.sync_api import expect

from applications.models import Application, Notice
from assessment.models import Assessment
from fixtures.scenarios import city, contracting, cultivating, nominations, reviewing, stages
from fixtures.scenarios.cycles import drafted_call, prepared_cycle
from fixtures.scenarios.papers import paper
from fixtures.scenarios.world import BEIJING, World
from funding.models import Disbursement, Expense, Grant, Selectee, TaskBook
from review.models import Assignment, Expert, Meeting
from tests.invariants import all_hold
from tests.journeys.people import People

pytestmark = pytest.mark.journey
YEAR = 2026
PANEL = range(1, 10)  # expert1 … expert9
CONTACT = {
    "受理单位": "北京市科协科技人才服务中心",
    "地址": "北京市西城区示例街 1 号",
    "电话": "010-0000 0000",
    "邮箱": "plan@example.cn",
}
PASSWORD = {"登录口令": settings.DEMO_PASSWORD}
PUBLISH = {"请输入“发布”确认": "发布"}


def test_from_the_call_to_the_end_of_the_term(world, people):
    call(world, people)
    application = nominated(world, people)
    ranked_and_reported(world, people, application)
    reviewed_by_cast(world, people, application)
    network_review(world, people)
    panel(world, people)
    shortlist(world, people)
    publicity(world, people, application)
    selectee = task_book_signed(world, people, application)
    first_payment(world, people, selectee)
    expense(world, people, selectee)
    final = assessed(world, people, selectee)
    closed(world, people, selectee, final)

    application.refresh_from_db()
    selectee.refresh_from_db()
    book, grant = TaskBook.objects.get(selectee=selectee), Grant.objects.get(selectee=selectee)
    assert (application.state, selectee.state) == ("selected", "completed")
    assert (book.state, grant.state) == ("completed", "settled")
    assert all_hold()
    call_command("verify_audit", stdout=StringIO())  # raises when the chain is broken


def advance(world: World, people: People, step: str) -> None:
    """The supervisor takes the year one stage further."""
    boss = people["supervisor"]
    boss.goes_to("工作台", "年度设置")
    boss.take(step)
    world.cycles[YEAR].refresh_from_db()


def call(world: World, people: People) -> None:
    """The secretary's draft is approved by the supervisor and published; the window opens (Art. 9, 11)."""
    cycle = prepared_cycle(world, YEAR)
    world.at = world.schedule(YEAR).opens_at - timedelta(days=3)
    number = drafted_call(world, cycle).number
    people["supervisor"].goes_to("公告公示", number)
    people["supervisor"].take("批准发布")
    people["secretary"].goes_to("公告公示", number)
    people["secretary"].take("发布", PUBLISH)
    reader = people.visitor()
    reader.open("/")
    reader.follow("通知公告", Notice.objects.get(number=number).title)
    reader.sees("推荐名额")
    world.at = world.schedule(YEAR).opens_at
    advance(world, people, "开放申报")


def nominated(world: World, people: People) -> Application:
    """The unit creates, fills in and attaches, its candidate signs, its head submits (Art. 8, 13, 14)."""
    host, clerk, candidate, head = world.hosts[0], people["host1"], people["applicant1"], people["host1-boss"]
    world.at += timedelta(days=3)
    pages = nominations.story_of(world, host)
    clerk.goes_to("我的申报", f"新建 {YEAR} 年度申报")
    clerk.send({"申报人姓名": candidate.name}, "新建申报")
    application = Application.objects.get()

    clerk.follow("主要业绩与创新成果")
    clerk.fill({"代表性业绩": pages["achievements"]["summary"], "这一部分写好了吗": "写好了"})
    expect(clerk.page.get_by_role("status").filter(has_text="已自动保存")).to_be_visible()
    proof = paper("achievement_proof")
    values = {
        "上传代表性业绩佐证": (proof.name, proof.content_type, proof.read()),
        "我确认材料不含涉密内容（第十四条）": True,
    }
    clerk.send(values, "上传 ：代表性业绩佐证")
    clerk.sees(proof.name)
    clerk.press("保存并继续")
    clerk.is_not_refused()

    clerk.goes_to("我的申报", "继续填写", "邀请申报人本人填写")
    clerk.send({"本单位已有账号": candidate.name}, "邀请")
    application = nominations.fresh(application)
    rest = {key: values for key, values in pages.items() if key != "achievements"}
    nominations.fill(world, application, rest, world.at)
    nominations.attach_all(world, nominations.fresh(application), world.at)

    candidate.goes_to("我的申报", "继续填写")
    candidate.begin("签署承诺")
    candidate.tick_all()
    candidate.send({}, "签署承诺")
    world.at += timedelta(minutes=20)
    head.goes_to("我的申报", "继续填写")
    head.begin("提交推荐单位")
    head.tick_all()
    head.send({}, "提交给海淀区科协")
    head.sees("已提交给北京市海淀区科学技术协会")
    return nominations.fresh(application)


def ranked_and_reported(world: World, people: People, application: Application) -> None:
    """The recommending unit screens, writes its opinion, ranks, and its head reports (Art. 11-13)."""
    for host in world.hosts[1:]:
        nominations.screened_application(world, host, world.at)
    officer, head, name = people["haidian"], people["haidian-boss"], application.applicant_name
    world.at += timedelta(hours=5)
    officer.goes_to("申报审核", application.number)
    officer.answer_all("符合")
    officer.send({}, "保存初筛清单")
    officer.take("初筛合格")
    opinion = nominations.opinion_of(application, world.at)
    officer.take("填写推荐意见", {"推荐意见": opinion}, button="保存推荐意见")
    officer.goes_to("推荐排序")
    officer.press(f"上移 ：{name}")
    officer.sees(f"{name}移到第 1 位")
    officer.press("推荐前 2 人")
    officer.sees("现推荐 2 人")

    world.at = world.schedule(YEAR).closes_at + timedelta(days=2)
    advance(world, people, "转入推荐单位初筛")
    officer.goes_to("推荐汇总表")
    officer.take("提请负责人审签")
    head.goes_to("推荐汇总表")
    head.take("报送市科协")


def reviewed_by_cast(world: World, people: People, application: Application) -> None:
    """The list accepted; the application received, checked item by item, passed (Art. 13, 15)."""
    officer, other = people["officer"], world.recommenders["110105"]
    nominations.reported_list(world, other)
    city.accepted_list(world, other)
    officer.goes_to("推荐", "北京市海淀区科学技术协会")
    officer.take("接收")
    world.at = world.schedule(YEAR).recommend_closes_at + timedelta(hours=1)
    advance(world, people, "转入市科协审查")
    officer.goes_to("申报", application.number)
    officer.take("受理")
    officer.cannot("审查通过", "第十五条")
    officer.begin("填写审查清单")
    officer.answer_all("符合")
    officer.send({}, "保存审查清单")
    officer.take("审查通过")
    for unit in (application.recommender, other):
        for each in city.received(world, unit, world.at):
            city.eligible_application(world, each, world.at)
    world.at += timedelta(days=1)
    advance(world, people, "转入网络评审")


def network_review(world: World, people: People) -> None:
    """Round set up, assigned, sent out; experts pledge, declare, score, hand in; results (Art. 17, 18, 33)."""
    secretary, boss = people["secretary"], people["supervisor"]
    reviewing.experts_joined(world, 12)
    expert = people["expert1"]
    secretary.goes_to("评审")
    secretary.sign_undertaking()
    secretary.follow("网络评审", "设置网络评审")
    secretary.send({}, "设置网络评审")
    secretary.take("进入专家分配")
    reviewing.seated_by_hand(world, [expert.login])  # the rest by the machine, whose lots are its own
    secretary.take("分配专家", button="自动分配")
    secretary.follow("返回网络评审")
    secretary.take("下达评审任务")

    world.at = reviewing.the_round(world).opens_at + timedelta(hours=2)
    expert.goes_to("我的评审")
    expert.sign_undertaking()
    expert.fill({"其余各项均无利害关系": True})
    expert.send({}, "提交回避确认")
    sheets = Assignment.objects.filter(expert__user_id=world[expert.login].user_id).count()
    expert.follow("继续评审：第 1 份")
    for _ in range(sheets):
        expert.give_marks(8)
        expert.send({"评审意见（30—500 字）": reviewing.OPINIONS[0]}, "保存并看下一份")
    expert.goes_to("我的评审", "查看评分总表", "提交全部评分")
    expert.send({}, "提交全部评分")
    expert.goes_to("我的评审")
    expert.sees(f"已提交 {sheets}", "80.0")
    reviewing.everybody_scored(world)

    world.at = reviewing.the_round(world).closes_at
    secretary.goes_to("评审", "网络评审", f"WP{YEAR}")
    secretary.take("截止评分")
    secretary.propose("确认结果")
    world.at += timedelta(hours=2)
    boss.goes_to("评审")
    boss.sign_undertaking()
    boss.follow("网络评审", f"WP{YEAR}")
    boss.approve("确认结果")
    advance(world, people, "转入会议评审")


def panel(world: World, people: People) -> None:
    """The panel is seated, sits, scores and votes; its chair signs the minutes (Art. 17, 18)."""
    secretary, chair = people["secretary"], people["expert1"]
    title, held = f"{YEAR} 年度会议评审", world.at.astimezone(BEIJING).replace(hour=9, minute=0) + timedelta(days=5)
    secretary.goes_to("评审", "会议评审", "安排会议评审")
    values = {"会议名称": title, "地点": "北京科技会堂第三会议室", "时间": f"{held:%Y-%m-%d %H:%M}"}
    secretary.send(values, "安排会议评审")
    experts = [Expert.objects.get(user_id=world[f"expert{number}"].user_id) for number in PANEL]
    members = [f"{each.number} {each.name}（{each.get_kind_display()}，{each.employer}）" for each in experts]
    secretary.take("安排评审组成员", {"评审组成员": members, "组长": members[0]}, button="保存评审组")
    secretary.take("抽签定序")
    number = Meeting.objects.get().number

    world.at = held
    chair.goes_to("我的评审")
    chair.sign_undertaking()
    chair.follow("声明回避")
    for candidate in chair.page.get_by_role("main").get_by_role("combobox").all():
        candidate.select_option(label="无利害关系")
    chair.send({}, "提交回避声明")
    chair.press("签到")
    reviewing.members_ready(world, absent=(chair.login,))
    secretary.goes_to("评审", "会议评审", number)
    secretary.take("宣布开会")

    first = reviewing.the_slots(world)[0]
    secretary.take(f"开始答辩：{first.order} 号 {first.applicant_name}", button="开始答辩")
    chair.goes_to("我的评审", title)
    chair.sees(f"正在评议：{first.applicant_name}")
    chair.give_marks(8)
    chair.send({}, "提交评分")
    for place in range(len(reviewing.the_slots(world))):
        world.at += timedelta(minutes=25)
        reviewing.candidate_scored(world, reviewing.the_slots(world)[place])

    secretary.goes_to("评审", "会议评审", number)
    secretary.take("开始投票")
    chair.goes_to("我的评审", title)
    for _ in reviewing.the_slots(world):
        with chair.turning_page():
            chair.all_named("link", "投票")[0].click()
        chair.send({"表决": "同意"}, "投票")
    assert chair.all_named("link", "投票") == []
    reviewing.voted(world)
    world.at += timedelta(minutes=30)
    secretary.goes_to("评审", "会议评审", number)
    secretary.take("结束会议")
    minutes = "会议听取了候选人陈述，专家逐一提问、评议、评分并无记名投票，表决结果见附表。"
    secretary.take("填写会议纪要", {"纪要": minutes})
    chair.goes_to("我的评审", title, "签署会议纪要")
    chair.sees(minutes)
    chair.send({}, "签署会议纪要")


def shortlist(world: World, people: People) -> None:
    """Drafted, deliberated, proposed by the secretary, approved by the supervisor (Art. 16, 19)."""
    secretary, boss = people["secretary"], people["supervisor"]
    world.at += timedelta(days=2)
    secretary.goes_to("评审", "拟入选名单", "拟定拟入选名单")
    secretary.send({}, "拟定拟入选名单")
    secretary.take("填写综合论证纪要", {"纪要": "经综合论证，按综合分和表决结果拟定名单。"})
    secretary.take("完成综合论证")
    secretary.propose("批准名单")
    boss.goes_to("评审", "拟入选名单")
    boss.approve("批准名单")
    advance(world, people, "转入公示")


def publicity(world: World, people: People, application: Application) -> None:
    """Published for five working days, ended, the final list published; everybody can read both (Art. 19)."""
    secretary, boss, reader = people["secretary"], people["supervisor"], people.visitor()

    def approved_and_published(kind: str) -> Notice:
        notice = Notice.objects.get(kind=kind)
        boss.goes_to("公告公示", notice.number)
        boss.take("批准发布")
        secretary.goes_to("公告公示", notice.number)
        secretary.take("发布", PUBLISH)
        notice.refresh_from_db()
        return notice

    secretary.goes_to("评审", "拟入选名单")
    secretary.take("起草拟入选公示")
    secretary.take("修改公告", CONTACT)
    proposed = approved_and_published("proposed")
    reader.open("/")
    reader.follow("公示公告", proposed.title)
    reader.sees(application.applicant_name, application.organisation.name, "公示期 5 个工作日", "在线提出异议")

    world.at = proposed.ends_at
    secretary.goes_to("公告公示", proposed.number)
    secretary.take("期满")
    secretary.goes_to("评审", "拟入选名单")
    secretary.take("起草正式名单")
    final = approved_and_published("final")
    reader.open("/")
    reader.follow("通知公告", final.title)
    reader.sees(application.applicant_name, application.organisation.name)
    world.at += timedelta(days=2)
    advance(world, people, "转入签订任务书")


def task_book_signed(world: World, people: People, application: Application) -> Selectee:
    """Written, confirmed, checked, signed by selectee, host unit and 市科协 in that order (Art. 22, 26)."""
    selectee = Selectee.objects.get(application=application)
    book = contracting.written(world, selectee)
    for login, step, values in (
        ("host1-boss", "确认任务书", {}),
        ("officer", "开始审核", {}),
        ("officer", "审核通过，进入签署", {}),
        ("applicant1", "入选者签署", PASSWORD),
        ("host1-boss", "依托单位签署", PASSWORD),
        ("supervisor", "市科协签署", PASSWORD),
    ):
        world.at += timedelta(hours=2)
        people[login].goes_to("任务书与经费", selectee.number, f"任务书 {book.number}")
        people[login].take(step, values)
    people["supervisor"].sees("已生效")
    return Selectee.objects.get(pk=selectee.pk)


def first_payment(world: World, people: People, selectee: Selectee) -> None:
    """Account registered and verified; payment proposed, approved, made, confirmed (Art. 20, 21)."""
    clerk, head, finance, boss = people["host1"], people["host1-boss"], people["finance"], people["supervisor"]
    grant = Grant.objects.get(selectee=selectee)
    to_grant = ("任务书与经费", selectee.number, f"经费 {grant.number}")
    payment = Disbursement.objects.get(grant=grant, tranche=1).number
    clerk.goes_to(*to_grant)
    account = {"户名": selectee.organisation.name, "开户银行": "京联银行中关村支行", "账号": "02000001123456789"}
    clerk.take("登记专门账户", account)
    world.at += timedelta(hours=2)
    finance.goes_to(*to_grant)
    finance.take("核验专户")
    finance.goes_to("拨付", payment)
    finance.propose("审批拨付")
    world.at += timedelta(hours=2)
    boss.goes_to(*to_grant, payment)
    boss.approve("审批拨付")
    world.at += timedelta(hours=2)
    finance.goes_to("拨付", payment)
    finance.take("登记付款", {"银行回单号": "YH20261208001"})
    head.goes_to(*to_grant, payment)
    head.take("确认到账")


def expense(world: World, people: People, selectee: Selectee) -> None:
    """Recorded by the unit, checked by 市科协's finance officer (Art. 27); then the term of everybody begins."""
    clerk, finance = people["host1"], people["finance"]
    world.at += timedelta(days=3)
    clerk.goes_to("任务书与经费", selectee.number, f"经费 {Grant.objects.get(selectee=selectee).number}")
    values = {
        "支出日期": f"{world.at.astimezone(BEIJING):%Y-%m-%d}",
        "凭证号": "记-001",
        "科目": "P2 材料费",
        "金额": "36000",
        "收款方": "北京澄原电子材料有限公司",
        "摘要": "试验用基板和封装材料",
    }
    clerk.take("登记支出", values)
    recorded = Expense.objects.get()
    assert recorded.amount_fen == 36_000_00
    finance.goes_to("支出", recorded.number)
    finance.take("核对通过")
    for other in Selectee.objects.exclude(pk=selectee.pk):
        contracting.signed(world, other)
    world.at += timedelta(days=5)
    advance(world, people, "转入培养期")


def assessed(world: World, people: People, selectee: Selectee) -> Assessment:
    """After a passed year, the final assessment by selectee, unit, recommending unit, experts, 市科协 (Art. 30, 32)."""
    officer, me, head, unit = people["officer"], people["applicant1"], people["host1-boss"], people["haidian"]
    selectee = stages.as_it_stands(selectee)
    stages.in_term(world, selectee, 11)
    cultivating.filed(world, cultivating.assessed(world, selectee))
    contracting.paid(world, selectee, tranche=2)
    world.at = datetime.combine(selectee.ends_date, datetime.min.time(), BEIJING) + timedelta(days=3, hours=9)

    officer.goes_to("任务书与经费", selectee.number)
    officer.begin("安排考核")
    officer.sign_undertaking()
    due = f"{world.at + timedelta(days=30):%Y-%m-%d} 17:00"
    officer.send({"类型": "期满考核", "考核期": "培养期", "自评截止": due}, "安排考核")
    final = Assessment.objects.get(selectee=selectee, kind="final")

    world.at += timedelta(days=5)
    report = dict(
        zip(
            ("任务书内容完成情况", "个人成长情况", "团队业绩", "经费使用情况"),
            cultivating.REPORT.values(),
            strict=True,
        )
    )
    for line in final.results.all():
        report |= {f"{line.code} 实际完成值（{line.unit}）": f"{line.target:f}", f"{line.code} 佐证": "见佐证材料"}
    me.goes_to("考核", final.number)
    me.take("填写自评", report, button="保存")
    me.take("提交自评")
    head.goes_to("考核", final.number)
    head.take("审核自评", {"意见": cultivating.OPINION})
    unit.goes_to("考核与跟踪", final.number)
    unit.take("核实考核", {"意见": cultivating.OPINION})

    expert = people["expert1"]
    officer.goes_to("考核", final.number)
    officer.begin("安排考核专家")
    for login in ("expert1", "expert10", "expert11"):  # technical, management, finance
        name = Expert.objects.get(user_id=world[login].user_id).name
        officer.named("checkbox", name).check()
    officer.send({}, "安排考核专家")
    officer.take("交专家评价")
    officer.cannot("评定等级")
    expert.goes_to("考核评价", "1")
    expert.tick_all()
    expert.send({}, "签署承诺，开始评价")
    expert.give_marks(9)
    expert.send({"评价意见": cultivating.COMMENT}, "提交评分")
    cultivating.judged(world, final)
    officer.goes_to("考核", final.number)
    officer.take("评定等级", {"等级": "优秀", "评定依据": cultivating.BASIS})
    return final


def closed(world: World, people: People, selectee: Selectee, final: Assessment) -> None:
    """The last tranche; the assessment filed, which completes the term; what was not spent given back (Art. 27, 32)."""
    officer, finance, me = people["officer"], people["finance"], people["applicant1"]
    contracting.paid(world, selectee, tranche=3)
    officer.goes_to("考核", final.number)
    officer.take("归档")
    me.goes_to("任务书与经费", selectee.number)
    me.sees("期满合格")
    grant = Grant.objects.get(selectee=selectee)
    finance.goes_to("任务书与经费", selectee.number, f"经费 {grant.number}")
    finance.take(
        "登记退回款", {"退回金额": "264000", "银行回单号": "TH20291218001"}
    )  # 300 000 paid, 36 000 spent
    finance.take("结清")
