"""D1 申报审核: the unit's files by tab, one file with its check-list, and what may become of it."""

from django.urls import reverse

from applications.commands import recommendation as verbs
from applications.forms.recommendation import OpinionForm, ReturnForm, ScreenForm
from applications.models import Application, Opinion
from applications.models.dossier import attachment_name, findings_of
from applications.queries import recommend as queries
from applications.queries.apply import progress_of
from applications.reading import sections_of
from applications.summary import priorities
from applications.views.ordering import in_order
from applications.views.recommend.base import OfSubmitted
from portal.access.decide import decide
from portal.web.components import Cell, Empty, Tab
from portal.web.formats import instant_text
from portal.web.forms import StepForm
from portal.web.views import DeedPage, ListPage, RecordPage, StepPage

ORDER = ("qualify", "nominate", "opinion", "unnominate", "return", "reject")


class ScreeningList(ListPage):
    """The unit's files of a year; what a host unit is still writing is only counted."""

    action = "application.list"
    title = "申报审核"
    template_name = "applications/recommend_list.html"
    model = Application
    order = ("submitted_at", "pk")
    search = ("number", "applicant_name", "organisation__name")

    def queryset(self):
        self.cycle = queries.year_of(self.request.GET.get("year", ""))
        return queries.with_findings(queries.handed_in(self.actor).filter(cycle=self.cycle))

    def filtered(self):
        self.everyone = super().filtered()
        self.tab = self.request.GET.get("tab") or queries.TABS[0][0]
        states = {key: states for key, _, states in queries.TABS}.get(self.tab)
        if states is None:
            return self.everyone.exclude(state__in=queries.BEFORE_SENDING)
        return self.everyone.filter(state__in=states)

    def tabs(self, rows) -> list[Tab]:
        counts: dict[str, int] = {}
        for state in self.everyone.order_by().values_list("state", flat=True):
            counts[state] = counts.get(state, 0) + 1
        year = f"&year={self.cycle.year}" if self.cycle else ""
        tabs = [
            Tab(label, sum(counts.get(state, 0) for state in states), f"?tab={key}{year}", self.tab == key)
            for key, label, states in queries.TABS
        ]
        sent = sum(number for state, number in counts.items() if state not in queries.BEFORE_SENDING)
        return [*tabs, Tab("已报送", sent, f"?tab={queries.SENT}{year}", self.tab == queries.SENT)]

    @property
    def columns(self):
        return [
            ("number", "编号", lambda each: each.number),
            ("applicant_name", "申报人", lambda each: each.applicant_name),
            ("organisation__name", "依托单位", lambda each: each.organisation.name),
            ("field__position", "领域", lambda each: each.field.name if each.field else ""),
            ("submitted_at", "提交时间", lambda each: instant_text(each.submitted_at)),
            ("", "已等", lambda each: queries.waited(each, self.at) if each.state == "submitted" else ""),
            ("", "预检", queries.first_look),
            ("", "状态", lambda each: Cell(each.state_label(self.actor), tag=each.colour(self.actor))),
        ]

    def context(self) -> dict:
        context = super().context()
        filling = queries.still_filling(self.cycle, self.actor) if self.cycle else 0
        words = f"还有 {filling} 家单位正在填写。" if filling else ""
        context["empty"] = Empty(f"目前没有这一类申报。{words}" if self.cycle else "还没有开放过申报的年度。")
        context["intro"] = f"{self.cycle.year} 年度。{words}" if self.cycle else ""
        context["kept"] = [("tab", self.tab)]
        return {**context, "years": queries.years(), "cycle": self.cycle}


