"""公告: drafted, approved by another, published at once or at its hour, ended, archived (Art. 16, 19)."""

import logging
from collections.abc import Iterable
from datetime import datetime

from applications.models import Application, Cycle, Notice, NoticeEntry
from portal.calendars.workdays import local_day
from portal.people.actor import SYSTEM, Actor
from portal.people.models import Organisation
from portal.regulation.articles import Article
from portal.regulation.rules import Refused, failed
from portal.workflow.operation import cast_id
from portal.workflow.take import StaleVersion, begin, operation, take

log = logging.getLogger("applications.notice")


def create(
    *, actor: Actor, at: datetime, kind: str, title: str, body: str, cycle: Cycle | None = None, **values
) -> Notice:
    """A draft, numbered within the year: GG2026-003.

    values: document_number, working_days, office, address, phone, email.
    """
    with operation(actor=actor, at=at):
        notice = Notice(
            organisation_id=cast_id(),
            number=next_number(local_day(at).year),
            cycle=cycle,
            kind=kind,
            title=title,
            body=body,
            drafted_by_id=actor.user_id,
            **values,
        )
        return begin("create", notice, actor=actor, at=at, title=title)


def next_number(year: int) -> str:
    """The next free number of a year. Locks the row of 市科协, so that two drafts at once get two numbers."""
    Organisation.objects.select_for_update(no_key=True).get(kind=Organisation.Kind.CAST)
    prefix = f"GG{year}-"
    last = Notice.objects.filter(number__startswith=prefix).order_by("-number").first()
    return f"{prefix}{int(last.number.removeprefix(prefix)) + 1 if last else 1:03d}"


def edit(notice: Notice, *, actor: Actor, at: datetime, version: int | None = None, **values) -> Notice:
    """values: title, body, document_number, working_days, office, address, phone, email; what is left out stays."""
    return take("edit", notice, actor=actor, at=at, version=version, changes=values)


def set_entries(notice: Notice, applications: Iterable[Application], *, actor: Actor, at: datetime) -> Notice:
    """The people on a publicity or a final list, in order: just the four facts that may be public (Art. 19).

    Called by the commands that make the list; the notice must still be a draft. Raises Refused.
    """
    with operation(actor=actor, at=at, lock=[notice]):
        if Notice.objects.get(pk=notice.pk).state != Notice.State.DRAFT:
            raise Refused("编制名单", [failed("公告已经批准，不能再改名单", article=Article(19))])
        notice.entries.all().delete()
        NoticeEntry.objects.bulk_create(
            NoticeEntry(
                organisation_id=notice.organisation_id,
                notice=notice,
                application=application,
                name=application.applicant_name,
                unit=application.organisation.name,
                field=application.field.name,
                recommender=application.recommender.name,
                position=position,
            )
            for position, application in enumerate(applications, 1)
        )
    return notice


def approve(notice: Notice, *, actor: Actor, at: datetime, version: int | None = None) -> Notice:
    return take("approve", notice, actor=actor, at=at, version=version)


def send_back(notice: Notice, *, actor: Actor, at: datetime, reason: str, version: int | None = None) -> Notice:
    return take("send_back", notice, actor=actor, at=at, reason=reason, version=version)


def schedule(notice: Notice, *, actor: Actor, at: datetime, publish_at: datetime, version: int | None = None) -> Notice:
    """publish_due() publishes it then."""
    return take("schedule", notice, actor=actor, at=at, version=version, publish_at=publish_at)


def publish(notice: Notice, *, actor: Actor, at: datetime, version: int | None = None) -> Notice:
    """Makes the notice public, then its entries; the period of a publicity begins."""
    with operation(actor=actor, at=at):
        notice = take("publish", notice, actor=actor, at=at, version=version)
        notice.entries.update(is_public=True)
    return notice


def end(notice: Notice, *, actor: Actor, at: datetime, version: int | None = None) -> Notice:
    return take("end", notice, actor=actor, at=at, version=version)


def archive(notice: Notice, *, actor: Actor, at: datetime, version: int | None = None) -> Notice:
    return take("archive", notice, actor=actor, at=at, version=version)


def publish_due(at: datetime) -> int:
    """As SYSTEM: publishes what was scheduled for now or before. Returns how many."""
    due = Notice.objects.filter(state=Notice.State.APPROVED, publish_at__lte=at)
    return sum(_taken(publish, notice, at) for notice in due)


def end_due(at: datetime) -> int:
    """As SYSTEM: ends the publicities whose period is over. Returns how many."""
    due = Notice.objects.filter(state=Notice.State.PUBLISHED, ends_at__lte=at)
    return sum(_taken(end, notice, at) for notice in due)


def _taken(command, notice: Notice, at: datetime) -> bool:
    """One that is refused stays, and its page says why; the others go on."""
    try:
        command(notice, actor=SYSTEM, at=at, version=notice.version)
    except (Refused, StaleVersion) as refused:
        log.warning("notice %s: %s", notice.number, refused)
        return False
    return True
