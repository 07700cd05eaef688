"""The panel at its edges, in commands: undertakings, lots, quorum, scores, recusals, the vote (Art. 17, 18, 33)."""

from datetime import timedelta

import pytest

from applications.models import Application, ApplicationVersion
from fixtures.scenarios import reviewing
from portal.regulation.rules import Refused
from portal.tenancy.reach import Because, everything
from review.commands import expert as pool
from review.commands import meeting as meetings
from review.lots import drawn
from review.models import Ballot, Expert, PanelSheet, Slot, SlotResult, Voted
from tests.review.conftest import from_point

ALL = [f"expert{number}" for number in range(1, 10)]


def seeded():
    return everything(because=Because.SEED)


def messages(refused) -> list[str]:
    return [finding.message for finding in refused.value.blocking]


def sheet_of(world, login: str, place: int = 0) -> PanelSheet:
    with seeded():
        rows = PanelSheet.objects.select_related("slot__meeting", "slot__application", "member", "expert")
        return rows.get(slot=reviewing.the_slots(world)[place], expert__user_id=world[login].user_id)


def eligible(world, place: int = 0) -> list[str]:
    """Logins of the members who may score and vote on a candidate."""
    with seeded():
        found = set(reviewing.the_slots(world)[place].entitled().values_list("expert__user_id", flat=True))
    return [login for login in ALL if world[login].user_id in found]


def points(sheet: PanelSheet, value: int = 7) -> dict[str, int]:
    return {row["code"]: value for row in sheet.slot.meeting.criteria}


def give(world, login: str, place: int = 0, value: int = 7) -> PanelSheet:
    sheet = sheet_of(world, login, place)
    with world.acting(login) as expert:
        return meetings.score(sheet, values=points(sheet, value), actor=expert, at=world.at)


def cast(world, login: str, choice: str, place: int = 0) -> None:
    with world.acting(login) as expert:
        meetings.vote(sheet_of(world, login, place), choice=Ballot.Choice(choice), actor=expert, at=world.at)


def leave(world, *logins: str) -> None:
    members = reviewing.the_members(world)
    with world.acting("secretary") as secretary:
        for login in logins:
            meetings.leave(members[login], actor=secretary, at=world.at)


def by_secretary(world, verb, record, **values):
    with world.acting("secretary") as secretary:
        return verb(record, actor=secretary, at=world.at, **values)


def declare(world, login: str, kind: str, place: int = 0) -> None:
    with world.acting(login) as expert:
        sheet = sheet_of(world, login, place)
        meetings.declare(sheet.slot.meeting, {sheet: kind}, actor=expert, at=world.at)


# --- before the session ----------------------------------------------------------------------------------------------


@from_point("confirmed")
def test_a_member_reaches_no_material_before_undertaking_and_declaration(world, browsers):
    reviewing.meeting_planned(world)
    slot = sheet_of(world, "expert2").slot
    room = f"/expert/meeting/{slot.meeting.number}/"

    def reads() -> bool:
        with world.acting("expert2"):
            return ApplicationVersion.objects.filter(application_id=slot.application_id).exists()

    with pytest.raises(Refused) as refused:
        declare(world, "expert2", PanelSheet.NONE)
    assert messages(refused) == ["请先签署评审承诺书"]
    for page in (room, f"{room}candidates/1/", f"{room}declare/", f"{room}sign-in/"):
        assert browsers("expert2").get(page)["Location"] == "/expert/pledge/", page
    assert not reads()
    reviewing.pledged(world, "expert2")
    assert not reads() and browsers("expert2").get(f"{room}candidates/1/").status_code == 404
    declare(world, "expert2", PanelSheet.NONE)
    assert reads() and browsers("expert2").get(f"{room}candidates/1/").status_code == 200


@from_point("confirmed")
@pytest.mark.parametrize(("absent", "opens"), [(3, True), (4, False)])
def test_the_session_opens_at_two_thirds_exactly(world, absent, opens):
    reviewing.meeting_planned(world)
    reviewing.members_ready(world, absent=tuple(ALL[-absent:]))
    if opens:
        assert by_secretary(world, meetings.start, reviewing.the_meeting(world)).state == "in_session"
        return
    with pytest.raises(Refused) as refused:
        by_secretary(world, meetings.start, reviewing.the_meeting(world))
    assert messages(refused) == ["到会 5 人，应到 9 人，至少 6 人到会才能开会"]


