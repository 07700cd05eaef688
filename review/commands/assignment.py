"""What an expert does with a task: declare, score, submit; and how staff take it back (Art. 17, 18, 33)."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from portal.access.decide import require
from portal.events import catalogue
from portal.people.actor import Actor
from portal.regulation.articles import Article
from portal.regulation.rules import Refused, failed
from portal.workflow.operation import locked
from portal.workflow.take import StaleVersion, operation, take
from portal.workflow.take import note as record_event
from review import rules
from review.models import Assignment, Score, ScoreArchive

LOOK = catalogue.kind("assignment.look", "{actor}查看了{ref}的评分", articles=[Article(33)])
NO_INTEREST = "none"
SCORABLE = ("accepted", "scoring", "reopened")


def declare(answers: Mapping[Assignment, tuple[str, str]], *, actor: Actor, at: datetime) -> list[Assignment]:
    """One operation for a whole list: {assignment: ("none" or a kind of interest, words)}."""
    with operation(actor=actor, at=at, lock=answers):
        return [
            accept(each, actor=actor, at=at)
            if kind == NO_INTEREST
            else recuse(each, kind=kind, note=words, actor=actor, at=at)
            for each, (kind, words) in answers.items()
        ]


def accept(assignment: Assignment, *, actor: Actor, at: datetime, version: int | None = None) -> Assignment:
    """Declares that there is no conflict; from here on the application can be read."""
    return take("accept", assignment, actor=actor, at=at, version=version)


def recuse(
    assignment: Assignment, *, kind: str, note: str = "", actor: Actor, at: datetime, version: int | None = None
) -> Assignment:
    """Declares a conflict, at any time before the scores are locked; scores given do not count."""
    return take("recuse", assignment, actor=actor, at=at, version=version, kind=kind, note=note)


def decline(
    assignment: Assignment, *, reason: str, actor: Actor, at: datetime, version: int | None = None
) -> Assignment:
    return take("decline", assignment, actor=actor, at=at, version=version, reason=reason)


def save(
    assignment: Assignment,
    *,
    values: Mapping[str, int | None],
    comment: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Assignment:
    """Keeps a draft: scores of the criteria given (the others stay) and the comment. No event but the first's.

    Raises StaleVersion when another window has saved since, Denied, or Refused: outside the scoring window, or for
    points that no criterion takes.
    """
    with operation(actor=actor, at=at):
        row = _scorable(assignment, actor, at, version)
        strange = rules.scores_in_range(values, row.round.criteria)
        if strange:
            raise Refused("保存评分", strange)
        if row.state == "accepted":
            row = take("begin_scoring", row, actor=actor, at=at)
        scores = list(row.scores.all())
        for score in scores:
            score.value = values.get(score.criterion, score.value)
        Score.objects.bulk_update(scores, ["value"])
        row.comment, row.saved_at = comment, at
        row.total = row.total_of({score.criterion: score.value for score in scores})
        row.version += 1
        row.save()
    return row


def _scorable(assignment: Assignment, actor: Actor, at: datetime, version: int | None) -> Assignment:
    row = locked(assignment)
    if version is not None and row.version != version:
        raise StaleVersion(row)
    require(actor, "assignment.score", row)
    if row.state not in SCORABLE:
        raise Refused("保存评分", [failed(f"现在的状态是“{row.state_label()}”，不能评分", article=Article(18))])
    blocking = [finding for finding in row.window_open(at=at) if finding.blocks]
    if blocking:
        raise Refused("保存评分", blocking)
    return row


def submit(assignment: Assignment, *, actor: Actor, at: datetime, version: int | None = None) -> Assignment:
    return take("submit", assignment, actor=actor, at=at, version=version)


def submit_all(assignments: Iterable[Assignment], *, actor: Actor, at: datetime) -> list[Assignment]:
    """All of them or none. Raises one Refused that names every sheet that is not ready."""
    waiting = [each for each in assignments if each.state in SCORABLE]
    if not waiting:
        raise Refused("提交全部评分", [failed("没有可以提交的评分", article=Article(18))])
    with operation(actor=actor, at=at, lock=waiting):
        done, missing = [], []
        for each in waiting:
            try:
                done.append(submit(each, actor=actor, at=at))
            except Refused as refused:
                missing += [
                    failed(
                        f"{each.application_number} {each.applicant_name}：{finding.message}", article=finding.article
                    )
                    for finding in refused.blocking
                ]
        if missing:
            raise Refused("提交全部评分", missing)
    return done


def reopen(
    assignment: Assignment, *, reason: str, actor: Actor, at: datetime, version: int | None = None
) -> Assignment:
    """Gives a submitted sheet back to its expert; what was submitted is kept as it was."""
    with operation(actor=actor, at=at, lock=[assignment]):
        before = locked(assignment)
        after = take("reopen", assignment, actor=actor, at=at, reason=reason, version=version)
        ScoreArchive.objects.create(
            organisation_id=before.organisation_id,
            assignment=before,
            values=before.values(),
            comment=before.comment,
            submitted_at=before.submitted_at,
            archived_at=at,
            salt=before.salt,
            digest=before.digest,
        )
    return after


def revoke(
    assignment: Assignment, *, reason: str, actor: Actor, at: datetime, version: int | None = None
) -> Assignment:
    """Takes the task back; scores that were given are kept for the record and do not count."""
    return take("revoke", assignment, actor=actor, at=at, reason=reason, version=version)


def look_at(assignment: Assignment, *, actor: Actor, at: datetime) -> None:
    """Somebody of 市科协 reads a sheet or who gave it (Art. 33)."""
    record_event(LOOK, assignment, actor=actor, at=at)
