"""What must always hold of expert review, recounted from the tables (Art. 17, 18, 19, 33)."""

from collections import Counter
from collections.abc import Iterator

from applications.models import Application
from portal import clock
from portal.invariants import invariant
from review import rules
from review.desk import Conflicts
from review.models import (
    Assignment,
    AssignmentUserObjectPermission,
    Ballot,
    Meeting,
    Objection,
    PanelSheet,
    Result,
    Round,
    ShortlistVersion,
    Slot,
    SlotResult,
    Voted,
)
from review.models.shortlist import digest_of


@invariant("review.grants")
def grants_are_the_live_assignments() -> Iterator[str]:
    """An expert holds a grant of exactly the assignments that are live."""
    granted = set(AssignmentUserObjectPermission.objects.values_list("content_object_id", "user_id"))
    live = set(Assignment.objects.filter(state__in=Assignment.live_states).values_list("pk", "expert__user_id"))
    yield from (f"assignment {pk}: user {user} holds a grant and no live task" for pk, user in sorted(granted - live))
    yield from (f"assignment {pk}: user {user} has a live task and no grant" for pk, user in sorted(live - granted))


@invariant("review.conflicts")
def nobody_judges_in_conflict() -> Iterator[str]:
    """No expert holds a task on an application in an open round with which there is a conflict."""
    for round in Round.objects.exclude(state="confirmed").select_related("cycle"):
        known = Conflicts(round.cycle, clock.now(), settings={**round.cycle.settings, **round.settings})
        tasks = list(round.standing_assignments().select_related("expert"))
        known.know([task.expert for task in tasks], [task.application_id for task in tasks])
        for task in tasks:
            for finding in known.between(task.expert_id, task.application_id):
                yield f"{task.number}: {finding.rule}"


@invariant("review.seals")
def submitted_sheets_keep_their_digest() -> Iterator[str]:
    """A submitted sheet is the one whose digest was recorded when it was submitted."""
    for task in Assignment.objects.filter(state__in=("submitted", "locked")):
        if task.sealed(task.salt)[1] != task.digest:
            yield f"{task.number}: scores or opinion differ from what was submitted"


@invariant("review.lines")
def confirmed_lines_are_the_results() -> Iterator[str]:
    """In a confirmed round each field has its first places times the factor through, and nobody below the line."""
    for round in Round.objects.filter(state="confirmed"):
        for code, line in round.lines.items():
            results = list(Result.objects.filter(round=round, field=code).order_by("rank"))
            if [each.rank for each in results] != list(range(1, len(results) + 1)):
                yield f"{round.number} {code}: ranks {[each.rank for each in results]}"
            through = [each.application_number for each in results if each.through]
            if through != [each.application_number for each in results[: line["line"]]]:
                yield f"{round.number} {code}: through {through}, line {line['line']}"
        left = Application.objects.filter(cycle_id=round.cycle_id, state="in_network_review").count()
        if left:
            yield f"{round.number}: {left} applications still in network review"


@invariant("review.ballots")
def ballots_are_the_voters() -> Iterator[str]:
    """Each candidate's box holds as many ballots as members have voted, and the count says the same."""
    cast = Counter(Ballot.objects.values_list("slot_id", flat=True))
    voted = Counter(Voted.objects.values_list("slot_id", flat=True))
    for slot in Slot.objects.all():
        if cast[slot.pk] != voted[slot.pk]:
            yield f"{slot.number}: {cast[slot.pk]} ballots, {voted[slot.pk]} voters"
    for result in SlotResult.objects.select_related("slot", "slot__meeting"):
        choices = Counter(Ballot.objects.filter(slot_id=result.slot_id).values_list("choice", flat=True))
        if (result.yes, result.no, result.abstain) != (choices["yes"], choices["no"], choices["abstain"]):
            yield f"{result.slot.number}: counted {result.yes}/{result.no}/{result.abstain}, box {dict(choices)}"
        if result.passed != rules.passes(result.yes, result.entitled, result.slot.meeting.settings["pass_share"]):
            yield f"{result.slot.number}: passed {result.passed} with {result.yes} of {result.entitled}"


@invariant("review.recused_votes")
def recused_members_neither_score_nor_vote() -> Iterator[str]:
    """Nobody who has declared a conflict has scored or voted on that candidate."""
    recused = PanelSheet.objects.exclude(recusal=PanelSheet.NONE)
    for number in recused.filter(submitted_at__isnull=False).values_list("slot__number", flat=True):
        yield f"{number}: a recused member has scored"
    for number in Voted.objects.filter(sheet__in=recused).values_list("slot__number", flat=True):
        yield f"{number}: a recused member has voted"


@invariant("review.quorum")
def sessions_had_their_chair() -> Iterator[str]:
    """A meeting that has begun has lots, one chair and a quorum of members who came."""
    for meeting in Meeting.objects.exclude(state="planned"):
        came = meeting.members.filter(signed_in_at__isnull=False).count()
        if meeting.lot_seed is None or meeting.members.filter(is_chair=True).count() != 1:
            yield f"{meeting.number}: no lots, or not one chair"
        if came < rules.quorum_of(meeting.members.count(), meeting.settings["quorum"]):
            yield f"{meeting.number}: {came} members came"


@invariant("shortlist.versions")
def versions_keep_their_digest() -> Iterator[str]:
    """Every deliberated version has the digest of its content and minutes."""
    for version in ShortlistVersion.objects.select_related("shortlist"):
        if digest_of(version.content, version.minutes) != version.digest:
            yield f"{version.shortlist.number} version {version.number}: content and digest differ"


@invariant("objection.holds")
def accepted_objections_hold() -> Iterator[str]:
    """Who is accused in an accepted objection is neither selected nor in publicity."""
    accepted = Objection.objects.filter(state__in=("accepted", "investigating")).select_related("application")
    for objection in accepted:
        if objection.application.state in ("in_publicity", "selected"):
            yield f"{objection.number}: {objection.application.number} is {objection.application.state}"
