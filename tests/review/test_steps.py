"""Every step of chapter 5 from every state by every role, against tables written from the life cycle (4–6)."""

from datetime import timedelta
from itertools import count

import pytest
from django.db import transaction

from fixtures.scenarios import reviewing
from portal.access.decide import decide
from portal.people.actor import PUBLIC, SYSTEM
from portal.people.roles import Role
from portal.regulation.rules import Refused
from portal.tenancy.reach import Because, everything
from portal.workflow.step import Opening
from portal.workflow.take import take
from review.commands import assignment as tasks
from review.commands import meeting as meetings
from review.commands import objection as objections
from review.commands import round as rounds
from review.commands import shortlist as shortlists
from review.models import (
    Assignment,
    Ballot,
    Expert,
    Meeting,
    Objection,
    PanelSheet,
    Round,
    Shortlist,
    ShortlistEntry,
    Slot,
)
from tests.contracts.steps import disagreements
from tests.review.conftest import from_point

LOGINS = {
    Role.APPLICANT: "applicant1",
    Role.HOST_CLERK: "host1",
    Role.HOST_APPROVER: "host1-boss",
    Role.RECOMMENDER_OFFICER: "haidian",
    Role.RECOMMENDER_APPROVER: "haidian-boss",
    Role.EXPERT: "expert1",
    Role.CAST_OFFICER: "officer",
    Role.CAST_SECRETARY: "secretary",
    Role.CAST_FINANCE: "finance",
    Role.CAST_SUPERVISOR: "supervisor",
    Role.AUDITOR: "auditor",
    Role.SYSADMIN: "sysadmin",
}
SECRETARY, SUPERVISOR, OFFICER, EXPERT = {"cast_secretary"}, {"cast_supervisor"}, {"cast_officer"}, {"expert"}
TIMED = {"cast_secretary", "system"}  # what the end of the time does as well


def seeded():
    return everything(because=Because.SEED)


def actor_of(world, role: str):
    return SYSTEM if role == Role.SYSTEM else world[LOGINS[role]] if role in LOGINS else PUBLIC


def person_of(world):
    return lambda role, record: actor_of(world, role)


# --- who begins what -------------------------------------------------------------------------------------------------

BEGUN_BY = {
    "round.create": SECRETARY,
    "assignment.propose": SECRETARY,
    "meeting.plan": SECRETARY,
    "slot.enter": SECRETARY,
    "shortlist.draft": SECRETARY,
    "objection.file": {"public"},
}


def test_records_are_begun_by_whom_the_table_says(world):
    machines = (Round, Assignment, Meeting, Slot, Shortlist, Objection)
    openings = {step.kind: (model, step) for model in machines for step in model.steps.values()
                if isinstance(step, Opening)}  # fmt: skip
    assert openings.keys() == BEGUN_BY.keys()
    for kind, (model, step) in openings.items():
        record = model(organisation_id=world.cast.pk)
        allowed = {str(role) for role in Role.values if decide(actor_of(world, role), step.action, record).allowed}
        assert allowed == BEGUN_BY[kind], kind


# --- round -----------------------------------------------------------------------------------------------------------

ROUND = {
    "configure": {"setup": SECRETARY, "assigning": SECRETARY},
    "start_assigning": {"setup": SECRETARY},
    "start_scoring": {"assigning": SECRETARY},
    "extend": {"scoring": SECRETARY},
    "close": {"scoring": TIMED},
    "resume": {"closed": SECRETARY},
    "confirm.prepare": {"closed": SECRETARY},
    "confirm": {"closed": SUPERVISOR},
}


def test_rounds_move_as_the_table_says(world):
    """One round is led through its states; in 评分中 everybody has handed in, so that it may be closed."""
    later = world.at + timedelta(days=400)

    def make(state: str) -> Round:
        secretary = world["secretary"]
        with seeded():
            if state == "setup":
                return rounds.create(reviewing.the_cycle(world), actor=secretary, at=world.at)
            row = reviewing.the_round(world)
            if state == "assigning":
                rounds.start_assigning(row, actor=secretary, at=world.at)
                return reviewing.seats_assigned(world)
            if state == "scoring":
                row = rounds.start_scoring(row, actor=secretary, at=world.at)
                world.at = row.opens_at + timedelta(hours=2)
                return reviewing.everybody_scored(world)
            if state == "closed":
                return rounds.close(row, actor=secretary, at=world.at)
            prepared = rounds.prepare_confirm(row, actor=secretary, at=world.at)
            return rounds.confirm(prepared, actor=world["supervisor"], at=world.at)

    values = {"extend": {"closes_at": later}, "resume": {"closes_at": later}}
    found = disagreements(Round, ROUND, make=make, actor=person_of(world), values=values, at=world.at)
    assert found == []


# --- assignment ------------------------------------------------------------------------------------------------------

