"""The verbs of an application on the host unit's side (Art. 10, 13, 14, 15)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from applications.models import Application, Cycle, Section, SectionNote
from applications.models.application import recommenders_of
from applications.models.dossier import definition_of
from portal.access.decide import require
from portal.events import catalogue
from portal.people.actor import Actor
from portal.people.models import Membership, Organisation, User
from portal.people.roles import Role
from portal.regulation.articles import Article
from portal.regulation.rules import Refused, failed
from portal.workflow.operation import locked
from portal.workflow.take import begin, note, operation, take

INVITE = catalogue.kind("application.invite", "{actor}邀请{applicant}填写{ref}", articles=[Article(13, 2)])
ANSWER = catalogue.kind("application.answer_note", "{actor}答复了{ref}的退回意见：{section}", articles=[Article(13, 4)])
LAPSED = catalogue.kind(
    "application.declaration_lapsed", "{ref}的内容有修改，原承诺失效，须重新签署", articles=[Article(14)]
)
MOVED = catalogue.kind("application.choose_recommender", "{actor}选择由{recommender}推荐{ref}", articles=[Article(11)])


def next_number(year: int) -> str:
    """ZY2026-0132. Side effect: takes the number, whether or not the transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('application_serial')")
        return f"ZY{year}-{cursor.fetchone()[0]:04d}"


def create(
    cycle: Cycle, *, recommender: Organisation | None, applicant_name: str, actor: Actor, at: datetime
) -> Application:
    """Opens the unit's one application of the cycle with its empty pages. Raises Denied or Refused (Art. 10, 11)."""
    with operation(actor=actor, at=at):
        application = begin(
            "create",
            Application(
                organisation_id=actor.organisation_id,
                number=next_number(cycle.year),
                cycle=cycle,
                recommender=recommender or only_recommender(actor.organisation_id, at),
                applicant_name=applicant_name,
            ),
            actor=actor,
            at=at,
        )
        pages = [Section(application=application, organisation_id=application.organisation_id, key=page.key)
                 for page in definition_of(cycle)]  # fmt: skip
        Section.objects.bulk_create(pages)
    return application


def only_recommender(host_id: int, at: datetime) -> Organisation | None:
    """The recommending unit of a host unit that has just one."""
    found = list(recommenders_of(host_id, timezone.localdate(at))[:2])
    return found[0] if len(found) == 1 else None


def choose_recommender(
    application: Application, *, recommender: Organisation, actor: Actor, at: datetime, version: int | None = None
) -> Application:
    """Chooses the recommending unit before submission; another one than before voids the applicant's signature."""
    with operation(actor=actor, at=at):
        row = changeable(application, "选择推荐单位", actor, at, states=("draft",))
        if not recommenders_of(row.organisation_id, timezone.localdate(at)).filter(pk=recommender.pk).exists():
            raise Refused("选择推荐单位", [failed("本单位不归这个推荐单位推荐", article=Article(11))])
        row.recommender = recommender
        changed(row, actor=actor, at=at)
        note(MOVED, row, actor=actor, at=at, facts={"recommender": recommender.name})
    return row


@dataclass(frozen=True)
class Invited:
    """Who was invited, and the path of the one-time link on which a new person sets a password ('' for an account)."""

    application: Application
    user: User
    link: str


def invite(
    application: Application, *, actor: Actor, at: datetime, account: User | None = None, **person: str
) -> Invited:
    """Links the applicant: an existing account of the unit, or a new one (name, mobile, email) with a one-time link.

    Side effects: perhaps a User named after the application and a Membership; a change of person voids the signature;
    an event. Raises Denied, or Refused when the application is no longer with the unit.
    """
    with operation(actor=actor, at=at):
        row = changeable(application, "邀请申报人", actor, at, action="application.invite")
        user = account or _new_user(row, **person)
        _become_applicant(user, row, at)
        if row.applicant_id != user.pk:
            row.applicant = user
            changed(row, actor=actor, at=at)
        note(INVITE, row, actor=actor, at=at, facts={"applicant": user.name})
    return Invited(row, user, "" if account else one_time_path(user))


def _new_user(application: Application, *, name: str, mobile: str = "", email: str = "") -> User:
    taken = User.objects.filter(username__startswith=application.number.lower()).count()
    username = application.number.lower() + (f"-{taken + 1}" if taken else "")
    user = User(username=username, name=name, mobile=mobile, email=email)
    user.set_unusable_password()
    user.save()
    return user


