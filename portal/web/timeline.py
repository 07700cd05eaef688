"""A record's history, read from its events."""

from django.db.models import OuterRef, Subquery

from portal.events import catalogue
from portal.events.models import Event
from portal.people.models import User
from portal.people.roles import CAST_ROLES, Role
from portal.regulation.articles import Article
from portal.web.components import TimelineItem
from portal.web.formats import instant_text

CAST = "市科协"


def timeline(record, actor, limit: int = 100) -> list[TimelineItem]:
    """Newest first. One query. People of 市科协 are named to colleagues only; others read 市科协."""
    actor_name = User.objects.filter(pk=OuterRef("actor_user_id")).values("name")
    events = (
        Event.objects.filter(record_table=record._meta.db_table, record_pk=str(record.pk))
        .select_related("note")
        .annotate(actor_name=Subquery(actor_name))
        .order_by("-sequence")[:limit]
    )
    return [_item(event, event.actor_name, actor) for event in events]


def _item(event: Event, name: str | None, actor) -> TimelineItem:
    who = who_acted(event, name, actor)
    note = getattr(event, "note", None)
    return TimelineItem(
        at_text=instant_text(event.at),
        who=who,
        sentence=catalogue.sentence_of(event, actor=who),
        reason=note.text if note else "",
        articles=[str(Article.from_data(data)) for data in event.articles],
    )


def who_acted(event: Event, name: str | None, actor) -> str:
    """The acting person as this viewer may know them."""
    if event.actor_role in (Role.SYSTEM, Role.PUBLIC):
        return Role(event.actor_role).label
    if actor.role not in CAST_ROLES and event.actor_role == Role.EXPERT:
        return "评审专家"
    if actor.role not in CAST_ROLES and event.actor_role in CAST_ROLES:
        return CAST
    return name or "—"