AT_WORK = ("invited", "accepted", "scoring", "reopened")
ASSIGNMENT = {
    "invite": {"proposed": SECRETARY},
    "accept": {"invited": EXPERT},
    "decline": {state: EXPERT for state in AT_WORK},
    "recuse": {state: EXPERT for state in (*AT_WORK, "submitted")},
    "begin_scoring": {"accepted": EXPERT},
    "submit": {"scoring": EXPERT, "reopened": EXPERT},
    "reopen": {"submitted": SECRETARY},
    "lock": {"submitted": TIMED},
    "revoke": {state: TIMED for state in ("proposed", *AT_WORK, "submitted", "locked")},
}
# Whose task is not theirs yet, or no longer, is denied it like a stranger; and there is no empty sheet to hand in.
OUT_OF_HANDS = ("proposed", "locked", "declined", "recused", "revoked")
STRANGERS = {
    f"{name} from {state} by expert: denied, the table says refused"
    for state in OUT_OF_HANDS
    for name in ("accept", "decline", "recuse", "begin_scoring", "submit")
}
COMMENT = "依托单位研发投入持续，平台条件较好；申报人长期在工程一线，主持项目结果可证，关键技术有自主性。"


def filled(world, task: Assignment, value: int = 6) -> Assignment:
    values = {row["code"]: value for row in task.round.criteria}
    return tasks.save(task, values=values, comment=COMMENT, actor=person(world, task), at=world.at)


def person(world, task: Assignment | PanelSheet):
    """The expert of a task or a sheet."""
    with seeded():
        user = Expert.objects.get(pk=task.expert_id).user_id
    return next(world[login] for login in reviewing.expert_logins(world) if world[login].user_id == user)


@from_point("scoring")
def test_assignments_move_as_the_table_says(world):
    with seeded():
        free = iter(Assignment.objects.select_related("expert", "round").order_by("number"))
        fresh = iter(Expert.objects.filter(kind="technical"))

    def make(state: str) -> Assignment:
        with seeded():
            row = next(free)
            expert = person(world, row)
            reviewing.pledged(world, next(each for each in world.people if world[each] == expert))
            return lead(row, expert, state)

    def lead(row: Assignment, expert, state: str) -> Assignment:
        at, secretary = world.at, world["secretary"]
        if state == "proposed":
            row = tasks.revoke(row, reason="另请专家", actor=secretary, at=at)
            return proposed(row)
        if state == "declined":
            return tasks.decline(row, reason="没有时间", actor=expert, at=at)
        if state == "recused":
            return tasks.recuse(row, kind="kin", actor=expert, at=at)
        if state == "revoked":
            return tasks.revoke(row, reason="另请专家", actor=secretary, at=at)
        if state == "invited":
            return row
        row = tasks.accept(row, actor=expert, at=at)
        if state == "accepted":
            return row
        row = filled(world, row)
        if state == "scoring":
            return row
        row = tasks.submit(row, actor=expert, at=at)
        if state == "reopened":
            return tasks.reopen(row, reason="请补充理由", actor=secretary, at=at)
        return take("lock", row, actor=SYSTEM, at=at) if state == "locked" else row

    def proposed(row: Assignment) -> Assignment:
        """The next expert who may sit there, asked for but not invited."""
        while True:
            try:
                return rounds.seat(row.round, row.application, next(fresh), actor=world["secretary"], at=world.at)
            except Refused:
                continue

    def actor(role: str, record: Assignment):
        return person(world, record) if role == Role.EXPERT else actor_of(world, role)

    values = {"recuse": {"kind": "mentor"}}
    found = disagreements(Assignment, ASSIGNMENT, make=make, actor=actor, values=values, at=world.at)
    (unfilled,) = [words for words in found if words.startswith("submit from accepted")]
    assert "还没打分：依托单位技术研发与经营实力（第十八条）" in unfilled
    assert set(found) == {*STRANGERS, unfilled}


@from_point("scoring")
def test_an_expert_takes_no_step_of_a_colleagues_task(world):
    with seeded():
        row = Assignment.objects.exclude(expert__user_id=world["expert1"].user_id).first()
        for name in ("accept", "decline", "recuse", "begin_scoring", "submit"):
            assert decide(person(world, row), row.step(name).action, row).allowed, name
            assert not decide(world["expert1"], row.step(name).action, row).allowed, name


# --- meeting ---------------------------------------------------------------------------------------------------------

MEETING = {
    "arrange": {"planned": SECRETARY},
    "draw": {"planned": SECRETARY},
    "start": {"planned": SECRETARY},
    "open_voting": {"in_session": SECRETARY},
    "close": {"voting": SECRETARY},
    "write_minutes": {"closed": SECRETARY},
    "sign_minutes": {"closed": EXPERT},
}


