"""Each invariant of chapter 6 names the breach that was planted past the ORM."""

import pytest

from tests.funding.conftest import funded_of, tell
from tests.invariants import all_hold, breaches_of
from tests.owner import owner

COPY_OF_THE_SELECTEE = """
INSERT INTO funding_selectee (
  version, created_at, updated_at, state, number, name, field, application_id, cycle_id, organisation_id, recommender_id
) SELECT version, created_at, updated_at, state, 'RX-none', name, field, application_id, cycle_id, recommender_id,
  recommender_id FROM funding_selectee LIMIT 1"""
# (invariant, table whose triggers are off, the plant, how it is taken out, words of the breach)
PLANTED = [
    (
        "ledger.balanced",
        "funding_line",
        "UPDATE funding_line SET fen = fen + 1 WHERE fen > 0",
        "UPDATE funding_line SET fen = fen - 1 WHERE fen > 0",
        "lines sum to",
    ),
    (
        "ledger.causes",
        "funding_disbursement",
        "UPDATE funding_disbursement SET amount_fen = amount_fen + 1",
        "UPDATE funding_disbursement SET amount_fen = amount_fen - 1",
        "posted",
    ),
    (
        "ledger.covered",
        "funding_grant",
        "UPDATE funding_grant SET amount_fen = 1",
        "UPDATE funding_grant SET amount_fen = 30000000",
        "fen paid of 1",
    ),
    (
        "task_book.signatures",
        "funding_taskbook",
        'UPDATE funding_taskbook SET content = \'{"goals": "x"}\'',
        "UPDATE funding_taskbook SET content = (SELECT text->'content' FROM funding_taskbooktext)",
        "its text is not the one that was signed",
    ),
    (
        "selectee.complete",
        "funding_selectee",
        COPY_OF_THE_SELECTEE,
        "DELETE FROM funding_selectee WHERE number = 'RX-none'",
        "no grant or no task book",
    ),
]


@pytest.mark.django_db(transaction=True)
def test_planted_breaches_are_named():
    world, (selectee,) = tell(places=(0,))
    funded_of(world, selectee)
    assert all_hold()
    for name, table, plant, undo, words in PLANTED:
        with owner(table) as cursor:
            cursor.execute(plant)
            found = breaches_of(name)
            assert any(words in breach for breach in found), (name, found)
            cursor.execute(undo)
    assert all_hold()
