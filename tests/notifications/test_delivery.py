"""Mail and short messages: each goes out once, says little, and is tried again when the gateway fails."""

import email
import json
import threading
from datetime import timedelta
from email.policy import default as modern
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core import mail
from django.utils import timezone

from portal.events.models import Event
from portal.notifications import deliver
from portal.notifications.deliver import MOST_ATTEMPTS, send_waiting
from portal.notifications.models import Dispatch, Notification
from portal.notifications.send import Message, notify
from portal.people.models import User
from portal.tenancy.reach import Because, everything
from tests.kernel.rows import new_errand
from tests.people import AT


@pytest.fixture
def told(people) -> Notification:
    """One message to the district officer, waiting to go by mail and by short message."""
    errand = new_errand(people.host_clerk, people.recommender)
    officer = people.recommender_officer.user_id
    User.objects.filter(pk=officer).update(email="officer@example.cn", mobile="13812340000")
    with everything(because=Because.CHECK_INVARIANTS):
        event = Event.objects.get(record_pk=str(errand.pk))
    message = Message(
        to=[officer], subject="有新的事项待初筛", template="errand_sent", context={"unit": "某单位"},
        link=f"/recommend/{errand.ref}/", due_at=AT + timedelta(days=5), todo=True, sms=True,
    )  # fmt: skip
    return notify(event, [message])[0]


def stages() -> dict[str, str]:
    return dict(Dispatch.objects.values_list("channel", "stage"))


def test_mail_and_short_message_go_out_once(told, outbox):
    assert send_waiting() == 2
    assert send_waiting() == 0
    assert stages() == {"mail": "sent", "sms": "sent"}
    (letter,) = mail.outbox
    assert (letter.subject, letter.to) == ("【卓越工程师】有新的事项待初筛", ["officer@example.cn"])
    assert told.body in letter.body
    assert f"http://127.0.0.1:8000{told.link}" in letter.body
    (short,) = outbox.glob("*.sms.txt")
    assert short.read_text() == "13812340000\n【卓越工程师】有新的事项待初筛。请登录平台查看。\n"


def test_messages_carry_no_number_of_a_person(told, outbox):
    send_waiting()
    assert "13812340000" not in mail.outbox[0].body + mail.outbox[0].subject
    assert "officer@example.cn" not in mail.outbox[0].body


def test_mail_without_a_server_becomes_a_file_that_mail_programs_read(told, outbox, settings):
    settings.EMAIL_BACKEND = "portal.web.mail.FileBackend"
    send_waiting()
    (path,) = outbox.glob("*.eml")
    letter = email.message_from_bytes(path.read_bytes(), policy=modern)
    assert (letter["subject"].strip(), letter["to"]) == ("【卓越工程师】有新的事项待初筛", "officer@example.cn")
    assert told.body in letter.get_content()
    assert letter["message-id"] == f"<message-{told.pk}@127.0.0.1>"


def test_failed_sending_is_tried_again_later_and_given_up_at_last(told, due_now, monkeypatch):
    def fail(dispatch):
        raise OSError("connection refused")

    monkeypatch.setattr(deliver, "send", fail)
    assert send_waiting() == 0
    waiting = Dispatch.objects.get(channel="mail")
    assert (waiting.stage, waiting.attempts, waiting.error) == ("waiting", 1, "OSError: connection refused")
    assert waiting.due_at > timezone.now()
    assert send_waiting() == 0
    assert Dispatch.objects.get(channel="mail").attempts == 1, "not before its time"
    for _ in range(MOST_ATTEMPTS):
        due_now()
        send_waiting()
    assert stages() == {"mail": "failed", "sms": "failed"}
    assert Dispatch.objects.get(channel="mail").attempts == MOST_ATTEMPTS


def test_message_is_sent_when_the_gateway_comes_back(told, due_now, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(deliver, "send", lambda dispatch: (_ for _ in ()).throw(OSError("down")))
        send_waiting()
    due_now()
    assert send_waiting() == 2
    assert Dispatch.objects.get(channel="mail").error == ""
    assert len(mail.outbox) == 1


def test_message_whose_sender_died_is_sent_by_another(told, due_now, monkeypatch):
    def die(dispatch):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(deliver, "send", die)
        with pytest.raises(SystemExit):
            send_waiting()
    assert sorted(stages().values()) == ["sending", "waiting"]
    assert send_waiting() == 1, "the other one; this one may still be on its way"
    due_now()
    assert send_waiting() == 1


def test_claimed_message_is_passed_over(told):
    claimed = deliver._claim()
    assert claimed.stage == "sending"
    assert send_waiting() == 1
    assert Dispatch.objects.get(pk=claimed.pk).stage == "sending"


class Gateway(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.received.append((self.path, self.headers["Authorization"], body))
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def gateway(settings):
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    server.received, server.answer = [], 202
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SMS_URL = f"http://portal:secret@127.0.0.1:{server.server_port}/v1/messages"
    yield server
    server.shutdown()
    server.server_close()


def test_short_message_goes_to_the_gateway_that_is_named(told, gateway, outbox):
    send_waiting()
    text = "【卓越工程师】有新的事项待初筛。请登录平台查看。"
    assert gateway.received == [("/v1/messages", "Bearer secret", {"to": "13812340000", "text": text})]
    assert not outbox.exists()


def test_gateway_that_refuses_is_a_failure(told, gateway):
    gateway.answer = 503
    send_waiting()
    assert stages() == {"mail": "sent", "sms": "waiting"}
    assert "503" in Dispatch.objects.get(channel="sms").error