@from_point("confirmed")
def test_meetings_move_as_the_table_says(world):
    """One meeting, led on; in each state what its steps wait for has been done. expert1 is in the chair."""

    def make(state: str) -> Meeting:
        secretary = world["secretary"]
        with seeded():
            if state == "planned":
                reviewing.meeting_planned(world)
                return reviewing.members_ready(world)
            row = reviewing.the_meeting(world)
            if state == "in_session":
                meetings.start(row, actor=secretary, at=world.at)
                for slot in reviewing.the_slots(world):
                    reviewing.candidate_scored(world, slot)
            if state == "voting":
                meetings.open_voting(row, actor=secretary, at=world.at)
                reviewing.voted(world)
            if state == "closed":
                row = meetings.close(row, actor=secretary, at=world.at)
                meetings.write_minutes(row, minutes="已逐一评议。", actor=secretary, at=world.at)
            if state == "minutes_signed":
                return meetings.sign_minutes(row, actor=world["expert1"], at=world.at)
            return reviewing.the_meeting(world)

    values = {"draw": {"seed": 7, "order": ["ZY"]}}
    found = disagreements(Meeting, MEETING, make=make, actor=person_of(world), values=values, at=world.at)
    twice = "refused: 不能抽签定序：已经抽过签，顺序不再改变（第十七条）。"
    assert found == [f"draw from planned by cast_secretary: {twice}, the table says taken"]


@from_point("confirmed")
def test_lots_are_drawn_once_and_before_the_session(world):
    reviewing.meeting_planned(world)
    meeting = reviewing.the_meeting(world)
    assert meeting.lot_seed is not None
    with world.acting("secretary") as secretary, pytest.raises(Refused) as refused:
        meetings.draw(meeting, [], actor=secretary, at=world.at)
    assert [finding.message for finding in refused.value.blocking] == [
        "请至少选择一位候选人",
        "已经抽过签，顺序不再改变",
    ]


SLOT = {"call": {"waiting": SECRETARY}, "finish": {"presenting": SECRETARY}}


@from_point("session")
def test_slots_move_as_the_table_says(world):
    def make(state: str) -> Slot:
        slot = reviewing.the_slots(world)[0]
        with seeded():
            if state == "presenting":
                slot = meetings.call(slot, actor=world["secretary"], at=world.at)
                for sheet in slot.entitled().select_related("expert"):
                    values = {each["code"]: 7 for each in slot.meeting.criteria}
                    meetings.score(sheet, values=values, actor=person(world, sheet), at=world.at)
            if state == "scored":
                slot = meetings.finish(slot, actor=world["secretary"], at=world.at)
            return Slot.objects.select_related("meeting").get(pk=slot.pk)

    assert disagreements(Slot, SLOT, make=make, actor=person_of(world), at=world.at) == []


# --- score sheet and ballot: a member's own acts, by the state of the meeting and of the candidate -------------------

# {act: the points of (meeting, candidate) at which a member may do it}
MEMBER_ACTS = {
    "declare": {("planned", "waiting"), ("in_session", "waiting"), ("in_session", "presenting")},
    "score": {("in_session", "presenting")},
    "vote": {("voting", "scored")},
}
POINTS = [
    ("planned", "waiting"), ("in_session", "waiting"), ("in_session", "presenting"), ("in_session", "scored"),
    ("voting", "scored"), ("closed", "scored"),
]  # fmt: skip


def act_on(name: str, sheet: PanelSheet, actor, at) -> None:
    if name == "declare":
        meetings.declare(sheet.slot.meeting, {sheet: PanelSheet.NONE}, actor=actor, at=at)
    elif name == "score":
        values = {each["code"]: 7 for each in sheet.slot.meeting.criteria}
        meetings.score(sheet, values=values, actor=actor, at=at)
    else:
        meetings.vote(sheet, choice=Ballot.Choice.YES, actor=actor, at=at)


def led(world, point: tuple[str, str]) -> None:
    """From the point before in the list to this one."""
    secretary, first = world["secretary"], reviewing.the_slots(world)[0]
    with seeded():
        meeting = reviewing.the_meeting(world)
        if point == ("in_session", "waiting"):
            meetings.start(meeting, actor=secretary, at=world.at)
        elif point == ("in_session", "presenting"):
            meetings.call(first, actor=secretary, at=world.at)
        elif point == ("in_session", "scored"):
            reviewing.candidate_scored(world, first)
        elif point == ("voting", "scored"):
            for slot in reviewing.the_slots(world)[1:]:
                reviewing.candidate_scored(world, slot)
            meetings.open_voting(meeting, actor=secretary, at=world.at)
        elif point == ("closed", "scored"):
            reviewing.voted(world)
            meetings.close(meeting, actor=secretary, at=world.at)


