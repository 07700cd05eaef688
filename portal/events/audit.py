"""Verifying the whole log: the chain, the notes that it commits to, its head, and heads saved earlier elsewhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from portal.events import chain
from portal.events.models import ChainHead, Event

COLUMNS = (*chain.CHAINED, "previous_digest", "digest")


@dataclass(frozen=True)
class Audit:
    """The last event that is as it was written, its digest, and the first fault in words (or None)."""

    sequence: int
    digest: str
    fault: str | None


def audit(heads: Mapping[int, str] | None = None) -> Audit:
    """Walks all events in reach, oldest first, in one query. `heads` are {sequence: digest} saved earlier."""
    result = Audit(*chain.verify(Event.objects.order_by("sequence").values(*COLUMNS).iterator(), heads or {}))
    return result if result.fault else Audit(result.sequence, result.digest, _head(result) or _notes())


def _head(walked: Audit) -> str | None:
    sequence, digest = ChainHead.objects.values_list("sequence", "digest").get()
    if sequence > walked.sequence:
        return f"event {walked.sequence + 1} is missing (the head says {sequence})"
    if (sequence, digest) != (walked.sequence, walked.digest):
        return f"event {walked.sequence} is not what the head says"
    return None


def _notes() -> str | None:
    """A note may have been erased when its retention ended; one that stands is what was committed to."""
    return next(_wrong_notes(), None)


def _wrong_notes() -> Iterator[str]:
    rows = Event.objects.filter(note__isnull=False).order_by("sequence")
    for sequence, commitment, salt, text in rows.values_list("sequence", "commitment", "note__salt", "note__text"):
        if chain.commitment_of(salt, text) != commitment:
            yield f"event {sequence} has a note that was changed"
