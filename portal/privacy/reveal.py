"""Showing a person the full text of an encrypted field: asks for a reason, leaves an event (Art. 33)."""

from datetime import datetime

from portal.access.decide import require
from portal.events import catalogue
from portal.people.actor import Actor
from portal.privacy.fields import EncryptedField, Sealed
from portal.regulation.articles import Article
from portal.regulation.rules import Refused, failed
from portal.workflow.take import note

ACTION = catalogue.kind("privacy.reveal", "{actor}查看了{ref}的{field}", articles=[Article(33)])
SHORTEST_REASON = 4  # characters


def reveal(record, field: str, *, actor: Actor, at: datetime, reason: str) -> str:
    """The text of record.field ('' if it is empty). The record has `ref` and `keeper_id`, as every machine does.

    Order: Denied by the matrix row privacy.reveal; Refused without a reason; CannotOpen; writes the event, which names
    the field and the reason but never the value; returns the text.
    """
    declared = record._meta.get_field(field)
    if not isinstance(declared, EncryptedField):
        raise TypeError(f"{field} is not encrypted")
    require(actor, ACTION, record)
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(f"查看{declared.verbose_name}", [failed("请填写查看的理由", article=Article(33))])
    value = getattr(record, field)
    text = value.plain() if isinstance(value, Sealed) else ""
    note(ACTION, record, actor=actor, at=at, facts={"field": str(declared.verbose_name)}, reason=reason.strip())
    return text
