"""Drawings of the machines, made from their declarations: docs/workflows/<machine>.md, and what other pages draw from.

`arrows(model)` is the walker; `diagram` and `page` print it.
"""

from dataclasses import dataclass

from portal.access.matrix import row_of
from portal.people.roles import Role
from portal.workflow.lifecycle import Lifecycle, machines
from portal.workflow.step import Opening, Step

NOTE = "由 `manage.py draw` 生成，请勿手改。"
MERMAID = str.maketrans({":": "：", ";": "；", "#": "＃", "\n": " "})  # signs that mean something to mermaid


@dataclass(frozen=True)
class Arrow:
    """One step from one state to one state; source is "" where a record begins."""

    step: Step
    source: str
    target: str

    @property
    def who(self) -> str:
        return who(self.step)

    @property
    def articles(self) -> str:
        return "、".join(map(str, self.step.articles))


def arrows(model: type[Lifecycle]) -> list[Arrow]:
    """Every arrow of a machine: openings first, then by source state in the order of the states."""
    order = model.State.values
    openings = [Arrow(step, "", order[0]) for step in model.steps.values() if isinstance(step, Opening)]
    moves = [
        Arrow(step, source, step.target or source)
        for source in order
        for step in model.steps.values()
        if source in step.source
    ]
    return openings + moves


def who(step: Step) -> str:
    """The roles that take a step; of a four-eyes step, those that prepare and those that approve."""
    taking = _roles(step.action)
    return f"拟办：{_roles(f'{step.action}.prepare')}；批准：{taking}" if step.four_eyes else taking


def _roles(action: str) -> str:
    return "、".join(Role(role).label for role in row_of(action).roles)


def diagram(model: type[Lifecycle]) -> str:
    """The machine as a mermaid state diagram; every arrow carries label, roles and articles."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{label}" as {state}' for state, label in model.State.choices]
    for arrow in arrows(model):
        text = "<br/>".join(part.translate(MERMAID) for part in (arrow.step.label, arrow.who, arrow.articles))
        lines.append(f"    {arrow.source or '[*]'} --> {arrow.target} : {text}")
    lines += [f"    {state} --> [*]" for state in model.State.values if state in model.final]
    return "\n".join(lines)


def page(model: type[Lifecycle]) -> str:
    """docs/workflows/<machine>.md: the drawing and the same as a table."""
    labels = dict(model.State.choices) | {"": "—"}
    lines = [f"# {model.label}（`{model.machine}`）", "", NOTE, "", "```mermaid", diagram(model), "```", ""]
    lines += ["| 从 | 环节 | 到 | 谁 | 条件 | 条款 | 说明 |", "|---|---|---|---|---|---|---|"]
    for step in model.steps.values():
        sources = "、".join(labels[state] for state in step.source) or "—"
        opening = isinstance(step, Opening)
        target = labels[model.State.values[0]] if opening else labels[step.target] if step.target else "（不变）"
        cells = [
            sources,
            f"{step.label} `{step.name}`",
            target,
            who(step),
            "<br>".join(f"`{guard}`" for guard in step.guards),
            "、".join(map(str, step.articles)),
            "、".join(remarks(step)),
        ]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join([*lines, ""])


def remarks(step: Step) -> list[str]:
    """What else a step asks or means, in words."""
    words = {
        "须填理由": step.reason,
        "不能撤销": step.irreversible,
        "两人办理": step.four_eyes,
        "由其他操作带动": step.by_command,
        "记录只留市科协": step.confidential,
    }
    return [word for word, holds in words.items() if holds]


def index() -> str:
    """docs/workflows/README.md."""
    lines = ["# 流程图", "", NOTE, "", "| 流程 | 状态 | 环节 |", "|---|---|---|"]
    for name, model in machines().items():
        states = "、".join(label for _, label in model.State.choices)
        lines.append(f"| [{model.label}]({name}.md) | {states} | {len(model.steps)} |")
    return "\n".join([*lines, ""])
