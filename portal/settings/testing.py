"""Settings of the test suite: a cluster of its own, cheap hashes, eager tasks."""

import os

from portal.launcher import database as _database

# With DATABASE_URL the tests use that server; else a private cluster is started for as long as this process lives.
if not os.environ.get("DATABASE_URL"):
    os.environ.update(_database.lend("test").environment())

from portal.settings.base import *  # noqa: F403  (Django's way to derive settings)
from portal.settings.base import INSTALLED_APPS, STORAGES, VAR_DIR

INSTALLED_APPS = [*INSTALLED_APPS, "tests.kernel"]  # a machine on which the kernel is tested by itself
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = True
PRINT_AT_ONCE = False  # a PDF costs most of a second; tests that read one print what waits
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MEDIA_ROOT = VAR_DIR / "test" / "media"
OUTBOX_DIR = VAR_DIR / "test" / "outbox"
# Pages name static files as they lie in the sources; nothing has to be collected first.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
LOGGING = {"version": 1, "disable_existing_loggers": False, "root": {"level": "WARNING", "handlers": []}}
