"""网络评审: seats, windows, sheets (Art. 3, 17, 18)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from portal.regulation.articles import Article
from portal.regulation.rules import Finding, failed, passed, rule
from portal.web.formats import deadline_text, instant_text
from portal.web.text import count

MOST = 10  # points of a criterion


@rule("review.window", label="评分时间", article=Article(17))
def window_open(at: datetime, opens_at: datetime | None, closes_at: datetime | None) -> Finding:
    """The scoring window [opens_at, closes_at): what arrives at its end is late."""
    if opens_at is None or closes_at is None:
        return failed("还没有设置评分时间")
    if at < opens_at:
        return failed(f"评分于 {instant_text(opens_at)} 开始")
    if at >= closes_at:
        return failed(f"评分已于 {deadline_text(closes_at)} 截止")
    return passed(f"评分截止 {deadline_text(closes_at)}")


@rule("review.kind", label="专家类别", article=Article(3))
def kind_fits(kind: str, label: str, wanted: Iterable[str]) -> Finding:
    """Peers judge: the kinds of experts that the round takes."""
    if kind not in set(wanted):
        return failed(f"本轮不安排{label}专家")
    return passed(f"{label}专家")


@rule("review.load", label="专家工作量", article=Article(17))
def load_left(load: int, cap: int) -> Finding:
    """Assignments an expert holds against the cap."""
    figures = {"load": load, "cap": cap}
    if load >= cap:
        return failed(f"工作量已满 {cap} 份", figures=figures)
    return passed(f"已分配 {load} 份，最多 {cap} 份", figures=figures)


@rule("review.employer_spread", label="同一单位专家上限", article=Article(17))
def employer_spread(colleagues: int, most: int, employer: str) -> Finding:
    """Colleagues of the expert who judge the application already."""
    if colleagues >= most:
        return failed(f"这份申报已有 {colleagues} 位{employer}的专家，最多 {most} 位")
    return passed(f"同单位专家 {colleagues} 位")


@rule("review.seats", label="专家人数", article=Article(17))
def seats_filled(number: str, assigned: int, wanted: int) -> Finding:
    if assigned < wanted:
        return failed(f"{number} 只分配了 {assigned} 位专家，应为 {wanted} 位", figures={"missing": wanted - assigned})
    return passed(f"{number} 已分配 {assigned} 位专家")


@rule("review.score", label="分数", article=Article(18))
def scores_in_range(values: Mapping[str, int | None], criteria: Iterable[Mapping[str, Any]]) -> list[Finding]:
    """Each criterion takes 0 to 10 points; a gap is no fault here."""
    names = {each["code"]: each["name"] for each in criteria}
    strange = [failed(f"评分标准里没有 {code}") for code in values if code not in names]
    wrong = [code for code, value in values.items() if code in names and value is not None and not 0 <= value <= MOST]
    return [*strange, *(failed(f"{names[code]}应为 0 到 {MOST} 分", figures={"criterion": code}) for code in wrong)]


@rule("review.sheet", label="评分表", article=Article(18))
def sheet_complete(values: Mapping[str, int | None], criteria: Iterable[Mapping[str, Any]]) -> list[Finding]:
    """One finding for each criterion without a score."""
    return [
        failed(f"还没打分：{each['name']}", figures={"criterion": each["code"]})
        for each in criteria
        if values.get(each["code"]) is None
    ]


@rule("review.comment", label="评审意见", article=Article(18))
def comment_fits(comment: str, values: Iterable[int | None], settings: Mapping[str, int]) -> Finding:
    """Length of the opinion; a very low or very high score asks for a longer one."""
    least, most, length = settings["comment_min"], settings["comment_max"], count(comment)
    given = [value for value in values if value is not None]
    extreme = any(value <= settings["extreme_low"] or value >= settings["extreme_high"] for value in given)
    if extreme:
        least = max(least, settings["extreme_comment_min"])
    why = (
        f"（有 {settings['extreme_low']} 分及以下或 {settings['extreme_high']} 分及以上的评分，请说明理由）"
        if extreme
        else ""
    )
    if length < least:
        return failed(f"评审意见还差 {least - length} 字，至少 {least} 字{why}", figures={"missing": least - length})
    if length > most:
        return failed(f"评审意见最多 {most} 字，现在 {length} 字，请删减 {length - most} 字")
    return passed(f"评审意见 {length} 字")
