"""Verbs of the task book (Art. 22-26)."""

from funding.commands.selection import set_term
from funding.models import Condition, Indicator, Mentor, Milestone, TaskBook
from portal.people.actor import Actor
from portal.regulation.rules import refuse
from portal.workflow.take import held, operation, take


def edit(task_book: TaskBook, *, actor: Actor, at, content: dict, rows: dict, version=None) -> TaskBook:
    """Saves the draft: chapters and rows (indicators, milestones, mentors) as they were typed.

    Raises Denied, Refused where the text is fixed, StaleVersion where another hand saved in between.
    """
    with operation(actor=actor, at=at, lock=[task_book]):
        row = held(task_book, "task_book.edit", actor=actor, version=version)
        refuse("填写任务书", row.text_fixed())
        row.content, row.version = content, row.version + 1
        row.save(update_fields=["content", "version"])
        for model, key in ((Indicator, "indicators"), (Milestone, "milestones"), (Mentor, "mentors")):
            model.objects.filter(task_book=row).delete()
            model.objects.bulk_create(
                model(organisation_id=row.organisation_id, task_book=row, **values) for values in rows[key]
            )
    return row


def confirm(task_book: TaskBook, *, actor: Actor, at, version=None) -> TaskBook:
    """The host unit confirms the draft."""
    return take("confirm", task_book, actor=actor, at=at, version=version)


def begin_review(task_book: TaskBook, *, actor: Actor, at, version=None) -> TaskBook:
    return take("begin_review", task_book, actor=actor, at=at, version=version)


def return_for_change(task_book: TaskBook, *, actor: Actor, at, reason: str, version=None) -> TaskBook:
    """Back to the host unit; signatures of the text are void."""
    return take("return_for_change", task_book, actor=actor, at=at, version=version, reason=reason)


def open_signing(task_book: TaskBook, *, actor: Actor, at, version=None) -> TaskBook:
    """Freezes the text as the next version."""
    return take("open_signing", task_book, actor=actor, at=at, version=version)


def sign_as_selectee(task_book: TaskBook, *, actor: Actor, at, password_ok: bool, version=None) -> TaskBook:
    return take("sign_as_selectee", task_book, actor=actor, at=at, version=version, password_ok=password_ok)


def sign_for_host(task_book: TaskBook, *, actor: Actor, at, password_ok: bool, version=None) -> TaskBook:
    return take("sign_for_host", task_book, actor=actor, at=at, version=version, password_ok=password_ok)


def sign_for_cast(task_book: TaskBook, *, actor: Actor, at, password_ok: bool, version=None) -> TaskBook:
    """The last signature: the task book takes effect, the first time also the term begins and a condition is met."""
    with operation(actor=actor, at=at, lock=[task_book, task_book.selectee]):
        task_book = take("sign_for_cast", task_book, actor=actor, at=at, version=version, password_ok=password_ok)
        selectee = task_book.selectee
        if selectee.state == "contracting":
            if selectee.starts_date is None:  # a successor at a new unit goes on with the term that runs (Art. 29)
                set_term(selectee, at)
                selectee.save(update_fields=["starts_date", "ends_date"])
            take("activate", selectee, actor=actor, at=at)
        meet(selectee.grant, "contract", evidence=task_book.number, at=at)
    return task_book


def amend(task_book: TaskBook, *, actor: Actor, at, reason: str, version=None) -> TaskBook:
    return take("amend", task_book, actor=actor, at=at, version=version, reason=reason)


def submit_amendment(task_book: TaskBook, *, actor: Actor, at, version=None) -> TaskBook:
    return take("submit_amendment", task_book, actor=actor, at=at, version=version)


def meet(grant, code: str, *, evidence: str, at) -> Condition:
    """Writes down that a tranche's condition has happened (once)."""
    condition, _ = Condition.objects.get_or_create(
        grant=grant,
        code=code,
        defaults={"organisation_id": grant.organisation_id, "met_at": at, "evidence": evidence},
    )
    return condition
