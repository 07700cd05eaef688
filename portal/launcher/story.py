"""What the demo's database has been told, and how long its clock has run: a few files below var/demo."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, replace

from portal.launcher.paths import VAR

FOLDER = VAR / "demo"
STORY, ACCOUNTS, ELAPSED = FOLDER / "story.json", FOLDER / "accounts.json", FOLDER / "elapsed"
STAGES = [
    "open",
    "screening",
    "cast_review",
    "network_review",
    "panel_review",
    "publicity",
    "contracting",
    "cultivation",
    "closed",
]
DEFAULT_STAGE = "cultivation"


@dataclass(frozen=True)
class Story:
    """A stage and a seed in one database (`place`); `is_told` once it was told to the end."""

    stage: str
    seed: int
    place: str
    is_told: bool = False

    def begin(self) -> None:
        """Note that telling begins: an interrupted one is recognised by it. The clock starts anew."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        ELAPSED.unlink(missing_ok=True)
        STORY.write_text(json.dumps(asdict(self)))

    def finish(self, answer: str) -> None:
        """Keep what the teller has printed (the accounts as JSON)."""
        ACCOUNTS.write_text(answer)
        STORY.write_text(json.dumps(asdict(replace(self, is_told=True))))


def recorded(place: str) -> Story | None:
    """The story of this database; None when it was told none."""
    try:
        story = Story(**json.loads(STORY.read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return story if story.place == place else None


def forget() -> None:
    for path in [STORY, ACCOUNTS, ELAPSED]:
        path.unlink(missing_ok=True)


def accounts() -> dict:
    """What the teller has printed: {"password": …, "accounts": [{"login", "role", "organisation"}, …]}."""
    try:
        return json.loads(ACCOUNTS.read_text())
    except (FileNotFoundError, ValueError):
        return {}


def elapsed() -> float:
    """Seconds the demo has run so far: its clock stands still while it is stopped, and never goes back."""
    try:
        return float(ELAPSED.read_text())
    except (FileNotFoundError, ValueError):
        return 0.0


def clock_started() -> float:
    """The real instant (seconds since 1970) at which the demo's clock would have shown its first instant."""
    return time.time() - elapsed()


class Clock:
    """Writes down how long the demo has run."""

    def __init__(self) -> None:
        self.started = clock_started()

    def tick(self) -> None:
        fresh = ELAPSED.with_suffix(".new")
        fresh.write_text(f"{time.time() - self.started:.0f}")
        fresh.replace(ELAPSED)
