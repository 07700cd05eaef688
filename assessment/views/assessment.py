"""Pages of the assessment for units and 市科协; colleagues of 市科协 sign the year's undertaking first (Art. 33)."""

from assessment import commands, rules
from assessment.commands.experts import OPEN_TO_EXPERTS
from assessment.models import Assessment, AssessmentExpert
from assessment.pool import Pool
from assessment.sections import assessments as sections
from funding.views import KeepsTyped
from portal.web.components import Action, Cell, Empty
from portal.web.formats import deadline_text
from portal.web.links import record_url, url_of
from portal.web.views import DeedPage, ListPage, RecordPage, StepPage
from review.views.confidentiality import UndertakingRequired

RELATED = ("organisation", "selectee__cycle", "evidence")


class AssessmentList(UndertakingRequired, ListPage):
    model = Assessment
    action = "assessment.list"
    title = "考核"
    related = ("organisation", "selectee")
    columns = [
        ("number", "编号", lambda row: row.number),
        ("", "入选者", lambda row: row.selectee.name),
        ("", "依托单位", lambda row: row.organisation.name),
        ("", "类型", lambda row: row.get_kind_display()),
        ("period", "考核期", lambda row: row.period),
        ("", "期限", lambda row: deadline_text(row.due()[1]) if row.due() else ""),
        ("", "状态", lambda row: row),
    ]
    search = ("number", "period", "selectee__name", "selectee__number", "organisation__name")
    empty = Empty("还没有考核。市科协安排后显示在这里。")

    @property
    def tabs_by(self) -> str:
        """By state inside 市科协; outside, counts by state would tell how far the experts are."""
        return "state" if sections.is_inside(self.actor) else "kind"

    def cell(self, value, label: str) -> Cell:
        return sections.state_cell(value, self.actor) if isinstance(value, Assessment) else super().cell(value, label)

    def actions(self) -> list[Action]:
        url = url_of("tracking.list", self.actor)
        return [Action("联系记录", url)] if url else []


class AssessmentPage(UndertakingRequired, RecordPage):
    model = Assessment
    related = RELATED

    @property
    def deeds(self) -> tuple[str, ...]:
        """What can be done now beside the steps."""
        offered = {
            "assessment.edit": not list(self.record.report_still_open(at=self.at)),
            "assessment.assign_experts": self.record.state in OPEN_TO_EXPERTS,
            "assessment.scores": AssessmentExpert.objects.filter(assessment=self.record).exists(),
        }
        return tuple(action for action, now in offered.items() if now)

    def facts(self):
        return sections.of(self.record, self.actor)

    def documents(self):
        return sections.evidence_of(self.record) + super().documents()

    def progress(self):
        return sections.course(self.record)


class SwornDeed(UndertakingRequired, DeedPage):
    """A deed about an assessment inside 市科协."""


class SelfReport(KeepsTyped, DeedPage):
    """Four texts, a table of the promised indicators, one file; saved as a draft as often as one likes."""

    template_name = "assessment/self_report.html"

    def form_options(self) -> dict:
        report = {key: self.record.self_report.get(key, "") for key in rules.REPORT_PARTS}
        return {**super().form_options(), "initial": report}

    def context(self) -> dict:
        return {**super().context(), "evidence": sections.evidence_of(self.record)}


class SwornStep(UndertakingRequired, StepPage):
    """A step of the assessment: what it is about stands above the form."""

    related = RELATED

    def summary(self) -> list[tuple[str, str]]:
        row = self.record
        about = f"{row.selectee.name}　{row.period}{row.get_kind_display()}"
        return [("考核", about), *super().summary()[1:]]


class GradePage(SwornStep):
    """The grade is given in sight of what the scores allow: a look at them, and so an event."""

    def get(self, request, *args, **kwargs):
        if AssessmentExpert.objects.filter(assessment=self.record).exists():
            commands.assessment.look_at_scores(self.record, actor=self.actor, at=self.at)
        return super().get(request, *args, **kwargs)

    def summary(self) -> list[tuple[str, str]]:
        total, grade = self.record.total(), self.record.suggested_grade()
        weighed = [("专家评分合计", str(total)), ("最高可评", rules.GRADES[grade])] if grade else []
        clean = "没有未整改的情况" if self.record.funds_are_clean() else "有未整改的情况，不得评为优秀"
        return [*super().summary(), *weighed, ("经费使用", clean)]


class AssignExperts(SwornDeed):
    """The pool by kind, with the conflicts that bar an expert; ticked are those to be asked."""

    related = RELATED
    template_name = "assessment/experts.html"

    def form_options(self) -> dict:
        return {**super().form_options(), "candidates": Pool(self.record, self.at).candidates()}

    def show(self, status: int = 200, **extra):
        form = extra["form"]
        chosen = form.chosen()
        kinds = [
            (label, [(each, each.expert.pk in chosen) for each in form.candidates if each.expert.kind == kind])
            for kind, label in rules.KINDS.items()
        ]
        return super().show(status, kinds=kinds, **extra)


class Scores(UndertakingRequired, RecordPage):
    """Experts and their marks. Each look is written down."""

    model = Assessment
    action = "assessment.scores"
    related = RELATED
    template_name = "assessment/scores.html"

    def context(self) -> dict:
        rows = commands.assessment.look_at_scores(self.record, actor=self.actor, at=self.at)
        return {
            "title": f"专家评分 {self.record.number}",
            "record": self.record,
            "facts": sections.sheets(self.record, rows),
            "back_url": record_url(self.record, self.actor),
        }
