import copy
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.form_schema import (
    BadDefinition,
    State,
    UnknownField,
    clean_content,
    completeness,
    default_data,
    default_definition,
    draft_of,
    parse_definition,
    shown,
    typed_again,
    validate_section,
)

TODAY = date(2026, 10, 12)

SMALL = {
    "version": "1",
    "label": "小表",
    "sections": [
        {"key": "person", "label": "个人", "group": "applicant", "fields": [
            {"key": "name", "label": "姓名", "type": "person_name", "max": 10, "required": True, "level": "P1"},
            {"key": "kind", "label": "证件类型", "type": "choice", "options": "id_types", "required": True},
            {"key": "number", "label": "证件号码", "type": "id_number", "level": "P2",
             "checked_when": {"kind": ["resident_id"]}, "required": True},
            {"key": "born", "label": "出生日期", "type": "date", "past": True},
            {"key": "band", "label": "通道", "type": "choice", "options": [["a", "甲"], ["b", "乙"]]},
            {"key": "reason", "label": "理由", "type": "longtext", "min": 5, "max": 10,
             "required_when": {"band": ["b"]}},
            {"key": "mail", "label": "电子邮箱", "type": "email"},
            {"key": "mobile", "label": "手机", "type": "mobile"},
            {"key": "code", "label": "信用代码", "type": "uscc"},
            {"key": "age", "label": "年龄", "type": "integer", "min": 18, "max": 60},
            {"key": "few", "label": "至少", "type": "integer", "min": 3},
            {"key": "wants", "label": "方式", "type": "multichoice", "options": "cooperation_modes", "max": 2},
            {"key": "honest", "label": "是否诚信", "type": "boolean", "must_be": True, "refusal": "不诚信不能提交"}]},
        {"key": "work", "label": "工作", "group": "host", "editors": ["host"], "attachments": ["employment_proof"],
         "fields": [
            {"key": "rows", "label": "经历", "row_label": "工作经历", "type": "records", "required": True, "min": 1,
             "max": 2, "period": ["from", "to"], "fields": [
                {"key": "unit", "label": "单位", "type": "text", "max": 5, "required": True},
                {"key": "from", "label": "开始时间", "type": "month", "past": True, "required": True},
                {"key": "to", "label": "结束时间", "type": "month"},
                {"key": "pay", "label": "金额", "type": "money_wan", "min": 0, "max": 100}]},
            {"key": "finished", "label": "写好了吗", "type": "finished", "options": "written_yet", "required": True}]},
    ],
}  # fmt: skip
FORM = parse_definition(SMALL)
PERSON = {"name": "王敏", "kind": "resident_id", "number": "11010519491231002X"}
ROW = {"unit": "甲厂", "from": "2014-03"}


def person(**values):
    return validate_section(FORM, "person", PERSON | values, as_of=TODAY)


def error(**values):
    clean, errors = person(**values)
    assert set(errors) == set(values)
    assert not set(values) & set(clean)
    return next(iter(errors.values()))


def work(*rows, **values):
    return validate_section(FORM, "work", {"rows": list(rows), "finished": "done", **values}, as_of=TODAY)


# --- definition ------------------------------------------------------------------------------------------------------


def changed(path, **values):
    data = copy.deepcopy(SMALL)
    place = data
    for step in path:
        place = place[step]
    place.update(values)
    return data


FIELD = ("sections", 0, "fields", 0)


