"""Numbers with a check digit: 统一社会信用代码 (GB 32100) and 居民身份证号 (GB 11643). Pure.

A resident number may carry an administrative division that no longer exists, so the division is never looked up.
"""

from datetime import date

from stdnum.cn import ric, uscc
from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidFormat, InvalidLength

from portal.web.text import half_width

ENTERPRISE = "91"
SOLE_TRADER = "92"
BEIJING = "11"


class WrongNumber(ValueError):
    """The number cannot be right; the message says in Chinese what to look at."""


def compact(typed: str) -> str:
    """Upper case and half width, without blanks and dashes."""
    return "".join(char for char in half_width(typed).upper() if not char.isspace() and char not in "-—－")


def credit_code(typed: str) -> str:
    """The 18 characters of a unified social credit code. Raises WrongNumber."""
    code = compact(typed)
    try:
        return uscc.validate(code)
    except InvalidLength:
        raise WrongNumber(f"统一社会信用代码应为 18 位，现在 {len(code)} 位") from None
    except InvalidFormat:
        raise WrongNumber(f"统一社会信用代码请核对第 {_first_wrong(code)} 位（不含字母 I、O、S、V、Z）") from None
    except InvalidChecksum:
        raise WrongNumber("统一社会信用代码校验不通过，请对照营业执照逐位核对") from None


def resident_id(typed: str) -> str:
    """The 18 characters of a resident identity number. Raises WrongNumber."""
    number = compact(typed)
    if len(number) != 18:
        raise WrongNumber(f"身份证号应为 18 位，现在 {len(number)} 位")
    for place, char in enumerate(number, 1):
        if not (char in "0123456789" or (place == 18 and char == "X")):
            raise WrongNumber(f"身份证号应为 18 位，请核对第 {place} 位")
    try:
        ric.get_birth_date(number)
    except InvalidComponent:
        raise WrongNumber("身份证号中没有这样的出生日期，请核对第 7 至 14 位") from None
    if number[-1] != ric.calc_check_digit(number):
        raise WrongNumber("身份证号校验不通过，请逐位核对，末位可能是 X")
    return number


def birth_date_of(number: str) -> date:
    """The birth date in a valid resident number."""
    return ric.get_birth_date(number)


def gender_of(number: str) -> str:
    """male or female, from the sequence digit of a valid resident number."""
    return "male" if int(number[16]) % 2 else "female"


def _first_wrong(code: str) -> int:
    allowed = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    return next(place for place, char in enumerate(code, 1) if char not in (allowed if place > 8 else allowed[:10]))
