"""Lists and records of chapter 5 ask the database as often for one row as for several, and never more than 15 times."""

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from applications.models import Application
from fixtures.scenarios import reviewing
from fixtures.scenarios.reviewing import objections, pool, tasks
from portal.tenancy.reach import Because, everything
from review.commands import meeting as meetings
from review.commands import round as rounds
from review.commands import shortlist as shortlists
from review.models import Assignment, Expert, Objection, PanelSheet, Slot
from tests.review.conftest import from_point

MOST = 15
UNCOUNTED = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "SELECT set_config")


def seeded():
    return everything(because=Because.SEED)


def asked(browsers, login: str, path: str) -> int:
    """Queries of one request by somebody who has been here before; what a look writes is undone."""
    client = browsers(login)
    client.get("/me/")
    connection.queries_log.clear()
    with transaction.atomic(), CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
        transaction.set_rollback(True)
    assert answer.status_code == 200, (path, answer.status_code)
    return sum(not query["sql"].startswith(UNCOUNTED) for query in captured.captured_queries)


def uneven(browsers, pages: list[tuple[str, str]], more) -> dict[str, tuple[int, int]]:
    """{path: queries before and after there is more to show}, of pages that ask more for more, or too often."""
    few = [asked(browsers, *page) for page in pages]
    more()
    many = [asked(browsers, *page) for page in pages]
    found = {page[1]: (a, b) for page, a, b in zip(pages, few, many, strict=True)}
    return {path: counts for path, counts in found.items() if counts[0] != counts[1] or max(counts) > MOST}


def test_pages_of_the_network_review(world, browsers):
    """From one seat and one expert to all of them."""
    round = reviewing.round_set_up(world)
    with seeded():
        application = Application.objects.order_by("number").first()
        expert = Expert.objects.get(user_id=world["expert2"].user_id)
    with world.acting("secretary") as secretary:
        task = rounds.assign(round, application, expert, actor=secretary, at=world.at)
    pages = [
        ("secretary", "/manage/review/"),
        ("secretary", "/manage/2026/rounds/"),
        ("secretary", f"/manage/rounds/{round.number}/"),
        ("secretary", f"/manage/rounds/{round.number}/assignments/"),
        ("secretary", f"/manage/rounds/{round.number}/assign/"),
        ("secretary", f"/manage/rounds/{round.number}/assign/{application.number}/"),
        ("secretary", f"/manage/rounds/{round.number}/remind/"),
        ("secretary", f"/manage/assignments/{task.number}/"),
    ]
    assert uneven(browsers, pages, lambda: reviewing.seats_assigned(world)) == {}


def test_pages_of_the_pool(world, browsers):
    with seeded():
        first, *others = Expert.objects.order_by("number")
        applications = list(Application.objects.all())
        Expert.objects.filter(pk__in=[each.pk for each in others]).update(active=False)

    def record(which: list[Application]) -> None:
        with world.acting("secretary") as secretary:
            for application in which:
                pool.record_conflict(first, application, reason="合作", actor=secretary, at=world.at)

    record(applications[:1])
    pages = [("secretary", "/manage/experts/"), ("secretary", f"/manage/experts/{first.number}/")]

    def more() -> None:
        record(applications[1:4])
        with seeded():
            Expert.objects.update(active=True)

    assert uneven(browsers, pages, more) == {}


@from_point("scoring")
def test_pages_of_an_expert(world, browsers):
    """From one accepted task to all of them."""
    reviewing.pledged(world, "expert1")
    with world.acting("expert1") as expert:
        first, *others = Assignment.objects.order_by("sequence")
        assert len(others) >= 1
        tasks.accept(first, actor=expert, at=world.at)
    pages = [("expert1", path) for path in ("/expert/", f"/expert/{first.sequence}/", "/expert/summary/")]

    def more() -> None:
        reviewing.declared(world, "expert1")
        reviewing.scored(world, "expert1", most=1)

    assert uneven(browsers, pages, more) == {}