@pytest.mark.parametrize("data", [
    changed((), colour="red"),
    changed(("sections", 0), colour="red"),
    changed(("sections", 0), group="everybody"),
    changed(("sections", 0), editors=["expert"]),
    changed(("sections", 0), editors=[]),
    changed(("sections", 0), checks=["wishful"]),
    changed(("sections", 0), attachments=["dream"]),
    changed(("sections", 0), fields=[]),
    changed(("sections", 1), key="person"),
    changed(FIELD, colour="red"),
    changed(FIELD, type="essay"),
    changed(FIELD, level="P9"),
    changed(FIELD, editors=["expert"]),
    changed(FIELD, max=None),
    changed(FIELD, options="genders"),
    changed(FIELD, key="kind"),
    changed(FIELD, key="id"),
    changed(FIELD, key="na me"),
    changed(FIELD, fields=[{"key": "a", "label": "a", "type": "date"}]),
    changed(FIELD, period=["from", "to"]),
    changed(FIELD, must_be=True, refusal="不"),
    changed(FIELD, required_when={"nobody": [1]}),
    changed(("sections", 0, "fields", 1), filter={"version": "none"}),
    changed(("sections", 0, "fields", 2), checked_when={"nobody": [1]}),
    changed(("sections", 0, "fields", 12), refusal=""),
    changed(("sections", 1, "fields", 0), fields=[]),
    changed(("sections", 1, "fields", 0), period=["from"]),
    changed(("sections", 1, "fields", 0), period=["from", "until"]),
    {"version": "1", "label": "x", "sections": []},
    {"version": "1", "sections": SMALL["sections"]},
])  # fmt: skip
def test_a_definition_that_cannot_be_used_is_refused(data):
    with pytest.raises(BadDefinition):
        parse_definition(data)


def test_the_default_form_has_the_nine_pages_in_order():
    assert [section.label for section in default_definition()] == [
        "基本信息", "教育与工作经历", "主持项目情况", "主要业绩与创新成果", "知识产权与获奖",
        "培养计划与年度目标", "经费预算", "单位基本情况", "培养条件与支持措施"]  # fmt: skip
    assert [section.key for section in default_definition() if section.group == "host"] == ["unit", "conditions"]


def test_the_default_data_is_a_fresh_copy_for_each_cycle():
    default_data()["sections"].clear()
    assert parse_definition(default_data()) == default_definition()


def test_sensitive_fields_are_named():
    assert default_definition().of_level("P2")[:2] == ["basic.id_number", "basic.mobile"]
    assert "experience.education.certificate_number" in default_definition().of_level("P1")


def test_fields_are_found_by_path_and_unknown_ones_raise():
    assert FORM.at("work.rows.1.unit").label == "单位"
    assert FORM.at("person.name").label == "姓名"
    for path in ("person.nothing", "nowhere.name", "work.rows.0.nothing"):
        with pytest.raises(UnknownField):
            FORM.at(path)
    with pytest.raises(UnknownField):
        validate_section(FORM, "person", {"colour": "red"}, as_of=TODAY)


def test_a_cycle_can_narrow_the_options_of_a_choice():
    narrowed = default_definition().with_options("basic.field", [("2441-03", "集成电路")])
    assert narrowed["basic"]["field"].choices == [("2441-03", "集成电路")]
    assert len(default_definition()["basic"]["field"].choices) == 16
    _, errors = validate_section(narrowed, "basic", {"field": "2441-04"}, as_of=TODAY)
    assert errors["field"] == "主申报领域没有这个选项，请重新选择"


def test_the_unit_alone_says_who_is_its_key_trainee():
    basic = default_definition()["basic"]
    assert basic["is_core"].editors == ("host",)
    assert basic["name"].editors == ("applicant", "host")
    assert default_definition()["unit"]["uscc"].editors == ("host",)


# --- single values ---------------------------------------------------------------------------------------------------


def test_a_right_page_has_no_errors_and_leaves_empty_fields_out():
    assert person(born="  ", mail=None, wants=[]) == (PERSON, {})


@pytest.mark.parametrize(
    "typed",
    ["1985年3月2日", "1985-03-02", "1985/3/2", "1985.3.2", "19850302", "１９８５年３月２日", " 1985 - 3 - 2 "],
)
def test_dates_are_read_however_they_are_written(typed):
    assert person(born=typed)[0]["born"] == "1985-03-02"


