"""The worker's entrance; web and manage.py import it too, so that tasks find their broker."""

import os
from pathlib import Path

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.base")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _keep_djangos_logging(**_):
    """A receiver is all it takes for Celery to leave the logging that Django has set up."""


def make_broker_folders() -> None:
    """The folder queue wants its folders to be there."""
    for key, folder in app.conf.broker_transport_options.items():
        if key.endswith(("_in", "_out", "_folder")):
            Path(folder).mkdir(parents=True, exist_ok=True)