@from_point("confirmed")
def test_recused_members_count_for_the_quorum(world):
    """They sit; they only keep out of that candidate's judgement."""
    reviewing.meeting_planned(world)
    for login in ALL[:6]:
        reviewing.pledged(world, login)
        declare(world, login, "kin")
    reviewing.members_ready(world, absent=tuple(ALL[6:]))
    assert by_secretary(world, meetings.start, reviewing.the_meeting(world)).state == "in_session"


@from_point("confirmed")
def test_who_is_present_has_signed_and_declared(world):
    reviewing.meeting_planned(world)
    meeting, members = reviewing.members_ready(world, absent=("expert8", "expert9")), reviewing.the_members(world)
    with world.acting("secretary") as secretary:
        meetings.sign_in(members["expert8"], actor=secretary, at=world.at)
        with pytest.raises(Refused) as refused:
            meetings.start(meeting, actor=secretary, at=world.at)
    name = world["expert8"].name
    assert messages(refused) == [f"{name}还没有签署保密承诺书", f"{name}还没有逐项完成回避声明"]


@from_point("confirmed")
def test_too_small_a_panel_does_not_sit(world):
    reviewing.meeting_planned(world, members=8)
    reviewing.members_ready(world)
    with pytest.raises(Refused) as refused:
        by_secretary(world, meetings.start, reviewing.the_meeting(world))
    assert messages(refused) == ["评审组现有 8 位专家，应有 9 位"]


@from_point("confirmed")
def test_anybody_can_draw_the_lots_again_from_the_recorded_seed(world):
    meeting = reviewing.meeting_planned(world)
    with seeded():
        candidates = list(Application.objects.filter(state="panel_candidate").values_list("number", flat=True))
        order = list(Slot.objects.order_by("order").values_list("application_number", flat=True))
    assert order == drawn(meeting.lot_seed, candidates) and len(order) > 2


@from_point("session")
def test_nobody_is_drawn_who_does_not_wait_for_a_panel(world):
    with world.acting("secretary") as secretary:
        meeting = meetings.plan(
            reviewing.the_cycle(world), title="会评", place="会议室", held_at=world.at, actor=secretary, at=world.at
        )
        chair = Expert.objects.get(user_id=world["expert1"].user_id)
        meetings.seat(meeting, chair, is_chair=True, actor=secretary, at=world.at)
        taken = Application.objects.filter(state="in_panel_review").first()
        with pytest.raises(Refused) as refused:
            meetings.draw(meeting, [taken], actor=secretary, at=world.at)
    assert messages(refused) == [f"{taken.number} 没有入围会议评审"]


# --- scoring ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def presenting(world) -> Slot:
    return by_secretary(world, meetings.call, reviewing.the_slots(world)[0])


@from_point("session")
@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"M1": 11}, ["依托单位人才培养能力应为 0 到 10 分"]),
        ({"M1": -1}, ["依托单位人才培养能力应为 0 到 10 分"]),
        ({"M1": None}, ["还没打分：依托单位人才培养能力"]),
        ({"M9": 5}, ["评分标准里没有 M9"]),
    ],
)
def test_points_are_0_to_10_of_each_criterion(world, presenting, values, said):
    sheet = sheet_of(world, eligible(world)[0])
    with world.acting(eligible(world)[0]) as expert, pytest.raises(Refused) as refused:
        meetings.score(sheet, values={**points(sheet), **values}, actor=expert, at=world.at)
    assert messages(refused) == said


@from_point("session")
def test_one_candidate_presents_at_a_time(world, presenting):
    with pytest.raises(Refused) as refused:
        by_secretary(world, meetings.call, reviewing.the_slots(world)[1])
    assert messages(refused) == ["上一位候选人的评分还没有结束"]


@from_point("session")
def test_the_scoring_ends_when_every_present_member_has_scored(world, presenting):
    *others, last = eligible(world)
    for login in others:
        give(world, login)
    with pytest.raises(Refused) as refused:
        by_secretary(world, meetings.finish, presenting)
    assert messages(refused) == ["还有 1 位到会专家没有提交评分"]
    leave(world, last)
    assert by_secretary(world, meetings.finish, presenting).state == "scored"


@from_point("session")
def test_who_has_left_scores_nothing(world, presenting):
    login = eligible(world)[-1]
    leave(world, login)
    with pytest.raises(Refused) as refused:
        give(world, login)
    assert messages(refused) == ["请先签到"]


