"""The pages of chapter 7 in browsers: what is kept, what is refused, who could, what it costs (Art. 28-33)."""

from dataclasses import dataclass, field

import pytest

from assessment.commands import assessment as assessments
from assessment.commands import exit as exits
from assessment.commands import experts, tracking
from assessment.commands import transfer as transfers
from assessment.models import (
    Assessment,
    AssessmentExpert,
    ContactRecord,
    ExitCase,
    ExitNotice,
    InformationChange,
    Transfer,
)
from fixtures.scenarios import cultivating as tell
from funding.models import Selectee
from portal.tenancy.reach import Because, everything
from tests.applications.pages import bare, inputs, questions, summary, text
from tests.assessment.asking import now
from tests.assessment.test_exit import asked, decided, docket
from tests.review.browser import complaints, envelope

MOST = 15


def space_of(login: str) -> str:
    if login.startswith(("applicant", "host")):
        return "apply"
    if login.startswith("expert"):
        return "expert"
    return "recommend" if login.startswith(("haidian", "chaoyang")) else "manage"


# --- the stories: each gives the page's path below its workspace, and the record that the page is about --------------


@dataclass
class Place:
    """Where a page stands: its path below a workspace, the record, and who the expert is where one is asked."""

    path: str
    record: object
    logins: dict[str, str] = field(default_factory=dict)

    def below(self, login: str) -> str:
        return f"/{space_of(self.logins.get(login, login))}/{self.path}"


def of_selectee(world, selectee) -> Place:
    return Place(f"selectees/{selectee.number}/", selectee)


def of_assessment(row: Assessment) -> Place:
    return Place(f"assessments/{row.number}/", row)


def scheduled(world, selectee) -> Place:
    return of_assessment(tell.scheduled(world, selectee))


def reported(world, selectee) -> Place:
    return of_assessment(tell.reported(world, tell.scheduled(world, selectee)))


def host_reviewed(world, selectee) -> Place:
    row = reported(world, selectee).record
    return of_assessment(tell.by(world, "host1-boss", assessments.host_review, row, opinion=tell.OPINION))


def checked(world, selectee) -> Place:
    return of_assessment(tell.checked(world, reported(world, selectee).record))


def rectifying(world, selectee) -> Place:
    return of_assessment(tell.to_rectify(world, tell.assessed(world, selectee, grade="failed")))


def staffed(world, selectee) -> Place:
    """Experts are asked; the first of them has pledged. The path is the expert's own."""
    row = tell.staffed(world, checked(world, selectee).record)
    with everything(because=Because.SEED):
        sheet = AssessmentExpert.objects.filter(assessment=row).select_related("expert").first()
    login = tell.login_of_expert(world, sheet)
    with world.acting(login) as actor:
        experts.pledge(AssessmentExpert.objects.get(pk=sheet.pk), actor=actor, at=world.at)
    return Place(f"assessments/{sheet.place}/", sheet, {"expert": login})


def unpledged(world, selectee) -> Place:
    place = staffed(world, selectee)
    with everything(because=Because.SEED):
        AssessmentExpert.objects.update(pledged_at=None)
    return place


def information_asked(world, selectee) -> Place:
    tell.later(world)
    with world.acting("host1") as actor:
        mine = Selectee.objects.get(pk=selectee.pk)
        row = tracking.request_change(mine, actor=actor, at=world.at, fact="name", after="新名", because="更名")
    return Place(f"information-changes/{row.number}/", row)


def moving(world, selectee) -> Place:
    row = tell.move_requested(world, selectee, world.hosts[1])
    return Place(f"transfers/{row.number}/", row)


def consented(world, selectee) -> Place:
    row = tell.by(world, "host1-boss", transfers.consent, moving(world, selectee).record)
    return Place(f"transfers/{row.number}/", row)


def accepted(world, selectee) -> Place:
    row = tell.move_accepted(world, moving(world, selectee).record)
    return Place(f"transfers/{row.number}/", row)


