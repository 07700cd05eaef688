"""承诺书 (Art. 33): asked for with each invitation, signed by name before anything can be read."""

import hashlib
from datetime import datetime

from django.utils import timezone

from portal.access.decide import require
from portal.events import catalogue
from portal.people.actor import Actor
from portal.reference import reference
from portal.regulation.articles import Article
from portal.regulation.rules import Refused, failed
from portal.workflow.operation import cast_id, locked
from portal.workflow.take import note, operation
from review.models import Expert, Meeting, Round, Undertaking

SIGN = catalogue.kind("undertaking.sign", "{actor}签署了{ref}", articles=[Article(33)])


def text_for(kind: str) -> str:
    """The text an expert or a colleague signs: every undertaking of that kind, one after the other."""
    wanted = "staff" if kind == Undertaking.Kind.STAFF else "expert"
    parts = reference("undertakings").where(kind=wanted)
    return "\n\n".join(f"{each.name}\n{each['text']}" for each in parts)


def ask_expert(expert: Expert, *, round: Round | None = None, meeting: Meeting | None = None, at: datetime) -> None:
    """The undertaking that waits for the expert's signature; nothing where it stands already."""
    kind = Undertaking.Kind.ROUND if round else Undertaking.Kind.MEETING
    text = text_for(kind)
    Undertaking.objects.get_or_create(
        kind=kind,
        expert=expert,
        round=round,
        meeting=meeting,
        defaults={
            "organisation_id": expert.organisation_id,
            "user_id": expert.user_id,
            "year": timezone.localdate(at).year,
            "text": text,
            "digest": hashlib.sha256(text.encode()).hexdigest(),
        },
    )


def sign(undertaking: Undertaking, *, name: str, actor: Actor, at: datetime) -> Undertaking:
    """Signs by typing one's own name. Signing again changes nothing. Raises Refused for another name."""
    with operation(actor=actor, at=at):
        row = locked(undertaking)
        require(actor, SIGN, row)
        _own_name(name, actor)
        if row.signed_at is None:
            row.signed_name, row.signed_at = actor.name, at
            row.save()
            note(SIGN, row, actor=actor, at=at, facts={"digest": row.digest})
    return row


def sign_for_the_year(*, name: str, actor: Actor, at: datetime) -> Undertaking:
    """A colleague of 市科协 signs the year's undertaking."""
    year, text = timezone.localdate(at).year, text_for(Undertaking.Kind.STAFF)
    with operation(actor=actor, at=at):
        _own_name(name, actor)
        row, fresh = Undertaking.objects.get_or_create(
            kind=Undertaking.Kind.STAFF,
            user_id=actor.user_id,
            year=year,
            defaults={
                "organisation_id": cast_id(),
                "text": text,
                "digest": hashlib.sha256(text.encode()).hexdigest(),
                "signed_name": actor.name,
                "signed_at": at,
            },
        )
        require(actor, SIGN, row)
        if fresh:
            note(SIGN, row, actor=actor, at=at, facts={"digest": row.digest})
    return row


def has_signed(actor: Actor, at: datetime) -> bool:
    """Whether a colleague of 市科协 has signed the undertaking of this year."""
    year = timezone.localdate(at).year
    return Undertaking.objects.filter(
        kind=Undertaking.Kind.STAFF, user_id=actor.user_id, year=year, signed_at__isnull=False
    ).exists()


def _own_name(name: str, actor: Actor) -> None:
    if name.strip() != actor.name:
        raise Refused("签署承诺书", [failed("签名应与本人姓名一致", article=Article(33))])
