"""What chapter 5 tells and prints from its events: to whom, and what stands in it (Art. 17, 18, 19, 33)."""

import io
from collections import defaultdict
from datetime import timedelta

import pikepdf
import pytest

from applications.models import Notice
from fixtures.scenarios import reviewing
from portal.documents.models import Document
from portal.documents.pdf import pdf_of
from portal.documents.render import html_of_document
from portal.events.deliver import deliver_all
from portal.events.models import Delivery
from portal.notifications.models import Notification
from portal.regulation.rules import Refused
from portal.tenancy.reach import Because, everything
from review.commands import assignment as tasks
from review.commands import meeting as meetings
from review.commands import objection as objections
from review.commands import round as rounds
from review.commands import shortlist as shortlists
from review.models import Assignment, Expert, Meeting, Objection, Result, Round, ShortlistEntry, SlotResult
from tests.review.conftest import from_point
from tests.review.test_panel import cast, eligible

TECHNICAL = {f"expert{number}" for number in (*range(1, 10), 12)}
PANEL = {f"expert{number}" for number in range(1, 10)}


def seeded():
    return everything(because=Because.SEED)


def told(world, after: int = 0) -> dict[str, set[str]]:
    """{subject: logins} of what was written since a message."""
    deliver_all()
    logins = {actor.user_id: login for login, actor in world.people.items()}
    found = defaultdict(set)
    with seeded():
        for each in Notification.objects.filter(pk__gt=after):
            found[each.subject].add(logins[each.recipient_id])
    return dict(found)


def last_message(world) -> int:
    deliver_all()
    with seeded():
        return Notification.objects.order_by("pk").values_list("pk", flat=True).last() or 0


def open_todos(login: str, world) -> list[str]:
    deliver_all()
    with seeded():
        return list(Notification.objects.to(world[login].user_id).open().values_list("subject", flat=True))


def first_task(**found) -> Assignment:
    with seeded():
        return Assignment.objects.select_related("expert", "round", "application").filter(**found).first()


# --- the network review ----------------------------------------------------------------------------------------------


@from_point("scoring")
def test_experts_are_invited_once_each_and_done_with_their_last_sheet(world):
    with seeded():
        asked = set(Assignment.objects.values_list("expert__user_id", flat=True))
    invited = told(world)["请您参加 2026 年度网络评审"]
    assert {world[login].user_id for login in invited} == asked and invited <= TECHNICAL
    with seeded():
        assert Notification.objects.filter(subject="请您参加 2026 年度网络评审").count() == len(invited)
    assert open_todos("expert1", world) == ["请您参加 2026 年度网络评审"]
    for part in (reviewing.pledged, reviewing.declared, reviewing.scored, reviewing.handed_in):
        part(world, "expert1")
    assert open_todos("expert1", world) == []


@from_point("scoring")
@pytest.mark.parametrize("how", ["decline", "recuse"])
def test_a_free_seat_is_told_to_the_secretary_without_the_experts_name(world, how):
    task, before = first_task(expert__user_id=world["expert1"].user_id), last_message(world)
    with world.acting("expert1") as expert:
        if how == "decline":
            tasks.decline(task, reason="没有时间", actor=expert, at=world.at)
        else:
            tasks.recuse(task, kind="kin", actor=expert, at=world.at)
    assert told(world, before) == {"有评审任务需要另请专家": {"secretary"}}
    with seeded():
        (message,) = Notification.objects.filter(pk__gt=before)
    assert task.application_number in message.body and task.expert.name not in message.body
    with seeded():
        sitting = Assignment.objects.filter(application=task.application_id).values("expert")
        others = list(Expert.objects.filter(kind="technical").exclude(pk__in=sitting))
    seat_filled(world, task, others)
    assert open_todos("secretary", world) == []


def seat_filled(world, task: Assignment, experts: list[Expert]) -> None:
    with world.acting("secretary") as secretary:
        for expert in experts:
            try:
                rounds.assign(task.round, task.application, expert, actor=secretary, at=world.at)
                return
            except Refused:
                continue
    raise AssertionError("nobody may sit there")


@from_point("scoring")
def test_reminders_and_more_time_reach_who_has_something_left(world):
    for part in (reviewing.pledged, reviewing.declared, reviewing.scored, reviewing.handed_in):
        part(world, "expert1")
    with seeded():
        waiting = set(Assignment.objects.filter(state="invited").values_list("expert__user_id", flat=True))
    before = last_message(world)
    with world.acting("secretary") as secretary:
        rounds.remind(reviewing.the_round(world), actor=secretary, at=world.at)
        closes = reviewing.the_round(world).closes_at + timedelta(days=3)
        rounds.extend(reviewing.the_round(world), closes_at=closes, reason="节假日", actor=secretary, at=world.at)
    found = told(world, before)
    assert found.keys() == {
        "网络评审还没有完成，请在截止前提交",
        "网络评审截止时间延长到 2026年11月23日 17:00",
    }
    for logins in found.values():
        assert {world[login].user_id for login in logins} == waiting and "expert1" not in logins


