"""What must always hold of applications and lists, recounted from the tables (Art. 10, 11, 13, 14)."""

from collections.abc import Iterator

from django.db.models import Count, F, Max

from applications.models import (
    ApplicantIdentity,
    Application,
    ApplicationVersion,
    Cycle,
    DraftRevision,
    ListEntry,
    RecommendationList,
)
from applications.models.application import Section
from applications.models.dossier import SEALED, SEALED_PAGE, digest_of
from applications.stages import TAKES_A_PLACE
from portal.invariants import invariant


@invariant("application.one_per_host")
def one_per_host() -> Iterator[str]:
    """A host unit has one application a cycle that is not withdrawn."""
    rows = Application.objects.exclude(state="withdrawn").order_by().values("organisation_id", "cycle__year")
    for row in rows.annotate(number=Count("pk")).filter(number__gt=1):
        yield f"unit {row['organisation_id']}, {row['cycle__year']}: {row['number']} applications"


@invariant("application.one_per_person")
def one_per_person() -> Iterator[str]:
    """A person's number is held by one application a cycle, and by none that is withdrawn."""
    held = ApplicantIdentity.objects.filter(claims=True)
    for row in held.order_by().values("cycle_id", "id_index").annotate(number=Count("pk")).filter(number__gt=1):
        yield f"cycle {row['cycle_id']}: one number held {row['number']} times"
    for number in held.filter(application__state="withdrawn").values_list("application__number", flat=True):
        yield f"{number} is withdrawn and still holds its number"


@invariant("application.sealed_numbers")
def sealed_numbers() -> Iterator[str]:
    """Identity number and mobile stand in no page and in no draft."""
    for model, label in ((Section, "page"), (DraftRevision, "draft")):
        path = "key" if model is Section else "section__key"
        for name in SEALED:
            for pk in model.objects.filter(**{path: SEALED_PAGE, "values__has_key": name}).values_list("pk", flat=True):
                yield f"{label} {pk} holds {name}"


@invariant("application.version_digests")
def version_digests() -> Iterator[str]:
    """Every submitted version has the digest of its content, and versions are numbered 1, 2, 3."""
    for version in ApplicationVersion.objects.select_related("application").iterator():
        if digest_of(version.content) != version.digest:
            yield f"{version.application.number} version {version.number}: content and digest differ"
    counted = ApplicationVersion.objects.order_by().values("application__number")
    for row in counted.annotate(how_many=Count("pk"), last=Max("number")).exclude(how_many=F("last")):
        yield f"{row['application__number']}: versions are not numbered one by one"


@invariant("application.submitted_has_version")
def submitted_has_version() -> Iterator[str]:
    """Whatever was handed in has a frozen version."""
    handed_in = Application.objects.filter(submitted_at__isnull=False, versions__isnull=True)
    for number in handed_in.values_list("number", flat=True):
        yield f"{number} was submitted without a version"


@invariant("list.quota")
def quota() -> Iterator[str]:
    """No recommending unit uses more places than its quota of the cycle."""
    for cycle in Cycle.objects.all():
        places = dict(cycle.quotas.values_list("recommender_id", "places"))
        for unit, used in cycle.used_places().items():
            if used > places.get(unit, 0):
                yield f"{cycle.year}, unit {unit}: {used} recommended, quota {places.get(unit, 0)}"


@invariant("list.ranks")
def ranks() -> Iterator[str]:
    """Ranks run from 1 without gaps, and those with a place stand before the reserves."""
    for unit_list in RecommendationList.objects.all():
        entries = list(unit_list.entries.order_by("rank").values_list("rank", "application__state"))
        if [rank for rank, _ in entries] != list(range(1, len(entries) + 1)):
            yield f"{unit_list.number}: ranks {[rank for rank, _ in entries]}"
        held = [state in TAKES_A_PLACE for _, state in entries if state != "disqualified"]
        if held != sorted(held, reverse=True):
            yield f"{unit_list.number}: a reserve stands before a nominee"


@invariant("list.entries")
def entries() -> Iterator[str]:
    """An application stands on the list of its own recommending unit and cycle."""
    strangers = ListEntry.objects.exclude(
        application__recommender_id=F("list__organisation_id"), application__cycle_id=F("list__cycle_id")
    )
    for entry in strangers.select_related("application", "list"):
        yield f"{entry.application.number} stands on {entry.list.number}"


@invariant("list.digests")
def list_digests() -> Iterator[str]:
    """A submitted list has the digest of what was sent."""
    for unit_list in RecommendationList.objects.filter(state__in=["submitted", "accepted"]):
        if digest_of(unit_list.frozen) != unit_list.digest:
            yield f"{unit_list.number}: content and digest differ"