@pytest.mark.parametrize("typed", ["1985年3月", "3月2日", "1985-02-30", "1985-13-01", "0000-01-01", "昨天"])
def test_dates_that_cannot_be_read_show_how_to_write_them(typed):
    assert error(born=typed) == "出生日期请写成 2021年3月5日 或 2021-03-05"


@pytest.mark.parametrize(
    "typed", ["2021年3月", "2021-03", "2021/3", "2021.03", "202103", "２０２１年３月", "2021年3", "2021年3月5日"]
)
def test_months_are_read_however_they_are_written(typed):
    assert work(ROW | {"from": typed})[0]["rows"][0]["from"] == "2021-03"


@pytest.mark.parametrize("typed", ["2021年13月", "2021", "三月", "2021-00", "2021年2月30日"])
def test_months_that_cannot_be_read_show_how_to_write_them(typed):
    clean, errors = work(ROW | {"from": typed})
    assert errors == {"rows.0.from": "开始时间请写成 2021年3月 或 2021-03"}
    assert clean["rows"] == [{"unit": "甲厂"}]


def test_past_dates_may_be_today_but_not_later():
    assert person(born="2026-10-12")[1] == {}
    assert error(born="2026-10-13") == "出生日期不能晚于今天"
    assert work(ROW | {"from": "2026-10"})[1] == {}
    assert work(ROW | {"from": "2026-11"})[1] == {"rows.0.from": "开始时间不能晚于今天"}


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("30", 30_000_000),
        ("30.5", 30_500_000),
        ("１，０００.25万元", None),
        ("-1", None),
        ("0", 0),
        ("99.99 万元", 99_990_000),
        ("1,0", 10_000_000),
        (30_000_000, 30_000_000),
    ],
)
def test_money_is_typed_in_wan_and_kept_in_fen(typed, fen):
    clean, errors = work(ROW | {"pay": typed})
    if fen is None:
        assert errors == {"rows.0.pay": "金额应在 0 到 100 之间"}
    else:
        assert (clean["rows"][0]["pay"], errors) == (fen, {})


@pytest.mark.parametrize("typed", ["三十", "1.234", "1e400", "NaN", "Infinity", "--1", True])
def test_money_that_cannot_be_read_says_the_unit(typed):
    assert work(ROW | {"pay": typed})[1] == {"rows.0.pay": "金额请写成数字，最多 2 位小数，单位万元"}


def test_integers_are_bounded():
    assert person(age="４５")[0]["age"] == 45
    assert error(age="17") == "年龄应在 18 到 60 之间"
    assert error(age="61") == "年龄应在 18 到 60 之间"
    assert error(age="4.5") == "年龄请写成整数"
    assert error(age=True) == "年龄请写成整数"
    assert error(few="2") == "至少不能小于 3"
    assert person(age="18")[1] == {} == person(age="60")[1]


def test_text_is_counted_as_people_count_it():
    long = "一二三四五六七八九十\r\n"
    assert person(band="b", reason=long)[0]["reason"] == "一二三四五六七八九十"
    assert error(reason="一二三四五六七八九十甲乙") == "理由最多 10 字，现在 12 字，请删减 2 字"
    assert error(reason="𠀀𠀁") == "理由至少 5 字，现在 2 字，请补充 3 字"


def test_text_drops_what_no_database_can_hold():
    assert person(name="王\x00敏\ud800")[0]["name"] == "王敏"
    assert draft_of(FORM, "person", {"born": "昨\x00天"}, as_of=TODAY) == {"born": "昨天"}


def test_single_line_text_has_no_line_ends():
    assert work(ROW | {"unit": "甲\r\n 厂"})[0]["rows"][0]["unit"] == "甲 厂"


@pytest.mark.parametrize("typed", ["阿依古丽·买买提", "阿依古丽•买买提", "阿依古丽・买买提", "阿依古丽．买买提"])
def test_the_dot_in_names_is_always_the_same(typed):
    assert person(name=typed)[0]["name"] == "阿依古丽\u00b7买买提"


