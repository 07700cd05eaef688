"""The virtual environment: made once, filled from the hashed locks, filled again when a lock changes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import tomllib
from functools import cache
from pathlib import Path

from portal.launcher.paths import PYTHON, ROOT, VAR, VENV, SetUpError, digest, is_done, mark_done, say

UV = VENV / "bin" / "uv"
# Packages and front-end files are fetched side by side, and both may need the environment first.
_one_at_a_time = threading.RLock()


def declared() -> dict:
    """[project] of pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def for_python() -> dict[str, str]:
    """The environment for every Python that the launcher starts: compiled modules are kept below var/.

    A start reads some two thousand modules, so one that has to compile them takes seconds longer. Kept apart, they
    leave the clone as it was, also where the caller's environment forbids Python to write beside the sources.
    """
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(VAR / "bytecode")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def for_installers() -> dict[str, str]:
    """The environment for uv: the index that the user has configured for pip is told to uv, which reads no pip.conf."""
    environment = dict(os.environ)
    if not any(name in environment for name in ["UV_DEFAULT_INDEX", "UV_INDEX_URL"]):
        index = environment.get("PIP_INDEX_URL") or _pip_index()
        if index:
            environment["UV_DEFAULT_INDEX"] = index
    if environment.get("PIP_CERT"):
        environment.setdefault("SSL_CERT_FILE", environment["PIP_CERT"])
    return environment


def _pip_index() -> str:
    done = subprocess.run([*_pip(), "config", "get", "global.index-url"], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def ensure_venv() -> None:
    """.venv, made by the Python that runs this. Without pip: unpacking one takes longer than everything else."""
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", ""], check=False).returncode == 0:
        return
    say(f"make .venv with Python {sys.version.split()[0]}")
    command = [sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SetUpError(f"Python cannot make a virtual environment:\n{done.stdout}{done.stderr}")


@cache
def _pip() -> list[str]:
    """A pip that installs into .venv: the machine's (22.3 or later knows --python), else one of its own."""
    ensure_venv()
    borrowed = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    if subprocess.run([*borrowed, "--version"], capture_output=True, check=False).returncode == 0:
        return borrowed
    own = [str(PYTHON), "-m", "pip"]
    if subprocess.run([*own, "--version"], capture_output=True, check=False).returncode:
        done = subprocess.run([PYTHON, "-m", "ensurepip"], capture_output=True, text=True, check=False)
        if done.returncode:
            raise SetUpError("Python has no pip. On Debian and Ubuntu: apt-get install python3-venv")
    return own


@cache
def uv() -> str | None:
    """uv of the machine, else one inside .venv; None where there is none for this machine and pip has to do."""
    ensure_venv()
    found = shutil.which("uv") or (str(UV) if UV.exists() else None)
    if found:
        return found
    say("fetch uv")
    command = [*_pip(), "install", "--quiet", "--only-binary", ":all:", "uv"]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        say("no uv for this machine; pip installs, which takes a minute longer")
        return None
    return str(UV)


def install(*locks: str) -> None:
    """Install exactly what the locks name, hashes checked; nothing happens when they were installed before.

    The locks are whole: what they leave out (the dependencies of a package that brings files alone) is not wanted.
    """
    paths = [ROOT / lock for lock in locks]
    step, key = "-".join(["install", *locks]), digest(*paths, str(VENV), sys.version)
    with _one_at_a_time:
        ensure_venv()
        if not is_done(step, key):
            _install(paths)
            mark_done(step, key)


def _install(paths: list[Path]) -> None:
    fast = uv()
    say(f"install {', '.join(path.name for path in paths)}")
    command = [fast, "pip", "install", "--python", str(PYTHON)] if fast else [*_pip(), "install"]
    command += ["-q", "--no-deps", "--require-hashes", *(part for path in paths for part in ["-r", str(path)])]
    if subprocess.run(command, cwd=ROOT, env=for_installers(), check=False).returncode:
        raise SetUpError("The packages could not be installed; the lines above say why (no network, or no index?).")


def site_packages() -> Path:
    """The folder that packages are installed into."""
    found = sorted(VENV.glob("lib/python3*/site-packages"))
    if not found:
        raise SetUpError(f"{VENV} is not a virtual environment; remove it and run again")
    return found[-1]
