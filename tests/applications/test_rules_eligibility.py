"""Every finding of 第八条 and 第十条, at and on both sides of each boundary. All people and units are fictional."""

import json
from dataclasses import replace
from datetime import date

import pytest

from applications.rules import ELIGIBILITY, Facts, PolicyParameters, evaluate, facts_of
from applications.rules.applicant import age_on
from portal.regulation.articles import Article
from portal.regulation.rules import Finding, Verdict

PASS, FAIL, CHECK, PRIORITY = Verdict.PASS, Verdict.FAIL, Verdict.CHECK, Verdict.PRIORITY
POLICY = PolicyParameters.for_year(2026, date(2026, 10, 15))
POLICY_2022 = PolicyParameters.for_year(2022, date(2022, 10, 15))

GOOD = Facts(
    uscc="91110302MA000000B0",
    enterprise_type="limited",
    district="110108",
    ip_count=12,
    core_technology="自主研发的封装工艺，行业领先，已获 12 项专利。",
    training_system="导师制与轮岗结合。",
    host_partners=({"name": "京华工程大学", "kind": "university", "from": "2020-01"},),
    id_type="resident_id",
    id_number="110101198503020024",
    gender="female",
    birth_date=date(1985, 3, 2),
    age_branch="general",
    has_discipline=False,
    has_dishonesty=False,
    is_classified_person=False,
    work=({"unit": "甲厂", "engineering_role": "design", "from": "2010-07"},),
    projects=({"name": "封装线", "role": "lead", "is_key": True, "from": "2020-01", "to": "2023-06"},),
    is_core=True,
    title_level="senior",
    title_name="高级工程师",
    has_young_award=False,
    main_field="2441-03",
    urgent_direction="先进封装",
    key_problem="解决了翘曲问题。",
    plan_partners=({"name": "京华工程大学", "kind": "university", "mode": "dual_mentor"},),
    cycle_fields={"2441-03": "集成电路"},
)


def find(rule: str, facts: Facts = GOOD, policy: PolicyParameters = POLICY, **changes) -> Finding:
    return next(each for each in evaluate(replace(facts, **changes), policy) if each.rule == rule)


def test_a_good_application_passes_every_rule():
    assert {(each.rule, each.verdict) for each in evaluate(GOOD, POLICY)} == {
        (judge.rule.name, PASS) for judge in ELIGIBILITY}  # fmt: skip


def test_nothing_filled_in_is_never_called_ineligible():
    findings = evaluate(Facts(), POLICY)
    assert len(findings) == len(ELIGIBILITY)
    assert {each.verdict for each in findings} == {PASS, CHECK}
    assert {each.rule for each in findings if each.verdict == PASS} == {
        "host_platforms", "host_qualifications", "young_award", "secrecy_words", "other_programmes"}  # fmt: skip


def test_every_condition_of_articles_8_and_10_has_its_finding_in_the_order_of_the_text():
    cited = [each.article for each in evaluate(GOOD, POLICY)]
    assert cited == sorted(cited)
    conditions = {Article(8, 1, n) for n in range(1, 6)} | {Article(8, 2, n) for n in range(1, 7)}
    assert conditions | {Article(9), Article(10)} <= set(cited)


def test_every_finding_is_json_with_label_and_article():
    for facts in (GOOD, Facts()):
        for each in evaluate(facts, POLICY):
            assert each.label and each.message and each.article
            assert Finding.from_data(json.loads(json.dumps(each.as_data()))) == each


# --- 8(1)1 -----------------------------------------------------------------------------------------------------------


def test_a_code_registered_in_beijing_passes():
    assert str(find("host_enterprise")) == "统一社会信用代码校验通过，登记机关区划 110302 在北京（第八条（一）1）"
    assert find("host_enterprise", attached=frozenset({"business_licence"})).evidence == ("business_licence",)


