"""市科协's side of applications: lists accepted, applications received, reviewed, returned, decided (Art. 13-15)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from applications.cast_answers import Answer, overrides
from applications.commands.recommendation import close_up
from applications.models import Application, CastCheck, RecommendationList
from portal.calendars.workdays import end_of_period
from portal.people.actor import Actor
from portal.privacy.reveal import reveal
from portal.regulation.articles import Article
from portal.regulation.rules import Finding, Refused, failed
from portal.workflow.models import PreparedStep
from portal.workflow.operation import cast_id
from portal.workflow.take import operation, prepare, take

# What a reviewer gives anew when an item is answered again.
GIVEN = ("on_version", "answer", "overrides", "reason", "findings", "answered_by", "answered_at")


def accept_list(
    unit_list: RecommendationList, *, actor: Actor, at: datetime, version: int | None = None
) -> RecommendationList:
    """Accepts a list; the unit's reserves below the line become 未获推荐 (Art. 11)."""
    with operation(actor=actor, at=at, lock=[unit_list]):  # the list first, as its own unit does
        accepted = take("accept", unit_list, actor=actor, at=at, version=version)
        for application in _of_unit(unit_list, "qualified"):
            take("leave_out", application, actor=actor, at=at)
    return accepted


def return_list(
    unit_list: RecommendationList, *, actor: Actor, at: datetime, reason: str, version: int | None = None
) -> RecommendationList:
    """Returns a list to its unit; its applications go back to 拟推荐."""
    with operation(actor=actor, at=at, lock=[unit_list]):
        returned = take("return_to_unit", unit_list, actor=actor, at=at, reason=reason, version=version)
        for application in _of_unit(unit_list, "forwarded"):
            take("unforward", application, actor=actor, at=at)
        close_up(returned)
    return returned


def extend_list(
    unit_list: RecommendationList,
    *,
    actor: Actor,
    at: datetime,
    until: datetime,
    reason: str,
    version: int | None = None,
) -> RecommendationList:
    return take("extend", unit_list, actor=actor, at=at, reason=reason, version=version, until=until)


def extend(
    application: Application,
    *,
    actor: Actor,
    at: datetime,
    until: datetime,
    reason: str,
    version: int | None = None,
) -> Application:
    """For this unit alone: its submission deadline, or its correction deadline where one runs or has run out."""
    return take("extend", application, actor=actor, at=at, reason=reason, version=version, until=until)


def receive(application: Application, *, actor: Actor, at: datetime, version: int | None = None) -> Application:
    return take("receive", application, actor=actor, at=at, version=version)


def receive_many(applications: Iterable[Application], *, actor: Actor, at: datetime) -> list[Application]:
    """Receives them all or none. Raises Refused with one finding for each that cannot be received, by number."""
    applications, refused, received = list(applications), [], []
    with operation(actor=actor, at=at, lock=applications):
        for application in applications:
            try:
                received.append(receive(application, actor=actor, at=at))
            except Refused as no:
                refused += [replace(each, message=f"{application.number}：{each.message}") for each in no.blocking]
        if refused or not received:
            raise Refused("批量受理", refused or [failed("没有选择申报", article=Article(15))])
    return received


def receivable(applications: Iterable[Application]) -> list[tuple[Application, Finding | None]]:
    """Each with what keeps it from being received, or None. One query for the lists, whatever their number."""
    applications = list(applications)
    accepted = set(
        RecommendationList.objects.filter(
            cycle__in={each.cycle_id for each in applications}, state=RecommendationList.State.ACCEPTED
        ).values_list("cycle_id", "organisation_id")
    )
    return [(each, _not_receivable(each, accepted)) for each in applications]


def _not_receivable(application: Application, accepted: set[tuple[int, int]]) -> Finding | None:
    if application.state != Application.State.FORWARDED:
        return failed(f"现在的状态是“{application.state_label()}”", article=Article(15))
    if (application.cycle_id, application.recommender_id) not in accepted:
        return failed("市科协还没有接收该推荐单位的名单", article=Article(13, 5))
    return None


