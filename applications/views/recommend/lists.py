"""D3 推荐汇总表与报送, and 实施细则."""

from django.http import Http404, HttpResponse
from django.urls import reverse

from applications.commands import recommendation as verbs
from applications.documents.nominations import summary_facts
from applications.forms.recommendation import RulesForm, ScanForm
from applications.models import UnitRules
from applications.models.listing import SUMMARY
from applications.opinions import opinion_problem
from applications.queries import recommend as queries
from applications.views.recommend.base import OfList
from portal.access.decide import decide
from portal.documents.kinds import kind_named
from portal.documents.make import current
from portal.documents.recommendation import COLUMNS
from portal.documents.render import html_of
from portal.documents.xlsx import XlsxColumn, table_to_xlsx, xlsx_response
from portal.web.forms import StepForm
from portal.web.views import DeedPage, FormPage, Page, RecordPage, StepPage


class ListPageOfOwn(OfList, RecordPage):
    """The list with its steps: made, printed and stamped, scanned, submitted; each nominee's opinion."""

    template_name = "applications/recommend_summary.html"
    title = "推荐汇总表与报送"

    def context(self) -> dict:
        unit_list = self.record
        opinions = unit_list.opinions()
        document = current(SUMMARY, unit_list)
        return {
            **super().context(),
            "title": f"{unit_list.cycle.year} 年度推荐汇总表与报送",
            "nominees": [
                (entry, opinion := opinions.get(entry.application_id), opinion_problem(opinion, entry.application))
                for entry in unit_list.nominated()
            ],
            "reserves": unit_list.reserves(),
            "quota": unit_list.quota(),
            "document": document,
            "stages": self.stages(document),
            "may_rank": decide(self.actor, "list.rank", unit_list).allowed,
            "may_scan": document is not None
            and unit_list.state in ("pending_approval", "drafting", "returned")
            and decide(self.actor, "list.attach_scan", unit_list).allowed,
            "stale_scan": bool(unit_list.sealed_scan_id and document and unit_list.sealed_code != document.code),
        }

    def stages(self, document) -> list[tuple[str, str]]:
        """①提请审签并生成 ②打印盖章 ③上传盖章扫描件 ④报送"""
        unit_list = self.record
        sent = unit_list.state in ("submitted", "accepted")
        done = [unit_list.state in ("pending_approval", "submitted", "accepted"), bool(unit_list.sealed_scan_id)]
        flags = [done[0] and document is not None, done[1], done[1], sent]
        labels = ("提请审签，生成汇总表", "打印盖章", "上传盖章扫描件", "报送市科协")
        here = next((place for place, flag in enumerate(flags) if not flag), len(flags))
        return [
            (label, "done" if flag or sent else "current" if place == here else "todo")
            for place, (label, flag) in enumerate(zip(labels, flags, strict=True))
        ]


class ListStep(OfList, StepPage):
    """One step of the list, with who is on it."""

    form_class = StepForm

    def summary(self) -> list[tuple[str, str]]:
        nominees = [f"{entry.rank} {entry.application.applicant_name}" for entry in self.record.nominated()]
        return [
            ("名单编号", self.record.number),
            ("推荐", f"共 {len(nominees)} 人：{'、'.join(nominees)}" if nominees else "没有拟推荐的人选"),
            ("备选", f"{len(self.record.reserves())} 人，不报送"),
            ("推荐名额", f"{self.record.quota()} 人"),
        ]


class RequestApproval(ListStep):
    step = "request_approval"
    command = staticmethod(verbs.request_approval)

    def consequences(self) -> list[str]:
        return ["生成推荐汇总表", "审签期间不能调整名单和推荐意见"]


class SendBack(ListStep):
    step = "send_back"
    command = staticmethod(verbs.send_back)


class SubmitList(ListStep):
    step = "submit"
    command = staticmethod(verbs.submit_list)


class WithdrawList(ListStep):
    step = "withdraw"
    command = staticmethod(verbs.withdraw_list)


class AttachScan(OfList, DeedPage):
    action = "list.attach_scan"
    form_class = ScanForm
    title = "上传盖章扫描件"
    submit_label = "上传"

    def act(self, form):
        return verbs.attach_scan(self.record, actor=self.actor, at=self.at, **form.values())


class PrintList(OfList, Page):
    """The 推荐汇总表 as it stands: a page of the browser marked 草稿, to read before it is made."""

    action = "list.print"

    def get(self, request, *args, **kwargs):
        facts = summary_facts(self.record)
        html = html_of(kind_named(SUMMARY), facts, number=self.record.number, at=self.at, on_screen=True)
        return HttpResponse(html, headers={"Cache-Control": "private, no-store"})


class ExcelOfList(OfList, Page):
    """The same rows as a workbook, a column each."""

    action = "list.print"

    def get(self, request, *args, **kwargs):
        unit_list = self.record
        rows = unit_list.frozen.get("rows") or unit_list.summary_rows()
        columns = [XlsxColumn(column.label, column.width) for column in COLUMNS]
        body = [[row[column.key] for column in COLUMNS] for row in rows]
        title = f"{unit_list.cycle.year} 年度推荐汇总表"
        head = [f"推荐单位：{unit_list.organisation.name}　推荐名额：{unit_list.quota()} 人　实报：{len(rows)} 人"]
        return xlsx_response(title, table_to_xlsx(title, columns, body, at=self.at, head=head))


class PublishRules(FormPage):
    """实施细则: what the unit asks beyond the regulation, read by its host units (Art. 12)."""

    action = "rules.publish"
    title = "实施细则"
    form_class = RulesForm
    template_name = "applications/recommend_rules.html"
    submit_label = "发布实施细则"

    def allow(self) -> None:
        super().allow()
        self.cycle = queries.year_of(self.request.GET.get("year", ""))
        self.rules = UnitRules.objects.filter(cycle=self.cycle, organisation_id=self.actor.organisation_id).first()

    def form_options(self) -> dict:
        return {**super().form_options(), "rules": self.rules}

    def act(self, form):
        if self.cycle is None:
            raise Http404
        return verbs.publish_rules(self.cycle, actor=self.actor, at=self.at, **form.values())

    def success_url(self, result) -> str:
        return reverse("recommend:rules.publish")

    def back_url(self) -> str:
        return reverse("recommend:application.list")

    def context(self) -> dict:
        return {**super().context(), "cycle": self.cycle, "rules": self.rules}