@pytest.mark.parametrize(
    ("changes", "verdict", "message"),
    [
        ({"uscc": ""}, CHECK, "尚未填写统一社会信用代码"),
        ({"uscc": "91110302MA000000B1"}, FAIL, "统一社会信用代码校验不通过，请对照营业执照逐位核对"),
        ({"uscc": "91350100M000100Y43"}, CHECK, "登记机关区划 350100 不在北京，注册地待核实，以营业执照为准"),
        ({"uscc": "92110302MA000000B8"}, FAIL, "个体工商户不是企业法人，请由企业法人申报"),
        ({"uscc": "12110302MA000000B9"}, CHECK, "代码前两位不是 91，企业法人身份待核实，以营业执照为准"),
        ({"enterprise_type": "branch"}, FAIL, "分公司（非法人）不是独立企业法人，请由具有法人资格的单位申报"),
        ({"enterprise_type": "partnership"}, FAIL, "合伙企业不是独立企业法人，请由具有法人资格的单位申报"),
        ({"enterprise_type": "other"}, CHECK, "企业类型为“其他”，法人身份待核实，以营业执照为准"),
        ({"enterprise_type": ""}, PASS, "统一社会信用代码校验通过，登记机关区划 110302 在北京"),
    ],
)
def test_host_enterprise(changes, verdict, message):
    from stdnum.cn import uscc

    code = changes.get("uscc", "")
    if code[:2] in ("92", "12"):  # the check digit follows the category
        changes = {"uscc": code[:17] + uscc.calc_check_digit(code[:17])}
    found = find("host_enterprise", **changes)
    assert (found.verdict, found.message) == (verdict, message)


# --- 8(1)2, 8(1)3 ----------------------------------------------------------------------------------------------------


def test_host_technology_needs_property_of_its_own():
    assert find("host_technology", ip_count=1).verdict == PASS
    found = find("host_technology", ip_count=0)
    assert (found.verdict, found.message) == (FAIL, "自主知识产权 0 项，至少应有 1 项")
    assert find("host_technology", core_technology="").verdict == CHECK


@pytest.mark.parametrize(
    ("partners", "verdict"),
    [
        ([{"name": "某大学", "kind": "university", "from": "2020-01", "to": "2026-10"}], PASS),
        ([{"name": "某大学", "kind": "university", "from": "2020-01", "to": "2026-09"}], CHECK),
        ([{"name": "某所", "kind": "institute", "from": "2020-01"}], PASS),
        ([{"name": "某学会", "kind": "society", "from": "2020-01"}], FAIL),
        ([{"name": "某企业", "kind": "enterprise"}, {"name": "某大学", "kind": "university"}], PASS),
        ([{"name": "某企业"}], FAIL),
        ([], CHECK),
    ],
)
def test_host_training_needs_a_university_or_institute(partners, verdict):
    assert find("host_training", host_partners=tuple(partners)).verdict == verdict


# --- 8(1)4, 8(1)5: tags only -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("platform", "verdict", "message"),
    [
        ({"kind": "key_laboratory", "level": "municipal"}, PRIORITY, "封装实验室"),
        ({"kind": "key_laboratory", "level": "national", "valid_until": "2026-10-15"}, PRIORITY, "封装实验室"),
        ({"kind": "key_laboratory", "level": "district"}, PASS, "没有登记市级及以上科研平台，不影响申报"),
        ({"kind": "rnd_institution", "level": "district"}, PRIORITY, "封装实验室"),
        (
            {"kind": "key_laboratory", "level": "municipal", "valid_until": "2026-10-14"},
            PASS,
            "封装实验室已于 2026年10月14日 到期，不计；没有登记市级及以上科研平台，不影响申报",
        ),
    ],
)
def test_platforms_are_a_tag(platform, verdict, message):
    found = find("host_platforms", platforms=({"name": "封装实验室", **platform},))
    assert (found.verdict, found.message, found.blocks) == (verdict, message, False)


def test_qualifications_are_a_tag_and_expired_ones_do_not_count():
    rows = (
        {"kind": "high_tech", "number": "GR1", "valid_until": "2026-12-01"},
        {"kind": "champion", "number": "C1", "valid_until": "2025-12-01"},
        {"kind": "other", "number": "X"},
    )
    found = find("host_qualifications", qualifications=rows)
    assert found.verdict == PRIORITY
    assert found.message == "高新技术企业；制造业单项冠军企业已于 2025年12月1日 到期，不计"
    assert find("host_qualifications", qualifications=rows[1:]).verdict == PASS


# --- 8(2)1, 14, 8(2)2 ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("id_type", "number", "verdict"),
    [
        ("resident_id", "11010519491231002X", PASS),
        ("resident_id", "110105194912310021", FAIL),
        ("hk_macao_permit", "810000199001010011", CHECK),
        ("overseas_passport", "E12345678", CHECK),
        ("foreign_passport", "X1234567", FAIL),
        ("", "11010519491231002X", CHECK),
        ("resident_id", "", CHECK),
    ],
)
def test_nationality(id_type, number, verdict):
    assert find("nationality", id_type=id_type, id_number=number).verdict == verdict


