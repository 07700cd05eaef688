"""Instants and whole numbers as people type them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from portal.web.fields import InstantField, WholeField


def beijing(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Asia/Shanghai"))


READ = [
    ("2026年10月15日 17:00", beijing(2026, 10, 15, 17)),
    ("2026-10-15 17:00", beijing(2026, 10, 15, 17)),
    ("2026.10.15T9:05", beijing(2026, 10, 15, 9, 5)),
    ("２０２６年１０月１５日　１７：００", beijing(2026, 10, 15, 17)),
    ("2026年10月15日17时05分", beijing(2026, 10, 15, 17, 5)),
    ("2026年10月15日 24:00", beijing(2026, 10, 16)),
]


@pytest.mark.parametrize(("typed", "expected"), READ)
def test_instants_are_read(typed, expected):
    assert InstantField(label="时间").clean(typed) == expected


@pytest.mark.parametrize("typed", ["2026-10-15 25:00", "2026-10-15 24:01", "2026-02-30 10:00", "明天", "2026-10-15 9"])
def test_what_is_no_instant_is_refused_with_an_example(typed):
    with pytest.raises(ValidationError) as refused:
        InstantField(label="提交截止").clean(typed)
    assert refused.value.messages == ["提交截止请写成 2026年10月15日 17:00"]


def test_a_day_alone_is_its_beginning_or_its_end():
    assert InstantField(label="开始").clean("2026-10-15") == beijing(2026, 10, 15)
    assert InstantField(label="截止", ends=True).clean("2026-10-15") == beijing(2026, 10, 16)


@pytest.mark.parametrize("ends", [True, False])
def test_what_is_shown_is_read_back(ends):
    field = InstantField(label="时间", ends=ends)
    for instant in (beijing(2026, 10, 15, 17), beijing(2026, 10, 16)):
        assert field.clean(field.prepare_value(instant)) == instant
        assert not field.has_changed(instant, field.prepare_value(instant))


@pytest.mark.parametrize(("typed", "valid"), [("0", True), ("１２", True), ("13", False), ("-1", False), ("一", False)])
def test_whole_numbers_stay_within_their_bounds(typed, valid):
    field = WholeField(label="名额", most=12)
    if valid:
        assert field.clean(typed) == int(typed)
    else:
        with pytest.raises(ValidationError) as refused:
            field.clean(typed)
        assert refused.value.messages == ["名额应是 0 到 12 的整数"]
