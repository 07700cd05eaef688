"""manage.py list_urls [--json]: every URL with its action and its roles."""

import json

from django.core.management.base import BaseCommand

from portal.web.sitemap import urls


class Command(BaseCommand):
    help = "Prints every URL: a JSON list of {pattern, name, methods, action, roles, public_reason}, or a table."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="machine-readable")

    def handle(self, *args, **options):
        if options["json"]:
            self.stdout.write(json.dumps([url.as_data() for url in urls()], ensure_ascii=False, indent=2))
            return
        for url in urls():
            why = url.public_reason or f"{url.action}: {', '.join(url.roles)}"
            self.stdout.write(f"{url.pattern}  [{' '.join(url.methods)}]  {url.name}  {why}")
