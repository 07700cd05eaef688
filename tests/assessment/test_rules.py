"""Judgements of chapter 7 at their boundaries: values in, findings out."""

from decimal import Decimal

import pytest

from assessment import rules
from assessment.rules import Sheet

CRITERIA = [
    {"code": "A1", "name": "任务书", "weight": 40, "experts": ["technical"]},
    {"code": "A2", "name": "成长", "weight": 20, "experts": ["technical", "management"]},
    {"code": "A3", "name": "团队", "weight": 20, "experts": ["technical", "management"]},
    {"code": "A4", "name": "经费", "weight": 20, "experts": ["finance"], "veto": "记 0 分"},
]
SHEETS = [
    Sheet("technical", {"A1": 9, "A2": 8, "A3": 7}),
    Sheet("management", {"A2": 6, "A3": 9}),
    Sheet("finance", {"A4": 10}),
]
WORDS = {"summary": "写了", "growth": "写了", "team": "写了", "funds": "写了"}


def said(findings) -> list[str]:
    return [str(finding) for finding in findings]


@pytest.mark.parametrize(
    ("kind", "codes"), [("technical", ["A1", "A2", "A3"]), ("management", ["A2", "A3"]), ("finance", ["A4"])]
)
def test_each_kind_judges_its_own_criteria(kind, codes):
    assert [each["code"] for each in rules.criteria_of(kind, CRITERIA)] == codes


def test_a_criterion_that_names_no_kinds_is_for_all():
    assert rules.criteria_of("finance", [{"code": "X"}]) == [{"code": "X"}]


def test_total_weighs_the_mean_of_each_criterion():
    # 9·4 + (8+6)/2·2 + (7+9)/2·2 + 10·2
    assert rules.total(SHEETS, CRITERIA, 10, clean=True) == Decimal("86.0")


def test_unrectified_money_takes_the_criterion_of_the_veto_away():
    assert rules.total(SHEETS, CRITERIA, 10, clean=False) == Decimal("66.0")


def test_no_total_while_a_criterion_has_no_score():
    assert rules.total(SHEETS[:2], CRITERIA, 10, clean=True) is None


def test_a_score_outside_ones_kind_counts_nothing():
    stray = [*SHEETS, Sheet("finance", {"A1": 0})]
    assert rules.total(stray, CRITERIA, 10, clean=True) == Decimal("86.0")


def test_a_total_is_rounded_half_up_to_one_decimal():
    sheets = [Sheet("technical", {"A1": 9, "A2": 8, "A3": 7}), Sheet("technical", {"A1": 8, "A2": 8, "A3": 7})]
    thirds = [*sheets, Sheet("technical", {"A1": 8, "A2": 8, "A3": 7}), Sheet("finance", {"A4": 10})]
    # 25/3·4 + 16 + 14 + 20 = 83.33…
    assert rules.total(thirds, CRITERIA, 10, clean=True) == Decimal("83.3")


@pytest.mark.parametrize(
    ("points", "grade"),
    [("85.0", "excellent"), ("84.9", "passed"), ("60.0", "passed"), ("59.9", "failed"), ("0", "failed")],
)
def test_the_threshold_itself_is_reached(points, grade):
    assert rules.grade_of(Decimal(points), 85, 60) == grade


@pytest.mark.parametrize(
    ("grade", "suggested", "clean", "words"),
    [
        ("excellent", "excellent", True, []),
        ("passed", "excellent", True, []),
        ("failed", "passed", True, []),
        ("excellent", None, True, []),
        ("excellent", "passed", True, ["按专家评分最高可评为“合格”（第三十二条）"]),
        ("passed", "failed", True, ["按专家评分最高可评为“不合格”（第三十二条）"]),
        ("excellent", None, False, ["经费使用有未整改的情况，不得评为优秀（第二十七条）"]),
        ("passed", None, False, []),
        ("splendid", None, True, ["请选择等级（第三十二条）"]),
    ],
)
def test_a_grade_is_never_better_than_scores_and_money_allow(grade, suggested, clean, words):
    assert said(rules.grade_allowed(grade, suggested, clean)) == words


