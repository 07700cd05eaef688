"""第八条（二）and 第十条: what the applicant must be. What is not filled in yet is 待人工核实, never 不符合."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from applications import numbers
from portal.reference import reference
from portal.regulation.articles import Article
from portal.regulation.rules import Finding, failed, passed, priority, rule, to_check
from portal.web.formats import day_text
from portal.web.text import count

from .facts import Facts, PolicyParameters
from .months import Counted, count_months, duration_text


@rule("nationality", label="中国国籍", article=Article(8, 2, 1))
def nationality(facts: Facts, policy: PolicyParameters) -> Finding:
    """A resident identity number that passes its check; other Chinese documents are looked at by people."""
    if not facts.id_type or not facts.id_number:
        return to_check("尚未填写证件")
    kind = reference("id_types")[facts.id_type]
    if kind["nationality"] == "foreign":
        return failed(f"证件为{kind.name}，申报人应具有中国国籍")
    if kind["nationality"] == "check":
        return to_check(f"证件为{kind.name}，中国国籍待核实")
    try:
        numbers.resident_id(facts.id_number)
    except numbers.WrongNumber as error:
        return failed(str(error))
    return passed("居民身份证号校验通过", evidence=("id_card",) if "id_card" in facts.attached else ())


@rule("identity_agrees", label="证件与所填一致", article=Article(14))
def identity_agrees(facts: Facts, policy: PolicyParameters) -> Finding:
    """Birth date and gender against the resident number: a difference is for people to settle."""
    if facts.id_type != "resident_id" or not facts.birth_date or not facts.gender:
        return to_check("尚不能与居民身份证号核对")
    try:
        number = numbers.resident_id(facts.id_number)
    except numbers.WrongNumber:
        return to_check("居民身份证号有误，尚不能核对")
    different = [
        *(["出生日期"] if numbers.birth_date_of(number) != facts.birth_date else []),
        *(["性别"] if numbers.gender_of(number) != facts.gender else []),
    ]
    if different:
        return to_check(f"{'、'.join(different)}与居民身份证号不一致，请核对")
    return passed("出生日期、性别与居民身份证号一致")


@rule("ethics", label="工程伦理和职业道德", article=Article(8, 2, 2))
def ethics(facts: Facts, policy: PolicyParameters) -> Finding:
    """Declared discipline or dishonesty stops; a person with access to secrets needs the confidentiality review."""
    if None in (facts.has_discipline, facts.has_dishonesty, facts.is_classified_person):
        return to_check("尚未回答处分、失信和涉密人员三项")
    records = [*(["处分"] if facts.has_discipline else []), *(["失信"] if facts.has_dishonesty else [])]
    if records:
        return failed(f"申报人声明有{'、'.join(records)}记录，请由推荐单位核实后再申报")
    if facts.is_classified_person:
        if "confidentiality_review" not in facts.attached:
            return failed("申报人为涉密人员，材料须经保密审查通过，请先上传保密审查表", article=Article(14))
        return to_check("申报人为涉密人员，已附保密审查表，待核实", evidence=("confidentiality_review",))
    return passed("申报人声明没有处分和失信记录")


@rule("age", label="年龄", article=Article(8, 2, 3))
def age(facts: Facts, policy: PolicyParameters) -> Finding:
    """Birth date against the two cut-offs; between them only with reason, proof and the recommending unit's word."""
    born = facts.birth_date
    if born is None:
        return to_check("尚未填写出生日期")
    years = age_on(born, policy.age_on)
    figures = {
        "age": years,
        "age_on": policy.age_on.isoformat(),
        "ordinary_cutoff": policy.birth_cutoff_ordinary.isoformat(),
        "exceptional_cutoff": policy.birth_cutoff_exceptional.isoformat(),
        "inclusive": policy.birth_cutoff_inclusive,
    }
    if _inside(born, policy.birth_cutoff_ordinary, policy):
        return passed(f"{years} 岁，不超过 {policy.ordinary_years} 岁", figures=figures)
    over = f"{years} 岁，超过 {policy.ordinary_years} 岁"
    if not _inside(born, policy.birth_cutoff_exceptional, policy):
        limit = f"{policy.exceptional_years} 岁（{day_text(policy.birth_cutoff_exceptional)}以后出生）"
        return failed(f"{years} 岁，超过 {limit}", figures=figures)
    if facts.age_branch != "exceptional":
        way = "可走第八条（二）3 特别优秀：在年龄通道选“特别优秀”，写明理由并附证明"
        return failed(f"{over}；{way}", figures=figures)
    written = count(facts.exceptional_reason)
    if written < policy.exceptional_reason_min:
        lack = policy.exceptional_reason_min - written
        return failed(f"{over}；特别优秀的理由至少 {policy.exceptional_reason_min} 字，还差 {lack} 字", figures=figures)
    if "exceptional_proof" not in facts.attached:
        return failed(f"{over}；走特别优秀通道，请上传证明材料", figures=figures)
    evidence = ("exceptional_proof",)
    if facts.exceptional_confirmed is None:
        return to_check(f"{over}；走特别优秀通道，待推荐单位确认", figures=figures, evidence=evidence)
    if not facts.exceptional_confirmed:
        return failed(f"{over}；推荐单位没有确认特别优秀", figures=figures, evidence=evidence)
    return passed(f"{over}；走特别优秀通道，推荐单位已确认", figures=figures, evidence=evidence)


