"""What an expert reaches of assessments: computed anew for each request, and nothing once the evaluation is over."""

from assessment.models import AssessmentExpert
from portal.access import grants
from portal.people.actor import Actor
from portal.tenancy.reach import Because, everything, reach_axes


@reach_axes
def of_expert(actor: Actor) -> dict[str, frozenset]:
    """asked: the expert's own rows of evaluations that run. assessments: those of them for which the undertaking is
    signed, whose evidence the expert may read."""
    with everything(because=Because.AXIS):
        rows = AssessmentExpert.objects.filter(pk__in=grants.live(actor.user_id, AssessmentExpert))
        asked = list(rows.values_list("pk", "assessment_id", "pledged_at"))
    return {
        "asked": frozenset(pk for pk, _, _ in asked),
        "assessments": frozenset(assessment for _, assessment, pledged_at in asked if pledged_at),
    }
