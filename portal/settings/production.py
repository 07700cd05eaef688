"""Production: refuses to start with anything that is only fit for a developer's machine."""

import os
from datetime import timedelta
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from portal.settings import base
from portal.settings.base import *  # noqa: F403  (Django's way to derive settings)
from portal.settings.parse import flag, number

_application, _owner = os.environ.get("DATABASE_URL", ""), os.environ.get("DATABASE_OWNER_URL", "")
_refusals = [
    words
    for words, refused in {
        "PORTAL_SECRET_KEY must be set, to 50 characters or more": "PORTAL_SECRET_KEY" not in os.environ
        or len(base.SECRET_KEY) < 50,
        # The development key begins with these letters.
        "PORTAL_FIELD_KEYS must be set, to keys of your own": "ZGV2ZWxvcG1lbnQtb25seS" in base.FIELD_KEYS,
        "PORTAL_FAKE_NOW is for the demo and the tests": bool(base.FAKE_NOW),
        "PORTAL_DEMO is for the demo": base.DEMO,
        "PORTAL_DEBUG shows what nobody may see": base.DEBUG,
        "DATABASE_URL must be set": not _application,
        "DATABASE_OWNER_URL must name another role than DATABASE_URL: the application owns no table": _owner
        and urlsplit(_owner).username == urlsplit(_application).username,
        "REDIS_URL must be set: a folder is no queue for a server": not base.REDIS_URL,
        "PORTAL_BASE_URL must be the address that people open, https://…": not base.BASE_URL.startswith("https://"),
    }.items()
    if refused
]
if _refusals:
    raise ImproperlyConfigured("\n".join(["This is not fit for production:", *_refusals]))

# 127.0.0.1: the health check from inside.
_further = os.environ.get("PORTAL_ALLOWED_HOSTS", "").split(",")
ALLOWED_HOSTS = [urlsplit(base.BASE_URL).hostname or "", "127.0.0.1", *filter(None, _further)]
CSRF_TRUSTED_ORIGINS = [base.BASE_URL.rstrip("/")]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
MFA_REQUIRED = flag("PORTAL_MFA", True)
SECURE_SSL_REDIRECT = True
# Whoever watches asks from inside, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = int(timedelta(days=number("PORTAL_HSTS_DAYS", 365)).total_seconds())
SECURE_HSTS_INCLUDE_SUBDOMAINS = flag("PORTAL_HSTS_SUBDOMAINS", False)
SECURE_HSTS_PRELOAD = False
# The front proxy of docker-compose.yml sets these headers and drops what a visitor sends under the same names.
if flag("PORTAL_BEHIND_PROXY", True):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    TRUST_REQUEST_START = True
    MIDDLEWARE = ["portal.proxy.VisitorAddress", *base.MIDDLEWARE]
STORAGES = {
    **base.STORAGES,
    "staticfiles": {"BACKEND": "portal.web.storage.CompressedStaticStorage"},
}
LOGGING = base.logging(base.LOG_LEVEL, as_json=flag("PORTAL_LOG_JSON", True))
SILENCED_SYSTEM_CHECKS = [
    *base.SILENCED_SYSTEM_CHECKS,
    "security.W005",  # HSTS for subdomains is the decision of who owns the domain
    "security.W021",  # and so is preloading
]
