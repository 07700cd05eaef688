"""manage.py seed_demo: tells the demo's story in an empty database, through the commands that people use."""

import json

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.events.deliver import quietly
from portal.people.models import Organisation


class Command(BaseCommand):
    help = "Tell the demo's story up to a stage and print its accounts."

    def add_arguments(self, parser):
        from fixtures.scenarios.stages import STAGES

        parser.add_argument("--stage", default="cultivation", choices=STAGES)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", action="store_true", help="print the accounts as JSON")

    def handle(self, *args, stage, seed, **options):
        from fixtures.scenarios.stages import tell

        if Organisation.objects.filter(kind=Organisation.Kind.HOST).exists():
            raise CommandError("there is data already; start over with ./run demo --reset")
        with quietly():
            world = tell(stage, seed=seed)
        accounts = world.accounts()
        if options["json"]:
            answer = {"stage": stage, "password": settings.DEMO_PASSWORD, "accounts": accounts}
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            for account in accounts:
                self.stdout.write(f"{account['login']:<16} {account['role']:<22} {account['organisation']}")
