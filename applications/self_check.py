"""条件自查 (P2): seven questions that anybody may answer; nothing is stored. applications.rules judges.

The answers travel in a signed text from page to page. Pure but for the signing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django import forms
from django.core import signing

from applications import rules
from applications.rules.facts import Facts, PolicyParameters
from portal.regulation.articles import Article
from portal.regulation.rules import Finding, Verdict, failed, passed, to_check
from portal.web.fields import DayField, WholeField
from portal.web.forms import say_required

SALT = "applications.self_check"
YES_NO = [("yes", "是"), ("no", "否")]
Judge = Callable[[Any, PolicyParameters], Finding]


def _choice(choices: list[tuple[str, str]]) -> Callable[[str], forms.Field]:
    return lambda label: forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect)


def _years(label: str) -> forms.Field:
    return WholeField(label=label, most=60, unit="年")


@dataclass(frozen=True)
class Question:
    """One page: its key, the question, its input, its judge, and what else the page says."""

    key: str
    text: str
    label: str
    article: Article
    field: Callable[[str], forms.Field]
    judge: Judge
    hint: str = ""


def _host(answer: str, policy: PolicyParameters) -> Finding:
    if answer == "unsure":
        return to_check("依托单位须是北京注册的独立企业法人，以营业执照为准；分公司、办事处不能申报")
    if answer == "no":
        return failed("依托单位应是北京注册的独立企业法人")
    return passed("依托单位是北京注册的独立企业法人")


def _others(answer: str, policy: PolicyParameters) -> Finding:
    return rules.one_per_host(["其他人"] if answer == "yes" else [])


def _age(answer: str, policy: PolicyParameters) -> Finding:
    """Between the cut-offs the way in is the exceptional branch, which the form's own rule would ask papers for."""
    born = date.fromisoformat(answer)
    found = rules.applicant.age(Facts(birth_date=born), policy)
    eased = replace(policy, birth_cutoff_ordinary=policy.birth_cutoff_exceptional)
    inside = rules.applicant.age(Facts(birth_date=born), eased).verdict == Verdict.PASS
    if found.verdict == Verdict.FAIL and inside:
        years = found.figures["age"]
        words = f"{years} 岁，超过 {policy.ordinary_years} 岁。"
        words += f"特别优秀的可放宽至 {policy.exceptional_years} 岁，请先咨询推荐单位"
        return replace(found, verdict=Verdict.CHECK, message=words)
    return found


def _nationality(answer: str, policy: PolicyParameters) -> Finding:
    if answer == "no":
        return failed("申报人应具有中国国籍")
    return passed("申报人具有中国国籍")


def _engineering(answer: int, policy: PolicyParameters) -> Finding:
    rows = _stretch(answer, policy, {"engineering_role": "research"})
    return rules.applicant.engineering_years(Facts(work=rows), policy)


def _leading(answer: int, policy: PolicyParameters) -> Finding:
    rows = _stretch(answer, policy, {"role": "lead", "is_key": True})
    return rules.applicant.leading_years(Facts(projects=rows), policy)


def _title(answer: str, policy: PolicyParameters) -> Finding:
    if answer == "contribution":
        return to_check("以突出贡献申报的，须附佐证，并由推荐单位在推荐意见中写明")
    level = {"senior": "senior", "neither": "none"}[answer]
    return rules.applicant.title(Facts(title_level=level, contribution_branch=False), policy)


def _stretch(years: int, policy: PolicyParameters, row: dict[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """One stretch of whole years that ends in the last month that counts; a row of no length for none."""
    last = rules.months.to_index(policy.until_month)
    start = rules.months.to_month(last - 12 * years + 1)
    return ({**row, "from": start, "to": policy.until_month},)


QUESTIONS = (
    Question(
        "host", "依托单位是否是在北京注册的独立企业法人？", "请选择一项", Article(8, 1, 1),
        _choice([*YES_NO, ("unsure", "不清楚")]), _host, "分公司、办事处不是独立法人",
    ),
    Question(
        "others", "本单位今年是否已推荐其他人？", "请选择一项", Article(10),
        _choice(YES_NO), _others, "每个依托单位限推荐 1 人",
    ),
    Question(
        "born", "申报人的出生日期是哪一天？", "出生日期", Article(8, 2, 3),
        lambda label: DayField(label=label), _age, "例如 1985年3月5日",
    ),
    Question(
        "nationality", "申报人是否具有中国国籍？", "请选择一项", Article(8, 2, 1),
        _choice(YES_NO), _nationality,
    ),
    Question(
        "engineering", "申报人从事工程技术工作满几年？", "工程技术工作年限", Article(8, 2, 4), _years, _engineering,
        "工程科研、应用一线的研发、设计、生产、施工、管理、评估等",
    ),
    Question(
        "leading", "申报人主持本领域重点项目满几年？", "主持重点项目年限", Article(8, 2, 5),
        _years, _leading, "时间重叠的只算一次",
    ),
    Question(
        "title", "申报人属于哪一种情况？", "请选择一项", Article(8, 2, 6),
        _choice(
            [
                ("senior", "具有高级工程师（含正高级）职称"),
                ("contribution", "没有高级职称，但在关键技术突破、成果转化等方面有突出贡献"),
                ("neither", "以上都没有"),
            ]
        ),
        _title,
    ),
)  # fmt: skip

PRIORITY_NOTE = (
    "北京优秀青年工程师奖获奖者（第十条），以及有市级以上科研平台或“高新技术企业”“专精特新”等资质的依托单位"
    "（第八条（一）4、5），可以优先推荐。"
)


class AnswerForm(forms.Form):
    """One question."""

    use_required_attribute = False

    def __init__(self, question: Question, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"] = question.field(question.label)
        self.fields["answer"].help_text = question.hint
        say_required(self)
        if isinstance(self.fields["answer"], forms.ChoiceField):
            self.fields["answer"].error_messages["required"] = "请选择一项"

    def clean_answer(self) -> Any:
        given = self.cleaned_data["answer"]
        return given.isoformat() if isinstance(given, date) else given


def sealed(answers: Mapping[str, Any]) -> str:
    """The answers as a text that only this portal can write."""
    return signing.dumps(dict(answers), salt=SALT, compress=True)


def opened(text: str) -> dict[str, Any]:
    """The answers in a signed text; none where it is empty, broken or forged."""
    try:
        return signing.loads(text, salt=SALT) if text else {}
    except signing.BadSignature:
        return {}


def first_unanswered(answers: Mapping[str, Any]) -> int | None:
    """The number (from 1) of the first question without an answer."""
    return next((place for place, each in enumerate(QUESTIONS, 1) if each.key not in answers), None)


def judge(answers: Mapping[str, Any], policy: PolicyParameters) -> list[Finding]:
    """One finding a question, in order."""
    return [
        replace(found, article=found.article or each.article)
        for each in QUESTIONS
        if (found := each.judge(answers[each.key], policy))
    ]
