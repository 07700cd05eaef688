"""Several processes as one: ready, fallen and started again, and gone as a whole."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time

import pytest

from portal.launcher import supervisor
from portal.launcher.paths import ROOT, SetUpError

WEB = """
import http.server, sys
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/healthz" else 404); self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Health).serve_forever()
"""
# A child of a child, as a worker's pool is; its number goes to the file.
FAMILY = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open(sys.argv[1], "w").write(f"{os.getpid()} {child.pid}")
time.sleep(600)
"""
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
SUPERVISE = """
import os, sys
from pathlib import Path
from portal.launcher import supervisor
supervisor.VAR = Path(sys.argv[1])
supervisor.STOP_WITHIN = 1
port = int(sys.argv[2])
services = [supervisor.Service("web", [sys.executable, "-c", sys.argv[3], str(port)])]
services += [supervisor.Service(f"other{n}", [sys.executable, "-c", text, str(supervisor.VAR / f"pids{n}")])
             for n, text in enumerate(sys.argv[4:])]
sys.exit(supervisor.supervise(services, dict(os.environ), port, lambda: print("ready", flush=True), lambda: None))
"""


@pytest.fixture
def supervised(tmp_path):
    """Start a supervisor over the web server and the given programs; killed at the end, whatever happens."""
    started = []

    def start(*programs, web=WEB):
        command = [
            sys.executable,
            "-c",
            textwrap.dedent(SUPERVISE),
            str(tmp_path),
            str(supervisor.free_port(None)),
            web,
        ]
        started.append(
            subprocess.Popen([*command, *programs], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(condition, seconds=10):
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.05)
    return condition()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_every_process_and_their_children(supervised, tmp_path, number):
    process = supervised(FAMILY, STUBBORN)
    assert process.stdout.readline() == "ready\n"
    assert wait_for((tmp_path / "pids0").exists)
    time.sleep(0.2)
    pids = [int(pid) for pid in (tmp_path / "pids0").read_text().split()]
    assert all(map(is_alive, pids))
    process.send_signal(number)
    assert process.wait(10) == 0
    assert wait_for(lambda: not any(map(is_alive, pids)))


def test_a_fallen_service_is_started_again(supervised, tmp_path):
    process = supervised(FAMILY)
    assert process.stdout.readline() == "ready\n"
    assert wait_for((tmp_path / "pids0").exists)
    time.sleep(0.2)
    first = (tmp_path / "pids0").read_text()
    os.kill(int(first.split()[0]), signal.SIGKILL)
    assert wait_for(lambda: (tmp_path / "pids0").read_text() not in {first, ""})
    assert process.poll() is None


def test_services_end_with_a_killed_supervisor(supervised, tmp_path):
    process = supervised(FAMILY)
    assert process.stdout.readline() == "ready\n"
    assert wait_for((tmp_path / "pids0").exists)
    time.sleep(0.2)
    service = int((tmp_path / "pids0").read_text().split()[0])
    process.kill()
    assert wait_for(lambda: not is_alive(service))


def test_a_web_server_that_does_not_start_ends_the_demo_with_its_last_words(supervised):
    process = supervised(FAMILY, web="raise SystemExit('no database here')")
    _, words = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "no database here" in words


def test_a_taken_port_is_named():
    with socket.socket() as taken:
        taken.bind((supervisor.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SetUpError, match=f"Port {port} is taken"):
            supervisor.free_port(port)


def test_without_a_wish_the_next_free_port_is_taken():
    first = supervisor.free_port(None)
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((supervisor.HOST, first))
        taken.listen()
        assert first < supervisor.free_port(None) < 8100
