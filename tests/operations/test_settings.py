"""Production starts with everything in place and with nothing else."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.launcher.paths import ROOT
from portal.settings import parse

COMPLETE = {
    "DJANGO_SETTINGS_MODULE": "portal.settings.production",
    "DATABASE_URL": "postgresql://portal_app:secret@db/portal",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "PORTAL_SECRET_KEY": "k" * 64,
    "PORTAL_FIELD_KEYS": "1:" + "QUJD" * 11,
    "PORTAL_BASE_URL": "https://portal.example",
}
PROGRAM = "from django.conf import settings; print(settings.{name})"


def start(name="DEBUG", **variables):
    """Load production's settings in a process of its own: (exit code, value or complaint)."""
    environment = {"PATH": os.environ["PATH"], **COMPLETE, **variables}
    environment = {key: value for key, value in environment.items() if value is not None}
    command = [sys.executable, "-c", PROGRAM.format(name=name)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.strip() or done.stderr.strip().split("This is not fit for production:\n")[-1]


def test_production_starts_with_what_it_needs():
    assert start() == (0, "False")


@pytest.mark.parametrize(
    ("variables", "complaint"),
    [
        ({"PORTAL_SECRET_KEY": None}, "PORTAL_SECRET_KEY must be set, to 50 characters or more"),
        ({"PORTAL_SECRET_KEY": "k" * 49}, "PORTAL_SECRET_KEY must be set, to 50 characters or more"),
        ({"PORTAL_FIELD_KEYS": None}, "PORTAL_FIELD_KEYS must be set, to keys of your own"),
        ({"PORTAL_FAKE_NOW": "2026-10-12T10:00:00+08:00"}, "PORTAL_FAKE_NOW is for the demo and the tests"),
        ({"PORTAL_DEMO": "1"}, "PORTAL_DEMO is for the demo"),
        ({"PORTAL_DEBUG": "1"}, "PORTAL_DEBUG shows what nobody may see"),
        ({"DATABASE_URL": None}, "DATABASE_URL must be set"),
        (
            {"DATABASE_OWNER_URL": "postgresql://portal_app:secret@db/portal"},
            "DATABASE_OWNER_URL must name another role than DATABASE_URL: the application owns no table",
        ),
        ({"REDIS_URL": None}, "REDIS_URL must be set: a folder is no queue for a server"),
        (
            {"PORTAL_BASE_URL": "http://portal.example"},
            "PORTAL_BASE_URL must be the address that people open, https://…",
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_production_refuses_what_is_fit_for_a_developer_alone(variables, complaint):
    assert start(**variables) == (1, complaint)


def test_every_complaint_comes_at_once():
    code, complaints = start(PORTAL_SECRET_KEY=None, PORTAL_DEMO="1", REDIS_URL=None)
    assert code == 1
    assert [line.split()[0] for line in complaints.splitlines()] == ["PORTAL_SECRET_KEY", "PORTAL_DEMO", "REDIS_URL"]


def test_the_owner_may_migrate_under_a_role_of_its_own():
    url = "postgresql://portal_owner:secret@db/portal"
    assert start("DATABASES['default']['USER']", DATABASE_OWNER_URL=url, PORTAL_AS_OWNER="1") == (0, "portal_owner")


def test_only_the_portals_own_names_are_answered():
    assert start("ALLOWED_HOSTS") == (0, "['portal.example', '127.0.0.1']")
    assert start("ALLOWED_HOSTS", PORTAL_ALLOWED_HOSTS="inner.example") == (
        0,
        "['portal.example', '127.0.0.1', 'inner.example']",
    )


def test_without_a_proxy_no_header_is_trusted():
    middleware = "MIDDLEWARE[0], getattr(settings, 'SECURE_PROXY_SSL_HEADER', None), settings.TRUST_REQUEST_START"
    assert start(middleware) == (0, "portal.proxy.VisitorAddress ('HTTP_X_FORWARDED_PROTO', 'https') True")
    assert start(middleware, PORTAL_BEHIND_PROXY="0") == (0, "portal.web.middleware.RequestClock None False")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail:1025", ("mail", 1025, "", "", False, False)),
        ("smtp+tls://me%40x:p%2Fw@mail", ("mail", 587, "me@x", "p/w", True, False)),
        ("smtps://mail", ("mail", 465, "", "", False, True)),
    ],
)
def test_a_mail_address_becomes_djangos_settings(url, expected):
    settings = parse.mail(url)
    names = ["HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL"]
    assert tuple(settings[f"EMAIL_{name}"] for name in names) == expected


def test_a_mail_address_of_an_unknown_kind_is_refused():
    with pytest.raises(ImproperlyConfigured, match="not imap://"):
        parse.mail("imap://mail")


def test_a_database_address_may_be_a_socket_or_a_host():
    socket = parse.database("postgresql://portal_app@/portal?host=/var/tmp/a%20b")
    assert [socket[key] for key in ["USER", "NAME", "HOST", "PORT"]] == ["portal_app", "portal", "/var/tmp/a b", ""]
    host = parse.database("postgresql://u:p%40w@db:5433/name")
    assert [host[key] for key in ["USER", "PASSWORD", "NAME", "HOST", "PORT"]] == ["u", "p@w", "name", "db", "5433"]
