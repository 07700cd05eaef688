"""Input of the year's set-up (S7): every page of it is a form of this module."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms

from applications import cycle_settings
from applications.models import Cycle, PolicyVersion
from applications.rules import PolicyParameters
from portal.people.models import Organisation
from portal.reference import reference
from portal.web.fields import DayField, InstantField, MoneyField, ProseField, WholeField
from portal.web.forms import StepForm, say_required
from portal.web.text import half_width

INSTANTS = (
    "application_opens_at",
    "application_closes_at",
    "recommend_closes_at",
    "scoring_opens_at",
    "scoring_closes_at",
)


def instant_of(name: str, required: bool = True) -> InstantField:
    """The input of one of the cycle's instants, labelled as its column is."""
    return InstantField(
        label=str(Cycle._meta.get_field(name).verbose_name), ends=name.endswith("closes_at"), required=required
    )


class Grouped:
    """Mixed into a form whose fields stand under headings."""

    headings: dict[str, list[str]]

    def groups(self) -> Iterator[tuple[str, list]]:
        for heading, names in self.headings.items():
            yield heading, [self[name] for name in names if name in self.fields]


class PolicyForm(StepForm):
    """A version of the regulation. Its figures are those of applications.rules.PolicyParameters."""

    number = forms.CharField(label="版本号", max_length=20, help_text="例如 2022-09-16")
    name = forms.CharField(label="名称", max_length=100)
    document_number = forms.CharField(label="文号", max_length=60, required=False)
    effective_date = DayField(label="施行日期")
    ordinary_years = WholeField(label="一般年龄上限", least=18, most=70, unit="岁", initial=45)
    exceptional_years = WholeField(label="特别优秀年龄上限", least=18, most=75, unit="岁", initial=50)
    engineering_months = WholeField(label="工程技术工作年限", least=0, most=600, unit="月", initial=96)
    lead_months = WholeField(label="主持重点项目年限", least=0, most=600, unit="月", initial=36)
    exceptional_reason_min = WholeField(label="特别优秀理由最少字数", least=0, most=800, unit="字", initial=100)
    ip_min = WholeField(label="自主知识产权最少项数", least=0, most=100, unit="项", initial=1)
    plan_partners_min = WholeField(label="培养计划合作方最少个数", least=0, most=20, unit="个", initial=1)
    birth_cutoff_inclusive = forms.BooleanField(label="出生日期界限含当日", required=False, initial=True)

    PARAMETERS = (
        "ordinary_years",
        "exceptional_years",
        "engineering_months",
        "lead_months",
        "exceptional_reason_min",
        "ip_min",
        "plan_partners_min",
        "birth_cutoff_inclusive",
    )

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        if clean.get("exceptional_years", 99) <= clean.get("ordinary_years", 0):
            self.add_error("exceptional_years", "特别优秀年龄上限应高于一般年龄上限")
        return clean

    def values(self) -> dict[str, Any]:
        given = super().values()
        return {**given, "parameters": {name: given.pop(name) for name in self.PARAMETERS}}


class TimesForm(Grouped, StepForm):
    """Windows, cut-offs, grant. Empty cut-offs are the first of January that the policy version means for the year."""

    policy = forms.ModelChoiceField(PolicyVersion.objects.none(), label="适用办法版本", empty_label=None)
    application_opens_at = instant_of("application_opens_at")
    application_closes_at = instant_of("application_closes_at")
    recommend_closes_at = instant_of("recommend_closes_at")
    scoring_opens_at = instant_of("scoring_opens_at", required=False)
    scoring_closes_at = instant_of("scoring_closes_at", required=False)
    birth_cutoff_ordinary = DayField(label="一般申报人出生日期界限", required=False, help_text="留空则按办法推算")
    birth_cutoff_exceptional = DayField(label="特别优秀出生日期界限", required=False, help_text="留空则按办法推算")
    grant_fen = MoneyField(label="每人资助金额", least=1)
    cultivation_months = WholeField(label="培养期", least=1, most=120, unit="个月")

    headings = {
        "": ["year", "copy_from", "policy"],
        "时间安排": list(INSTANTS),
        "年龄界限": ["birth_cutoff_ordinary", "birth_cutoff_exceptional"],
        "资助与培养": ["grant_fen", "cultivation_months"],
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].queryset = PolicyVersion.objects.order_by("-effective_date")
        if self.record is not None and self.record.pk:
            names = [name for name in self.fields if hasattr(self.record, name) and name not in ("version", "policy")]
            self.initial |= {name: getattr(self.record, name) for name in names} | {"policy": self.record.policy_id}

    def year_asked(self) -> int | None:
        return self.record.year if self.record is not None else self.cleaned_data.get("year")

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        policy, year = clean.get("policy"), self.year_asked()
        if policy and year:
            usual = PolicyParameters.for_year(year, date(year, 12, 31), **policy.parameters)
            for name in ("birth_cutoff_ordinary", "birth_cutoff_exceptional"):
                clean[name] = clean.get(name) or getattr(usual, name)
        return clean


