"""Each invariant of chapter 7 names the breach that was planted past the ORM."""

import pytest

from assessment.models import Transfer
from fixtures.scenarios import contracting, reviewing
from fixtures.scenarios import cultivating as tell
from tests.assessment.conftest import begun
from tests.invariants import all_hold, breaches_of
from tests.owner import owner

GRANTS = "assessment_assessmentexpertuserobjectpermission"
MINE = f"{GRANTS} AS mine SET user_id ="
THE_EXPERT = """(SELECT expert.user_id FROM assessment_assessmentexpert AS asked
  JOIN review_expert AS expert ON expert.id = asked.expert_id WHERE asked.id = mine.content_object_id)"""
A_STRANGER = "(SELECT id FROM people_user WHERE username = 'sysadmin')"
COLUMNS = """version, created_at, updated_at, state, selectee_name, ground, facts, evidence_ref, host_opinion, decision,
  serious, organisation_id, selectee_id, person_id"""
A_SECOND_CASE = f"""DROP INDEX exit_one_open; INSERT INTO assessment_exitcase (number, {COLUMNS})
  SELECT 'TC-twice', {COLUMNS} FROM assessment_exitcase WHERE state = 'decided'"""
NO_SECOND_CASE = """DELETE FROM assessment_exitcase WHERE number = 'TC-twice';
  CREATE UNIQUE INDEX exit_one_open ON assessment_exitcase (selectee_id) WHERE NOT state = 'closed'"""
OF_THE_CASE = "WHERE id IN (SELECT selectee_id FROM assessment_exitcase)"
GRANT_OF_THE_CASE = "WHERE selectee_id IN (SELECT selectee_id FROM assessment_exitcase)"
LINES_OF_THE_CASE = f"WHERE grant_id IN (SELECT id FROM funding_grant {GRANT_OF_THE_CASE})"
OF_THE_MOVE = "AND posting_id IN (SELECT id FROM funding_posting WHERE kind = 'transfer_out')"

