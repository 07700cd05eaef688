"""Recorded chance: an order that anybody can draw again from the seed that was written down. Pure."""

import secrets
from collections.abc import Iterable
from hashlib import sha256
from typing import Any


def new_seed() -> int:
    """A fresh seed, to be recorded with what is drawn from it."""
    return secrets.randbelow(10**9)


def lot(seed: int, name: Any) -> str:
    """The lot of a name: SHA-256 of "seed:name" in hex. The lowest lot comes first."""
    return sha256(f"{seed}:{name}".encode()).hexdigest()


def drawn(seed: int, names: Iterable[Any]) -> list[Any]:
    """The names in the order of their lots."""
    return sorted(names, key=lambda name: lot(seed, name))
