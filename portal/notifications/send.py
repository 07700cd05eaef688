"""Whom to tell of an event. Each app says so in its notifications.py; here the messages are written, once each.

@notify_on("application.submit")
def submitted(event):
    yield Message(
        to=[Holders(Role.RECOMMENDER_OFFICER, recommender_id)],
        subject="有新的申报待初筛", template="application_submitted", link=f"/recommend/{event.record_ref}/",
        todo=True, topic=f"application:{event.record_pk}:screen",
    )

@notify_on("application.qualify", "application.decline")
def screened(event):
    yield Settled(topic=f"application:{event.record_pk}:screen")
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any

from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.template import Context, Engine
from django.utils import timezone

from portal.events.models import Event
from portal.events.reactions import on
from portal.notifications.models import Dispatch, Notification
from portal.people.models import Membership, User
from portal.web.formats import deadline_text


@dataclass(frozen=True)
class Holders:
    """Whoever holds a role at an organisation on the day of the event; without an organisation, everywhere."""

    role: str
    organisation_id: int | None = None


@dataclass(frozen=True)
class Message:
    """One message to several people.

    to        users, user ids or Holders; each person gets it once
    template  of templates/notifications/<template>.txt, printed with `context` and name, ref, due, link
    link      the path where the recipient acts; one message has one link, so one message for each kind of recipient
    todo      a 待办, open until a Settled of its topic; else a 通知
    sms       goes as a short message too, mail goes to whoever has an address
    """

    to: Iterable[User | int | Holders]
    subject: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    link: str = ""
    due_at: datetime | None = None
    todo: bool = False
    topic: str = ""
    sms: bool = False


@dataclass(frozen=True)
class Settled:
    """The 待办 of this topic are done, whoever did it."""

    topic: str


def notify_on(*kinds: str) -> Callable:
    """Registers a function event → iterable of Message and Settled for these events."""

    def register(function: Callable[[Event], Iterable[Message | Settled] | None]) -> Callable:
        @wraps(function)
        def tell(event: Event) -> None:
            notify(event, function(event) or ())

        on(*kinds)(tell)
        return function

    return register


def notify(event: Event, messages: Iterable[Message | Settled]) -> list[Notification]:
    """Writes what is new of these messages and returns it; the same event, person and template never come twice.

    Side effects in order: settles topics, inserts notifications and dispatches, after the commit nudges the sender.
    """
    from portal.notifications.deliver import nudge

    written: list[Notification] = []
    with transaction.atomic():
        for message in messages:
            if isinstance(message, Settled):
                settle(message.topic, at=event.at)
            else:
                written += _write(event, message)
        if written:
            transaction.on_commit(nudge)
    return written


def settle(topic: str, *, at: datetime) -> int:
    """Closes the open 待办 of a topic; they count as read. Returns how many."""
    open_ones = Notification.objects.open().filter(topic=topic)
    return open_ones.update(done_at=at, read_at=Coalesce("read_at", Value(at)))


def unread_count(user_id: int) -> int:
    return Notification.objects.to(user_id).unread().count()


def recipients(to: Iterable[User | int | Holders], at: datetime) -> list[User]:
    """The people meant, active ones only, each once, in a steady order."""
    wanted = Q(pk__in=[])
    for one in to:
        if isinstance(one, Holders):
            where = Q(organisation_id=one.organisation_id) if one.organisation_id else Q()
            holding = Membership.on(timezone.localdate(at)).filter(where, role=one.role)
            wanted |= Q(pk__in=holding.values("user_id"))
        else:
            wanted |= Q(pk=one.pk if isinstance(one, User) else one)
    return list(User.objects.filter(wanted, is_active=True).order_by("pk"))


def body_of(message: Message, *, name: str, ref: str) -> str:
    """The text of a message. Plain text, so nothing is escaped; a template asks for name, ref, due and link."""
    template = Engine.get_default().get_template(f"notifications/{message.template}.txt")
    due = deadline_text(message.due_at) if message.due_at else ""
    values = {**message.context, "name": name, "ref": ref, "due": due, "link": message.link}
    return template.render(Context(values, autoescape=False)).strip()


def _write(event: Event, message: Message) -> list[Notification]:
    people = recipients(message.to, event.at)
    have = Notification.objects.filter(event_sequence=event.sequence, template=message.template)
    told = set(have.values_list("recipient_id", flat=True))
    kind = Notification.Kind.TODO if message.todo else Notification.Kind.NOTICE
    new = Notification.objects.bulk_create(
        Notification(
            recipient=person,
            event_sequence=event.sequence,
            template=message.template,
            kind=kind,
            topic=message.topic,
            subject=message.subject,
            body=body_of(message, name=person.name, ref=event.record_ref),
            link=message.link,
            due_at=message.due_at,
            created_at=event.at,
        )
        for person in people
        if person.pk not in told
    )
    Dispatch.objects.bulk_create(
        Dispatch(notification=notification, channel=channel, due_at=timezone.now())
        for notification in new
        for channel in _channels(notification.recipient, message)
    )
    return new


def _channels(person: User, message: Message) -> list[str]:
    """Mail for whoever has an address, a short message where it is asked for and there is a number."""
    wanted = {Dispatch.Channel.MAIL: person.email, Dispatch.Channel.SMS: message.sms and person.mobile}
    return [channel for channel, address in wanted.items() if address]
