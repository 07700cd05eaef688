"""manage.py sweep_files"""

from django.core.management.base import BaseCommand

from portal.files.store import sweep


class Command(BaseCommand):
    help = "Removes stored bytes older than a day that no file names (left by transactions that failed)."

    def handle(self, *args, **options):
        self.stdout.write(f"removed {sweep()}")
