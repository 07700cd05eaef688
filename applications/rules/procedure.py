"""Windows, quotas and the one-per-unit rule (第九至十六条): each gives one Finding. Instants are half-open."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from portal.regulation.articles import Article
from portal.regulation.rules import Finding, failed, passed, rule
from portal.web.formats import deadline_text, instant_text


@rule("window_open", label="办理时间", article=Article(16))
def window_open(at: datetime, opens_at: datetime | None, closes_at: datetime, *, name: str = "申报") -> Finding:
    """Whether at lies in [opens_at, closes_at): the instant of the deadline itself is too late."""
    figures = {"opens_at": opens_at and opens_at.isoformat(), "closes_at": closes_at.isoformat()}
    if opens_at is not None and at < opens_at:
        return failed(f"{name}将于 {instant_text(opens_at)} 开始", figures=figures)
    if at >= closes_at:
        return failed(f"{name}已于 {deadline_text(closes_at)} 截止", figures=figures)
    return passed(f"{name}截止 {deadline_text(closes_at)}", figures=figures)


@rule("quota_left", label="推荐名额", article=Article(11))
def quota_left(used: int, places: int) -> Finding:
    """Whether one more fits."""
    figures = {"used": used, "places": places}
    if used >= places:
        return failed(f"推荐名额已满（{used}/{places}）", figures=figures)
    return passed(f"推荐名额还剩 {places - used} 个（{used}/{places}）", figures=figures)


@rule("within_quota", label="推荐名额", article=Article(11))
def within_quota(count: int, places: int) -> Finding:
    """Whether a list as it stands fits."""
    figures = {"used": count, "places": places}
    if count > places:
        return failed(f"推荐 {count} 人，超过名额 {places} 人，请移出 {count - places} 人", figures=figures)
    return passed(f"推荐 {count} 人，名额 {places} 人", figures=figures)


@rule("quota_covers_used", label="推荐名额调整", article=Article(11))
def quota_covers_used(places: int, used: int) -> Finding:
    """A quota may not fall below what is used already."""
    figures = {"used": used, "places": places}
    if places < used:
        return failed(f"已推荐 {used} 人，名额不能减到 {places} 人", figures=figures)
    return passed(f"名额 {places} 人，已推荐 {used} 人", figures=figures)


@rule("one_per_host", label="一单位一人", article=Article(10))
def one_per_host(others: Sequence[str]) -> Finding:
    """A host unit nominates one person a cycle; `others` are the names of its other nominees not withdrawn."""
    if others:
        return failed(f"本单位已有申报人{'、'.join(others)}。每个依托单位限推荐 1 人，如需更换请先撤回原申报")
    return passed("本单位本年度没有其他申报人")


@rule("one_per_applicant", label="一人一次", article=Article(10))
def one_per_applicant(is_taken: bool) -> Finding:
    """A person applies once a cycle. The other unit is not named."""
    if is_taken:
        return failed("该申报人本年度已有申报，请核对身份证号")
    return passed("该申报人本年度没有其他申报")


@rule("not_disqualified", label="当年申报资格", article=Article(14))
def not_disqualified(host_is: bool, applicant_is: bool, year: int) -> Finding:
    """False or classified content costs unit and applicant the year."""
    who = [*(["依托单位"] if host_is else []), *(["申报人"] if applicant_is else [])]
    if who:
        return failed(f"{'、'.join(who)}的 {year} 年度申报资格已取消")
    return passed(f"{year} 年度申报资格有效")


@rule("corrections_left", label="补正次数", article=Article(15))
def corrections_left(done: int, limit: int) -> Finding:
    """Whether the file may be returned once more."""
    figures = {"done": done, "limit": limit}
    if done >= limit:
        return failed(f"已退回补正 {done} 次，最多 {limit} 次", figures=figures)
    return passed(f"还可退回补正 {limit - done} 次", figures=figures)


@rule("ranks_complete", label="推荐排序", article=Article(13, 4))
def ranks_complete(ranks: Sequence[int | None]) -> Finding:
    """Every nominee has a place, 1 to n without gap or tie."""
    placed = [rank for rank in ranks if rank is not None]
    if len(placed) < len(ranks):
        return failed(f"还有 {len(ranks) - len(placed)} 人没有排序")
    if sorted(placed) != list(range(1, len(ranks) + 1)):
        return failed(f"排序应为 1 到 {len(ranks)}，不重复、不空号")
    return passed(f"{len(ranks)} 人已排序")


@rule("windows_in_order", label="时间安排", article=Article(16))
def windows_in_order(windows: Sequence[tuple[str, datetime]]) -> Finding:
    """Named instants of a cycle follow one another."""
    for (earlier, first), (later, second) in pairwise(windows):
        if second <= first:
            return failed(f"“{later}”（{deadline_text(second)}）应晚于“{earlier}”（{deadline_text(first)}）")
    return passed("时间先后正确")
