"""The secret ballot (Art. 17, 33): nothing that is kept, written or shown leads from a voter to a vote."""

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection

from fixtures.scenarios import reviewing
from portal.events.deliver import deliver_all
from portal.events.models import Event, EventNote
from portal.notifications.models import Notification
from portal.tenancy.reach import Because, everything
from portal.workflow.models import Operation
from review.commands import meeting as meetings
from review.models import (
    Assignment,
    Ballot,
    Expert,
    Member,
    PanelSheet,
    Result,
    Score,
    Slot,
    SlotResult,
    Voted,
)  # fmt: skip
from tests.review.browser import envelope
from tests.review.conftest import from_point
from tests.review.test_panel import cast, eligible


def seeded():
    return everything(because=Because.SEED)


def the_slot(world) -> Slot:
    return reviewing.the_slots(world)[0]


def box(world) -> list[tuple[str, str]]:
    """(key, choice) of the first candidate's box in the order in which the rows lie in the table."""
    with seeded(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id::text, choice FROM review_ballot WHERE slot_id = %s ORDER BY ctid", [the_slot(world).pk]
        )
        return cursor.fetchall()


@pytest.fixture
def point():
    return "voting"


def test_a_ballot_has_a_box_and_a_choice_and_nothing_else(db):
    assert {field.column for field in Ballot._meta.concrete_fields} == {"id", "organisation_id", "slot_id", "choice"}
    assert Ballot._meta.pk.get_internal_type() == "UUIDField", "a random key, no counter"
    assert {field.column for field in Voted._meta.concrete_fields} == {
        "id", "organisation_id", "slot_id", "sheet_id", "expert_id",
    }  # fmt: skip
    pointing = [
        field.name
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model is Ballot
    ]
    assert pointing == [], "nothing points to a ballot"


def test_every_vote_writes_the_whole_box_anew_in_one_transaction(world):
    """Neither key nor place nor transaction of a row outlives the next vote, so none tells when a ballot fell in."""
    logins = eligible(world)
    cast(world, logins[0], "no")
    before = box(world)
    for login in logins[1:]:
        cast(world, login, "yes")
        keys = {key for key, _ in box(world)}
        assert keys.isdisjoint(key for key, _ in before)
        before = box(world)
    assert sorted(choice for _, choice in before) == ["no", *["yes"] * (len(logins) - 1)]


def test_all_rows_of_a_box_are_of_one_transaction(lasting):
    """The events keep the number of their transaction; the box keeps the last one's alone, whoever voted when."""
    world = lasting
    for login in eligible(world)[:4]:
        cast(world, login, "yes")
    with seeded(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT xmin::text) FROM review_ballot")
        assert cursor.fetchone() == (4, 1)
        assert Event.objects.filter(kind="slot.vote").values("xact").distinct().count() == 4


def test_the_order_of_the_rows_is_not_the_order_of_the_votes(world):
    """The one who voted first and alone against lies at every place in turn."""
    logins, places = eligible(world), set()
    for _ in range(12):
        with seeded():
            Voted.objects.all().delete()
            Ballot.objects.all().delete()
        for place, login in enumerate(logins[:4]):
            cast(world, login, "no" if place == 0 else "yes")
        by_key = [choice for _, choice in sorted(box(world))]
        places.add(([choice for _, choice in box(world)].index("no"), by_key.index("no")))
    assert len({lying for lying, _ in places}) > 1 and len({sorted_ for _, sorted_ in places}) > 1


def test_the_event_says_that_a_member_voted_and_not_how(world):
    first, second = eligible(world)[:2]
    cast(world, first, "yes")
    cast(world, second, "no")
    with seeded():
        one, other = Event.objects.filter(kind="slot.vote").order_by("sequence")
        assert not EventNote.objects.filter(event__in=[one, other]).exists()
        number = (
            PanelSheet.objects.select_related("expert")
            .get(slot=the_slot(world), expert__user_id=world[first].user_id)
            .expert.number
        )
    assert (one.actor_user_id, other.actor_user_id) == (world[first].user_id, world[second].user_id)
    assert one.facts == {"expert": number} and one.facts.keys() == other.facts.keys()
    differing = {
        field.name
        for field in Event._meta.concrete_fields
        if getattr(one, field.attname) != getattr(other, field.attname)
    }
    # who, and that it was another event; all of it the same for a yes and for a no
    assert differing == {
        "id", "sequence", "actor_user_id", "facts", "operation", "previous_digest", "digest",
    }  # fmt: skip


def test_nothing_that_a_vote_leaves_behind_contains_the_choice(world, browsers):
    """Rows of every table but the box, the page that follows, messages and sessions."""
    login = eligible(world)[0]
    slot = the_slot(world)
    page_url = f"/expert/meeting/{slot.meeting.number}/candidates/{slot.order}/vote/"
    client = browsers(login)
    tables = written(world, client, page_url)
    assert tables <= {"Ballot", "Voted", "Event", "EventHead", "Delivery", "Operation", "Session", "ChainHead"}, tables
    deliver_all()
    with seeded():
        assert not Notification.objects.filter(body__contains="同意").exists()
        assert all("yes" not in str(facts) for facts in Event.objects.values_list("facts", flat=True))
        assert all("yes" not in str(row.get_decoded()) for row in Session.objects.all())
        assert {field.name for field in Operation._meta.concrete_fields} == {"key", "user_id", "created_at"}
    room = client.get(f"/expert/meeting/{slot.meeting.number}/")
    text = room.content.decode()
    assert "已投票" in text and "同意" not in text and "no-store" in room["Cache-Control"]


def written(world, client, url: str) -> set[str]:
    """Names of the models of whose rows a vote through the page changes the number."""

    def counts() -> dict[str, int]:
        with seeded():
            return {model.__name__: model._default_manager.count() for model in apps.get_models()}

    page = client.get(url)
    before = counts()
    answer = client.post(url, {**envelope(page), "choice": "yes"})
    assert answer.status_code == 302
    after = counts()
    return {name for name in after if after[name] != before[name]}


def test_the_box_stays_shut_until_the_meeting_is_closed(world, browsers):
    """The desk counts who has voted; choices are shown to nobody while the vote runs, and as sums afterwards."""
    reviewing.voted(world, lambda login, slot: "abstain")
    number = reviewing.the_meeting(world).number
    for login in ("secretary", "supervisor", "auditor"):
        desk = browsers(login).get(f"/manage/meetings/{number}/").content.decode()
        assert "弃权" not in desk
        assert browsers(login).get(f"/manage/meetings/{number}/results/").status_code == 302
    with world.acting("expert1"):
        assert not Ballot.objects.exists(), "no member reaches a ballot"
        assert {row.expert.user_id for row in Voted.objects.select_related("expert")} == {world["expert1"].user_id}
    with world.acting("secretary") as secretary:
        meetings.close(reviewing.the_meeting(world), actor=secretary, at=world.at)
    results = browsers("auditor").get(f"/manage/meetings/{number}/results/").content.decode()
    assert "弃权" in results
    for login in eligible(world):
        assert world[login].name not in results


@from_point("publicity")
def test_no_unit_reaches_a_ballot_a_sheet_or_a_count(world):
    for login in ("host1", "host1-boss", "applicant1", "haidian", "haidian-boss"):
        with world.acting(login):
            for model in (Ballot, Voted, PanelSheet, SlotResult, Score, Assignment, Result, Expert, Member):
                assert not model.objects.exists(), (login, model.__name__)
