"""What a recommending unit's pages show: its files of a year by tab, the machine's look, its list (Art. 11, 13)."""

from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery

from applications.models import Application, ApplicationVersion, Cycle, RecommendationList
from portal.access.decide import narrow
from portal.people.actor import Actor
from portal.regulation.rules import Finding, Verdict

# (key, label, states). Only what has been handed in: a draft is the host unit's own.
TABS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("waiting", "待初筛", frozenset({"submitted"})),
    ("returned", "已退回", frozenset({"returned_by_recommender"})),
    ("qualified", "初筛合格", frozenset({"qualified", "recommended"})),
    ("declined", "不予推荐", frozenset({"not_recommended"})),
)
SENT = "sent"
BEFORE_SENDING = frozenset().union(*(states for _, _, states in TABS))
# What the list shows of the machine's findings: rule, short name.
LOOKS = (("age", "年龄"), ("engineering_years", "年限"), ("leading_years", "主持"), ("title", "职称"))
MARKS = {Verdict.PASS: "✓", Verdict.PRIORITY: "✓", Verdict.CHECK: "？", Verdict.FAIL: "✗"}


def years() -> QuerySet[Cycle]:
    """The public years, newest first."""
    return Cycle.objects.filter(is_public=True).exclude(state="preparing").order_by("-year")


def year_of(asked: str) -> Cycle | None:
    """The year asked for, else the newest."""
    found = years().filter(year=int(asked)).first() if asked.isdecimal() and len(asked) == 4 else None
    return found or years().first()


def handed_in(actor: Actor, action: str = "application.list") -> QuerySet[Application]:
    """What host units have submitted to this unit, whatever became of it."""
    rows = Application.objects.filter(submitted_at__isnull=False).exclude(state="withdrawn")
    return narrow(actor, action, rows.select_related("organisation", "field", "cycle", "recommender"))


def with_findings(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Each with the findings that were frozen with its last version, as `frozen_findings`."""
    last = ApplicationVersion.objects.filter(application=OuterRef("pk")).order_by("-number")
    return rows.annotate(frozen_findings=Subquery(last.values("content__findings")[:1]))


def still_filling(cycle: Cycle, actor: Actor) -> int:
    """How many units have begun and not handed in yet."""
    return cycle.applications.filter(recommender_id=actor.organisation_id, state="draft").count()


def first_look(application: Application) -> str:
    """年龄✓ 年限✓ 主持？ 职称✓"""
    findings = {each["rule"]: Finding.from_data(each) for each in application.frozen_findings or ()}
    return " ".join(f"{label}{MARKS[findings[rule].verdict]}" for rule, label in LOOKS if rule in findings)


def waited(application: Application, at: datetime) -> str:
    """已等 3 天"""
    days = max((at - application.submitted_at).days, 0)
    return f"{days} 天" if days else "不到 1 天"


def neighbours(actor: Actor, application: Application) -> tuple[str, str]:
    """Numbers of the files before and after this one in the queue of its year."""
    rows = handed_in(actor).filter(cycle=application.cycle, state__in=["submitted", application.state])
    numbers = list(rows.order_by("submitted_at", "pk").values_list("number", flat=True))
    here = numbers.index(application.number) if application.number in numbers else 0
    return (numbers[here - 1] if here else "", numbers[here + 1] if here + 1 < len(numbers) else "")


def list_of(actor: Actor, cycle: Cycle | None) -> RecommendationList | None:
    """The unit's list of a year, or None before it was opened."""
    lists = RecommendationList.objects.select_related("cycle", "organisation", "sealed_scan")
    return lists.filter(cycle=cycle, organisation_id=actor.organisation_id).first()
