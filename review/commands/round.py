"""The verbs of the network review (Art. 3, 17, 18)."""

from datetime import datetime

from django.utils import timezone

from applications.models import Application, Cycle
from portal.access.decide import require
from portal.events import catalogue
from portal.events.models import Event
from portal.people.actor import Actor
from portal.regulation.articles import Article
from portal.workflow.models import PreparedStep
from portal.workflow.operation import cast_id, locked
from portal.workflow.take import approve, begin, note, operation, prepare, take
from review import results, standing
from review.assigner import Proposal, propose
from review.commands.undertaking import ask_expert
from review.desk import Desk
from review.lots import drawn
from review.models import Assignment, Expert, Result, Round, Score
from review.models.round import FIGURES
from review.numbers import next_number
from review.queries import late_experts

LOOK = catalogue.kind("round.look", "{actor}查看了{ref}的网评结果", articles=[Article(33)])
LOOK_ASSIGNMENTS = catalogue.kind("round.look_assignments", "{actor}查看了{ref}的专家分配", articles=[Article(33)])
REMIND = catalogue.kind("round.remind", "{actor}提醒{count}位专家完成{ref}的评审", articles=[Article(17)])
EARLIER = ("proposed", "invited", "accepted", "scoring", "reopened")


def create(cycle: Cycle, *, actor: Actor, at: datetime) -> Round:
    """The year's network review, with its rubric, figures and scoring window copied from the cycle."""
    round = Round(
        organisation_id=cast_id(),
        number=f"WP{cycle.year}",
        cycle=cycle,
        opens_at=cycle.scoring_opens_at,
        closes_at=cycle.scoring_closes_at,
        kinds=[Expert.Kind.TECHNICAL],
        rubric=cycle.rubrics["network"],
        settings={key: cycle.settings[key] for key in FIGURES},
    )
    return begin("create", round, actor=actor, at=at)


def configure(round: Round, *, actor: Actor, at: datetime, version: int | None = None, **values) -> Round:
    """values: opens_at, closes_at, kinds, figures; what is left out stays."""
    return take("configure", round, actor=actor, at=at, version=version, **values)


def start_assigning(round: Round, *, actor: Actor, at: datetime, version: int | None = None) -> Round:
    """Every application that passed the city's review enters the network review with the round."""
    waiting = list(Application.objects.filter(cycle_id=round.cycle_id, state="eligible"))
    with operation(actor=actor, at=at, lock=[round, *waiting]):
        round = take("start_assigning", round, actor=actor, at=at, version=version, applications=len(waiting))
        for application in waiting:
            take("enter_network_review", application, actor=actor, at=at)
    return round


def assign_automatically(round: Round, *, actor: Actor, at: datetime) -> Proposal:
    """Fills the seats that are free; what is assigned already stays. Returns what was proposed and what is short."""
    with operation(actor=actor, at=at, lock=[round]):
        desk = Desk(round, at)
        applications = {each.number: each for each in round.applications().select_related("field", "organisation")}
        experts = {each.pk: each for each in desk.experts()}
        found = propose(
            desk.seats(applications.values()),
            desk.peers([*experts.values()]),
            desk.barred(applications.values(), [*experts.values()]),
            experts_per_application=round.settings["experts_per_application"],
            same_employer_max=round.settings["same_employer_max"],
            seed=round.seed,
        )
        for number, expert in found.pairs:
            seat(round, applications[number], experts[expert], actor=actor, at=at, desk=desk)
    return found


def assign(
    round: Round, application: Application, expert: Expert, *, actor: Actor, at: datetime, version: int | None = None
) -> Assignment:
    """One expert by hand; while scoring runs they are invited at once. Raises Refused for a conflict or a full load."""
    with operation(actor=actor, at=at, lock=[round]):
        round = locked(round)
        made = seat(round, application, expert, actor=actor, at=at, by_hand=True)
        return invite(made, actor=actor, at=at) if round.state == "scoring" else made


def seat(
    round: Round,
    application: Application,
    expert: Expert,
    *,
    actor: Actor,
    at: datetime,
    desk: Desk | None = None,
    by_hand: bool = False,
) -> Assignment:
    """A proposed assignment with what its expert may see of the application."""
    made = Assignment(
        organisation_id=round.organisation_id,
        number=next_number(Assignment, f"{round.number}-", 4),
        round=round,
        expert=expert,
        application=application,
        content=application.latest(),
        application_number=application.number,
        applicant_name=application.applicant_name,
        host_name=application.organisation.name,
        field_code=application.field.code,
        field_name=application.field.name,
        by_hand=by_hand,
    )
    made.known = desk
    made = begin("propose", made, actor=actor, at=at, expert=expert.number, application=application.number)
    if desk:
        desk.took(expert, application.pk)
    return made


def invite(assignment: Assignment, *, actor: Actor, at: datetime) -> Assignment:
    """Side effects in order: the undertaking that waits for a signature, the empty score rows, the grant, the event."""
    with operation(actor=actor, at=at):
        ask_expert(assignment.expert, round=assignment.round, at=at)
        Score.objects.bulk_create(
            Score(organisation_id=assignment.organisation_id, assignment=assignment, criterion=each["code"])
            for each in assignment.round.criteria
        )
        return take("invite", assignment, actor=actor, at=at)


