"""What pip cannot bring: system libraries and programs, looked for by using them."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from portal.launcher.paths import is_root, say

PANGO_NEEDED = (1, 44)
BROWSERS = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]


@dataclass(frozen=True)
class Need:
    """One thing of the machine: what for, the Debian packages that bring it, and whether it is there."""

    name: str
    purpose: str
    packages: tuple[str, ...]
    is_there: Callable[[], bool]


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_pango() -> bool:
    if not (loads("libpango-1.0.so.0") and loads("libpangoft2-1.0.so.0")):
        return False
    version = ctypes.CDLL("libpango-1.0.so.0").pango_version()
    return (version // 10000, version // 100 % 100) >= PANGO_NEEDED


def has_magic() -> bool:
    return loads("libmagic.so.1")


def has_subsetting() -> bool:
    return loads("libharfbuzz-subset.so.0")


def has_chinese_font() -> bool:
    """Whether fontconfig knows a Noto CJK family."""
    if not shutil.which("fc-list"):
        return any(Path("/usr/share/fonts").glob("**/Noto*CJK*"))
    done = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, check=False)
    return "Noto Sans CJK" in done.stdout or "Noto Serif CJK" in done.stdout


def browser() -> str | None:
    """Chromium's path, if the machine has one."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


TO_RUN = [
    Need("Pango ≥ 1.44", "PDF documents", ("libpango-1.0-0", "libpangoft2-1.0-0"), has_pango),
    Need("HarfBuzz subsetting", "small PDFs in reasonable time", ("libharfbuzz-subset0",), has_subsetting),
    Need("libmagic", "recognising uploads", ("libmagic1",), has_magic),
]
TO_TEST = [
    Need("Chromium", "browser tests", ("chromium",), lambda: browser() is not None),
    Need(
        "Noto CJK fonts",
        "printed documents and screenshots as officials see them",
        ("fonts-noto-cjk",),
        has_chinese_font,
    ),
    Need("Redis", "tests against a real broker", ("redis-server",), lambda: shutil.which("redis-server") is not None),
]


def missing(needs: list[Need]) -> list[Need]:
    return [need for need in needs if not need.is_there()]


def install_line(needs: list[Need]) -> str:
    packages = " ".join(dict.fromkeys(package for need in needs for package in need.packages))
    return f"apt-get install -y --no-install-recommends {packages}"


def provide(needs: list[Need]) -> list[Need]:
    """Install what is missing when we are root and the machine has apt; returns what is missing after that."""
    absent = missing(needs)
    if not absent:
        return []
    if is_root() and shutil.which("apt-get"):
        say(f"install {', '.join(need.name for need in absent)}")
        if not _apt(install_line(absent)):
            _apt("apt-get update -qq")
            _apt(install_line(absent))
    return missing(needs)


def _apt(line: str) -> bool:
    """Run one apt-get line; says the last line of its complaint when it fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(line.split(), env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        say(f"{line}: {(done.stderr.strip() or 'failed').splitlines()[-1]}")
    return done.returncode == 0
