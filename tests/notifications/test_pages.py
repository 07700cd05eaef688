"""消息中心: one's own messages, open matters first, read by POST."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.events.models import Event
from portal.notifications.models import Notification
from portal.notifications.send import Message, notify, settle, unread_count
from portal.tenancy.reach import Because, everything
from tests.kernel.rows import new_errand
from tests.people import AT, signed_in


@pytest.fixture
def event(people) -> Event:
    errand = new_errand(people.host_clerk, people.recommender)
    with everything(because=Because.CHECK_INVARIANTS):
        return Event.objects.get(record_pk=str(errand.pk))


def tell(event, actor, subject="请补正", **values) -> Notification:
    values = {"template": "errand_back", "link": "/apply/E1/", "todo": True, "topic": "errand:1:correct", **values}
    return notify(event, [Message(to=[actor.user_id], subject=subject, **values)])[0]


@pytest.fixture
def message(people, event) -> Notification:
    return tell(event, people.host_clerk, due_at=AT.replace(day=20))


def test_page_shows_open_matters_with_their_date(people, message):
    page = people.client("host_clerk").get("/messages/").content.decode()
    assert "请补正" in page
    assert "2026年10月20日 09:30" in page
    assert "未读" in page
    assert "1 条未读" in page, "the shell counts them"


def test_notices_stand_in_their_own_tab(people, event, message):
    tell(event, people.host_clerk, "已受理", template="errand_sent", todo=False)
    client = people.client("host_clerk")
    todos, notices = (client.get(f"/messages/{tab}").content.decode() for tab in ("", "?tab=notice"))
    assert ("请补正" in todos, "已受理" in todos) == (True, False)
    assert ("请补正" in notices, "已受理" in notices) == (False, True)


def test_settled_matter_leaves_the_list(people, message):
    settle("errand:1:correct", at=AT)
    page = people.client("host_clerk").get("/messages/").content.decode()
    assert "没有待办事项。" in page


def test_another_persons_message_does_not_exist(people, message):
    client = people.client("neighbour_clerk")
    assert "请补正" not in client.get("/messages/").content.decode()
    assert client.get(f"/messages/{message.pk}/").status_code == 404
    assert client.post(f"/messages/{message.pk}/open/").status_code == 404
    message.refresh_from_db()
    assert message.read_at is None


def test_signed_out_visitor_is_refused(client, message):
    assert client.get("/messages/").status_code == 403
    assert client.get(f"/messages/{message.pk}/").status_code == 403


def test_looking_changes_nothing_and_opening_marks_it_read(people, message):
    client = people.client("host_clerk")
    assert message.body in client.get(f"/messages/{message.pk}/").content.decode()
    assert unread_count(people.host_clerk.user_id) == 1
    assert client.get(f"/messages/{message.pk}/open/").status_code == 405
    response = client.post(f"/messages/{message.pk}/open/")
    assert (response.status_code, response["Location"]) == (302, "/apply/E1/")
    message.refresh_from_db()
    assert message.read_at is not None
    assert message.done_at is None, "read is not done"
    assert unread_count(people.host_clerk.user_id) == 0


def test_first_reading_counts(people, message):
    client = people.client("host_clerk")
    client.post(f"/messages/{message.pk}/open/")
    message.refresh_from_db()
    first = message.read_at
    client.post(f"/messages/{message.pk}/open/")
    message.refresh_from_db()
    assert message.read_at == first


@pytest.mark.parametrize("link", ["https://example.com/", "//example.com/", "javascript:alert(1)", ""])
def test_link_never_leads_outside(people, event, link):
    message = tell(event, people.host_clerk, link=link)
    response = people.client("host_clerk").post(f"/messages/{message.pk}/open/")
    assert response["Location"] == "/messages/"


def test_all_of_a_tab_are_marked_read_at_once(people, event, message):
    notice = tell(event, people.host_clerk, "已受理", template="errand_sent", todo=False)
    theirs = tell(event, people.neighbour_clerk, todo=False)
    people.client("host_clerk").post("/messages/read/", {"tab": "notice"})
    read = set(Notification.objects.exclude(read_at=None).values_list("pk", flat=True))
    assert read == {notice.pk}
    assert theirs.pk not in read


def test_message_tells_how_it_was_sent(people, message):
    message.dispatches.create(channel="mail", stage="sent", due_at=AT, sent_at=AT)
    message.dispatches.create(channel="sms", stage="failed", due_at=AT)
    page = people.client("host_clerk").get(f"/messages/{message.pk}/").content.decode()
    assert "邮件已发送 2026年10月15日 09:30；短信发送失败" in page


def test_list_costs_the_same_whatever_its_length(people, event):
    client = signed_in(people.host_clerk)
    client.get("/messages/")  # a first page saves the session anew
    counts = []
    for rows in (1, 3, 30):
        Notification.objects.bulk_create(
            Notification(
                recipient_id=people.host_clerk.user_id,
                event_sequence=event.sequence,
                template=f"{rows}-{n}",
                kind="todo",
                subject=f"事项{n}",
                body="x",
                created_at=AT,
            )
            for n in range(rows)
        )
        with CaptureQueriesContext(connection) as queries:
            client.get("/messages/")
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2] <= 12
