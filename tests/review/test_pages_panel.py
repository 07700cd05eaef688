"""会议评审 in browsers: the secretary's desk and the members' own page, from the plan to the signed minutes."""

from datetime import timedelta

import pytest

from fixtures.scenarios import reviewing
from portal.events.models import Event
from portal.tenancy.reach import Because, everything
from review.models import Ballot, Meeting, Shortlist, Slot, Undertaking
from tests.review.browser import complaints
from tests.review.conftest import from_point

STAFF_READERS = ("secretary", "supervisor", "auditor")
OTHERS = ("officer", "finance", "sysadmin", "host1", "haidian")


@pytest.fixture
def point():
    """Results confirmed; the panel is to meet."""
    return "confirmed"


def seeded():
    return everything(because=Because.SEED)


def looks(kind: str) -> int:
    with seeded():
        return Event.objects.filter(kind=kind).count()


def meeting_of(world) -> Meeting:
    return reviewing.the_meeting(world)


def scores(meeting: Meeting, value: int = 7) -> dict[str, str]:
    return {f"score_{each['code']}": str(value) for each in meeting.criteria}


def test_panel_meets_in_browsers(world, browsers):
    url = browsers.does(
        "secretary",
        "/manage/meetings/new/",
        cycle=str(reviewing.the_cycle(world).pk),
        title="会议评审",
        place="第三会议室",
        held_at="2026年12月20日 9:00",
    )
    meeting = meeting_of(world)
    assert url == f"/manage/meetings/{meeting.number}/"

    compose_the_panel(world, browsers, url)
    assert looks("meeting.seat") == 9
    browsers.does("secretary", f"{url}draw/", applications=waiting_ids(browsers, f"{url}draw/"))
    slots = reviewing.the_slots(world)
    assert [slot.order for slot in slots] == list(range(1, len(slots) + 1))

    room = f"/expert/meeting/{meeting.number}/"
    world.at = meeting_of(world).held_at
    refused = browsers.sends("secretary", f"{url}start/")
    assert refused.status_code == 422 and "到会" in refused.content.decode()
    for login in reviewing.the_members(world):
        reviewing.pledged(world, login)
    enter(world, browsers, room, url)
    assert meeting_of(world).state == "planned"
    browsers.does("secretary", f"{url}start/")

    judge(world, browsers, room, slots[0])
    for slot in slots[1:]:
        world.at += timedelta(minutes=20)
        reviewing.candidate_scored(world, slot)
    browsers.does("secretary", f"{url}open-voting/")

    vote(world, browsers, room, slots[0])
    reviewing.voted(world)
    again = browsers.sends("expert1", f"{room}candidates/1/vote/", choice="no")
    assert again.status_code == 422 and "已经投过票" in again.content.decode()
    with seeded():
        assert Ballot.objects.count() == sum(slot.entitled().count() for slot in slots)

    browsers.does("secretary", f"{url}close/")
    before = looks("meeting.results")
    results = browsers("auditor").get(f"{url}results/")
    assert results.status_code == 200 and "7" in results.content.decode()
    assert looks("meeting.results") == before + 1

    early = browsers.sends("expert1", f"{room}sign-minutes/")
    assert early.status_code == 422 and "请先写会议纪要" in early.content.decode()
    browsers.does("secretary", f"{url}write-minutes/", minutes="会议评审了全部候选人。")
    assert "会议评审了全部候选人" in browsers("expert1").get(room).content.decode()
    not_chair = browsers.sends("expert2", f"{room}sign-minutes/")
    assert not_chair.status_code == 422
    browsers.does("expert1", f"{room}sign-minutes/")
    assert meeting_of(world).state == "minutes_signed"
    assert browsers("expert1").get(room).status_code == 404


def compose_the_panel(world, browsers, url: str) -> None:
    page = browsers("secretary").get(f"{url}members/")
    with seeded():
        experts = list(page.context["form"].fields["experts"].queryset)[:9]
    chair = next(each for each in experts if each.user_id == world["expert1"].user_id)
    ids = [str(each.pk) for each in experts]
    wrong = browsers.sends("secretary", f"{url}members/", experts=ids[1:], chair=str(chair.pk))
    assert wrong.status_code == 422 and "组长应是评审组成员" in wrong.content.decode()
    assert wrong.context["form"]["experts"].value() == ids[1:], "what was ticked stays"
    browsers.does("secretary", f"{url}members/", experts=ids, chair=str(chair.pk))


def waiting_ids(browsers, url: str) -> list[str]:
    page = browsers("secretary").get(url)
    with seeded():
        return [str(each.pk) for each in page.context["form"].fields["applications"].queryset]


