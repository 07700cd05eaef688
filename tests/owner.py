"""Past the portal: a connection as the owner of the tables, with the guards' triggers off where a test says so."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2
from django.conf import settings
from django.db import connection

from tests.databases import ROOT, at_database


@contextmanager
def owner(*without_triggers: str) -> Iterator[psycopg2.extensions.cursor]:
    """A cursor of the owner on the database of this (committing) test, reaching all rows.

    The triggers of the tables named are off while the block runs.
    """
    url = at_database(settings.DATABASE_OWNER_URL, connection.settings_dict["NAME"])
    with closing(psycopg2.connect(url)) as mine:
        mine.autocommit = True
        with mine.cursor() as cursor:
            cursor.execute("SET portal.reach = 'all'")
            for table in without_triggers:
                cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
            yield cursor
            for table in without_triggers:
                cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')


def migrate_as_owner() -> None:
    """Runs `manage.py migrate` on the database of this (committing) test, the way an installation does."""
    name = connection.settings_dict["NAME"]
    environment = {
        **os.environ,
        "DATABASE_URL": at_database(settings.DATABASE_URL, name),
        "DATABASE_OWNER_URL": at_database(settings.DATABASE_OWNER_URL, name),
        "PORTAL_AS_OWNER": "1",
    }
    subprocess.run([sys.executable, str(ROOT / "manage.py"), "migrate", "-v0"], env=environment, check=True)
