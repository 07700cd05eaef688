"""Art. 33: those who are reviewed learn of no expert, no score and no opinion, wherever they look."""

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.db import connection

from applications.models import Application
from fixtures.scenarios import reviewing
from portal.documents.models import Document
from portal.events.deliver import deliver_all
from portal.events.models import Event
from portal.files.access import may_read
from portal.files.models import StoredFile
from portal.notifications.models import Notification
from portal.tenancy.reach import Because, everything
from portal.web.timeline import timeline
from review.commands import assignment as tasks
from review.models import Assignment, Expert, PanelSheet, Result, ShortlistEntry, SlotResult
from tests.review.conftest import from_point

OUTSIDE = ("host1", "host1-boss", "applicant1", "haidian", "haidian-boss")
CHAPTER_5 = (
    "review_assignment", "review_score", "review_scorearchive", "review_result", "review_expert", "review_member",
    "review_panelsheet", "review_ballot", "review_voted", "review_slotresult", "review_shortlistentry",
    "review_shortlistversion", "review_conflict", "review_objection",
)  # fmt: skip
LINK = re.compile(r"""(?:href|hx-get|src)="([^"#]+)""")
MOST_PAGES = 60


def seeded():
    return everything(because=Because.SEED)


def secrets_of() -> set[str]:
    """Who the experts are, what they wrote, and every figure with two decimals that came of it."""
    with seeded():
        found = set(Expert.objects.values_list("name", flat=True))
        found |= set(Expert.objects.values_list("number", flat=True))
        found |= set(Assignment.objects.exclude(comment="").values_list("comment", flat=True))
        figures = [
            *Result.objects.values_list("score", flat=True),
            *Result.objects.values_list("spread", flat=True),
            *SlotResult.objects.values_list("score", flat=True),
            *ShortlistEntry.objects.values_list("composite", flat=True),
        ]
    return found | {str(figure) for figure in figures if figure}


def told_in(text: str, secrets: set[str]) -> list[str]:
    return sorted(secret for secret in secrets if secret in text)


def pages_of(client, start: str) -> dict[str, str]:
    """{path: text and headers} of the pages that links lead to from a person's first page."""
    seen, waiting = {}, [start]
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        if path in seen:
            continue
        answer = client.get(path)
        head = f"{answer.status_code} {answer.headers}"
        streams = answer.streaming or not answer["Content-Type"].startswith("text/html")
        seen[path] = head if streams else head + answer.content.decode()
        for link in [] if streams else map(unescape, LINK.findall(seen[path])):
            url = urlsplit(link)
            ours = not url.netloc and url.path.startswith("/") and not url.path.startswith(("/static/", "/account"))
            if ours and link not in seen:
                waiting.append(link)
    return seen


@pytest.fixture
def point():
    return "publicity"


@pytest.mark.parametrize("login", OUTSIDE)
def test_no_page_that_a_unit_can_go_to_tells_of_the_review(world, browsers, login):
    deliver_all()
    secrets = secrets_of()
    assert len(secrets) > 20
    start = "/recommend/" if login.startswith("haidian") else "/apply/"
    pages = pages_of(browsers(login), start)
    assert len(pages) > 5
    assert {path: told for path, text in pages.items() if (told := told_in(text, secrets))} == {}
    assert not any(path.startswith("/manage/") or path.startswith("/expert/") for path in pages)


def test_the_search_for_secrets_finds_them_where_they_are(world, browsers):
    page = browsers("secretary").get("/manage/rounds/WP2026/results/").content.decode()
    with seeded():
        figures = {str(figure) for figure in Result.objects.values_list("score", flat=True)}
        colleagues = set(Expert.objects.values_list("name", flat=True))
    assert set(told_in(page, secrets_of())) >= figures
    assert set(told_in(browsers("auditor").get("/manage/experts/").content.decode(), secrets_of())) >= colleagues


@pytest.mark.parametrize("login", OUTSIDE)
def test_search_filter_and_sorting_ask_nothing_of_the_review(world, browsers, login):
    """A list that counted or sorted by what it does not show would tell it all the same."""
    listing = "/recommend/applications/" if login.startswith("haidian") else "/apply/"
    client, secrets = browsers(login), sorted(secrets_of(), key=len)
    if client.get(listing).status_code == 404:
        listing = "/recommend/"
    with seeded():
        number = Application.objects.get(organisation=world.hosts[0]).number
    for query in ("sort=score", "sort=-score", "sort=rank", "sort=network", "sort=-panel", "order=score"):
        page = client.get(f"{listing}?{query}")
        assert told_in(page.content.decode(), set(secrets)) == [], query
    names = [secret for secret in secrets if not re.search(r"[\d.]", secret)]
    for word in (*names[:3], "评审专家"):
        found = client.get(listing, {"q": word}).content.decode().replace(word, "")
        absent = client.get(listing, {"q": "没有这样的词"}).content.decode().replace("没有这样的词", "")
        assert (number in found) == (number in absent), word


