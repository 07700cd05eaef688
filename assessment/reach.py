"""What an expert reaches of assessments: computed anew for each request, and nothing once the evaluation is over."""

from assessment.models import AssessmentExpert
from portal.access import grants
from portal.people.actor import Actor
from portal.tenancy.reach import Because, everything, reach_axis


@reach_axis("asked")
def own_rows(actor: Actor) -> frozenset:
    """The expert's own rows of evaluations that run."""
    with everything(because=Because.AXIS):
        return frozenset(grants.live(actor.user_id, AssessmentExpert).values_list("pk", flat=True))


@reach_axis("assessments")
def readable_files(actor: Actor) -> frozenset:
    """Assessments whose evidence the expert may read: those for which they have signed the undertaking."""
    with everything(because=Because.AXIS):
        rows = AssessmentExpert.objects.filter(
            pk__in=grants.live(actor.user_id, AssessmentExpert), pledged_at__isnull=False
        )
        return frozenset(rows.values_list("assessment_id", flat=True))