class CycleForm(TimesForm):
    """A new year: the same, and what to copy."""

    field_order = ["year", "copy_from", "policy"]
    year = WholeField(label="年度", least=2022, most=2100, width=8)
    copy_from = forms.ModelChoiceField(
        Cycle.objects.none(), label="沿用哪一年的设置", required=False, empty_label="不沿用，用默认表单、评分标准和参数"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["copy_from"].queryset = Cycle.objects.order_by("-year")
        latest = Cycle.objects.order_by("-year").first()
        if not self.is_bound and latest:
            self.initial |= {"copy_from": latest.pk, "year": latest.year + 1, "policy": latest.policy_id}
            self.initial |= {"grant_fen": latest.grant_fen, "cultivation_months": latest.cultivation_months}


class MoveWindowsForm(StepForm):
    """After opening: deadlines are prolonged, the scoring window is set; with the reason that the event keeps."""

    reason = ProseField(label="理由", limit=500, rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = [name for name in INSTANTS if name != "application_opens_at"]
        self.fields |= {name: instant_of(name, required=not name.startswith("scoring")) for name in shown}
        self.order_fields([*shown, "reason"])
        say_required(self)
        self.initial |= {name: getattr(self.record, name) for name in shown}

    def values(self) -> dict[str, Any]:
        """Just what differs from the record."""
        given = super().values()
        return {name: value for name, value in given.items() if name == "reason" or value != getattr(self.record, name)}


class FieldsForm(Grouped, StepForm):
    """Places for each field of the dictionary; an empty one is not supported this year (Art. 9)."""

    plain = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.headings = {}
        have = {row.code: row.places for row in self.record.fields.all()}
        for item in reference("fields"):
            name = f"places_{item.code}"
            self.fields[name] = _places(item.name)
            self.initial[name] = have.get(item.code)
            self.headings.setdefault(f"{item['group']}（{item['version']}）", []).append(name)
        say_required(self)

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        if not self.errors and not self.rows():
            raise forms.ValidationError("请至少为一个领域填写名额")
        return clean

    def rows(self) -> list[tuple[str, str, int]]:
        given = [(item, self.cleaned_data.get(f"places_{item.code}")) for item in reference("fields")]
        return [(item.code, item.name, places) for item, places in given if places]

    def values(self) -> dict[str, Any]:
        return {"fields": self.rows()}


class QuotasForm(StepForm):
    """Places for each recommending unit, with what is used already; after opening also the reason (Art. 11)."""

    plain = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        have = dict(self.record.quotas.values_list("recommender_id", "places"))
        used = self.record.used_places()
        self.units = list(Organisation.objects.filter(kind=Organisation.Kind.RECOMMENDER).order_by("code"))
        for unit in self.units:
            field = self.fields[f"quota_{unit.pk}"] = _places(unit.name)
            if used.get(unit.pk):
                field.help_text = f"已用 {used[unit.pk]} 名，不能少于此数"
            self.initial[f"quota_{unit.pk}"] = have.get(unit.pk)
        if self.record.state != Cycle.State.PREPARING:
            self.fields["reason"] = ProseField(label="理由", limit=500, rows=3)
        say_required(self)

    def values(self) -> dict[str, Any]:
        quotas = {unit.pk: self.cleaned_data.get(f"quota_{unit.pk}") or 0 for unit in self.units}
        return {"quotas": quotas, "reason": self.cleaned_data.get("reason", "")}


class ShareField(forms.CharField):
    """2/3 → [2, 3]"""

    width = 4

    def to_python(self, value: Any) -> list[int] | None:
        if isinstance(value, list) or value in self.empty_values:
            return value or None
        found = re.fullmatch(r"(\d{1,3})\s*/\s*(\d{1,3})", half_width(str(value)).strip())
        if not found:
            raise forms.ValidationError(f"{self.label}应写成分数，例如 2/3")
        return [int(found[1]), int(found[2])]

    def prepare_value(self, value: Any) -> Any:
        return f"{value[0]}/{value[1]}" if isinstance(value, list) else value


class SettingsForm(Grouped, StepForm):
    """Every figure of cycle_settings.SETTINGS, under its group."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= {each.key: _setting(each) for each in cycle_settings.SETTINGS}
        self.headings = {group: [each.key for each in members] for group, members in cycle_settings.grouped()}
        self.initial |= self.record.settings
        say_required(self)

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        if not self.errors:
            for key, message in cycle_settings.problems(self.chosen()).items():
                self.add_error(key, message)
        return clean

    def chosen(self) -> dict[str, Any]:
        return {each.key: self.cleaned_data[each.key] for each in cycle_settings.SETTINGS}

    def values(self) -> dict[str, Any]:
        return {"settings": self.chosen()}


class RubricForm(Grouped, StepForm):
    """Weights and hints of one rubric's criteria; the criteria themselves are those of 第十八条."""

    def __init__(self, *args: Any, rubric: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rubric = self.record.rubrics[rubric]
        self.headings = {}
        for criterion in self.rubric["criteria"]:
            weight, hint = f"weight_{criterion['code']}", f"hint_{criterion['code']}"
            self.fields[weight] = WholeField(label="权重", least=1, most=100, unit="%")
            self.fields[hint] = forms.CharField(label="评分要点", max_length=100, required=False)
            self.initial |= {weight: criterion["weight"], hint: criterion["hint"]}
            self.headings[f"{criterion['code']} {criterion['name']}"] = [weight, hint]
        say_required(self)

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        for message in {} if self.errors else cycle_settings.rubric_problems({"": self.changed()}).values():
            raise forms.ValidationError(message)
        return clean

    def changed(self) -> dict[str, Any]:
        """The rubric with the weights and hints that were typed."""
        criteria = [
            {
                **each,
                "weight": self.cleaned_data[f"weight_{each['code']}"],
                "hint": self.cleaned_data[f"hint_{each['code']}"],
            }
            for each in self.rubric["criteria"]
        ]
        return {**self.rubric, "criteria": criteria}


LONGEST = 3000  # characters of one answer


class LimitsForm(Grouped, StepForm):
    """How many characters the long answers of the year's form may have."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.headings = {}
        for section, field in self._long_answers(self.record.form_definition):
            name = f"max_{section['key']}_{field['key']}"
            self.fields[name] = WholeField(label=field["label"], least=10, most=LONGEST, unit="字", width=8)
            self.initial[name] = field["max"]
            self.headings.setdefault(section["label"], []).append(name)
        say_required(self)

    @staticmethod
    def _long_answers(definition: dict) -> Iterator[tuple[dict, dict]]:
        for section in definition["sections"]:
            for field in section["fields"]:
                if field["type"] == "longtext":
                    yield section, field

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        for section, field in self._long_answers(self.record.form_definition):
            name = f"max_{section['key']}_{field['key']}"
            if clean.get(name, LONGEST) < field.get("min", 0):
                self.add_error(name, f"{field['label']}最少 {field['min']} 字，上限不能更小")
        return clean

    def values(self) -> dict[str, Any]:
        """The whole definition with the new limits."""
        definition = self.record.form_definition
        sections = [
            {**section, "fields": [self._limited(section, field) for field in section["fields"]]}
            for section in definition["sections"]
        ]
        return {"form_definition": {**definition, "sections": sections}}

    def _limited(self, section: dict, field: dict) -> dict:
        limit = self.cleaned_data.get(f"max_{section['key']}_{field['key']}")
        return {**field, "max": limit} if limit else field


def _places(label: str) -> WholeField:
    return WholeField(label=label, most=999, unit="名", required=False)


def _setting(setting: cycle_settings.Setting) -> forms.Field:
    options = {"label": setting.label, "help_text": setting.hint}
    if setting.kind == "choice":
        return forms.ChoiceField(choices=setting.choices, **options)
    if setting.kind == "boolean":
        return forms.BooleanField(required=False, **options)
    if setting.kind == "share":
        return ShareField(**options)
    return WholeField(least=setting.least, most=setting.most, unit=setting.unit, **options)