def enter(world, browsers, room: str, url: str) -> None:
    """The first two declare and sign in by themselves; the last one is registered by the secretary."""
    logins = list(reviewing.the_members(world))
    names = [f"slot_{slot.order}" for slot in reviewing.the_slots(world)]
    for login in logins[:2]:
        assert browsers(login).get(f"{room}candidates/1/").status_code == 404, "nothing opens before the declaration"
        silent = browsers.sends(login, f"{room}declare/")
        assert silent.status_code == 422 and "有无利害关系" in silent.content.decode()
        page = browsers(login).get(f"{room}declare/")
        known = {name: page.context["form"][name].value() or "none" for name in names}
        browsers.does(login, f"{room}declare/", **known)
        answer = browsers(login).post(f"{room}sign-in/")
        assert answer.status_code == 302, complaints(answer)
    reviewing.members_ready(world)
    with world.acting("secretary") as secretary:
        reviewing.meetings.leave(reviewing.the_members(world)[logins[-1]], actor=secretary, at=world.at)
    desk = browsers("secretary").get(f"{url}sign-in/")
    with seeded():
        absent = [str(each.pk) for each in desk.context["form"].fields["members"].queryset]
    browsers.does("secretary", f"{url}sign-in/", members=absent)
    page = browsers("secretary").get(url).content.decode()
    assert f"到会 {len(logins)} 人" in page


def judge(world, browsers, room: str, slot: Slot) -> None:
    desk, meeting = f"/manage/candidates/{slot.number}/", meeting_of(world)
    token = browsers("expert1").get(f"{room}token/").json()
    browsers.does("secretary", f"{desk}call/")
    assert browsers("expert1").get(f"{room}token/").json() != token, "the members' pages learn of it"
    early = browsers.sends("secretary", f"{desk}finish/")
    assert early.status_code == 422 and "没有提交评分" in early.content.decode()
    for login in entitled(world, slot)[:2]:
        here = browsers(login).get(room)
        assert f"正在评议：{slot.applicant_name}" in here.content.decode()
        page = f"{room}candidates/{slot.order}/score/"
        gap = scores(meeting, 7)
        gap.popitem()
        answer = browsers.sends(login, page, **gap)
        assert answer.status_code == 422
        assert answer.context["form"][next(iter(gap))].value() == "7", "what was chosen stays"
        browsers.does(login, page, **scores(meeting))
    assert "没有提交" in browsers("secretary").get(meeting_url(meeting)).content.decode()
    reviewing.candidate_scored(world, slot_of(slot))
    assert "没有提交" not in browsers("secretary").get(meeting_url(meeting)).content.decode()


def slot_of(slot: Slot) -> Slot:
    """As it stands now."""
    with seeded():
        return Slot.objects.select_related("meeting").get(pk=slot.pk)


def meeting_url(meeting: Meeting) -> str:
    return f"/manage/meetings/{meeting.number}/"


def entitled(world, slot: Slot) -> list[str]:
    logins = {world[login].user_id: login for login in reviewing.expert_logins(world)}
    with seeded():
        return [logins[each.expert.user_id] for each in slot.entitled().select_related("expert")]


def vote(world, browsers, room: str, slot: Slot) -> None:
    for login in entitled(world, slot)[:2]:
        page = f"{room}candidates/{slot.order}/vote/"
        assert browsers.sends(login, page).status_code == 422
        browsers.does(login, page, choice="yes")


@from_point("session")
def test_pages_open_to_their_roles_alone(world, browsers):
    meeting = meeting_of(world)
    url, room = meeting_url(meeting), f"/expert/meeting/{meeting.number}/"
    year = reviewing.the_cycle(world).year
    for login in STAFF_READERS:
        for page in (url, f"{url}token/", f"/manage/{year}/meetings/"):
            assert browsers(login).get(page).status_code == 200, (login, page)
        assert browsers(login).get("/manage/meetings/")["Location"] == f"/manage/{year}/meetings/"
        for page in (f"{url}leave/", f"{url}arrange/"):
            assert browsers(login).get(page).status_code == (200 if login == "secretary" else 403), (login, page)
        assert browsers(login).get(f"{url}results/")["Location"] == url, "no result before the close"
        assert browsers(login).get(room).status_code == 403
    for login in OTHERS:
        for page in (url, f"/manage/{year}/meetings/", f"{url}results/", f"{url}sign-in/"):
            assert browsers(login).get(page).status_code in (403, 404), (login, page)
    for page in (url, f"{url}sign-in/", f"{url}leave/", f"{url}members/"):
        assert browsers("expert1").get(page).status_code in (403, 404), page
    for page in (room, f"{room}token/", f"{room}declare/", f"{room}candidates/1/score/"):
        assert browsers("expert1").get(page).status_code == 200, page
        assert browsers("expert10").get(page).status_code == 404, "no member of this panel"
        assert browsers("").get(page).status_code in (403, 404)
    assert browsers("expert1").get(f"{room}candidates/99/").status_code == 404


