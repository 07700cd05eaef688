"""申报 in the city's hands: the list with its filters, one application, receiving one or many (Art. 15)."""

from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.html import format_html

from applications.commands import cast_review as commands
from applications.forms.cast_review import ApplicationFilter, BatchForm
from applications.hanging_questions import proposed
from applications.lifecycle.filling import WITH_HOST
from applications.models import Application, CastCheck, Cycle
from applications.models.dossier import attachment_name, definition_of, findings_of
from applications.reading import differences, sections_of
from applications.views.manage.years import InYear
from portal.access.decide import decide
from portal.calendars.workdays import local_day
from portal.people.roles import Role
from portal.regulation.rules import Finding
from portal.web.components import Cell, Column, Empty, Row, Section, Tab, Table
from portal.web.formats import day_text, due_text, instant_text
from portal.web.links import record_url, url_of
from portal.web.views import FormPage, ListPage, OfRecord, RecordPage, StepPage, state_cell

# Who reads the reviewers' own answers; the others learn the conclusion.
REVIEW_READERS = frozenset({Role.CAST_OFFICER, Role.CAST_SUPERVISOR, Role.AUDITOR})


def filtered(cycle: Cycle, rows: QuerySet, query, at) -> tuple[QuerySet, ApplicationFilter]:
    """The rows that the filters of a query string leave, and the form that shows them. Odd values filter nothing."""
    form = ApplicationFilter(query, cycle=cycle)
    form.is_valid()
    chosen = form.cleaned_data
    if words := query.get("q", "").strip():
        names = ("number", "applicant_name", "organisation__name", "recommender__name")
        rows = rows.filter(Q(*[(f"{name}__icontains", words) for name in names], _connector=Q.OR))
    if chosen.get("recommender"):
        rows = rows.filter(recommender=chosen["recommender"])
    if chosen.get("field"):
        rows = rows.filter(field__code=chosen["field"])
    if chosen.get("state"):
        rows = rows.filter(state=chosen["state"])
    waiting = {
        "corrected": lambda: rows.filter(correction_count__gt=0),
        "overdue": lambda: rows.filter(state="returned_by_cast", correction_due_at__lte=at),
        "extended": lambda: rows.filter(extended_until__gt=at),
        "approval": lambda: rows.filter(pk__in=proposed(cycle).values("pk")),
    }
    return (waiting[chosen["waiting"]]() if chosen.get("waiting") else rows), form


class ApplicationsOfYear(InYear, ListPage):
    action = "application.list"
    template_name = "applications/manage_applications.html"
    model = Application
    related = ("organisation", "recommender", "field", "cycle")
    order = ("-submitted_at", "-pk")
    search = ("number",)
    empty = Empty("这一年度还没有申报。")
    columns = [
        ("number", "编号", lambda each: each.number),
        ("applicant_name", "申报人", lambda each: each.applicant_name),
        ("organisation__name", "依托单位", lambda each: each.organisation.name),
        (
            "recommender__code",
            "推荐单位",
            lambda each: each.recommender.short_name or each.recommender.name if each.recommender else "",
        ),
        ("field__position", "领域", lambda each: each.field.name if each.field else ""),
        ("state", "状态", state_cell),
        ("correction_count", "补正次数", lambda each: str(each.correction_count or "")),
        ("submitted_at", "提交日期", lambda each: day_text(local_day(each.submitted_at)) if each.submitted_at else ""),
    ]
    numeric = frozenset({"补正次数"})

    @property
    def title(self) -> str:
        return f"{self.cycle.year} 年度申报"

    def queryset(self):
        return super().queryset().filter(cycle=self.cycle)

    def filtered(self):
        rows, self.filters = filtered(self.cycle, self.queryset(), self.request.GET, self.at)
        return rows

    def context(self) -> dict:
        self.batch = decide(self.actor, "application.receive").allowed
        context = super().context()
        total = context["pagination"].paginator.count
        return {
            **context,
            "columns": [Column("", "选择"), *context["columns"]] if self.batch else context["columns"],
            "filters": self.filters,
            "chips": self.chips(),
            "batch_url": reverse("manage:application.receive_many", kwargs={"year": self.cycle.year})
            if self.batch and total
            else "",
            "total": total,
            "query": self.request.GET.urlencode(),
        }

    def chips(self) -> list[tuple[str, str]]:
        """(what is filtered, the URL without it)."""
        found = []
        for bound in self.filters:
            value = self.filters.cleaned_data.get(bound.name)
            if value:
                rest = self.request.GET.copy()
                rest.pop(bound.name, None)
                words = dict(bound.field.choices).get(value, value) if bound.name != "recommender" else value
                found.append((f"{bound.label}：{words}", f"?{rest.urlencode()}"))
        return found

    def row(self, record) -> Row:
        row = super().row(record)
        now_with = record.now_with.get(record.state, "")
        if not self.batch:
            return Row(row.cells, row.url, now_with)
        number = Cell(row.cells[0].text, url=row.url)
        return Row([Cell(checkbox(record)), number, *row.cells[1:]], now_with=now_with)


