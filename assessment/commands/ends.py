"""What ends with a term: task books, assessments, payments (Art. 29, 31). Called inside a decision's operation."""

from funding.commands import grant as grants
from funding.models import Grant, Selectee
from portal.people.actor import Actor
from portal.workflow.take import take

ENDED_BOOKS = ("completed", "terminated")
ENDED_ASSESSMENTS = ("closed", "ended")


def rows_of(selectee: Selectee) -> list:
    """Every row that a decision about the selectee may touch, to be locked in one go."""
    grant = grant_of(selectee)
    return [selectee, grant, *grant.disbursements.all(), *selectee.task_books.all(), *selectee.assessments.all()]


def grant_of(selectee: Selectee) -> Grant:
    return Grant.objects.select_related("selectee").get(selectee=selectee)


def stop_paying(selectee: Selectee, *, actor: Actor, at, reason: str) -> None:
    """停止拨付 at once; a grant that pays no more already stays as it is."""
    grant = grant_of(selectee)
    if grant.state in ("pending_account", "active"):
        grants.suspend(grant, actor=actor, at=at, reason=reason)


def pay_again(selectee: Selectee, *, actor: Actor, at, reason: str) -> None:
    """After a suspension: payments resume, or the grant waits for its account again."""
    grant = grant_of(selectee)
    if grant.state != "suspended":
        return
    if grant.live_account():
        grants.resume(grant, actor=actor, at=at, reason=reason)
    else:
        take("await_account", grant, actor=actor, at=at)


def settle(selectee: Selectee, *, actor: Actor, at) -> None:
    """The grant into settlement, tranches that were not paid cancelled."""
    grant = grant_of(selectee)
    if grant.state in ("pending_account", "active", "suspended"):
        grants.settle(grant, actor=actor, at=at)


def end_work(selectee: Selectee, *, actor: Actor, at) -> None:
    """The task book is terminated, unfinished assessments end."""
    for book in selectee.task_books.exclude(state__in=ENDED_BOOKS):
        take("terminate", book, actor=actor, at=at)
    for assessment in selectee.assessments.exclude(state__in=ENDED_ASSESSMENTS):
        take("end", assessment, actor=actor, at=at)
