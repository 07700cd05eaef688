"""Test databases by copying: migrate once into a template, then `CREATE DATABASE … TEMPLATE` (a tenth of a second).

The application role may not TRUNCATE, so nothing is ever flushed: a test either rolls back or has a copy of its own.
The template stays between runs under a name made from everything that shapes the schema.
"""

import hashlib
import os
import subprocess
import sys
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
APPS = ["portal", "applications", "review", "funding", "assessment"]
SHAPES_THE_SCHEMA = [
    *[f"{app}/**/migrations/*.py" for app in APPS],
    *[f"{app}/**/models.py" for app in APPS],
    *[f"{app}/**/models/*.py" for app in APPS],
    *[f"{app}/**/lifecycle*.py" for app in APPS],
    *[f"{app}/**/lifecycle/*.py" for app in APPS],
    *[f"{app}/**/apps.py" for app in APPS],
    "portal/tenancy/**/*.py",
    "portal/events/*.py",
    "portal/workflow/*.py",
    "tests/kernel/**/*.py",
    "portal/launcher/roles.sql",
    "requirements*.lock",
]
TEMPLATES_KEPT = 4
_copies = count(1)  # a session may hold several Databases: a name of one is never another's


def at_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def schema_key() -> str:
    """A digest of every file that migrations and the guards after them are made from."""
    total = hashlib.sha256()
    for path in sorted({path for pattern in SHAPES_THE_SCHEMA for path in ROOT.glob(pattern)}):
        total.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()[:16]


class Databases:
    """The databases of one test session, made and dropped as the owner.

    An advisory lock on each database's name tells a living session's copies from what a killed one has left.
    """

    def __init__(self) -> None:
        self.owner_url = settings.DATABASE_OWNER_URL
        self.maintenance = psycopg2.connect(at_database(self.owner_url, "postgres"))
        self.maintenance.autocommit = True
        self.template = ""

    def sql(self, text: str, *values: object) -> list[tuple]:
        with self.maintenance.cursor() as cursor:
            cursor.execute(text, values)
            return cursor.fetchall() if cursor.description else []

    def names(self, prefix: str) -> list[str]:
        """Databases of that prefix, newest first."""
        rows = self.sql("SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC", prefix)
        return [name for (name,) in rows]

    def prepare(self) -> None:
        """Find or make the template; sweep away what killed sessions have left."""
        self.template = f"portal_template_{schema_key()}"
        self.sql("SELECT pg_advisory_lock(hashtext('portal test template'))")
        try:
            if self.template not in self.names("portal_template_"):
                self.build()
            for name in self.names("portal_test_"):
                if self.sql("SELECT pg_try_advisory_lock(hashtext(%s))", name) == [(True,)]:
                    self.drop(name)
        finally:
            self.sql("SELECT pg_advisory_unlock(hashtext('portal test template'))")

    def build(self) -> None:
        """Migrate as the owner, the way an installation does, and only then give the database its final name."""
        building = "portal_building"
        self.sql(f'DROP DATABASE IF EXISTS "{building}" WITH (FORCE)')
        self.sql(f'CREATE DATABASE "{building}"')
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "portal.settings.testing",
            "DATABASE_URL": at_database(settings.DATABASE_URL, building),
            "DATABASE_OWNER_URL": at_database(self.owner_url, building),
            "PORTAL_AS_OWNER": "1",
        }
        options = ["--no-input", "--skip-checks", "--verbosity", "0"]
        command = [sys.executable, str(ROOT / "manage.py"), "migrate", *options]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"migrate failed:\n{done.stdout}{done.stderr}")
        with closing(psycopg2.connect(environment["DATABASE_OWNER_URL"])) as fresh:
            fresh.autocommit = True
            fresh.cursor().execute("ANALYZE")
        self.sql(f'ALTER DATABASE "{building}" RENAME TO "{self.template}"')
        for name in self.names("portal_template_")[TEMPLATES_KEPT:]:
            self.sql(f'DROP DATABASE "{name}"')

    def copy(self, of: str = "") -> str:
        """A new database like another one that nobody is connected to, by default the template; returns its name."""
        name = f"portal_test_{os.getpid()}_{next(_copies)}"
        self.sql("SELECT pg_advisory_lock(hashtext(%s))", name)
        self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{of or self.template}"')
        return name

    def drop(self, name: str) -> None:
        self.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self.sql("SELECT pg_advisory_unlock(hashtext(%s))", name)

    def use(self, name: str) -> str:
        """Point Django, in all its threads, at the database; returns the one in use before."""
        connection.close()
        before, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], name
        return before

    @contextmanager
    def using(self, name: str):
        """Django on that database for as long as the block lasts."""
        before = self.use(name)
        try:
            yield name
        finally:
            self.use(before)

    @contextmanager
    def a_copy(self, of: str = ""):
        """On a database like another one (see copy) for as long as the block lasts."""
        name = self.copy(of)
        try:
            with self.using(name):
                yield name
        finally:
            self.drop(name)

    def close(self) -> None:
        self.maintenance.close()
