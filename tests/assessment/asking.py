"""How the tests of this folder ask: a row as it stands, and what stands in the way of a verb."""

import pytest

from fixtures.scenarios import cultivating as tell
from portal.regulation.rules import Refused
from portal.tenancy.reach import Because, everything


def now(model, **found):
    """The one row, past every fence."""
    with everything(because=Because.CHECK_INVARIANTS):
        return model.objects.get(**found)


def refusal(world, login: str, verb, row, **values) -> list[str]:
    """The findings that refuse a verb of one person, in words with their articles."""
    with pytest.raises(Refused) as refused:
        tell.by(world, login, verb, row, **values)
    return [str(finding) for finding in refused.value.findings]
