"""Input of the host unit's verbs: opening, inviting, promising, answering, uploading."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html

from applications.declarations import article_of, promises_of
from applications.models.application import recommenders_of
from portal.people.models import Membership, Organisation, User
from portal.people.roles import Role
from portal.reference import reference
from portal.web.fields import ProseField
from portal.web.forms import StepForm


class CreateForm(StepForm):
    """Who is nominated, and through which recommending unit where the unit stands under several."""

    applicant_name = forms.CharField(label="申报人姓名", max_length=40, help_text="以后可在“基本信息”里修改")
    recommender = forms.ModelChoiceField(
        Organisation.objects.none(), label="推荐单位", required=False, empty_label="请选择"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        units = recommenders_of(self.actor.organisation_id, timezone.localdate(self.at))
        self.fields["recommender"].queryset = units
        if len(units) == 1:
            del self.fields["recommender"]


class RecommenderForm(StepForm):
    """Another recommending unit of those that the unit stands under."""

    recommender = forms.ModelChoiceField(Organisation.objects.none(), label="推荐单位", empty_label=None)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        units = recommenders_of(self.record.organisation_id, timezone.localdate(self.at))
        self.fields["recommender"].queryset = units
        self.initial.setdefault("recommender", self.record.recommender_id)


class InviteForm(StepForm):
    """An account that the unit has already, or a new person."""

    account = forms.ModelChoiceField(
        User.objects.none(), label="本单位已有账号", required=False, empty_label="没有，新开一个账号"
    )
    name = forms.CharField(label="姓名", max_length=40, required=False)
    mobile = forms.CharField(label="手机", max_length=20, required=False, help_text="用于接收通知")
    email = forms.EmailField(label="电子邮箱", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        here = Membership.on(timezone.localdate(self.at)).filter(organisation_id=self.record.organisation_id)
        users = User.objects.filter(pk__in=here.exclude(role=Role.HOST_APPROVER).values("user_id")).order_by("name")
        self.fields["account"].queryset = users
        self.initial.setdefault("account", self.record.applicant_id)
        self.initial.setdefault("name", self.record.applicant_name)

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        if not clean.get("account") and not clean.get("name"):
            self.add_error("name", "请填写姓名，或选择已有账号")
        return clean

    def values(self) -> dict[str, Any]:
        given = super().values()
        return {"account": given["account"]} if given.get("account") else {**given, "account": None}


class PromiseForm(StepForm):
    """Declarations, each with a box of its own. `who`: whose they are. Gives promises=[codes]."""

    who = ""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for promise in promises_of(self.who):
            label = format_html("<strong>{}</strong>：{}（{}）", promise.name, promise["text"], article_of(promise))
            field = forms.BooleanField(label=label)
            field.error_messages["required"] = f"请确认“{promise.name}”"
            self.fields[f"promise_{promise.code}"] = field

    def values(self) -> dict[str, Any]:
        given = super().values()
        codes = [name.removeprefix("promise_") for name, yes in given.items() if name.startswith("promise_") and yes]
        return {"promises": codes}


class ApplicantPromises(PromiseForm):
    who = "applicant"


class UnitPromises(PromiseForm):
    who = "host_approver"


class AnswerForm(StepForm):
    """What became of one returned page."""

    CHANGED, UNCHANGED = "changed", "unchanged"
    outcome = forms.ChoiceField(
        label="处理情况",
        choices=[(CHANGED, "已修改"), (UNCHANGED, "无需修改")],
        widget=forms.RadioSelect,
    )
    answer = ProseField(label="说明", limit=500, rows=3, required=False, help_text="无需修改时写明理由")

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        if clean.get("outcome") == self.UNCHANGED and not clean.get("answer", "").strip():
            self.add_error("answer", "请填写无需修改的理由")
        return clean

    def values(self) -> dict[str, Any]:
        given = super().values()
        return {"changed_it": given["outcome"] == self.CHANGED, "answer": given["answer"]}


class UploadForm(StepForm):
    """One file of one kind. Its size, type and content are checked when it is kept."""

    key = forms.CharField(widget=forms.HiddenInput)
    file = forms.FileField(label="文件")
    unclassified = forms.BooleanField(label="我确认材料不含涉密内容（第十四条）", required=False)

    def __init__(self, *args, kind=None, **kwargs):
        super().__init__(*args, auto_id=f"{kind.code}_%s" if kind else "id_%s", **kwargs)
        if kind is not None:
            self.initial["key"] = kind.code
            self.fields["file"].label = f"上传{kind.name}"
            types = "、".join(name.upper() for name in kind["formats"])
            parts = [f"{types}，单个不超过 {kind['max_mb']} MB", kind["hint"], _marks(kind)]
            self.fields["file"].help_text = "；".join(part for part in parts if part)
            accept = ",".join(f".{name}" for name in kind["formats"])
            self.fields["file"].widget.attrs["accept"] = accept

    def values(self) -> dict[str, Any]:
        given = super().values()
        return {"key": given["key"], "uploaded": given["file"], "unclassified": given["unclassified"]}


def _marks(kind) -> str:
    """Which signature and seal the paper must bear."""
    return "，".join(part for part in (kind["signature"], kind["seal"]) if part)


def kind_of(code: str):
    """An entry of the attachment list."""
    return reference("attachments")[code]
