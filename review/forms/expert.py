"""Input about experts and undertakings (Art. 3, 17, 33)."""

import re
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta
from django import forms
from django.core.exceptions import ValidationError

from applications.models import Application
from applications.numbers import WrongNumber, credit_code
from portal.people.models import User
from portal.reference import reference
from portal.web.fields import ProseField, WholeField
from portal.web.forms import StepForm
from review.models import Expert

_PART = re.compile(r"[,，;；\t]")
_MONTH = re.compile(r"(\d{4})\s*[年./-]\s*(\d{1,2})\s*月?")


class SignForm(StepForm):
    """Reading is ticked, the name is typed."""

    read = forms.BooleanField(label="我已逐条阅读并承诺遵守以上内容")
    name = forms.CharField(label="签名", max_length=40, help_text="请输入本人姓名")

    def values(self) -> dict:
        return {"name": self.cleaned_data["name"]}


class ProfileForm(StepForm):
    """An expert's profile."""

    kind = forms.ChoiceField(label="类别", choices=Expert.Kind.choices, widget=forms.RadioSelect)
    employer = forms.CharField(label="工作单位", max_length=100)
    employer_code = forms.CharField(
        label="单位统一社会信用代码", max_length=30, required=False, help_text="用于识别同单位回避，请尽量填写"
    )
    title = forms.CharField(label="职称职务", max_length=60, required=False)
    fields_of_work = forms.MultipleChoiceField(label="产业领域", widget=forms.CheckboxSelectMultiple)
    disciplines = forms.MultipleChoiceField(
        label="学科", required=False, widget=forms.SelectMultiple(attrs={"size": 8})
    )
    former_employers = ProseField(
        label="近年工作单位",
        limit=1000,
        rows=3,
        required=False,
        help_text="每行一个：单位名称，统一社会信用代码（可空），离开年月。例如：北京某某公司，，2024-06",
    )
    load_max = WholeField(label="本人工作量上限", least=1, most=200, unit="份", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fields_of_work"].choices = reference("fields").choices
        self.fields["disciplines"].choices = reference("disciplines").choices

    def clean_employer_code(self) -> str:
        return _code(self.cleaned_data["employer_code"])

    def clean_former_employers(self) -> list[dict[str, str]]:
        lines = [line.strip() for line in self.cleaned_data["former_employers"].splitlines() if line.strip()]
        return [_employer(number, line) for number, line in enumerate(lines, 1)]

    def values(self) -> dict:
        values = super().values()
        values["fields"] = values.pop("fields_of_work")
        return values


class EditExpertForm(ProfileForm):
    active = forms.BooleanField(label="在库（取消后不再安排评审）", required=False)

    def __init__(self, *args: Any, record: Expert, **kwargs: Any) -> None:
        kwargs["initial"] = {
            name: getattr(record, name)
            for name in ("kind", "employer", "employer_code", "title", "disciplines", "load_max", "active")
        } | {"fields_of_work": record.fields, "former_employers": _lines(record.former_employers)}
        super().__init__(*args, record=None, **kwargs)


class NewExpertForm(ProfileForm):
    """A profile and the account it belongs to: one that exists, or a new one."""

    username = forms.CharField(label="登录名", max_length=60, help_text="已有账号的填其登录名；没有的将新建账号")
    name = forms.CharField(label="姓名", max_length=40)
    mobile = forms.CharField(label="手机", max_length=20, required=False)
    email = forms.EmailField(label="邮箱", required=False)
    field_order = ("username", "name", "mobile", "email")

    def clean(self) -> dict:
        cleaned = super().clean()
        user = User.objects.filter(username=cleaned.get("username", "")).first()
        if user and cleaned.get("name") and user.name != cleaned["name"]:
            self.add_error("name", f"登录名“{user.username}”的姓名是{user.name}，请核对")
        return cleaned


class ConflictForm(StepForm):
    application = forms.CharField(label="申报编号", max_length=30)
    reason = forms.CharField(label="利害关系", max_length=200)

    def clean_application(self) -> Application:
        found = Application.objects.filter(number=self.cleaned_data["application"].strip().upper()).first()
        if found is None:
            raise ValidationError("没有这个申报编号")
        return found


class AvoidForm(StepForm):
    """不适宜专家."""

    name = forms.CharField(label="专家姓名", max_length=40)
    unit = forms.CharField(label="专家单位", max_length=100, required=False)
    reason = forms.CharField(label="理由", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


def _code(typed: str) -> str:
    try:
        return credit_code(typed) if typed.strip() else ""
    except WrongNumber as wrong:
        raise ValidationError(str(wrong)) from None


def _employer(number: int, line: str) -> dict[str, str]:
    """单位，代码，2024-06 → {"name", "code", "until": the last day of that month}."""
    parts = [part.strip() for part in _PART.split(line)]
    month = _MONTH.fullmatch(parts[-1]) if len(parts) == 3 else None
    if month is None or not parts[0] or not 1 <= int(month[2]) <= 12:
        raise ValidationError(f"第 {number} 行请写成：单位名称，代码（可空），离开年月")
    until = date(int(month[1]), int(month[2]), 1) + relativedelta(months=1, days=-1)
    return {"name": parts[0], "code": _code(parts[1]), "until": until.isoformat()}


def _lines(rows: list[dict[str, str]]) -> str:
    return "\n".join(f"{row['name']}，{row['code']}，{row['until'][:7]}" for row in rows)
