"""`./run demo`: everything from a fresh clone to a running portal with people and records in it."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

from portal.launcher import assets, database, environment, locks, supervisor, system
from portal.launcher import story as stories
from portal.launcher.paths import PYTHON, ROOT, VAR, SetUpError, digest, forget, is_done, mark_done, say
from portal.launcher.story import ACCOUNTS, DEFAULT_STAGE, Clock, Story, accounts, clock_started, recorded

# The story's clock starts here whatever the day, so nothing depends on when the demo is started.
FAKE_NOW = "2026-10-12T10:00:00+08:00"
RUNNING = VAR / "demo" / "running"
# The accounts of docs and README; the others are in the file that is named below them.
UNITS = ["haidian", "chaoyang", "host1", "host2", "host3"]
SHOWN = {
    *["officer", "secretary", "finance", "supervisor", "auditor", "sysadmin"],
    *(login for unit in UNITS for login in [unit, f"{unit}-boss", unit.replace("host", "applicant")]),
    *(f"expert{number}" for number in [1, 2, 3, 10, 11, 12]),
}
APPS = ["portal", "applications", "review", "funding", "assessment"]


# What goes on beside the main line of a set-up: it waits for the network or for the other processor.
beside = ThreadPoolExecutor()


def prepare(lock: str = locks.RUNTIME) -> Future:
    """Programs, packages and front-end files; each step is skipped when its inputs are as they were.

    The front-end files may still be on their way then: the future ends when they are there.
    """
    absent = system.provide(system.TO_RUN)
    if absent:
        say(
            f"missing: {', '.join(f'{need.name} ({need.purpose})' for need in absent)}; "
            f"install with: sudo {system.install_line(absent)}"
        )
    files = beside.submit(assets.ensure_assets)
    environment.install(lock, locks.LOCAL)
    return files


def variables(urls: database.Urls) -> dict[str, str]:
    """The environment of every Django process that the launcher starts outside the tests."""
    chosen = {
        **urls.environment(),
        "PORTAL_VAR_DIR": str(VAR),
        "PORTAL_FAKE_NOW": os.environ.get("PORTAL_FAKE_NOW", FAKE_NOW),
        "PORTAL_FAKE_SINCE": str(clock_started()),
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "portal.settings.base"),
        "PORTAL_DEMO": os.environ.get("PORTAL_DEMO", "1"),
    }
    return {**environment.for_python(), **chosen}


def for_tests() -> dict[str, str]:
    """The environment of the tests; their settings find the database themselves."""
    return {**environment.for_python(), "PORTAL_VAR_DIR": str(VAR)}


@contextmanager
def alone():
    """One demo a clone: two would share the data and the queue."""
    RUNNING.parent.mkdir(parents=True, exist_ok=True)
    with open(RUNNING, "a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SetUpError("This clone's demo is already running.") from None
        yield


@contextmanager
def demo_database():
    """The database's connection strings for as long as the block lasts, and the cluster if it is ours."""
    urls = database.from_environment()
    if urls:
        yield urls, None
        return
    mine = database.cluster("demo")
    try:
        yield mine.acquire(), mine
    finally:
        mine.release()


def manage(variables: dict[str, str], *arguments: str, as_owner: bool = False, capture: bool = False) -> str:
    """manage.py in a process of its own; SetUpError with its words when it fails. Returns its stdout if captured."""
    if as_owner:
        variables = {**variables, "PORTAL_AS_OWNER": "1"}
    done = subprocess.run(
        [PYTHON, "manage.py", *arguments],
        cwd=ROOT,
        env=variables,
        text=True,
        check=False,
        stdout=subprocess.PIPE if capture else None,
    )
    if done.returncode:
        raise SetUpError(f"manage.py {' '.join(arguments)} failed")
    return done.stdout or ""


# Steps ---------------------------------------------------------------------------------------------------------------


def code_key(*patterns: str) -> str:
    """A digest of the files of our apps that match."""
    return digest(*(path for app in APPS for pattern in patterns for path in sorted((ROOT / app).glob(pattern))))


def migrate(variables: dict[str, str], mine: database.Cluster | None) -> None:
    """Migrate as the owner; in our own cluster only when something that shapes tables has changed."""
    key = digest(
        code_key(
            "**/migrations/*.py",
            "**/models.py",
            "**/models/*.py",
            "**/lifecycle*.py",
            "tenancy/**/*.py",
            "events/*.py",
            "workflow/*.py",
        ),
        ROOT / locks.RUNTIME,
        mine.identity() if mine else os.urandom(8),
    )
    if not is_done("migrate", key):
        say("migrate")
        manage(variables, "migrate", "--no-input", "--skip-checks", "--verbosity", "0", as_owner=True)
        mark_done("migrate", key)