@from_point("session")
def test_a_recusal_after_scoring_voids_the_sheet_and_keeps_it(world, presenting):
    """What was scored is no longer counted, no longer waited for, and not deleted."""
    logins = eligible(world)
    for login in logins:
        give(world, login, value=5)
    give(world, logins[-1], value=10)
    declare(world, logins[-1], "mentor")
    sheet = sheet_of(world, logins[-1])
    assert (sheet.submitted_at, sheet.values, sheet.total) == (None, points(sheet, 10), 100)
    slot = by_secretary(world, meetings.finish, presenting)
    with seeded():
        result = meetings.count(slot)
    assert (result.sheets, result.score, result.spread) == (len(logins) - 1, 50, 0)
    with pytest.raises(Refused) as refused:
        declare(world, logins[-1], PanelSheet.NONE)
    assert messages(refused) == ["评分已经结束，不能再改", "已有回避记录，如有误请联系评审秘书"]


@from_point("session")
def test_a_recusal_is_not_taken_back_by_the_member(world):
    declare(world, "expert3", "interest")
    with pytest.raises(Refused) as refused:
        declare(world, "expert3", PanelSheet.NONE)
    assert messages(refused) == ["已有回避记录，如有误请联系评审秘书"]


@from_point("session")
def test_a_conflict_that_comes_to_light_recuses_the_member(world, presenting):
    login = eligible(world)[-1]
    sheet = give(world, login)
    with world.acting("secretary") as secretary:
        pool.record_conflict(sheet.expert, sheet.slot.application, reason="共同持股", actor=secretary, at=world.at)
    assert login not in eligible(world)
    with world.acting(login):
        assert not ApplicationVersion.objects.filter(application_id=sheet.slot.application_id).exists()
    with pytest.raises(Refused):
        give(world, login)


@from_point("session")
def test_a_new_employer_recuses_the_member_where_it_must(world, presenting):
    sheet = give(world, eligible(world)[-1])
    login = eligible(world)[-1]
    with seeded():
        unit = sheet.slot.application.organisation
        with world.acting("secretary") as secretary:
            pool.edit(sheet.expert, employer=unit.name, employer_code=unit.code, actor=secretary, at=world.at)
    assert login not in eligible(world) and login in eligible(world, 1)


# --- voting ----------------------------------------------------------------------------------------------------------


def result_of(world, place: int = 0) -> SlotResult:
    slot = reviewing.the_slots(world)[place]
    with seeded():
        return SlotResult.objects.get(slot=slot)


