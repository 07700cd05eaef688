"""Pages of tracking, information changes and transfers (Art. 25, 28, 29)."""

from assessment import commands, forms
from assessment.models import ContactRecord, InformationChange, Transfer
from assessment.sections import changes as sections
from portal.web.components import Action, Empty
from portal.web.formats import day_text, money_text
from portal.web.links import record_url, url_of
from portal.web.views import ApprovePage, DeedPage, ListPage, RecordPage, StepPage, state_cell

SIBLINGS = {
    "transfer.list": "单位变更",
    "information_change.list": "信息变更",
    "exit.list": "退出",
    "exit_notice.list": "退出告知书",
    "tracking.list": "联系记录",
}


class ChangeList(ListPage):
    """One of the lists of changes, which link to one another."""

    def actions(self) -> list[Action]:
        others = [(label, url_of(action, self.actor)) for action, label in SIBLINGS.items() if action != self.action]
        return [Action(label, url) for label, url in others if url]


class ContactList(ChangeList):
    model = ContactRecord
    action = "tracking.list"
    title = "联系记录"
    related = ("selectee__organisation", "organisation", "recorded_by")
    order = ("-happened_date", "-pk")
    columns = [
        ("", "入选者", lambda row: row.selectee.name),
        ("", "依托单位", lambda row: row.selectee.organisation.name),
        ("happened_date", "日期", lambda row: day_text(row.happened_date)),
        ("", "方式", lambda row: row.get_kind_display()),
        ("", "情况", lambda row: row.summary),
        ("", "下次联系", lambda row: day_text(row.follow_up_date) if row.follow_up_date else ""),
        ("", "登记", lambda row: f"{row.organisation.name} {row.recorded_by.name}"),
    ]
    search = ("selectee__name", "selectee__number", "summary")
    tabs_by = "kind"
    empty = Empty("还没有联系记录。在入选者页面登记。")

    def row_url(self, record) -> str | None:
        return record_url(record.selectee, self.actor)


class InformationChangeList(ChangeList):
    model = InformationChange
    action = "information_change.list"
    title = "信息变更"
    related = ("organisation", "selectee")
    columns = [
        ("number", "编号", lambda row: row.number),
        ("", "入选者", lambda row: row.selectee.name),
        ("", "依托单位", lambda row: row.organisation.name),
        ("", "变更事项", lambda row: row.get_fact_display()),
        ("", "新内容", lambda row: row.shown(row.after)),
        ("state", "状态", state_cell),
    ]
    search = ("number", "selectee__name", "organisation__name")
    tabs_by = "state"
    empty = Empty("还没有信息变更申请。")


class InformationChangePage(RecordPage):
    model = InformationChange
    related = ("organisation", "selectee")

    def facts(self):
        return sections.of_information_change(self.record)


class TransferList(ChangeList):
    model = Transfer
    action = "transfer.list"
    title = "单位变更"
    related = ("organisation", "destination")
    columns = [
        ("number", "编号", lambda row: row.number),
        ("", "入选者", lambda row: row.selectee_name),
        ("", "原单位", lambda row: row.organisation.name),
        ("", "新单位", lambda row: row.destination.name),
        ("state", "状态", state_cell),
        ("", "现在轮到", lambda row: row.now_with.get(row.state, "")),
    ]
    search = ("number", "selectee_name", "organisation__name", "destination__name")
    tabs_by = "state"
    empty = Empty("还没有单位变更。入选者在京更换工作单位的，由本人在入选者页面申请。")


class TransferPage(RecordPage):
    model = Transfer
    related = ("organisation", "destination")

    def facts(self):
        return sections.of_transfer(self.record, self.actor)

    def progress(self):
        return sections.course(self.record)


class RequestTransfer(DeedPage):
    """Search first, then choose: the units found stand as choices in the form."""

    template_name = "assessment/transfer_request.html"

    def form_options(self) -> dict:
        return {**super().form_options(), "words": self.request.GET.get("q", "")}

    def show(self, status: int = 200, **extra):
        form = extra["form"]
        found = form.fields["destination"].queryset.count()
        return super().show(status, words=form.words, found=found, least=forms.SHORTEST_SEARCH, **extra)


class ApproveTransfer(ApprovePage):
    """Approves and carries out."""

    command = staticmethod(commands.transfer.approve)

    def summary(self) -> list[tuple[str, str]]:
        row = self.record
        sums = row.selectee.grant.sums()
        return [
            ("入选者", row.selectee_name),
            ("原单位", row.organisation.name),
            ("新单位", row.destination.name),
            ("待划转余额", money_text(sums["balance"])),
            ("未拨付", money_text(row.selectee.grant.amount_fen - sums["paid"])),
        ]


class SettleTransfer(StepPage):
    def summary(self) -> list[tuple[str, str]]:
        row = self.record
        account = f"{row.account_name}　{row.bank}　{row.account_number}"
        rest = money_text(row.selectee.grant.sums()["balance"])
        return [("入选者", row.selectee_name), ("划入", account), ("划转金额", rest)]
