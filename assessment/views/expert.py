"""The expert's side of an assessment: own rows under own numbers, only while the evaluation runs (Art. 32, 33)."""

from django.http import HttpResponseRedirect
from django.urls import reverse

from assessment import commands, forms
from assessment.models import AssessmentExpert
from assessment.sections import assessments as sections
from funding.views import KeepsTyped
from portal.web.components import Cell, Empty
from portal.web.views import DeedPage, ListPage
from review.commands.undertaking import text_for

COLOURS = {"待承诺": "amber", "待评价": "amber", "评分中": "blue", "已提交": "green"}


class MyAssessments(ListPage):
    model = AssessmentExpert
    action = "assessment_expert.list"
    title = "考核评价"
    order = ("place",)
    columns = [
        ("", "序号", lambda row: str(row.place)),
        ("", "入选者", lambda row: row.material["name"]),
        ("", "依托单位", lambda row: row.material["unit"]),
        ("", "类型", lambda row: row.material["kind"]),
        ("", "状态", lambda row: Cell(row.state_label(), tag=COLOURS[row.state_label()])),
    ]
    empty = Empty("现在没有请您评价的考核。")

    def row_url(self, record) -> str:
        return reverse("expert:assessment.score", kwargs=record.url_kwargs())


class OfMine(DeedPage):
    """A page about one of the expert's own rows, found by their own number."""

    model = AssessmentExpert

    def lookup(self) -> dict:
        return {"place": self.kwargs["n"], "expert__user_id": self.actor.user_id}

    def back_url(self) -> str:
        return reverse("expert:assessment_expert.list")

    def context(self) -> dict:
        return {**super().context(), "heading": f"{self.title}：{self.record.material['name']}"}


class Pledge(OfMine):
    """What the expert promises, before the material opens; here they may step back too."""

    action = "assessment.pledge"
    template_name = "assessment/pledge.html"
    form_class = forms.PledgeForm
    command = staticmethod(commands.experts.pledge)
    submit_label = "签署承诺，开始评价"

    def context(self) -> dict:
        recuse = reverse("expert:assessment.recuse", kwargs=self.record.url_kwargs())
        return {
            **super().context(),
            "facts": sections.subject(self.record),
            "text": text_for("expert"),
            "recuse_url": recuse,
        }

    def success_url(self, result) -> str:
        return reverse("expert:assessment.score", kwargs=self.record.url_kwargs())


class Recuse(OfMine):
    action = "assessment.recuse"
    form_class = forms.ReasonForm
    command = staticmethod(commands.experts.recuse)
    submit_label = "申请回避"


class ScorePage(KeepsTyped, OfMine):
    """The material beside the sheet; saved as often as one likes, handed in once."""

    action = "assessment.score"
    template_name = "assessment/score.html"
    form_class = forms.ScoreForm
    command = staticmethod(commands.experts.score)

    def form_options(self) -> dict:
        return {**super().form_options(), "initial": {"comment": self.record.comment}}

    def get(self, request, *args, **kwargs):
        if self.record.pledged_at is None:
            return HttpResponseRedirect(reverse("expert:assessment.pledge", kwargs=self.record.url_kwargs()))
        return super().get(request, *args, **kwargs)

    def context(self) -> dict:
        row = self.record
        evidence = reverse("file.download", kwargs={"pk": row.material["evidence"]}) if row.material["evidence"] else ""
        return {
            **super().context(),
            "facts": sections.material(row),
            "evidence_url": evidence,
            "recuse_url": reverse("expert:assessment.recuse", kwargs=row.url_kwargs()),
            "submitted": row.submitted_at,
            "saved": row.saved_at,
        }

    def success_url(self, result) -> str:
        return self.back_url() if result.submitted_at else self.request.path
