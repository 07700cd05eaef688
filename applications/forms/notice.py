"""Input of notices."""

from typing import Any

from django import forms

from applications import notice_text
from applications.models import Cycle, Notice
from portal.web.fields import InstantField, ProseField, WholeField
from portal.web.forms import StepForm

LONGEST = 20_000  # characters of a body
PUBLISH_WORD = "发布"


class NoticeForm(StepForm):
    """A draft. A publicity (拟入选公示) also has its period and who takes objections (Art. 19)."""

    title = forms.CharField(label="标题", max_length=120)
    document_number = forms.CharField(label="发文字号", max_length=60, required=False)
    body = ProseField(
        label="正文",
        limit=LONGEST,
        rows=24,
        help_text="段落之间空一行；“一、”开头的短行为标题；每行都含“｜”的段落为表格，首行为表头。",
    )
    working_days = WholeField(
        label="公示期", least=5, most=30, unit="个工作日", required=False, help_text="只有拟入选公示需要"
    )
    office = forms.CharField(label="受理单位", max_length=100, required=False)
    address = forms.CharField(label="地址", max_length=100, required=False)
    phone = forms.CharField(label="电话", max_length=40, required=False)
    email = forms.EmailField(label="邮箱", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.record is not None:
            names = [name for name in self.fields if name not in ("version", "operation")]
            self.initial = {**{name: getattr(self.record, name) for name in names}, **self.initial}
            if self.record.kind != Notice.Kind.PROPOSED:
                del self.fields["working_days"]


class NewNoticeForm(NoticeForm):
    """A new draft. Lists of people come from the shortlist, so their notices are not begun here."""

    kind = forms.ChoiceField(
        label="类别", choices=[(kind.value, kind.label) for kind in (Notice.Kind.CALL, Notice.Kind.OTHER)]
    )
    cycle = forms.ModelChoiceField(Cycle.objects.none(), label="年度", required=False, empty_label="不属于某一年度")
    field_order = ["kind", "cycle"]

    def __init__(self, *args: Any, compose_for: Cycle | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["working_days"]
        self.fields["cycle"].queryset = Cycle.objects.order_by("-year")
        if compose_for is not None and not self.is_bound:
            self.initial |= {
                "kind": Notice.Kind.CALL,
                "cycle": compose_for.pk,
                "title": notice_text.call_title(compose_for),
                "body": notice_text.compose_call(compose_for),
            }

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        if clean.get("kind") == Notice.Kind.CALL and not clean.get("cycle"):
            self.add_error("cycle", "申报通知请选择年度")
        return clean


class PublishForm(StepForm):
    """Publishing cannot be undone: the word is typed."""

    word = forms.CharField(label=f"请输入“{PUBLISH_WORD}”确认", max_length=10)

    def clean_word(self) -> str:
        if self.cleaned_data["word"].strip() != PUBLISH_WORD:
            raise forms.ValidationError(f"请输入“{PUBLISH_WORD}”两个字")
        return self.cleaned_data["word"]

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values().items() if name != "word"}


class ScheduleForm(StepForm):
    publish_at = InstantField(label="定时发布时间", help_text="例如 2026年9月1日 9:00")
