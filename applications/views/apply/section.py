"""A3 分节填写: one page of the form, and its autosave. Everything works without scripts."""

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponseRedirect, JsonResponse

from applications.commands import sections as verbs
from applications.form_schema import Problem, UnknownField
from applications.forms.application import UploadForm
from applications.forms.section import FilledForm, facts_of, read_out, spoken, summary_of, whole
from applications.models.dossier import SEALED, SEALED_PAGE
from applications.queries.apply import deleted_rows, next_page
from applications.views.apply.base import OfApplication
from applications.views.apply.budget import BudgetTable, is_budget, totals
from portal.people.models import User
from portal.reference import reference
from portal.regulation.rules import Refused
from portal.web.components import Difference
from portal.web.fielding import Problem as Shown
from portal.web.fielding import focus_id
from portal.web.formats import clock_text, instant_text
from portal.web.views import Page

RECENT = timedelta(minutes=5)


class OfSection(OfApplication, Page):
    """A page about one section; an unknown one does not exist."""

    action = "application.edit"

    def allow(self) -> None:
        super().allow()
        try:
            self.section = self.definition[self.kwargs["section"]]
        except UnknownField:
            raise Http404 from None
        self.row = self.record.sections.get(key=self.section.key)
        self.values = self.shown_values()
        self.open = self.is_open(self.section.key)

    def shown_values(self) -> dict[str, Any]:
        """As stored; the sealed numbers as their masks."""
        values = dict(self.row.values)
        if self.section.key == SEALED_PAGE and (identity := self.record.own_identity()):
            values |= {name: str(value) for name in SEALED if (value := getattr(identity, name))}
        return values

    @property
    def writable(self) -> set[str]:
        return verbs.may_write(self.definition, self.section.key, self.actor) if self.open else set()

    def save(self, values: dict[str, Any], version: int | None):
        return verbs.edit(self.record, self.section.key, values, actor=self.actor, at=self.at, version=version)

    def page_url(self) -> str:
        return self.url("application.edit", section=self.section.key)

    def posted_version(self) -> int | None:
        text = self.request.POST.get("version", "")
        return int(text) if text.isdecimal() else None

    def conflict(self, stale: verbs.StaleSection, hidden: list[tuple[str, str]]):
        """409: both values of every field that differs, a choice for each; nothing typed is lost."""
        theirs = {**stale.section.values, **{key: self.values.get(key) for key in SEALED if key in stale.mine}}
        differing = [key for key, mine in stale.mine.items() if not _same(self.section[key], mine, theirs.get(key))]
        differences = [self.difference(key, stale.mine[key], theirs.get(key)) for key in differing]
        self.template_name = "errors/409.html"
        kept = [("version", str(stale.section.version)), *hidden]
        label = self.record.state_label(self.actor)
        return self.show(status=409, record=self.record, status_label=label, differences=differences, hidden=kept)

    def difference(self, key: str, mine: Any, theirs: Any) -> Difference:
        field = self.section[key]
        return Difference(field.label, read_out(field, mine), read_out(field, theirs), key)


