"""What the first screening and the review of 市科协 know of an application. Methods of Application.

The rows read here are kept by the recommending unit or by 市科协: to a host unit they are not there.
"""

from django.apps import apps

from applications import rules
from applications.checklist import Item, cast_items, screening_items
from applications.models.dossier import findings_of
from applications.stages import TAKES_A_PLACE
from portal.regulation.articles import Article
from portal.regulation.rules import Finding, failed
from portal.workflow.glance import once_a_glance


def _rows(model: str):
    """A model of this app that stands after Application."""
    return apps.get_model("applications", model).objects


class Screened:
    """Mixed into Application."""

    @once_a_glance
    def list_of_unit(self):
        """The recommending unit's list of the cycle, or None before it was opened (or where this reach ends)."""
        return _rows("RecommendationList").filter(
            cycle_id=self.cycle_id, organisation_id=self.recommender_id
        ).first()  # fmt: skip

    @once_a_glance
    def unit_rules(self):
        """The recommending unit's published 实施细则 of the cycle, or None (Art. 12)."""
        return _rows("UnitRules").filter(
            cycle_id=self.cycle_id, organisation_id=self.recommender_id, is_public=True
        ).first()  # fmt: skip

    @once_a_glance
    def exceptional_confirmed(self) -> bool | None:
        """The recommending unit's word on 特别优秀; None while it has not spoken, or where it cannot be read."""
        if self.submitted_at is None:  # nobody has read it yet
            return None
        return _rows("Opinion").filter(application_id=self.pk).values_list("exceptional_confirmed", flat=True).first()

    # --- first screening (Art. 13) -----------------------------------------------------------------------------------

    @once_a_glance
    def screening_items(self) -> list[Item]:
        """The check-list for the version submitted last; none before a first submission."""
        version, unit = self.latest(), self.unit_rules()
        return screening_items(findings_of(version), unit.extra_items if unit else ()) if version else []

    @once_a_glance
    def screening_answers(self) -> dict:
        """{item key: the officer's ScreeningCheck} on the version submitted last; older answers no longer count."""
        version = self.latest()
        checks = _rows("ScreeningCheck").filter(application_id=self.pk, on_version=version.number if version else 0)
        return {check.item: check for check in checks}

    def screening_findings(self) -> list[Finding]:
        """What keeps the application from 初筛合格: items without an answer, items answered otherwise than 符合."""
        answers = self.screening_answers()
        found = [
            failed(f"“{item.label}”还没有填写结论", label=item.label, article=item.article)
            for item in self.screening_items()
            if item.asked and item.key not in answers
        ]
        labels = {item.key: item for item in self.screening_items()}
        return found + [
            failed(
                f"“{labels[key].label}”为“{check.get_answer_display()}”，请退回修改或不予推荐",
                label=labels[key].label,
                article=labels[key].article,
            )
            for key, check in answers.items()
            if key in labels and check.answer != "yes"
        ]

    # --- the unit's list (Art. 11, 13) -------------------------------------------------------------------------------

    def list_is_open(self) -> bool:
        """Ranks and places can still be moved: the list is with the officer, or not opened yet."""
        unit_list = self.list_of_unit()
        return unit_list is None or unit_list.state in ("drafting", "returned")

    def list_is_accepted(self) -> bool:
        unit_list = self.list_of_unit()
        return unit_list is not None and unit_list.state == "accepted"

    def quota_finding(self) -> Finding:
        """Whether one more fits into the unit's quota. The caller holds the lock of the list's row."""
        quota = self.cycle.quotas.filter(recommender_id=self.recommender_id).first()
        used = type(self).objects.filter(
            cycle_id=self.cycle_id, recommender_id=self.recommender_id, state__in=TAKES_A_PLACE
        )
        return rules.quota_left(used.count(), quota.places if quota else 0)

    # --- review of 市科协 (Art. 15) -----------------------------------------------------------------------------------

    def cast_items(self) -> list[Item]:
        version = self.latest()
        return cast_items(findings_of(version)) if version else []

    def cast_review_findings(self) -> list[Finding]:
        """What keeps the application from 审查通过: items without an answer on this version, items not 符合."""
        version = self.latest()
        checks = _rows("CastCheck").filter(application_id=self.pk, on_version=version.number if version else 0)
        answers = {check.item: check for check in checks}
        found = []
        for item in self.cast_items():
            check = answers.get(item.key)
            if check is None:
                found.append(failed(f"“{item.label}”还没有填写审查结论", label=item.label, article=Article(15)))
            elif check.answer != "yes":
                words = f"“{item.label}”为“{check.get_answer_display()}”，不能审查通过"
                found.append(failed(words, label=item.label, article=Article(15)))
        return found
