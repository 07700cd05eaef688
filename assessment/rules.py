"""Judgements of chapter 7: values in, findings out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from portal.regulation.articles import Article
from portal.regulation.rules import Finding, failed, rule
from portal.web.text import count

KINDS = {"technical": "技术专家", "management": "管理专家", "finance": "财务专家"}
REPORT_PARTS = {"summary": "任务书内容完成情况", "growth": "个人成长情况", "team": "团队业绩", "funds": "经费使用情况"}
GRADES = {"failed": "不合格", "passed": "合格", "excellent": "优秀"}  # from the worst to the best
COMMENT_LEAST, COMMENT_MOST = 30, 500


@dataclass(frozen=True)
class Sheet:
    """One submitted sheet: the expert's kind and {criterion's code: score}."""

    kind: str
    scores: Mapping[str, int]


@rule("report_complete", label="自评", article=Article(30))
def report_complete(promised: set[str], reported: set[str], report: Mapping[str, str]) -> list[Finding]:
    """Every indicator of the task book has its actual value, and the four aspects have words."""
    found = [failed(f"指标 {code} 还没有填写实际完成值") for code in sorted(promised - reported)]
    return found + [
        failed(f"请填写“{label}”") for key, label in REPORT_PARTS.items() if not report.get(key, "").strip()
    ]


@rule("words_enough", label="文字说明", article=Article(30))
def words_enough(text: str, label: str, least: int, article: Article | None = None) -> list[Finding]:
    """An opinion is more than a nod."""
    length = count(text)
    return [failed(f"请填写{label}，不少于 {least} 字，现在 {length} 字", article=article)] if length < least else []


@rule("all_kinds_present", label="三类专家", article=Article(32))
def all_kinds_present(kinds: Iterable[str], what: str = "人选") -> list[Finding]:
    """Technical, management and finance experts must all be there."""
    present = set(kinds)
    missing = [label for kind, label in KINDS.items() if kind not in present]
    return [failed(f"还缺{'、'.join(missing)}{what}", figures={"missing": missing})] if missing else []


@rule("all_answered", label="专家评分", article=Article(32))
def all_answered(waiting: int) -> list[Finding]:
    """Whoever is asked has submitted; one who does not is taken off first."""
    return [failed(f"还有 {waiting} 位专家没有提交评分", figures={"waiting": waiting})] if waiting else []


def criteria_of(kind: str, criteria: Sequence[Mapping]) -> list[Mapping]:
    """The criteria that a kind of expert judges; one that names no kinds is for all."""
    return [each for each in criteria if kind in each.get("experts", KINDS)]


def total(sheets: Sequence[Sheet], criteria: Sequence[Mapping], score_max: int, *, clean: bool) -> Decimal | None:
    """Points of 100: the mean of each criterion's scores by its weight. None while a criterion has no score.

    A criterion with a veto counts nothing where the money is not clean.
    """
    points = Decimal(0)
    for each in criteria:
        given = [
            sheet.scores[each["code"]]
            for sheet in sheets
            if each in criteria_of(sheet.kind, criteria) and each["code"] in sheet.scores
        ]
        if not given:
            return None
        if clean or "veto" not in each:
            points += Decimal(sum(given)) / len(given) / score_max * each["weight"]
    return points.quantize(Decimal("0.1"), ROUND_HALF_UP)


def grade_of(points: Decimal, excellent_from: int, qualified_from: int) -> str:
    """The grade of a total by the cycle's thresholds; on the threshold counts as reached."""
    if points >= excellent_from:
        return "excellent"
    return "passed" if points >= qualified_from else "failed"


@rule("grade_allowed", label="评定等级", article=Article(32))
def grade_allowed(grade: str, suggested: str | None, clean: bool) -> list[Finding]:
    """Never better than the experts' scores; unrectified use of money forbids 优秀. Worse is a matter of judgement."""
    order = list(GRADES)
    found = []
    if grade not in order:
        return [failed("请选择等级")]
    if suggested is not None and order.index(grade) > order.index(suggested):
        found.append(failed(f"按专家评分最高可评为“{GRADES[suggested]}”"))
    if grade == "excellent" and not clean:
        found.append(failed("经费使用有未整改的情况，不得评为优秀", article=Article(27)))
    return found


@rule("regrade_allowed", label="复评等级", article=Article(30))
def regrade_allowed(grade: str) -> list[Finding]:
    """After a rectification it is 合格 or it is not."""
    return [] if grade in ("passed", "failed") else [failed("复评只评定合格或不合格")]


@rule("stays_in_beijing", label="在京变更", article=Article(29))
def stays(region: str, same_field: bool) -> list[Finding]:
    """The new unit is in Beijing (division 11xxxx) and the work stays in the field; else the exit is the way."""
    found = []
    if not region.startswith("11"):
        found.append(failed("新单位不在北京，应按退出程序办理", article=Article(31, 2, 2)))
    if not same_field:
        found.append(failed("脱离原研究领域的，应按退出程序办理", article=Article(31, 2, 2)))
    return found


def precondition(ground: str, *, failed_after_rectification: bool, warning_unheeded: bool) -> list[Finding]:
    """What must have happened before a case on this ground may be opened or decided."""
    if ground == "E1" and not failed_after_rectification:
        return [failed("没有整改后复评仍不合格的考核，不能以此立案", article=Article(31, 2, 1))]
    if ground == "E3" and not warning_unheeded:
        return [failed("没有经提醒督促仍未整改的支出，不能以此立案", article=Article(31, 2, 3))]
    return []


@rule("exit_decision", label="退出决定", article=Article(31, 2))
def decision_fits(decision: str, serious: bool, selectee_state: str) -> list[Finding]:
    """中止 is for a term that runs; recovery only follows a cancelled one; a suspension is lifted by its own step."""
    if decision not in ("suspend", "cancel", "none"):
        return [failed("请选择决定")]
    found = []
    if serious and decision != "cancel":
        found.append(failed("只有取消资格且情节严重的才追回经费"))
    if decision == "suspend" and selectee_state != "active":
        found.append(failed("只有培养中的入选者可以中止资格"))
    if decision == "none" and selectee_state == "suspended":
        found.append(failed("资格已中止的，不予处理请办理“恢复资格”"))
    return found


@rule("assessment_scores", label="考核评分", article=Article(32))
def scores_complete(scores: Mapping[str, int | None], comment: str, criteria: Sequence[Mapping], score_max: int):
    """Every criterion of the sheet between 0 and the most, with a comment of COMMENT_LEAST to COMMENT_MOST words."""
    found = [
        failed(f"请给“{each['name']}”打 0 到 {score_max} 分", figures={"code": each["code"]})
        for each in criteria
        if scores.get(each["code"]) is None or not 0 <= scores[each["code"]] <= score_max
    ]
    length = count(comment)
    if not COMMENT_LEAST <= length <= COMMENT_MOST:
        found.append(failed(f"意见应在 {COMMENT_LEAST} 到 {COMMENT_MOST} 字之间，现在 {length} 字"))
    return found