def test_a_difference_from_the_identity_number_is_for_people():
    number = "11010519491231002X"
    same = find("identity_agrees", id_number=number, birth_date=date(1949, 12, 31), gender="female")
    assert same.verdict == PASS
    other = find("identity_agrees", id_number=number, birth_date=date(1949, 12, 30), gender="male")
    assert (other.verdict, other.message) == (CHECK, "出生日期、性别与居民身份证号不一致，请核对")


@pytest.mark.parametrize(
    ("changes", "verdict", "article"),
    [
        ({}, PASS, Article(8, 2, 2)),
        ({"has_discipline": None}, CHECK, Article(8, 2, 2)),
        ({"has_discipline": True}, FAIL, Article(8, 2, 2)),
        ({"has_dishonesty": True}, FAIL, Article(8, 2, 2)),
        ({"is_classified_person": True}, FAIL, Article(14)),
        ({"is_classified_person": True, "attached": frozenset({"confidentiality_review"})}, CHECK, Article(8, 2, 2)),
    ],
)
def test_ethics(changes, verdict, article):
    found = find("ethics", **changes)
    assert (found.verdict, found.article) == (verdict, article)


# --- 8(2)3 -----------------------------------------------------------------------------------------------------------

EXCEPTIONAL = {
    "age_branch": "exceptional",
    "exceptional_reason": "优" * 100,
    "attached": frozenset({"exceptional_proof"}),
    "exceptional_confirmed": True,
}


@pytest.mark.parametrize(
    ("born", "verdict", "message"),
    [
        (date(1977, 1, 1), PASS, "45 岁，不超过 45 岁"),
        (date(1976, 12, 31), PASS, "46 岁，超过 45 岁；走特别优秀通道，推荐单位已确认"),
        (date(1972, 1, 1), PASS, "50 岁，超过 45 岁；走特别优秀通道，推荐单位已确认"),
        (date(1971, 12, 31), FAIL, "51 岁，超过 50 岁（1972年1月1日以后出生）"),
    ],
)
def test_age_at_the_cut_offs_of_2022(born, verdict, message):
    found = find("age", policy=POLICY_2022, birth_date=born, **EXCEPTIONAL)
    assert (found.verdict, found.message) == (verdict, message)


def test_the_cut_off_day_itself_can_be_outside():
    strict = PolicyParameters.for_year(2022, date(2022, 10, 15), birth_cutoff_inclusive=False)
    assert find("age", policy=strict, birth_date=date(1977, 1, 1)).verdict == FAIL
    assert find("age", policy=strict, birth_date=date(1977, 1, 2)).verdict == PASS
    assert find("age", policy=strict, birth_date=date(1972, 1, 1), **EXCEPTIONAL).verdict == FAIL
    assert find("age", policy=strict, birth_date=date(1972, 1, 2), **EXCEPTIONAL).verdict == PASS


@pytest.mark.parametrize(
    ("lacking", "verdict", "message"),
    [
        (
            {"age_branch": "general"},
            FAIL,
            "46 岁，超过 45 岁；可走第八条（二）3 特别优秀：在年龄通道选“特别优秀”，写明理由并附证明",
        ),
        ({"exceptional_reason": "优" * 99}, FAIL, "46 岁，超过 45 岁；特别优秀的理由至少 100 字，还差 1 字"),
        ({"attached": frozenset()}, FAIL, "46 岁，超过 45 岁；走特别优秀通道，请上传证明材料"),
        ({"exceptional_confirmed": None}, CHECK, "46 岁，超过 45 岁；走特别优秀通道，待推荐单位确认"),
        ({"exceptional_confirmed": False}, FAIL, "46 岁，超过 45 岁；推荐单位没有确认特别优秀"),
    ],
)
def test_between_the_cut_offs_says_what_is_still_needed(lacking, verdict, message):
    found = find("age", policy=POLICY_2022, birth_date=date(1976, 6, 1), **{**EXCEPTIONAL, **lacking})
    assert (found.verdict, found.message) == (verdict, message)


def test_choosing_the_exceptional_branch_does_no_harm_to_the_young():
    assert find("age", age_branch="exceptional").verdict == PASS


def test_age_tells_the_figures_it_used_without_the_birth_date():
    assert find("age").figures == {
        "age": 41, "age_on": "2026-12-31", "ordinary_cutoff": "1981-01-01", "exceptional_cutoff": "1976-01-01",
        "inclusive": True}  # fmt: skip


def test_full_years_change_on_the_birthday():
    assert [age_on(date(1985, 3, 2), date(2026, 3, day)) for day in (1, 2)] == [40, 41]
    assert [age_on(date(1984, 2, 29), date(2025, month, day)) for month, day in ((2, 28), (3, 1))] == [40, 41]


