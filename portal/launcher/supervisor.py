"""Web, worker and beat as one: started together, restarted when one falls, stopped as a whole."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from portal.launcher.ask import answers
from portal.launcher.paths import PYTHON, ROOT, VAR, SetUpError, say

HOST = "127.0.0.1"
READY_WITHIN = 60  # seconds
STOP_WITHIN = 10  # seconds; then SIGKILL
RESTARTS = 5
PR_SET_PDEATHSIG = 1


@dataclass
class Service:
    """One process with its log; `process` is None before the first start."""

    name: str
    command: list[str]
    restarts: int = 0
    process: subprocess.Popen | None = None

    @property
    def log(self) -> Path:
        return VAR / "log" / f"{self.name}.log"

    def start(self, environment: dict[str, str]) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.log, "ab") as log:
            # A session of its own: Ctrl-C reaches the supervisor alone, which then stops the services in its order.
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )

    def end(self) -> None:
        """Ask the service to stop; it sees to its children itself."""
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def kill(self) -> None:
        """End whatever is left of the service and its children."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def tail(self, lines: int = 15) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""


def _die_with_parent() -> None:
    """Linux: a service gets SIGTERM even when the supervisor itself is killed."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def services(port: int) -> list[Service]:
    """The processes of one installation, as docker-compose.yml starts them too."""
    python = str(PYTHON)
    celery = [python, "-m", "celery", "--app", "portal"]
    schedule = VAR / "celery"
    schedule.mkdir(parents=True, exist_ok=True)
    return [
        Service(
            "web",
            [
                python,
                "-m",
                "gunicorn",
                "--config",
                "portal/launcher/gunicorn_conf.py",
                "--bind",
                f"{HOST}:{port}",
                "portal.wsgi",
            ],
        ),
        Service(
            "worker",
            [*celery, "worker", "--loglevel", "info", "--concurrency", "1", "--without-gossip", "--without-mingle"],
        ),
        Service(
            "beat",
            [*celery, "beat", "--loglevel", "info", "--pidfile", "", "--schedule", str(schedule / "beat-schedule")],
        ),
    ]


def free_port(wanted: int | None) -> int:
    """The wanted port, or from 8000 the first that is free; SetUpError when the wanted one is taken."""
    for port in [wanted] if wanted else range(8000, 8100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise SetUpError(f"Port {wanted or '8000-8099'} is taken; choose another with --port.")


def supervise(
    running: list[Service],
    environment: dict[str, str],
    port: int,
    on_ready: Callable[[], None],
    on_tick: Callable[[], None],
) -> int:
    """Run the services, web first, until a signal or a failure; returns the exit code. `on_tick` runs each second."""
    stop: list[int] = []
    before = {
        number: signal.signal(number, lambda number, _: stop.append(number))
        for number in [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
    }
    try:
        web, *others = running
        web.start(environment)
        if not _wait_until_ready(web, port, stop):
            if not stop:
                say(f"the web server did not answer:\n{web.tail()}")
            return 0 if stop else 1
        for service in others:
            service.start(environment)
        on_ready()
        while not stop:
            on_tick()
            if not all(_keep_alive(service, environment) for service in running):
                return 1
            time.sleep(1)
        return 0
    finally:
        _stop_all(running)
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait_until_ready(web: Service, port: int, stop: list[int]) -> bool:
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until and not stop:
        if web.process is None or web.process.poll() is not None:
            return False
        if answers(f"http://{HOST}:{port}/healthz", seconds=2):
            return True
        time.sleep(0.1)
    return False


def _keep_alive(service: Service, environment: dict[str, str]) -> bool:
    """Start a fallen service again; False when it has fallen too often."""
    if service.process is None or service.process.poll() is None:
        return True
    if service.restarts == RESTARTS:
        say(f"{service.name} fell {RESTARTS + 1} times; the end of {service.log}:\n{service.tail()}")
        return False
    service.restarts += 1
    say(f"{service.name} ended with {service.process.returncode}; starting it again (see {service.log})")
    service.start(environment)
    return True


def _stop_all(running: list[Service]) -> None:
    """SIGTERM to each, SIGKILL to what is left after ten seconds."""
    for service in running:
        service.end()
    until = time.monotonic() + STOP_WITHIN
    for service in running:
        if service.process:
            try:
                service.process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                say(f"{service.name} does not stop; killing it")
        service.kill()
