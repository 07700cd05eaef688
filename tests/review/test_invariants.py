"""Each invariant of chapter 5 names the breach that was planted past the ORM, in a copy of the story of its own."""

import pytest

from fixtures.scenarios import reviewing
from portal.tenancy.reach import Because, everything
from review.commands import objection as objections
from review.models import Objection
from tests.invariants import all_hold, breaches_of
from tests.owner import owner

TASK, SHEET, MEMBER, RESULT = "review_assignment", "review_panelsheet", "review_member", "review_result"
GRANT, BALLOT, SLOT_RESULT = "review_assignmentuserobjectpermission", "review_ballot", "review_slotresult"
A_CONFLICT = f"""
INSERT INTO review_conflict (organisation_id, expert_id, application_id, reason, recorded_by_id, recorded_at)
SELECT organisation_id, expert_id, application_id, '共同持股', (SELECT min(id) FROM people_user), now()
FROM {TASK} WHERE state = 'invited' LIMIT 1"""
A_GRANT = f"""
INSERT INTO {GRANT} (content_object_id, user_id, permission_id)
SELECT task.id, expert.user_id, (SELECT id FROM auth_permission WHERE codename = 'assigned' LIMIT 1)
FROM {TASK} task JOIN review_expert expert ON expert.id = task.expert_id LIMIT 1"""
ONE_SHEET = f"id = (SELECT min(id) FROM {SHEET} WHERE recusal = 'none')"
ONE_RESULT = f"slot_id = (SELECT min(slot_id) FROM {SLOT_RESULT})"
# (invariant, point of the story, table whose triggers are off, the plant, words of the breach)
PLANTED = [
    ("review.grants", "scoring", GRANT, f"DELETE FROM {GRANT}", "has a live task and no grant"),
    ("review.grants", "publicity", GRANT, A_GRANT, "holds a grant and no live task"),
    ("review.conflicts", "scoring", "review_conflict", A_CONFLICT, "conflict.declared"),
    (
        "review.seals", "publicity", "review_score",
        "UPDATE review_score SET value = value + 1 WHERE id = (SELECT min(id) FROM review_score)",
        "scores or opinion differ from what was submitted",
    ),
    (
        "review.seals", "publicity", TASK,
        f"UPDATE {TASK} SET comment = comment || '。' WHERE state = 'locked'",
        "scores or opinion differ from what was submitted",
    ),
    ("review.lines", "publicity", RESULT, f"UPDATE {RESULT} SET rank = rank + 20 WHERE rank = 1", "ranks ["),
    ("review.lines", "publicity", RESULT, f"UPDATE {RESULT} SET through = NOT through WHERE rank = 1", "through ["),
    (
        "review.lines", "publicity", "applications_application",
        "UPDATE applications_application SET state = 'in_network_review' WHERE state = 'in_publicity'",
        "applications still in network review",
    ),
    (
        "review.ballots", "publicity", BALLOT,
        f"DELETE FROM {BALLOT} WHERE id = (SELECT id FROM {BALLOT} LIMIT 1)", " ballots, 9 voters",
    ),
    (
        "review.ballots", "publicity", BALLOT,
        f"UPDATE {BALLOT} SET choice = 'abstain' WHERE id = (SELECT id FROM {BALLOT} LIMIT 1)", "counted ",
    ),
    (
        "review.ballots", "publicity", SLOT_RESULT,
        f"UPDATE {SLOT_RESULT} SET passed = NOT passed WHERE {ONE_RESULT}", "passed ",
    ),
    (
        "review.recused_votes", "publicity", SHEET,
        f"UPDATE {SHEET} SET recusal = 'kin', submitted_at = NULL WHERE {ONE_SHEET}", "a recused member has voted",
    ),
    (
        "review.recused_votes", "publicity", SHEET,
        f"ALTER TABLE {SHEET} DROP CONSTRAINT sheet_recused_scores_nothing; "
        f"UPDATE {SHEET} SET recusal = 'kin' WHERE {ONE_SHEET}",
        "a recused member has scored",
    ),
    (
        "review.quorum", "session", MEMBER,
        f"UPDATE {MEMBER} SET signed_in_at = NULL WHERE id IN "
        f"(SELECT id FROM {MEMBER} WHERE NOT is_chair ORDER BY id LIMIT 4)",
        "5 members came",
    ),
    ("review.quorum", "session", MEMBER, f"UPDATE {MEMBER} SET is_chair = false", "no lots, or not one chair"),
    (
        "review.quorum", "session", "review_meeting", "UPDATE review_meeting SET lot_seed = NULL",
        "no lots, or not one chair",
    ),
    (
        "shortlist.versions", "publicity", "review_shortlistversion",
        "UPDATE review_shortlistversion SET minutes = minutes || '。'", "content and digest differ",
    ),
    (
        "shortlist.versions", "publicity", "review_shortlistversion",
        "UPDATE review_shortlistversion SET content = content || '[]'::jsonb || '[{}]'::jsonb",
        "content and digest differ",
    ),
]  # fmt: skip


@pytest.mark.parametrize("point", ["scoring", "session", "publicity"])
def test_the_story_itself_breaks_nothing(lasting):
    assert all_hold()


@pytest.mark.parametrize(("name", "point", "table", "plant", "words"), PLANTED, ids=[row[0] for row in PLANTED])
def test_planted_breach_is_named(lasting, name, point, table, plant, words):
    with owner(table) as cursor:
        cursor.execute(plant)
        assert cursor.rowcount, "something was planted"
    found = breaches_of(name)
    assert any(words in breach for breach in found), found


@pytest.mark.parametrize(("point", "state"), [("publicity", "in_publicity"), ("publicity", "selected")])
def test_planted_release_of_a_person_who_is_held_is_named(lasting, state):
    world = lasting
    receipt = reviewing.objection_filed(world)
    with everything(because=Because.SEED):
        row = Objection.objects.select_related("notice", "application").get(number=receipt.number)
        objections.accept(row, actor=world["officer"], at=world.at)
    assert all_hold()
    with owner("applications_application") as cursor:
        cursor.execute("UPDATE applications_application SET state = %s WHERE state = 'objection_hold'", [state])
    assert any(f"is {state}" in breach for breach in breaches_of("objection.holds"))
