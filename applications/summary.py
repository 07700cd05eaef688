"""A nominee as the 推荐汇总表 lists them (domain 5.3), from the frozen content of a version. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.reference import reference
from portal.regulation.rules import Finding, Verdict
from portal.web.formats import FEN_PER_WAN, day_text

DEGREES = ("doctor", "master", "bachelor")
RECOMMENDED = "同意推荐"


def summary_row(
    content: Mapping[str, Any], *, rank: int, recommender: str, exceptional_confirmed: bool
) -> dict[str, Any]:
    """The 27 columns by their keys, as they are to be read; figures come from the findings that were frozen."""
    pages = content["sections"]
    basic, unit, budget = (pages.get(name, {}) for name in ("basic", "unit", "budget"))
    findings = {each["rule"]: Finding.from_data(each) for each in content["findings"]}
    return {
        "number": rank,
        "recommender": recommender,
        "rank": rank,
        "name": content["applicant"]["name"],
        "gender": _named("genders", basic.get("gender")),
        "birth_date": _day(basic.get("birth_date")),
        "age": findings["age"].figures.get("age", ""),
        "exceptional": "是" if basic.get("age_branch") == "exceptional" else "否",
        "identity": content["applicant"]["id_number"],
        "degree": highest_degree(pages.get("experience", {}).get("education", ())),
        "title": basic.get("title_name", ""),
        "engineering_months": findings["engineering_years"].figures.get("months", ""),
        "leading_months": findings["leading_years"].figures.get("months", ""),
        "field": content["field"],
        "discipline": basic.get("discipline", ""),
        "unit": content["host"]["name"],
        "uscc": unit.get("uscc", ""),
        "region": _named("districts", unit.get("district")),
        "qualifications": "、".join(tags_of(findings, "host_qualifications", "host_platforms")),
        "young_award": "是" if basic.get("has_young_award") else "否",
        "requested": _wan(budget.get("from_cast")),
        "matched": _wan(budget.get("from_host")),
        "mobile": content["applicant"]["mobile"],
        "email": basic.get("email", ""),
        "secrecy_date": _day(pages.get("conditions", {}).get("confidentiality_date")),
        "conclusion": RECOMMENDED,
        "remark": "已确认特别优秀" if exceptional_confirmed else "",
    }


def tags_of(findings: Mapping[str, Finding], *rules: str) -> list[str]:
    """The short names of what is 优先: valid qualifications and platforms."""
    found = [findings[name] for name in rules if name in findings]
    return [name for each in found if each.verdict == Verdict.PRIORITY for name in each.figures.get("valid", ())]


def priorities(findings: Mapping[str, Finding]) -> list[str]:
    """All that speaks for recommending first (Art. 8, 10), for the officer's ranking page."""
    award = findings.get("young_award")
    named = ["优秀青年工程师奖"] if award is not None and award.verdict == Verdict.PRIORITY else []
    return [*named, *tags_of(findings, "host_qualifications", "host_platforms")]


def highest_degree(education: Any) -> str:
    """博士 · 硕士 · 学士, or the highest stage named."""
    rows = list(education)
    for degree in DEGREES:
        if any(row.get("degree") == degree for row in rows):
            return _named("degrees", degree)
    return _named("education_stages", rows[-1].get("stage")) if rows else ""


def _named(dictionary: str, code: str | None) -> str:
    return reference(dictionary)[code].name if code else ""


def _day(text: str | None) -> str:
    return day_text(date.fromisoformat(text)) if text else ""


def _wan(fen: int | None) -> str:
    return "" if fen is None else f"{fen / FEN_PER_WAN:.2f}"
