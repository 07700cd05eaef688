"""Bytes leave only after a permission check, and arrive in a way that no browser interprets."""

import io

import pytest
from PIL import Image

from portal.access.decide import decide
from portal.events.models import Event
from portal.files import access
from portal.files.access import file_access, may_read
from portal.files.models import StoredFile
from portal.files.store import store
from portal.tenancy.reach import Because, everything
from tests.files import samples
from tests.files.samples import upload
from tests.kernel.models import Errand
from tests.kernel.rows import new_errand
from tests.people import AT, acting, signed_in

PROOF = "errand.proof"


@pytest.fixture(autouse=True)
def rule(settings, tmp_path, monkeypatch):
    """Files of errands are read by whoever may view the errand."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(access, "_rules", {})

    @file_access(PROOF)
    def of_an_errand(actor, file):
        return decide(actor, "errand.view", Errand.objects.get(pk=file.application_id)).allowed


@pytest.fixture
def errand(people):
    return new_errand(people.host_clerk, people.recommender, person=people.applicant)


@pytest.fixture
def file(people, errand) -> StoredFile:
    return attach(people.host_clerk, errand)


def attach(actor, errand, content=None, name="专利 证书“一”.pdf", purpose=PROOF) -> StoredFile:
    with acting(actor):
        return store(
            upload(content or samples.pdf(3), name),
            actor=actor, organisation_id=actor.organisation_id, purpose=purpose, at=AT, application_id=errand.pk,
        )  # fmt: skip


def get(actor, file, suffix=""):
    return signed_in(actor).get(f"/files/{file.pk}/{suffix}")


def test_download_is_an_attachment_that_no_browser_interprets(people, file):
    response = get(people.host_clerk, file)
    assert (response.status_code, b"".join(response.streaming_content)) == (200, file.read())
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E4%B8%93%E5%88%A9%20%E8%AF%81%E4%B9%A6%E2%80%9C%E4%B8%80%E2%80%9D.pdf"
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("name", ["host_clerk", "applicant", "recommender_officer", "cast_officer"])
def test_reader_of_the_record_may_read_its_file(people, file, name):
    assert get(getattr(people, name), file).status_code == 200


@pytest.mark.parametrize("name", ["stranger_clerk", "neighbour_clerk", "other_recommender_officer", "cast_finance"])
def test_everybody_else_gets_the_same_404_as_for_nothing(people, file, name):
    client = signed_in(getattr(people, name))
    refused, absent = client.get(f"/files/{file.pk}/"), client.get("/files/00000000-0000-0000-0000-000000000000/")
    assert (refused.status_code, refused.content) == (404, absent.content)


def test_signed_out_visitor_gets_404(people, file, client):
    assert client.get(f"/files/{file.pk}/").status_code == 404


def test_role_without_the_action_is_refused(people, file):
    assert get(people.sysadmin, file).status_code == 403


def test_unknown_purpose_is_read_by_nobody(people, errand):
    file = attach(people.host_clerk, errand, purpose="something.else")
    assert get(people.host_clerk, file).status_code == 404


def test_quarantined_file_is_read_by_nobody(people, file):
    with acting(people.host_clerk):
        StoredFile.objects.update(quarantined_at=AT)
        file.refresh_from_db()
        assert may_read(people.host_clerk, file) is False
    assert get(people.host_clerk, file).status_code == 404
    assert get(people.cast_officer, file, "p/1.webp").status_code == 404


def test_record_that_is_gone_is_a_no(people, file):
    with everything(because=Because.CHECK_INVARIANTS):
        StoredFile.objects.update(application_id=999_999)
    assert get(people.host_clerk, file).status_code == 404


def test_public_file_is_read_by_everybody_whose_rule_says_so(people, file, client, monkeypatch):
    monkeypatch.setattr(access, "_rules", {PROOF: lambda actor, file: file.is_public})
    assert client.get(f"/files/{file.pk}/").status_code == 404
    with everything(because=Because.CHECK_INVARIANTS):
        StoredFile.objects.update(is_public=True)
    assert client.get(f"/files/{file.pk}/").status_code == 200


def test_download_from_outside_the_unit_leaves_an_event_and_from_inside_none(people, file):
    get(people.host_clerk, file)
    get(people.cast_officer, file)
    with everything(because=Because.CHECK_INVARIANTS):
        event = Event.objects.get(kind="file.download")
    assert (event.actor_user_id, event.record_ref) == (people.cast_officer.user_id, file.ref)


def test_missing_bytes_are_a_404_not_a_500(people, file):
    file.path.unlink()
    assert get(people.host_clerk, file).status_code == 404


def test_front_proxy_sends_the_bytes_where_it_can(people, file, settings):
    settings.X_ACCEL_PREFIX = "/_media/"
    response = get(people.host_clerk, file)
    digest = file.sha256
    assert response["X-Accel-Redirect"] == f"/_media/blobs/{digest[:2]}/{digest[2:4]}/{digest}"
    assert (response.content, response["X-Content-Type-Options"]) == (b"", "nosniff")


def pixels(response) -> Image.Image:
    assert (response.status_code, response["Content-Type"]) == (200, "image/webp")
    return Image.open(io.BytesIO(response.content))


def test_page_image_has_the_asked_width(people, file):
    assert pixels(get(people.host_clerk, file, "p/3.webp")).size == (800, 1132)
    assert pixels(get(people.host_clerk, file, "p/1.webp?w=1400")).size[0] == 1400
    assert pixels(get(people.host_clerk, file, "p/1.webp?w=99999")).size[0] == 800


@pytest.mark.parametrize("number", [0, 4, 4_000_000_000])
def test_page_that_is_not_there_is_a_404(people, file, number):
    assert get(people.host_clerk, file, f"p/{number}.webp").status_code == 404


def test_picture_has_one_page(people, errand):
    file = attach(people.host_clerk, errand, samples.picture("JPEG", (1600, 900)), "照片.jpg")
    assert pixels(get(people.host_clerk, file, "p/1.webp")).size == (800, 450)
    assert get(people.host_clerk, file, "p/2.webp").status_code == 404


def test_two_rules_for_one_purpose_are_refused():
    with pytest.raises(ValueError, match="two rules"):
        file_access(PROOF)(lambda actor, file: True)
