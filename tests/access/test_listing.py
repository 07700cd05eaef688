"""The matrix as printed: manage.py permissions and docs/permissions.md."""

import json
from io import StringIO

from django.core.management import call_command

from portal.access import listing
from portal.access.matrix import MATRIX, RELATIONS


def printed(*arguments) -> str:
    out = StringIO()
    call_command("permissions", *arguments, stdout=out)
    return out.getvalue()


def test_json_has_an_object_for_every_action():
    rows = {row["action"]: row for row in json.loads(printed("--json"))}
    assert rows.keys() == MATRIX.keys()
    assert rows["errand.send"] == {
        "action": "errand.send",
        "label": "报送",
        "article": "第十三条（三）",
        "cells": {"host_approver": "own"},
    }
    assert rows["errand.finish.prepare"]["label"] == "拟办办结"
    assert rows["errand.finish.prepare"]["article"] == "第十五条"
    assert rows["errand.view"]["article"] == ""


def test_every_action_has_a_label():
    assert [entry.row.action for entry in listing.entries() if entry.label in ("", "*")] == []


def test_every_relation_has_words():
    assert set(listing.RELATION_LABELS) == set(RELATIONS)
    assert listing.relation_label("own+counterpart") == "本单位或对方单位"


def test_table_lists_the_roles_with_their_range():
    text = listing.markdown()
    assert printed() == text
    line = next(line for line in text.splitlines() if line.startswith("| `application.submit` |"))
    assert line.endswith("| 依托单位负责人（本单位） |")
    written = [line for line in text.splitlines() if line.startswith("| `")]
    assert len(written) == len(MATRIX) - sum(action.startswith("errand.") for action in MATRIX)
