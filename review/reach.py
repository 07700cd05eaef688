"""What an expert reaches: computed anew for each request from grants that are live and meetings that are on."""

from portal.access import grants
from portal.people.actor import Actor
from portal.tenancy.reach import Because, everything, reach_axes
from review.models import Assignment, Expert, Member, PanelSheet, Undertaking

# Content opens once the undertaking is signed and the declaration made, and closes with the round (Art. 33).
READING = ("accepted", "scoring", "submitted", "reopened")
MEETING_ON = ("planned", "in_session", "voting", "closed")
MATERIALS_OPEN = ("planned", "in_session", "voting")


@reach_axes
def of_expert(actor: Actor) -> dict[str, frozenset]:
    """experts: the own profile, and with it undertakings, memberships, sheets. assignments and rounds: the own work
    in rounds that score. meetings: those that are on. applications: whose submitted content the expert may read."""
    with everything(because=Because.AXIS):
        profile = Expert.objects.filter(user_id=actor.user_id, active=True).values_list("pk", flat=True)
        work = list(_work(actor).values_list("pk", "round_id", "application_id", "state"))
        memberships = Member.objects.filter(expert__user_id=actor.user_id, meeting__state__in=MEETING_ON)
        meetings = dict(memberships.values_list("meeting_id", "meeting__state"))
        accepted = {application for _, _, application, state in work if state in READING}
        return {
            "experts": frozenset(profile),
            "assignments": frozenset(pk for pk, _, _, _ in work),
            "rounds": frozenset(round for _, round, _, _ in work),
            "meetings": frozenset(meetings),
            "applications": frozenset(accepted | _candidates(actor, meetings)),
        }


def _work(actor: Actor):
    """What is granted to the expert in rounds that score."""
    return Assignment.objects.filter(
        pk__in=grants.granted(actor.user_id, Assignment), state__in=Assignment.live_states, round__state="scoring"
    )


def _candidates(actor: Actor, meetings: dict[int, str]) -> set[int]:
    """Applications of the meetings' candidates, once the member has signed and declared no conflict."""
    shown = [pk for pk, state in meetings.items() if state in MATERIALS_OPEN]
    if not shown:
        return set()
    signed = Undertaking.objects.filter(user_id=actor.user_id, signed_at__isnull=False).values("meeting_id")
    sheets = PanelSheet.objects.filter(expert__user_id=actor.user_id, recusal=PanelSheet.NONE)
    found = sheets.filter(slot__meeting__in=shown).filter(slot__meeting__in=signed)
    return set(found.values_list("slot__application_id", flat=True))