def review(
    application: Application,
    *,
    actor: Actor,
    at: datetime,
    answers: Mapping[str, Answer],
    version: int | None = None,
) -> Application:
    """Keeps the reviewer's answers on the version submitted last, each with what the machine had found."""
    with operation(actor=actor, at=at):
        application = take("review", application, actor=actor, at=at, version=version, answers=dict(answers))
        found = {item.key: item.finding for item in application.cast_items()}
        looked_at, keeper = application.latest().number, cast_id()
        there = {check.item: check.pk for check in CastCheck.objects.filter(application=application)}
        checks = [
            CastCheck(
                pk=there.get(key),
                organisation_id=keeper,
                application=application,
                item=key,
                on_version=looked_at,
                answer=given.answer,
                overrides=overrides(found[key], given.answer),
                reason=given.reason.strip(),
                findings=[found[key].as_data()] if found[key] else [],
                answered_by_id=actor.user_id,
                answered_at=at,
            )
            for key, given in answers.items()
        ]
        CastCheck.objects.bulk_create(check for check in checks if check.pk is None)
        CastCheck.objects.bulk_update((check for check in checks if check.pk), GIVEN)
    return application


def return_for_correction(
    application: Application,
    *,
    actor: Actor,
    at: datetime,
    notes: Mapping[str, str],
    due_at: datetime | None = None,
    version: int | None = None,
) -> Application:
    """notes: {section: what must be mended}, told once and completely. Without due_at the cycle's working days count.

    Raises Refused also when the days reach into a year without its decree (UndecreedYear).
    """
    due_at = due_at or correction_due(application, at)
    if due_at <= at:
        raise Refused("退回补正", [failed("补正期限应在此刻之后", article=Article(15))])
    return take(
        "return_for_correction", application, actor=actor, at=at, version=version, notes=dict(notes), due_at=due_at
    )


def correction_due(application: Application, at: datetime) -> datetime:
    """The end of the cycle's correction days. Raises UndecreedYear."""
    return end_of_period(at, application.cycle.settings["correction_days"])


def take_back(
    application: Application, *, actor: Actor, at: datetime, reason: str, version: int | None = None
) -> Application:
    return take("take_back", application, actor=actor, at=at, reason=reason, version=version)


def pass_review(application: Application, *, actor: Actor, at: datetime, version: int | None = None) -> Application:
    return take("pass_review", application, actor=actor, at=at, version=version)


def prepare_reject(
    application: Application,
    *,
    actor: Actor,
    at: datetime,
    article: Article,
    reason: str,
    version: int | None = None,
) -> PreparedStep:
    """Proposes 审查不通过 under an article; another person approves (portal.workflow.take.approve)."""
    return prepare("reject", application, actor=actor, at=at, reason=reason, version=version, article=str(article))


def prepare_disqualify(
    application: Application, *, actor: Actor, at: datetime, reason: str, version: int | None = None
) -> PreparedStep:
    """Proposes 取消申报资格 (Art. 14); another person approves."""
    return prepare("disqualify", application, actor=actor, at=at, reason=reason, version=version)


def reveal_identity(application: Application, *, actor: Actor, at: datetime, reason: str) -> dict[str, str]:
    """{label: full text} of identity number and mobile; each look is an event with its reason (Art. 33)."""
    identity = application.own_identity()
    if identity is None:
        return {}
    with operation(actor=actor, at=at):
        return {
            str(identity._meta.get_field(name).verbose_name): reveal(identity, name, actor=actor, at=at, reason=reason)
            for name in ("id_number", "mobile")
        }


def _of_unit(unit_list: RecommendationList, state: str) -> list[Application]:
    return list(
        Application.objects.filter(
            cycle_id=unit_list.cycle_id, recommender_id=unit_list.organisation_id, state=state
        ).order_by("pk")
    )
