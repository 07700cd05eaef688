"""`./run doctor`: what this machine lacks, and the line that fixes it."""

from __future__ import annotations

import os
import shutil
import sys

from portal.launcher import database, system
from portal.launcher.paths import PYTHON, VAR, SetUpError


def examine(install: bool = False) -> int:
    """Print one line for each thing the portal stands on; 1 when something it cannot do without is missing."""
    if install:
        system.provide([*system.TO_RUN, *system.TO_TEST])
    lines = [("ok", f"Python {sys.version.split()[0]}", sys.executable)]
    lines.append(("ok", ".venv", str(PYTHON)) if PYTHON.exists() else ("later", ".venv", "`./run demo` makes it"))
    lines.append(_database())
    npm = shutil.which("npm")
    lines.append(("ok", "npm", npm) if npm else ("later", "npm", "`./run demo` brings one"))
    for needs, verdict in [(system.TO_RUN, "missing"), (system.TO_TEST, "for tests")]:
        lines += [
            ("ok", need.name, need.purpose)
            if need.is_there()
            else (verdict, need.name, f"{need.purpose}: {_sudo()}{system.install_line([need])}")
            for need in needs
        ]
    if not system.has_chinese_font():
        lines.append(("ok", "Chinese font", "the packaged Noto Sans SC stands in"))
    lines.append(_writable())
    for verdict, name, words in lines:
        print(f"{verdict:<10} {name:<20} {words}")
    return 1 if any(verdict in {"missing", "broken"} for verdict, _, _ in lines) else 0


def _sudo() -> str:
    return "" if os.geteuid() == 0 else "sudo "


def _database() -> tuple[str, str, str]:
    chosen = database.from_environment()
    if chosen:
        return "ok", "PostgreSQL", "the server of DATABASE_URL"
    try:
        found = database.cluster("demo")
    except SetUpError as error:
        if PYTHON.exists():
            return "missing", "PostgreSQL", str(error)
        return "later", "PostgreSQL", "`./run demo` brings one"
    return "ok", "PostgreSQL", f"{found.version}, {found.source}"


def _writable() -> tuple[str, str, str]:
    try:
        VAR.mkdir(parents=True, exist_ok=True)
        (VAR / ".probe").write_text("")
        (VAR / ".probe").unlink()
    except OSError as error:
        return "broken", "var/", f"cannot be written ({error.strerror}); set PORTAL_VAR_DIR"
    return "ok", "var/", str(VAR)