@from_point("voting")
@pytest.mark.parametrize("short", [0, 1])
def test_a_candidate_passes_at_two_thirds_of_those_who_could_vote(world, short):
    """Abstentions count as present. Recused members are not among those who could."""
    entitled = len(eligible(world))
    needed = -(-entitled * 2 // 3)
    first, logins = reviewing.the_slots(world)[0].pk, eligible(world)

    def choice(login: str, slot: Slot) -> str:
        if slot.pk != first:
            return "yes"
        return "yes" if logins.index(login) < needed - short else ("abstain" if login == logins[-1] else "no")

    reviewing.voted(world, choice)
    by_secretary(world, meetings.close, reviewing.the_meeting(world))
    result = result_of(world)
    assert (result.entitled, result.yes, result.passed) == (entitled, needed - short, short == 0)


@from_point("session")
def test_the_vote_of_a_candidate_with_a_recused_member_is_counted_without_them(world):
    declare(world, "expert4", "kin")
    for slot in reviewing.the_slots(world):
        reviewing.candidate_scored(world, slot)
    by_secretary(world, meetings.open_voting, reviewing.the_meeting(world))
    with pytest.raises(Refused) as refused:
        cast(world, "expert4", "no")
    assert messages(refused) == ["您已回避这位候选人，不能投票"]
    logins = eligible(world)
    reviewing.voted(world, lambda login, slot: "yes")
    by_secretary(world, meetings.close, reviewing.the_meeting(world))
    result = result_of(world)
    assert "expert4" not in logins and (result.entitled, result.yes) == (len(logins), len(logins))


@from_point("voting")
def test_a_member_votes_once(world):
    cast(world, "expert1", "yes")
    with pytest.raises(Refused) as refused:
        cast(world, "expert1", "no")
    assert messages(refused) == ["您已经投过票"]
    with seeded():
        assert list(Ballot.objects.values_list("choice", flat=True)) == ["yes"]
        assert Voted.objects.count() == 1


@from_point("voting")
def test_there_are_three_choices(world):
    sheet = sheet_of(world, "expert1")
    for choice in ("", "both"):
        with world.acting("expert1") as expert, pytest.raises(Refused) as refused:
            meetings.vote(sheet, choice=choice, actor=expert, at=world.at)
        assert messages(refused) == ["请选择同意、反对或弃权"]


@from_point("voting")
def test_the_meeting_closes_when_everybody_present_has_voted(world):
    reviewing.voted(world, lambda login, slot: "yes")
    with seeded():
        last = Voted.objects.order_by("pk").last()
        slot = Slot.objects.get(pk=last.slot_id)
        Ballot.objects.filter(slot=slot).first().delete()
        last.delete()
    with pytest.raises(Refused) as refused:
        by_secretary(world, meetings.close, reviewing.the_meeting(world))
    assert messages(refused) == [f"{slot.application_number} 还有 1 位专家没有投票"]


@from_point("voting")
@pytest.mark.parametrize(("gone", "counts"), [(3, True), (4, False)])
def test_a_vote_without_a_quorum_is_not_counted(world, gone, counts):
    """Registering members as gone does not make a small vote a valid one."""
    leave(world, *ALL[-gone:])
    for login in ALL[:-gone]:
        for place in range(len(reviewing.the_slots(world))):
            if login in eligible(world, place):
                cast(world, login, "yes", place)
    if counts:
        assert by_secretary(world, meetings.close, reviewing.the_meeting(world)).state == "closed"
        return
    with pytest.raises(Refused) as refused:
        by_secretary(world, meetings.close, reviewing.the_meeting(world))
    assert messages(refused) == ["到会 5 人，应到 9 人，至少 6 人到会才能开会"]


@from_point("voting")
def test_who_leaves_after_voting_took_part(world):
    reviewing.voted(world, lambda login, slot: "yes")
    leave(world, *ALL)
    assert by_secretary(world, meetings.close, reviewing.the_meeting(world)).state == "closed"
    assert result_of(world).yes == result_of(world).entitled > 0


@from_point("voting")
def test_only_the_chair_signs_written_minutes(world):
    reviewing.voted(world)
    world.at += timedelta(minutes=30)
    meeting = by_secretary(world, meetings.close, reviewing.the_meeting(world))
    for login, said in [
        ("expert1", ["请先写会议纪要"]),
        ("expert2", ["会议纪要由评审组组长签署", "请先写会议纪要"]),
    ]:
        with world.acting(login) as expert, pytest.raises(Refused) as refused:
            meetings.sign_minutes(meeting, actor=expert, at=world.at)
        assert messages(refused) == said


# --- papers ----------------------------------------------------------------------------------------------------------


def files_of(slot: Slot) -> dict[str, str]:
    """{what it is: address} of the files that were submitted."""
    with seeded():
        listed = ApplicationVersion.objects.get(pk=slot.content_id).content["attachments"]
    return {each["key"]: f"/files/{each['file']}/" for each in listed}


@from_point("session")
def test_a_member_downloads_what_was_submitted_but_papers_with_identity_numbers(world, browsers):
    """Art. 17, 33: who judges the candidate may read the proofs while the meeting is on, nobody else of the experts."""
    slot = sheet_of(world, "expert2").slot
    files = files_of(slot)
    assert {"id_card", "employment_proof", "project_proof"} <= files.keys()
    page = browsers("expert2").get(f"/expert/meeting/{slot.meeting.number}/candidates/{slot.order}/").content.decode()
    for key, address in files.items():
        private = key in ("id_card", "employment_proof")
        assert browsers("expert2").get(address).status_code == (404 if private else 200), key
        assert (address in page) is not private, key
    assert browsers("expert10").get(files["project_proof"]).status_code == 404, "no member of this panel"
    declare(world, "expert2", "kin")
    assert browsers("expert2").get(files["project_proof"]).status_code == 404, "recused"


@from_point("minuted")
def test_the_papers_close_with_the_meeting(world, browsers):
    for login in ("expert1", "expert2"):
        with seeded():
            slot = Slot.objects.order_by("order").first()
        assert browsers(login).get(files_of(slot)["project_proof"]).status_code == 404
