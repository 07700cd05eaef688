"""Input around a panel's meeting: who is there, who declares what (Art. 17, 33)."""

from collections.abc import Sequence
from typing import Any

from django import forms

from portal.web.forms import StepForm
from review.models import Member, PanelSheet


class MembersForm(StepForm):
    """Some of the members that the page offers."""

    members = forms.ModelMultipleChoiceField(
        Member.objects.none(), label="评审组成员", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, offered, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = offered.select_related("expert")
        self.fields["members"].label_from_instance = lambda each: f"{each.expert.name}（{each.expert.employer}）"


class PanelDeclareForm(StepForm):
    """One answer for each candidate; none is chosen beforehand, and what the portal knows of is not asked again."""

    def __init__(self, *args: Any, sheets: Sequence[PanelSheet], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheets = {f"slot_{each.slot.order}": each for each in sheets}
        none, *interests = PanelSheet.RECUSALS
        choices = [("", "请选择"), none, *((value, f"有：{label}") for value, label in interests)]
        for name, sheet in self.sheets.items():
            label = f"{sheet.slot.order} 号　{sheet.slot.applicant_name}（{sheet.slot.host_name}）"
            self.fields[name] = forms.ChoiceField(label=label, choices=choices)
            self.fields[name].error_messages["required"] = f"请选择与{sheet.slot.applicant_name}有无利害关系"
            if sheet.recusal:
                self.initial[name] = sheet.recusal

    def values(self) -> dict:
        return {"answers": {sheet: self.cleaned_data[name] for name, sheet in self.sheets.items()}}
