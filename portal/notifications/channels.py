"""The ways a message leaves the portal: mail by Django's backend, short messages by a small HTTP adaptor.

Neither carries personal data beyond the recipient's name and the record's number; what matters is behind the sign-in.
"""

import json
import time
from itertools import count
from urllib.parse import urlsplit, urlunsplit
from urllib.request import Request, urlopen

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from portal.notifications.models import Dispatch, Notification

SMS_SECONDS = 10
SMS_LONGEST = 70  # characters of one short message in Chinese
_numbers = count(1)


class SmsRefused(Exception):
    """The gateway did not take the message."""


def send(dispatch: Dispatch) -> None:
    """Sends one message on its channel. Raises OSError, smtplib.SMTPException or SmsRefused."""
    sender = send_mail if dispatch.channel == Dispatch.Channel.MAIL else send_sms
    sender(dispatch.notification)


def send_mail(notification: Notification) -> None:
    address = settings.BASE_URL.rstrip("/") + notification.link if notification.link else ""
    body = render_to_string("notifications/mail.txt", {"notification": notification, "address": address})
    EmailMessage(
        subject=f"【卓越工程师】{notification.subject}",
        body=body,
        to=[notification.recipient.email],
        headers={"Message-ID": f"<message-{notification.pk}@{urlsplit(settings.BASE_URL).hostname}>"},
    ).send()


def send_sms(notification: Notification) -> None:
    """POSTs {"to", "text"} as JSON to SMS_URL (https://user:password@host/path); a file below var/outbox without it."""
    text = f"【卓越工程师】{notification.subject}。请登录平台查看。"[:SMS_LONGEST]
    if settings.SMS_URL:
        _post(notification.recipient.mobile, text)
        return
    settings.OUTBOX_DIR.mkdir(parents=True, exist_ok=True)
    name = f"{time.time_ns()}-{next(_numbers)}.sms.txt"
    (settings.OUTBOX_DIR / name).write_text(f"{notification.recipient.mobile}\n{text}\n", encoding="utf-8")


def _post(number: str, text: str) -> None:
    parts = urlsplit(settings.SMS_URL)
    url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    headers = {"Content-Type": "application/json"}
    if parts.username:
        headers["Authorization"] = f"Bearer {parts.password or parts.username}"
    body = json.dumps({"to": number, "text": text}).encode()
    with urlopen(Request(url, data=body, headers=headers), timeout=SMS_SECONDS) as answer:
        if answer.status >= 300:
            raise SmsRefused(str(answer.status))