def checkbox(application: Application) -> str:
    """The box that takes an application into a batch; empty where it cannot be received."""
    if application.state != Application.State.FORWARDED:
        return "—"
    return format_html(
        '<input class="form-check-input" type="checkbox" name="no" value="{0}" aria-label="选择 {0}">',
        application.number,
    )


class ReceiveMany(InYear, FormPage):
    """受理 in a batch: a preview says which and why not, then one command takes them all or none."""

    action = "application.receive"
    title = "批量受理"
    template_name = "applications/manage_receive.html"
    form_class = BatchForm
    submit_label = "受理"

    def chosen(self) -> QuerySet:
        """Those ticked, or with all=1 all that the list's filters leave."""
        data = self.request.POST if self.request.method == "POST" else self.request.GET
        rows = Application.objects.filter(cycle=self.cycle).select_related("organisation", "recommender", "cycle")
        if data.get("all") and self.request.method == "GET":
            rows, _ = filtered(self.cycle, rows.filter(state=Application.State.FORWARDED), data, self.at)
            return rows.order_by("number")
        return rows.filter(number__in=data.getlist("no")).order_by("number")

    def preview(self) -> tuple[list[Application], list[tuple[Application, Finding]]]:
        pairs = commands.receivable(self.chosen())
        return [each for each, why in pairs if why is None], [(each, why) for each, why in pairs if why]

    def form_options(self) -> dict:
        self.possible, self.impossible = self.preview()
        asked = len(set(self.request.POST.getlist("no"))) or len(self.possible)
        return {**super().form_options(), "count": asked}

    def act(self, form):
        return commands.receive_many(self.chosen(), actor=self.actor, at=self.at)

    def success_url(self, result) -> str:
        return f"{self.back_url()}?state=in_cast_review"

    def back_url(self) -> str:
        return reverse("manage:application.list", kwargs={"year": self.cycle.year})

    def context(self) -> dict:
        return {
            **super().context(),
            "title": f"批量受理：{self.cycle.year} 年度",
            "possible": self.possible,
            "impossible": self.impossible,
            "submit_label": f"受理 {len(self.possible)} 份",
        }


