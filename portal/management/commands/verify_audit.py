"""manage.py verify_audit [--heads FILE]: verifies the event chain, by itself and against heads saved earlier.

FILE holds a line "sequence digest" for each earlier success; a success adds one. Keep it where nobody who can write
the database can write: whoever rewrites the whole chain cannot rewrite what was saved.
"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from portal.events.audit import audit
from portal.invariants import snapshot


class Command(BaseCommand):
    help = "Verifies the event chain, also against saved heads; exit 1 names the first bad sequence number."

    def add_arguments(self, parser):
        parser.add_argument("--heads", type=Path, metavar="FILE", help="saved heads; a success adds one")

    def handle(self, *args, heads: Path | None, **options):
        saved = read(heads) if heads and heads.exists() else {}
        with snapshot():
            found = audit(saved)
        if found.fault:
            raise CommandError(found.fault)
        if heads and found.sequence not in saved and found.sequence:
            with heads.open("a", encoding="ascii") as file:
                file.write(f"{found.sequence} {found.digest}\n")
        self.stdout.write(f"{found.sequence} events verified, {len(saved)} saved heads; head {found.digest or '—'}")


def read(path: Path) -> dict[int, str]:
    """The saved heads {sequence: digest}. Raises CommandError (exit 2) for a line that is none."""
    found: dict[int, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        sequence, _, digest = line.partition(" ")
        if not sequence.isdigit() or len(digest) != 64:
            raise CommandError(f"{path}, line {number} is no saved head: {line!r}", returncode=2)
        if found.setdefault(int(sequence), digest) != digest:
            raise CommandError(f"{path}, line {number}: event {sequence} was saved with another digest", returncode=2)
    return found
