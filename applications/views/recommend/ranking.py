"""D2 推荐排序: the unit's order with the quota line, by buttons, by number, or by dragging."""

from django.http import HttpResponseRedirect
from django.urls import reverse

from applications.commands import recommendation as verbs
from applications.forms.recommendation import RankForm
from applications.models.dossier import findings_of
from applications.queries import recommend as queries
from applications.summary import priorities
from applications.views.recommend.base import OfList
from portal.regulation.rules import Refused
from portal.web.formats import clock_text
from portal.web.views import DeedPage, Page
from portal.workflow.take import StaleVersion


class Current(Page):
    """The unit's list of the newest year: to its page, or why there is none yet."""

    action = "list.view"
    title = "推荐名单"
    target = "list.view"
    template_name = "applications/recommend_no_list.html"

    def get(self, request, *args, **kwargs):
        cycle = queries.year_of(request.GET.get("year", ""))
        unit_list = queries.list_of(self.actor, cycle)
        if unit_list is None:
            return self.show(cycle=cycle)
        return HttpResponseRedirect(reverse(f"recommend:{self.target}", kwargs={"no": unit_list.number}))


class RankPage(OfList, DeedPage):
    """POST sends the whole order; the answer says who stands where now."""

    action = "list.rank"
    form_class = RankForm
    title = "推荐排序"
    template_name = "applications/recommend_rank.html"

    def form_options(self) -> dict:
        self.entries = self.record.in_order()
        return {**super().form_options(), "entries": self.entries}

    def post(self, request, *args, **kwargs):
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form=form, status=422)
        values, version = form.values(), form.cleaned_data.get("version")
        try:
            verbs.rank(self.record, **values, actor=self.actor, at=self.at, version=version)
        except StaleVersion as stale:
            now = [entry.application.number for entry in self.entries]
            return self.conflict(stale.record, self.named(values["order"]), self.named(now))
        except Refused as refused:
            return self.show(form=form, refused=refused, status=422)
        moved = form.who_moved()
        return HttpResponseRedirect(
            f"{self.url('list.rank')}?moved={moved}#row-{moved}" if moved else self.url("list.rank")
        )

    def named(self, order: list[str]) -> list[tuple[str, str]]:
        """An order for reading."""
        names = {entry.application.number: entry.application.applicant_name for entry in self.entries}
        return [(f"第 {place} 位", f"{names.get(number, '')} {number}") for place, number in enumerate(order, 1)]

    def context(self) -> dict:
        unit_list, quota = self.record, self.record.quota()
        rows = [self.row(entry) for entry in unit_list.in_order()]
        line = sum(row["held"] for row in rows)
        return {
            "title": self.title,
            "record": unit_list,
            "rows": rows,
            "line": line,
            "quota": quota,
            "suggested": min(quota, len(rows)),
            "over": line - quota if line > quota else 0,
            "open": unit_list.state in ("drafting", "returned"),
            "status_label": unit_list.state_label(self.actor),
            "status_colour": unit_list.colours[unit_list.state],
            "said": self.said(rows, line),
            "summary_url": self.url("list.view"),
        }

    def row(self, entry) -> dict:
        application = entry.application
        version = application.latest()
        return {
            "entry": entry,
            "application": application,
            "held": application.state != "qualified",
            "tags": priorities({each.rule: each for each in findings_of(version)}) if version else [],
            "url": reverse("recommend:application.view", kwargs={"no": application.number}),
            "name": f"rank_{application.number}",
        }

    def said(self, rows: list[dict], line: int) -> str:
        """陈晓雯移到第 1 位，共 5 位，名额内"""
        moved = self.request.GET.get("moved", "")
        found = [row for row in rows if row["application"].number == moved]
        if not found:
            return ""
        row = found[0]
        place = "名额内" if row["held"] else "备选"
        words = f"{row['application'].applicant_name}移到第 {row['entry'].rank} 位，共 {len(rows)} 位，{place}"
        return f"{words}　排序已保存　{clock_text(self.at)}"
