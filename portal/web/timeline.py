"""A record's history, read from its events."""

from portal.events import catalogue
from portal.events.models import Event
from portal.people.models import User
from portal.people.roles import CAST_ROLES, Role
from portal.regulation.articles import Article
from portal.web.components import TimelineItem
from portal.web.formats import instant_text

CAST = "市科协"


def timeline(record, actor, limit: int = 100) -> list[TimelineItem]:
    """Newest first. Two queries. People of 市科协 are named to colleagues only; others read 市科协."""
    events = list(
        Event.objects.filter(record_table=record._meta.db_table, record_pk=str(record.pk))
        .select_related("note")
        .order_by("-sequence")[:limit]
    )
    names = dict(User.objects.filter(pk__in={event.actor_user_id for event in events}).values_list("pk", "name"))
    return [_item(event, names, actor) for event in events]


def _item(event: Event, names: dict[int, str], actor) -> TimelineItem:
    who = who_acted(event, names, actor)
    note = getattr(event, "note", None)
    return TimelineItem(
        at_text=instant_text(event.at),
        who=who,
        sentence=catalogue.sentence_of(event, actor=who),
        reason=note.text if note else "",
        articles=[str(Article.from_data(data)) for data in event.articles],
    )


def who_acted(event: Event, names: dict[int, str], actor) -> str:
    """The acting person as this viewer may know them."""
    if event.actor_role in (Role.SYSTEM, Role.PUBLIC):
        return Role(event.actor_role).label
    if actor.role not in CAST_ROLES and event.actor_role == Role.EXPERT:
        return "评审专家"
    if actor.role not in CAST_ROLES and event.actor_role in CAST_ROLES:
        return CAST
    return names.get(event.actor_user_id or 0, "—")
