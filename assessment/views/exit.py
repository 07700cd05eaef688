"""Pages of the exit: the unit's and the selectee's, and those of 市科协 (Art. 31)."""

from assessment import commands, forms
from assessment.models import ExitCase, ExitNotice
from assessment.sections import exits as sections
from assessment.views.changes import ChangeList
from funding.views import open_now
from portal.web.components import Empty
from portal.web.formats import deadline_text, instant_text, money_text
from portal.web.views import ApprovePage, RecordPage, StepPage, state_cell

RELATED = ("organisation", "selectee__organisation", "selectee__cycle")


class ExitList(ChangeList):
    model = ExitCase
    action = "exit.list"
    title = "退出"
    related = ("selectee__organisation",)
    columns = [
        ("number", "编号", lambda row: row.number),
        ("", "入选者", lambda row: row.selectee_name),
        ("", "依托单位", lambda row: row.selectee.organisation.name),
        ("ground", "事由", lambda row: f"{row.article} {row.get_ground_display()}"),
        ("state", "状态", state_cell),
        ("", "现在轮到", lambda row: row.now_with.get(row.state, "")),
    ]
    search = ("number", "selectee_name", "selectee__organisation__name")
    tabs_by = "state"
    empty = Empty("没有退出事项。")


class ExitPage(RecordPage):
    model = ExitCase
    related = RELATED

    def facts(self):
        return sections.of_case(self.record, self.actor)

    def progress(self):
        return sections.course(self.record)


class CaseStep(StepPage):
    """A step of the case: ground and money stand above the form."""

    related = RELATED

    def summary(self) -> list[tuple[str, str]]:
        return case_summary(self.record)


def case_summary(row: ExitCase) -> list[tuple[str, str]]:
    ground = f"{row.article}　{row.get_ground_display()}"
    return [("入选者", row.selectee_name), ("事由", ground), *sections.money(row).items]


class ApproveExit(ApprovePage):
    """A voluntary exit: the second pair of eyes types what it does."""

    related = RELATED
    command = staticmethod(commands.exit.approve)
    form_class = forms.ConfirmByWordForm

    def form_options(self) -> dict:
        return {**super().form_options(), "word": "批准退出"}

    def summary(self) -> list[tuple[str, str]]:
        return case_summary(self.record)


class ApproveDecision(ApprovePage):
    """The decision: its ground, its money, its consequences, typed before it is done."""

    related = RELATED
    command = staticmethod(commands.exit.decide)
    form_class = forms.ConfirmByWordForm

    def proposed(self) -> ExitCase:
        """The case as it would be decided; never saved."""
        values = self.prepared().values
        return ExitCase(ground=self.record.ground, decision=values["decision"], serious=values["serious"])

    def form_options(self) -> dict:
        return {**super().form_options(), "word": self.proposed().get_decision_display()}

    def summary(self) -> list[tuple[str, str]]:
        return case_summary(self.record)

    def proposal(self, prepared) -> list[tuple[str, str]]:
        proposed = self.proposed()
        owed = money_text(commands.exit.owed_by(self.record.selectee))
        recovery = [("应追回", owed)] if proposed.serious else []
        return [("决定", proposed.decision_text()), ("依据", str(proposed.article)), *recovery]


class NoticeList(ChangeList):
    model = ExitNotice
    action = "exit_notice.list"
    title = "退出告知书"
    columns = [
        ("number", "编号", lambda row: row.number),
        ("", "入选者", lambda row: row.selectee_name),
        ("", "事由", lambda row: row.get_ground_display()),
        ("delivered_at", "送达", lambda row: instant_text(row.delivered_at)),
        ("due_at", "申辩截止", lambda row: deadline_text(row.due_at)),
        ("", "状态", state_cell),
    ]
    search = ("number", "selectee_name")
    empty = Empty("没有退出告知书。")


class NoticePage(RecordPage):
    """What the unit and the selectee are told; their answer while there is time."""

    model = ExitNotice

    @property
    def deeds(self) -> tuple[str, ...]:
        return open_now({"exit.defend": self.record.still_heard(at=self.at)})

    def facts(self):
        return sections.of_notice(self.record)
