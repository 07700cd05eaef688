"""Where things lie, and how the launcher speaks."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VAR = Path(os.environ.get("PORTAL_VAR_DIR") or ROOT / "var").resolve()
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VAR / "stamps"


class SetUpError(Exception):
    """Something is missing that only the person at the keyboard can provide; the text says what and how."""


def is_root() -> bool:
    return os.geteuid() == 0


def say(text: str) -> None:
    """One line of progress, on stderr: stdout belongs to what a command answers."""
    print(f"· {text}", file=sys.stderr, flush=True)


def digest(*parts: Path | str | bytes) -> str:
    """SHA-256 over texts and files (a missing file counts as such), as hex."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            part = part.read_bytes() if part.is_file() else b"\0missing"
        elif isinstance(part, str):
            part = part.encode()
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()


def is_done(step: str, key: str) -> bool:
    """Whether the step was finished with exactly these inputs."""
    stamp = STAMPS / step
    return stamp.is_file() and stamp.read_text() == key


def mark_done(step: str, key: str) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / step).write_text(key)


def forget(step: str) -> None:
    (STAMPS / step).unlink(missing_ok=True)
