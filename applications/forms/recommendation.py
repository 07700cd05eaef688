"""Input of a recommending unit's verbs."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone

from applications.models.recommendation import CheckAnswer
from applications.opinions import LEAST, most, needs_confirmation, template_for
from portal.calendars.workdays import UndecreedYear, add_working_days, local_day
from portal.web.fields import InstantField, ProseField
from portal.web.formats import month_text
from portal.web.forms import StepForm

REVISION_DAYS = 3  # working days


class ScreenForm(StepForm):
    """The check-list: an answer for each item, with a note that stays inside the unit."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.items = self.record.screening_items()
        given = self.record.screening_answers()
        for item in self.items:
            check = given.get(item.key)
            self.fields[f"answer_{item.key}"] = forms.ChoiceField(
                label=item.label,
                choices=CheckAnswer.choices,
                widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
                required=False,
                initial=check.answer if check else None,
            )
            self.fields[f"note_{item.key}"] = forms.CharField(
                label=f"{item.label}：备注", max_length=300, required=False, initial=check.note if check else ""
            )

    def lines(self) -> list[tuple]:
        """(item, its choice, its note), in order."""
        return [(item, self[f"answer_{item.key}"], self[f"note_{item.key}"]) for item in self.items]

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        answers = {item.key: (given[f"answer_{item.key}"], given[f"note_{item.key}"]) for item in self.items}
        return {"answers": answers}


class ReturnForm(StepForm):
    """What must be changed, page by page, and until when."""

    due_at = InstantField(label="修改截止", ends=True, required=False, help_text="不晚于依托单位提交截止时间")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for section in self.record.definition():
            self.fields[f"note_{section.key}"] = ProseField(label=section.label, limit=500, rows=2, required=False)
        self.initial.setdefault("due_at", usual_due(self.at, self.record.closes_at()))

    def clean_due_at(self) -> datetime | None:
        due = self.cleaned_data["due_at"]
        if due is not None and due <= self.at:
            raise forms.ValidationError("修改截止应晚于现在")
        if due is not None and due > self.record.closes_at():
            raise forms.ValidationError("修改截止不能晚于依托单位提交截止时间")
        return due

    def values(self) -> dict[str, Any]:
        given = super().values()
        notes = {name.removeprefix("note_"): text for name, text in given.items() if name.startswith("note_") and text}
        return {"notes": notes, "due_at": given["due_at"]}


def usual_due(at: datetime, latest: datetime) -> datetime:
    """The end of the third working day from now, or the deadline if that is earlier."""
    try:
        day = add_working_days(local_day(at), REVISION_DAYS)
    except UndecreedYear:
        return latest
    return min(timezone.make_aware(datetime.combine(day, time(17))), latest)


class OpinionForm(StepForm):
    """推荐意见; the usual words are there to be checked and completed."""

    text = ProseField(label="推荐意见", limit=800, rows=8)
    exceptional_confirmed = forms.BooleanField(
        label="本单位已核实，确认申报人符合特别优秀或突出贡献条件", required=False
    )

    def __init__(self, *args, opinion=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].limit = most()
        self.fields["text"].help_text = f"{LEAST} 至 {most()} 字。请核对后填写，平台不代拟结论"
        usual = template_for(self.record.applicant_name, self.record.organisation.name, month_text(local_day(self.at)))
        self.initial.setdefault("text", opinion.text if opinion else usual)
        self.initial.setdefault("exceptional_confirmed", bool(opinion and opinion.exceptional_confirmed))
        if not needs_confirmation(self.record.latest()):
            del self.fields["exceptional_confirmed"]


class RankForm(StepForm):
    """The whole order, as numbers typed, a move up or down, or the order that a script sends; and the line."""

    order = forms.CharField(required=False, widget=forms.HiddenInput)
    line = forms.IntegerField(label="推荐人数", required=False, min_value=0)
    move = forms.CharField(required=False, widget=forms.HiddenInput)
    moved = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, entries=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.numbers = [entry.application.number for entry in entries]
        for place, number in enumerate(self.numbers, 1):
            self.fields[f"rank_{number}"] = forms.IntegerField(
                label=f"{number} 的位次", initial=place, required=False, min_value=1, max_value=9999
            )

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        for name in list(self.errors):
            if name.startswith("rank_"):
                self.add_error(None, "位次请填 1 以上的整数")
        return clean

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        line = given.get("line")
        return {"order": self.wanted(given), "line": line}

    def wanted(self, given: dict[str, Any]) -> list[str]:
        """The order meant: a script's, a move of one place, or by the typed numbers (an unchanged one gives way)."""
        if given.get("order"):
            return [number for number in given["order"].split(",") if number]
        if given.get("move"):
            return self.after_move(*given["move"].split(":", 1))
        typed = [given.get(f"rank_{number}") or place for place, number in enumerate(self.numbers, 1)]
        changed = [rank != place for place, rank in enumerate(typed, 1)]
        # Who moves down to a place stands behind its holder, who moves up before.
        keys = [
            (rank, 0 if moves and rank < place else 2 if moves else 1)
            for place, (rank, moves) in enumerate(zip(typed, changed, strict=True), 1)
        ]
        return [number for _, number in sorted(zip(keys, self.numbers, strict=True), key=lambda pair: pair[0])]

    def after_move(self, direction: str, number: str = "") -> list[str]:
        order = list(self.numbers)
        if number in order:
            place = order.index(number)
            other = place + (-1 if direction == "up" else 1)
            if 0 <= other < len(order):
                order[place], order[other] = order[other], order[place]
        return order

    def who_moved(self) -> str:
        """The number that the page speaks of after saving."""
        given = self.cleaned_data
        if given.get("moved") in self.numbers:
            return given["moved"]
        if given.get("move"):
            return given["move"].split(":", 1)[-1]
        changed = [each for place, each in enumerate(self.numbers, 1) if given.get(f"rank_{each}") not in (None, place)]
        return changed[0] if changed else ""


class ScanForm(StepForm):
    """The stamped scan and the 校验码 that is printed on it."""

    file = forms.FileField(label="盖章扫描件", help_text="PDF、JPG 或 PNG，不超过 20 MB")
    code = forms.CharField(label="扫描件上的校验码", max_length=12, help_text="例如 7F3A-91C2")


class RulesForm(StepForm):
    """The unit's own rules of the year (Art. 12)."""

    text = ProseField(label="给依托单位的说明", limit=2000, rows=8, required=False)
    internal_closes_at = InstantField(
        label="本单位提交截止", ends=True, required=False, help_text="早于年度截止时间；不填则按年度截止时间"
    )
    extra_items = ProseField(
        label="补充初筛条目", limit=1000, rows=4, required=False, help_text="每行一条，初筛时逐条填写结论"
    )

    def __init__(self, *args, rules=None, **kwargs):
        super().__init__(*args, **kwargs)
        if rules is not None:
            self.initial.setdefault("text", rules.text)
            self.initial.setdefault("internal_closes_at", rules.internal_closes_at)
            self.initial.setdefault("extra_items", "\n".join(each["label"] for each in rules.extra_items))

    def values(self) -> dict[str, Any]:
        given = super().values()
        return {**given, "extra_items": given["extra_items"].split("\n")}
