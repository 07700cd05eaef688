"""Celery beat: once a day, bytes that no file names are removed."""

from celery import shared_task

from portal.files.store import sweep


@shared_task(name="portal.files.sweep")
def sweep_files() -> int:
    return sweep()