def test_numbers_with_check_digits_say_where_they_are_wrong():
    assert error(number="11010519491231002") == "身份证号应为 18 位，现在 17 位"
    assert error(code="91350100M000100Y44") == "统一社会信用代码校验不通过，请对照营业执照逐位核对"
    assert person(code="91350100m000100y43")[0]["code"] == "91350100M000100Y43"


def test_other_documents_are_taken_as_text():
    assert person(kind="foreign_passport", number="E1234567")[0]["number"] == "E1234567"
    assert person(kind="foreign_passport", number="E" * 31)[1] == {
        "number": "证件号码最多 30 字，现在 31 字，请删减 1 字"}  # fmt: skip


@pytest.mark.parametrize("typed", ["138 0000 0000", "+86-138-0000-0000", "１３８００００００００"])
def test_mobiles_are_read_with_blanks_and_dashes(typed):
    assert person(mobile=typed)[0]["mobile"] == "13800000000"


@pytest.mark.parametrize("typed", ["1380000000", "23800000000", "138000000001", "座机"])
def test_wrong_mobiles_say_what_is_expected(typed):
    assert error(mobile=typed) == "手机应为 11 位手机号码，请核对"


def test_mail_addresses_are_checked():
    assert person(mail=" ｗang@example.cn ")[0]["mail"] == "wang@example.cn"
    assert error(mail="wang at example") == "电子邮箱请写成 name@example.cn 的样子"


def test_choices_outside_the_list_are_refused():
    assert error(band="c") == "通道没有这个选项，请重新选择"
    assert error(band=["a"]) == "通道没有这个选项，请重新选择"
    assert error(wants=["dual_mentor", "nothing"]) == "方式没有这个选项，请重新选择"
    assert error(wants=["dual_mentor", "exchange", "other"]) == "方式最多选 2 项，现在 3 项"
    assert person(wants=["exchange", "dual_mentor", "exchange"])[0]["wants"] == ["dual_mentor", "exchange"]


def test_booleans_are_answers_and_one_of_them_may_be_refused():
    assert [person(honest=typed)[0]["honest"] for typed in ("是", "on", "1", True)] == [True] * 4
    assert error(honest="也许") == "请选择是否诚信"
    assert person(honest="否") == (PERSON | {"honest": False}, {"honest": "不诚信不能提交"})


def test_what_is_missing_is_asked_for_by_verb_and_name():
    assert validate_section(FORM, "person", {}, as_of=TODAY)[1] == {
        "name": "请填写姓名", "kind": "请选择证件类型", "number": "请填写证件号码"}  # fmt: skip
    assert work(finished="")[1] == {"rows": "请至少添加 1 条工作经历", "finished": "请选择这一部分写好了没有"}


def test_required_when_follows_the_other_answer():
    assert person(band="a")[1] == {}
    assert person(band="b")[1] == {"reason": "请填写理由"}


# --- rows ------------------------------------------------------------------------------------------------------------


def test_rows_keep_their_id_and_blank_ones_are_dropped():
    clean, errors = work(ROW | {"id": "r1"}, {"id": "r2", "unit": " "}, {"unit": "乙厂", "from": "202001"})
    assert errors == {}
    assert clean["rows"] == [ROW | {"id": "r1"}, {"unit": "乙厂", "from": "2020-01"}]


def test_blank_rows_are_no_rows():
    assert work({}, {"unit": " "}) == ({"finished": "done"}, {"rows": "请至少添加 1 条工作经历"})


def test_rows_say_which_one_is_wrong():
    assert work(ROW, {"unit": "一二三四五六"})[1] == {
        "rows.1.unit": "单位最多 5 字，现在 6 字，请删减 1 字", "rows.1.from": "请填写开始时间"}  # fmt: skip


