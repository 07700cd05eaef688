from dataclasses import dataclass

import pytest

from portal.regulation.articles import Article, every_article, text_of
from portal.regulation.coverage import (
    COMMANDING,
    LEFT_TO_PEOPLE,
    Answer,
    answered_after_all,
    answers,
    regulation_markdown,
    unanswered,
)
from portal.regulation.rules import Rule


@dataclass
class AStep:
    machine: str
    label: str
    action: str
    articles: tuple[Article, ...]


AGE = Rule("age", "年龄", Article(8, 2, 3), lambda: None)
SUBMIT = AStep("application", "提交推荐单位", "application.submit", (Article(13, 3), Article(11)))
MATRIX = {"application.submit": ["依托单位负责人"]}
MACHINES = {"application": "申报"}


def test_only_the_purpose_commands_nothing():
    leaves = [
        article
        for article in every_article()
        if not any(other != article and other.as_data()[: len(article.as_data())] == article.as_data()
                   for other in every_article())
    ]  # fmt: skip
    assert [article for article in leaves if article not in COMMANDING] == [Article(1)]


def test_everything_left_to_people_commands_and_says_why():
    assert set(LEFT_TO_PEOPLE) <= set(COMMANDING)
    assert all(reason.endswith("。") for reason in LEFT_TO_PEOPLE.values())


def test_answers_gathers_rules_steps_roles_and_tests():
    assert answers([AGE], [SUBMIT], MATRIX, {Article(11): ["test_alone"]}, MACHINES) == {
        Article(8, 2, 3): Answer(rules=["年龄"]),
        Article(13, 3): Answer(steps=["申报·提交推荐单位"], roles=["依托单位负责人"]),
        Article(11): Answer(steps=["申报·提交推荐单位"], roles=["依托单位负责人"], tests=["test_alone"]),
    }


def test_a_step_without_a_matrix_row_is_an_error():
    with pytest.raises(KeyError):
        answers([], [SUBMIT], {})


def test_unanswered_counts_only_exact_citations():
    without = unanswered([], [])
    assert without == [article for article in COMMANDING if article not in LEFT_TO_PEOPLE]
    assert set(without) - set(unanswered([AGE], [SUBMIT])) == {Article(8, 2, 3), Article(11), Article(13, 3)}
    whole = AStep("申报", "申报", "x", (Article(8),))
    assert unanswered([], [whole]) == without


def test_left_to_people_but_cited_is_reported():
    assert answered_after_all([AGE], [SUBMIT]) == []
    assert answered_after_all([], [AStep("答复", "发布答复", "x", (Article(35),))]) == [Article(35)]


def test_markdown_lists_every_provision_once():
    page = regulation_markdown([AGE], [SUBMIT], MATRIX, machines=MACHINES)
    rows = [line for line in page.splitlines() if line.startswith("| 第")]
    assert len(rows) == len(every_article())
    assert f"| 第八条（二）3 | {text_of(Article(8, 2, 3))} | 年龄 |  |  |  |" in rows
    assert any(row.startswith("| 第十三条（三） ") and "申报·提交推荐单位 | 依托单位负责人" in row for row in rows)
    assert any(row.startswith("| 第二条 ") and "由人办理：" in row for row in rows)
    assert "application·提交推荐单位" in regulation_markdown([AGE], [SUBMIT], MATRIX)
