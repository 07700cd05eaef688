"""The five shapes of a page. A view names its action, its model and one command or one query; the rest is here.

Order of every request: the workspace (403), the record through the fence (404), the matrix (403), then the page.
"""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.views import View

from portal.access.decide import Denied, decide, enter, narrow
from portal.access.listing import label_of
from portal.access.matrix import row_of
from portal.documents.links import links_of
from portal.people.actor import actor_of
from portal.people.preferences import rows_per_page
from portal.regulation.rules import Refused
from portal.web.components import Action, Cell, Column, Empty, Row, StepLink, Tab
from portal.web.formats import due_text
from portal.web.forms import StepForm, read_back
from portal.web.links import record_url, url_of
from portal.web.timeline import timeline
from portal.workflow.glance import glance
from portal.workflow.models import PreparedStep
from portal.workflow.operation import AlreadyDone, operation
from portal.workflow.take import StaleVersion, approve, decline, open_preparation, possible_steps


class Page(View):
    """A page of one action. `public_because` opens a page to everybody, with the reason."""

    action = ""
    public_because = ""
    template_name = ""
    title = ""

    def declare(self) -> None:
        """Works out what the page is from its class alone (list_urls asks too, without a request)."""

    def setup(self, request, *args, **kwargs):
        self.declare()
        super().setup(request, *args, **kwargs)
        self.actor, self.at = actor_of(request), request.at

    def dispatch(self, request, *args, **kwargs):
        if not self.public_because:
            enter(self.actor, self.action, getattr(request.resolver_match, "namespace", ""))
            self.allow()
        return super().dispatch(request, *args, **kwargs)

    def allow(self) -> None:
        """The role has the action at all; signed-out visitors are sent to sign in by the Denied page."""
        decision = decide(self.actor, self.action)
        if not decision.allowed:
            raise Denied(decision, self.actor)

    def context(self) -> dict:
        return {}

    def show(self, status: int = 200, **extra):
        context = {"page": self, "title": self.title, "actor": self.actor, **self.context(), **extra}
        return render(self.request, self.template_name, context, status=status)

    def get(self, request, *args, **kwargs):
        return self.show()


class ListPage(Page):
    """Rows of one model that the action's relation leaves in.

    columns   [(key, label, value)] where value(row) gives text or a Cell; key is an order_by name or ""
    tabs_by   field of choices whose values become tabs; search  fields that 关键词 looks in
    """

    template_name = "web/list.html"
    model: Any = None
    intro = ""
    columns: list[tuple] = []
    numeric: frozenset[str] = frozenset()
    order = ("-pk",)
    search: tuple[str, ...] = ()
    tabs_by = ""
    related: tuple[str, ...] = ()
    empty = Empty("目前没有记录。")
    page_size = 0  # rows; 0: what the person chose

    def queryset(self):
        """The query of this page: fenced, narrowed by the matrix."""
        return narrow(self.actor, self.action, self.model.objects.select_related(*self.related))

    def filtered(self):
        rows = self.queryset()
        if words := self.request.GET.get("q", "").strip():
            rows = rows.filter(Q(*[(f"{name}__icontains", words) for name in self.search], _connector=Q.OR))
        return rows

    def context(self) -> dict:
        rows = self.filtered()
        tabs = self.tabs(rows)
        if self.tabs_by and (state := self.request.GET.get(self.tabs_by)):
            rows = rows.filter(**{self.tabs_by: state})
        size = self.page_size or rows_per_page(self.request)
        page = Paginator(rows.order_by(*self.ordering()), size).get_page(self.request.GET.get("page"))
        return {
            "intro": self.intro,
            "columns": [self.column(key, label) for key, label, _ in self.columns],
            "rows": [self.row(record) for record in page],
            "tabs": tabs,
            "pagination": page,
            "empty": self.empty,
            "actions": self.actions(),
            "searchable": bool(self.search),
            "words": self.request.GET.get("q", ""),
        }

    def ordering(self) -> tuple[str, ...]:
        wanted = self.request.GET.get("sort", "")
        keys = {key for key, _, _ in self.columns if key}
        return (wanted, "pk") if wanted.removeprefix("-") in keys else self.order

    def column(self, key: str, label: str) -> Column:
        wanted = self.request.GET.get("sort", "")
        direction = {key: "asc", f"-{key}": "desc"}.get(wanted, "") if key else ""
        query = self.request.GET.copy()
        query["sort"] = f"-{key}" if wanted == key else key
        url = f"?{query.urlencode()}" if key else ""
        return Column(key or label, label, label in self.numeric, url, direction)

    def row(self, record) -> Row:
        cells = [self.cell(value(record), label) for _, label, value in self.columns]
        return Row(cells=cells, url=self.row_url(record) or "")

    def cell(self, value, label: str) -> Cell:
        return value if isinstance(value, Cell) else Cell("—" if value in (None, "") else str(value))

    def row_url(self, record) -> str | None:
        return record_url(record, self.actor)

    def tabs(self, rows) -> list[Tab]:
        if not self.tabs_by:
            return []
        from django.db.models import Count

        counts = dict(rows.order_by().values_list(self.tabs_by).annotate(Count("pk")))
        current = self.request.GET.get(self.tabs_by, "")
        choices = dict(self.model._meta.get_field(self.tabs_by).flatchoices)
        tabs = [Tab("全部", sum(counts.values()), "?", not current)]
        return tabs + [
            Tab(label, counts[value], f"?{self.tabs_by}={value}", current == value)
            for value, label in choices.items()
            if value in counts
        ]

    def actions(self) -> list[Action]:
        return []


