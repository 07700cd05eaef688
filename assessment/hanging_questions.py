"""What the time of cultivation leaves hanging: a cycle closes when every term has its end (Art. 28-32)."""

from applications.hanging import Hanging, hangs
from applications.models import Cycle
from assessment.models import Assessment, ExitCase, InformationChange, Transfer
from funding.models import Selectee
from portal.regulation.articles import Article


@hangs(Cycle.State.CULTIVATION)
def terms_that_run(cycle, at):
    """Selectees whose term has begun and has no end yet."""
    for state, label, article in (
        ("active", "还在培养中的入选者", Article(32)),
        ("suspended", "资格中止的入选者", Article(31, 2)),
    ):
        rows = Selectee.objects.filter(cycle=cycle, state=state)
        yield Hanging(label, rows, article, "selectee.list", f"state={state}")


@hangs(Cycle.State.CULTIVATION)
def assessments_not_filed(cycle, at):
    open_ones = Assessment.objects.filter(selectee__cycle=cycle).exclude(state__in=Assessment.final)
    yield Hanging("还没有归档的考核", open_ones, Article(30), "assessment.list")


@hangs(Cycle.State.CULTIVATION)
def changes_not_decided(cycle, at):
    """Transfers, information changes and exits on their way."""
    of_cycle = {"selectee__cycle": cycle}
    transfers = Transfer.objects.filter(**of_cycle).exclude(state__in=Transfer.final)
    changes = InformationChange.objects.filter(**of_cycle, state="requested")
    exits = ExitCase.objects.filter(**of_cycle).exclude(state="closed")
    yield Hanging("没有办结的单位变更", transfers, Article(29), "transfer.list")
    yield Hanging("没有答复的信息变更", changes, Article(28), "information_change.list", "state=requested")
    yield Hanging("没有办结的退出", exits, Article(31), "exit.list")
