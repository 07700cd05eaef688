"""manage.py permissions [--json]: the matrix."""

import json

from django.core.management.base import BaseCommand

from portal.access.listing import entries, markdown


class Command(BaseCommand):
    help = "Prints who may do what: a JSON list, one object per action, or the table of docs/permissions.md."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="[{action, label, article, cells}, …]")

    def handle(self, *args, **options):
        if options["json"]:
            self.stdout.write(json.dumps([entry.as_data() for entry in entries()], ensure_ascii=False, indent=2))
        else:
            self.stdout.write(markdown())
