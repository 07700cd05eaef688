"""异议 (Art. 19): real names, in time, with facts."""

from collections.abc import Mapping
from datetime import datetime

from portal.regulation.articles import Article
from portal.regulation.rules import Finding, failed, passed, rule
from portal.web.formats import deadline_text, instant_text
from portal.web.text import count

LEAST_FACTS = 20
NAMELESS = {"匿名", "无名", "无名氏", "某某", "佚名", "群众"}


@rule("objection.period", label="异议期限", article=Article(19))
def inside_period(at: datetime, starts_at: datetime | None, ends_at: datetime | None) -> Finding:
    """The publicity's half-open period: what arrives at its end is late."""
    if starts_at is None or at < starts_at:
        return failed("公示还没有开始" if starts_at is None else f"公示于 {instant_text(starts_at)} 开始")
    if ends_at is not None and at >= ends_at:
        return failed(f"公示期已于 {deadline_text(ends_at)} 结束，逾期异议不予受理")
    return passed("在公示期内")


@rule("objection.real_name", label="实名异议", article=Article(19))
def complete_objection(filed: Mapping[str, str]) -> list[Finding]:
    """name, contact, facts; a unit also names who is responsible. Nobody may object without a name."""
    found = []
    name = filed.get("name", "").strip()
    if not name or name in NAMELESS:
        found.append(failed("请填写真实姓名或单位全称，匿名异议不予受理", figures={"field": "name"}))
    if filed.get("kind") == "unit" and not filed.get("person", "").strip():
        found.append(failed("单位提出异议的，请填写负责人或联系人", figures={"field": "person"}))
    if not filed.get("contact", "").strip():
        found.append(failed("请填写联系方式，以便核实和答复", figures={"field": "contact"}))
    if count(filed.get("facts", "")) < LEAST_FACTS:
        found.append(failed(f"请写明事实和依据，至少 {LEAST_FACTS} 字", figures={"field": "facts"}))
    return found


@rule("avoid.limit", label="申请回避的专家数", article=Article(17))
def still_to_be_named(named: int, most: int) -> Finding:
    """A host unit may ask that so many experts do not judge its application."""
    if named >= most:
        return failed(f"每份申报最多申请 {most} 位专家回避")
    return passed(f"已申请 {named} 位，最多 {most} 位")
