"""Each invariant of chapters 3 and 4 names the breach that was planted past the ORM (Art. 10, 11, 13, 14)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from applications.commands import application as host_verbs
from fixtures.scenarios import nominations
from fixtures.scenarios.world import World, opened_cycle
from tests.invariants import all_hold, breaches_of
from tests.owner import owner

APPLICATION, ENTRY, LIST = "applications_application", "applications_listentry", "applications_recommendationlist"
IDENTITY, VERSION = "applications_applicantidentity", "applications_applicationversion"
SECTION, DRAFT = "applications_section", "applications_draftrevision"
WITHDRAWN = f"(SELECT id FROM {APPLICATION} WHERE state = 'withdrawn')"
THE_DRAFT = f"(SELECT id FROM {APPLICATION} WHERE state = 'draft')"
# (invariant, table, column, what it is set to, of which rows, index that would forbid it, words of the breach)
PLANTED = [
    (
        "application.one_per_host", APPLICATION, "state", "'draft'", "state = 'withdrawn'", "application_one_per_host",
        "2026: 2 applications",
    ),
    (
        "application.one_per_person", IDENTITY, "claims", "true", f"application_id IN {WITHDRAWN}", "",
        "is withdrawn and still holds its number",
    ),
    (
        "application.one_per_person", IDENTITY, "id_index", f"(SELECT min(id_index) FROM {IDENTITY} WHERE claims)",
        "claims", "application_one_per_person", "one number held 2 times",
    ),
    (
        "application.sealed_numbers", SECTION, "values", """"values" || '{"mobile": "13900001234"}'""", "key = 'basic'",
        "", "holds mobile",
    ),
    (
        "application.sealed_numbers", DRAFT, "values", """"values" || '{"id_number": "110105"}'""",
        f"section_id IN (SELECT id FROM {SECTION} WHERE key = 'basic')", "", "holds id_number",
    ),
    (
        "application.version_digests", VERSION, "content", """content || '{"field": "别的领域"}'""", "true", "",
        "content and digest differ",
    ),
    ("application.version_digests", VERSION, "number", "2", "true", "", "versions are not numbered one by one"),
    (
        "application.submitted_has_version", APPLICATION, "submitted_at", "now()", "state = 'draft'", "",
        "was submitted without a version",
    ),
    ("list.quota", "applications_quota", "places", "0", "true", "", "1 recommended, quota 0"),
    ("list.ranks", ENTRY, "rank", "rank + 1", "true", "", "ranks [2, 3]"),
    ("list.ranks", ENTRY, "rank", "3 - rank", "true", "", "a reserve stands before a nominee"),
    ("list.entries", ENTRY, "application_id", THE_DRAFT, "rank = 2", "", "stands on TJ2026-110108"),
    ("list.digests", LIST, "frozen", """frozen || '{"recommender": "别的单位"}'""", "true", "", "content and digest"),
]  # fmt: skip


@contextmanager
def planted(table: str, column: str, value: str, where: str, index: str) -> Iterator[None]:
    """The column holds the value, past the ORM, the triggers and the index, as long as the block runs."""
    with owner(table) as cursor:
        cursor.execute(f'CREATE TABLE kept AS SELECT id, "{column}" FROM {table}')
        definition = ""
        if index:
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [index])
            (definition,) = cursor.fetchone()
            cursor.execute(f'DROP INDEX "{index}"')
        cursor.execute(f'UPDATE {table} SET "{column}" = {value} WHERE {where}')
        assert cursor.rowcount > 0, f"nothing to plant in {table}"
        yield
        cursor.execute(f'UPDATE {table} SET "{column}" = kept."{column}" FROM kept WHERE kept.id = {table}.id')
        cursor.execute(f"DROP TABLE kept; {definition}")


@pytest.mark.django_db(transaction=True)
def test_planted_breaches_are_named(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    world = World.build(units=3)
    opened_cycle(world, 2026, places=1)
    for host in world.hosts[:2]:
        nominations.screened_application(world, host)
    nominations.reported_list(world, world.recommenders["110108"], world.at + timedelta(days=1))
    changed_mind = nominations.filled_application(world, world.hosts[2])
    with world.acting("host3-boss") as approver:
        host_verbs.withdraw(changed_mind, reason="人员调整", actor=approver, at=world.at)
    nominations.draft_application(world, world.hosts[2])
    assert all_hold()
    for name, *plant, words in PLANTED:
        with planted(*plant):
            found = breaches_of(name)
            assert any(words in breach for breach in found), (name, found)
    assert all_hold()