@from_point("session")
def test_papers_open_after_the_declaration_and_each_look_is_an_event(world, browsers):
    slot = reviewing.the_slots(world)[0]
    page = f"/expert/meeting/{meeting_of(world).number}/candidates/1/"
    before = looks("slot.read")
    answer = browsers(entitled(world, slot)[0]).get(page)
    assert answer.status_code == 200 and slot.applicant_name in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert looks("slot.read") == before + 1


def test_recused_member_neither_reads_nor_scores(world, browsers):
    reviewing.meeting_planned(world)
    reviewing.members_ready(world)
    slot = reviewing.the_slots(world)[0]
    login = entitled(world, slot)[-1]
    room = f"/expert/meeting/{meeting_of(world).number}/"
    page = browsers(login).get(f"{room}declare/")
    answers = {name: page.context["form"][name].value() for name in page.context["form"].sheets}
    browsers.does(login, f"{room}declare/", **{**answers, "slot_1": "kin"})
    with world.acting("secretary") as secretary:
        reviewing.meetings.start(meeting_of(world), actor=secretary, at=world.at)
        reviewing.meetings.call(slot, actor=secretary, at=world.at)
    assert "您已回避这位候选人" in browsers(login).get(room).content.decode()
    assert browsers(login).get(f"{room}candidates/1/").status_code == 404
    refused = browsers.sends(login, f"{room}candidates/1/score/", **scores(meeting_of(world)))
    assert refused.status_code == 422 and "您已回避" in refused.content.decode()


@from_point("session")
def test_staff_sign_the_undertaking_before_they_look(world, browsers):
    url = meeting_url(meeting_of(world))
    with seeded():
        Undertaking.objects.filter(kind="staff").delete()
    answer = browsers("secretary").get(url)
    assert answer.status_code == 302 and answer["Location"].startswith("/manage/undertaking/?next=")


def test_board_says_what_it_waits_for(world, browsers):
    missing = browsers("secretary").get(f"/manage/{reviewing.the_cycle(world).year}/shortlist/")
    assert missing.status_code == 200 and "还没有会议评审" in missing.content.decode()


@from_point("minuted")
def test_board_is_drafted_moved_deliberated_and_approved_by_two(world, browsers):
    year = reviewing.the_cycle(world).year
    world.at += timedelta(days=2)
    url = browsers.does("secretary", "/manage/shortlists/new/", cycle=str(reviewing.the_cycle(world).pk))
    assert browsers("supervisor").get(f"/manage/{year}/shortlist/")["Location"] == url
    before = looks("shortlist.view")
    board = browsers("secretary").get(url)
    assert board.status_code == 200 and looks("shortlist.view") == before + 1
    entry = first_chosen(world)
    assert entry.applicant_name in board.content.decode()

    move = f"{url}move/?application={entry.application_number}"
    nothing = browsers.sends("secretary", move, application=entry.application_number, reason="经论证调整")
    assert nothing.status_code == 422 and nothing.context["form"]["reason"].value() == "经论证调整"
    unexplained = browsers.sends("secretary", move, application=entry.application_number, chosen="0")
    assert unexplained.status_code == 422
    browsers.does("secretary", move, application=entry.application_number, chosen="0", reason="经论证暂缓")
    assert "经论证暂缓" in browsers("secretary").get(url).content.decode()
    browsers.does("secretary", move, application=entry.application_number, chosen="1", reason="补充材料后恢复")

    assert browsers.sends("secretary", f"{url}deliberate/").status_code == 422, "no minutes yet"
    browsers.does("secretary", f"{url}write-minutes/", minutes="按综合分和表决结果拟定。")
    browsers.does("secretary", f"{url}deliberate/")
    browsers.does("secretary", f"{url}approve/prepare/")
    assert browsers("secretary").get(f"{url}approve/").status_code == 403
    page = browsers("supervisor").get(f"{url}approve/")
    assert entry.applicant_name in page.content.decode()
    browsers.does("supervisor", f"{url}approve/", decision="approve")
    reviewing.advance(world)
    notice = browsers.does("secretary", f"{url}publicity/")
    assert notice.startswith("/manage/notices/")
    assert browsers.sends("secretary", f"{url}publicity/").status_code == 422
    assert browsers.sends("secretary", f"{url}final/").status_code == 422
    for login in STAFF_READERS:
        assert browsers(login).get(url).status_code == 200
    for login in (*OTHERS, "expert1"):
        for page in (url, f"/manage/{year}/shortlist/", f"{url}move/"):
            assert browsers(login).get(page).status_code in (403, 404), (login, page)


def first_chosen(world):
    with seeded():
        return Shortlist.objects.get().entries.filter(chosen=True).first()
