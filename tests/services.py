"""Programs that some tests need: skipped without them, except where they must be there (PORTAL_REQUIRE_SERVICES)."""

import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from portal.launcher import system


def need(program: str | None, name: str, line: str) -> str:
    """The program's path; else a skip that says what to install, or a failure where everything must run."""
    if program:
        return program
    words = f"{name} is not installed: {line}"
    if os.environ.get("PORTAL_REQUIRE_SERVICES"):
        pytest.fail(words)
    pytest.skip(words)


def chromium() -> str:
    return need(system.browser(), "Chromium", system.install_line([system.TO_TEST[0]]))


@contextmanager
def redis_server(folder: Path):
    """A Redis of its own on a socket in the folder; gives its URL."""
    program = need(shutil.which("redis-server"), "Redis", system.install_line([system.TO_TEST[2]]))
    socket = folder / "redis.sock"
    command = [program, "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            until = time.monotonic() + 10
            while not socket.exists() and time.monotonic() < until:
                time.sleep(0.02)
            yield f"unix://{socket}"
        finally:
            process.terminate()
