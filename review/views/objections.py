"""异议 on the staff's side: taken on, investigated, decided by another person, answered (Art. 19)."""

from django.urls import reverse

from applications.views.manage.years import InYear
from portal.web.components import Empty, Section
from portal.web.formats import due_text, instant_text
from portal.web.links import url_of
from portal.web.views import DeedPage, ListPage, RecordPage, StepPage, state_cell
from review.commands import objection as commands
from review.forms.meeting import LookForm
from review.models import Objection
from review.views.confidentiality import UndertakingRequired

NAMES = {"name": "提出人", "person": "负责人或联系人", "contact": "联系方式"}
RELATED = ("notice", "entry", "application", "handler", "decider", "evidence")


class ObjectionList(UndertakingRequired, InYear, ListPage):
    action = "objection.list"
    model = Objection
    related = ("entry", "handler")
    order = ("-filed_at",)
    search = ("number", "entry__name", "entry__unit")
    tabs_by = "state"
    empty = Empty("这一年度没有收到异议。")
    columns = [
        ("number", "受理编号", lambda each: each.number),
        ("", "公示对象", lambda each: each.entry.name),
        ("", "依托单位", lambda each: each.entry.unit),
        ("", "提出人类型", lambda each: each.get_kind_display()),
        ("filed_at", "提出时间", lambda each: instant_text(each.filed_at)),
        ("", "核查人", lambda each: each.handler.name if each.handler else ""),
        ("due_at", "核查期限", lambda each: instant_text(each.due_at) if each.due_at else ""),
        ("state", "状态", state_cell),
    ]

    @property
    def title(self) -> str:
        return f"{self.cycle.year} 年度异议"

    def queryset(self):
        return super().queryset().filter(notice__cycle=self.cycle)


class OfObjection(UndertakingRequired):
    """What every page of one objection says it is about: never who objects."""

    model = Objection
    related = RELATED

    def summary(self) -> list[tuple[str, str]]:
        objection = self.record
        return [
            ("受理编号", objection.number),
            ("公示对象", f"{objection.entry.name}（{objection.entry.unit}）"),
            ("事实和依据", objection.facts),
            ("状态", objection.state_label()),
        ]


class ObjectionPage(OfObjection, RecordPage):
    """Facts and course; the objector's identity stays sealed, behind a page of its own."""

    template_name = "review/objection.html"
    deeds = ("objection.reveal",)

    def facts(self) -> list[Section]:
        each = self.record
        about = [
            ("公示对象", f"{each.entry.name}（{each.entry.unit}）"),
            ("申报编号", each.application.number),
            ("申报状态", each.application.state_label(self.actor)),
            ("公示", each.notice.title),
            ("提出时间", instant_text(each.filed_at)),
            ("提出人", f"{each.get_kind_display()}，姓名和联系方式已密封"),
            ("事实和依据", each.facts),
        ]
        course = [
            ("核查人", each.handler.name if each.handler else ""),
            ("核查期限", due_text(each.due_at, self.at) if each.due_at else ""),
            ("核查情况", each.findings),
            ("决定人", each.decider.name if each.decider else ""),
            ("结论和理由", each.conclusion),
            ("答复", each.reply),
        ]
        done = [(label, value) for label, value in course if value]
        return [Section("异议", about), *([Section("办理情况", done)] if done else [])]

    def context(self) -> dict:
        notice = url_of("notice.view", self.actor, self.record.notice)
        return {**super().context(), "notice_url": notice, "evidence": self.evidence()}

    def evidence(self) -> tuple[str, str, str] | None:
        file = self.record.evidence
        return (file.name, reverse("file.download", kwargs={"pk": file.pk}), file.meta) if file else None


class ObjectionStep(OfObjection, StepPage):
    """The steps of an objection."""


class Reveal(OfObjection, DeedPage):
    """Who objects, for the handler and the decider, with a reason that is logged. Shown once, never kept."""

    action = "objection.reveal"
    form_class = LookForm
    template_name = "review/objection_reveal.html"
    submit_label = "查看"
    revealed: dict[str, str] | None = None

    def context(self) -> dict:
        return {**super().context(), "summary": self.summary()}

    def act(self, form):
        reason = form.cleaned_data["reason"]
        self.revealed = commands.reveal(self.record, reason=reason, actor=self.actor, at=self.at)
        return self.record

    def post(self, request, *args, **kwargs):
        response = super().post(request, *args, **kwargs)
        if self.revealed is None:
            return response
        shown = [(NAMES[name], value) for name, value in self.revealed.items() if value]
        response = self.show(form=self.form(), revealed=shown)
        response["Cache-Control"] = "no-store"
        return response
