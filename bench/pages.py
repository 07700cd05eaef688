"""Processor time and SQL of the pages people open most, against the bare page (bench/README.md)."""

from time import process_time

ROUNDS = 30
UNCOUNTED = ("SAVEPOINT", "RELEASE SAVEPOINT", "SELECT set_config")
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PAGES = [
    ("public page", "", "/notices/"),
    ("host unit's home", "host1", "/apply/"),
    ("application, task list", "host1", "application"),
    ("form page", "host1", "section"),
    ("officer's queue", "haidian", "/recommend/"),
    ("staff list", "officer", "/manage/2025/applications/"),
    ("record of staff", "officer", "record"),
    ("dashboard of a year", "supervisor", "/manage/2025/"),
    ("selectee", "officer", "selectee"),
]


def main() -> None:
    from django.test.utils import override_settings

    with override_settings(ROOT_URLCONF="bench.bare", ALLOWED_HOSTS=["testserver"]):
        report()


def report() -> None:
    bare, _ = cost(browser("host1"), "/bare/")
    print(f"R = {bare * 1000:.1f} ms of processor time\n")
    print("| page | ratio to R | SQL |\n|---|---|---|")
    for name, login, path in PAGES:
        spent, asked = cost(browser(login), places().get(path, path))
        print(f"| {name} | {spent / bare:.1f} R | {asked} |")


def browser(login: str):
    """Signed in on the story's clock."""
    from django.test import Client

    from fixtures.scenarios.stages import NOW
    from portal import clock
    from portal.people.models import User

    clock.now = lambda: NOW
    client = Client()
    if login:
        client.force_login(User.objects.get(username=login), backend=BACKEND)
        client.get("/me/")
    return client


def places() -> dict[str, str]:
    """Records of the demo by what they are here for."""
    from applications.models import Application
    from funding.models import Selectee
    from portal.people.models import Membership
    from portal.tenancy.reach import Because, everything

    with everything(because=Because.CHECK_INVARIANTS):
        unit = Membership.objects.get(user__username="host1").organisation_id
        draft = Application.objects.filter(organisation_id=unit).latest("pk").number
        old = Application.objects.filter(organisation_id=unit).earliest("pk").number
        selectee = Selectee.objects.filter(organisation_id=unit).latest("pk").number
    return {
        "application": f"/apply/{draft}/",
        "section": f"/apply/{draft}/s/plan/",
        "record": f"/manage/applications/{old}/",
        "selectee": f"/manage/selectees/{selectee}/",
    }


def cost(client, path: str) -> tuple[float, int]:
    """(seconds of processor time a request, SQL statements of one)."""
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    with transaction.atomic(), CaptureQueriesContext(connection) as captured:  # the connection stays the same
        answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    asked = [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(UNCOUNTED)]
    begun = process_time()
    for _ in range(ROUNDS):
        client.get(path)
    return (process_time() - begun) / ROUNDS, len(asked)