def collect_static(variables: dict[str, str], fetched: Future) -> None:
    """Collect static files when one of them has changed, as soon as those from npm are fetched."""
    fetched.result()
    folders = [VAR / "assets", *(folder for app in APPS for folder in (ROOT / app).glob("**/static"))]
    files = [path for folder in folders for path in sorted(folder.glob("**/*")) if path.is_file()]
    key = digest(*map(str, files), *files, ROOT / locks.RUNTIME, ROOT / "portal/settings/base.py")
    if not is_done("static", key):
        say("collect static files")
        manage(variables, "collectstatic", "--no-input", "--clear", "--skip-checks", "--verbosity", "0")
        mark_done("static", key)


def seed(variables: dict[str, str], story: Story) -> None:
    """Tell the story up to its stage and keep the accounts that the teller prints."""
    say(f"tell the demo's story up to “{story.stage}”")
    story.begin()
    variables = {**variables, "PORTAL_FAKE_SINCE": str(clock_started())}
    arguments = ["--stage", story.stage, "--seed", str(story.seed), "--json", "--skip-checks"]
    story.finish(manage(variables, "seed_demo", *arguments, capture=True))


def start_over(mine: database.Cluster | None) -> None:
    """Drop the demo's database and files. A database the caller has brought along is never dropped."""
    if mine is None:
        raise SetUpError("The demo starts over in its own database alone; empty the one of DATABASE_URL yourself.")
    say("remove the demo's data")
    mine.drop_database("portal")
    mine.make_database("portal")
    forget("migrate")
    stories.forget()
    for folder in ["media", "outbox", "broker"]:
        shutil.rmtree(VAR / folder, ignore_errors=True)


# The whole -----------------------------------------------------------------------------------------------------------


def run(stage: str | None, number: int | None, port: int | None, reset: bool, mfa: bool) -> int:
    """The whole demo; returns the exit code after it was stopped."""
    began = time.monotonic()
    files = prepare()
    with alone(), demo_database() as (urls, mine):
        say(f"database: {urls.source}")
        story, is_there = choose(mine.identity() if mine else digest(urls.application), stage, number)
        if reset or is_there is False:
            start_over(mine)
        port = supervisor.free_port(port)
        env = {**variables(urls), "PORTAL_MFA": "1" if mfa else "0"}
        env.setdefault("PORTAL_BASE_URL", f"http://{supervisor.HOST}:{port}")
        static = beside.submit(collect_static, env, files)
        migrate(env, mine)
        if reset or not is_there:
            seed(env, story)
        static.result()
        clock = Clock()
        env["PORTAL_FAKE_SINCE"] = str(clock.started)
        # The small fonts halve the time that printing takes; nobody has to wait for them.
        fonts = supervisor.Service("fonts", ["nice", str(PYTHON), "manage.py", "prepare_fonts"])

        def ready() -> None:
            fonts.start(env)
            announce(port, story.stage, time.monotonic() - began)

        try:
            return supervisor.supervise(supervisor.services(port), env, port, on_tick=clock.tick, on_ready=ready)
        finally:
            fonts.kill()


def choose(place: str, stage: str | None, number: int | None) -> tuple[Story, bool | None]:
    """The story that is asked for, and whether it is there: None when there is none, False when there is another.

    Without a wish, the story that is there is the one.
    """
    there = recorded(place)
    if there is None:
        return Story(stage or DEFAULT_STAGE, 1 if number is None else number, place), None
    wanted = Story(stage or there.stage, there.seed if number is None else number, place)
    return wanted, there == replace(wanted, is_told=True)


def announce(port: int, stage: str, seconds: float) -> None:
    """What a person needs next: the address, the accounts, how to stop."""
    print(f"\n  http://{supervisor.HOST}:{port}/   stage: {stage}   ready after {seconds:.0f} s\n")
    answer = accounts()
    everybody = answer.get("accounts", [])
    shown = [account for account in everybody if account["login"] in SHOWN]
    for account in shown:
        print(f"  {account['login']:<16} {account.get('role', ''):<24} {account.get('organisation', '')}")
    if len(shown) < len(everybody):
        print(f"  … and {len(everybody) - len(shown)} more: {ACCOUNTS}")
    if answer.get("password"):
        print(f"\n  password for all: {answer['password']}")
    print("\n  Ctrl-C stops everything.\n", flush=True)
