"""不适宜专家: a host unit asks that somebody does not judge its application (Art. 17)."""

from django.contrib import messages
from django.urls import reverse

from applications.models import Application
from portal.web.components import Cell, Column, Row, Table
from portal.web.views import DeedPage
from review.commands import expert as commands
from review.forms.expert import AvoidForm


class Avoid(DeedPage):
    """What the unit has asked so far, and a form for one more. Whether the person is an expert here is not told."""

    action = "avoidance.ask"
    model = Application
    related = ("cycle",)
    form_class = AvoidForm
    template_name = "review/avoid.html"
    submit_label = "提交申请"

    def act(self, form):
        commands.ask_to_avoid(self.record, actor=self.actor, at=self.at, **form.values())
        messages.success(self.request, "已提交。市科协分配专家时据此回避。")
        return self.record

    def form_options(self) -> dict:
        return {"actor": self.actor, "at": self.at}

    def context(self) -> dict:
        asked = commands.avoidances_of(self.record)
        rows = [Row([Cell(name), Cell(unit or "—"), Cell(reason)]) for name, unit, reason in asked]
        columns = [Column("", label) for label in ("姓名", "单位", "理由")]
        return {
            **super().context(),
            "table": Table(columns, rows, "已申请回避的专家") if rows else None,
            "most": self.record.cycle.settings["avoid_max"],
            "asked": len(rows),
        }

    def success_url(self, result) -> str:
        return reverse("apply:avoidance.ask", kwargs={"no": self.record.number})
