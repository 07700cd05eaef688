"""Input of meetings, shortlists and objections on the staff's side (Art. 17, 19)."""

from typing import Any

from django import forms

from applications.models import Application, Cycle
from portal.web.fields import InstantField, ProseField, WholeField
from portal.web.forms import StepForm
from review.models import Expert, Meeting, Shortlist, ShortlistEntry

LONG = 5000


class ArrangeForm(StepForm):
    title = forms.CharField(label="会议名称", max_length=80)
    place = forms.CharField(label="地点", max_length=100)
    held_at = InstantField(label="时间")

    def __init__(self, *args: Any, record: Meeting | None = None, **kwargs: Any) -> None:
        super().__init__(*args, record=record, **kwargs)
        if record is not None:
            self.initial |= {name: getattr(record, name) for name in ("title", "place", "held_at")}


class PlanForm(ArrangeForm):
    cycle = forms.ModelChoiceField(Cycle.objects.none(), label="年度批次", empty_label=None)
    field_order = ("cycle", "title", "place", "held_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cycle"].queryset = Cycle.objects.filter(state="panel_review")


class SeatForm(StepForm):
    """Experts onto the panel, and who chairs it."""

    experts = forms.ModelMultipleChoiceField(
        Expert.objects.none(), label="评审组成员", widget=forms.CheckboxSelectMultiple
    )
    chair = forms.ModelChoiceField(Expert.objects.none(), label="组长")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pool = Expert.objects.filter(active=True)
        for name in ("experts", "chair"):
            self.fields[name].queryset = pool
            self.fields[name].label_from_instance = lambda expert: (
                f"{expert.number} {expert.name}（{expert.get_kind_display()}，{expert.employer}）"
            )
        members = list(self.record.members.all())
        self.initial["experts"] = [member.expert_id for member in members]
        self.initial["chair"] = next((member.expert_id for member in members if member.is_chair), None)

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("chair") and cleaned["chair"] not in (cleaned.get("experts") or ()):
            self.add_error("chair", "组长应是评审组成员")
        return cleaned


class DrawForm(StepForm):
    """Who is on the agenda."""

    applications = forms.ModelMultipleChoiceField(
        Application.objects.none(), label="候选人", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting = Application.objects.filter(cycle=self.record.cycle, state="panel_candidate")
        self.fields["applications"].queryset = waiting.select_related("organisation", "field").order_by(
            "field__position", "number"
        )
        self.fields["applications"].label_from_instance = lambda each: (
            f"{each.number} {each.applicant_name}　{each.organisation.name}　{each.field.name}"
        )
        self.initial.setdefault("applications", list(self.fields["applications"].queryset))


class MinutesForm(StepForm):
    minutes = ProseField(label="纪要", limit=LONG, rows=14)

    def __init__(self, *args: Any, record: Meeting | Shortlist, **kwargs: Any) -> None:
        super().__init__(*args, record=record, **kwargs)
        self.initial["minutes"] = record.minutes


class DraftListForm(StepForm):
    cycle = forms.ModelChoiceField(Cycle.objects.none(), label="年度批次", empty_label=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = Shortlist.objects.values("cycle")
        self.fields["cycle"].queryset = Cycle.objects.filter(state="panel_review").exclude(pk__in=taken)


class MoveForm(StepForm):
    """A candidate's place and whether they are on the list; the reason is the step's own."""

    application = forms.ChoiceField(label="候选人")
    position = WholeField(label="在本领域的位次", least=1, most=500, required=False)
    chosen = forms.TypedChoiceField(
        label="拟入选",
        choices=[("", "不变"), ("1", "列为拟入选"), ("0", "不列为拟入选")],
        coerce=lambda value: value == "1",
        empty_value=None,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entries = ShortlistEntry.objects.filter(shortlist=self.record)
        self.fields["application"].choices = [
            (each.application_number, f"{each.field_name} 第 {each.position} 位 {each.applicant_name}")
            for each in entries
        ]

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("position") is None and cleaned.get("chosen") is None:
            self.add_error("position", "请填写新的位次，或选择是否拟入选")
        return cleaned


class ReportForm(StepForm):
    findings = ProseField(label="核查情况", limit=LONG, rows=10)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["findings"] = self.record.findings


class AnswerForm(StepForm):
    reply = ProseField(label="答复", limit=LONG, rows=8)


class LookForm(StepForm):
    reason = forms.CharField(label="查看的理由", max_length=200)
