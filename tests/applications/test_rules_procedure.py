from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from applications import rules
from portal.regulation.articles import Article
from portal.regulation.rules import Verdict

BEIJING = ZoneInfo("Asia/Shanghai")
OPENS = datetime(2026, 9, 1, 9, 0, tzinfo=BEIJING)
CLOSES = datetime(2026, 10, 16, tzinfo=BEIJING)
INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("at", "blocks", "message"),
    [
        (OPENS - INSTANT, True, "申报将于 2026年9月1日 09:00 开始"),
        (OPENS, False, "申报截止 2026年10月15日 24:00"),
        (CLOSES - INSTANT, False, "申报截止 2026年10月15日 24:00"),
        (CLOSES, True, "申报已于 2026年10月15日 24:00 截止"),
        (datetime(2026, 10, 15, 16, 0, tzinfo=UTC), True, "申报已于 2026年10月15日 24:00 截止"),
        (datetime(2026, 10, 15, 15, 59, tzinfo=UTC), False, "申报截止 2026年10月15日 24:00"),
    ],
)
def test_a_window_is_half_open(at, blocks, message):
    found = rules.window_open(at, OPENS, CLOSES)
    assert (found.blocks, found.message, found.article) == (blocks, message, Article(16))


def test_a_window_may_have_begun_always_and_have_another_name():
    found = rules.window_open(CLOSES, None, CLOSES, name="推荐报送")
    assert found.message == "推荐报送已于 2026年10月15日 24:00 截止"
    assert rules.window_open(CLOSES - INSTANT, None, CLOSES).blocks is False


@pytest.mark.parametrize(
    ("used", "places", "verdict", "message"),
    [
        (2, 3, Verdict.PASS, "推荐名额还剩 1 个（2/3）"),
        (3, 3, Verdict.FAIL, "推荐名额已满（3/3）"),
        (4, 3, Verdict.FAIL, "推荐名额已满（4/3）"),
        (0, 0, Verdict.FAIL, "推荐名额已满（0/0）"),
    ],
)
def test_quota_left(used, places, verdict, message):
    found = rules.quota_left(used, places)
    assert (found.verdict, found.message, found.article) == (verdict, message, Article(11))


def test_a_list_fits_its_quota():
    assert rules.within_quota(3, 3).blocks is False
    assert rules.within_quota(0, 3).blocks is False
    assert rules.within_quota(5, 3).message == "推荐 5 人，超过名额 3 人，请移出 2 人"


def test_a_quota_cannot_fall_below_what_is_used():
    assert rules.quota_covers_used(3, 3).blocks is False
    assert rules.quota_covers_used(2, 3).message == "已推荐 3 人，名额不能减到 2 人"


def test_one_nominee_a_unit_and_one_application_a_person():
    assert rules.one_per_host([]).blocks is False
    found = rules.one_per_host(["王敏"])
    assert str(found) == "本单位已有申报人王敏。每个依托单位限推荐 1 人，如需更换请先撤回原申报（第十条）"
    assert rules.one_per_applicant(False).blocks is False
    assert rules.one_per_applicant(True).blocks is True


@pytest.mark.parametrize(
    ("host", "applicant", "message"),
    [
        (False, False, "2026 年度申报资格有效"),
        (True, False, "依托单位的 2026 年度申报资格已取消"),
        (False, True, "申报人的 2026 年度申报资格已取消"),
        (True, True, "依托单位、申报人的 2026 年度申报资格已取消"),
    ],
)
def test_disqualification_costs_the_year(host, applicant, message):
    found = rules.not_disqualified(host, applicant, 2026)
    assert (found.blocks, found.message, found.article) == (host or applicant, message, Article(14))


def test_corrections_run_out():
    assert rules.corrections_left(0, 1).message == "还可退回补正 1 次"
    assert rules.corrections_left(1, 1).message == "已退回补正 1 次，最多 1 次"


@pytest.mark.parametrize(
    ("ranks", "message"),
    [
        ([2, 1, 3], "3 人已排序"),
        ([], "0 人已排序"),
        ([1, None, None], "还有 2 人没有排序"),
        ([1, 1, 3], "排序应为 1 到 3，不重复、不空号"),
        ([1, 2, 4], "排序应为 1 到 3，不重复、不空号"),
    ],
)
def test_ranks_have_no_gap_and_no_tie(ranks, message):
    found = rules.ranks_complete(ranks)
    assert (found.message, found.blocks) == (message, "已排序" not in message)


def test_windows_follow_one_another():
    good = [("申报开始", OPENS), ("申报截止", CLOSES), ("推荐截止", CLOSES + timedelta(days=10))]
    assert rules.windows_in_order(good).blocks is False
    assert rules.windows_in_order([]).blocks is False
    found = rules.windows_in_order([("申报开始", OPENS), ("申报截止", OPENS)])
    assert found.message == "“申报截止”（2026年9月1日 09:00）应晚于“申报开始”（2026年9月1日 09:00）"
