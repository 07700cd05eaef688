"""The pool of experts, their conflicts, and whom host units ask to avoid (Art. 3, 17, 33)."""

from datetime import datetime

from django.utils import timezone

from applications.models import Application
from portal.access.decide import require
from portal.events import catalogue
from portal.people.actor import Actor
from portal.people.models import Membership, User
from portal.people.roles import Role
from portal.regulation.articles import Article
from portal.regulation.rules import Refused, failed
from portal.tenancy.reach import Because, everything
from portal.workflow.operation import cast_id, locked
from portal.workflow.take import note, operation, take
from review import rules
from review.desk import Conflicts
from review.lifecycle.assignment import ENDED
from review.models import Assignment, Avoidance, Conflict, Expert, PanelSheet, Voted
from review.numbers import next_number

ADD = catalogue.kind("expert.add", "{actor}把{ref}录入专家库（{kind}）", articles=[Article(3), Article(17)])
EDIT = catalogue.kind("expert.edit", "{actor}修改了{ref}的资料：{fields}", articles=[Article(17)])
RECORD = catalogue.kind("conflict.record", "{actor}登记{ref}与{application}有利害关系", articles=[Article(17)])
ASK = catalogue.kind("avoidance.ask", "{actor}就{ref}申请一位专家回避", articles=[Article(17)])
LOOK = catalogue.kind("expert.look", "{actor}查看了专家{ref}的资料", articles=[Article(33)])
SITTING = ("planned", "in_session", "voting")  # a panel whose votes are not counted yet
BEFORE_REVIEW = (
    "draft",
    "submitted",
    "returned_by_recommender",
    "qualified",
    "recommended",
    "forwarded",
    "in_cast_review",
    "returned_by_cast",
    "eligible",
)


def add(user: User, *, actor: Actor, at: datetime, **profile) -> Expert:
    """A user into the pool. profile: kind, employer, employer_code, title, fields, disciplines, former_employers …"""
    with operation(actor=actor, at=at):
        if Expert.objects.filter(user=user).exists():
            raise Refused("专家入库", [failed(f"{user.name}已在专家库", article=Article(17))])
        expert = Expert(
            organisation_id=cast_id(),
            number=next_number(Expert, "ZJ", 4),
            user=user,
            name=user.name,
            created_at=at,
            **profile,
        )
        require(actor, ADD, expert)
        expert.save(force_insert=True)
        note(ADD, expert, actor=actor, at=at, facts={"kind": expert.get_kind_display()})
    return expert


def edit(expert: Expert, *, actor: Actor, at: datetime, **profile) -> Expert:
    """Changes the profile; what is left out stays. The event names the fields, never their values.

    What the new facts forbid the expert to judge is taken back, as with a recorded conflict.
    """
    tasks = list(_held(expert))
    with operation(actor=actor, at=at, lock=tasks):
        row = locked(expert)
        require(actor, EDIT, row)
        changed = [name for name, value in profile.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, profile[name])
        row.save()
        labels = "、".join(str(Expert._meta.get_field(name).verbose_name) for name in changed)
        if changed:
            note(EDIT, row, actor=actor, at=at, facts={"fields": labels})
            for task in tasks:
                known = Conflicts(task.round.cycle, at, settings={**task.round.cycle.settings, **task.round.settings})
                for finding in known.between(row.pk, task.application_id)[:1]:
                    take("revoke", task, actor=actor, at=at, reason=finding.message)
            for sheet in _sheets(row).select_related("slot__meeting__cycle"):
                if Conflicts(sheet.slot.meeting.cycle, at).between(row.pk, sheet.slot.application_id):
                    _recuse(sheet)
    return row


def _held(expert: Expert):
    """Tasks that count, or will, for a result that is not confirmed."""
    standing = Assignment.objects.filter(expert=expert).exclude(state__in=ENDED).exclude(round__state="confirmed")
    return standing.select_related("round__cycle")


