"""Four eyes: one prepares, another approves or declines, and nobody is asked to approve what can no longer be."""

import pytest
from django.db import IntegrityError, transaction

from portal.access.decide import Denied
from portal.people.roles import Role
from portal.regulation.rules import Refused
from portal.tenancy.reach import Because, everything
from portal.workflow.models import PreparedStep
from portal.workflow.take import StaleVersion, approve, decline, open_preparation, possible_steps, prepare, take
from tests.kernel.rows import events_of, sent, stored
from tests.people import AT, acting


@pytest.fixture
def waiting(people, errand):
    """A sent errand."""
    return sent(errand, people.host_approver)


@pytest.fixture
def proposal(people, waiting):
    with acting(people.cast_officer):
        return prepare("finish", waiting, actor=people.cast_officer, at=AT, reason="齐备", version=2, result="办妥")


def outcome(proposal) -> str:
    with everything(because=Because.CHECK_INVARIANTS):
        return PreparedStep.objects.get(pk=proposal.pk).outcome


def test_preparing_changes_no_state(people, waiting, proposal):
    assert (stored(waiting).state, stored(waiting).version) == ("sent", 2)
    event = events_of(waiting)[-1]
    assert (event.kind, event.from_state, event.to_state) == ("errand.finish.prepare", "sent", "sent")
    assert event.organisation_id == people.cast.pk  # nobody outside reads what is being prepared
    assert (proposal.values, proposal.reason, proposal.prepared_by_id) == (
        {"result": "办妥"},
        "齐备",
        people.cast_officer.user_id,
    )


def test_another_person_approves_with_the_prepared_values(people, waiting, proposal):
    with acting(people.cast_supervisor):
        taken = approve(proposal, actor=people.cast_supervisor, at=AT)
        assert (taken.state, taken.title) == ("done", "办妥")
        assert open_preparation(taken) is None
        decided = PreparedStep.objects.get()
    assert (decided.outcome, decided.decided_by_id, decided.decided_at) == (
        "approved",
        people.cast_supervisor.user_id,
        AT,
    )
    event = events_of(waiting)[-1]
    assert (event.kind, event.from_state, event.to_state, event.note.text) == ("errand.finish", "sent", "done", "齐备")
    assert event.organisation_id == people.cast.pk


def test_step_without_preparation_is_refused(people, waiting):
    with acting(people.cast_supervisor), pytest.raises(Refused, match="须由一人拟办、另一人批准"):
        take("finish", waiting, actor=people.cast_supervisor, at=AT)


def test_same_person_is_refused_even_under_another_role(people, waiting, proposal):
    officer_as_supervisor = people.also(people.cast_officer, Role.CAST_SUPERVISOR)
    with acting(officer_as_supervisor):
        with pytest.raises(Refused, match="拟办和批准不能是同一个人"):
            approve(proposal, actor=officer_as_supervisor, at=AT)
        with pytest.raises(Refused, match="拟办和批准不能是同一个人"):
            decline(proposal, actor=officer_as_supervisor, at=AT, reason="不妥")
    assert (outcome(proposal), stored(waiting).state) == ("open", "sent")


def test_same_person_is_refused_by_the_database_too(people, proposal):
    with everything(because=Because.CHECK_INVARIANTS), pytest.raises(IntegrityError), transaction.atomic():
        PreparedStep.objects.update(decided_by_id=people.cast_officer.user_id)


def test_role_of_preparing_and_of_approving_are_rows_of_their_own(people, waiting, proposal):
    with acting(people.cast_officer):
        with pytest.raises(Denied):
            approve(proposal, actor=people.cast_officer, at=AT)
        with pytest.raises(Denied):
            decline(proposal, actor=people.cast_officer, at=AT, reason="x")
        with pytest.raises(Denied):
            prepare("finish", waiting, actor=people.auditor, at=AT)


def test_preparing_asks_as_taking_does(people, errand):
    with acting(people.cast_officer):
        with pytest.raises(StaleVersion):
            prepare("finish", errand, actor=people.cast_officer, at=AT, version=9)
        with pytest.raises(Refused, match="现在的状态是“起草”"):
            prepare("finish", errand, actor=people.cast_officer, at=AT)
        assert not PreparedStep.objects.exists()


def test_one_proposal_at_a_time(people, waiting, proposal):
    with acting(people.cast_supervisor):
        with pytest.raises(Refused, match="已有一份拟办等待审批"):
            prepare("finish", waiting, actor=people.cast_supervisor, at=AT)
        assert PreparedStep.objects.count() == 1


def test_declining_needs_a_reason_and_leaves_the_record(people, waiting, proposal):
    with acting(people.cast_supervisor):
        with pytest.raises(Refused, match="请填写理由"):
            decline(proposal, actor=people.cast_supervisor, at=AT, reason=" ")
        decline(proposal, actor=people.cast_supervisor, at=AT, reason="材料不全")
    assert (outcome(proposal), stored(waiting).state) == ("declined", "sent")
    event = events_of(waiting)[-1]
    assert (event.kind, event.note.text) == ("errand.finish.decline", "材料不全")


@pytest.mark.parametrize("first", ["approve", "decline"])
def test_settled_proposal_is_settled(people, waiting, proposal, first):
    with acting(people.cast_supervisor):
        if first == "approve":
            approve(proposal, actor=people.cast_supervisor, at=AT)
        else:
            decline(proposal, actor=people.cast_supervisor, at=AT, reason="x")
        with pytest.raises(Refused, match=r"已经办结|现在的状态"):
            approve(proposal, actor=people.cast_supervisor, at=AT)
        with pytest.raises(Refused, match="已经办结"):
            decline(proposal, actor=people.cast_supervisor, at=AT, reason="x")
    assert len([e for e in events_of(waiting) if e.kind.startswith("errand.finish")]) == 2


def test_after_declining_it_can_be_prepared_again(people, waiting, proposal):
    with acting(people.cast_supervisor):
        decline(proposal, actor=people.cast_supervisor, at=AT, reason="x")
        prepare("finish", waiting, actor=people.cast_officer, at=AT)
        assert PreparedStep.objects.filter(outcome="open").count() == 1


def test_proposal_lapses_when_the_record_moves_away(people, waiting, proposal):
    """The host unit, which never sees the proposal, withdraws."""
    with acting(people.host_approver):
        take("drop", waiting, actor=people.host_approver, at=AT)
    assert outcome(proposal) == "lapsed"
    with acting(people.cast_supervisor), pytest.raises(Refused):
        approve(proposal, actor=people.cast_supervisor, at=AT)


def test_decline_tells_the_state_as_it_stands(people, waiting, proposal):
    """Between finding the proposal and deciding on it, the record may have moved."""
    with acting(people.recommender_officer):
        take("give_back", waiting, actor=people.recommender_officer, at=AT, reason="x")
    with acting(people.cast_supervisor), pytest.raises(Refused, match="已经办结"):
        decline(proposal, actor=people.cast_supervisor, at=AT, reason="x")
    assert events_of(waiting)[-1].kind == "errand.give_back"


def test_possible_steps_offer_preparing_not_the_step(people, waiting):
    for actor, expected in [(people.cast_officer, ["errand.finish.prepare", "errand.drop"]), (people.auditor, [])]:
        with acting(actor):
            assert [p.action for p in possible_steps(waiting, actor, AT)] == expected
