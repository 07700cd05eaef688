"""Input of the network review on the secretary's side (Art. 17, 18)."""

from typing import Any

from django import forms

from applications import cycle_settings
from applications.models import Cycle
from portal.web.fields import InstantField, WholeField
from portal.web.forms import StepForm
from review.models import Expert, Round
from review.models.round import FIGURES


class NewRoundForm(StepForm):
    cycle = forms.ModelChoiceField(Cycle.objects.none(), label="年度批次", empty_label=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = Round.objects.values("cycle")
        self.fields["cycle"].queryset = Cycle.objects.filter(state="network_review").exclude(pk__in=taken)


class ConfigureForm(StepForm):
    """The scoring window, the kinds of experts, and the cycle's network figures."""

    opens_at = InstantField(label="评分开始")
    closes_at = InstantField(label="评分截止", ends=True)
    kinds = forms.MultipleChoiceField(
        label="专家类别", choices=Expert.Kind.choices, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, record: Round, **kwargs: Any) -> None:
        super().__init__(*args, record=record, **kwargs)
        self.initial |= {"opens_at": record.opens_at, "closes_at": record.closes_at, "kinds": record.kinds}
        for key in FIGURES:
            self.fields[key] = _figure(cycle_settings.BY_KEY[key])
            self.initial[key] = record.settings[key]

    def values(self) -> dict:
        cleaned = self.cleaned_data
        figures = {key: cleaned[key] for key in FIGURES}
        return {name: cleaned[name] for name in ("opens_at", "closes_at", "kinds")} | {"figures": figures}


def _figure(setting) -> forms.Field:
    if setting.kind == "boolean":
        return forms.BooleanField(label=setting.label, required=False)
    if setting.kind == "choice":
        return forms.ChoiceField(label=setting.label, choices=setting.choices)
    return WholeField(
        label=setting.label, least=setting.least, most=setting.most, unit=setting.unit, help_text=setting.hint
    )


class UntilForm(StepForm):
    """A new end of the scoring."""

    closes_at = InstantField(label="新的评分截止", ends=True)


class PickForm(StepForm):
    """One expert of those whom the page offers."""

    expert = forms.ModelChoiceField(Expert.objects.none(), label="专家")

    def __init__(self, *args: Any, experts=None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expert"].queryset = Expert.objects.filter(active=True) if experts is None else experts


class ReplaceForm(PickForm):
    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