# --- 8(2)4, 8(2)5 ----------------------------------------------------------------------------------------------------


def work(*stretches):
    return tuple({"engineering_role": role, "from": start, "to": end} for role, start, end in stretches)


@pytest.mark.parametrize(
    ("rows", "verdict", "message"),
    [
        ([("design", "2018-11", None)], PASS, "工程技术工作 8 年（≥ 8 年）"),
        ([("design", "2018-12", None)], FAIL, "工程技术工作 7 年 11 个月，距 8 年还差 1 个月"),
        (
            [("design", "2014-03", "2018-06"), ("production", "2017-01", "2020-12")],
            FAIL,
            "工程技术工作 6 年 10 个月，距 8 年还差 1 年 2 个月，重叠月份只算一次",
        ),
        (
            [("design", "2019-02", None), ("other", "2018-11", "2019-06")],
            CHECK,
            "工程技术工作 7 年 9 个月，另有“其他”岗位 3 个月，待核实是否计入",
        ),
        ([("other", "2020-01", None)], FAIL, "工程技术工作 6 年 10 个月，距 8 年还差 1 年 2 个月"),
        (
            [("evaluation", "2010-01", "2012-12"), ("management", "2015-01", "2019-12")],
            PASS,
            "工程技术工作 8 年（≥ 8 年）",
        ),
    ],
)
def test_engineering_years(rows, verdict, message):
    found = find("engineering_years", work=work(*rows))
    assert (found.verdict, found.message) == (verdict, message)


def test_engineering_years_say_which_months_were_counted():
    found = find("engineering_years", work=work(("design", "2014-03", "2018-06"), ("design", "2017-01", "2020-12")))
    assert found.figures == {
        "months": 82, "counted": [["2014-03", "2020-12"]], "overlaps": [["2017-01", "2018-06"]], "needed": 96,
        "until": "2026-10", "with_doubtful": 82}  # fmt: skip


def projects(*rows):
    return tuple({"role": role, "is_key": is_key, "from": start, "to": end} for role, is_key, start, end in rows)


@pytest.mark.parametrize(
    ("rows", "verdict", "message"),
    [
        ([("lead", True, "2020-01", "2022-12")], PASS, "主持重点项目 3 年（≥ 3 年）"),
        ([("lead", True, "2020-01", "2022-11")], FAIL, "主持重点项目 2 年 11 个月，距 3 年还差 1 个月"),
        ([("key_member", True, "2010-01", None)], FAIL, "主持重点项目 0 个月，距 3 年还差 3 年"),
        ([("co_lead", True, "2020-01", "2022-12")], CHECK,
         "主持重点项目 0 个月，另有联合主持或非重点项目 3 年，待核实是否计入"),
        ([("lead", False, "2020-01", "2022-12")], CHECK,
         "主持重点项目 0 个月，另有联合主持或非重点项目 3 年，待核实是否计入"),
        ([("lead", True, "2020-01", "2021-12"), ("lead", True, "2021-01", "2022-12")], PASS,
         "主持重点项目 3 年（≥ 3 年），重叠月份只算一次"),
        ([("lead", True, "2026-01", "2029-12")], FAIL, "主持重点项目 10 个月，距 3 年还差 2 年 2 个月"),
    ],
)  # fmt: skip
def test_leading_years(rows, verdict, message):
    found = find("leading_years", projects=projects(*rows))
    assert (found.verdict, found.message) == (verdict, message)


def test_proof_is_named_as_evidence():
    attached = frozenset({"employment_proof", "project_proof"})
    assert find("engineering_years", attached=attached).evidence == ("employment_proof",)
    assert find("leading_years", attached=attached).evidence == ("project_proof",)


def test_the_unit_says_who_is_its_key_trainee():
    assert [find("key_trainee", is_core=answer).verdict for answer in (True, False, None)] == [PASS, FAIL, CHECK]


# --- 8(2)6 -----------------------------------------------------------------------------------------------------------

CONTRIBUTION = {
    "title_level": "engineer",
    "contribution_branch": True,
    "contribution": "突破了关键封装技术。",
    "attached": frozenset({"contribution_proof"}),
}


