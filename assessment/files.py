"""Who may read the evidence of an assessment: whoever reads the assessment, and its experts while they evaluate."""

from assessment.commands.assessment import EVIDENCE
from assessment.models import Assessment
from portal.access.decide import decide
from portal.files.access import file_access
from portal.people.roles import Role
from portal.tenancy.reach import current_reach


@file_access(EVIDENCE)
def of_an_assessment(actor, file) -> bool:
    if actor.role == Role.EXPERT:
        return file.assessment_id in current_reach().on("assessments")
    return decide(actor, "assessment.view", Assessment.objects.get(pk=file.assessment_id)).allowed
