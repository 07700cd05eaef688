"""manage.py draw [--check]: writes the documents that the code makes about itself.

docs/workflows/<machine>.md, docs/permissions.md, docs/regulation.md. Needs no database.
"""

import re
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.access import listing
from portal.access.matrix import MATRIX
from portal.people.roles import Role
from portal.regulation import articles, coverage, rules
from portal.workflow import draw
from portal.workflow.lifecycle import machines

# Tests of the platform use articles as samples; only those of the chapters answer for one.
TESTS_OF_CHAPTERS = ("applications", "review", "funding", "assessment", "journeys")
CITED = re.compile(r"Article\((\d+)(?:, (\d+))?(?:, (\d+))?\)|Art\. ?(\d+)(?:\((\d+)\)(\d+)?)?")


class Command(BaseCommand):
    help = "Writes docs/workflows, docs/permissions.md and docs/regulation.md; --check says which are not fresh."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="write nothing; exit 1 names what is not fresh")
        parser.add_argument("--into", type=Path, default=settings.BASE_DIR / "docs", help="the folder (docs/)")

    def handle(self, *args, check: bool, into: Path, **options):
        wanted = documents()
        left = {path.relative_to(into).as_posix() for path in into.glob("workflows/*.md")} - wanted.keys()
        stale = sorted(left | {name for name, text in wanted.items() if _read(into / name) != text})
        if check and stale:
            raise CommandError(f"not fresh, run manage.py draw: {', '.join(stale)}")
        for name in [] if check else stale:
            path = into / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink() if name in left else path.write_text(wanted[name], encoding="utf-8")
            self.stdout.write(f"{'removed' if name in left else 'wrote'} {path}")


def documents() -> dict[str, str]:
    """Path below docs/ → text of every generated document."""
    found = {f"workflows/{name}.md": draw.page(model) for name, model in machines().items()}
    return found | {
        "workflows/README.md": draw.index(),
        "permissions.md": listing.markdown(),
        "regulation.md": _regulation(),
    }


def _regulation() -> str:
    steps = [replace(step, machine=model.label) for model in machines().values() for step in model.steps.values()]
    who = {action: [Role(role).label for role in row.roles] for action, row in MATRIX.items()}
    return coverage.regulation_markdown(rules.registry().values(), steps, who, cited_in_tests())  # type: ignore[arg-type]


def cited_in_tests() -> dict[articles.Article, list[str]]:
    """Article → the test files of the chapters that cite it, as Article(8, 2, 3) or Art. 8(2)3."""
    found: dict[articles.Article, list[str]] = defaultdict(list)
    for chapter in TESTS_OF_CHAPTERS:
        for path in sorted((settings.BASE_DIR / "tests" / chapter).rglob("test_*.py")):
            name = path.relative_to(settings.BASE_DIR / "tests").as_posix()
            for parts in sorted(set(CITED.findall(path.read_text(encoding="utf-8")))):
                article = articles.Article(*(int(part) for part in parts if part))
                if name not in found[article]:
                    found[article].append(name)
    return dict(found)


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
