"""The pages of the application form as Django forms, made from the cycle's definition.

Django shows the fields and reads what was posted; what is right is judged by form_schema alone, so that the page, the
autosave, the check and the submission never disagree. What was typed stays, wrong or not.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from applications.form_schema import Field, Problem, Section, shown, typed_again

FEW = 6  # choices that are shown at once
YES_NO = [("true", "是"), ("false", "否")]
WIDTHS = {"date": 12, "month": 8, "integer": 4, "money_wan": 8, "uscc": 20, "id_number": 20, "mobile": 12,
          "person_name": 12}  # fmt: skip
DIGITS = {"integer": "numeric", "mobile": "tel", "money_wan": "decimal"}
PLACEHOLDER = [("", "请选择")]


class Raw(forms.Field):
    """A field that takes whatever was posted; form_schema judges it."""

    def __init__(self, each: Field, widget: forms.Widget) -> None:
        super().__init__(required=each.required, label=each.label, help_text=hint_of(each), widget=widget)
        self.limit = each.max if each.type == "longtext" else None
        self.width = WIDTHS.get(each.type, 20 if each.type == "text" and (each.max or 0) <= 60 else None)
        self.unit = "万元" if each.type == "money_wan" else ""

    def clean(self, value: Any) -> Any:
        return value


class FilledForm(forms.Form):
    """Fields of a page or of one row. `values` are as stored; `writable` the keys that this person fills in."""

    use_required_attribute = False

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        fields: Iterable[Field],
        values: Mapping[str, Any],
        writable: Collection[str] | None = None,
    ) -> None:
        self.schema = [each for each in fields if each.type != "records"]
        self.schema = [each for each in self.schema if writable is None or each.key in writable]
        super().__init__(data, initial={each.key: as_input(each, values.get(each.key)) for each in self.schema})
        for each in self.schema:
            self.fields[each.key] = Raw(each, widget_of(each))

    def typed(self, names: Collection[str] | None = None) -> dict[str, Any]:
        """What was posted, {key: text or list of codes}; only of these names if they are given."""
        wanted = [each for each in self.schema if names is None or each.key in names]
        return {
            each.key: self.data.getlist(each.key) if each.type == "multichoice" else self.data.get(each.key, "")
            for each in wanted
        }

    def blame(self, problems: Iterable[Problem], prefix: str = "") -> list[Problem]:
        """Puts the problems of this form's fields to them; returns those that stand elsewhere."""
        elsewhere = []
        self.full_clean()
        for problem in problems:
            key = problem.path.removeprefix(prefix)
            if problem.path.startswith(prefix) and key in self.fields:
                self.add_error(key, problem.message)
            else:
                elsewhere.append(problem)
        return elsewhere

    def conditions(self) -> dict[str, dict]:
        """{key: {other key: its values}} of fields that are asked for only then."""
        return {each.key: spoken(each) for each in self.schema if each.required_when and not each.required}


def spoken(each: Field) -> dict[str, list[str]]:
    """A condition in the words of the inputs: true and false for yes and no."""
    return {key: [_code(value) for value in values] for key, values in each.required_when.items()}


def widget_of(each: Field) -> forms.Widget:
    """The input of a type: a few choices as radio buttons, many as a list; long text with room for it."""
    match each.type:
        case "longtext":
            return forms.Textarea(attrs={"rows": 3 if (each.max or 0) <= 200 else 5 if each.max <= 500 else 9})
        case "boolean":
            return forms.RadioSelect(choices=YES_NO)
        case "finished":
            return forms.RadioSelect(choices=each.choices)
        case "choice":
            few = len(each.choices) <= FEW
            return forms.RadioSelect(choices=each.choices) if few else forms.Select(choices=PLACEHOLDER + each.choices)
        case "multichoice":
            return forms.CheckboxSelectMultiple(choices=each.choices)
    attributes = {"inputmode": DIGITS[each.type]} if each.type in DIGITS else {}
    if each.type in ("integer", "money_wan"):
        attributes["class"] = "num"
    if each.level == "P2":
        attributes |= {"data-sensitive": "true", "autocomplete": "off"}
    return forms.TextInput(attrs=attributes)


def hint_of(each: Field) -> str:
    """The field's own hint, and how long a text must be."""
    least = f"至少 {each.min} 字" if each.type == "longtext" and each.min else ""
    return "；".join(part for part in (each.hint, least) if part)


def as_input(each: Field, value: Any) -> Any:
    """A stored value as its input shows it."""
    if each.type == "boolean":
        return _code(value)
    if each.type in ("date", "month") and value:
        return _readable(each, value)
    return typed_again(each, value)


def summary_of(each: Field, row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(label, value) of the columns that tell one row of a record from another: at most four, no long texts."""
    columns = [column for column in each.fields if column.type != "longtext"][:4]
    return [(column.label, _readable(column, row.get(column.key))) for column in columns]


def whole(each: Field, row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(label, value) of every column of a row."""
    return [(column.label, _readable(column, row.get(column.key))) for column in each.fields]


def facts_of(section: Section, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(label, value) of a page's own fields, for reading."""
    return [
        (each.label, _readable(each, values.get(each.key)))
        for each in section.fields
        if each.type not in ("records", "finished") and (each.key in values or not each.required_when)
    ]


def read_out(each: Field, value: Any) -> str:
    """Any value of a field for reading, right or not: typed, stored, or a list of rows, a line each."""
    if each.type != "records":
        return _readable(each, value)
    return "\n".join("；".join(text for _, text in summary_of(each, row) if text) for row in value or [])


def rows_of(each: Field, rows: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    """The rows of a record for reading, all columns."""
    return [[_readable(column, row.get(column.key)) for column in each.fields] for row in rows]


def _readable(each: Field, value: Any) -> str:
    """For people; a value that is not right yet is shown as it was typed."""
    try:
        return shown(each, value)
    except (ValueError, TypeError, KeyError, IndexError):
        return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _code(value: Any) -> str:
    """true and false as the inputs have them; other codes as they are."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
