"""Judgements of chapter 5 at their edges: pure functions, values in, findings out (Art. 3, 9, 17, 18, 19, 33)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from review import rules
from review.results import composite, line_of

AT = datetime(2026, 11, 10, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
END = AT + timedelta(days=7)
TICK = timedelta(microseconds=1)
COMMENTS = {"comment_min": 30, "comment_max": 500, "extreme_low": 2, "extreme_high": 9, "extreme_comment_min": 50}
TWO_THIRDS = [2, 3]


def blocks(findings) -> list[str]:
    found = findings if isinstance(findings, list) else [findings]
    return [finding.message for finding in found if finding.blocks]


# --- scoring ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (AT - TICK, ["评分于 2026年11月10日 09:00 开始"]),
        (AT, []),
        (END - TICK, []),
        (END, ["评分已于 2026年11月17日 09:00 截止"]),
    ],
)
def test_scoring_window_is_half_open(at, said):
    assert blocks(rules.window_open(at, AT, END)) == said


def test_scoring_without_a_window_is_refused():
    assert blocks(rules.window_open(AT, None, END)) == ["还没有设置评分时间"]


@pytest.mark.parametrize(("load", "free"), [(29, True), (30, False), (31, False)])
def test_load_is_full_at_the_limit(load, free):
    assert blocks(rules.load_left(load, 30)) == ([] if free else ["工作量已满 30 份"])


@pytest.mark.parametrize(("colleagues", "free"), [(0, True), (1, False)])
def test_one_expert_of_an_employer_judges_an_application(colleagues, free):
    said = ["这份申报已有 1 位示例大学的专家，最多 1 位"]
    assert blocks(rules.employer_spread(colleagues, 1, "示例大学")) == ([] if free else said)


@pytest.mark.parametrize(("assigned", "filled"), [(2, False), (3, True), (4, True)])
def test_an_application_has_its_experts(assigned, filled):
    said = ["ZY1 只分配了 2 位专家，应为 3 位"]
    assert blocks(rules.seats_filled("ZY1", assigned, 3)) == ([] if filled else said)


@pytest.mark.parametrize(("value", "sound"), [(-1, False), (0, True), (10, True), (11, False)])
def test_a_criterion_takes_0_to_10(value, sound):
    criteria = [{"code": "N1", "name": "经营实力", "weight": 100}]
    assert blocks(rules.scores_in_range({"N1": value}, criteria)) == ([] if sound else ["经营实力应为 0 到 10 分"])


def test_a_score_of_no_criterion_is_refused_and_a_gap_is_not():
    criteria = [{"code": "N1", "name": "经营实力", "weight": 100}]
    assert blocks(rules.scores_in_range({"N1": None}, criteria)) == []
    assert blocks(rules.scores_in_range({"N9": 5}, criteria)) == ["评分标准里没有 N9"]


def test_each_missing_score_is_named():
    criteria = [{"code": "N1", "name": "经营实力"}, {"code": "N2", "name": "平台"}]
    assert blocks(rules.sheet_complete({"N1": 0}, criteria)) == ["还没打分：平台"]


@pytest.mark.parametrize(
    ("length", "values", "said"),
    [
        (29, [5], ["评审意见还差 1 字，至少 30 字"]),
        (30, [5], []),
        (500, [5], []),
        (501, [5], ["评审意见最多 500 字，现在 501 字，请删减 1 字"]),
        (49, [5, 2], ["评审意见还差 1 字，至少 50 字（有 2 分及以下或 9 分及以上的评分，请说明理由）"]),
        (50, [5, 2], []),
        (49, [9], ["评审意见还差 1 字，至少 50 字（有 2 分及以下或 9 分及以上的评分，请说明理由）"]),
        (30, [3, 8], []),
    ],
)
def test_an_extreme_score_asks_for_a_longer_opinion(length, values, said):
    assert blocks(rules.comment_fits("评" * length, values, COMMENTS)) == said


# --- conflicts -------------------------------------------------------------------------------------------------------

SINCE = date(2023, 11, 10)  # three years before the assignment
HOST = rules.Employer("北京甲科技有限公司", "91110108MA0000001X")


def reviewer(**values) -> rules.Reviewer:
    return rules.Reviewer(**{"id": 1, "name": "张三", "employer": rules.Employer("示例大学", "U1"), **values})


def case(**values) -> rules.Case:
    return rules.Case(**{"number": "ZY1", "host": HOST, **values})


def conflicts(expert=None, of=None, **options) -> list[str]:
    found = rules.conflicts_of(expert or reviewer(), of or case(), since=SINCE, **options)
    return [finding.rule for finding in found]


@pytest.mark.parametrize(
    ("expert", "of", "found"),
    [
        (reviewer(), case(), []),
        (reviewer(employer=HOST), case(), ["conflict.same_employer"]),
        # codes decide where both are known, whatever the names say
        (reviewer(employer=rules.Employer(HOST.name, "91110108MA0000002A")), case(), []),
        (reviewer(employer=rules.Employer(" 北京甲科技有限公司 ")), case(), ["conflict.same_employer"]),
        (reviewer(former=(rules.Employer(HOST.name, HOST.code, SINCE),)), case(), ["conflict.shared_employer"]),
        (reviewer(former=(rules.Employer(HOST.name, HOST.code, SINCE - timedelta(days=1)),)), case(), []),
        (reviewer(), case(worked_at=(rules.Employer("示例大学", "", SINCE),)), ["conflict.shared_employer"]),
        (reviewer(), case(worked_at=(rules.Employer("示例大学", "", SINCE - timedelta(days=1)),)), []),
        (reviewer(), case(named=(rules.Named("张 三", "导师"),)), ["conflict.named"]),
        (reviewer(), case(named=(rules.Named("张三丰", "导师"),)), []),
        (reviewer(), case(declared={1: "亲属"}), ["conflict.declared"]),
        (reviewer(), case(declared={2: "亲属"}), []),
        (reviewer(), case(requested={1: "竞争关系"}), ["conflict.requested"]),
        (reviewer(user_id=7), case(applicant_id=7), ["conflict.self"]),
    ],
)
def test_conflicts_of_an_expert_with_an_application(expert, of, found):
    assert conflicts(expert, of) == found


def test_same_recommending_unit_counts_where_the_cycle_says_so():
    expert, of = reviewer(recommenders=frozenset({5})), case(recommender_id=5)
    assert conflicts(expert, of) == []
    assert conflicts(expert, of, same_recommender=True) == ["conflict.same_recommender"]


@pytest.mark.parametrize(("named", "free"), [(2, True), (3, False)])
def test_a_unit_names_so_many_experts_at_most(named, free):
    assert blocks(rules.still_to_be_named(named, 3)) == ([] if free else ["每份申报最多申请 3 位专家回避"])


# --- panel -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("members", "needed"), [(9, 6), (7, 5), (8, 6), (11, 8), (3, 2)])
def test_quorum_is_two_thirds_rounded_up(members, needed):
    assert rules.quorum_of(members, TWO_THIRDS) == needed
    assert blocks(rules.quorum_present(needed, members, TWO_THIRDS)) == []
    said = f"到会 {needed - 1} 人，应到 {members} 人，至少 {needed} 人到会才能开会"
    assert blocks(rules.quorum_present(needed - 1, members, TWO_THIRDS)) == [said]


def test_a_panel_without_members_has_no_quorum():
    assert blocks(rules.quorum_present(0, 0, TWO_THIRDS))


@pytest.mark.parametrize(
    ("yes", "entitled", "through"),
    [(6, 9, True), (5, 9, False), (6, 8, True), (5, 8, False), (4, 6, True), (3, 6, False), (0, 0, False)],
)
def test_a_vote_passes_at_two_thirds_of_those_who_could_vote(yes, entitled, through):
    assert rules.passes(yes, entitled, TWO_THIRDS) is through


# --- shortlist -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("chosen", "inside"), [(0, True), (3, True), (4, False)])
def test_a_field_keeps_within_its_places(chosen, inside):
    said = ["集成电路拟入选 4 人，名额只有 3 人"]
    assert blocks(rules.within_places("集成电路", chosen, 3)) == ([] if inside else said)


def test_only_who_passed_the_vote_is_chosen():
    said = ["ZY2 没有通过会议评审表决，不能列为拟入选"]
    assert blocks(rules.only_who_passed({"ZY1": True, "ZY2": False})) == said


def test_figures_of_network_and_panel():
    assert line_of(3, 150) == 5
    assert composite(80, 90, 40, 60) == 86


# --- objection -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (AT - TICK, ["公示于 2026年11月10日 09:00 开始"]),
        (AT, []),
        (END - TICK, []),
        (END, ["公示期已于 2026年11月17日 09:00 结束，逾期异议不予受理"]),
    ],
)
def test_objections_are_in_time_to_the_microsecond(at, said):
    assert blocks(rules.inside_period(at, AT, END)) == said


FILED = {"kind": "person", "name": "周实", "contact": "13800001234", "facts": "事" * 20}


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({}, []),
        ({"facts": "事" * 19}, ["facts"]),
        ({"name": "匿名"}, ["name"]),
        ({"name": "  "}, ["name"]),
        ({"contact": ""}, ["contact"]),
        ({"kind": "unit"}, ["person"]),
        ({"kind": "unit", "person": "李四"}, []),
        ({"name": "", "contact": "", "facts": ""}, ["name", "contact", "facts"]),
    ],
)
def test_an_objection_has_a_name_a_contact_and_facts(given, fields):
    found = [finding for finding in rules.complete_objection({**FILED, **given}) if finding.blocks]
    assert [finding.figures["field"] for finding in found] == fields
