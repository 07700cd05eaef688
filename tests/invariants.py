"""Reading check_invariants as an operator does. Each invariant has a test that plants its breach and reads its name."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command


def breaches_of(name: str) -> list[str]:
    """The breaches of one invariant; the command must have failed and named it."""
    out = StringIO()
    with pytest.raises(CommandError) as failure:
        call_command("check_invariants", "--json", stdout=out)
    assert name in str(failure.value).removeprefix("broken: ").split(", ")
    (found,) = [row["breaches"] for row in json.loads(out.getvalue()) if row["name"] == name]
    return found


def all_hold() -> bool:
    """Whether the command is content."""
    call_command("check_invariants", stdout=StringIO())
    return True
