"""The commands of `./run`."""

from __future__ import annotations

import argparse
import subprocess
import sys

from portal.launcher import assets, database, demo, doctor, locks
from portal.launcher.paths import PYTHON, ROOT, SetUpError
from portal.launcher.story import DEFAULT_STAGE, STAGES


def main() -> int:
    # What follows `test` and `manage` belongs to pytest and to Django, options included.
    if sys.argv[1:2] == ["test"]:
        return test(sys.argv[2:])
    if sys.argv[1:2] == ["manage"]:
        return manage(sys.argv[2:])
    arguments = parser().parse_args()
    match arguments.command:
        case "demo":
            return demo.run(arguments.stage, arguments.seed, arguments.port, arguments.reset, arguments.mfa)
        case "doctor":
            return doctor.examine(arguments.install)
        case "env":
            return env()
        case "stop":
            return stop()
        case "assets":
            assets.ensure_assets()
        case "lock":
            locks.compile_all(arguments.upgrade)
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="./run", description="Run, test and look after the portal.")
    commands = made.add_subparsers(dest="command", required=True, metavar="command")
    one = commands.add_parser("demo", help="set up everything and run the portal with demo data")
    one.add_argument("--stage", choices=STAGES, help=f"how far the story is told (default {DEFAULT_STAGE})")
    one.add_argument("--seed", type=int, help="another seed makes other people and numbers")
    one.add_argument("--port", type=int, help="default: the first free one from 8000")
    one.add_argument("--reset", action="store_true", help="forget what was done in the demo and tell the story anew")
    one.add_argument("--mfa", action="store_true", help="ask for the second factor, as production does")
    commands.add_parser("test", help="set up everything and run the tests; takes pytest's arguments")
    commands.add_parser("manage", help="manage.py in the demo's environment; takes Django's arguments")
    one = commands.add_parser("doctor", help="say what this machine lacks and the line that fixes it")
    one.add_argument("--install", action="store_true", help="as root: install it, what the tests want included")
    commands.add_parser("env", help="start the demo database, leave it running, print its variables for the shell")
    commands.add_parser("stop", help="stop the databases that ./run env and the tests have left running")
    commands.add_parser("assets", help="fetch the front-end files alone (the image is built with it)")
    one = commands.add_parser("lock", help="compile requirements*.lock from pyproject.toml")
    one.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
    return made


EVERY_TEST = ["-n", "auto", "--dist", "loadgroup", "-m", "not slow"]  # a folder's tests stay with one process


def test(arguments: list[str]) -> int:
    """All tests but the exhaustive ones (`-m slow`), on all cores; or what pytest is told."""
    demo.prepare(locks.TEST).result()
    command = [str(PYTHON), "-m", "pytest", *(arguments or EVERY_TEST)]
    return subprocess.run(command, cwd=ROOT, env=demo.for_tests(), check=False).returncode


def manage(arguments: list[str]) -> int:
    """manage.py against the demo's database; `migrate` and `makemigrations` as the owner of the tables."""
    demo.prepare().result()
    with demo.demo_database() as (urls, _):
        variables = demo.variables(urls)
        if arguments[:1] and arguments[0] in {"migrate", "makemigrations", "sqlmigrate", "dbshell"}:
            variables["PORTAL_AS_OWNER"] = "1"
        return subprocess.run([PYTHON, "manage.py", *arguments], cwd=ROOT, env=variables, check=False).returncode


def env() -> int:
    """Shell lines for those who call Python themselves."""
    demo.prepare().result()
    urls = database.from_environment()
    if not urls:
        mine = database.cluster("demo")
        urls = mine.acquire()
        mine.pin.touch()
    for name, value in urls.environment().items():
        print(f"export {name}='{value}'")
    return 0


def stop() -> int:
    for name in ["demo", "test"]:
        if database.cluster(name).stop():
            print(f"stopped the {name} database")
    return 0


if __name__ == "__main__":
    try:
        code = main()
    except SetUpError as error:
        print(f"\n{error}", file=sys.stderr)
        code = 1
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