def wished(world, selectee) -> Place:
    row = asked(world, selectee)
    return Place(f"exits/{row.number}/", row)


def opened(world, selectee) -> Place:
    row = docket(world, selectee)
    return Place(f"exits/{row.number}/", row)


def defended(world, selectee) -> Place:
    row = tell.defended(world, tell.notified(world, opened(world, selectee).record))
    return Place(f"exits/{row.number}/", row)


def proposed(world, selectee) -> Place:
    place = defended(world, selectee)
    values = {"decision": "cancel", "serious": True, "reason": "事实清楚"}
    tell.by(world, "officer", exits.prepare_decision, place.record, **values)
    return place


def noticed(world, selectee) -> Place:
    row = tell.notified(world, opened(world, selectee).record)
    with everything(because=Because.SEED):
        notice = row.latest_notice()
    return Place(f"exit-notices/{notice.number}/", notice)


# --- who opens which record ------------------------------------------------------------------------------------------

UNIT = {"applicant1": 200, "host1": 200, "host1-boss": 200}
NO_STAFF = {"secretary": 403, "sysadmin": 403}
READERS = {
    scheduled: {
        **UNIT, "haidian": 200, "haidian-boss": 200, "officer": 200, "secretary": 200, "supervisor": 200,
        "auditor": 200, "finance": 403, "sysadmin": 403,
    },
    information_asked: {**UNIT, "officer": 200, "supervisor": 200, "auditor": 200, "finance": 403, **NO_STAFF},
    moving: {**UNIT, "officer": 200, "finance": 200, "supervisor": 200, "auditor": 200, **NO_STAFF},
    wished: {**UNIT, "officer": 200, "finance": 200, "supervisor": 200, "auditor": 200, **NO_STAFF},
    # 市科协's docket is not there for the unit; the notice is the unit's and has no page inside 市科协.
    opened: {
        **dict.fromkeys(UNIT, 404), "officer": 200, "finance": 200, "supervisor": 200, "auditor": 200, **NO_STAFF,
    },
    noticed: UNIT,
}  # fmt: skip
FOREIGN = {
    "applicant3": "applicant1", "host3": "host1", "host3-boss": "host1-boss", "chaoyang": "haidian",
    "chaoyang-boss": "haidian-boss",
}  # fmt: skip


@pytest.mark.parametrize("story", READERS)
def test_each_role_opens_what_is_its_own(world, selectee, browsers, story):
    place = story(world, selectee)
    met = {login: browsers(login).get(place.below(login)).status_code for login in READERS[story]}
    assert met == READERS[story]


@pytest.mark.parametrize("story", READERS)
def test_what_is_anothers_reads_like_what_is_not_there(world, selectee, browsers, story):
    place = story(world, selectee)
    for login, own in FOREIGN.items():
        if own in READERS[story]:
            path, browser = place.below(login), browsers(login)
            answer = browser.get(path)
            assert answer.status_code == 404, path
            assert bare(answer) == bare(browser.get(path.replace("2025-0001", "2025-0999"))), path


# --- whose deed it is ------------------------------------------------------------------------------------------------

NOT_THEIRS = [
    (scheduled, "host1-boss", "edit/", "申报人"),
    (scheduled, "host1", "report/", "申报人"),
    (scheduled, "supervisor", "extend/", "市科协审查员"),
    (reported, "host1", "host-review/", "依托单位负责人"),
    (host_reviewed, "haidian-boss", "recommender-review/", "推荐单位经办人"),
    (checked, "supervisor", "grade/", "市科协审查员"),
    (checked, "secretary", "experts/", "市科协审查员"),
    (checked, "secretary", "scores/", "项目负责人"),
    (rectifying, "applicant1", "report-rectification/", "依托单位负责人"),
    (of_selectee, "haidian-boss", "contacts/new/", "推荐单位经办人"),
    (of_selectee, "host1-boss", "information-changes/new/", "依托单位经办人"),
    (of_selectee, "host1", "transfer/", "申报人"),
    (of_selectee, "host1-boss", "exit/", "申报人"),
    (of_selectee, "supervisor", "exits/new/", "市科协审查员"),
    (of_selectee, "supervisor", "assessments/new/", "市科协审查员"),
    (information_asked, "supervisor", "approve/", "市科协审查员"),
    (moving, "host1", "consent/", "依托单位负责人"),
    (accepted, "officer", "approve/", "项目负责人"),
    (accepted, "supervisor", "approve/prepare/", "市科协审查员"),
    (accepted, "officer", "settle/", "财务专员"),
    (wished, "host1", "opine/", "依托单位负责人"),
    (wished, "host1", "withdraw/", "申报人"),
    (opened, "supervisor", "notify/", "市科协审查员"),
    (defended, "officer", "decide/", "项目负责人"),
    (noticed, "host1", "defence/", "依托单位负责人"),
]


