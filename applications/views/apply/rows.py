"""A3: the rows of a list of records, one a page: add, change, delete, bring back."""

import uuid

from django.http import Http404, HttpResponseRedirect

from applications.commands import sections as verbs
from applications.form_schema import Problem, UnknownField, validate_section
from applications.forms.section import FilledForm, spoken, summary_of
from applications.queries.apply import deleted_rows
from applications.views.apply.section import OfSection
from portal.calendars.workdays import local_day
from portal.regulation.rules import Refused


class OfRow(OfSection):
    """A page about one list of records, or one row of it."""

    template_name = "applications/apply_row.html"

    def allow(self) -> None:
        super().allow()
        try:
            self.field = self.section[self.kwargs["field"]]
        except UnknownField:
            raise Http404 from None
        if self.field.type != "records" or not self.open or self.field.key not in self.writable:
            raise Http404
        self.rows = list(self.values.get(self.field.key, []))
        self.place = self.find_row()

    def find_row(self) -> int | None:
        """The row's place in the list, None for a new one. Raises Http404."""
        if "row" not in self.kwargs:
            return None
        places = [place for place, row in enumerate(self.rows) if row.get("id") == self.kwargs["row"]]
        if not places:
            raise Http404
        return places[0]

    def moved(self, **shown):
        """409: the page changed meanwhile; what was typed stands, and goes in with the next try."""
        self.row.refresh_from_db()
        return self.show(status=409, moved=True, **shown)

    def back_to_list(self) -> str:
        return f"{self.page_url()}#records-{self.field.key}"

    def context(self) -> dict:
        verb = "添加" if self.place is None else "修改"
        label = self.field.row_label or self.field.label
        return {
            "title": f"{verb}{label}",
            "heading": f"{verb}{label}",
            "record": self.record,
            "section": self.section,
            "field": self.field,
            "version": self.row.version,
            "conditions": {each.key: spoken(each) for each in self.field.fields if each.required_when},
            "back_url": self.back_to_list(),
            "breadcrumbs": self.crumbs((self.section.label, self.page_url()), (f"{verb}{label}", "")),
        }


class EditRow(OfRow):
    """One row on a page of its own; POST keeps it and goes back to the list, or says what is wrong with it."""

    def row_form(self, data=None) -> FilledForm:
        values = self.rows[self.place] if self.place is not None else {}
        return FilledForm(data, fields=self.field.fields, values=values)

    def get(self, request, *args, **kwargs):
        return self.show(form=self.row_form())

    def post(self, request, *args, **kwargs):
        form = self.row_form(request.POST)
        place = len(self.rows) if self.place is None else self.place
        old = self.rows[self.place] if self.place is not None else {"id": uuid.uuid4().hex[:12]}
        rows = [
            *self.rows[:place],
            {"id": old.get("id") or uuid.uuid4().hex[:12], **form.typed()},
            *self.rows[place + 1 :],
        ]
        problems = self.problems(rows, place)
        form.blame(problems, f"{self.field.key}.{place}.")
        if problems:
            return self.show(form=form, status=422)
        try:
            self.save({self.field.key: rows}, self.posted_version())
        except verbs.StaleSection:
            return self.moved(form=form)
        except Refused as refused:
            return self.show(form=form, refused=refused, status=422)
        return HttpResponseRedirect(self.back_to_list())

    def problems(self, rows: list[dict], place: int) -> list[Problem]:
        """What is wrong with this row, and with the list for its length."""
        content = {self.field.key: rows}
        _, errors = validate_section(self.definition, self.section.key, content, as_of=local_day(self.at))
        prefix = f"{self.field.key}.{place}."
        if not any(value for key, value in rows[place].items() if key != "id"):
            first = self.field.fields[0]
            return [Problem(f"{prefix}{first.key}", f"请填写{first.label}", missing=True)]
        found = [Problem(path, message) for path, message in errors.items() if path.startswith(prefix)]
        if self.field.max is not None and len(rows) > self.field.max:
            found.append(Problem(f"{prefix}{self.field.fields[0].key}", errors.get(self.field.key, "条数过多")))
        return found


class DeleteRow(OfRow):
    """A page that asks, a POST that takes the row out; it can be brought back for 30 days."""

    template_name = "applications/apply_delete_row.html"

    def context(self) -> dict:
        label = self.field.row_label or self.field.label
        row = self.rows[self.place]
        return {**super().context(), "title": f"删除{label}", "heading": f"删除这条{label}吗",
                "summary": summary_of(self.field, row)}  # fmt: skip

    def post(self, request, *args, **kwargs):
        rows = [row for place, row in enumerate(self.rows) if place != self.place]
        try:
            self.save({self.field.key: rows}, self.posted_version())
        except verbs.StaleSection:
            return self.moved()
        return HttpResponseRedirect(self.back_to_list())


class RestoreRow(OfRow):
    """POST brings a deleted row back to the end of its list."""

    http_method_names = ["post"]

    def find_row(self) -> None:
        return None

    def post(self, request, *args, **kwargs):
        gone = [row for row in deleted_rows(self.row, self.field.key, self.at) if row["id"] == self.kwargs["row"]]
        if not gone:
            raise Http404
        self.save({self.field.key: [*self.rows, gone[0]]}, None)
        return HttpResponseRedirect(self.back_to_list())
