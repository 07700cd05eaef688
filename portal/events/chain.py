"""Writing and verifying the hash chain.

digest = SHA-256 of the canonical JSON of an event's own columns with the digest before it. The chain needs no
framework to be checked: `verify` takes rows as dictionaries.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC
from ipaddress import ip_address

CHAINED = (
    "sequence",
    "kind",
    "organisation_id",
    "record_table",
    "record_pk",
    "record_ref",
    "from_state",
    "to_state",
    "actor_user_id",
    "actor_role",
    "actor_organisation_id",
    "ip",
    "at",
    "articles",
    "facts",
    "commitment",
    "operation",
)


def digest_of(row: dict, previous: str) -> str:
    """SHA-256 hex of the chained columns (times as UTC ISO, uuid as text) and the previous digest."""
    content = {name: _plain(row[name]) for name in CHAINED} | {"ip": address_of(row["ip"])}
    text = json.dumps([previous, content], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value):
    if hasattr(value, "astimezone"):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value if value is None or isinstance(value, int | str | list | dict) else str(value)


def address_of(text: str | None) -> str | None:
    """An internet address in its one spelling (the database has its own), or None for what is none."""
    try:
        address = ip_address(text or "")
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)


def commit_to(text: str) -> tuple[str, str]:
    """A salt and the salted commitment of a text that may one day be erased."""
    salt = secrets.token_hex(16)
    return salt, commitment_of(salt, text)


def commitment_of(salt: str, text: str) -> str:
    return hashlib.sha256(f"{salt}{text}".encode()).hexdigest()


def verify(rows: Iterable[dict], heads: Mapping[int, str] | None = None) -> tuple[int, str, str | None]:
    """Walks the whole chain, past the `heads` {sequence: digest} that somebody has saved earlier.

    Returns (last sequence, last digest, None or the first fault in words): who rewrites all digests from one row on
    and the head too is found by a saved one.
    """
    heads = heads or {}
    sequence, digest = 0, ""
    for row in rows:
        if row["sequence"] != sequence + 1:
            return sequence, digest, f"event {sequence + 1} is missing (found {row['sequence']})"
        if row["previous_digest"] != digest or row["digest"] != digest_of(row, digest):
            return sequence, digest, f"event {row['sequence']} does not match its digest"
        if heads.get(row["sequence"], row["digest"]) != row["digest"]:
            return sequence, digest, f"event {row['sequence']} is not the one whose digest was saved"
        sequence, digest = row["sequence"], row["digest"]
    if any(saved > sequence for saved in heads):
        return sequence, digest, f"event {sequence + 1} is missing (event {max(heads)} was saved)"
    return sequence, digest, None
