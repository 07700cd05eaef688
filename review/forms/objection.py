"""The public's objection and its receipt (Art. 19)."""

from typing import Any

from django import forms

from applications.models import Notice, NoticeEntry
from portal.web.fields import ProseField
from portal.web.forms import StepForm
from review import rules
from review.models import Objection


class ObjectionForm(StepForm):
    """By name, with facts. What the rule finds missing stands beside its field, with the article."""

    entry = forms.ModelChoiceField(NoticeEntry.objects.none(), label="公示对象", empty_label="请选择")
    kind = forms.ChoiceField(
        label="提出人类型", choices=Objection.Kind.choices, widget=forms.RadioSelect, initial=Objection.Kind.PERSON
    )
    name = forms.CharField(label="真实姓名或单位全称", max_length=100)
    person = forms.CharField(label="负责人或联系人", max_length=40, required=False, help_text="以单位名义提出的填写")
    contact = forms.CharField(label="联系方式", max_length=200, help_text="手机、邮箱或通信地址，仅用于核实和答复")
    facts = ProseField(label="事实和依据", limit=3000, rows=8)
    evidence = forms.FileField(
        label="证明材料", required=False, help_text="PDF、JPG 或 PNG，不超过 20 MB；多份请合为一个 PDF"
    )

    def __init__(self, *args: Any, notice: Notice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entry"].queryset = NoticeEntry.objects.filter(notice=notice, is_public=True)
        self.fields["entry"].label_from_instance = lambda each: f"{each.name}（{each.unit}）"
        nameless = {name: "" for name in ("name", "contact", "facts")}
        for finding in rules.complete_objection(nameless):
            self.fields[finding.figures["field"]].error_messages["required"] = str(finding)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        filed = {name: cleaned.get(name) or "" for name in ("kind", "name", "person", "contact", "facts")}
        for finding in rules.complete_objection(filed):
            field = finding.figures["field"]
            if field not in self.errors:
                self.add_error(field, str(finding))
        return cleaned


class FollowForm(StepForm):
    number = forms.CharField(label="受理编号", max_length=24)
    code = forms.CharField(label="查询码", max_length=12)
