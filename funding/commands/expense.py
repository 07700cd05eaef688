"""Verbs of expenses (Art. 21, 27, 31(2)3)."""

from django.db.models import Q

from funding import rules
from funding.models import Expense, ExpenseEntryHit, Grant, Rectification
from portal.calendars.workdays import end_of_period
from portal.events import catalogue
from portal.people.actor import Actor
from portal.reference import reference
from portal.regulation.articles import Article
from portal.regulation.rules import refuse
from portal.workflow.take import begin, held, note, operation, take

EXPLAINED = catalogue.kind("expense.explain", "{actor}对{ref}作了说明", [Article(27)])
REPORTED = catalogue.kind("expense.report_rectification", "{actor}报告了{ref}的整改情况", [Article(27)])


def record(grant: Grant, *, actor: Actor, at, version=None, **values) -> Expense:
    """Records an expense and posts it; hits of the negative list are kept beside it for a person to judge.

    values: spent_date, voucher, category, amount_fen, payee, payee_related, summary, invoice, receipt.
    """
    with operation(actor=actor, at=at, lock=[grant]):
        number = f"{grant.number}-Z{grant.expenses.count() + 1:03d}"
        expense = Expense(
            organisation_id=grant.organisation_id,
            number=number,
            grant=grant,
            recorded_by_id=actor.user_id,
            **values,
        )
        hits = hits_of(expense)
        expense = begin("record", expense, actor=actor, at=at)
        expense.post_spending(at)
        expense.save(update_fields=["posting"])
        ExpenseEntryHit.objects.bulk_create(
            ExpenseEntryHit(organisation_id=grant.organisation_id, expense=expense, code=code, because=because)
            for code, because in hits.items()
        )
    return expense


def hits_of(expense: Expense) -> dict[str, str]:
    """{code of the negative list: why} for an expense about to be recorded; advisory (Art. 27)."""
    others = Expense.objects.exclude(state="reversed").exclude(pk=expense.pk)
    same = Q(grant=expense.grant, voucher=expense.voucher)
    if expense.invoice:
        same |= Q(invoice=expense.invoice)
    found = rules.negative_hits(
        words={item.code: item.get("words", []) for item in reference("negative_list")},
        summary=expense.summary,
        payee=expense.payee,
        payee_related=expense.payee_related,
        category=expense.category,
        duplicate=others.filter(same).exists(),
        spent_date=expense.spent_date,
        term=(expense.grant.selectee.starts_date, expense.grant.selectee.ends_date),
    )
    return {finding.figures["code"]: finding.message for finding in found}


def explain(expense: Expense, *, actor: Actor, at, explanation: str, version=None) -> Expense:
    """The host unit explains a flagged expense. Raises Denied, StaleVersion, or Refused when nothing was asked."""
    with operation(actor=actor, at=at, lock=[expense]):
        expense = held(expense, "expense.explain", actor=actor, version=version)
        refuse("填写说明", expense.awaits_explanation())
        expense.explanation, expense.version = explanation, expense.version + 1
        expense.save(update_fields=["explanation", "version"])
        note("expense.explain", expense, actor=actor, at=at)
    return expense


def accept(expense: Expense, *, actor: Actor, at, version=None) -> Expense:
    return take("accept", expense, actor=actor, at=at, version=version)


def flag(expense: Expense, *, actor: Actor, at, code: str, reason: str, version=None) -> Expense:
    return take("flag", expense, actor=actor, at=at, version=version, code=code, reason=reason)


def warn(expense: Expense, *, actor: Actor, at, reason: str, version=None) -> Expense:
    """Sends the warning; the unit has the cycle's working days to put things right."""
    days = expense.grant.selectee.cycle.settings["rectification_days"]
    due_at = end_of_period(at, days, counting_start_day=False)
    return take("warn", expense, actor=actor, at=at, version=version, reason=reason, due_at=due_at)


def report_rectification(expense: Expense, *, actor: Actor, at, text: str, proof=None, version=None) -> Expense:
    """The host unit reports what it put right, until the deadline. Raises Denied, StaleVersion or Refused."""
    with operation(actor=actor, at=at, lock=[expense]):
        expense = held(expense, "expense.report_rectification", actor=actor, version=version)
        refuse("报告整改情况", expense.awaits_rectification(at=at))
        Rectification.objects.create(
            organisation_id=expense.organisation_id,
            expense=expense,
            text=text,
            proof=proof,
            reported_by_id=actor.user_id,
            reported_at=at,
        )
        note("expense.report_rectification", expense, actor=actor, at=at)
    return expense


def rectify(expense: Expense, *, actor: Actor, at, version=None) -> Expense:
    return take("rectify", expense, actor=actor, at=at, version=version)


def fail_rectification(expense: Expense, *, actor: Actor, at, reason: str, version=None) -> Expense:
    return take("fail_rectification", expense, actor=actor, at=at, version=version, reason=reason)


def reverse(expense: Expense, *, actor: Actor, at, reason: str, version=None) -> Expense:
    """Takes a wrong entry back while nobody has judged it."""
    with operation(actor=actor, at=at, lock=[expense.grant, expense]):
        return take("reverse", expense, actor=actor, at=at, version=version, reason=reason)
