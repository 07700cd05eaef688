"""第八条（一）: what the host unit must be. What is not filled in yet is 待人工核实, never 不符合."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from applications import numbers
from portal.reference import reference
from portal.regulation.articles import Article
from portal.regulation.rules import Finding, failed, passed, priority, rule, to_check
from portal.web.formats import day_text

from .facts import Facts, PolicyParameters


@rule("host_enterprise", label="北京注册的独立企业法人", article=Article(8, 1, 1))
def host_enterprise(facts: Facts, policy: PolicyParameters) -> Finding:
    """Credit code (checksum, category 91, division 11xxxx) and type of enterprise; a doubt is for people to settle."""
    if not facts.uscc:
        return to_check("尚未填写统一社会信用代码")
    try:
        code = numbers.credit_code(facts.uscc)
    except numbers.WrongNumber as error:
        return failed(str(error))
    figures = {"category": code[:2], "division": code[2:8]}
    kind = reference("enterprise_types")[facts.enterprise_type] if facts.enterprise_type else None
    if kind is not None and kind["legal_person"] == "no":
        return failed(f"{kind.name}不是独立企业法人，请由具有法人资格的单位申报", figures=figures)
    if code[:2] == numbers.SOLE_TRADER:
        return failed("个体工商户不是企业法人，请由企业法人申报", figures=figures)
    doubts = [
        *(["代码前两位不是 91，企业法人身份待核实"] if code[:2] != numbers.ENTERPRISE else []),
        *([f"登记机关区划 {code[2:8]} 不在北京，注册地待核实"] if code[2:4] != numbers.BEIJING else []),
        *([f"企业类型为“{kind.name}”，法人身份待核实"] if kind is not None and kind["legal_person"] == "check" else []),
    ]
    evidence = ("business_licence",) if "business_licence" in facts.attached else ()
    if doubts:
        return to_check("；".join(doubts) + "，以营业执照为准", figures=figures, evidence=evidence)
    return passed(f"统一社会信用代码校验通过，登记机关区划 {code[2:8]} 在北京", figures=figures, evidence=evidence)


@rule("host_technology", label="核心技术和自主知识产权", article=Article(8, 1, 2))
def host_technology(facts: Facts, policy: PolicyParameters) -> Finding:
    """Own intellectual property there is; how advanced it is, the experts judge."""
    if facts.ip_count is None or not facts.core_technology:
        return to_check("尚未填写核心技术和自主知识产权数")
    figures = {"ip_count": facts.ip_count, "needed": policy.ip_min}
    if facts.ip_count < policy.ip_min:
        return failed(f"自主知识产权 {facts.ip_count} 项，至少应有 {policy.ip_min} 项", figures=figures)
    return passed(f"自主知识产权 {facts.ip_count} 项；行业先进程度由专家评审", figures=figures)


@rule("host_training", label="人才培养体系与产学研合作", article=Article(8, 1, 3))
def host_training(facts: Facts, policy: PolicyParameters) -> Finding:
    """A training system is described, and an agreement with a university or institute is in force on the last day."""
    if not facts.training_system or not facts.host_partners:
        return to_check("尚未填写人才培养体系和合作单位")
    kinds = reference("partner_kinds")
    research = [row for row in facts.host_partners if row.get("kind") and kinds[row["kind"]]["research"]]
    if not research:
        return failed("还没有与高校、科研院所的合作，请补充至少 1 个并附协议")
    in_force = [row["name"] for row in research if row.get("name") and (row.get("to") or "9999") >= policy.until_month]
    figures = {"research_partners": len(research), "in_force": in_force}
    if not in_force:
        return to_check("与高校、科研院所的协议已到期，长期合作待核实", figures=figures)
    return passed(f"与{in_force[0]}等 {len(in_force)} 家高校、科研院所有合作", figures=figures)


@rule("host_platforms", label="科研平台（优先）", article=Article(8, 1, 4))
def host_platforms(facts: Facts, policy: PolicyParameters) -> Finding:
    """A tag for platforms of city level and above and for recognised 研发机构; expired ones do not count."""
    levels = reference("platform_levels")
    ranking = [
        row
        for row in facts.platforms
        if row.get("kind") == "rnd_institution" or (row.get("level") and levels[row["level"]]["priority"])
    ]
    names = {id(row): row.get("name") or "科研平台" for row in ranking}
    return _tag(ranking, names, policy.count_until, "没有登记市级及以上科研平台，不影响申报")


@rule("host_qualifications", label="科技企业资质（优先）", article=Article(8, 1, 5))
def host_qualifications(facts: Facts, policy: PolicyParameters) -> Finding:
    """A tag for 高新技术企业, 专精特新, 技术创新示范, 单项冠军; expired ones do not count."""
    kinds = reference("qualification_kinds")
    ranking = [row for row in facts.qualifications if row.get("kind") and kinds[row["kind"]]["priority"]]
    names = {id(row): kinds[row["kind"]].name for row in ranking}
    return _tag(ranking, names, policy.count_until, "没有登记优先推荐的企业资质，不影响申报")


def _tag(rows: list[Mapping[str, Any]], names: dict[int, str], on: date, none: str) -> Finding:
    """优先 with the names that are valid on a day (no end means for good), else 符合 with the reason."""
    valid = [names[id(row)] for row in rows if (row.get("valid_until") or "9999") >= on.isoformat()]
    expired = [
        f"{names[id(row)]}已于 {day_text(date.fromisoformat(row['valid_until']))} 到期，不计"
        for row in rows
        if names[id(row)] not in valid
    ]
    figures = {"valid": valid, "expired": expired}
    if valid:
        return priority("；".join(["、".join(dict.fromkeys(valid)), *expired]), figures=figures)
    return passed("；".join([*expired, none]) if expired else none, figures=figures)
