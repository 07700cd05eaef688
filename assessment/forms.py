"""Input of chapter 7: words, marks and days into clean values; nothing is saved here."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from assessment import rules
from assessment.models import Assessment, ContactRecord, ExitCase, InformationChange
from assessment.models.exit import preconditions
from funding.forms import AccountForm as _AccountForm
from portal.people.models import Organisation
from portal.web.fields import DayField, InstantField, ProseField
from portal.web.forms import StepForm, say_required

GRADES = [(value, label) for value, label in Assessment.Grade.choices]
SHOWN_AT_MOST = 20
SHORTEST_SEARCH = 2


# --- assessment ------------------------------------------------------------------------------------------------------


class ScheduleForm(StepForm):
    kind = forms.ChoiceField(label="类型", choices=Assessment.Kind.choices, widget=forms.RadioSelect)
    period = forms.CharField(label="考核期", max_length=40, help_text="例如：2026 年度，或 2026 年 1 月至 2027 年 6 月")
    due_at = InstantField(label="自评截止", ends=True, help_text="例如：2026年12月15日 17:00")


class ExtendForm(StepForm):
    due_at = InstantField(label="新的期限", ends=True)


class SelfReportForm(StepForm):
    """The four aspects as texts, one PDF of evidence, and for each line of the record actual_<n> and proof_<n>."""

    summary = ProseField(label=rules.REPORT_PARTS["summary"], limit=2000, required=False)
    growth = ProseField(
        label=rules.REPORT_PARTS["growth"], limit=1500, required=False, help_text="职称、学历、能力、荣誉的变化"
    )
    team = ProseField(
        label=rules.REPORT_PARTS["team"], limit=1500, required=False, help_text="团队成员、攻关项目、成果与人才带动"
    )
    funds = ProseField(
        label=rules.REPORT_PARTS["funds"], limit=1500, required=False, help_text="执行情况，以及对照负面清单的自查"
    )
    evidence = forms.FileField(
        label="佐证材料", required=False, help_text="合成一个 PDF，不超过 20 MB；重新上传会替换原来的文件"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.results = list(self.record.results.all())
        for place, row in enumerate(self.results):
            self.fields[f"actual_{place}"] = forms.DecimalField(
                label=f"{row.code} 实际完成值",
                required=False,
                max_digits=14,
                decimal_places=2,
                initial=row.actual,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "form-control num"}),
                error_messages={"invalid": f"{row.code} 的实际完成值请填数字"},
            )
            self.fields[f"proof_{place}"] = forms.CharField(
                label=f"{row.code} 佐证",
                required=False,
                max_length=300,
                initial=row.evidence,
                widget=forms.TextInput(attrs={"class": "form-control"}),
            )

    def texts(self) -> list:
        return [self[key] for key in rules.REPORT_PARTS]

    def lines(self) -> list[tuple]:
        """[(result, its value, its proof)] for the table."""
        return [(row, self[f"actual_{place}"], self[f"proof_{place}"]) for place, row in enumerate(self.results)]

    def values(self) -> dict:
        clean = self.cleaned_data
        return {
            "self_report": {key: clean[key] for key in rules.REPORT_PARTS},
            "results": {
                row.code: (clean[f"actual_{place}"], clean[f"proof_{place}"]) for place, row in enumerate(self.results)
            },
            "evidence": clean["evidence"] or None,
        }


class OpinionForm(StepForm):
    opinion = ProseField(label="意见", limit=1000, help_text="不少于 10 字")


class GradeForm(StepForm):
    grade = forms.ChoiceField(label="等级", choices=GRADES, widget=forms.RadioSelect)
    basis = ProseField(label="评定依据", limit=1000, help_text="送达依托单位和入选者，不得写入专家姓名、评分和讨论情况")


class RegradeForm(GradeForm):
    grade = forms.ChoiceField(label="复评等级", choices=GRADES[1:], widget=forms.RadioSelect)


class RectificationForm(StepForm):
    text = ProseField(label="整改情况", limit=2000, help_text="逐项写明整改措施和结果，不少于 10 字")


class ExpertsForm(StepForm):
    """experts: ids of the pool; the page shows them as a table with their conflicts."""

    def __init__(self, *args, candidates=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.candidates = candidates
        self.fields["experts"] = forms.TypedMultipleChoiceField(
            label="考核专家", coerce=int, required=False, choices=[(each.expert.pk, each) for each in candidates]
        )

    def chosen(self) -> set[int]:
        """What is ticked: as typed, else whoever is asked already."""
        if self.is_bound:
            return {int(value) for value in self.data.getlist("experts") if value.isdigit()}
        return {each.expert.pk for each in self.candidates if each.asked and not each.asked.recused_at}


class PledgeForm(StepForm):
    agreed = forms.BooleanField(label="我已阅读并承诺遵守以上内容，与被考核人及其单位没有应当回避的关系")

    def values(self) -> dict:
        return {}


class ReasonForm(StepForm):
    reason = ProseField(label="理由", limit=500)


class ScoreForm(StepForm):
    """One scale for each criterion of the sheet (score_<code>) and a comment; saving takes less than handing in."""

    comment = ProseField(
        label="评价意见", limit=rules.COMMENT_MOST, required=False, help_text=f"不少于 {rules.COMMENT_LEAST} 字"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        scale = [(number, str(number)) for number in range(self.record.material["score_max"] + 1)]
        for each in self.record.criteria:
            self.fields[f"score_{each['code']}"] = forms.TypedChoiceField(
                label=each["name"],
                choices=scale,
                coerce=int,
                empty_value=None,
                required=False,
                initial=self.record.scores.get(each["code"]),
                widget=forms.RadioSelect,
            )

    def scales(self) -> list[tuple]:
        """[(criterion, its field)]"""
        return [(each, self[f"score_{each['code']}"]) for each in self.record.criteria]

    def values(self) -> dict:
        clean = self.cleaned_data
        given = {each["code"]: clean[f"score_{each['code']}"] for each in self.record.criteria}
        return {
            "scores": {code: score for code, score in given.items() if score is not None},
            "comment": clean["comment"],
            "submit": self.data.get("then") == "submit",
        }


# --- tracking, information, transfer ---------------------------------------------------------------------------------


class ContactForm(StepForm):
    kind = forms.ChoiceField(label="方式", choices=ContactRecord.Kind.choices, widget=forms.RadioSelect)
    happened_date = DayField(label="日期")
    summary = ProseField(label="情况", limit=2000)
    follow_up_date = DayField(label="下次联系", required=False)


class ChangeForm(StepForm):
    fact = forms.ChoiceField(label="变更事项", choices=InformationChange.Fact.choices, widget=forms.RadioSelect)
    after = forms.CharField(label="新内容", max_length=100, help_text="变更培养期止的，请写日期，例如：2029年6月30日")
    because = ProseField(label="变更原因", limit=1000)

    def clean(self) -> dict:
        clean = super().clean()
        if clean.get("fact") == InformationChange.Fact.ENDS_DATE and clean.get("after"):
            try:
                clean["after"] = DayField(label="新内容").clean(clean["after"]).isoformat()
            except ValidationError as error:
                self.add_error("after", error)
        return clean


class TransferForm(StepForm):
    """The new unit is one of those that the search `q` finds; the page shows the search above the form."""

    q = forms.CharField(widget=forms.HiddenInput, required=False)
    destination = forms.ModelChoiceField(
        label="新单位", queryset=Organisation.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    same_field = forms.BooleanField(
        label="变更后继续在原研究领域工作", required=False, help_text="脱离原研究领域的，应按退出程序办理"
    )
    because = ProseField(label="变更原因", limit=1000)

    def __init__(self, *args, words: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.words = self.data.get("q", "") if self.is_bound else words
        self.initial["q"] = self.words
        self.fields["destination"].queryset = units_found(self.words, but=self.record.organisation_id)

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in ("destination", "same_field", "because")}


def units_found(words: str, *, but: int):
    """Host units by part of the name or by the whole credit code, in the order of their names."""
    words = words.strip()
    if len(words) < SHORTEST_SEARCH:
        return Organisation.objects.none()
    hit = Q(name__icontains=words) | Q(pinyin__istartswith=words) | Q(code__iexact=words)
    found = Organisation.objects.filter(hit, kind=Organisation.Kind.HOST).exclude(pk=but).order_by("pinyin")
    return Organisation.objects.filter(pk__in=list(found.values_list("pk", flat=True)[:SHOWN_AT_MOST]))


class AcceptForm(_AccountForm):
    """The new unit's dedicated account."""


