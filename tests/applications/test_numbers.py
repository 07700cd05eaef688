from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from applications.numbers import WrongNumber, birth_date_of, compact, credit_code, gender_of, resident_id

CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def with_check_digit(first: str) -> str:
    return first + ric.calc_check_digit(first + "0")


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110302MA000000B0", "91110000600037341L"])
def test_credit_codes_that_are_right(code):
    assert credit_code(code) == code


def test_a_remainder_of_nought_gives_the_check_digit_nought():
    assert uscc.calc_check_digit("91110302MA000000B") == "0"


def test_credit_codes_may_be_typed_in_full_width_small_letters_and_with_blanks():
    assert credit_code(" ９１３５０１００-m000100y43　") == "91350100M000100Y43"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("91350100M000100Y4", "统一社会信用代码应为 18 位，现在 17 位"),
        ("", "统一社会信用代码应为 18 位，现在 0 位"),
        ("91350100M000100Y44", "统一社会信用代码校验不通过，请对照营业执照逐位核对"),
        ("9135010OM000100Y43", "统一社会信用代码请核对第 8 位（不含字母 I、O、S、V、Z）"),
        ("91350100MI00100Y43", "统一社会信用代码请核对第 10 位（不含字母 I、O、S、V、Z）"),
        ("91350100M000100Y4Z", "统一社会信用代码请核对第 18 位（不含字母 I、O、S、V、Z）"),
        ("91350100M000100Y4中", "统一社会信用代码请核对第 18 位（不含字母 I、O、S、V、Z）"),
    ],
)
def test_credit_codes_that_are_wrong_say_where(typed, message):
    with pytest.raises(WrongNumber) as wrong:
        credit_code(typed)
    assert str(wrong.value) == message


@pytest.mark.parametrize("letter", "IOSVZ")
def test_letters_left_out_of_the_standard_are_refused(letter):
    with pytest.raises(WrongNumber):
        credit_code(f"91350100M0001{letter}0Y43")


@given(st.text("0123456789", min_size=8, max_size=8), st.text(CODE_CHARACTERS, min_size=9, max_size=9), st.data())
def test_any_single_changed_character_of_a_credit_code_is_noticed(region, body, data):
    right = region + body + uscc.calc_check_digit(region + body)
    place = data.draw(st.integers(0, 17))
    other = data.draw(st.sampled_from([c for c in CODE_CHARACTERS if c != right[place]]))
    assert credit_code(right) == right
    with pytest.raises(WrongNumber):
        credit_code(right[:place] + other + right[place + 1 :])


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014", "11010419750101001X"])
def test_resident_numbers_that_are_right_whatever_became_of_their_division(number):
    assert resident_id(with_check_digit(number[:17])) == with_check_digit(number[:17])


def test_resident_numbers_of_the_standard_are_right():
    assert resident_id("11010519491231002x") == "11010519491231002X"
    assert resident_id("440524188001010014") == "440524188001010014"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("1101051949123100", "身份证号应为 18 位，现在 16 位"),
        ("1101051949I231002X", "身份证号应为 18 位，请核对第 11 位"),
        ("X1010519491231002X", "身份证号应为 18 位，请核对第 1 位"),
        ("11010519491331002X", "身份证号中没有这样的出生日期，请核对第 7 至 14 位"),
        ("110105194912310021", "身份证号校验不通过，请逐位核对，末位可能是 X"),
    ],
)
def test_resident_numbers_that_are_wrong_say_where(typed, message):
    with pytest.raises(WrongNumber) as wrong:
        resident_id(typed)
    assert str(wrong.value) == message


def test_birth_date_and_gender_are_read_from_the_number():
    assert birth_date_of("11010519491231002X") == date(1949, 12, 31)
    assert gender_of("11010519491231002X") == "female"
    assert gender_of("440524188001010014") == "male"


def test_compact_keeps_nothing_but_the_characters():
    assert compact("１１０ 105-1949　1231—002x") == "11010519491231002X"
