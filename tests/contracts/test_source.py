"""Contracts 1, 8 and 9: imports flow one way, generated documents are fresh, some words stand in the kernel alone."""

import os
import re
import subprocess
import sys

import pytest

from tests.contracts.source import CHAPTERS, PACKAGES, ROOT, nothing, python_files, templates

KERNEL = ("portal/tenancy/", "portal/workflow/", "portal/events/", "portal/access/")
FORBIDDEN = {
    "_base_manager": r"\b_base_manager\b",
    ".raw(": r"\.raw\(",
    ".state =": r"\.state\s*=(?!=)",
    "mark_safe": r"\bmark_safe\b",
    "update(state=": r"\bupdate\([^()]*\bstate=",
}
# Every place that reaches everything, and why. A new one is added here, where it is seen.
EVERYTHING = {
    "applications/models/dossier.py": {"UNIQUENESS"},  # one application per applicant and cycle, in whatever unit
    "applications/tasks.py": {"SYSTEM_STEP"},  # deadlines
    "assessment/reach.py": {"AXIS"},
    "assessment/tasks.py": {"SYSTEM_STEP"},  # deadlines
    "portal/documents/make.py": {"UNIQUENESS"},  # a verification code is one among all units'
    "portal/documents/printing.py": {"SYSTEM_STEP"},
    "portal/documents/views.py": {"VERIFY_DOCUMENT"},
    "portal/events/deliver.py": {"OUTBOX"},
    "portal/files/store.py": {"SYSTEM_STEP"},
    "portal/invariants.py": {"CHECK_INVARIANTS"},
    "portal/privacy/rotation.py": {"SYSTEM_STEP"},
    "portal/workflow/operation.py": {"CHAIN"},
    "portal/workflow/take.py": {"SYSTEM_STEP"},  # a proposal lapses that its record's own unit never sees
    "review/commands/expert.py": {"COUNTER"},
    "review/tasks.py": {"SYSTEM_STEP"},  # deadlines
    "review/commands/meeting.py": {"COUNTER"},
    "review/commands/objection.py": {"COUNTER"},
    "review/reach.py": {"AXIS"},
}


def run(*command: str, **environment: str) -> str:
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_imports_flow_one_way_and_rules_are_pure():
    lint = os.path.join(os.path.dirname(sys.executable), "lint-imports")
    assert " kept, 0 broken." in run(lint, "--no-cache")


def test_generated_documents_are_fresh():
    """Without the tests' own machine, which is not the portal's."""
    run(sys.executable, "manage.py", "draw", "--check", DJANGO_SETTINGS_MODULE="portal.settings.base")


@pytest.mark.parametrize("word", FORBIDDEN)
def test_word_stands_in_the_kernel_alone(word):
    pattern = re.compile(FORBIDDEN[word])
    found = [
        f"{path}:{text.count(chr(10), 0, match.start()) + 1}"
        for path, text in python_files(*PACKAGES, "fixtures")
        if not path.startswith(KERNEL)
        for match in pattern.finditer(text)
    ]
    nothing(found)


@pytest.mark.parametrize(
    "line",
    [
        "row.state = 'done'",
        "row.state='done'",
        "Model._base_manager.all()",
        "Model.objects.raw('x')",
        "mark_safe(text)",
        "rows.update(version=1, state='done')",
        "rows.update(state='done')",
    ],
)
def test_pattern_finds_what_it_forbids(line):
    assert any(re.search(pattern, line) for pattern in FORBIDDEN.values())


@pytest.mark.parametrize(
    "line", ["if row.state == 'done':", "draw(text)", "row.states = 1", "rows.update(real_state=1)"]
)
def test_pattern_lets_other_lines_be(line):
    assert not any(re.search(pattern, line) for pattern in FORBIDDEN.values())


def test_rules_and_commands_read_no_clock():
    """`at` is passed in: waiting for a lock makes nobody late, and a story can be told at any instant."""
    clocks = re.compile(
        r"timezone\.(now|localdate)\(\)|datetime\.(now|utcnow|today)\(|date\.today\(|clock\.now\(|time\.time\("
    )
    judged = [
        (path, text)
        for path, text in python_files(*CHAPTERS)
        if re.search(r"/(rules|commands|lifecycle)(/|\.py$)", path)
    ]
    assert judged
    nothing([path for path, text in judged if clocks.search(text)])


def test_everything_is_reached_for_known_reasons_in_known_places():
    """`None` never means everything; who adds a place adds it to the table, where a reviewer sees it."""
    calls = re.compile(r"\beverything\(([^()]*)\)")
    found: dict[str, set[str]] = {}
    for path, text in python_files(*PACKAGES):
        for match in calls.finditer(text):
            reason = re.fullmatch(r"because=Because\.(\w+)", match[1])
            if "def everything" not in text[match.start() - 4 : match.end()]:
                found.setdefault(path, set()).add(reason[1] if reason else match[0])
    assert {path: reasons for path, reasons in found.items() if "…" not in str(reasons)} == EVERYTHING


def test_templates_escape_what_they_print():
    loose = re.compile(r"\|\s*safe\b|autoescape\s+off|safeseq")
    nothing([path for path, text in templates() if loose.search(text)])
