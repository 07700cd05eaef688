"""How dates, time left and money are written."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.web import formats

BEIJING = ZoneInfo("Asia/Shanghai")
DEADLINE = datetime(2026, 10, 15, 17, 0, tzinfo=BEIJING)


def test_instant_is_written_in_beijing_time():
    assert formats.instant_text(datetime(2026, 10, 15, 9, 0, tzinfo=UTC)) == "2026年10月15日 17:00"
    assert formats.clock_text(datetime(2026, 10, 12, 2, 42, 15, tzinfo=UTC)) == "10:42:15"


def test_dates_are_written_without_leading_zeros():
    assert (formats.day_text(date(2026, 1, 5)), formats.month_text(date(2026, 1, 5))) == ("2026年1月5日", "2026年1月")


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (datetime(2026, 10, 16, 0, 0, tzinfo=BEIJING), "2026年10月15日 24:00"),
        (datetime(2026, 10, 15, 16, 0, tzinfo=UTC), "2026年10月15日 24:00"),
        (datetime(2027, 1, 1, 0, 0, tzinfo=BEIJING), "2026年12月31日 24:00"),
        (datetime(2026, 10, 16, 0, 0, 1, tzinfo=BEIJING), "2026年10月16日 00:00"),
        (DEADLINE, "2026年10月15日 17:00"),
    ],
)
def test_midnight_ends_the_day_before(instant, expected):
    assert formats.deadline_text(instant) == expected


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(days=6, hours=3, minutes=59), "还剩 6 天 3 小时"),
        (timedelta(days=6), "还剩 6 天"),
        (timedelta(hours=3, minutes=5), "还剩 3 小时 5 分钟"),
        (timedelta(hours=1), "还剩 1 小时"),
        (timedelta(minutes=42, seconds=30), "还剩 42 分钟"),
        (timedelta(seconds=59), "还剩不到 1 分钟"),
        (timedelta(microseconds=1), "还剩不到 1 分钟"),
        (timedelta(0), "已截止"),
        (timedelta(days=-2), "已截止"),
    ],
)
def test_remaining(left, expected):
    assert formats.remaining_text(DEADLINE, DEADLINE - left) == expected


def test_due_puts_the_date_first():
    text = formats.due_text(DEADLINE, DEADLINE - timedelta(days=1))
    assert text == "2026年10月15日 17:00（还剩 1 天）"


@pytest.mark.parametrize(
    ("fen", "expected"),
    [
        (30_000_000, "30.00 万元"),
        (0, "0.00 万元"),
        (10_000, "0.01 万元"),
        (1_234_560_000, "1,234.56 万元"),
        (123_456, "1,234.56 元"),
        (1, "0.01 元"),
        (-30_000_000, "-30.00 万元"),
        (-5, "-0.05 元"),
    ],
)
def test_money_is_never_rounded(fen, expected):
    assert formats.money_text(fen) == expected


@pytest.mark.parametrize(
    ("fen", "expected"),
    [
        (30_000_000, "人民币叁拾万元整"),
        (0, "人民币零元整"),
        (105, "人民币壹元零伍分"),
        (110, "人民币壹元壹角整"),
        (10, "人民币壹角整"),
        (1, "人民币壹分"),
        (1_006_05, "人民币壹仟零陆元零伍分"),
        (10_000_000_100, "人民币壹亿零壹元整"),
        (10_203_000_500, "人民币壹亿零贰佰零叁万零伍元整"),
        (12_345_678_901, "人民币壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元零壹分"),
        (-100, "负人民币壹元整"),
    ],
)
def test_money_in_words(fen, expected):
    assert formats.money_words(fen) == expected