@from_point("confirmed")
def test_members_declare_score_and_vote_when_the_table_says(world):
    reviewing.meeting_planned(world)
    reviewing.members_ready(world)
    done = set()
    for point in POINTS:
        if point != POINTS[0]:
            led(world, point)
        for name in MEMBER_ACTS:
            with world.acting("expert2") as expert, seeded():
                sheet = PanelSheet.objects.select_related("slot__meeting", "member", "expert").get(
                    slot=reviewing.the_slots(world)[0], expert__user_id=expert.user_id
                )
                try:
                    with transaction.atomic():
                        act_on(name, sheet, expert, world.at)
                        done.add((name, point))
                        transaction.set_rollback(True)
                except Refused:
                    pass
    assert done == {(name, point) for name, points in MEMBER_ACTS.items() for point in points}


@from_point("session")
def test_a_members_sheet_is_theirs_alone(world):
    """Neither a colleague nor the staff declares, scores or votes for a member."""
    with seeded():
        sheet = PanelSheet.objects.select_related("expert").filter(expert__user_id=world["expert1"].user_id).first()
    for action in ("slot.declare", "slot.score", "slot.vote"):
        allowed = {role for role in Role.values if decide(actor_of(world, role), action, sheet).allowed}
        assert allowed == {Role.EXPERT}, action
        assert not decide(world["expert2"], action, sheet).allowed


# --- shortlist -------------------------------------------------------------------------------------------------------

SHORTLIST = {
    "move": {"drafting": SECRETARY},
    "write_minutes": {"drafting": SECRETARY},
    "deliberate": {"drafting": SECRETARY},
    "send_back": {"deliberated": {"cast_secretary", "cast_supervisor"}},
    "approve.prepare": {"deliberated": SECRETARY},
    "approve": {"deliberated": SUPERVISOR},
}


@from_point("minuted")
def test_shortlists_move_as_the_table_says(world):
    secretary = world["secretary"]

    def make(state: str) -> Shortlist:
        with seeded():
            if state == "drafting":
                row = shortlists.draft(reviewing.the_cycle(world), actor=secretary, at=world.at)
                return shortlists.write_minutes(row, minutes="经综合论证。", actor=secretary, at=world.at)
            row = reviewing.the_shortlist(world)
            if state == "deliberated":
                return shortlists.deliberate(row, actor=secretary, at=world.at)
            prepared = shortlists.prepare_approve(row, actor=secretary, at=world.at)
            return shortlists.approve(prepared, actor=world["supervisor"], at=world.at)

    def moved(row: Shortlist) -> dict:
        with seeded():
            return {"application": ShortlistEntry.objects.filter(shortlist=row)[0].application_number, "position": 1}

    values = {"move": moved, "write_minutes": {"minutes": "补充"}}
    assert disagreements(Shortlist, SHORTLIST, make=make, actor=person_of(world), values=values, at=world.at) == []


# --- objection -------------------------------------------------------------------------------------------------------

OBJECTION = {
    "accept": {"received": OFFICER},
    "refuse": {"received": OFFICER},
    "investigate": {"accepted": OFFICER},
    "report": {"investigating": OFFICER},
    "uphold": {"investigating": SUPERVISOR},
    "dismiss": {"investigating": SUPERVISOR},
    "answer": {"upheld": OFFICER, "dismissed": OFFICER},
}


@from_point("publicity")
def test_objections_move_as_the_table_says(world):
    """Each state is that of an objection of its own; the upheld one is the last person's on the publicity."""
    filed = count()

    def make(state: str) -> Objection:
        with seeded():
            last = reviewing.Notice.objects.get(kind="proposed").entries.count() - 1
            receipt = reviewing.objection_filed(world, last if state == "upheld" else next(filed) % last)
            row = Objection.objects.select_related("notice", "entry", "application").get(number=receipt.number)
            return lead(row, state)

    def lead(row: Objection, state: str) -> Objection:
        officer, supervisor, at = world["officer"], world["supervisor"], world.at
        if state == "received":
            return row
        if state == "inadmissible":
            return objections.refuse(row, reason="与公示无关", actor=officer, at=at)
        row = objections.accept(row, actor=officer, at=at)
        if state == "accepted":
            return row
        row = objections.investigate(row, actor=officer, at=at)
        row = objections.report(row, findings="已核实。", actor=officer, at=at)
        if state == "investigating":
            return row
        decide_it = objections.uphold if state == "upheld" else objections.dismiss
        row = decide_it(row, reason="经核查", actor=supervisor, at=at)
        return objections.answer(row, reply="经核查，不属实。", actor=officer, at=at) if state == "replied" else row

    values = {
        "accept": {"due_at": world.at + timedelta(days=14)},
        "report": {"findings": "已核实。"},
        "answer": {"reply": "经核查，不属实。"},
    }
    found = disagreements(Objection, OBJECTION, make=make, actor=person_of(world), values=values, at=world.at)
    assert found == []