def state_cell(record, actor=None) -> Cell:
    """A record's state as a tag."""
    return Cell(record.state_label(actor), tag=record.colours.get(record.state, "grey"))


class OfRecord(Page):
    """A page about one record, found by its number through the fence."""

    model: Any = None
    related: tuple[str, ...] = ()

    def allow(self) -> None:
        self.record = self.find()
        decision = decide(self.actor, self.action, self.record)
        if decision.allowed:
            return
        if self.actor.role not in decision.roles:
            raise Denied(decision, self.actor)
        raise Http404

    def find(self):
        """The record through the fence. Raises Http404: the same answer for a foreign and for an absent one."""
        rows = self.model.objects.select_related(*self.related)
        try:
            return rows.get(**self.lookup())
        except (self.model.DoesNotExist, ValueError):
            raise Http404 from None

    def lookup(self) -> dict:
        return {self.model.ref_field: self.kwargs["no"]}

    def show(self, status: int = 200, **extra):
        with glance(self.record):
            return super().show(status, **extra)

    def back_url(self) -> str:
        return record_url(self.record, self.actor) or "/"


class RecordPage(OfRecord):
    """One record: facts, whose turn it is, its possible steps (and why one is blocked), its history."""

    template_name = "web/record.html"
    deeds: tuple[str, ...] = ()  # actions beside the steps that this page offers to those who have them

    def declare(self) -> None:
        self.action = self.action or f"{self.model.machine}.view"

    def facts(self) -> list:
        """Sections of the record as this role may see it."""
        return []

    def documents(self) -> list[tuple[str, str, str]]:
        """[(label, url, meta)] of what was printed of this record."""
        return links_of(self.record, self.actor)

    def progress(self) -> list[tuple[str, str]]:
        """[(label, done | current | todo)]"""
        return []

    def context(self) -> dict:
        record = self.record
        due = record.due()
        return {
            "title": self.title or f"{record.label} {record.ref}",
            "record": record,
            "status_label": record.state_label(self.actor),
            "status_colour": record.colours.get(record.state, "grey"),
            "now_with": record.now_with.get(record.state, ""),
            "due": f"{due[0]}：{due_text(due[1], self.at)}" if due else "",
            "facts": self.facts(),
            "steps": self.steps(),
            "timeline": timeline(record, self.actor),
            "progress": self.progress(),
            "documents": self.documents(),
            "warnings": self.warnings(),
        }

    def warnings(self) -> list[str]:
        return []

    def steps(self) -> list[StepLink]:
        return step_links(self.record, self.actor, self.at) + deed_links(self.record, self.actor, self.deeds)


