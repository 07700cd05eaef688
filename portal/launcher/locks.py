"""`./run lock`: compile the hashed locks from pyproject.toml.

The locks name no index: uv, pip and npm take theirs from the user's own configuration.
"""

from __future__ import annotations

import subprocess

from portal.launcher import environment
from portal.launcher.paths import ROOT, say

RUNTIME, TEST, LOCAL, NODE = (f"requirements{kind}.lock" for kind in ["", "-test", "-local", "-node"])
COMMON = ["--universal", "--generate-hashes", "--no-annotate", "--custom-compile-command", "./run lock"]


def compile_all(upgrade: bool = False) -> None:
    """Write the four locks; versions stand where they are unless `upgrade`."""
    extra = [*COMMON, "--upgrade"] if upgrade else COMMON
    _compile(RUNTIME, extra)
    _compile(TEST, [*extra, "--extra", "test", "--constraint", RUNTIME])
    # Extras alone: their own dependencies are not wanted, the project's are in the runtime lock.
    for name in [LOCAL, NODE]:
        requirements = "\n".join(environment.declared()["optional-dependencies"][name.split("-")[1].split(".")[0]])
        _compile(name, [*extra, "--no-deps"], source=requirements)


def _compile(name: str, options: list[str], source: str | None = None) -> None:
    say(f"compile {name}")
    subprocess.run(
        [
            environment.uv() or "uv",
            "pip",
            "compile",
            "-q",
            *options,
            "--output-file",
            ROOT / name,
            "-" if source else "pyproject.toml",
        ],
        cwd=ROOT,
        input=source,
        text=True,
        check=True,
        stdout=subprocess.DEVNULL,
        env=environment.for_installers(),
    )
