"""The one table of who may do what: tables/*.txt, a chapter of the life cycle each, parsed at import.

    action | label | who
    application.submit | * | host_approver own

`label` is * where the step's own label and articles serve. `who` lists "role relation" pairs, parted by commas; a role
that is not listed may never. Relations are own, mine, below, counterpart, assigned, any (portal.access.relations);
own+counterpart means either.
"""

from dataclasses import dataclass
from pathlib import Path

from portal.people.roles import Role

TABLES = Path(__file__).parent / "tables"
CHAPTERS = ("platform", "applications", "review", "funding", "assessment")
RELATIONS = ("own", "mine", "below", "counterpart", "assigned", "any")


class UnknownAction(LookupError):
    """An action without a row."""


class BadMatrix(ValueError):
    """A line that names an unknown role or relation, or repeats an action."""


@dataclass(frozen=True)
class Row:
    """One action: its label ('*' where a step has one) and {role: relation}."""

    action: str
    label: str
    cells: dict[str, str]

    @property
    def roles(self) -> list[str]:
        return [role for role in Role.values if role in self.cells]


def parse(text: str) -> dict[str, Row]:
    """Rows of one table by action. Raises BadMatrix."""
    rows: dict[str, Row] = {}
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            action, label, who = (part.strip() for part in line.split("|"))
        except ValueError:
            raise BadMatrix(f"three columns wanted: {line}") from None
        if action in rows:
            raise BadMatrix(f"{action} stands twice")
        rows[action] = Row(action, label, _cells(action, who))
    return rows


def _cells(action: str, who: str) -> dict[str, str]:
    cells: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in who.split(","))):
        role, _, relation = pair.partition(" ")
        if role not in Role.values or role in cells or set(relation.split("+")) - set(RELATIONS):
            raise BadMatrix(f"{action}: {pair}")
        cells[role] = relation
    return cells


def load() -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for chapter in CHAPTERS:
        for action, row in parse((TABLES / f"{chapter}.txt").read_text(encoding="utf-8")).items():
            if action in rows:
                raise BadMatrix(f"{action} stands in two tables")
            rows[action] = row
    return rows


MATRIX = load()


def row_of(action: str) -> Row:
    """The row of an action. Raises UnknownAction."""
    try:
        return MATRIX[action]
    except KeyError:
        raise UnknownAction(action) from None
