"""The drawings: every arrow with its label, roles and articles; the documents say when they are not fresh."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from portal.management.commands import draw as command
from portal.regulation.articles import Article
from portal.workflow import draw
from portal.workflow.lifecycle import machines
from tests.kernel.models import Errand

ARROW = re.compile(r"    (\S+) --> (\S+) : (.+)<br/>(.+)<br/>(.+)")


def test_every_arrow_carries_label_roles_and_articles():
    found = {ARROW.fullmatch(line).groups() for line in draw.diagram(Errand).splitlines() if "<br/>" in line}
    assert found == {
        ("[*]", "draft", "新建事项", "依托单位经办人", "第十条"),
        ("draft", "draft", "承诺", "申报人", "第十四条"),
        ("draft", "sent", "报送", "依托单位负责人", "第十三条（三）"),
        ("draft", "dropped", "撤回", "依托单位负责人、市科协审查员", "第十三条（三）"),
        ("sent", "dropped", "撤回", "依托单位负责人、市科协审查员", "第十三条（三）"),
        ("draft", "expired", "过期", "系统", "第十三条（三）"),
        ("sent", "draft", "退回", "推荐单位经办人", "第十三条（四）"),
        ("sent", "done", "办结", "拟办：市科协审查员、项目负责人；批准：项目负责人", "第十五条"),
    }


def test_states_and_ends_are_drawn():
    lines = draw.diagram(Errand).splitlines()
    assert lines[0] == "stateDiagram-v2"
    assert '    state "起草" as draft' in lines
    assert [line for line in lines if line.endswith("--> [*]")] == [
        "    done --> [*]",
        "    dropped --> [*]",
        "    expired --> [*]",
    ]


@pytest.mark.parametrize("name", machines())
def test_drawing_has_an_arrow_for_every_move(name):
    """No sign in a label breaks mermaid's syntax: one colon before the text, none in it."""
    model = machines()[name]
    lines = draw.diagram(model).splitlines()[1:]
    assert all(line.count(":") == (1 if "<br/>" in line else 0) for line in lines)
    assert sum("<br/>" in line for line in lines) == len(draw.arrows(model))
    assert {arrow.step.name for arrow in draw.arrows(model)} == set(model.steps)


def test_page_holds_drawing_and_table():
    page = draw.page(Errand)
    assert "```mermaid\nstateDiagram-v2" in page
    finish = next(line for line in page.splitlines() if "`finish`" in line)
    assert finish.startswith("| 已报 | 办结 `finish` | 办结 | 拟办：市科协审查员、项目负责人；批准：项目负责人 |")
    assert finish.endswith("|  | 第十五条 | 两人办理、记录只留市科协 |")
    assert "| 起草 | 承诺 `promise` | （不变） | 申报人 |  | 第十四条 |  |" in page.splitlines()
    assert "| — | 新建事项 `create` | 起草 | 依托单位经办人 | `is_titled` | 第十条 |  |" in page.splitlines()


def run(*arguments) -> str:
    out = StringIO()
    call_command("draw", *arguments, stdout=out)
    return out.getvalue()


def test_drawn_documents_are_fresh_until_something_changes(tmp_path):
    into = ("--into", str(tmp_path))
    with pytest.raises(CommandError, match=r"not fresh, run manage\.py draw: .*workflows/errand\.md"):
        run("--check", *into)
    assert not list(tmp_path.iterdir())
    assert "workflows/errand.md" in run(*into)
    assert run("--check", *into) == "" == run(*into)
    (tmp_path / "workflows" / "errand.md").write_text("mine")
    (tmp_path / "workflows" / "gone.md").write_text("a machine that is no more")
    with pytest.raises(CommandError, match=r"workflows/errand\.md, workflows/gone\.md"):
        run("--check", *into)
    run(*into)
    assert run("--check", *into) == "" and not (tmp_path / "workflows" / "gone.md").exists()


def test_documents_are_those_of_the_contract():
    assert set(command.documents()) == {
        "permissions.md",
        "regulation.md",
        "workflows/README.md",
        *(f"workflows/{name}.md" for name in machines()),
    }


def test_regulation_names_the_step_by_its_machines_label():
    assert "事项·办结" in command.documents()["regulation.md"]


@pytest.mark.parametrize(
    ("text", "article"),
    [
        ("Article(8, 2, 3)", (8, 2, 3)),
        ("Article(13, 3)", (13, 3)),
        ("[Article(14)]", (14,)),
        ("# Art. 8(2)3 asks", (8, 2, 3)),
        ("Art. 31(2)", (31, 2)),
    ],
)
def test_citation_in_a_test_is_read(tmp_path, settings, text, article):
    settings.BASE_DIR = tmp_path
    folder = tmp_path / "tests" / "applications"
    folder.mkdir(parents=True)
    (folder / "test_x.py").write_text(text)
    assert command.cited_in_tests() == {Article(*article): ["applications/test_x.py"]}