@from_point("confirmed")
def test_pages_of_the_panel(world, browsers):
    """From one candidate before one member to a full session."""
    with world.acting("secretary") as secretary:
        meeting = meetings.plan(
            reviewing.the_cycle(world), title="会评", place="会议室", held_at=world.at, actor=secretary, at=world.at
        )
        first, *others = Expert.objects.filter(kind="technical").order_by("number")
        meetings.seat(meeting, first, is_chair=True, actor=secretary, at=world.at)
        candidates = list(Application.objects.filter(state="panel_candidate").select_related("organisation", "field"))
    url, room = f"/manage/meetings/{meeting.number}/", f"/expert/meeting/{meeting.number}/"
    drawn = [("secretary", f"{url}draw/"), ("secretary", f"{url}members/"), ("secretary", "/manage/2026/meetings/")]

    def seat_more() -> None:
        with world.acting("secretary") as secretary:
            for expert in others[:8]:
                meetings.seat(meeting, expert, actor=secretary, at=world.at)

    assert uneven(browsers, [*drawn, ("secretary", url), ("secretary", f"{url}sign-in/")], seat_more) == {}
    by = {"actor": world["secretary"], "at": world.at}
    with seeded():
        meetings.draw(meeting, candidates[:1], **by)
    reviewing.pledged(world, "expert1")
    pages = [("secretary", url), ("expert1", room), ("expert1", f"{room}declare/")]

    def more() -> None:
        with seeded():
            for place, application in enumerate(candidates[1:4], 2):
                slot = meetings._enter(reviewing.the_meeting(world), application, place, **by)
                meetings._make_sheets(reviewing.the_meeting(world).members.all(), [slot], world.at)
            assert Slot.objects.count() == 4 and PanelSheet.objects.count() == 36

    assert uneven(browsers, pages, more) == {}


@from_point("minuted")
def test_pages_of_the_results_and_of_the_list(world, browsers):
    number = reviewing.the_meeting(world).number
    with world.acting("secretary") as secretary:
        shortlist = shortlists.draft(reviewing.the_cycle(world), actor=secretary, at=world.at)
    pages = [
        ("secretary", f"/manage/meetings/{number}/results/"),
        ("secretary", f"/manage/shortlists/{shortlist.number}/"),
    ]

    def more() -> None:
        with world.acting("secretary") as secretary:
            for entry in shortlist.entries.all()[:3]:
                move = {"application": entry.application_number, "chosen": False, "reason": "经论证暂缓"}
                shortlists.move(shortlist, actor=secretary, at=world.at, **move)

    assert uneven(browsers, pages, more) == {}


@from_point("publicity")
def test_pages_of_the_objections(world, browsers):
    receipt = reviewing.objection_filed(world)
    pages = [
        ("officer", "/manage/2026/objections/"),
        ("officer", f"/manage/objections/{receipt.number}/"),
        ("secretary", f"/manage/shortlists/{reviewing.the_shortlist(world).number}/"),
    ]

    def more() -> None:
        for place in (0, 1):
            reviewing.objection_filed(world, place)
        with seeded():
            row = Objection.objects.select_related("notice", "application").exclude(number=receipt.number).first()
            objections.accept(row, actor=world["officer"], at=world.at)

    assert uneven(browsers, pages, more) == {}


@from_point("publicity")
def test_pages_of_what_is_settled(world, browsers):
    """All six applications, nine members and the published list."""
    number = reviewing.the_meeting(world).number
    pages = [
        ("secretary", "/manage/rounds/WP2026/results/"),
        ("supervisor", "/manage/rounds/WP2026/"),
        ("auditor", f"/manage/meetings/{number}/"),
        ("secretary", "/manage/review/"),
        ("host1", f"/publicity/{notice_number()}/objection/"),
    ]
    assert uneven(browsers, pages, lambda: None) == {}


def notice_number() -> str:
    with seeded():
        return reviewing.Notice.objects.get(kind="proposed").number
