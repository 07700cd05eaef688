"""How a form field is shown: what the field component prints, and what the error summary links to."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)
WIDTHS = (4, 8, 12, 20)  # 汉字 that the input shows at once


@dataclass(frozen=True)
class Problem:
    """One thing to mend: the sentence and the id of the input; target is empty for what concerns the whole form."""

    message: str
    target: str = ""


def field_context(
    bound: BoundField, *, hint: str, width: int | None, unit: str, plain: bool, sensitive: bool
) -> dict[str, Any]:
    """Everything components/field.html prints. Side effect: the form's own widget gets its class and attributes."""
    inner = bound.field
    widget = inner.widget
    grouped = isinstance(widget, GROUPS)
    limit = getattr(inner, "limit", None) or (
        getattr(inner, "max_length", None) if isinstance(widget, forms.Textarea) else None
    )
    hint = hint or str(bound.help_text)
    width = width or getattr(inner, "width", None)
    if width is not None and width not in WIDTHS:
        raise ValueError(f"width is one of {WIDTHS}")
    described = [
        name
        for name, shown in (("helptext", hint), ("error", bound.errors), ("counter", limit and not grouped))
        if shown
    ]
    described_by = " ".join(f"{bound.auto_id}_{name}" for name in described)
    if grouped:
        widget.attrs.setdefault("class", "form-check-input")
        # described by the fieldset; a description on every choice would be read again and again
        widget.attrs["aria-describedby"] = False
    return {
        "field": bound,
        "kind": _kind(bound),
        "hint": hint,
        "limit": limit,
        "unit": unit or getattr(inner, "unit", ""),
        "described_by": described_by,
        "optional": not (inner.required or plain or isinstance(widget, forms.CheckboxInput)),
        "control": "" if grouped else bound.as_widget(attrs=_attributes(bound, width, limit, described_by, sensitive)),
    }


def _attributes(
    bound: BoundField, width: int | None, limit: int | None, described_by: str, sensitive: bool
) -> dict[str, Any]:
    """False leaves an attribute out. maxlength goes: a browser that cuts a pasted text silently loses the end of it."""
    widget = bound.field.widget
    css = "form-control"
    if isinstance(widget, forms.CheckboxInput):
        css = "form-check-input"
    elif isinstance(widget, forms.Select):
        css = "form-select"
    css = " ".join(
        filter(
            None,
            [css, "is-invalid" if bound.errors else "", f"w-{width}" if width else "", widget.attrs.get("class", "")],
        )
    )
    return {
        "class": css,
        "maxlength": False,
        "aria-describedby": described_by or False,
        "data-limit": str(limit) if limit else False,
        **({"data-sensitive": "true"} if sensitive or isinstance(widget, forms.PasswordInput) else {}),
    }


def _kind(bound: BoundField) -> str:
    widget = bound.field.widget
    if bound.is_hidden:
        return "hidden"
    if isinstance(widget, GROUPS):
        return "group"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    return "password" if isinstance(widget, forms.PasswordInput) else "input"


def focus_id(bound: BoundField) -> str:
    """The id of the input that takes the focus: the first choice of a group."""
    return f"{bound.auto_id}_0" if isinstance(bound.field.widget, GROUPS) else bound.auto_id


def problems_of(*forms_: Any) -> list[Problem]:
    """Every error of forms, their tables and formsets, in the order of the page; what concerns a whole one is first."""
    found: list[Problem] = []
    for form in filter(None, forms_):
        if hasattr(form, "forms"):
            found += [Problem(message) for message in form.non_form_errors()]
            found += problems_of(*form.forms)
        elif form.is_bound:
            found += [Problem(message) for message in form.non_field_errors()]
            found += [Problem(message, focus_id(bound)) for bound in form for message in bound.errors]
            found += problems_of(*getattr(form, "tables", {}).values())
    return found
