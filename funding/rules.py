"""Judgements about task books and money: values in, findings out. Amounts in fen."""

from collections.abc import Iterable, Mapping
from datetime import date

from portal.regulation.articles import Article
from portal.regulation.rules import Finding, failed, passed, rule, to_check
from portal.web.formats import money_text

CONDITIONS = {
    "contract": ("任务书生效", Article(26)),
    "account": ("专门账户核验", Article(21)),
    "mid_term": ("年度或中期考核合格", Article(30)),
    "final": ("期满考核合格", Article(32)),
}
CHAPTERS = {
    "goals": "培养目标",
    "tasks": "任务与关键技术攻关",
    "mentoring": "双导师与合作机制",
    "resources": "配套支持",
    "ip": "知识产权与保密",
}


@rule("tranche_conditions", label="拨付条件", article=Article(20))
def conditions_met(needs: Iterable[str], met: set[str]) -> Finding:
    """Every condition a tranche waits for has happened. Raises KeyError for an unknown condition."""
    missing = [CONDITIONS[code][0] for code in needs if code not in met]
    if missing:
        return failed(f"还不能拨付：{'、'.join(missing)}没有达成", figures={"missing": missing})
    return passed("拨付条件已达成")


@rule("within_grant", label="资助总额", article=Article(20))
def within_grant(granted: int, paid: int, amount: int) -> Finding:
    """Payments never exceed the grant."""
    figures = {"granted": granted, "paid": paid, "amount": amount}
    if paid + amount > granted:
        return failed(f"本次拨付后累计 {money_text(paid + amount)}，超过任务书 {money_text(granted)}", figures=figures)
    return passed(f"本次拨付后累计 {money_text(paid + amount)}", figures=figures)


@rule("within_balance", label="账户余额", article=Article(21))
def within_balance(balance: int, amount: int) -> Finding:
    """An expense never exceeds what the dedicated account holds."""
    figures = {"balance": balance, "amount": amount}
    if amount > balance:
        return failed(f"支出 {money_text(amount)}，超过专门账户余额 {money_text(balance)}", figures=figures)
    return passed(f"专门账户余额 {money_text(balance)}", figures=figures)


@rule("recovery_complete", label="追回", article=Article(31, 2))
def recovery_complete(paid: int, spent: int, moved: int, returned: int, balance: int) -> Finding:
    """All that was paid and not moved to another unit has come back."""
    owed = paid - moved - returned
    if owed > 0:
        return failed(f"还有 {money_text(owed)} 没有追回", figures={"owed": owed})
    return passed("所拨经费已全部追回", figures={"owed": owed})


def task_book_complete(
    content: Mapping, indicators: list[dict], milestones: list[dict], mentors: list[dict], granted: int
) -> list[Finding]:
    """What a task book lacks before it may be confirmed: chapters, indicators, milestones, both mentors, a budget."""
    found = [
        failed(f"请填写“{label}”", article=Article(26))
        for key, label in CHAPTERS.items()
        if not content.get(key, "").strip()
    ]
    if not indicators:
        found.append(failed("请至少填写一项考核指标", article=Article(26)))
    if not milestones:
        found.append(failed("请至少填写一项年度里程碑", article=Article(22)))
    found += mentor_pair({mentor["kind"] for mentor in mentors})
    found.append(budget_adds_up(content.get("budget", []), granted, content.get("promised_fen", 0)))
    return [finding for finding in found if finding.blocks]


@rule("mentor_pair", label="双导师", article=Article(23))
def mentor_pair(kinds: set[str]) -> list[Finding]:
    """One mentor of the enterprise and one of a university, institute or society."""
    labels = {"enterprise": "企业导师", "academic": "高校院所导师"}
    return [failed(f"还没有{label}") for kind, label in labels.items() if kind not in kinds]


@rule("budget_adds_up", label="经费预算", article=Article(21))
def budget_adds_up(budget: list[dict], granted: int, promised: int) -> Finding:
    """The budget's categories sum to 市科协's money and the unit's matching money."""
    total, wanted = sum(row["fen"] for row in budget), granted + promised
    if total != wanted:
        return failed(
            f"预算合计 {money_text(total)}，与资助和配套合计 {money_text(wanted)} 不一致",
            figures={"total": total, "wanted": wanted},
        )
    return passed(f"预算合计 {money_text(total)}")


@rule("negative_list", label="经费负面清单", article=Article(27))
def negative_hits(
    *,
    words: Mapping[str, list[str]],
    summary: str,
    payee: str,
    payee_related: bool,
    category: str,
    duplicate: bool,
    spent_date: date,
    term: tuple[date | None, date | None],
) -> list[Finding]:
    """Advisory hits of the negative list; a person judges. `words` maps codes to keywords of the list's version.

    The rule of each finding's figures["code"] is the list's code.
    """
    found = []
    for code, keywords in words.items():
        hit = next((word for word in keywords if word and word in f"{summary} {payee}"), None)
        if hit:
            found.append(to_check(f"摘要或收款方出现“{hit}”", figures={"code": code}))
    if duplicate:
        found.append(to_check("凭证号或发票号重复", figures={"code": "NL10"}))
    if payee_related and category in ("P6", "P7"):
        found.append(to_check("向有关联的人员支付劳务费或咨询费", figures={"code": "NL11"}))
    elif payee_related:
        found.append(to_check("收款方与本单位或入选者有关联", figures={"code": "NL12"}))
    start, end = term
    if (start and spent_date < start) or (end and spent_date > end):
        found.append(to_check("支出日期不在培养期内", figures={"code": "NL01"}))
    return found
