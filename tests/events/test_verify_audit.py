"""manage.py verify_audit, alone and against heads that somebody saved elsewhere."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from portal.events import chain
from portal.events.audit import COLUMNS
from portal.events.models import Event
from portal.tenancy.reach import Because, everything
from tests.kernel.rows import new_errand, sent
from tests.owner import owner

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def log(people):
    """Four events."""
    for _ in range(2):
        sent(new_errand(people.host_clerk, people.recommender), people.host_approver)


def verify(*arguments) -> str:
    out = StringIO()
    call_command("verify_audit", *arguments, stdout=out)
    return out.getvalue()


def fault(*arguments) -> str:
    with pytest.raises(CommandError) as found:
        verify(*arguments)
    assert found.value.returncode == 1
    return str(found.value)


def rewrite_from(sequence: int) -> None:
    """Somebody with the owner's password changes one row, and all digests after it, and the head."""
    with everything(because=Because.CHECK_INVARIANTS):
        rows = list(Event.objects.values(*COLUMNS))
    previous = ""
    with owner("events_event") as cursor:
        for row in rows:
            if row["sequence"] == sequence:
                row["actor_user_id"] = 999
            row["digest"] = chain.digest_of(row, previous)
            cursor.execute(
                "UPDATE events_event SET actor_user_id = %s, previous_digest = %s, digest = %s WHERE sequence = %s",
                (row["actor_user_id"], previous, row["digest"], row["sequence"]),
            )
            previous = row["digest"]
        cursor.execute("UPDATE events_chainhead SET digest = %s", (previous,))


def test_whole_log_is_verified(log):
    assert verify().startswith("4 events verified, 0 saved heads; head ")


def test_empty_log_is_verified(db, tmp_path):
    assert verify("--heads", str(tmp_path / "heads")) == "0 events verified, 0 saved heads; head —\n"
    assert not (tmp_path / "heads").exists()


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE events_event SET kind = 'x.y' WHERE sequence = 2", "event 2 does not match its digest"),
        ("DELETE FROM events_event WHERE sequence = 3", "event 3 is missing (found 4)"),
        ("DELETE FROM events_event WHERE sequence > 2", "event 3 is missing (the head says 4)"),
    ],
)
def test_first_bad_sequence_is_named(log, sql, words):
    with owner("events_event") as cursor:
        cursor.execute(sql)
    assert fault() == words


def test_success_saves_a_head_once(log, people, tmp_path):
    heads = tmp_path / "heads"
    for _ in range(2):
        verify("--heads", str(heads))
    assert [line.split()[0] for line in heads.read_text().splitlines()] == ["4"]
    new_errand(people.host_clerk, people.recommender)
    assert verify("--heads", str(heads)).startswith("5 events verified, 1 saved heads")
    assert [line.split()[0] for line in heads.read_text().splitlines()] == ["4", "5"]


def test_rewritten_chain_is_found_by_a_saved_head_alone(log, people, tmp_path):
    heads = tmp_path / "heads"
    verify("--heads", str(heads))
    new_errand(people.host_clerk, people.recommender)
    rewrite_from(3)
    assert verify().startswith("5 events verified")  # whole in itself
    assert fault("--heads", str(heads)) == "event 4 is not the one whose digest was saved"
    assert len(heads.read_text().splitlines()) == 1  # a failure saves nothing


def test_shortened_chain_is_found_by_a_saved_head(log, tmp_path):
    heads = tmp_path / "heads"
    verify("--heads", str(heads))
    with owner("events_event") as cursor:
        cursor.execute("DELETE FROM events_event WHERE sequence > 2")
        cursor.execute(
            "UPDATE events_chainhead SET sequence = 2, digest = (SELECT digest FROM events_event WHERE sequence = 2)"
        )
    assert verify().startswith("2 events verified")
    assert fault("--heads", str(heads)) == "event 3 is missing (event 4 was saved)"


@pytest.mark.parametrize("line", ["four abc", "4 abc", "4", ""])
def test_unreadable_heads_are_no_verdict_on_the_log(log, tmp_path, line):
    heads = tmp_path / "heads"
    heads.write_text(f"{line}\n")
    with pytest.raises(CommandError, match="line 1 is no saved head") as found:
        verify("--heads", str(heads))
    assert found.value.returncode == 2


def test_contradicting_heads_are_no_verdict_on_the_log(log, tmp_path):
    heads = tmp_path / "heads"
    heads.write_text(f"4 {'a' * 64}\n4 {'b' * 64}\n")
    with pytest.raises(CommandError, match="line 2: event 4 was saved with another digest"):
        verify("--heads", str(heads))