@from_point("scoring")
def test_a_sheet_sent_back_is_told_to_its_expert(world):
    reviewing.everybody_scored(world)
    task, before = first_task(expert__user_id=world["expert1"].user_id), last_message(world)
    with world.acting("secretary") as secretary:
        tasks.reopen(task, reason="意见过于简单", actor=secretary, at=world.at)
    assert told(world, before) == {"有一份评分退回重评": {"expert1"}}


@from_point("scoring")
def test_a_proposed_confirmation_waits_for_the_supervisor(world):
    round = reviewing.round_closed(world)
    before = last_message(world)
    with world.acting("secretary") as secretary:
        prepared = rounds.prepare_confirm(round, actor=secretary, at=world.at)
    assert told(world, before) == {"网络评审等待您审批": {"supervisor"}}
    with world.acting("supervisor") as supervisor:
        rounds.confirm(prepared, actor=supervisor, at=world.at)
    assert open_todos("supervisor", world) == []


# --- the panel -------------------------------------------------------------------------------------------------------


@from_point("confirmed")
def test_members_are_asked_told_of_changes_and_of_their_release(world):
    before = last_message(world)
    meeting = reviewing.meeting_planned(world)
    assert told(world, before) == {"请您参加会议评审": PANEL}
    before = last_message(world)
    members = reviewing.the_members(world)
    with world.acting("secretary") as secretary:
        meetings.arrange(meeting, place="第五会议室", actor=secretary, at=world.at)
        meetings.unseat(members["expert9"], actor=secretary, at=world.at)
    assert told(world, before) == {
        "会议评审的安排有变": PANEL - {"expert9"},
        "会议评审安排有变，您不再参加": {"expert9"},
    }
    with seeded():
        moved = Notification.objects.filter(subject="会议评审的安排有变").first()
    assert "第五会议室" in moved.body
    assert open_todos("expert9", world) == [] and open_todos("expert8", world) == ["请您参加会议评审"]


@from_point("confirmed")
def test_nothing_of_a_meeting_is_left_to_do_when_it_is_closed(world):
    reviewing.meeting_planned(world)
    reviewing.members_ready(world, absent=("expert9",))
    with world.acting("secretary") as secretary:
        meetings.start(reviewing.the_meeting(world), actor=secretary, at=world.at)
    reviewing.candidates_heard(world)
    assert open_todos("expert1", world) == [] and open_todos("expert9", world) == ["请您参加会议评审"]
    for login in sorted(PANEL - {"expert9"}):
        votes(world, login)
    with world.acting("secretary") as secretary:
        meetings.close(reviewing.the_meeting(world), actor=secretary, at=world.at)
    assert open_todos("expert9", world) == []


def votes(world, login: str) -> None:
    for place in range(len(reviewing.the_slots(world))):
        if login in eligible(world, place):
            cast(world, login, "yes", place)


# --- objections ------------------------------------------------------------------------------------------------------


@from_point("publicity")
def test_an_objection_goes_to_the_officer_and_then_to_the_supervisor(world):
    before = last_message(world)
    receipt = reviewing.objection_filed(world)
    assert told(world, before) == {"收到一份公示异议": {"officer"}}
    with seeded():
        row = Objection.objects.select_related("notice", "application").get(number=receipt.number)
    before = last_message(world)
    with world.acting("officer") as officer:
        row = objections.accept(row, actor=officer, at=world.at)
        row = objections.investigate(row, actor=officer, at=world.at)
        row = objections.report(row, findings="已核实。", actor=officer, at=world.at)
    found = told(world, before)
    assert found["有一份异议等待决定"] == {"supervisor"}
    assert "expert1" not in set().union(*found.values())
    assert open_todos("officer", world) == []
    with world.acting("supervisor") as supervisor:
        objections.dismiss(row, reason="不属实", actor=supervisor, at=world.at)
    assert "有一份异议等待决定" not in open_todos("supervisor", world)


# --- documents -------------------------------------------------------------------------------------------------------


@pytest.fixture
def printed(world) -> dict[str, Document]:
    """{kind: document} of everything that chapter 5 and its publicity printed."""
    deliver_all()
    with seeded():
        assert list(Delivery.objects.filter(done_at=None).values_list("consumer", "error")) == []
        return {each.kind: each for each in Document.objects.filter(record_table__startswith="review_")}


