"""Objections: handed in at the counter, handled by one person, decided by another, answered (Art. 19)."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile

from applications.models import NoticeEntry
from portal.access.decide import require
from portal.calendars.workdays import end_of_period
from portal.events import catalogue
from portal.files.store import store
from portal.people.actor import PUBLIC, Actor
from portal.people.roles import Role
from portal.regulation.articles import Article
from portal.regulation.rules import Refused, failed
from portal.tenancy.reach import Because, everything
from portal.workflow.operation import cast_id
from portal.workflow.take import begin, note, operation, take
from review.models import Objection
from review.models.objection import code_digest, plain

REVEAL = catalogue.kind("objection.reveal", "{actor}查看了异议{ref}的提出人", [Article(19), Article(33)])
EVIDENCE = "objection.evidence"
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without those that look alike


@dataclass(frozen=True)
class Receipt:
    """What the objector keeps: the number, and the code that is shown once and stored only as a digest."""

    number: str
    code: str


def file(
    entry: NoticeEntry,
    *,
    kind: str,
    name: str,
    contact: str,
    facts: str,
    person: str = "",
    evidence: UploadedFile | None = None,
    at: datetime,
) -> Receipt:
    """Anyone objects to one person on a publicity, inside its period and by name. Raises Refused.

    Always as 公众, whoever is signed in: neither account nor address is kept with it.
    """
    code = "".join(secrets.choice(LETTERS) for _ in range(8))
    with everything(because=Because.COUNTER), operation(actor=PUBLIC, at=at):
        notice = entry.notice
        number = _free_number(notice.cycle.year)
        objection = Objection(
            organisation_id=cast_id(),
            number=number,
            notice=notice,
            entry=entry,
            application_id=entry.application_id,
            code_digest=code_digest(number, code),
            kind=kind,
            name=name.strip(),
            person=person.strip(),
            contact=contact.strip(),
            facts=facts,
            filed_at=at,
        )
        if evidence:
            objection.evidence = store(
                evidence, actor=PUBLIC, organisation_id=objection.organisation_id, purpose=EVIDENCE, at=at
            )
        begin("file", objection, actor=PUBLIC, at=at, application=entry.name)
    return Receipt(number, code)


def _free_number(year: int) -> str:
    """A receipt number without order, so that nobody reads from it how many there are."""
    while True:
        number = f"YY{year}-{secrets.randbelow(10**6):06d}"
        if not Objection.objects.filter(number=number).exists():
            return number


def follow(number: str, code: str) -> Objection | None:
    """The objection of a receipt, for its holder; None for a wrong number and for a wrong code alike."""
    with everything(because=Because.COUNTER):
        objection = Objection.objects.select_related("entry").filter(number=number.strip().upper()).first()
        return objection if objection and objection.opens_with(code) else None


def accept(objection: Objection, *, actor: Actor, at: datetime, version: int | None = None) -> Objection:
    """Takes it on as handler; the person objected to is held, and the others on the publicity go on."""
    due = end_of_period(at, objection.notice.cycle.settings["objection_days"])
    with operation(actor=actor, at=at, lock=[objection.application, objection]):
        objection = take("accept", objection, actor=actor, at=at, version=version, due_at=due)
        if objection.application.state == "in_publicity":
            take("hold", objection.application, actor=actor, at=at)
    return objection


def refuse(objection: Objection, *, reason: str, actor: Actor, at: datetime, version: int | None = None) -> Objection:
    return take("refuse", objection, actor=actor, at=at, version=version, reason=reason, reply=reason)


def investigate(objection: Objection, *, actor: Actor, at: datetime, version: int | None = None) -> Objection:
    return take("investigate", objection, actor=actor, at=at, version=version)


def report(objection: Objection, *, findings: str, actor: Actor, at: datetime, version: int | None = None) -> Objection:
    return take("report", objection, actor=actor, at=at, version=version, findings=findings)


def uphold(objection: Objection, *, reason: str, actor: Actor, at: datetime, version: int | None = None) -> Objection:
    """The objection holds: the selection is cancelled and the public entry says so."""
    with operation(actor=actor, at=at, lock=[objection.application, objection]):
        objection = take("uphold", objection, actor=actor, at=at, version=version, reason=reason, conclusion=reason)
        if objection.application.state == "objection_hold":
            take("uphold", objection.application, actor=actor, at=at)
            objection.entry.withdrawn_because = "经核查，异议成立"
            objection.entry.save()
    return objection


def dismiss(objection: Objection, *, reason: str, actor: Actor, at: datetime, version: int | None = None) -> Objection:
    """The objection does not hold; with no other one accepted, the person's publicity goes on."""
    with operation(actor=actor, at=at, lock=[objection.application, objection]):
        objection = take("dismiss", objection, actor=actor, at=at, version=version, reason=reason, conclusion=reason)
        others = Objection.objects.filter(
            application_id=objection.application_id, state__in=("accepted", "investigating")
        )
        if objection.application.state == "objection_hold" and not others.exists():
            take("clear", objection.application, actor=actor, at=at)
    return objection


def answer(objection: Objection, *, reply: str, actor: Actor, at: datetime, version: int | None = None) -> Objection:
    return take("answer", objection, actor=actor, at=at, version=version, reply=reply)


def reveal(objection: Objection, *, reason: str, actor: Actor, at: datetime) -> dict[str, str]:
    """Name and contact of the objector, for the handler and the decider alone; each look is an event with a reason."""
    require(actor, REVEAL, objection)
    handles = actor.role == Role.CAST_OFFICER and objection.handler_id in (None, actor.user_id)
    decides = actor.role == Role.CAST_SUPERVISOR and objection.handler_id not in (None, actor.user_id)
    if not (handles or decides):
        raise Refused("查看异议提出人", [failed("只有核查人和决定人可以查看提出人", article=Article(33))])
    if not reason.strip():
        raise Refused("查看异议提出人", [failed("请填写查看的理由", article=Article(33))])
    note(REVEAL, objection, actor=actor, at=at, reason=reason.strip())
    return {name: plain(getattr(objection, name)) for name in ("name", "person", "contact")}
