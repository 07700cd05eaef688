"""manage.py check_invariants [--json]: recounts what must always hold."""

import json

from django.core.management.base import BaseCommand, CommandError

from portal.invariants import registry, snapshot


class Command(BaseCommand):
    help = "Recounts what must always hold; exit 1 names each breach."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="[{name, holds, breaches: […]}, …]")

    def handle(self, *args, **options):
        with snapshot():
            found = [(each, each.breaches()) for each in registry().values()]
        if options["json"]:
            rows = [{"name": each.name, "holds": each.holds, "breaches": breaches} for each, breaches in found]
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2))
        else:
            for each, breaches in found:
                self.stdout.write(f"{'✗' if breaches else '✓'} {each.name}: {each.holds}")
                for breach in breaches:
                    self.stdout.write(f"    {breach}")
        broken = [each.name for each, breaches in found if breaches]
        if broken:
            raise CommandError(f"broken: {', '.join(broken)}")