def test_a_period_cannot_end_before_it_begins_but_may_last_one_month():
    assert work(ROW | {"to": "2014-02"})[1] == {"rows.0.to": "结束时间不能早于开始时间"}
    assert work(ROW | {"to": "2014-03"})[1] == {}


@pytest.mark.parametrize("typed", ["至今", " 现在 ", ""])
def test_what_goes_on_has_no_end(typed):
    assert work(ROW | {"to": typed}) == ({"rows": [ROW], "finished": "done"}, {})
    assert work({"unit": "甲厂", "from": typed})[1] == {"rows.0.from": "请填写开始时间"}


def test_there_is_a_limit_to_rows():
    assert work(ROW, ROW, ROW)[1] == {"rows": "经历最多 2 条，现在 3 条，请删减 1 条"}


# --- drafts, status --------------------------------------------------------------------------------------------------


def test_a_draft_keeps_the_words_that_were_wrong():
    values = {"name": "王敏", "born": "去年三月", "age": "100", "wants": ["nothing"]}
    assert draft_of(FORM, "person", values, as_of=TODAY) == values
    rows = {"rows": [ROW | {"pay": "许多"}, {"unit": "乙厂"}]}
    assert draft_of(FORM, "work", rows, as_of=TODAY) == rows


def test_clean_content_holds_only_what_is_right():
    content = {"person": {"name": "王敏", "age": "100"}, "work": {"rows": [ROW | {"pay": "许多"}]}}
    assert clean_content(FORM, content, as_of=TODAY) == {"person": {"name": "王敏"}, "work": {"rows": [ROW]}}


def status(content, attached=()):
    return [line.text for line in completeness(FORM, content, as_of=TODAY, attached=attached)]


def test_completeness_uses_the_four_words_and_counts():
    assert status({}) == ["未开始", "未开始"]
    assert status({"person": {"name": "王敏"}, "work": {"rows": [ROW]}}) == ["进行中（缺 2 项）", "进行中（缺 2 项）"]
    assert status({"person": PERSON | {"age": "100", "born": "?"}}) == ["有 2 处错误", "未开始"]
    done = {"person": PERSON, "work": {"rows": [ROW], "finished": "done"}}
    assert status(done, ["employment_proof"]) == ["已完成", "已完成"]


def test_a_page_with_nothing_but_a_file_has_been_started():
    assert status({}, ["employment_proof"]) == ["未开始", "进行中（缺 2 项）"]


def test_missing_files_and_unfinished_pages_keep_a_page_open():
    lines = completeness(FORM, {"work": {"rows": [ROW], "finished": "later"}}, as_of=TODAY)
    assert lines[1].state == State.IN_PROGRESS
    assert [(problem.path, problem.message) for problem in lines[1].missing] == [
        ("finished", "工作还没有写好"), ("attachments.employment_proof", "请上传劳动合同或社保证明")]  # fmt: skip


def test_a_file_can_be_needed_because_of_an_answer():
    missing = {problem.path for problem in completeness(default_definition(), {"basic": {"age_branch": "exceptional"}},
                                                         as_of=TODAY)[0].missing}  # fmt: skip
    assert {"attachments.exceptional_proof", "exceptional_reason"} <= missing
    assert "attachments.contribution_proof" not in missing


# --- checks between fields -------------------------------------------------------------------------------------------


def check(section, values, content=None):
    return validate_section(default_definition(), section, values, as_of=TODAY, content=content)[1]


def test_the_budget_must_balance():
    expenses = [{"category": "P1", "amount": "20", "basis": "设备"}, {"category": "P2", "amount": "8", "basis": "材料"}]
    values = {"from_cast": "20", "from_host": "10", "expenses": expenses}
    assert check("budget", values) == {"expenses": "支出合计 28.00 万元，与来源合计 30.00 万元不一致，请核对"}
    assert check("budget", values | {"from_host": "8"}) == {}
    assert check("budget", values | {"from_host": "5", "from_other": "3"}) == {}


