"""Keeping files: one blob for the same bytes, nothing after a refusal, nothing out of reach."""

import hashlib
import os
import time

import pytest

from portal.access.decide import Denied
from portal.events.models import Event
from portal.files.models import StoredFile, blob_path
from portal.files.store import keep, quarantine, store, sweep, write_blob
from portal.regulation.rules import Refused
from portal.tenancy.reach import Because, OutOfReach, everything
from tests.files import samples
from tests.files.samples import upload
from tests.people import AT, acting


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def stored(actor, content=None, **values) -> StoredFile:
    with acting(actor):
        return store(
            upload(content or samples.pdf(2)),
            actor=actor,
            organisation_id=values.pop("organisation_id", actor.organisation_id),
            purpose="errand.proof",
            at=AT,
            **values,
        )


def blobs(media) -> list:
    return [path for path in media.rglob("*") if path.is_file()]


def test_upload_is_kept_with_its_facts(people):
    content = samples.pdf(2)
    file = stored(people.host_clerk, content, application_id=7)
    with acting(people.host_clerk):
        row = StoredFile.objects.get()
    assert (row.name, row.content_type, row.pages, row.size) == ("证明.pdf", "application/pdf", 2, len(content))
    assert (row.sha256, row.read()) == (hashlib.sha256(content).hexdigest(), content)
    assert (row.uploaded_by_id, row.created_at, row.application_id) == (people.host_clerk.user_id, AT, 7)
    assert (row.organisation_id, row.purpose, row.is_public) == (people.host.pk, "errand.proof", False)
    assert row.meta == f"PDF，2 页，{1} KB"
    assert "证明" not in file.ref


def test_blob_lies_outside_the_static_files_and_bears_no_name(people, media):
    file = stored(people.host_clerk)
    assert blobs(media) == [media / "blobs" / file.sha256[:2] / file.sha256[2:4] / file.sha256]
    assert os.stat(file.path).st_mode & 0o077 == 0


def test_front_proxy_that_sends_the_bytes_may_read_them(people, settings):
    settings.X_ACCEL_PREFIX = "/accel/"
    assert os.stat(stored(people.host_clerk).path).st_mode & 0o777 == 0o644


def test_same_bytes_of_two_units_are_one_blob_and_two_files(people, media):
    content = samples.pdf()
    mine, theirs = stored(people.host_clerk, content), stored(people.stranger_clerk, content)
    assert mine.pk != theirs.pk
    assert len(blobs(media)) == 1
    with acting(people.host_clerk):
        assert list(StoredFile.objects.all()) == [mine]


def test_refused_upload_leaves_nothing(people, media):
    with pytest.raises(Refused) as caught:
        stored(people.host_clerk, b"MZ not a document")
    assert str(caught.value) == "不能上传：“证明.pdf”的内容不是 PDF、JPG 或 PNG，不能上传。请重新生成后再试。"
    assert [finding.rule for finding in caught.value.findings] == ["file.type"]
    with everything(because=Because.CHECK_INVARIANTS):
        assert not StoredFile.objects.exists()
    assert blobs(media) == []


def test_foreign_keeper_is_refused_before_anything_is_written(people, media):
    with pytest.raises(OutOfReach):
        stored(people.host_clerk, organisation_id=people.stranger.pk)
    assert blobs(media) == []


def test_portal_keeps_its_own_bytes(people):
    with everything(because=Because.SYSTEM_STEP):
        file = keep(
            b"%PDF-", name="申报书.pdf", content_type="application/pdf", organisation_id=people.host.pk,
            purpose="document", at=AT, pages=9,
        )  # fmt: skip
    assert (file.read(), file.pages, file.uploaded_by_id) == (b"%PDF-", 9, None)


def test_failed_write_leaves_no_half_file(media):
    def chunks():
        yield b"begun"
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_blob(chunks())
    assert blobs(media) == []


def test_sweep_removes_old_bytes_without_a_row_only(people, media):
    kept = stored(people.host_clerk)
    orphan, fresh = write_blob([b"orphan"]), write_blob([b"fresh"])
    draft = media / "drafts" / "0a1b.pdf"
    draft.parent.mkdir()
    draft.write_bytes(b"draft")
    old = time.time() - 2 * 24 * 3600
    for path in (blob_path(kept.sha256), blob_path(orphan), draft):
        os.utime(path, (old, old))
    assert sweep() == 2
    assert {path.name for path in blobs(media)} == {kept.sha256, fresh}


def test_quarantine_needs_a_reason_and_leaves_an_event(people):
    file = stored(people.host_clerk)
    with acting(people.cast_officer) as officer:
        with pytest.raises(Refused, match="封存的理由"):
            quarantine(file, actor=officer, at=AT, reason=" ")
        quarantine(file, actor=officer, at=AT, reason="疑似涉密")
        assert StoredFile.objects.get().quarantined_at == AT
        event = Event.objects.select_related("note").get()
    assert (event.kind, event.record_ref, event.note.text) == ("file.quarantine", file.ref, "疑似涉密")


def test_quarantine_is_not_for_the_unit_itself(people):
    file = stored(people.host_clerk)
    with acting(people.host_clerk) as clerk, pytest.raises(Denied):
        quarantine(file, actor=clerk, at=AT, reason="传错了")