def words_of(document: Document) -> str:
    with seeded():
        return html_of_document(document)


@from_point("publicity")
def test_the_summary_of_the_network_review_has_every_result(world, printed):
    text = words_of(printed["review.network_summary"])
    with seeded():
        results = list(Result.objects.select_related("application__organisation"))
        seed = Round.objects.get().seed
    assert len(results) == 6 and f"按种子 {seed} 抽定" in text
    for each in results:
        for words in (each.application_number, each.application.applicant_name, str(each.score), str(each.spread)):
            assert words in text, words
    assert text.count("未入围") == sum(not each.through for each in results)


@from_point("publicity")
def test_the_minutes_of_the_panel_have_attendance_lots_and_votes(world, printed):
    text = words_of(printed["review.panel_minutes"])
    with seeded():
        meeting, results = Meeting.objects.get(), list(SlotResult.objects.select_related("slot"))
    assert "应到专家 9 人，实到 9 人" in text and f"种子 {meeting.lot_seed}" in text and meeting.minutes in text
    assert all(str(each.score) in text and each.slot.applicant_name in text for each in results)
    rows = printed["review.panel_minutes"].facts["sections"][0]["tables"][0]["rows"]
    assert [row[0] for row in rows] == list(range(1, len(results) + 1)), "in the order of the lots"
    assert [(row[4], row[5], row[6]) for row in rows] == [
        (each.yes, each.no, each.abstain) for each in sorted(results, key=lambda each: each.slot.order)
    ]


@from_point("minuted")
def test_the_minutes_of_the_deliberation_have_the_list_and_every_difference(world):
    world.at += timedelta(days=2)
    with world.acting("secretary") as secretary:
        row = shortlists.draft(reviewing.the_cycle(world), actor=secretary, at=world.at)
        first = row.entries.filter(chosen=True).first()
        move = {"application": first.application_number, "chosen": False, "reason": "材料尚需补充核实"}
        shortlists.move(row, actor=secretary, at=world.at, **move)
        row = shortlists.write_minutes(row, minutes="经综合论证，逐人评议。", actor=secretary, at=world.at)
        row = shortlists.deliberate(row, actor=secretary, at=world.at)
        prepared = shortlists.prepare_approve(row, actor=secretary, at=world.at)
    with world.acting("supervisor") as supervisor:
        shortlists.approve(prepared, actor=supervisor, at=world.at)
    deliver_all()
    with seeded():
        document = Document.objects.get(kind="review.deliberation_minutes")
        entries = list(ShortlistEntry.objects.all())
    text = words_of(document)
    assert document.number.startswith("NX2026") and "经综合论证，逐人评议。" in text and "材料尚需补充核实" in text
    assert "网评得分 40%、会评得分 60%" in text and text.count("拟入选</td>") == sum(each.chosen for each in entries)
    for each in entries:
        assert each.application_number in text and str(each.composite) in text


@from_point("publicity")
def test_no_document_of_the_review_names_an_expert_in_its_words_or_its_metadata(world, printed):
    assert printed.keys() == {"review.network_summary", "review.panel_minutes", "review.deliberation_minutes"}
    with seeded():
        experts = set(Expert.objects.values_list("name", flat=True))
    people = experts | {actor.name for actor in world.people.values() if actor.organisation_id == world.cast.pk}
    for document in printed.values():
        text = words_of(document)
        assert not [name for name in experts if name in text], document.kind
        with pikepdf.open(io.BytesIO(pdf_of(text))) as pdf:
            info = {key: str(value) for key, value in pdf.docinfo.items()}
        assert "/Author" not in info
        assert not [name for name in people for value in info.values() if name in value], info


@from_point("publicity")
def test_the_public_notice_has_four_facts_of_each_person_and_no_more(world, browsers):
    deliver_all()
    with seeded():
        notice = Notice.objects.get(kind="proposed")
        document = Document.objects.get(record_table="applications_notice", record_pk=str(notice.pk))
        people = [each.application for each in notice.entries.select_related("application")]
        private = [each.latest().content["sections"]["basic"] for each in people]
        figures = {str(each.composite) for each in ShortlistEntry.objects.all()}
    text = words_of(document) + browsers("").get(f"/publicity/{notice.number}/").content.decode()
    assert people and all(person.applicant_name in text for person in people)
    assert not [basic[key] for basic in private for key in ("id_number", "mobile", "email") if basic[key] in text]
    assert not [figure for figure in figures if figure in text]
