"""The server's files agree with the code and with their description."""

import re

import pytest
import yaml
from django.core.checks import run_checks
from django.core.management import get_commands

from portal.launcher.paths import ROOT
from portal.people.models import User

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
READS = re.compile(r"""(?:environ(?:\.get)?[\[(]|flag\(|number\()\s*"([A-Z_]+)\"""")
# Not the portal's own: Django, uv, pip and the shell document them.
OTHERS = {
    "DJANGO_SETTINGS_MODULE",
    "PATH",
    "PIP_INDEX_URL",
    "PIP_CERT",
    "SSL_CERT_FILE",
    "UV_DEFAULT_INDEX",
    "FONTCONFIG_FILE",
}


def variables_read() -> set[str]:
    return {name for path in (ROOT / "portal").rglob("*.py") for name in READS.findall(path.read_text())} - OTHERS


def test_every_variable_that_the_code_reads_is_described():
    described = set(re.findall(r"^\| `([A-Z_]+)` \|", OPERATIONS, re.M))
    assert variables_read() == described


def test_every_variable_that_compose_sets_is_described():
    text = (ROOT / "docker-compose.yml").read_text()
    asked = set(re.findall(r"\$\{([A-Z_]+)", text))
    assert {name for name in asked if f"`{name}`" not in OPERATIONS} == set()


def test_compose_runs_what_the_design_names():
    assert set(COMPOSE["services"]) == {"postgres", "redis", "migrate", "web", "worker", "beat", "nginx", "mail"}


def test_only_the_proxy_and_the_mail_catcher_open_ports():
    open_to = {name: service.get("ports", []) for name, service in COMPOSE["services"].items() if service.get("ports")}
    assert set(open_to) == {"nginx", "mail"}
    assert open_to["mail"] == ["127.0.0.1:8025:8025"]


def test_only_the_migration_gets_the_owners_password():
    holders = {
        name
        for name, service in COMPOSE["services"].items()
        if "PORTAL_OWNER_PASSWORD" in str(service.get("environment")) and name != "postgres"
    }
    assert holders == {"migrate"}


def test_compose_sets_no_variable_that_production_refuses():
    for service in COMPOSE["services"].values():
        assert {"PORTAL_DEMO", "PORTAL_DEBUG", "PORTAL_FAKE_NOW"} & set(service.get("environment", {})) == set()


def test_the_proxy_sets_the_headers_that_the_portal_trusts():
    proxy = (ROOT / "portal" / "launcher" / "nginx.conf").read_text()
    for header, value in [
        ("X-Real-IP", "$remote_addr"),
        ("X-Forwarded-Proto", "https"),
        ("X-Request-Start", '"t=${msec}"'),
    ]:
        assert f"proxy_set_header {header} {value};" in proxy
    # A location with a proxy_set_header of its own would lose those of its server.
    server = proxy.split("listen 443")[1]
    assert not re.search(r"location[^{]*\{[^}]*proxy_set_header", server)


def test_the_image_copies_what_exists_and_nothing_secret():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored[1] == "*"
    taken = [line[1:] for line in ignored if line.startswith("!")]
    assert [name for name in taken if not (ROOT / name).exists()] == []
    assert not {".env", "var", "certs", "tests"} & set(taken)


def test_commands_named_in_the_description_exist():
    named = set(re.findall(r"manage\.py ([a-z_]+)", OPERATIONS))
    assert named - set(get_commands()) == set()


@pytest.mark.django_db
def test_a_database_with_the_demos_people_is_refused(settings):
    settings.DEMO = False
    user = User(username="officer", name="演示")
    user.set_password(settings.DEMO_PASSWORD)
    user.save()

    def found():
        return [
            error.id for error in run_checks(tags=["database"], databases=["default"], include_deployment_checks=True)
        ]

    assert found() == ["portal.E001"]
    user.set_password("another-Password-7")
    user.save()
    assert found() == []
