"""Forms of steps: what every one carries, and the words that Django's own lack."""

import uuid

from django import forms

REQUIRED = {"required": "请填写{label}"}


class StepForm(forms.Form):
    """A step's input. `version` is the record the person saw, `operation` makes sending twice harmless."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    operation = forms.UUIDField(widget=forms.HiddenInput, required=False)
    use_required_attribute = False

    def __init__(self, *args, record=None, step=None, actor=None, at=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.record, self.step, self.actor, self.at = record, step, actor, at
        if step is not None and step.reason:
            self.fields["reason"] = forms.CharField(
                label="理由", max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
            )
        if not self.is_bound:
            self.initial.setdefault("operation", uuid.uuid4())
            if record is not None and record.pk:
                self.initial.setdefault("version", record.version)
        say_required(self)

    def values(self) -> dict:
        """Clean values of the step itself, without the envelope."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"version", "operation"}}


def read_back(form: forms.Form) -> list[tuple[str, str]]:
    """[(label, text)] of what was typed and chosen, for reading; no password and no file is read back."""
    shown = [each for each in form.visible_fields() if not isinstance(each.field, forms.FileField)]
    typed = [(each, each.value()) for each in shown if each.widget_type != "password"]
    return [(plain_label(str(each.label)), _spoken(each.field, value)) for each, value in typed if value]


def _spoken(field: forms.Field, value: object) -> str:
    """A value as it was posted, in words: what a choice is called, 是 for a tick."""
    names = {str(code): str(name) for code, name in getattr(field, "choices", ())}
    given = value if isinstance(value, list) else [value]
    return "、".join("是" if each is True else names.get(str(each), str(each)) for each in given)


def say_required(form: forms.Form) -> None:
    """Gives each field the Chinese sentence of its kind: 请填写… 请选择… 请上传… 请勾选“…”."""
    for field in form.fields.values():
        field.error_messages["required"] = _required(field)


def _required(field: forms.Field) -> str:
    label = str(field.label or "")
    if isinstance(field, forms.BooleanField):
        return f"请勾选“{label}”"
    name = plain_label(label)
    if name.startswith("请"):  # it asks already: 请输入“发布”确认
        return name
    if isinstance(field, forms.FileField):
        return f"请上传{name}"
    return f"请{'选择' if isinstance(field, forms.ChoiceField | forms.ModelChoiceField) else '填写'}{name}"


def plain_label(label: str) -> str:
    """A label without its remark: 项目简介（300 字以内） → 项目简介."""
    return label.split("（")[0] or label
