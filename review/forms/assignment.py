"""Input of an expert: declarations and scores (Art. 17, 18, 33)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from portal.web.fields import ProseField
from portal.web.forms import StepForm
from review.commands.assignment import NO_INTEREST
from review.models import Assignment, Ballot, PanelSheet

INTERESTS = [(NO_INTEREST, "无利害关系"), *((value, f"有：{label}") for value, label in Assignment.Recusal.choices)]


class DeclareForm(StepForm):
    """One answer for each row; none is chosen beforehand. `all_none` with its tick answers the rest."""

    all_none = forms.BooleanField(label="其余各项均无利害关系", required=False)

    def __init__(self, *args: Any, rows: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            self.fields[f"kind_{row.pk}"] = forms.ChoiceField(
                label="利害关系", choices=[("", "请选择"), *INTERESTS], required=False
            )
            self.fields[f"note_{row.pk}"] = forms.CharField(label="说明", max_length=200, required=False)

    def lines(self):
        """(row, bound kind, bound note) as the page prints them."""
        return [(row, self[f"kind_{row.pk}"], self[f"note_{row.pk}"]) for row in self.rows]

    def clean(self) -> dict:
        cleaned = super().clean()
        for row in self.rows:
            kind = cleaned.get(f"kind_{row.pk}")
            if not kind and cleaned.get("all_none"):
                cleaned[f"kind_{row.pk}"] = NO_INTEREST
            elif not kind:
                self.add_error(f"kind_{row.pk}", f"请选择与{row.applicant_name}有无利害关系")
            elif kind == Assignment.Recusal.OTHER and not cleaned.get(f"note_{row.pk}", "").strip():
                self.add_error(f"note_{row.pk}", "选择“其他”的，请写明利害关系")
        return cleaned

    def answers(self) -> dict:
        """{row: (kind, note)}"""
        cleaned = self.cleaned_data
        return {row: (cleaned[f"kind_{row.pk}"], cleaned[f"note_{row.pk}"].strip()) for row in self.rows}

    def values(self) -> dict:
        return {"answers": self.answers()}


class RecuseForm(StepForm):
    kind = forms.ChoiceField(label="利害关系", choices=Assignment.Recusal.choices, widget=forms.RadioSelect)
    note = forms.CharField(label="说明", max_length=200, required=False, help_text="选择“其他”的请写明")


class ScaleField(forms.TypedChoiceField):
    """0 to 10 as radio buttons; empty while there is no score."""

    widget = forms.RadioSelect

    def __init__(self, criterion: Mapping[str, Any], most: int = 10, **kwargs: Any) -> None:
        self.criterion = criterion
        super().__init__(
            label=criterion["name"],
            choices=[(value, str(value)) for value in range(most + 1)],
            coerce=int,
            empty_value=None,
            required=False,
            **kwargs,
        )


class ScoreForm(StepForm):
    """The sheet of one assignment; a draft may have gaps."""

    prefix_of_scores = "score_"

    def __init__(self, *args: Any, record: Assignment, **kwargs: Any) -> None:
        super().__init__(*args, record=record, **kwargs)
        given = record.values()
        for each in record.round.criteria:
            self.fields[f"score_{each['code']}"] = ScaleField(each)
            self.initial[f"score_{each['code']}"] = given.get(each["code"])
        settings = record.round.settings
        self.fields["comment"] = ProseField(
            label=f"评审意见（{settings['comment_min']}—{settings['comment_max']} 字）",
            limit=settings["comment_max"],
            rows=5,
            required=False,
        )
        self.initial["comment"] = record.comment

    def scales(self):
        return [self[name] for name in self.fields if name.startswith("score_")]

    def values(self) -> dict:
        cleaned = self.cleaned_data
        given = {name.removeprefix("score_"): value for name, value in cleaned.items() if name.startswith("score_")}
        return {"values": given, "comment": cleaned["comment"]}


class PanelScoreForm(StepForm):
    """A member's scores on the candidate who presents: all of them."""

    def __init__(self, *args: Any, sheet: PanelSheet, criteria: Sequence[Mapping[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in criteria:
            self.fields[f"score_{each['code']}"] = ScaleField(each)
            self.initial[f"score_{each['code']}"] = sheet.values.get(each["code"])

    scales = ScoreForm.scales

    def values(self) -> dict:
        given = {name.removeprefix("score_"): v for name, v in self.cleaned_data.items() if name.startswith("score_")}
        return {"values": given}


class VoteForm(StepForm):
    choice = forms.ChoiceField(label="表决", choices=Ballot.Choice.choices, widget=forms.RadioSelect)
