"""What an expert reaches: computed anew for each request from grants that are live and meetings that are on."""

from portal.access import grants
from portal.people.actor import Actor
from portal.tenancy.reach import Because, everything, reach_axis
from review.models import Assignment, Expert, Meeting, Member, PanelSheet, Undertaking

# Content opens once the undertaking is signed and the declaration made, and closes with the round (Art. 33).
READING = ("accepted", "scoring", "submitted", "reopened")
MEETING_ON = ("planned", "in_session", "voting", "closed")
MATERIALS_OPEN = ("planned", "in_session", "voting")


def _live(actor: Actor):
    return Assignment.objects.filter(
        pk__in=grants.granted(actor.user_id, Assignment), state__in=Assignment.live_states, round__state="scoring"
    )


def _meetings(actor: Actor, states) -> list[int]:
    memberships = Member.objects.filter(expert__user_id=actor.user_id, meeting__state__in=states)
    return list(memberships.values_list("meeting_id", flat=True))


@reach_axis("experts")
def own_profile(actor: Actor) -> frozenset:
    """The expert's own profile, and with it their own undertakings, memberships, sheets."""
    with everything(because=Because.AXIS):
        return frozenset(Expert.objects.filter(user_id=actor.user_id, active=True).values_list("pk", flat=True))


@reach_axis("assignments")
def own_assignments(actor: Actor) -> frozenset:
    with everything(because=Because.AXIS):
        return frozenset(_live(actor).values_list("pk", flat=True))


@reach_axis("rounds")
def open_rounds(actor: Actor) -> frozenset:
    with everything(because=Because.AXIS):
        return frozenset(_live(actor).values_list("round_id", flat=True))


@reach_axis("meetings")
def own_meetings(actor: Actor) -> frozenset:
    with everything(because=Because.AXIS):
        return frozenset(_meetings(actor, MEETING_ON))


@reach_axis("applications")
def readable_applications(actor: Actor) -> frozenset:
    """Whose submitted content the expert may read: work accepted in an open round; candidates of a meeting that is on,
    for which the member has signed and declared no conflict."""
    with everything(because=Because.AXIS):
        accepted = _live(actor).filter(state__in=READING).values_list("application_id", flat=True)
        signed = Undertaking.objects.filter(user_id=actor.user_id, signed_at__isnull=False).values("meeting_id")
        sheets = PanelSheet.objects.filter(
            expert__user_id=actor.user_id,
            recusal=PanelSheet.NONE,
            slot__meeting__in=Meeting.objects.filter(
                pk__in=_meetings(actor, MATERIALS_OPEN), state__in=MATERIALS_OPEN
            ).filter(pk__in=signed),
        )
        return frozenset(accepted) | frozenset(sheets.values_list("slot__application_id", flat=True))
