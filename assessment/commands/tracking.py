"""Verbs of tracking and information changes (Art. 25, 28)."""

from datetime import date

from assessment.models import ContactRecord, InformationChange
from funding.models import Selectee
from portal.access.decide import require
from portal.calendars.workdays import local_day
from portal.events import catalogue
from portal.people.actor import Actor
from portal.regulation.articles import Article
from portal.regulation.rules import Refused, failed
from portal.workflow.take import begin, note, operation, take

CONTACTED = catalogue.kind("tracking.add", "{actor}登记了与{ref}的联系（{kind}）", [Article(25), Article(28)])


def add(
    selectee: Selectee,
    *,
    actor: Actor,
    at,
    kind: str,
    happened_date: date,
    summary: str,
    follow_up_date: date | None = None,
    version=None,
) -> ContactRecord:
    """Writes down a contact; the unit that made it keeps the record. Raises Refused for a day that is still to come."""
    if happened_date > local_day(at):
        raise Refused("登记联系记录", [failed("联系日期不能晚于今天", article=Article(28))])
    with operation(actor=actor, at=at):
        require(actor, "tracking.add", selectee)
        record = ContactRecord.objects.create(
            organisation_id=actor.organisation_id,
            selectee=selectee,
            kind=kind,
            happened_date=happened_date,
            summary=summary,
            follow_up_date=follow_up_date,
            recorded_by_id=actor.user_id,
            recorded_at=at,
        )
        note("tracking.add", selectee, actor=actor, at=at, facts={"kind": record.get_kind_display()})
    return record


def request_change(
    selectee: Selectee, *, actor: Actor, at, fact: str, after: str, because: str, version=None
) -> InformationChange:
    """Asks for a key fact to change; a day comes as 2026-10-15."""
    with operation(actor=actor, at=at, lock=[selectee]):
        count = InformationChange.objects.filter(selectee=selectee).count()
        change = InformationChange(
            organisation_id=selectee.organisation_id,
            number=f"{selectee.number.replace('RX', 'XB')}-{count + 1}",
            selectee=selectee,
            fact=fact,
            before=str(getattr(selectee, fact) or ""),
            after=after,
            because=because,
        )
        return begin("request", change, actor=actor, at=at)


def approve_change(change: InformationChange, *, actor: Actor, at, version=None) -> InformationChange:
    """Approves, and writes the new value into the selectee."""
    with operation(actor=actor, at=at, lock=[change, change.selectee]):
        change = take("approve", change, actor=actor, at=at, version=version)
        selectee = change.selectee
        setattr(selectee, change.fact, change.value())
        selectee.version += 1
        selectee.save(update_fields=[change.fact, "version"])
    return change


def refuse_change(change: InformationChange, *, actor: Actor, at, reason: str, version=None) -> InformationChange:
    return take("refuse", change, actor=actor, at=at, version=version, reason=reason)