@pytest.mark.parametrize(("story", "login", "deed", "could"), NOT_THEIRS)
def test_a_deed_of_another_role_says_whose_it_is(world, selectee, browsers, story, login, deed, could):
    path = story(world, selectee).below(login) + deed
    browser = browsers(login)
    for answer in (browser.get(path), browser.post(path, {})):
        words = text(answer)
        assert answer.status_code == 403, path
        assert "这个操作由" in words and f"“{could}”" in words.split("办理。")[0], words[:300]


# --- what was typed is kept, and each complaint leads to its input ---------------------------------------------------

LONG = "字" * 501
TYPED = [
    (
        of_selectee, "officer", "assessments/new/", {"kind": "annual", "period": "", "due_at": "明天"},
        {"请填写考核期": "period", None: "due_at"},
    ),
    (scheduled, "officer", "extend/", {"due_at": "2026年2月30日", "reason": "设备检修"}, {None: "due_at"}),
    (
        scheduled, "host1", "edit/", {"summary": "按计划推进", "actual_1": "三件"},
        {"Z02 的实际完成值请填数字": "actual_1"},
    ),
    (reported, "host1-boss", "host-review/", {"opinion": ""}, {"请填写意见": "opinion"}),
    (reported, "host1-boss", "host-return/", {"reason": ""}, {"请填写理由": "reason"}),
    (host_reviewed, "haidian", "recommender-review/", {"opinion": " "}, {"请填写意见": "opinion"}),
    (checked, "officer", "grade/", {"basis": "逐项核对"}, {"请选择等级": "grade"}),
    (rectifying, "host1-boss", "report-rectification/", {"text": ""}, {"请填写整改情况": "text"}),
    (
        of_selectee, "haidian", "contacts/new/", {"kind": "visit", "happened_date": "昨天", "summary": "走访"},
        {None: "happened_date"},
    ),
    (
        of_selectee, "host1", "information-changes/new/", {"fact": "ends_date", "after": "明年", "because": "推迟"},
        {None: "after"},
    ),
    (
        consented, "host2-boss", "accept/", {"account_name": "新单位", "bank": "某银行", "account_number": "12-34"},
        {"账号应为 8 到 30 位数字，请核对": "account_number"},
    ),
    (accepted, "supervisor", "refuse/", {"reason": ""}, {"请填写理由": "reason"}),
    (of_selectee, "applicant1", "exit/", {"because": ""}, {"请填写退出原因": "because"}),
    (of_selectee, "officer", "exits/new/", {"facts": "核查所见"}, {"请选择事由": "ground"}),
    (wished, "host1-boss", "opine/", {"opinion": ""}, {"请填写意见": "opinion"}),
    (opened, "officer", "notify/", {"reason": ""}, {"请填写告知内容": "reason"}),
    (defended, "officer", "decide/prepare/", {"reason": "事实清楚"}, {"请选择决定": "decision"}),
    (noticed, "host1-boss", "defence/", {"defence": ""}, {"请填写陈述申辩": "defence"}),
    (unpledged, "expert", "pledge/", {}, {None: "agreed"}),
    (staffed, "expert", "recuse/", {"reason": ""}, {"请填写理由": "reason"}),
    (staffed, "expert", "", {"comment": LONG, "then": "save"}, {None: "comment"}),
]  # fmt: skip