def step_links(record, actor, at) -> list[StepLink]:
    """Links of the steps that this actor may take or prepare now, and of an approval that waits for them."""
    links: list[StepLink] = []
    for possible in possible_steps(record, actor, at):
        url = url_of(possible.action, actor, record)
        if url:
            label = f"拟办：{possible.step.label}" if possible.preparing else possible.step.label
            links.append(
                StepLink(label, url, possible.allowed, possible.findings, possible.step.irreversible, not links)
            )
    for_two = [step for step in record.steps.values() if step.four_eyes and decide(actor, step.action, record).allowed]
    prepared = open_preparation(record) if for_two else None
    if prepared and prepared.prepared_by_id != actor.user_id:
        step = record.step(prepared.step)
        url = url_of(step.action, actor, record)
        if url and step in for_two:
            links.insert(0, StepLink(f"审批：{step.label}", url, True, (), True, True))
    return links


def deed_links(record, actor, actions: tuple[str, ...]) -> list[StepLink]:
    """Links of the record's actions that are no steps (fill in, register, explain), for those who have them."""
    offered = [
        (label_of(action), url_of(action, actor, record)) for action in actions if decide(actor, action, record).allowed
    ]
    return [StepLink(label, url, True) for label, url in offered if url]


class FormPage(Page):
    """GET shows a form; POST validates it, calls one command and goes to the result; a refusal keeps what was typed."""

    form_class = StepForm
    template_name = "web/step.html"
    command: Any = None
    submit_label = "保存"

    def form_options(self) -> dict:
        return {"actor": self.actor, "at": self.at}

    def form(self, data=None, files=None):
        return self.form_class(data, files, **self.form_options())

    def get(self, request, *args, **kwargs):
        return self.show(form=self.form())

    def post(self, request, *args, **kwargs):
        form = self.form(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(form=form, status=422)
        try:
            with operation(actor=self.actor, at=self.at, key=form.cleaned_data.get("operation")):
                result = self.act(form)
        except Refused as refused:
            return self.show(form=form, refused=refused, status=422)
        except StaleVersion as stale:
            return self.conflict(stale.record, read_back(form))
        except AlreadyDone:
            return HttpResponseRedirect(self.repeated_url())
        return HttpResponseRedirect(self.success_url(result))

    def conflict(self, record, sent: list[tuple[str, str]], now: list[tuple[str, str]] | None = None):
        """409: the record as it stands `now`, as this actor may know it (Art. 33), and what was typed here."""
        label = record.state_label(self.actor)
        context = {"actor": self.actor, "record": record, "status_label": label, "sent": sent, "now": now}
        return render(self.request, "errors/409.html", context, status=409)

    @property
    def verb(self):
        """The command, given to as_view() or declared by the class, as the plain function that it is."""
        return vars(self).get("command") or type(self).command

    def act(self, form):
        """Calls the one command with the form's values."""
        return self.verb(actor=self.actor, at=self.at, **form.values())

    def success_url(self, result) -> str:
        return record_url(result, self.actor) or self.request.path

    def repeated_url(self) -> str:
        """Where a form leads that was sent twice: what it asked for stands already."""
        return self.back_url()

    def context(self) -> dict:
        return {"heading": self.title, "submit_label": self.submit_label, "back_url": self.back_url()}

    def back_url(self) -> str:
        return "/workspace/"


class CreatePage(FormPage):
    """A new record of a machine, by its opening `opening` (default "create")."""

    template_name = "web/create.html"
    model: Any = None
    opening = "create"

    def declare(self) -> None:
        self.step = self.model.steps[self.opening]
        self.action, self.title = self.step.action, self.title or self.step.label
        self.submit_label = self.step.label


class DeedPage(OfRecord, FormPage):
    """A verb on one record that is no step of its machine: `command(record, actor=, at=, version=, **values)`.

    to_result: the command makes another record, and the page leads on to it.
    """

    to_result = False

    def declare(self) -> None:
        self.title = self.title or label_of(self.action)
        self.submit_label = self.submit_label or self.title

    def form_options(self) -> dict:
        return {**super().form_options(), "record": self.record}

    def act(self, form):
        return self.verb(
            self.record, actor=self.actor, at=self.at, version=form.cleaned_data.get("version"), **form.values()
        )

    def context(self) -> dict:
        return {**super().context(), "heading": f"{self.title}：{self.record.ref}", "record": self.record}

    def success_url(self, result) -> str:
        return (record_url(result, self.actor) if self.to_result else None) or self.back_url()


class StepPage(OfRecord, FormPage):
    """One step of one record. `command(record, actor=, at=, version=, **values)` defaults to taking the step."""

    template_name = "web/step.html"
    step = ""
    summary_fields: tuple[str, ...] = ()

    def declare(self) -> None:
        self.declared = self.model.steps[self.step]
        self.action = self.action or self.declared.action
        self.submit_label = self.declared.label

    def form_options(self) -> dict:
        return {**super().form_options(), "record": self.record, "step": self.declared}

    def act(self, form):
        version = form.cleaned_data.get("version")
        return self.verb(self.record, actor=self.actor, at=self.at, version=version, **form.values())

    def context(self) -> dict:
        return {
            **super().context(),
            "title": f"{self.declared.label} {self.record.ref}",
            "heading": f"{self.submit_label}：{self.record.ref}",
            "record": self.record,
            "summary": self.summary(),
            "consequences": self.consequences(),
            "articles": [str(article) for article in self.declared.articles],
            "irreversible": self.declared.irreversible,
        }

    def summary(self) -> list[tuple[str, str]]:
        """What the person is about to act on: (label, value)."""
        return [("编号", self.record.ref), ("状态", self.record.state_label(self.actor))]

    def consequences(self) -> list[str]:
        return list(self.declared.consequences)


class PreparePage(StepPage):
    """The first pair of eyes: proposes a four-eyes step. command(record, actor=, at=, version=, **values)."""

    def declare(self) -> None:
        super().declare()
        self.action = f"{self.declared.action}.prepare"
        self.submit_label = f"提交审批：{self.declared.label}"

    def success_url(self, result) -> str:
        return self.back_url()


class ApprovePage(StepPage):
    """The second pair of eyes: shows the proposal; POST decision=approve takes it, decision=decline sends it back.

    command(prepared, actor=, at=) stands in for approve() where the step brings more with it in one operation.
    """

    template_name = "web/approve.html"

    def form_options(self) -> dict:
        return {**FormPage.form_options(self), "record": self.record}

    def context(self) -> dict:
        prepared = self.prepared()
        return {
            **super().context(),
            "prepared": prepared,
            "proposal": [("拟办人", prepared.prepared_by.name), ("理由", prepared.reason), *self.proposal(prepared)],
        }

    def prepared(self) -> PreparedStep:
        found = open_preparation(self.record)
        if found is None or found.step != self.step:
            raise Http404
        return found

    def proposal(self, prepared: PreparedStep) -> list[tuple[str, str]]:
        """The proposed values in words; a page that has values to show overrides this."""
        return [(name, str(value)) for name, value in prepared.values.items()]

    def act(self, form):
        prepared, reason = self.prepared(), self.request.POST.get("decline_reason", "")
        if self.request.POST.get("decision") == "decline":
            decline(prepared, actor=self.actor, at=self.at, reason=reason)
            return self.record
        return (self.verb or approve)(prepared, actor=self.actor, at=self.at)


def allowed_for(action: str) -> list[str]:
    """Roles that have an action, for list_urls."""
    return row_of(action).roles
