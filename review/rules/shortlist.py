"""拟入选名单 (Art. 9, 19)."""

from collections.abc import Mapping, Sequence

from portal.regulation.articles import Article
from portal.regulation.rules import Finding, failed, passed, rule


@rule("shortlist.places", label="领域名额", article=Article(9))
def within_places(field: str, chosen: int, places: int) -> Finding:
    """Never more than the places of a field; fewer is left to the deliberation, nobody is filled in by machine."""
    figures = {"chosen": chosen, "places": places}
    if chosen > places:
        return failed(f"{field}拟入选 {chosen} 人，名额只有 {places} 人", figures=figures)
    return passed(f"{field}拟入选 {chosen}/{places} 人", figures=figures)


@rule("shortlist.passed", label="会评表决", article=Article(18))
def only_who_passed(chosen: Mapping[str, bool]) -> list[Finding]:
    """chosen: {application's number: whether the panel's vote passed}."""
    return [
        failed(f"{number} 没有通过会议评审表决，不能列为拟入选") for number, passed_ in chosen.items() if not passed_
    ]


@rule("shortlist.minutes", label="综合论证纪要", article=Article(19))
def minutes_attached(text: str, who: Sequence[str] = ()) -> Finding:
    return passed("论证纪要已附") if text.strip() else failed("请先填写综合论证纪要")
