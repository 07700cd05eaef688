"""A3: the rows of a list of records, one a page: add, change, delete, bring back."""

import uuid

from django.http import Http404, HttpResponseRedirect

from applications.commands import sections as verbs
from applications.form_schema import Problem, UnknownField, validate_section
from applications.forms.section import FilledForm, read_out, spoken, summary_of
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
        self.read()
        if self.place is None and "row" in self.kwargs and not self.outlives_its_row():
            raise Http404

    def read(self) -> None:
        """The rows as they stand, and this row's place among them: None for a new one, or one that is not there."""
        self.rows = list(self.shown_values().get(self.field.key, []))
        ids = [row.get("id") for row in self.rows]
        self.place = ids.index(self.kwargs["row"]) if self.kwargs.get("row") in ids else None

    def outlives_its_row(self) -> bool:
        """Whether there is something to do about a row that is not there (any more)."""
        return False

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

    def outlives_its_row(self) -> bool:
        """What was typed is not lost with a row that somebody has deleted meanwhile."""
        return self.request.method == "POST"

    def row_form(self, data=None) -> FilledForm:
        values = self.rows[self.place] if self.place is not None else {}
        return FilledForm(data, fields=self.field.fields, values=values)

    def get(self, request, *args, **kwargs):
        return self.show(form=self.row_form())

    def post(self, request, *args, **kwargs):
        form = self.row_form(request.POST)
        if "row" in kwargs and self.place is None:
            return self.moved(form)
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
            return self.moved(form)
        except Refused as refused:
            return self.show(form=form, refused=refused, status=422)
        return HttpResponseRedirect(self.back_to_list())

    def moved(self, form: FilledForm):
        """409: the page changed meanwhile. What was typed stands, beside what differs now, and goes in with the next
        try; a row that was deleted is added again."""
        self.row.refresh_from_db()
        self.read()
        typed, now = form.typed(), self.rows[self.place] if self.place is not None else {}
        pairs = [
            (each.label, read_out(each, typed[each.key]), read_out(each, now.get(each.key))) for each in form.schema
        ]
        gone = "row" in self.kwargs and self.place is None
        names = {"section": self.section.key, "field": self.field.key}
        return self.show(
            status=409,
            form=form,
            moved=True,
            theirs=[(label, theirs) for label, mine, theirs in pairs if mine != theirs] if now else [],
            gone=gone,
            action=self.url("application.add_row", **names) if gone else "",
        )

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

    def moved(self):
        """409: asks again, with the row as it stands; one that is gone already needs no asking."""
        self.row.refresh_from_db()
        self.read()
        return HttpResponseRedirect(self.back_to_list()) if self.place is None else self.show(status=409, moved=True)


class RestoreRow(OfRow):
    """POST brings a deleted row back to the end of its list."""

    http_method_names = ["post"]

    def outlives_its_row(self) -> bool:
        return True

    def post(self, request, *args, **kwargs):
        gone = [row for row in deleted_rows(self.row, self.field.key, self.at) if row["id"] == self.kwargs["row"]]
        if not gone:
            raise Http404
        self.save({self.field.key: [*self.rows, gone[0]]}, None)
        return HttpResponseRedirect(self.back_to_list())