@pytest.mark.parametrize("login", OUTSIDE)
def test_no_table_of_the_review_answers_a_unit(world, login):
    """Not by the manager, and not by the table either: row security stands below it."""
    reviewing.objection_filed(world)
    with world.acting(login), connection.cursor() as cursor:
        for table in CHAPTER_5:
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone() == (0,), table


@pytest.mark.parametrize("login", OUTSIDE)
def test_the_course_of_an_application_names_no_expert(world, login):
    secrets = secrets_of()
    with seeded():
        application = Application.objects.get(organisation=world.hosts[0])
    with world.acting(login) as actor:
        told = [item.sentence for item in timeline(application, actor)]
        kinds = set(Event.objects.values_list("kind", flat=True))
    assert told and told_in(" ".join(told), secrets) == []
    private = ("assignment.", "round.", "meeting.", "slot.", "shortlist.", "expert.", "undertaking.", "objection.")
    assert not any(kind.startswith(private) for kind in kinds), kinds


def test_messages_and_documents_name_nobody_to_those_reviewed(world):
    """In-site, by mail and by SMS the words are the same; documents by title, file name and facts."""
    deliver_all()
    secrets = secrets_of()
    insiders = {world[login].user_id for login in reviewing.expert_logins(world)}
    insiders |= {actor.user_id for actor in world.people.values() if actor.organisation_id == world.cast.pk}
    with seeded():
        outside = Notification.objects.exclude(recipient_id__in=insiders)
        texts = [f"{each.subject} {each.body} {each.link}" for each in outside]
    assert len(texts) > 10 and told_in(" ".join(texts), secrets) == []
    for login in OUTSIDE:
        with world.acting(login):
            printed = [f"{each.title} {each.facts}" for each in Document.objects.all()]
            files = [file.name for file in StoredFile.objects.all() if may_read(world[login], file)]
        assert told_in(" ".join([*printed, *files]), secrets) == [], login


def test_no_message_of_the_review_names_a_colleague_a_score_or_an_objector(world):
    """Not to experts and staff either: what is confidential stands on a page that asks who reads it."""
    receipt = reviewing.objection_filed(world)
    deliver_all()
    figures = {secret for secret in secrets_of() if re.fullmatch(r"\d+\.\d\d", secret)}
    with seeded():
        everybody = list(Notification.objects.all())
        names = dict(Expert.objects.values_list("user_id", "name"))
        comments = set(Assignment.objects.values_list("comment", flat=True)) - {""}
    assert any(each.recipient_id in names for each in everybody)
    for each in everybody:
        others = {name for user, name in names.items() if user != each.recipient_id}
        text = f"{each.subject} {each.body} {each.link}"
        assert told_in(text, others | figures | comments | {"周实", "138 0000 1234", receipt.code}) == [], text


# --- experts ---------------------------------------------------------------------------------------------------------


@from_point("scoring")
def test_an_expert_reaches_nothing_of_a_colleague(world):
    reviewing.everybody_scored(world)
    with world.acting("expert1") as expert:
        assert {each.expert.user_id for each in Assignment.objects.select_related("expert")} == {expert.user_id}
        assert [each.user_id for each in Expert.objects.all()] == [expert.user_id]
        assert not Result.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(DISTINCT assignment_id) FROM review_score")
            (sheets,) = cursor.fetchone()
        assert sheets == Assignment.objects.count()


@from_point("scoring")
def test_the_round_closes_the_experts_reach(world, browsers):
    reviewing.round_closed(world)
    with world.acting("expert1"):
        assert not Assignment.objects.exists()
    assert browsers("expert1").get("/expert/1/").status_code == 404


@from_point("session")
def test_a_member_reaches_no_sheet_of_another(world):
    with world.acting("expert1") as expert:
        assert {each.expert.user_id for each in PanelSheet.objects.select_related("expert")} == {expert.user_id}
        assert not SlotResult.objects.exists() and not Result.objects.exists()


@from_point("scoring")
def test_staff_of_other_work_see_no_scores_and_no_experts(world, browsers):
    """Scores are for secretary, supervisor and auditor; the system administrator reads none (Art. 33)."""
    reviewing.everybody_scored(world)
    with seeded():
        task = Assignment.objects.select_related("round").first()
    pages = (
        f"/manage/assignments/{task.number}/",
        f"/manage/rounds/{task.round.number}/assignments/",
        "/manage/experts/",
    )
    for login, expected in [("secretary", 200), ("supervisor", 200), ("auditor", 200), ("officer", 403),
                            ("finance", 403), ("sysadmin", 403)]:  # fmt: skip
        assert {browsers(login).get(page).status_code for page in pages} == {expected}, login


@from_point("scoring")
def test_a_reason_given_to_an_expert_reaches_that_expert_alone(world):
    reviewing.everybody_scored(world)
    with seeded():
        task = Assignment.objects.select_related("expert", "round").first()
    with world.acting("secretary") as secretary:
        tasks.reopen(task, reason="意见与分数不一致", actor=secretary, at=world.at)
    deliver_all()
    with seeded():
        told = Notification.objects.filter(body__contains="意见与分数不一致")
        assert [each.recipient_id for each in told] == [task.expert.user_id]
