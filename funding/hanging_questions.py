"""What chapter 6 leaves hanging: task books to sign before the term begins, money to settle before the year closes."""

from applications.hanging import Hanging, hangs
from applications.models import Cycle
from funding.models import Grant, Selectee
from portal.regulation.articles import Article

SETTLED = ("settled", "recovered")


@hangs(Cycle.State.CONTRACTING)
@hangs(Cycle.State.CULTIVATION)
def task_books_to_sign(cycle, at):
    """Selectees whose task book is not in force yet."""
    waiting = Selectee.objects.filter(cycle=cycle, state="contracting")
    yield Hanging("还没有签订任务书的入选者", waiting, Article(26), "selectee.list", "state=contracting")


@hangs(Cycle.State.CULTIVATION)
def money_to_settle(cycle, at):
    """Grants that may still pay, be spent or go back."""
    waiting = Grant.objects.filter(selectee__cycle=cycle).exclude(state__in=SETTLED)
    yield Hanging("没有结清的经费", waiting, Article(21), "grant.list")
