"""For whoever watches the portal: is the process alive, and can it do its work?"""

import logging
import os
import tempfile
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

log = logging.getLogger("portal.health")


@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """GET /healthz: 200 as long as the process answers; touches neither database nor broker."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """GET /readyz: 200 with `{"database": "ok", …}`, or 503 when one of them says something else.

    What failed is named, why stays in the log: the page is public.
    """
    findings = {name: _found(check) for name, check in CHECKS.items()}
    return JsonResponse(findings, status=200 if set(findings.values()) == {"ok"} else 503)


def _found(check: Callable[[], bool]) -> str:
    try:
        return "ok" if check() else "not ready"
    except Exception:
        log.exception("readiness: %s failed", check.__name__)
        return "failed"


def database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def migrations() -> bool:
    """Whether the tables are those that this code was written for."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def broker() -> bool:
    """Whether an act can leave a message for the worker at once (it is delivered a little later all the same)."""
    if not settings.REDIS_URL:
        return True
    import redis

    with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as client:
        return bool(client.ping())


def files() -> bool:
    """Whether an upload could be stored."""
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=settings.MEDIA_ROOT, prefix=".ready-") as probe:
        return os.path.exists(probe.name)


CHECKS = {"database": database, "migrations": migrations, "broker": broker, "files": files}
