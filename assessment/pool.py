"""Whom an assessment may ask: the pool of experts, each with the conflicts that bar them (Art. 32, 33)."""

from dataclasses import dataclass, replace

from assessment.models import Assessment, AssessmentExpert
from funding.models import Mentor
from portal.regulation.rules import Finding
from review.desk import Conflicts
from review.models import Expert
from review.rules.conflicts import Employer, Named, conflicts_of


@dataclass(frozen=True)
class Candidate:
    """An expert of the pool as the assignment page shows them."""

    expert: Expert
    conflicts: list[Finding]
    asked: AssessmentExpert | None = None


class Pool:
    """Conflicts of any expert with one assessed selectee: those of the application, the unit of today, the mentors."""

    def __init__(self, assessment: Assessment, at):
        selectee = assessment.selectee
        self.assessment, self.known = assessment, Conflicts(selectee.cycle, at)
        case = self.known.cases([selectee.application_id])[selectee.application_id]
        mentors = Mentor.objects.filter(task_book__selectee=selectee).values_list("name", flat=True)
        today = replace(
            case,
            host=Employer(assessment.organisation.name, assessment.organisation.code),
            applicant_id=selectee.person_id,
            recommender_id=selectee.recommender_id,
            named=(*case.named, *(Named(name, "导师") for name in mentors)),
        )
        self.cases = [today] if case.host == today.host else [today, case]

    def conflicts(self, expert_id: int) -> list[Finding]:
        """Every conflict, each once; none when the expert may be asked."""
        reviewer = self.known.reviewers([expert_id])[expert_id]
        alike = self.known.settings["avoid_same_recommender"]
        found = [
            finding
            for case in self.cases
            for finding in conflicts_of(reviewer, case, since=self.known.since, same_recommender=alike)
        ]
        return list({finding.message: finding for finding in found}.values())

    def candidates(self) -> list[Candidate]:
        """The active experts by kind and number, each with conflicts and, where asked already, the row."""
        asked = {row.expert_id: row for row in AssessmentExpert.objects.filter(assessment=self.assessment)}
        experts = sorted(Expert.objects.filter(active=True), key=lambda each: (ORDER[each.kind], each.number))
        self.known.reviewers([each.pk for each in experts])
        return [Candidate(each, self.conflicts(each.pk), asked.get(each.pk)) for each in experts]


ORDER = {kind: place for place, kind in enumerate(Expert.Kind.values)}