class ApplicationPage(RecordPage):
    """One application. Tabs: 概要 (facts, findings), 申报书 (what was submitted), 附件与版本."""

    model = Application
    related = ("organisation", "recommender", "field", "cycle")
    template_name = "applications/manage_application.html"
    deeds = ("application.reveal",)

    TABS = (("", "概要"), ("content", "申报书"), ("files", "附件与版本"))

    def context(self) -> dict:
        self.version = self.record.latest()
        shown = self.request.GET.get("show", "")
        return {
            **super().context(),
            "title": f"{self.record.applicant_name}　{self.record.organisation.name}",
            "tabs": [Tab(label, None, f"?show={key}" if key else "?", key == shown) for key, label in self.TABS],
            "findings": findings_of(self.version) if self.version and not shown else [],
        }

    def steps(self) -> list:
        """Numbers are there to be looked at only where some were typed."""
        links = super().steps()
        return links if self.record.own_identity() else [link for link in links if "/reveal/" not in link.url]

    def warnings(self) -> list[str]:
        application = self.record
        late = application.state == "returned_by_cast" and application.correction_due_at
        if late and self.at >= application.correction_due_at:
            return ["补正期限已过，申报已锁定。可以延长期限，或收回补正后作出结论。"]
        return []

    def facts(self) -> list[Section]:
        show = self.request.GET.get("show", "")
        if self.version is None:
            return [self._basics(), Section("申报内容", [("内容", "还没有提交")])]
        if show == "content":
            return sections_of(definition_of(self.record.cycle), self.version.content["sections"])
        if show == "files":
            return [Section("附件", table=self._files()), Section("提交的版本", table=self._versions())]
        return [self._basics(), *self._review()]

    def _basics(self) -> Section:
        each = self.record
        masked = self.version.content["applicant"] if self.version else {}
        return Section(
            "基本信息",
            [
                ("申报人", each.applicant_name),
                ("证件号码", masked.get("id_number", "")),
                ("手机", masked.get("mobile", "")),
                ("依托单位", each.organisation.name),
                ("推荐单位", each.recommender.name if each.recommender else ""),
                ("主申报领域", each.field.name if each.field else ""),
                ("年度", str(each.cycle.year)),
                ("提交时间", instant_text(each.submitted_at) if each.submitted_at else ""),
                *([("提交截止", due_text(each.closes_at(), self.at))] if each.state in WITH_HOST else []),
                ("补正", f"{each.correction_count} 次，最多 {each.cycle.max_corrections} 次"),
            ],
        )

    def _review(self) -> list[Section]:
        """What the city's reviewers have answered, against the version in hand."""
        if self.actor.role not in REVIEW_READERS:
            return []
        answers = {check.item: check for check in CastCheck.objects.filter(application=self.record)}
        items = [item for item in self.record.cast_items() if item.key in answers]
        if not items:
            return []
        columns = [Column("", label) for label in ("条目", "结论", "机器判定", "理由")]
        rows = [
            Row(
                [
                    Cell(f"{item.label}（{item.article}）"),
                    Cell(answers[item.key].get_answer_display() + ("（改判）" if answers[item.key].overrides else "")),
                    Cell(item.finding.verdict.label if item.finding else "—"),
                    Cell(answers[item.key].reason or "—"),
                ]
            )
            for item in items
        ]
        return [Section("审查清单", table=Table(columns, rows, "审查清单", compact=True))]

    def _files(self) -> Table:
        columns = [Column("", label) for label in ("材料", "文件", "上传时间")]
        rows = [
            Row(
                [
                    Cell(attachment_name(each.key)),
                    Cell(each.file.name, url=reverse("file.download", kwargs={"pk": each.file_id})),
                    Cell(instant_text(each.added_at)),
                ]
            )
            for each in self.record.attachments.select_related("file")
        ]
        return Table(columns, rows, "附件", compact=True)

    def _versions(self) -> Table:
        versions = list(self.record.versions.order_by("-number"))
        compare = url_of("application.compare", self.actor, self.record)
        rows = [
            Row(
                [
                    Cell(f"第 {each.number} 版"),
                    Cell(instant_text(each.created_at)),
                    Cell(
                        f"与第 {each.number - 1} 版对照" if each.number > 1 and compare else "—",
                        url=f"{compare}?old={each.number - 1}&new={each.number}"
                        if each.number > 1 and compare
                        else None,
                    ),
                ]
            )
            for each in versions
        ]
        return Table([Column("", label) for label in ("版本", "提交时间", "对照")], rows, "提交的版本", compact=True)


class CompareVersions(OfRecord):
    """Two submitted versions, field by field."""

    action = "application.compare"
    model = Application
    related = ("organisation", "cycle")
    template_name = "applications/manage_compare.html"

    def context(self) -> dict:
        numbers = [self.request.GET.get(name, "") for name in ("old", "new")]
        if not all(number.isdecimal() for number in numbers):
            raise Http404
        found = {each.number: each for each in self.record.versions.filter(number__in=map(int, numbers))}
        if len(found) != 2:
            raise Http404
        old, new = (found[int(number)] for number in numbers)
        definition = definition_of(self.record.cycle)
        changed = differences(definition, old.content["sections"], new.content["sections"])
        rows = [
            Row([Cell(f"{section}：{label}"), Cell(before or "（空）"), Cell(after or "（空）")])
            for section, label, before, after in changed
        ]
        columns = [Column("", "项目"), Column("", f"第 {old.number} 版"), Column("", f"第 {new.number} 版")]
        return {
            "title": f"对照：{self.record.number} 第 {old.number} 版与第 {new.number} 版",
            "record": self.record,
            "back_url": record_url(self.record, self.actor),
            "table": Table(columns, rows, "两个版本的不同"),
        }


class ReceiveOne(StepPage):
    model = Application
    step = "receive"
    related = ("organisation", "recommender", "cycle")
    command = staticmethod(commands.receive)