def test_research_staff_are_part_of_the_staff():
    errors = check("unit", {"headcount": "10", "rd_headcount": "11"})
    assert errors["rd_headcount"] == "研发人员数不能多于职工总数"
    assert "rd_headcount" not in check("unit", {"headcount": "10", "rd_headcount": "10"})


def test_both_kinds_of_mentor_are_needed():
    mentor = {"kind": "enterprise", "name": "甲", "unit": "厂", "title": "总工", "guidance": "每周"}
    assert check("plan", {"mentors": [mentor, mentor]})["mentors"] == "请至少各填写 1 位企业导师和 1 位学术导师"
    assert check("plan", {"mentors": [mentor]})["mentors"] == "导师至少 2 条，现在 1 条"
    assert "mentors" not in check("plan", {"mentors": [mentor, mentor | {"kind": "academic"}]})


def test_nobody_studies_before_fifteen():
    school = {"stage": "bachelor", "school": "某大学", "major": "机械", "degree": "bachelor", "to": "2007-07"}
    work_row = {"unit": "甲", "position": "工程师", "engineering_role": "design", "from": "2007-08"}
    content = {"basic": {"birth_date": "1985-03-02"}}
    for start, errors in (("1999-09", {"education.0.from": "入学时间不应早于 15 周岁，请核对"}), ("2000-09", {})):
        values = {"education": [school | {"from": start}], "work": [work_row]}
        assert check("experience", values, content) == errors


def test_secret_content_cannot_be_declared_away():
    errors = check("conditions", {"state_secret": "是"})
    assert errors["state_secret"] == "保密审查有一项为“是”，不能提交；请先处理涉密内容（第十四条）"
    assert "state_secret" not in check("conditions", {"state_secret": "否"})


# --- showing ---------------------------------------------------------------------------------------------------------


def test_values_are_shown_in_words():
    basic, plan = default_definition()["basic"], default_definition()["experience"]["work"]
    assert shown(basic["birth_date"], "1985-03-02") == "1985年3月2日"
    assert shown(plan["from"], "2014-03") == "2014年3月"
    assert shown(basic["gender"], "female") == "女"
    assert shown(basic["is_core"], False) == "否"
    assert shown(basic["phone"], None) == ""
    assert shown(default_definition()["budget"]["from_cast"], 30_000_000) == "30.00 万元"
    assert shown(FORM["person"]["wants"], ["dual_mentor", "exchange"]) == "双导师、交流访学"


def test_money_goes_back_into_its_input_in_wan():
    money = default_definition()["budget"]["from_cast"]
    assert [typed_again(money, value) for value in (30_500_000, "许多", None)] == ["30.50", "许多", ""]


JSON_VALUES = st.one_of(st.text(max_size=20), st.booleans(), st.integers(-(10**6), 10**6), st.none())


@given(st.fixed_dictionaries({}, optional={each.key: JSON_VALUES for each in FORM["person"].fields}))
def test_anything_typed_is_checked_without_failing_and_clean_values_stay_clean(values):
    clean, errors = validate_section(FORM, "person", values, as_of=TODAY)
    draft = draft_of(FORM, "person", values, as_of=TODAY)
    assert json.loads(json.dumps(draft, ensure_ascii=False).encode().decode()) == draft
    again, same_errors = validate_section(FORM, "person", draft, as_of=TODAY)
    assert (again, set(same_errors)) == (clean, set(errors))


TYPED_ROWS = st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(("unit", "from", "to", "pay"), JSON_VALUES)))


@given(TYPED_ROWS)
def test_any_rows_typed_are_checked_without_failing_and_stay_clean(rows):
    clean, errors = work(*rows)
    draft = draft_of(FORM, "work", {"rows": rows, "finished": "done"}, as_of=TODAY)
    again, same_errors = validate_section(FORM, "work", draft, as_of=TODAY)
    assert (again, set(same_errors)) == (clean, set(errors))