class SectionPage(OfSection):
    """GET shows the page; POST keeps what was typed, right or wrong, and says what is still to be mended."""

    template_name = "applications/apply_section.html"

    def form(self, data=None) -> FilledForm:
        return FilledForm(data, fields=self.section.fields, values=self.values, writable=self.writable)

    def budget(self, data=None) -> BudgetTable | None:
        if not is_budget(self.section):
            return None
        return BudgetTable(self.section["expenses"], self.values.get("expenses", []), data)

    def get(self, request, *args, **kwargs):
        return self.show(form=self.form(), table=self.budget())

    def post(self, request, *args, **kwargs):
        form, table = self.form(request.POST), self.budget(request.POST)
        values = form.typed() | ({"expenses": table.rows()} if table else {})
        values = {key: value for key, value in values.items() if request.POST.get(f"keep-{key}") != "theirs"}
        try:
            self.row = self.save(values, self.posted_version())
        except verbs.StaleSection as stale:
            return self.conflict(stale, _posted(request.POST))
        except Refused as refused:
            return self.show(form=form, table=table, refused=refused, status=422)
        self.values = self.shown_values()
        if request.POST.get("then") == "list":
            return HttpResponseRedirect(self.url("application.view"))
        return self.go_on(form, table)

    def go_on(self, form: FilledForm, table: BudgetTable | None):
        """To the next page that needs something, or back here with what this one still needs."""
        statuses = self.record.statuses(self.at)
        own = next(each for each in statuses if each.section.key == self.section.key)
        if own.problems:
            elsewhere = form.blame(own.problems)
            return self.show(form=form, table=table, problems=self.links_to(form, own.problems, elsewhere), status=422)
        following = next_page(statuses, [each.section.key for each in statuses if self.is_open(each.section.key)])
        if following is None:
            return HttpResponseRedirect(self.url("application.view"))
        return HttpResponseRedirect(self.url("application.edit", section=following.section.key))

    def links_to(self, form: FilledForm, problems, elsewhere: list[Problem]) -> list[Shown]:
        """Each problem with the input, the row or the file that mends it."""
        apart = {id(problem) for problem in elsewhere}
        return [
            Shown(problem.message, self.anchor(problem) if id(problem) in apart else focus_id(form[problem.path]))
            for problem in problems
        ]

    def anchor(self, problem: Problem) -> str:
        key, *rest = problem.path.split(".")
        if key == "attachments":
            return f"files-{rest[0]}"
        if rest and key in self.values and int(rest[0]) < len(self.values[key]):
            return f"row-{self.values[key][int(rest[0])].get('id', '')}"
        return f"records-{key}"

    def context(self) -> dict:
        readable = [each for each in self.section.fields if each.type != "records"]
        return {
            "title": self.section.label,
            "heading": self.section.label,
            "record": self.record,
            "section": self.section,
            "open": self.open,
            "version": self.row.version,
            "facts": facts_of(self.section, self.values) if not self.open else [],
            "others": [] if not self.open else self.others(readable),
            "conditions": {each.key: spoken(each) for each in readable if each.required_when},
            "records": self.records(),
            "totals": totals(self.values) if is_budget(self.section) else None,
            "notes": self.record.notes.filter(section=self.section.key, settled_at=None),
            "attachments": self.attachments(),
            "autosave_url": self.url("application.autosave", section=self.section.key) if self.open else "",
            "save_state": f"已保存　{clock_text(self.row.saved_at)}" if self.row.saved_at else "未修改",
            "busy": self.busy(),
            "breadcrumbs": self.crumbs((self.section.label, "")),
            "back_url": self.url("application.view"),
        }

    def others(self, readable) -> list[tuple[str, str]]:
        """Fields of this page that the other party fills in, for reading."""
        shown = dict(facts_of(self.section, self.values))
        return [(each.label, shown.get(each.label, "")) for each in readable if each.key not in self.writable]

    def records(self) -> list[dict[str, Any]]:
        lists = [each for each in self.section.fields if each.type == "records"]
        if is_budget(self.section) and self.open:
            lists = [each for each in lists if each.key != "expenses"]
        return [self.record_list(each, self.values.get(each.key, [])) for each in lists]

    def record_list(self, field, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """A list with enough of each row to tell it; all of it where it can only be read."""
        may_write = self.open and field.key in self.writable
        values = [summary_of(field, row) if may_write else whole(field, row) for row in rows]
        gone = deleted_rows(self.row, field.key, self.at) if may_write else []
        return {
            "field": field,
            "labels": [label for label, _ in (summary_of if may_write else whole)(field, {})],
            "rows": list(zip(rows, values, strict=True)),
            "full": field.max is not None and len(rows) >= field.max,
            "deleted": [(row, "　".join(text for _, text in summary_of(field, row) if text)) for row in gone],
            "open": may_write,
        }

    def attachments(self) -> list[dict[str, Any]]:
        return files_of(self, self.section.attachments)

    def busy(self) -> str:
        """Somebody else has just saved here and is perhaps still at it."""
        if not self.open or not self.row.saved_at or self.row.saved_by_id == self.actor.user_id:
            return ""
        if self.at - self.row.saved_at > RECENT:
            return ""
        name = User.objects.values_list("name", flat=True).get(pk=self.row.saved_by_id)
        return f"{name}于 {instant_text(self.row.saved_at)} 保存过这一部分，可能还在填写。同时修改时，会请您逐项核对。"


def files_of(page: OfApplication, codes) -> list[dict[str, Any]]:
    """For each kind of file: its entry, what is there, and the form to add one where the page is open."""
    there: dict[str, list] = {}
    for each in page.record.attachments.select_related("file"):
        there.setdefault(each.key, []).append(each)
    confirmed = bool(there)
    found = []
    for code in codes:
        kind = reference("attachments")[code]
        theirs = page.actor.role == "applicant" and kind["uploader"] != "applicant"
        may_add = page.is_open(kind["section"]) and not theirs and page.actor.role != "host_approver"
        form = UploadForm(kind=kind, record=page.record, initial={"unclassified": confirmed}) if may_add else None
        found.append({"kind": kind, "files": there.get(code, []), "form": form})
    return found


class Autosave(OfSection):
    """POST what changed; 200 with version and time, 409 when somebody else saved, 422 when the page is locked."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        form = FilledForm(request.POST, fields=self.section.fields, values=self.values, writable=self.writable)
        names = set(request.POST.getlist("changed"))
        values = form.typed(names)
        if is_budget(self.section) and any(name.startswith("expenses-") for name in names):
            table = BudgetTable(self.section["expenses"], self.values.get("expenses", []), request.POST, partly=names)
            values["expenses"] = table.rows()
        try:
            row = self.save(values, self.posted_version())
        except verbs.StaleSection as stale:
            return JsonResponse({"version": stale.section.version}, status=409)
        except Refused as refused:
            return JsonResponse({"reason": str(refused)}, status=422)
        return JsonResponse({"version": row.version, "saved_at": clock_text(self.at)})


def _posted(data) -> list[tuple[str, str]]:
    """Everything that was typed, to be sent again from the page that compares."""
    left_out = {"csrfmiddlewaretoken", "version", "then"}
    names = [name for name in data if name not in left_out and not name.startswith("keep-")]
    return [(name, value) for name in names for value in data.getlist(name)] + [("then", data.get("then", "continue"))]


def _same(field, mine: Any, theirs: Any) -> bool:
    return read_out(field, mine) == read_out(field, theirs)
