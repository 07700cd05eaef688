"""The verbs of the proposed list (Art. 9, 19)."""

from collections import defaultdict
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from applications.models import Application, Cycle
from portal.people.actor import Actor
from portal.workflow.models import PreparedStep
from portal.workflow.operation import cast_id
from portal.workflow.take import approve as approve_prepared
from portal.workflow.take import begin, operation, prepare, take
from review.lots import lot
from review.models import Result, Round, Shortlist, ShortlistEntry, SlotResult


def draft(cycle: Cycle, *, actor: Actor, at: datetime) -> Shortlist:
    """The list by composite score in each field; those who passed the vote are chosen down to the places."""
    with operation(actor=actor, at=at, lock=[cycle]):
        entries = entries_of(cycle)
        shortlist = Shortlist(organisation_id=cast_id(), number=f"NX{cycle.year}", cycle=cycle)
        shortlist = begin("draft", shortlist, actor=actor, at=at, candidates=len(entries))
        for each in entries:
            each.shortlist, each.organisation_id = shortlist, shortlist.organisation_id
        ShortlistEntry.objects.bulk_create(entries)
    return shortlist


def entries_of(cycle: Cycle) -> list[ShortlistEntry]:
    """Candidates with their confirmed figures, not yet saved, in the order of their composite score by field."""
    weights = cycle.settings["network_weight"], cycle.settings["panel_weight"]
    network = dict(Result.objects.filter(round__cycle=cycle).values_list("application_id", "score"))
    seed = Round.objects.filter(cycle=cycle).values_list("seed", flat=True).first() or 0
    by_field: dict[str, list[ShortlistEntry]] = defaultdict(list)
    panel = SlotResult.objects.filter(slot__meeting__cycle=cycle, slot__application__state="in_panel_review")
    for result in panel.select_related("slot"):
        slot = result.slot
        by_field[slot.field_code].append(
            ShortlistEntry(
                application_id=slot.application_id,
                application_number=slot.application_number,
                applicant_name=slot.applicant_name,
                host_name=slot.host_name,
                field_code=slot.field_code,
                field_name=slot.field_name,
                network=network[slot.application_id],
                panel=result.score,
                composite=composite(network[slot.application_id], result.score, *weights),
                passed=result.passed,
            )
        )
    places = dict(cycle.fields.values_list("code", "places"))
    for code, entries in by_field.items():
        entries.sort(key=lambda each: (-each.composite, -each.panel, lot(seed, each.application_number)))
        left = places[code]
        for position, each in enumerate(entries, 1):
            each.position, each.chosen = position, each.passed and left > 0
            left -= each.chosen
    return [each for entries in by_field.values() for each in entries]


def composite(network: Decimal, panel: Decimal, network_weight: int, panel_weight: int) -> Decimal:
    """From the confirmed figures of two decimals, so that anybody can recompute it: two decimals, half up."""
    exact = (network * network_weight + panel * panel_weight) / 100
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def move(
    shortlist: Shortlist,
    *,
    application: str,
    reason: str,
    position: int | None = None,
    chosen: bool | None = None,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Shortlist:
    """Moves a candidate within the field, or on or off the list; the reason stands with the entry (Art. 19)."""
    values = {"application": application, "position": position, "chosen": chosen}
    with operation(actor=actor, at=at, lock=[shortlist]):
        row = take("move", shortlist, actor=actor, at=at, version=version, reason=reason, **values)
        entry = row.entries.get(application_number=application)
        field = list(row.entries.filter(field_code=entry.field_code).exclude(pk=entry.pk))
        field.insert(max(0, min((position or entry.position) - 1, len(field))), entry)
        entry.chosen = entry.chosen if chosen is None else chosen
        entry.moved_because = reason
        for place, each in enumerate(field, 1):
            each.position = place
        ShortlistEntry.objects.bulk_update(field, ["position", "chosen", "moved_because"])
    return row


def write_minutes(
    shortlist: Shortlist, *, minutes: str, actor: Actor, at: datetime, version: int | None = None
) -> Shortlist:
    return take("write_minutes", shortlist, actor=actor, at=at, version=version, minutes=minutes)


def deliberate(shortlist: Shortlist, *, actor: Actor, at: datetime, version: int | None = None) -> Shortlist:
    return take("deliberate", shortlist, actor=actor, at=at, version=version)


def send_back(
    shortlist: Shortlist, *, reason: str, actor: Actor, at: datetime, version: int | None = None
) -> Shortlist:
    return take("send_back", shortlist, actor=actor, at=at, version=version, reason=reason)


def prepare_approve(shortlist: Shortlist, *, actor: Actor, at: datetime, version: int | None = None) -> PreparedStep:
    return prepare("approve", shortlist, actor=actor, at=at, version=version)


def approve(prepared: PreparedStep, *, actor: Actor, at: datetime) -> Shortlist:
    """The list stands: those on it are proposed, the other candidates of the panel are not, in one operation."""
    shortlist = Shortlist.objects.get(pk=prepared.record_pk)
    judged = list(Application.objects.filter(cycle_id=shortlist.cycle_id, state="in_panel_review"))
    with operation(actor=actor, at=at, lock=[*judged, shortlist, prepared]):
        shortlist = approve_prepared(prepared, actor=actor, at=at)
        chosen = set(shortlist.entries.filter(chosen=True).values_list("application_id", flat=True))
        for application in judged:
            take("propose" if application.pk in chosen else "fail_panel", application, actor=actor, at=at)
    return shortlist
