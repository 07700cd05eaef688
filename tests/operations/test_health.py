"""What whoever watches the portal is told."""

import pytest

from tests.services import redis_server


def test_a_living_process_says_so_without_the_database(client):
    """No database mark: a query would fail here."""
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_health_is_read_only(client, address):
    assert client.post(address).status_code == 405


@pytest.mark.django_db
def test_a_ready_portal_names_what_it_has_tried(client):
    answer = client.get("/readyz")
    assert answer.json() == {"database": "ok", "migrations": "ok", "broker": "ok", "files": "ok"}
    assert answer.status_code == 200


@pytest.mark.django_db
def test_a_broker_that_does_not_answer_is_named_without_its_address(client, settings):
    settings.REDIS_URL = "redis://:secret@127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["broker"] == "failed"
    assert "secret" not in answer.content.decode()


@pytest.mark.django_db
def test_a_real_broker_is_ready(client, settings, tmp_path):
    with redis_server(tmp_path) as url:
        settings.REDIS_URL = url
        assert client.get("/readyz").json()["broker"] == "ok"


@pytest.mark.django_db
def test_a_folder_that_takes_no_files_is_named(client, settings, tmp_path):
    (tmp_path / "media").write_text("a file where the folder should be")
    settings.MEDIA_ROOT = tmp_path / "media" / "below"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["files"]) == (503, "failed")


@pytest.mark.django_db
def test_tables_older_than_the_code_are_named(client):
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder.Migration.objects.filter(app="events").delete()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["migrations"]) == (503, "not ready")