@rule("engineering_years", label="工程技术工作年限", article=Article(8, 2, 4))
def engineering_years(facts: Facts, policy: PolicyParameters) -> Finding:
    """Months of engineering work, overlaps counted once; posts called 其他 count only once people have looked."""
    if not facts.work:
        return to_check("尚未填写工作经历")
    roles = reference("engineering_roles")
    return _long_enough(
        facts.work,
        lambda row: "yes" if row.get("engineering_role") and roles[row["engineering_role"]]["counts"] else "check",
        policy.engineering_months,
        policy.until_month,
        "工程技术工作",
        "“其他”岗位",
        tuple({"employment_proof"} & facts.attached),
    )


@rule("leading_years", label="主持重点项目年限", article=Article(8, 2, 5))
def leading_years(facts: Facts, policy: PolicyParameters) -> Finding:
    """Months of leading key projects of the field, overlaps counted once; 联合主持 and other projects need people."""
    if not facts.projects:
        return to_check("尚未填写主持项目")
    roles = reference("project_roles")

    def leads(row: Mapping[str, Any]) -> str:
        role = roles[row["role"]]["leads"] if row.get("role") else "no"
        return "check" if role == "yes" and not row.get("is_key") else role

    return _long_enough(
        facts.projects,
        leads,
        policy.lead_months,
        policy.until_month,
        "主持重点项目",
        "联合主持或非重点项目",
        tuple({"project_proof"} & facts.attached),
    )


@rule("key_trainee", label="本单位重点培养对象", article=Article(8, 2, 5))
def key_trainee(facts: Facts, policy: PolicyParameters) -> Finding:
    """The host unit's own word."""
    if facts.is_core is None:
        return to_check("单位尚未确认是否为重点培养对象")
    if not facts.is_core:
        return failed("申报人应是本单位重点培养对象，请由单位确认")
    return passed("单位已确认为重点培养对象")


@rule("title", label="高级工程师职称或突出贡献", article=Article(8, 2, 6))
def title(facts: Facts, policy: PolicyParameters) -> Finding:
    """A senior title, or the branch of outstanding contributions with at least one piece of evidence."""
    if not facts.title_level:
        return to_check("尚未填写职称")
    level = reference("title_levels")[facts.title_level]
    if level["senior"]:
        named = f"{level.name}（{facts.title_name}）" if facts.title_name else level.name
        evidence = ("title_certificate",) if "title_certificate" in facts.attached else ()
        return passed(f"具有{named}职称", evidence=evidence)
    if not facts.contribution_branch:
        return failed(f"职称为{level.name}；有突出贡献的可走第八条（二）6 突出贡献：写明贡献并附佐证")
    if not facts.contribution:
        return failed("以突出贡献申报，请写明关键技术突破或成果转化等方面的贡献")
    if "contribution_proof" not in facts.attached:
        return failed("以突出贡献申报，请上传至少 1 项佐证")
    return to_check("以突出贡献申报，待推荐单位在推荐意见中写明", evidence=("contribution_proof",))


@rule("young_award", label="北京优秀青年工程师奖（优先）", article=Article(10))
def young_award(facts: Facts, policy: PolicyParameters) -> Finding:
    """A tag: the winner of the award may be recommended first."""
    if facts.has_young_award:
        evidence = ("young_award_certificate",) if "young_award_certificate" in facts.attached else ()
        return priority(f"北京优秀青年工程师奖获奖者（{facts.young_award or '证书待核实'}）", evidence=evidence)
    return passed("没有登记北京优秀青年工程师奖，不影响申报")


@rule("other_programmes", label="已入选的人才计划", article=Article(15))
def other_programmes(facts: Facts, policy: PolicyParameters) -> Finding:
    """A hint for the reviewer, never an exclusion."""
    names = [row["name"] for row in facts.other_programmes if row.get("name")]
    if names:
        return to_check(f"已入选{'、'.join(names)}，请核对支持期", figures={"programmes": names})
    return passed("没有登记其他人才计划")


def age_on(born: date, day: date) -> int:
    """Full years on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _inside(born: date, cutoff: date, policy: PolicyParameters) -> bool:
    return born > cutoff or (policy.birth_cutoff_inclusive and born == cutoff)


def _long_enough(
    rows: Iterable[Mapping[str, Any]],
    counts: Callable[[Mapping[str, Any]], str],
    needed: int,
    until: str,
    what: str,
    doubtful: str,
    evidence: tuple[str, ...],
) -> Finding:
    """符合 when the certain months suffice, 待人工核实 when they do only with the doubtful ones, else 不符合."""
    judged = [(counts(row), (row.get("from") or "", row.get("to"))) for row in rows]
    sure = count_months([stretch for verdict, stretch in judged if verdict == "yes"], until)
    most = count_months([stretch for verdict, stretch in judged if verdict != "no"], until)
    figures = {**sure.as_figures(), "needed": needed, "until": until, "with_doubtful": most.months}
    stamp = {"figures": figures, "evidence": evidence}
    goal = duration_text(needed)
    if sure.months >= needed:
        return passed(f"{what} {duration_text(sure.months)}（≥ {goal}）{_once(sure)}", **stamp)
    if most.months >= needed:
        extra = duration_text(most.months - sure.months)
        return to_check(f"{what} {duration_text(sure.months)}，另有{doubtful} {extra}，待核实是否计入", **stamp)
    lack = duration_text(needed - most.months)
    return failed(f"{what} {duration_text(most.months)}，距 {goal}还差 {lack}{_once(most)}", **stamp)


def _once(counted: Counted) -> str:
    return "，重叠月份只算一次" if counted.overlaps else ""
