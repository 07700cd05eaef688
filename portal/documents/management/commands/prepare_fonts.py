"""manage.py prepare_fonts"""

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.documents.fonts import make_small_fonts, write_config


class Command(BaseCommand):
    help = "Draws the small fonts that make printing twice as fast (seconds each, once); nothing to do a second time."

    def handle(self, *args, **options):
        for path in make_small_fonts(settings.FONT_ROOT):
            self.stdout.write(str(path))
        self.stdout.write(str(write_config(settings.FONT_ROOT)))