@pytest.mark.parametrize(
    ("grade", "words"), [("passed", []), ("failed", []), ("excellent", ["复评只评定合格或不合格（第三十条）"])]
)
def test_after_a_rectification_it_passes_or_fails(grade, words):
    assert said(rules.regrade_allowed(grade)) == words


def test_a_self_report_lacks_what_it_lacks():
    found = rules.report_complete({"Z01", "Z02"}, {"Z02"}, {**WORDS, "team": " \n"})
    assert said(found) == ["指标 Z01 还没有填写实际完成值（第三十条）", "请填写“团队业绩”（第三十条）"]
    assert rules.report_complete({"Z01"}, {"Z01"}, WORDS) == []


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        ({"technical", "management", "finance"}, []),
        ({"technical", "management"}, ["还缺财务专家人选（第三十二条）"]),
        (set(), ["还缺技术专家、管理专家、财务专家人选（第三十二条）"]),
    ],
)
def test_all_three_kinds_of_experts(kinds, words):
    assert said(rules.all_kinds_present(kinds)) == words


@pytest.mark.parametrize(("length", "blocked"), [(9, True), (10, False)])
def test_an_opinion_has_ten_characters(length, blocked):
    assert bool(rules.words_enough("字" * length + " \n", "审核意见", 10)) is blocked


@pytest.mark.parametrize(("length", "blocked"), [(29, True), (30, False), (500, False), (501, True)])
def test_an_experts_comment_has_its_length(length, blocked):
    found = rules.scores_complete({"A4": 10}, "字" * length, CRITERIA[3:], 10)
    assert bool(found) is blocked


@pytest.mark.parametrize(("score", "blocked"), [(None, True), (-1, True), (0, False), (10, False), (11, True)])
def test_an_experts_score_lies_on_the_scale(score, blocked):
    scores = {} if score is None else {"A4": score}
    assert bool(rules.scores_complete(scores, "字" * 30, CRITERIA[3:], 10)) is blocked


@pytest.mark.parametrize(
    ("region", "same_field", "words"),
    [
        ("110105", True, []),
        ("130100", True, ["新单位不在北京，应按退出程序办理（第三十一条（二）2）"]),
        ("110105", False, ["脱离原研究领域的，应按退出程序办理（第三十一条（二）2）"]),
    ],
)
def test_a_move_stays_in_beijing_and_in_the_field(region, same_field, words):
    assert said(rules.stays(region, same_field)) == words


@pytest.mark.parametrize(
    ("ground", "failed_twice", "unheeded", "words"),
    [
        ("E1", False, True, ["没有整改后复评仍不合格的考核，不能以此立案（第三十一条（二）1）"]),
        ("E1", True, False, []),
        ("E3", True, False, ["没有经提醒督促仍未整改的支出，不能以此立案（第三十一条（二）3）"]),
        ("E3", False, True, []),
        ("E7", False, False, []),
    ],
)
def test_two_grounds_rest_on_what_has_happened(ground, failed_twice, unheeded, words):
    found = rules.precondition(ground, failed_after_rectification=failed_twice, warning_unheeded=unheeded)
    assert said(found) == words


@pytest.mark.parametrize(
    ("decision", "serious", "state", "words"),
    [
        ("cancel", True, "active", []),
        ("cancel", True, "suspended", []),
        ("cancel", False, "contracting", []),
        ("suspend", False, "active", []),
        ("none", False, "active", []),
        ("suspend", True, "active", ["只有取消资格且情节严重的才追回经费（第三十一条（二））"]),
        ("suspend", False, "contracting", ["只有培养中的入选者可以中止资格（第三十一条（二））"]),
        ("none", False, "suspended", ["资格已中止的，不予处理请办理“恢复资格”（第三十一条（二））"]),
        ("hang", False, "active", ["请选择决定（第三十一条（二））"]),
    ],
)
def test_a_decision_fits_the_term(decision, serious, state, words):
    assert said(rules.decision_fits(decision, serious, state)) == words