class ScreeningPage(OfSubmitted, RecordPage):
    """One file: the check-list on the left, what was submitted on the right."""

    template_name = "applications/recommend_application.html"
    deeds = ("application.write_opinion",)

    def context(self) -> dict:
        record, findings = self.record, findings_of(self.version)
        before, after = queries.neighbours(self.actor, record)
        answering = record.state == "submitted" and decide(self.actor, "application.screen", record).allowed
        opinion = Opinion.objects.filter(application=record).first()
        return {
            **super().context(),
            "title": f"{record.applicant_name}　{record.organisation.name}",
            "status_label": record.state_label(self.actor),
            "status_colour": record.colour(self.actor),
            "now_with": record.now_with.get(record.state, "") if record.state in queries.BEFORE_SENDING else "市科协",
            "screening": ScreenForm(record=record, actor=self.actor, at=self.at) if answering else None,
            "answers": [] if answering else self.answered(),
            "findings": findings,
            "tags": priorities({each.rule: each for each in findings}),
            "content": sections_of(self.definition, self.version.content["sections"]),
            "version": self.version,
            "files": self.files(),
            "opinion": opinion,
            "reason": verbs.reason_of_decline(record) if record.state == "not_recommended" else "",
            "notes": record.open_notes(),
            "before": before,
            "after": after,
            "breadcrumbs": [self.crumbs()[0], (record.number, "")],
        }

    def steps(self) -> list:
        return in_order(super().steps(), ORDER)

    def progress(self) -> list[tuple[str, str]]:
        return progress_of(self.record)

    def answered(self) -> list[tuple]:
        answers = self.record.screening_answers()
        return [(item, answers[item.key]) for item in self.record.screening_items() if item.key in answers]

    def files(self) -> list[dict]:
        """What came with the version: [{kind, name, meta, url, preview}]."""
        return [
            {
                "kind": attachment_name(each["key"]),
                "name": each["name"],
                "url": reverse("file.download", kwargs={"pk": each["file"]}),
                "preview": reverse("file.page", kwargs={"pk": each["file"], "number": 1}),
            }
            for each in self.version.content["attachments"]
        ]


class Screen(OfSubmitted, DeedPage):
    """POST keeps the answers; the page shows the check-list by itself after an error."""

    action = "application.screen"
    form_class = ScreenForm
    template_name = "applications/recommend_screen.html"
    submit_label = "保存初筛清单"

    def act(self, form):
        return verbs.screen(self.record, actor=self.actor, at=self.at, **form.values())

    def context(self) -> dict:
        return {**super().context(), "breadcrumbs": self.crumbs(("初筛清单", ""))}


class UnitStep(OfSubmitted, StepPage):
    """One step of an application that the unit takes."""

    form_class = StepForm

    def context(self) -> dict:
        return {**super().context(), "breadcrumbs": self.crumbs((self.declared.label, ""))}


class Return(UnitStep):
    step = "return_for_revision"
    form_class = ReturnForm
    command = staticmethod(verbs.return_for_revision)

    def consequences(self) -> list[str]:
        return ["依托单位只能修改写明意见的部分", "修改后重新提交，成为新的版本"]


class Qualify(UnitStep):
    step = "qualify"
    command = staticmethod(verbs.qualify)

    def consequences(self) -> list[str]:
        return ["进入本单位推荐排序，排在最后一位", "依托单位会收到初筛合格的通知"]


class Nominate(UnitStep):
    step = "nominate"
    command = staticmethod(verbs.nominate)

    def consequences(self) -> list[str]:
        unit_list = self.record.list_of_unit()
        used = len(unit_list.nominated()) if unit_list else 0
        return [f"占用 1 个推荐名额，现已使用 {used}/{unit_list.quota() if unit_list else 0}"]


class Unnominate(UnitStep):
    step = "unnominate"
    command = staticmethod(verbs.unnominate)


class Decline(UnitStep):
    step = "decline"
    command = staticmethod(verbs.decline)


class WriteOpinion(OfSubmitted, DeedPage):
    action = "application.write_opinion"
    form_class = OpinionForm
    command = staticmethod(verbs.write_opinion)
    submit_label = "保存推荐意见"

    def form_options(self) -> dict:
        return {**super().form_options(), "opinion": Opinion.objects.filter(application=self.record).first()}

    def act(self, form):
        return verbs.write_opinion(self.record, actor=self.actor, at=self.at, **form.values())

    def context(self) -> dict:
        return {**super().context(), "summary": self.summary(), "breadcrumbs": self.crumbs((self.title, ""))}
