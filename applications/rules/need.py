"""第四、五、七、九条 and 十四条: what the application must aim at, and what its words may not contain."""

from portal.reference import reference
from portal.regulation.articles import Article
from portal.regulation.rules import Finding, failed, passed, rule, to_check

from .facts import Facts, PolicyParameters


@rule("field_of_the_year", label="当年支持领域", article=Article(9))
def field_of_the_year(facts: Facts, policy: PolicyParameters) -> Finding:
    """The main field is one of the cycle's."""
    if not facts.main_field:
        return to_check("尚未选择主申报领域")
    if facts.main_field not in facts.cycle_fields:
        return failed(f"主申报领域不在本年度支持的领域内，请改选：{'、'.join(facts.cycle_fields.values())}")
    return passed(f"{facts.cycle_fields[facts.main_field]}是本年度支持的领域")


@rule("urgent_need", label="急需紧缺方向", article=Article(4))
def urgent_need(facts: Facts, policy: PolicyParameters) -> Finding:
    """The direction of urgent need is named; whether it is one, people judge."""
    if not facts.urgent_direction:
        return to_check("尚未填写急需紧缺方向")
    return passed(f"急需紧缺方向：{facts.urgent_direction}")


@rule("key_problem", label="解决的关键问题", article=Article(7))
def key_problem(facts: Facts, policy: PolicyParameters) -> Finding:
    """The key problem is named."""
    if not facts.key_problem:
        return to_check("尚未填写解决的关键问题")
    return passed("已写明解决的关键问题")


@rule("joint_training", label="协同育人合作方", article=Article(5))
def joint_training(facts: Facts, policy: PolicyParameters) -> Finding:
    """The training plan has partners among universities, institutes and societies."""
    if not facts.plan_partners:
        return to_check("尚未填写培养计划的合作方")
    kinds = reference("partner_kinds")
    academic = [
        row
        for row in facts.plan_partners
        if row.get("kind") and (kinds[row["kind"]]["research"] or row["kind"] == "society")
    ]
    figures = {"partners": len(academic), "needed": policy.plan_partners_min}
    if len(academic) < policy.plan_partners_min:
        lack = policy.plan_partners_min - len(academic)
        return failed(f"培养计划的合作方中，高校、科研院所或学会还差 {lack} 个", figures=figures)
    return passed(f"培养计划有 {len(academic)} 个高校、科研院所或学会合作方", figures=figures)


@rule("secrecy_words", label="保密提示词", article=Article(14))
def secrecy_words(facts: Facts, policy: PolicyParameters) -> Finding:
    """Marks of secrecy in any text stop; the list's other words are shown to people. A hit is no verdict on secrecy."""
    words = {
        effect: [item.name for item in reference("secrecy_keywords").where(effect=effect) if _stands(item.name, facts)]
        for effect in ("block", "hint")
    }
    if words["block"]:
        return failed(f"内容里有“{'”“'.join(words['block'])}”字样。不得含有涉密内容，请核对后删改", figures=words)
    if words["hint"]:
        return to_check(f"内容里有“{'”“'.join(words['hint'])}”字样，请确认不涉密", figures=words)
    return passed("没有发现保密提示词", figures=words)


def _stands(word: str, facts: Facts) -> bool:
    return any(word in text for text in facts.texts)