# --- exit ------------------------------------------------------------------------------------------------------------


class ExitRequestForm(StepForm):
    because = ProseField(label="退出原因", limit=1000)


class OpenCaseForm(StepForm):
    """ground: the seven of Art. 31(2); one whose precondition is missing says so."""

    ground = forms.ChoiceField(label="事由", widget=forms.RadioSelect)
    facts = ProseField(label="事实与证据", limit=3000)
    evidence_ref = forms.CharField(label="所依据的记录编号", max_length=60, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        standing = preconditions(self.record)
        self.fields["ground"].choices = [
            (ground.value, _with_obstacle(ground, standing)) for ground in ExitCase.Ground if ground != "E0"
        ]


def _with_obstacle(ground, standing: dict[str, bool]) -> str:
    missing = rules.precondition(ground.value, **standing)
    remark = f"（{missing[0].message}）" if missing else ""
    return f"{ExitCase(ground=ground).article}　{ground.label}{remark}"


class NotifyForm(StepForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = "告知内容"
        self.fields["reason"].help_text = "拟作出的处理、理由和依据，送达依托单位和入选者"
        say_required(self)


class DecisionForm(StepForm):
    decision = forms.ChoiceField(label="决定", choices=ExitCase.Decision.choices, widget=forms.RadioSelect)
    serious = forms.BooleanField(label="情节严重，追回所拨经费", required=False)


class ConfirmByWordForm(StepForm):
    """A decision of the third level: the person types what will happen before it does."""

    typed = forms.CharField(label="确认", required=False, max_length=40)

    def __init__(self, *args, word: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.word = word
        self.fields["typed"].label = f"批准前请输入“{word}”"

    def clean_typed(self) -> str:
        typed = self.cleaned_data["typed"].strip()
        if self.data.get("decision") == "approve" and typed != self.word:
            raise ValidationError(f"请输入“{self.word}”")
        return typed


class DefenceForm(StepForm):
    defence = ProseField(label="陈述申辩", limit=3000)
