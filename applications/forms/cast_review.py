"""Input of the city's review: filters, the check-list, returns, decisions (Art. 15)."""

from collections.abc import Iterator
from typing import Any

from django import forms

from applications.cast_answers import Answer
from applications.checklist import Item
from applications.commands.cast_review import correction_due
from applications.models import Application, CastCheck
from applications.models.recommendation import CheckAnswer
from portal.calendars.workdays import UndecreedYear
from portal.people.models import Organisation
from portal.regulation.articles import Article, every_article, parse
from portal.regulation.rules import Finding
from portal.web.fields import InstantField, ProseField, WholeField
from portal.web.forms import StepForm, say_required

TYPE_ABOVE = 20  # from so many applications on, their number is typed
LONGEST_NOTE = 500  # characters

# What an application may fail by: the conditions of 第八条, one person a unit, rules of filling in, truth and secrecy.
GROUNDS = [article for article in every_article() if article.number == 8 and article.item] + [
    Article(4), Article(5), Article(7), Article(9), Article(10), Article(11), Article(13, 2), Article(14),
]  # fmt: skip


# The check-list under its headings: which items stand where.
GROUPS = (
    ("依托单位（第八条（一））", lambda article: (article.number, article.paragraph) == (8, 1)),
    ("申报人（第八条（二））", lambda article: (article.number, article.paragraph) == (8, 2)),
    ("需求、材料与程序", lambda article: article.number != 8),
)


class ApplicationFilter(forms.Form):
    """GET filters of the list; the words are the list page's own."""

    recommender = forms.ModelChoiceField(
        Organisation.objects.filter(kind=Organisation.Kind.RECOMMENDER).order_by("code"),
        label="推荐单位",
        required=False,
        empty_label="全部",
    )
    field = forms.ChoiceField(label="领域", required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *Application.State.choices])
    waiting = forms.ChoiceField(
        label="其他",
        required=False,
        choices=[
            ("", "不限"),
            ("corrected", "曾退回补正"),
            ("overdue", "补正逾期"),
            ("extended", "单独延期"),
            ("approval", "有待审批的拟办"),
        ],
    )

    def __init__(self, *args: Any, cycle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["field"].choices = [("", "全部"), *cycle.fields.values_list("code", "name")]


class ReviewForm(StepForm):
    """One answer and one reason for each item of the check-list; items may be left for later."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = self.record.cast_items()
        given = {check.item: check for check in CastCheck.objects.filter(application=self.record)}
        version = self.record.latest()
        self.outdated = {key for key, check in given.items() if version and check.on_version != version.number}
        for item in self.items:
            self.fields[f"answer_{item.key}"] = forms.ChoiceField(
                label=item.label,
                choices=CheckAnswer.choices,
                widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
                required=False,
            )
            self.fields[f"reason_{item.key}"] = ProseField(
                label=f"{item.label}：理由",
                limit=LONGEST_NOTE,
                required=False,
                widget=forms.Textarea(attrs={"rows": 1, "class": "form-control"}),
            )
            if check := given.get(item.key):
                self.initial |= {f"answer_{item.key}": check.answer, f"reason_{item.key}": check.reason}

    def groups(self) -> Iterator[tuple[str, list[tuple[Item, list[Finding], Any, Any, bool]]]]:
        """(heading, its lines); a line is the item, the machine's finding, answer, reason, and whether the answer is
        of an earlier version."""
        for heading, holds in GROUPS:
            yield heading, [self._line(item) for item in self.items if holds(item.article)]

    def _line(self, item: Item) -> tuple[Item, list[Finding], Any, Any, bool]:
        found = [item.finding] if item.finding else []
        return item, found, self[f"answer_{item.key}"], self[f"reason_{item.key}"], item.key in self.outdated

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        if not self.errors and not self.answers():
            raise forms.ValidationError("请至少填写一项结论")
        return clean

    def answers(self) -> dict[str, Answer]:
        return {
            item.key: Answer(self.cleaned_data[f"answer_{item.key}"], self.cleaned_data[f"reason_{item.key}"])
            for item in self.items
            if self.cleaned_data.get(f"answer_{item.key}")
        }

    def values(self) -> dict[str, Any]:
        return {"answers": self.answers()}


class ReturnForm(StepForm):
    """What must be mended, a note for each section, told once and completely; the deadline in working days."""

    due_at = InstantField(label="补正期限", ends=True, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = self.record.cycle.settings["correction_days"]
        self.fields["due_at"].help_text = f"默认 {days} 个工作日"
        try:
            self.initial["due_at"] = correction_due(self.record, self.at)
        except UndecreedYear as undecreed:
            self.fields["due_at"].help_text = f"{undecreed.findings[0].message}；也可直接填写期限"
        for section in self.record.definition():
            self.fields[f"note_{section.key}"] = ProseField(
                label=section.label, limit=LONGEST_NOTE, rows=3, required=False
            )

    def notes(self) -> dict[str, str]:
        return {
            section.key: text
            for section in self.record.definition()
            if (text := self.cleaned_data.get(f"note_{section.key}", "").strip())
        }

    def values(self) -> dict[str, Any]:
        return {"notes": self.notes(), "due_at": self.cleaned_data.get("due_at")}


class RejectForm(StepForm):
    """The article that the application fails by, and why."""

    article = forms.ChoiceField(
        label="依据", choices=[("", "请选择条款"), *((str(each), str(each)) for each in GROUNDS)]
    )

    def clean_article(self) -> Article:
        return parse(self.cleaned_data["article"])


class UntilForm(StepForm):
    """A later deadline for one unit. The reason is the step's own field."""

    until = InstantField(label="延长至", ends=True)
    field_order = ["until"]


class RevealForm(StepForm):
    reason = ProseField(label="查看理由", limit=200, rows=2, help_text="至少 4 个字，会写入日志")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_required(self)


class BatchForm(StepForm):
    """The applications on the preview, and from TYPE_ABOVE on their number, typed."""

    def __init__(self, *args: Any, count: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.count = count
        if count > TYPE_ABOVE:
            self.fields["typed"] = WholeField(label=f"请输入份数“{count}”确认", most=100_000, width=8)
            say_required(self)

    def clean_typed(self) -> int:
        if self.cleaned_data["typed"] != self.count:
            raise forms.ValidationError(f"应为 {self.count} 份，请核对后再输入")
        return self.cleaned_data["typed"]