def start_scoring(round: Round, *, actor: Actor, at: datetime, version: int | None = None) -> Round:
    """Invites everybody proposed, in the drawn order that fixes each expert's own numbering."""
    with operation(actor=actor, at=at, lock=[round]):
        waiting = {each.number: each for each in round.assignments.filter(state="proposed").select_related("expert")}
        round = take("start_scoring", round, actor=actor, at=at, version=version, assignments=len(waiting))
        for number in drawn(round.seed, waiting):
            invite(waiting[number], actor=actor, at=at)
    return round


def extend(round: Round, *, closes_at: datetime, reason: str, actor: Actor, at: datetime, version=None) -> Round:
    return take("extend", round, actor=actor, at=at, version=version, reason=reason, closes_at=closes_at)


def close(round: Round, *, actor: Actor, at: datetime, version: int | None = None) -> Round:
    """Locks what was submitted and revokes what was not."""
    standing_ones = list(round.standing_assignments())
    with operation(actor=actor, at=at, lock=[round, *standing_ones]):
        rows = list(round.standing_assignments())
        late = [each for each in rows if each.state in EARLIER]
        ready = [each for each in rows if each.state == "submitted"]
        round = take("close", round, actor=actor, at=at, version=version, locked=len(ready), missing=len(late))
        for each in ready:
            take("lock", each, actor=actor, at=at)
        for each in late:
            take("revoke", each, actor=actor, at=at, reason="评分截止时没有提交")
    return round


def close_due(at: datetime, actor: Actor) -> int:
    """Closes the rounds whose time is over. Returns how many."""
    due = Round.objects.filter(state="scoring", closes_at__lte=at)
    return len([close(round, actor=actor, at=at) for round in due])


def resume(round: Round, *, closes_at: datetime, reason: str, actor: Actor, at: datetime, version=None) -> Round:
    """Opens a closed round again for further experts; locked sheets stay as they are."""
    return take("resume", round, actor=actor, at=at, version=version, reason=reason, closes_at=closes_at)


def prepare_confirm(round: Round, *, actor: Actor, at: datetime, version: int | None = None) -> PreparedStep:
    return prepare("confirm", round, actor=actor, at=at, version=version)


def confirm(prepared: PreparedStep, *, actor: Actor, at: datetime) -> Round:
    """Draws the line in each field; results are kept, and every application moves on, in one operation."""
    judged = Round.objects.get(pk=prepared.record_pk)
    applications = {each.number: each for each in judged.applications()}
    with operation(actor=actor, at=at, lock=[*applications.values(), judged, prepared]):
        found = standing.of_round(judged)
        round = approve(prepared, actor=actor, at=at)
        through = {number for line in round.lines.values() for number in line["through"]}
        keep_results(round, found, applications, through)
        for number, application in applications.items():
            take("advance_to_panel" if number in through else "fail_network", application, actor=actor, at=at)
    return round


def keep_results(round: Round, found, applications: dict[str, Application], through: set[str]) -> None:
    """The results as they were confirmed, rounded to two decimals."""
    Result.objects.bulk_create(
        Result(
            organisation_id=round.organisation_id,
            round=round,
            application=applications[each.number],
            application_number=each.number,
            field=each.field,
            sheets=each.count,
            score=results.shown(each.score),
            mean=results.shown(each.mean),
            spread=results.shown(each.spread),
            rank=each.rank,
            flags=list(each.flags),
            through=each.number in through,
        )
        for each in found
    )


def replace(assignment: Assignment, expert: Expert, *, reason: str, actor: Actor, at: datetime) -> Assignment:
    """Another expert in place of one who has not submitted; the rest stays unchanged. Raises Refused."""
    with operation(actor=actor, at=at, lock=[assignment.round]):
        gone = take("revoke", assignment, actor=actor, at=at, reason=reason)
        return assign(gone.round, gone.application, expert, actor=actor, at=at)


def remind(round: Round, *, actor: Actor, at: datetime) -> int:
    """Reminds every expert with something left to do whom nobody has reminded today. Returns how many.

    The event names the users (ids); the messages are made from it.
    """
    with operation(actor=actor, at=at, lock=[round]):
        require(actor, REMIND, round)
        waiting = [each.user_id for each in late_experts(round)]
        today = timezone.localdate(at)
        earlier = Event.objects.filter(kind=REMIND, record_table=round._meta.db_table, record_pk=str(round.pk))
        reached = {user for event in earlier if timezone.localdate(event.at) == today for user in event.facts["users"]}
        users = sorted(set(waiting) - reached)
        if users:
            note(REMIND, round, actor=actor, at=at, facts={"count": len(users), "users": users})
    return len(users)


def look_at_results(round: Round, *, actor: Actor, at: datetime) -> None:
    """Somebody of 市科协 reads the scores (Art. 33)."""
    note(LOOK, round, actor=actor, at=at)


def look_at_assignments(round: Round, *, actor: Actor, at: datetime) -> None:
    """Somebody of 市科协 reads who judges what (Art. 33)."""
    note(LOOK_ASSIGNMENTS, round, actor=actor, at=at)
