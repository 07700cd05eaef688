"""A5 检查并提交, A6 提交成功, A7 退回修改, and the printed form."""

from django.http import Http404, HttpResponse

from applications.commands import application as verbs
from applications.documents.nominations import FORM, form_facts
from applications.form_schema import State
from applications.forms.application import AnswerForm
from applications.forms.section import facts_of, rows_of
from applications.models import SectionNote
from applications.models.dossier import masked
from applications.queries.apply import counted
from applications.views.apply.base import OfApplication
from applications.views.apply.home import ORDER
from applications.views.ordering import in_order
from portal.access.decide import decide
from portal.calendars.workdays import local_day
from portal.documents.kinds import kind_named
from portal.documents.links import links_of
from portal.documents.make import current
from portal.documents.render import html_of
from portal.regulation.rules import Verdict
from portal.web.components import Difference
from portal.web.fielding import Problem as Shown
from portal.web.formats import day_text, due_text
from portal.web.views import DeedPage, Page, step_links


class CheckPage(OfApplication, Page):
    """A5: what is missing, each a link to its field; eligibility by article; everything that will be handed in."""

    action = "application.check"
    template_name = "applications/apply_check.html"

    def context(self) -> dict:
        record, statuses = self.record, self.record.statuses(self.at)
        problems = [each for each in statuses if each.state != State.DONE]
        findings = record.eligibility(at=self.at)
        return {
            "title": "检查并提交",
            "record": record,
            "problems": [(each, [self.link(each, problem) for problem in each.problems]) for each in problems],
            "problem_count": sum(len(each.problems) for each in problems),
            "findings": sorted(findings, key=lambda each: not each.blocks),
            "failing": [each for each in findings if each.verdict == Verdict.FAIL],
            "done": counted(statuses),
            "pages": self.pages(),
            "may_edit": decide(self.actor, "application.edit", record).allowed,
            "steps": in_order(step_links(record, self.actor, self.at), ORDER),
            "due": due_text(due[1], self.at) if (due := record.due()) else "",
            "late": record.state == "draft" and self.at >= record.closes_at(),
            "declared": record.declared_at,
            "attachments": record.attachments.select_related("file"),
            "breadcrumbs": self.crumbs(("检查并提交", "")),
        }

    def link(self, status, problem) -> Shown:
        """To the field on its page: its input, its list of records, its files."""
        key, *rest = problem.path.split(".")
        anchor = f"files-{rest[0]}" if key == "attachments" else f"id_{key}"
        if key != "attachments" and status.section[key].type == "records":
            anchor = f"records-{key}"
        return Shown(problem.message, f"{self.url('application.edit', section=status.section.key)}#{anchor}")

    def pages(self) -> list[dict]:
        """Every page for reading, sealed numbers masked."""
        content = masked(self.record.stored())
        return [
            {
                "section": section,
                "url": self.url("application.edit", section=section.key),
                "open": self.is_open(section.key),
                "facts": facts_of(section, content.get(section.key, {})),
                "records": [
                    (
                        each.label,
                        [column.label for column in each.fields],
                        rows_of(each, content.get(section.key, {}).get(each.key, [])),
                    )
                    for each in section.fields
                    if each.type == "records"
                ],
            }
            for section in self.definition
        ]


class Receipt(OfApplication, Page):
    """A6: bookmarkable; number, time and 校验码 of what was handed in last, and what comes next."""

    action = "application.receipt"
    template_name = "applications/apply_done.html"

    def context(self) -> dict:
        version = self.record.latest()
        if version is None:
            raise Http404
        document = current(FORM, self.record)
        return {
            "title": "提交成功",
            "record": self.record,
            "version": version,
            "document": document if document and document.created_at >= version.created_at else None,
            "documents": links_of(self.record, self.actor),
            "withdraw": [each for each in step_links(self.record, self.actor, self.at) if "/withdraw/" in each.url],
            "breadcrumbs": self.crumbs(("提交回执", "")),
        }


class PrintDraft(OfApplication, Page):
    """The form as it stands now, marked 草稿: a page of the browser, to read and to print."""

    action = "application.print"

    def get(self, request, *args, **kwargs):
        today = day_text(local_day(self.at))
        facts = form_facts(self.record, self.record.frozen_content(self.at), today)
        html = html_of(kind_named(FORM), facts, number=self.record.number, at=self.at, on_screen=True)
        response = HttpResponse(html)
        response["Cache-Control"] = "private, no-store"
        return response


# --- A7 --------------------------------------------------------------------------------------------------------------


class Revise(OfApplication, Page):
    """A7: what was asked for, page by page, what has become of it, and the way back."""

    action = "application.check"
    template_name = "applications/apply_revise.html"

    def context(self) -> dict:
        record = self.record
        notes = record.open_notes()
        due = record.due()
        return {
            "title": "请修改后重新提交",
            "record": record,
            "notes": [(note, self.definition[note.section], self.note_form(note)) for note in notes],
            "from_cast": any(note.from_cast for note in notes),
            "open": record.state in verbs.RETURNED,
            "due": due_text(due[1], self.at) if due else "",
            "due_label": due[0] if due else "",
            "unanswered": [note for note in notes if note.answered_at is None],
            "steps": in_order(step_links(record, self.actor, self.at), ORDER),
            "may_edit": decide(self.actor, "application.edit", record).allowed,
            "differences": changes_since(record, self.at),
            "breadcrumbs": self.crumbs(("退回修改", "")),
        }

    def note_form(self, note: SectionNote) -> AnswerForm | None:
        if not decide(self.actor, "application.edit", self.record).allowed or self.record.state not in verbs.RETURNED:
            return None
        return AnswerForm(prefix=f"note-{note.pk}", record=self.record)


class AnswerNote(OfApplication, DeedPage):
    """One note answered: 已修改, or 无需修改 with the reason."""

    action = "application.edit"
    title = "答复退回意见"
    form_class = AnswerForm

    def allow(self) -> None:
        super().allow()
        try:
            self.note = self.record.notes.get(pk=self.kwargs["pk"], settled_at=None)
        except SectionNote.DoesNotExist:
            raise Http404 from None

    def form_options(self) -> dict:
        prefix = f"note-{self.note.pk}" if self.request.method == "POST" else None
        return {**super().form_options(), "prefix": prefix}

    def act(self, form):
        return verbs.answer_note(self.record, self.note.pk, **form.values(), actor=self.actor, at=self.at)

    def success_url(self, result) -> str:
        return self.url("application.revise")

    def context(self) -> dict:
        section = self.definition[self.note.section]
        summary = [("部分", section.label), ("需修改的内容", self.note.text)]
        return {**super().context(), "summary": summary, "back_url": self.url("application.revise")}


def changes_since(record, at) -> list[Difference]:
    """What differs between the version handed in last and what is filled in now."""
    version = record.latest()
    if version is None:
        return []
    return compared(record.definition(), version.content["sections"], record.frozen_content(at)["sections"])


def compared(definition, old, new) -> list[Difference]:
    from applications.reading import differences

    return [
        Difference(f"{section}：{label}", before or "（空）", after or "（空）")
        for section, label, before, after in differences(definition, old, new)
    ]
