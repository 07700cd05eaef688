"""manage.py rotate_field_keys [--retire]"""

from django.core.management.base import BaseCommand

from portal.privacy.keys import key_ring
from portal.privacy.rotation import rotate


class Command(BaseCommand):
    help = "Re-encrypts sensitive fields under the newest key of FIELD_KEYS; --retire also moves the blind indexes."

    def add_arguments(self, parser):
        parser.add_argument(
            "--retire",
            action="store_true",
            help="stop the portal first; afterwards list the newest key alone in PORTAL_FIELD_KEYS",
        )

    def handle(self, *args, **options):
        for label, rows in rotate(retire=options["retire"]).items():
            self.stdout.write(f"{label}: {rows}")
        self.stdout.write(f"key {key_ring().newest} now holds every value")