@pytest.mark.parametrize(("story", "login", "deed", "typed", "wanted"), TYPED)
def test_wrong_input_is_kept_and_named(world, selectee, browsers, story, login, deed, typed, wanted):
    """A sentence of None: whatever the field of that kind says, it leads to its input."""
    place = story(world, selectee)
    answer = browsers.sends(place.logins.get(login, login), place.below(login) + deed, **typed)
    assert answer.status_code == 422, complaints(answer)
    said = summary(answer)
    assert set(said.values()) == set(wanted.values()), said
    assert {words for words in wanted if words} <= said.keys()
    shown = inputs(answer)
    kept = {name: value for name, value in typed.items() if value.strip() and name != "then"}
    assert {name: shown.get(name) for name in kept} == kept


def test_an_expert_who_is_not_in_the_pool_leads_back_to_it(world, selectee, browsers):
    answer = browsers.sends("officer", checked(world, selectee).below("officer") + "experts/", experts="0")
    assert (answer.status_code, [*summary(answer).values()]) == (422, ["id_experts"])


def test_the_word_of_a_decision_is_typed_before_it_is_done(world, selectee, browsers):
    place = proposed(world, selectee)
    path = place.below("supervisor") + "decide/"
    words = text(browsers("supervisor").get(path))
    assert "取消入选者资格，追回所拨经费" in words and "15.00 万元" in words and "第三十一条（二）4" in words
    answer = browsers.sends("supervisor", path, decision="approve", typed="取消资格")
    assert (answer.status_code, summary(answer)) == (422, {"请输入“取消入选者资格”": "typed"})
    assert now(ExitCase, pk=place.record.pk).state == "notified"
    browsers.does("supervisor", path, decision="approve", typed="取消入选者资格")
    assert now(Selectee, pk=selectee.pk).state == "cancelled"


# --- refused: what stands in the way, with its article; what was typed is kept ---------------------------------------