def _become_applicant(user: User, application: Application, at: datetime) -> None:
    today, unit = timezone.localdate(at), application.organisation_id
    held = Membership.on(today).filter(user=user, organisation_id=unit)
    if not held.filter(role=Role.APPLICANT).exists():
        Membership.objects.create(user=user, organisation_id=unit, role=Role.APPLICANT, from_date=today)


def one_time_path(user: User) -> str:
    """Where the person sets a password; the link is void as soon as one is set."""
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    values = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return reverse("account_reset_password_from_key", kwargs=values)


# --- steps -----------------------------------------------------------------------------------------------------------


def sign_declaration(
    application: Application, *, promises: Iterable[str], actor: Actor, at: datetime, version: int | None = None
) -> Application:
    """The applicant signs what is written; any later edit voids it (Art. 8(2)2, 14)."""
    return take("sign_declaration", application, actor=actor, at=at, version=version, promises=list(promises))


def submit(
    application: Application, *, promises: Iterable[str], actor: Actor, at: datetime, version: int | None = None
) -> Application:
    """Freezes the content as the next version and hands it to the recommending unit (Art. 13(3))."""
    return take("submit", application, actor=actor, at=at, version=version, promises=list(promises))


def resubmit(
    application: Application, *, promises: Iterable[str], actor: Actor, at: datetime, version: int | None = None
) -> Application:
    """Hands the corrected pages back to 市科协 as the next version (Art. 15)."""
    return take("resubmit", application, actor=actor, at=at, version=version, promises=list(promises))


def withdraw(
    application: Application, *, reason: str, actor: Actor, at: datetime, version: int | None = None
) -> Application:
    """Ends the application; unit and person are free to apply again (Art. 10)."""
    return take("withdraw", application, actor=actor, at=at, version=version, reason=reason)


def answer_note(
    application: Application, pk: int, *, changed_it: bool, answer: str = "", actor: Actor, at: datetime
) -> Application:
    """Marks a returned page as mended, or says why nothing needs to change. Raises Refused without that reason."""
    with operation(actor=actor, at=at):
        row = changeable(application, "答复退回意见", actor, at, states=RETURNED)
        found = SectionNote.objects.get(application=row, pk=pk, settled_at=None)
        if not changed_it and not answer.strip():
            raise Refused("答复退回意见", [failed("请写明无需修改的理由", article=Article(13, 4))])
        found.answered_at, found.answered_by_id = at, actor.user_id
        found.answer = "" if changed_it else answer.strip()
        found.save()
        facts = {"section": row.definition()[found.section].label}
        note(ANSWER, row, actor=actor, at=at, facts=facts, reason=found.answer)
    return row


# --- shared by the commands that change what is filled in ------------------------------------------------------------

RETURNED = ("returned_by_recommender", "returned_by_cast")
WITH_UNIT = ("draft", *RETURNED)


def changeable(
    application: Application,
    label: str,
    actor: Actor,
    at: datetime,
    *,
    states: Iterable[str] = WITH_UNIT,
    action: str = "application.edit",
) -> Application:
    """The row, locked, if this actor may change it now. Raises Denied, or Refused with the state in words."""
    row = locked(application)
    require(actor, action, row)
    if row.state not in states:
        words = f"现在的状态是“{row.state_label(actor)}”，不能{label}"
        raise Refused(label, [failed(words, article=Article(13, 3))])
    if row.state == "returned_by_cast" and row.correction_due_at and at >= row.correction_due_at:
        raise Refused(label, [failed("补正期限已过，申报已锁定；请联系市科协", article=Article(15))])
    return row


def changed(row: Application, page: str = "", *, actor: Actor, at: datetime) -> None:
    """Saves a locked row whose content has changed.

    Side effects: the applicant's signature is void; a note that asked for a change of `page` is answered; the version
    counts on, so that nobody submits what they have not seen.
    """
    row.notes.filter(section=page, settled_at=None, answered_at=None).update(
        answered_at=at, answered_by_id=actor.user_id
    )
    if row.declared_at is not None:
        row.declared_at, row.declared_by_id = None, None
        note(LAPSED, row, actor=actor, at=at)
    row.version += 1
    row.save()
