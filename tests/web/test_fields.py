"""Fields read what people type and never cut it."""

from datetime import date

import pytest
from django import forms

from portal.web.fields import DayField, MoneyField, MonthField, ProseField
from portal.web.forms import say_required


class Sample(forms.Form):
    intro = ProseField(label="项目简介（300 字以内）", limit=300)
    start = MonthField(label="起始年月")
    birth = DayField(label="出生日期")
    money = MoneyField(label="申请经费", least=1_000_000, most=50_000_000)
    role = forms.ChoiceField(label="角色", choices=[("a", "负责人")])
    proof = forms.FileField(label="证明材料")
    sure = forms.BooleanField(label="不含涉密内容")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        say_required(self)


def cleaned(**values):
    form = Sample({"intro": "好", "start": "2021-03", "birth": "1985-03-02", "money": "30", **values})
    form.full_clean()
    return form


def test_empty_fields_say_what_to_do():
    errors = {name: messages[0] for name, messages in Sample({}).errors.items()}
    assert errors == {
        "intro": "请填写项目简介",
        "start": "请填写起始年月",
        "birth": "请填写出生日期",
        "money": "请填写申请经费",
        "role": "请选择角色",
        "proof": "请上传证明材料",
        "sure": "请勾选“不含涉密内容”",
    }


def test_prose_at_its_limit_is_taken_and_above_it_is_refused_whole():
    assert cleaned(intro="字" * 299 + "😀\r\n").cleaned_data["intro"] == "字" * 299 + "😀"
    form = cleaned(intro="字" * 327)
    assert form.errors["intro"] == ["项目简介最多 300 字，现在 327 字，请删减 27 字"]
    assert form["intro"].value() == "字" * 327


@pytest.mark.parametrize("typed", ["2021年3月", "2021-03", "2021.3", "2021/3", "２０２１年３月", " 2021 年 3 月 "])
def test_month_is_read_as_people_write_it(typed):
    assert cleaned(start=typed).cleaned_data["start"] == date(2021, 3, 1)


@pytest.mark.parametrize("typed", ["1985年3月2日", "1985-3-2", "1985.03.02", "１９８５／３／２"])
def test_day_is_read_as_people_write_it(typed):
    assert cleaned(birth=typed).cleaned_data["birth"] == date(1985, 3, 2)


def test_unreadable_dates_show_the_form():
    assert cleaned(start="2021-13").errors["start"] == ["起始年月请写成 2021年3月 或 2021-03"]
    assert cleaned(birth="1985年2月30日").errors["birth"] == ["出生日期请写成 2021年3月5日 或 2021-03-05"]


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("30", 30_000_000),
        ("30.00", 30_000_000),
        ("３０．５", 30_500_000),
        ("30 万元", 30_000_000),
        ("1.000001", 1_000_001),
    ],
)
def test_money_becomes_fen_exactly(typed, fen):
    assert cleaned(money=typed).cleaned_data["money"] == fen


def test_money_that_cannot_be_read_or_is_out_of_range_is_refused():
    assert cleaned(money="三十").errors["money"] == ["申请经费请填数字，单位万元，例如 30.00"]
    assert cleaned(money="1.0000001").errors["money"] == ["申请经费请填数字，单位万元，例如 30.00"]
    assert cleaned(money="-3").errors["money"] == ["申请经费请填数字，单位万元，例如 30.00"]
    assert cleaned(money="50.01").errors["money"] == ["申请经费应在 1.00 到 50.00 万元之间"]


def test_values_are_shown_as_people_write_them():
    form = Sample(initial={"start": date(2021, 3, 1), "birth": date(1985, 3, 2), "money": 30_000_000})
    shown = {name: form[name].value() for name in ("start", "birth", "money")}
    assert shown == {"start": "2021年3月", "birth": "1985年3月2日", "money": "30.00"}


def test_the_same_value_written_otherwise_is_no_change():
    field = MonthField(label="起始年月")
    assert not field.has_changed(date(2021, 3, 1), "2021-03")
    assert field.has_changed(date(2021, 3, 1), "2021-04")
    assert field.has_changed(date(2021, 3, 1), "三月")
