"""How dates, instants, durations and money are written for people. Pure functions; nothing is rounded away."""

from datetime import date, datetime, timedelta

from django.utils import timezone

FEN_PER_YUAN = 100
FEN_PER_WAN = 1_000_000
DIGITS = "零壹贰叁肆伍陆柒捌玖"
UNITS = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")


def day_text(day: date) -> str:
    """2026年10月15日"""
    return f"{day.year}年{day.month}月{day.day}日"


def month_text(day: date) -> str:
    """2026年10月"""
    return f"{day.year}年{day.month}月"


def instant_text(instant: datetime) -> str:
    """2026年10月15日 17:00, in the portal's time zone."""
    local = timezone.localtime(instant)
    return f"{day_text(local)} {local:%H:%M}"


def deadline_text(instant: datetime) -> str:
    """An end: midnight belongs to the day that it closes, 2026年10月15日 24:00."""
    local = timezone.localtime(instant)
    if (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0):
        return f"{day_text(local - timedelta(days=1))} 24:00"
    return instant_text(instant)


def clock_text(instant: datetime) -> str:
    """10:42:15"""
    return f"{timezone.localtime(instant):%H:%M:%S}"


def remaining_text(deadline: datetime, at: datetime) -> str:
    """还剩 6 天 3 小时 · 还剩 3 小时 5 分钟 · 还剩 42 分钟 · 还剩不到 1 分钟 · 已截止 (at the deadline too)."""
    if at >= deadline:
        return "已截止"
    minutes = int((deadline - at).total_seconds()) // 60
    days, hours = minutes // 1440, minutes // 60 % 24
    parts = [(days, "天"), (hours, "小时")] if days else [(hours, "小时"), (minutes % 60, "分钟")]
    words = " ".join(f"{number} {unit}" for number, unit in parts if number)
    return f"还剩 {words}" if words else "还剩不到 1 分钟"


def due_text(deadline: datetime, at: datetime) -> str:
    """2026年10月15日 17:00（还剩 6 天 3 小时）: the date first, the time left second."""
    return f"{deadline_text(deadline)}（{remaining_text(deadline, at)}）"


def money_text(fen: int) -> str:
    """30.00 万元; an amount that two decimals of 万元 cannot hold is written in 元 to the fen: 1,234.56 元."""
    sign, fen = ("-" if fen < 0 else ""), abs(fen)
    if fen % (FEN_PER_WAN // 100) == 0:
        return f"{sign}{fen // FEN_PER_WAN:,}.{fen % FEN_PER_WAN * 100 // FEN_PER_WAN:02d} 万元"
    return f"{sign}{yuan_text(fen)}"


def yuan_text(fen: int) -> str:
    """1,234.56 元"""
    sign, fen = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{fen // FEN_PER_YUAN:,}.{fen % FEN_PER_YUAN:02d} 元"


def money_words(fen: int) -> str:
    """人民币叁拾万元整, the capital form used on receipts and task books."""
    if fen < 0:
        return f"负{money_words(-fen)}"
    yuan, rest = divmod(fen, FEN_PER_YUAN)
    jiao, cents = divmod(rest, 10)
    words = f"{_integer_words(yuan)}元" if yuan or not rest else ""
    if not rest:
        return f"人民币{words}整"
    if jiao:
        words += f"{DIGITS[jiao]}角"
    elif yuan:
        words += "零"
    return f"人民币{words}" + (f"{DIGITS[cents]}分" if cents else "整")


def _integer_words(number: int) -> str:
    """Groups of four digits; a gap of zeros between two digits is read as one 零."""
    if number == 0:
        return DIGITS[0]
    words, gap = "", False
    digits = str(number)
    for place, digit in zip(range(len(digits) - 1, -1, -1), map(int, digits), strict=True):
        group, unit = divmod(place, 4)
        if digit:
            words += (DIGITS[0] if gap else "") + DIGITS[digit] + UNITS[unit]
            gap = False
        else:
            gap = bool(words)
        if unit == 0 and number // 10 ** (4 * group) % 10_000:
            words += GROUPS[group]
    return words
