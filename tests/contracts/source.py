"""The source as the contracts read it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from portal.launcher.paths import ROOT

CHAPTERS = ("applications", "review", "funding", "assessment")
PACKAGES = ("portal", *CHAPTERS)


def python_files(*folders: str) -> Iterator[tuple[str, str]]:
    """(path from the root, text) of every module but migrations."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def templates() -> Iterator[tuple[str, str]]:
    for path in sorted(Path(ROOT).glob("**/templates/**/*.html")):
        if not {"node_modules", ".venv", "var"} & set(path.parts):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def nothing(found: Iterable[str]) -> None:
    """Fails with every line of what was found, where nothing should be."""
    lines = [*found]
    assert not lines, "\n".join(["", *lines])