SCHEDULE = {"kind": "annual", "period": "2026 年度", "due_at": "2026年3月1日 12:00"}
REFUSED = [
    (
        scheduled, "officer", "../../selectees/{selectee}/assessments/new/", SCHEDULE,
        "这一考核期已经安排过考核", "第三十条",
    ),
    (scheduled, "applicant1", "report/", {}, "指标 Z01 还没有填写实际完成值", "第三十条"),
    (reported, "host1", "edit/", {"summary": "再写几句"}, "自评已经提交，不能修改", "第三十条"),
    (
        reported, "host1-boss", "host-review/", {"opinion": "同意"},
        "请填写审核意见，不少于 10 字，现在 2 字", "第三十条",
    ),
    (checked, "officer", "start-expert-review/", {}, "还没有安排考核专家", "第三十条"),
    (rectifying, "officer", "lapse/", {}, "整改期限还没有到", "第三十一条（二）1"),
    (
        of_selectee, "haidian", "contacts/new/",
        {"kind": "visit", "happened_date": "2030年1月1日", "summary": "走访"}, "联系日期不能晚于今天", "第二十八条",
    ),
    (
        of_selectee, "host1", "information-changes/new/",
        {"fact": "ends_date", "after": "2020年1月1日", "because": "提前"}, "培养期止应晚于培养期起", "第二十八条",
    ),
    (of_selectee, "officer", "exits/new/", {"ground": "E3", "facts": "核查所见"}, "不能以此立案", "第三十一条（二）3"),
    (
        wished, "host1-boss", "opine/", {"opinion": "同意"},
        "请填写单位意见，不少于 10 字，现在 2 字", "第三十一条（一）",
    ),
    (
        opened, "officer", "decide/prepare/", {"decision": "cancel", "reason": "清楚"},
        "现在的状态是“立案”", "第三十一条（二）",
    ),
    (
        defended, "officer", "decide/prepare/", {"decision": "suspend", "serious": "on", "reason": "清楚"},
        "只有取消资格且情节严重的才追回经费", "第三十一条（二）",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("story", "login", "deed", "typed", "words", "article"), REFUSED)
def test_a_refusal_cites_its_article_and_keeps_the_input(
    world, selectee, browsers, story, login, deed, typed, words, article
):
    place = story(world, selectee)
    path = place.below(login) + deed
    if deed.startswith(".."):
        path = f"/{space_of(login)}/{deed.removeprefix('../../').format(selectee=selectee.number)}"
    answer = browsers.sends(login, path, **typed)
    assert answer.status_code == 422, complaints(answer)
    said = " ".join(summary(answer))
    assert words in said and f"（{article}）" in said, said
    shown = inputs(answer)
    assert {name: shown.get(name) for name in typed} == typed


# --- stale: somebody else was here meanwhile -------------------------------------------------------------------------

STALE = [
    (
        scheduled, "officer", "extend/", Assessment, {"due_at": "2026年12月31日 12:00", "reason": "设备检修"},
        "2026年12月31日 12:00",
    ),
    (reported, "host1-boss", "host-review/", Assessment, {"opinion": tell.OPINION}, tell.OPINION),
    (checked, "officer", "grade/", Assessment, {"grade": "passed", "basis": tell.BASIS}, tell.BASIS),
    (information_asked, "officer", "refuse/", InformationChange, {"reason": "证件不符"}, "证件不符"),
    (moving, "host1-boss", "oppose/", Transfer, {"reason": "项目在关键阶段"}, "项目在关键阶段"),
    (
        consented, "host2-boss", "accept/", Transfer,
        {"account_name": "新单位", "bank": "某银行", "account_number": "6222000011112222"}, "某银行",
    ),
    (wished, "host1-boss", "opine/", ExitCase, {"opinion": tell.OPINION}, tell.OPINION),
    (opened, "officer", "notify/", ExitCase, {"reason": "拟取消资格"}, "拟取消资格"),
    (noticed, "host1-boss", "defence/", ExitNotice, {"defence": "与事实不符"}, "与事实不符"),
]  # fmt: skip


@pytest.mark.parametrize(("story", "login", "deed", "model", "typed", "shown"), STALE)
def test_an_old_page_changes_nothing_and_gives_back_what_was_typed(
    world, selectee, browsers, story, login, deed, model, typed, shown
):
    place = story(world, selectee)
    path, browser = place.below(login) + deed, browsers(login)
    before = envelope(browser.get(path))
    with everything(because=Because.SEED):  # somebody else has changed the row since the page was shown
        standing = model.objects.get(pk=place.record.pk)
        model.objects.filter(pk=standing.pk).update(version=standing.version + 1)
        rows = model.objects.values().get(pk=standing.pk)
    answer = browser.post(path, {**before, **typed})
    assert answer.status_code == 409 and shown in text(answer), answer.status_code
    with everything(because=Because.CHECK_INVARIANTS):
        assert model.objects.values().get(pk=standing.pk) == rows


@pytest.mark.parametrize(("story", "login", "typed"), [
    (scheduled, "host1", {"summary": "我写的小结"}),
    (staffed, "expert", {"comment": "我写的意见", "then": "save"}),
])  # fmt: skip
def test_a_long_form_stays_filled_in_when_another_hand_saved(world, selectee, browsers, story, login, typed):
    place = story(world, selectee)
    who, path = place.logins.get(login, login), place.below(login) + ("edit/" if login == "host1" else "")
    first, second = browsers(who), browsers(who)
    mine, theirs = inputs(first.get(path)), inputs(second.get(path))
    (name,) = typed.keys() - {"then"}
    assert second.post(path, {**theirs, **typed, name: "另一处写的"}).status_code == 302
    answer = first.post(path, {**mine, **typed})
    assert (answer.status_code, inputs(answer)[name]) == (409, typed[name])
    assert "刚刚在另一处保存过" in text(answer)
    assert first.post(path, {**inputs(answer), **typed}).status_code == 302


# --- what a page costs -----------------------------------------------------------------------------------------------


def more_assessments(world, selectee, number: int) -> None:
    tell.scheduled(world, selectee, period=f"第 {number} 期")


def more_contacts(world, selectee, number: int) -> None:
    tell.contacted(world, selectee)


def more_changes(world, selectee, number: int) -> None:
    fact, after = [("name", "新名"), ("field", "新领域"), ("ends_date", "2030-01-01")][number]
    tell.later(world)
    with world.acting("host1") as actor:
        mine = Selectee.objects.get(pk=selectee.pk)
        tracking.request_change(mine, actor=actor, at=world.at, fact=fact, after=after, because="原因")


def more_transfers(world, selectee, number: int) -> None:
    tell.by(world, "applicant1", transfers.withdraw, moving(world, selectee).record)


def more_exits(world, selectee, number: int) -> None:
    tell.by(world, "applicant1", exits.withdraw, asked(world, selectee))


def more_notices(world, selectee, number: int) -> None:
    case = decided(world, tell.defended(world, tell.notified(world, docket(world, selectee))), "none")
    tell.by(world, "officer", exits.dismiss, case)


LISTS = {
    ("assessments", more_assessments): ("host1", "haidian", "officer"),
    ("contacts", more_contacts): ("haidian", "officer"),
    ("information-changes", more_changes): ("host1", "officer"),
    ("transfers", more_transfers): ("host1", "officer"),
    ("exits", more_exits): ("host1", "officer"),
    ("exit-notices", more_notices): ("host1", "applicant1"),
}
MODELS = {
    "assessments": Assessment,
    "contacts": ContactRecord,
    "information-changes": InformationChange,
    "transfers": Transfer,
    "exits": ExitCase,
    "exit-notices": ExitNotice,
}


@pytest.mark.parametrize("listing", LISTS)
def test_a_list_of_three_costs_what_a_list_of_one_costs(world, selectee, browsers, listing):
    (path, one_more), logins = listing, LISTS[listing]
    costs: dict[str, list[int]] = {login: [] for login in logins}
    for number in range(3):
        one_more(world, selectee, number)
        for login in logins:
            costs[login].append(questions(browsers(login), f"/{space_of(login)}/{path}/"))
    with everything(because=Because.CHECK_INVARIANTS):
        assert MODELS[path].objects.count() == 3
    assert all(each[0] == each[2] <= MOST for each in costs.values()), costs


COSTLY = {
    **{story: [login for login, status in readers.items() if status == 200] for story, readers in READERS.items()},
    of_selectee: ["applicant1", "host1", "haidian", "officer", "supervisor"],
    checked: ["host1-boss", "haidian", "officer", "supervisor"],
    rectifying: ["host1-boss", "officer"],
    accepted: ["applicant1", "host1-boss", "officer", "supervisor"],
    defended: ["officer", "supervisor", "finance"],
    proposed: ["officer", "supervisor"],
}


@pytest.mark.parametrize("story", COSTLY)
def test_a_record_costs_little(world, selectee, browsers, story):
    place, readers = story(world, selectee), COSTLY[story]
    costs = {login: questions(browsers(login), place.below(login)) for login in readers}
    assert {login: cost for login, cost in costs.items() if cost > MOST} == {}


def test_an_experts_desk_costs_the_same_with_each_task(world, selectee, other, browsers):
    place = staffed(world, selectee)
    login = place.logins["expert"]
    one = questions(browsers(login), "/expert/assessments/")
    row = tell.checked(world, tell.reported(world, tell.scheduled(world, other)))
    tell.by(world, "officer", experts.assign, row, experts=[place.record.expert_id])
    tell.by(world, "officer", experts.start_review, row)
    assert one == questions(browsers(login), "/expert/assessments/") <= MOST
    assert questions(browsers(login), place.below("expert")) <= MOST