# (invariant, table whose triggers are off, the plant, how it is taken out, words of the breach)
WHILE_DECIDED = [
    (
        "exit.consequences",
        "funding_selectee",
        f"UPDATE funding_selectee SET state = 'active' {OF_THE_CASE}",
        f"UPDATE funding_selectee SET state = 'cancelled' {OF_THE_CASE}",
        "cancel, but the selectee is active",
    ),
    (
        "exit.consequences",
        "funding_grant",
        f"UPDATE funding_grant SET state = 'active' {GRANT_OF_THE_CASE}",
        f"UPDATE funding_grant SET state = 'suspended' {GRANT_OF_THE_CASE}",
        "payments have not stopped",
    ),
    (
        "exit.consequences",
        "assessment_exitnotice",
        "UPDATE assessment_exitnotice SET outcome_at = NULL",
        "UPDATE assessment_exitnotice SET outcome_at = delivered_at",
        "the unit has not been told the decision",
    ),
    ("exit.consequences", "assessment_exitcase", A_SECOND_CASE, NO_SECOND_CASE, "2 open exits"),
]
AT_THE_END = [
    (
        "exit.money",
        "funding_line",
        f"UPDATE funding_line SET fen = fen - 1 {LINES_OF_THE_CASE} AND account = 'returned'",
        f"UPDATE funding_line SET fen = fen + 1 {LINES_OF_THE_CASE} AND account = 'returned'",
        "recovered 14999999 of 15000000 fen",
    ),
    (
        "exit.money",
        "funding_line",
        f"UPDATE funding_line SET fen = fen + 1 {LINES_OF_THE_CASE} AND account = 'spent'",
        f"UPDATE funding_line SET fen = fen - 1 {LINES_OF_THE_CASE} AND account = 'spent'",
        "fen came in",
    ),
    (
        "transfer.money",
        "assessment_transfer",
        "UPDATE assessment_transfer SET moved_fen = moved_fen - 1",
        "UPDATE assessment_transfer SET moved_fen = moved_fen + 1",
        "fen, 5086000 out, 5086000 in",
    ),
    (
        "transfer.money",
        "funding_line",
        f"UPDATE funding_line SET fen = fen + 5 WHERE account = 'bank' {OF_THE_MOVE}",
        f"UPDATE funding_line SET fen = fen - 5 WHERE account = 'bank' {OF_THE_MOVE}",
        "the old account still holds 5 fen",
    ),
    (
        "transfer.rows",
        "funding_selectee",
        "UPDATE funding_selectee SET continues_id = id WHERE number LIKE '%B'",
        "UPDATE funding_selectee SET continues_id = (SELECT selectee_id FROM assessment_transfer)"
        " WHERE number LIKE '%B'",
        "no successor at the new unit",
    ),
    (
        "transfer.rows",
        "funding_grant",
        "UPDATE funding_grant SET amount_fen = amount_fen + 1 WHERE number LIKE '%B'",
        "UPDATE funding_grant SET amount_fen = amount_fen - 1 WHERE number LIKE '%B'",
        "the new grant is not what was still to be paid",
    ),
    (
        "transfer.rows",
        "funding_selectee",
        "UPDATE funding_selectee SET state = 'completed' WHERE state = 'transferred'",
        "UPDATE funding_selectee SET state = 'transferred' WHERE number NOT LIKE '%B' AND state = 'completed'"
        " AND id IN (SELECT selectee_id FROM assessment_transfer)",
        "settled, but the old term runs",
    ),
    (
        "assessment.grants",
        GRANTS,
        f"UPDATE {MINE} {A_STRANGER} WHERE id = (SELECT min(id) FROM {GRANTS})",
        f"UPDATE {MINE} {THE_EXPERT}",
        "has a grant too many",
    ),
    (
        "assessment.grants",
        GRANTS,
        f"UPDATE {MINE} {A_STRANGER} WHERE id = (SELECT min(id) FROM {GRANTS})",
        f"UPDATE {MINE} {THE_EXPERT}",
        "has no grant",
    ),
    (
        "assessment.experts",
        "assessment_assessmentexpert",
        "UPDATE assessment_assessmentexpert SET submitted_at = NULL WHERE kind = 'finance'",
        "UPDATE assessment_assessmentexpert SET submitted_at = saved_at",
        "not all kinds of experts have submitted",
    ),
    (
        "assessment.grade",
        "assessment_assessment",
        "UPDATE assessment_assessment SET grade_value = ''",
        "UPDATE assessment_assessment SET grade_value = 'excellent'",
        "closed without its grade",
    ),
    (
        "assessment.grade",
        "assessment_assessment",
        "UPDATE assessment_assessment SET grade_value = 'failed'",
        "UPDATE assessment_assessment SET grade_value = 'excellent'",
        "failed, and filed without a rectification",
    ),
]


def plant(breaches) -> None:
    for name, table, there, gone, words in breaches:
        with owner(table) as cursor:
            for statement in there.split(";"):
                cursor.execute(statement)
            found = breaches_of(name)
            assert any(words in breach for breach in found), (name, found)
            for statement in gone.split(";"):
                cursor.execute(statement)
    assert all_hold()


@pytest.mark.django_db(transaction=True)
def test_planted_breaches_are_named():
    """One term ends with its final assessment, one goes on at another unit, one is cancelled, its money recovered."""
    world, (assessed, moving, cancelled) = begun(units=4, places=(0, 2, 3))
    contracting.paid(world, assessed)
    for each in (moving, cancelled):
        contracting.paid(world, each)
        contracting.spent(world, each)
    case = tell.imposed(world, cancelled)
    assert all_hold()
    plant(WHILE_DECIDED)
    tell.recovered(world, case)
    assert tell.moved(world, moving, world.hosts[1]).state == Transfer.State.SETTLED
    reviewing.experts_joined(world, 12)
    tell.filed(world, tell.assessed_finally(world, assessed))
    plant(AT_THE_END)
