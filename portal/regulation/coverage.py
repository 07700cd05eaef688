"""Which article is answered by which rules, steps and roles, and which is left to people.

An article *commands* when it tells someone to do, allow or refuse something. Each commanding article is cited by a rule
or a step, or stands in LEFT_TO_PEOPLE with the reason. A citation counts for exactly the provision it names.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from .articles import Article, chapters, every_article, text_of
from .rules import Rule

COMMANDING: tuple[Article, ...] = (
    *(Article(number) for number in (2, 3, 4, 5, 6, 7)),
    *(Article(8, 1, item) for item in range(1, 6)),
    *(Article(8, 2, item) for item in range(1, 7)),
    *(Article(number) for number in (9, 10, 11, 12)),
    *(Article(13, paragraph) for paragraph in range(1, 6)),
    *(Article(number) for number in range(14, 31)),
    Article(31, 1),
    *(Article(31, 2, item) for item in range(1, 8)),
    *(Article(number) for number in (32, 33, 34, 35, 36)),
)

LEFT_TO_PEOPLE: dict[Article, str] = {
    Article(2): "谁来统筹、联合哪些基层组织是机构职责：平台提供组织、账号与全局看板，不代替决定。",
    Article(6): "闭环是各环节合起来的结果：由年度批次从申报到结束的全部环节共同体现，没有单独的一步。",
    Article(35): "解释由北京市科协作出：平台发布经市科协审定的答复，不自动解释条文。",
}


class Step(Protocol):
    """What the table needs of a declared step; `machine` is the machine's key."""

    machine: str
    label: str
    action: str
    articles: Sequence[Article]


@dataclass
class Answer:
    """What answers one provision: labels of rules, steps as “机器·按钮”, roles that may take the steps, tests."""

    rules: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    tests: list[str] = field(default_factory=list)


def answers(
    rules: Iterable[Rule],
    steps: Iterable[Step],
    matrix: Mapping[str, Iterable[str]],
    tests: Mapping[Article, Iterable[str]] | None = None,
    machines: Mapping[str, str] | None = None,
) -> dict[Article, Answer]:
    """Provision → what answers it.

    `matrix` gives, per action, the labels of the roles that may ever take it (an action without a row is a KeyError);
    `machines` the label of each machine's key (the key itself where absent).
    """
    found: dict[Article, Answer] = defaultdict(Answer)
    for rule in rules:
        if rule.article is not None:
            _add(found[rule.article].rules, rule.label)
    for step in steps:
        for article in step.articles:
            _add(found[article].steps, f"{(machines or {}).get(step.machine, step.machine)}·{step.label}")
            for role in matrix[step.action]:
                _add(found[article].roles, role)
    for article, names in (tests or {}).items():
        for name in names:
            _add(found[article].tests, name)
    return dict(found)


def unanswered(rules: Iterable[Rule], steps: Iterable[Step]) -> list[Article]:
    """Commanding provisions that neither code nor LEFT_TO_PEOPLE answers."""
    return [article for article in COMMANDING if article not in _cited(rules, steps) | LEFT_TO_PEOPLE.keys()]


def answered_after_all(rules: Iterable[Rule], steps: Iterable[Step]) -> list[Article]:
    """Provisions that stand in LEFT_TO_PEOPLE although a rule or a step cites them: the list is out of date."""
    return sorted(_cited(rules, steps) & LEFT_TO_PEOPLE.keys())


def regulation_markdown(
    rules: Iterable[Rule],
    steps: Iterable[Step],
    matrix: Mapping[str, Iterable[str]],
    tests: Mapping[Article, Iterable[str]] | None = None,
    machines: Mapping[str, str] | None = None,
) -> str:
    """docs/regulation.md: per chapter a table of every provision with its rules, steps, roles and tests. Pure."""
    table = answers(rules, steps, matrix, tests, machines)
    lines = ["# 管理办法逐条对照", "", "由 `manage.py draw` 生成，请勿手改。", ""]
    for chapter in chapters():
        lines += [f"## {chapter}", "", "| 条款 | 内容 | 规则 | 环节 | 角色 | 测试 |", "|---|---|---|---|---|---|"]
        for article in (each for each in every_article() if Article(each.number) in chapter.articles):
            answer = table.get(article, Answer())
            left = LEFT_TO_PEOPLE.get(article)
            cells = [
                str(article),
                _first_line(article),
                "<br>".join(answer.rules),
                f"由人办理：{left}" if left else "<br>".join(answer.steps),
                "、".join(answer.roles),
                "<br>".join(answer.tests),
            ]
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        lines.append("")
    return "\n".join(lines)


def _cited(rules: Iterable[Rule], steps: Iterable[Step]) -> set[Article]:
    return {rule.article for rule in rules if rule.article} | {article for step in steps for article in step.articles}


def _first_line(article: Article) -> str:
    first = text_of(article).split("\n", 1)[0]
    return first if len(first) <= 60 else first[:59] + "…"


def _add(names: list[str], name: str) -> None:
    if name not in names:
        names.append(name)
