"""What the stages of application leave hanging (Art. 13, 15); what nobody can do any more after a deadline is not."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count

from applications.hanging import Hanging, hangs
from applications.models import Application, Cycle, RecommendationList
from portal.regulation.articles import Article
from portal.workflow.models import PreparedStep

State = Application.State
ListState = RecommendationList.State


@hangs(Cycle.State.OPEN)
def prolonged_for_one_unit(cycle: Cycle, at: datetime) -> Iterator[Hanging]:
    """Units whose own extension still runs may still submit; for all others the deadline has passed."""
    waiting = cycle.applications.filter(state__in=(State.DRAFT, State.RETURNED_BY_RECOMMENDER), extended_until__gt=at)
    yield Hanging("单独延期、还能提交的申报", waiting, Article(13, 3), "application.list", "waiting=extended")


@hangs(Cycle.State.SCREENING)
def unscreened(cycle: Cycle, at: datetime) -> Iterator[Hanging]:
    """Handed in and not judged, at units that can still send their list."""
    deadlines = {each.organisation_id: each.closes_at() for each in lists_of(cycle)}
    by_unit = cycle.applications.filter(state=State.SUBMITTED).order_by().values_list("recommender")
    waiting = sum(
        count for unit, count in by_unit.annotate(Count("pk")) if at < deadlines.get(unit, cycle.recommend_closes_at)
    )
    yield Hanging("推荐单位还没有初筛的申报", waiting, Article(13, 4), "application.list", "state=submitted")


@hangs(Cycle.State.SCREENING)
def lists_not_accepted(cycle: Cycle, at: datetime) -> Iterator[Hanging]:
    """Lists in the city's hands, and lists whose unit can still send them."""
    lists = lists_of(cycle)
    submitted = sum(each.state == ListState.SUBMITTED for each in lists)
    running = {
        state: sum(each.state == state and at < each.closes_at() for each in lists)
        for state in (ListState.RETURNED, ListState.DRAFTING, ListState.PENDING_APPROVAL)
    }
    yield Hanging("已报送、还没有接收的推荐名单", submitted, Article(13, 5), "list.list", "state=submitted")
    for state, count in running.items():
        label = f"报送期限未到、“{state.label}”的推荐名单"
        yield Hanging(label, count, Article(13, 5), "list.list", f"state={state}")


@hangs(Cycle.State.CAST_REVIEW)
def undecided(cycle: Cycle, at: datetime) -> Iterator[Hanging]:
    """Everything that was forwarded gets a conclusion."""
    for state, label in (
        (State.FORWARDED, "还没有受理的申报"),
        (State.IN_CAST_REVIEW, "还没有审查结论的申报"),
        (State.RETURNED_BY_CAST, "还在补正的申报"),
    ):
        rows = cycle.applications.filter(state=state)
        yield Hanging(label, rows, Article(15), "application.list", f"state={state}")


@hangs(Cycle.State.CAST_REVIEW)
def proposals(cycle: Cycle, at: datetime) -> Iterator[Hanging]:
    """Proposed rejections and disqualifications that wait for the second person."""
    waiting = proposed(cycle)
    yield Hanging("等待审批的拟办", waiting, Article(15), "application.list", "waiting=approval")


def proposed(cycle: Cycle):
    """The cycle's applications on which a proposal waits for approval."""
    open_ones = PreparedStep.objects.filter(machine=Application.machine, outcome=PreparedStep.Outcome.OPEN)
    return cycle.applications.filter(number__in=open_ones.values("record_ref"))


def lists_of(cycle: Cycle) -> list[RecommendationList]:
    """One query; each knows its cycle."""
    lists = list(cycle.lists.all())
    for each in lists:
        each.cycle = cycle
    return lists
