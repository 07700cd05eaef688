"""What the host unit's pages show: its applications, the year that is open, how far one has come."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from applications.form_schema import SectionStatus, State
from applications.models import Application, Cycle, DraftRevision, Section
from portal.access.decide import narrow
from portal.people.actor import Actor

# What a host unit sees of the way; the stages of review are one (Art. 33).
STAGES = ("填写", "推荐单位初筛", "市科协审查", "专家评审", "公示", "任务书")
STAGE_OF = {
    "draft": 0,
    "returned_by_recommender": 0,
    "withdrawn": 0,
    "submitted": 1,
    "qualified": 1,
    "recommended": 1,
    "not_recommended": 1,
    "forwarded": 2,
    "in_cast_review": 2,
    "returned_by_cast": 2,
    "rejected": 2,
    "disqualified": 2,
    "eligible": 3,
    "in_network_review": 3,
    "network_failed": 3,
    "panel_candidate": 3,
    "in_panel_review": 3,
    "panel_failed": 3,
    "proposed": 3,
    "in_publicity": 4,
    "objection_hold": 4,
    "cancelled": 4,
    "selected": 5,
}
ENDED = ("withdrawn", "not_recommended", "rejected", "network_failed", "panel_failed", "cancelled", "disqualified")
RESTORABLE = timedelta(days=30)
COLOURS = {State.NOT_STARTED: "grey", State.IN_PROGRESS: "blue", State.WRONG: "red", State.DONE: None}


def applications_of(actor: Actor) -> QuerySet[Application]:
    """The unit's applications, newest year first; an applicant's own."""
    rows = Application.objects.select_related("cycle", "field", "recommender", "organisation")
    return narrow(actor, "application.list", rows).order_by("-cycle__year", "-pk")


def open_cycle() -> Cycle | None:
    """The year in which applications may be begun now, if one is open."""
    return Cycle.objects.filter(state="open", is_public=True).select_related("policy").order_by("-year").first()


def progress_of(application: Application) -> list[tuple[str, str]]:
    """[(stage, done | current | todo)] as a host unit may know it."""
    here = STAGE_OF[application.state]
    return [
        (label, "done" if place < here else "current" if place == here else "todo")
        for place, label in enumerate(STAGES)
    ]


def turn_of(application: Application, actor: Actor) -> str:
    """现在轮到: 您 for whoever must act, else the other party; an end that is not public yet is still 市科协's."""
    if application.state in ("draft", "returned_by_recommender", "returned_by_cast"):
        return "您" if actor.organisation_id == application.organisation_id else "依托单位"
    if not application.is_told():
        return "推荐单位"
    if application.state_label(actor) == "评审中":
        return "市科协"
    return application.now_with.get(application.state, "")


def counted(statuses: list[SectionStatus]) -> tuple[int, int]:
    """(finished pages, all pages)."""
    return sum(status.state == State.DONE for status in statuses), len(statuses)


def next_page(statuses: list[SectionStatus], open_keys: list[str]) -> SectionStatus | None:
    """The first page that still needs something and may be changed."""
    return next((each for each in statuses if each.state != State.DONE and each.section.key in open_keys), None)


def overview(application: Application, actor: Actor, at: datetime) -> dict[str, Any]:
    """One application on the list 我的申报."""
    missed = is_missed(application, at)
    due = None if missed else application.due()
    return {
        "application": application,
        "status": "未提交" if missed else application.state_label(actor),
        "colour": application.colour(actor),
        "progress": progress_of(application),
        "turn": turn_of(application, actor),
        "due": due,
        "ended": missed
        or (application.state in ENDED and application.is_told() and application.state_label(actor) != "评审中"),
    }


def is_missed(application: Application, at: datetime) -> bool:
    """Still with the unit when the year went on without it, and no extension of its own runs: it stays as it is."""
    gone_on = application.cycle.state not in ("preparing", "open")
    prolonged = application.extended_until is not None and at < application.extended_until
    return gone_on and not prolonged and application.state in ("draft", "returned_by_recommender")


def deleted_rows(section: Section, key: str, at: datetime) -> list[dict[str, Any]]:
    """Rows of a record that were taken out within 30 days and can come back, newest first."""
    present = {row.get("id") for row in section.values.get(key, [])}
    found: dict[str, dict] = {}
    revisions = DraftRevision.objects.filter(section=section, saved_at__gt=at - RESTORABLE).order_by("-version")
    for revision in revisions[:200]:
        for row in revision.values.get(key, []):
            if row.get("id") and row["id"] not in present:
                found.setdefault(row["id"], row)
    return list(found.values())
