"""The matrix as people and programs read it: each action with its label, its articles and its cells."""

from dataclasses import dataclass

from portal.access.matrix import CHAPTERS, MATRIX, TABLES, Row, parse, row_of
from portal.people.roles import Role
from portal.regulation.articles import Article
from portal.workflow.lifecycle import all_steps
from portal.workflow.step import Step

RELATION_LABELS = {
    "own": "本单位",
    "mine": "本人",
    "below": "所属单位",
    "counterpart": "对方单位",
    "assigned": "被分配",
    "any": "全部",
}
TITLES = {
    "platform": "平台",
    "applications": "申报与推荐（第三、四章）",
    "review": "评审与公示（第五章）",
    "funding": "任务书与经费（第六章）",
    "assessment": "培养、考核与退出（第七章）",
}


@dataclass(frozen=True)
class Entry:
    """A row of the matrix, with the label and the articles of the steps that use it where it has none of its own."""

    row: Row
    label: str
    articles: tuple[Article, ...]

    @property
    def article(self) -> str:
        return "、".join(map(str, self.articles))

    def as_data(self) -> dict:
        cells = {role: self.row.cells[role] for role in self.row.roles}
        return {"action": self.row.action, "label": self.label, "article": self.article, "cells": cells}


def label_of(action: str) -> str:
    """What people call an action: its row's own label, else that of the steps that use it. Raises UnknownAction."""
    row = row_of(action)
    return row.label if row.label != "*" else _entry(row, [step for step in all_steps() if step.action == action]).label


def entries() -> list[Entry]:
    """Every row, in the order of the tables."""
    steps: dict[str, list[Step]] = {}
    for step in all_steps():
        steps.setdefault(step.action, []).append(step)
        if step.four_eyes:
            steps.setdefault(f"{step.action}.prepare", []).append(step)
    return [_entry(row, steps.get(row.action, [])) for row in MATRIX.values()]


def _entry(row: Row, steps: list[Step]) -> Entry:
    labels = dict.fromkeys(step.label for step in steps)
    articles = dict.fromkeys(article for step in steps for article in step.articles)
    return Entry(row, " / ".join(labels) if row.label == "*" else row.label, tuple(articles))


def relation_label(cell: str) -> str:
    """own+counterpart → 本单位或对方单位."""
    return "或".join(RELATION_LABELS[relation] for relation in cell.split("+"))


def markdown() -> str:
    """docs/permissions.md: a table a chapter, a line an action."""
    by_action = {entry.row.action: entry for entry in entries()}
    lines = ["# 谁可以办什么", "", "由 `manage.py draw` 生成，请勿手改。没有列出的角色不能办理。", ""]
    for chapter in CHAPTERS:
        rows = parse((TABLES / f"{chapter}.txt").read_text(encoding="utf-8"))
        lines += [f"## {TITLES[chapter]}", "", "| 操作 | 名称 | 条款 | 谁（范围） |", "|---|---|---|---|"]
        for action in rows:
            entry = by_action[action]
            cells = entry.row.cells
            who = "、".join(f"{Role(role).label}（{relation_label(cells[role])}）" for role in entry.row.roles)
            lines.append(f"| `{action}` | {entry.label} | {entry.article} | {who} |")
        lines.append("")
    return "\n".join(lines)