@pytest.mark.parametrize(
    ("changes", "verdict", "message"),
    [
        ({}, PASS, "具有高级工程师（高级工程师）职称"),
        ({"title_level": "professor", "title_name": ""}, PASS, "具有正高级工程师职称"),
        ({"title_level": ""}, CHECK, "尚未填写职称"),
        (
            {"title_level": "engineer"},
            FAIL,
            "职称为工程师；有突出贡献的可走第八条（二）6 突出贡献：写明贡献并附佐证",
        ),
        (CONTRIBUTION, CHECK, "以突出贡献申报，待推荐单位在推荐意见中写明"),
        ({**CONTRIBUTION, "contribution": ""}, FAIL, "以突出贡献申报，请写明关键技术突破或成果转化等方面的贡献"),
        ({**CONTRIBUTION, "attached": frozenset()}, FAIL, "以突出贡献申报，请上传至少 1 项佐证"),
    ],
)
def test_title(changes, verdict, message):
    found = find("title", **changes)
    assert (found.verdict, found.message) == (verdict, message)


# --- 4, 5, 7, 9, 10, 14 ----------------------------------------------------------------------------------------------


def test_the_award_for_young_engineers_is_a_tag():
    found = find("young_award", has_young_award=True, young_award="第三届")
    assert (found.verdict, found.message) == (PRIORITY, "北京优秀青年工程师奖获奖者（第三届）")


def test_only_the_fields_of_the_year_are_taken():
    found = find("field_of_the_year", main_field="2441-04")
    assert (found.verdict, found.message) == (FAIL, "主申报领域不在本年度支持的领域内，请改选：集成电路")


@pytest.mark.parametrize(("kind", "verdict"), [("society", PASS), ("institute", PASS), ("enterprise", FAIL)])
def test_the_plan_needs_a_partner_that_teaches(kind, verdict):
    assert find("joint_training", plan_partners=({"name": "某", "kind": kind},)).verdict == verdict


@pytest.mark.parametrize(
    ("text", "verdict"), [("绝密★ 二十年", FAIL), ("不涉及国家秘密", CHECK), ("封装工艺保密性好", PASS)]
)
def test_marks_of_secrecy_stop_and_other_words_are_shown(text, verdict):
    assert find("secrecy_words", texts=("好", text)).verdict == verdict


def test_other_programmes_are_a_hint():
    found = find("other_programmes", other_programmes=({"name": "科技新星"},))
    assert (found.verdict, found.message) == (CHECK, "已入选科技新星，请核对支持期")


# --- parameters and facts --------------------------------------------------------------------------------------------


def test_parameters_come_from_the_policy_version_and_the_cycle():
    policy = PolicyParameters.of(
        {"ordinary_years": 40, "engineering_months": 120},
        birth_cutoff_ordinary=date(1986, 1, 1),
        birth_cutoff_exceptional=date(1981, 1, 1),
        count_until=date(2026, 10, 15),
    )
    assert (policy.age_on, policy.engineering_months, policy.lead_months) == (date(2026, 12, 31), 120, 36)
    assert find("engineering_years", policy=policy, work=work(("design", "2016-12", None))).message == (
        "工程技术工作 9 年 11 个月，距 10 年还差 1 个月"
    )
    assert find("age", policy=policy).message.startswith("41 岁，超过 40 岁")


def test_an_unknown_parameter_raises():
    with pytest.raises(KeyError):
        PolicyParameters.for_year(2026, date(2026, 10, 15), colour="red")


def test_facts_are_taken_from_the_clean_content():
    content = {
        "basic": {
            "field": "2441-03", "id_type": "resident_id", "id_number": "11010519491231002X", "gender": "female",
            "birth_date": "1985-03-02", "is_core": True, "key_problem": "绝密★",
            "other_programmes": [{"name": "科技新星", "from": "2020-01"}],
        },
        "experience": {"work": [{"engineering_role": "design", "from": "2010-07"}]},
        "projects": {"projects": [{"role": "lead", "is_key": True, "from": "2020-01"}]},
        "plan": {"partners": [{"name": "某学会", "kind": "society"}]},
        "unit": {"uscc": "91110302MA000000B0", "ip_count": 3, "platforms": [{"kind": "rnd_institution"}]},
        "conditions": {"training_system": "有", "partners": [{"name": "某大学", "kind": "university"}]},
    }  # fmt: skip
    facts = facts_of(content, cycle_fields={"2441-03": "集成电路"}, attached=["id_card"], exceptional_confirmed=True)
    assert (facts.main_field, facts.birth_date, facts.ip_count) == ("2441-03", date(1985, 3, 2), 3)
    assert facts.plan_partners == ({"name": "某学会", "kind": "society"},)
    assert facts.host_partners == ({"name": "某大学", "kind": "university"},)
    assert facts.attached == {"id_card"} and facts.exceptional_confirmed is True
    assert find("secrecy_words", facts).verdict == FAIL
    assert facts_of({}, cycle_fields={}) == Facts()
