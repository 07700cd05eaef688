"""Keeping a file: checks first, then the blob, then the row. A file that is refused leaves nothing behind."""

import hashlib
import os
import tempfile
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from portal.access.decide import require
from portal.events import catalogue
from portal.files.checks import DOCUMENTS, Unfit, check
from portal.files.models import StoredFile, blob_path
from portal.people.actor import Actor
from portal.regulation.articles import Article
from portal.regulation.rules import Refused, failed
from portal.tenancy.reach import Because, everything
from portal.workflow.take import note, operation

QUARANTINE = catalogue.kind("file.quarantine", "{actor}封存了{ref}", articles=[Article(14)])


def store(
    uploaded: UploadedFile,
    *,
    actor: Actor,
    organisation_id: int,
    purpose: str,
    at: datetime,
    allowed: frozenset[str] = DOCUMENTS,
    application_id: int | None = None,
    assessment_id: int | None = None,
) -> StoredFile:
    """Checks an upload and keeps it. Raises Refused with one finding ("file.<code>"), OutOfReach for a foreign keeper.

    The blob is written last before the row; if the transaction fails afterwards, `sweep` removes it.
    """
    try:
        checked = check(uploaded, allowed)
    except Unfit as fault:
        raise Refused("上传", [failed(str(fault), rule=f"file.{fault.code}", label="附件")]) from None
    file = StoredFile(
        organisation_id=organisation_id,
        purpose=purpose,
        name=checked.name,
        content_type=checked.content_type,
        size=uploaded.size or 0,
        pages=checked.pages,
        uploaded_by_id=actor.user_id,
        created_at=at,
        application_id=application_id,
        assessment_id=assessment_id,
    )
    file.check_reach()
    file.sha256 = write_blob(uploaded.chunks())
    file.save(force_insert=True)
    return file


def keep(
    content: bytes, *, name: str, content_type: str, organisation_id: int, purpose: str, at: datetime, **fields: object
) -> StoredFile:
    """Keeps bytes that the portal made itself (a printed document). `fields` are further columns of StoredFile."""
    file = StoredFile(
        organisation_id=organisation_id,
        purpose=purpose,
        name=name,
        content_type=content_type,
        size=len(content),
        created_at=at,
        **fields,
    )
    file.check_reach()
    file.sha256 = write_blob([content])
    file.save(force_insert=True)
    return file


def quarantine(file: StoredFile, *, actor: Actor, at: datetime, reason: str) -> None:
    """Closes a file to everybody at once (classified content, Art. 14): row file.quarantine, a reason, an event."""
    require(actor, QUARANTINE, file)
    if not reason.strip():
        raise Refused("封存", [failed("请填写封存的理由", article=Article(14))])
    with operation(actor=actor, at=at):
        StoredFile.objects.filter(pk=file.pk, quarantined_at=None).update(quarantined_at=at)
        note(QUARANTINE, file, actor=actor, at=at, reason=reason.strip())
    file.quarantined_at = at


def write_blob(chunks: Iterable[bytes]) -> str:
    """Writes bytes below MEDIA_ROOT under their SHA-256, which it returns; the same bytes are one blob."""
    root = Path(settings.MEDIA_ROOT)
    # A front proxy that sends the bytes is another user; else nobody but the portal reads them.
    folder_mode, file_mode = (0o755, 0o644) if settings.X_ACCEL_PREFIX else (0o700, 0o600)
    root.mkdir(parents=True, exist_ok=True, mode=folder_mode)
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=root, prefix="incoming-", delete=False) as temporary:
        try:
            for chunk in chunks:
                digest.update(chunk)
                temporary.write(chunk)
            temporary.flush()
            os.fsync(temporary.fileno())
            os.chmod(temporary.name, file_mode)
            target = blob_path(digest.hexdigest())
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(temporary.name, target)
        except BaseException:
            os.unlink(temporary.name)
            raise
    return digest.hexdigest()


def sweep(older_than: timedelta = timedelta(days=1)) -> int:
    """Removes blobs and half-written files that no row names, and drafts, older than this. Returns how many.

    Ages are those of the file system, whose clock is the machine's and never the portal's.
    """
    root, removed = Path(settings.MEDIA_ROOT), 0
    limit = time.time() - older_than.total_seconds()
    old = [
        path
        for path in [*root.glob("incoming-*"), *root.glob("drafts/*"), *root.glob("blobs/*/*/*")]
        if path.stat().st_mtime < limit
    ]
    with everything(because=Because.SYSTEM_STEP):
        for path in old:
            if not StoredFile.objects.filter(sha256=path.name).exists():
                path.unlink()
                removed += 1
    return removed