def _sheets(expert: Expert):
    """Sheets of a panel whose votes are not counted yet, on which the expert has neither recused nor voted."""
    open_ones = PanelSheet.objects.filter(expert=expert, slot__meeting__state__in=SITTING)
    return open_ones.filter(recusal__in=["", PanelSheet.NONE]).exclude(pk__in=Voted.objects.values("sheet"))


def _recuse(sheet: PanelSheet) -> None:
    sheet.declare(PanelSheet.KNOWN)
    sheet.save()


def record_conflict(expert: Expert, application: Application, *, reason: str, actor: Actor, at: datetime) -> Conflict:
    """A conflict that came to light outside the portal: the pair can no longer be assigned, what the expert holds on
    the application is taken back, and sheets of a panel that has not voted no longer count (Art. 17, 33)."""
    tasks = list(_held(expert).filter(application=application))
    with operation(actor=actor, at=at, lock=tasks):
        require(actor, RECORD, expert)
        conflict, fresh = Conflict.objects.get_or_create(
            expert=expert,
            application=application,
            defaults={
                "organisation_id": cast_id(),
                "reason": reason,
                "recorded_by_id": actor.user_id,
                "recorded_at": at,
            },
        )
        if fresh:
            note(RECORD, expert, actor=actor, at=at, facts={"application": application.number}, reason=reason)
            for task in tasks:
                take("revoke", task, actor=actor, at=at, reason=reason)
            for sheet in _sheets(expert).filter(slot__application=application):
                _recuse(sheet)
    return conflict


def ask_to_avoid(
    application: Application, *, name: str, reason: str, unit: str = "", actor: Actor, at: datetime
) -> None:
    """A host unit names an expert who should not judge its application. Until the review begins, and so many at most.

    The row is 市科协's and the unit cannot read it; the unit's own event says that it asked, not whom it named.
    """
    with operation(actor=actor, at=at, lock=[application]):
        row = locked(application)
        require(actor, ASK, row)
        if row.state not in BEFORE_REVIEW:
            raise Refused("申请专家回避", [failed("申报已进入评审，不能再申请专家回避", article=Article(17))])
        most = row.cycle.settings["avoid_max"]
        with everything(because=Because.COUNTER):
            finding = rules.still_to_be_named(Avoidance.objects.filter(application=row).count(), most)
            if finding.blocks:
                raise Refused("申请专家回避", [finding])
            _, fresh = Avoidance.objects.get_or_create(
                application=row,
                name=name.strip(),
                unit=unit.strip(),
                defaults={
                    "organisation_id": cast_id(),
                    "reason": reason,
                    "asked_by_id": actor.user_id,
                    "asked_at": at,
                },
            )
        if fresh:
            note(ASK, row, actor=actor, at=at)


def avoidances_of(application: Application) -> list[tuple[str, str, str]]:
    """(name, unit, reason) of what a unit has asked for, for the unit itself: the caller has found the application
    through the unit's own fence."""
    with everything(because=Because.COUNTER):
        rows = Avoidance.objects.filter(application_id=application.pk).order_by("pk")
        return list(rows.values_list("name", "unit", "reason"))


def enrol(*, username: str, name: str, mobile: str, email: str, actor: Actor, at: datetime, **profile) -> Expert:
    """Into the pool with the account of that name; a person without one gets an account and the role of an expert."""
    with operation(actor=actor, at=at):
        user = User.objects.filter(username=username).first()
        if user is None:
            user = User(username=username, name=name, mobile=mobile, email=email)
            user.set_unusable_password()
            user.save(force_insert=True)
        today = timezone.localdate(at)
        if not Membership.on(today).filter(user=user, role=Role.EXPERT).exists():
            Membership.objects.create(user=user, role=Role.EXPERT, from_date=today)
        return add(user, actor=actor, at=at, **profile)


def look_at(expert: Expert, *, actor: Actor, at: datetime) -> None:
    """Somebody reads who an expert is (Art. 33)."""
    note(LOOK, expert, actor=actor, at=at)
