"""Pages of chapter 6: lists, records and the deeds upon them."""

import uuid
from collections.abc import Iterable

from funding import queries, sections
from funding.models import Disbursement, Expense, Grant, Selectee, TaskBook
from portal.regulation.rules import Finding
from portal.web.components import Empty
from portal.web.formats import day_text, money_text, yuan_text
from portal.web.views import ApprovePage, DeedPage, ListPage, RecordPage, state_cell


def open_now(obstacles: dict[str, Iterable[Finding]]) -> tuple[str, ...]:
    """Of a page's deeds those that nothing stands in the way of."""
    return tuple(action for action, found in obstacles.items() if not any(each.blocks for each in found))


CHANGED_MEANWHILE = "这份内容刚刚在另一处保存过。您填写的内容都在下面，再次保存将覆盖先保存的内容。"


class KeepsTyped:
    """Mixed into the page of a long form: a stale version shows it again, filled in, on the version that stands."""

    def conflict(self, record, sent, now=None):
        data = self.request.POST.copy()
        data["version"], data["operation"] = record.version, uuid.uuid4()
        form = self.form(data, self.request.FILES)
        form.is_valid()
        form.add_error(None, CHANGED_MEANWHILE)
        return self.show(form=form, status=409)


class SelecteeList(ListPage):
    model = Selectee
    action = "selectee.list"
    title = "入选者"
    related = ("organisation", "cycle")
    columns = [
        ("number", "编号", lambda row: row.number),
        ("name", "姓名", lambda row: row.name),
        ("", "依托单位", lambda row: row.organisation.name),
        ("field", "领域", lambda row: row.field),
        ("", "培养期", lambda row: sections.term(row)),
        ("state", "状态", state_cell),
    ]
    search = ("number", "name", "organisation__name")
    tabs_by = "state"
    empty = Empty("还没有入选者。公示期满、正式入选后自动登记。")


class SelecteePage(RecordPage):
    model = Selectee
    related = ("organisation", "recommender", "cycle", "application__field")
    in_term = ("information_change.request", "transfer.request", "exit.request", "exit.open", "assessment.schedule")

    @property
    def deeds(self) -> tuple[str, ...]:
        """Once the term has its end, only the contact log goes on."""
        return ("tracking.add", *(() if self.record.state in Selectee.final else self.in_term))

    def facts(self):
        return sections.of_selectee(self.record, self.actor)

    def warnings(self):
        return ["资格已中止，资金暂停拨付。"] if self.record.state == "suspended" else []


class TaskBookList(ListPage):
    model = TaskBook
    action = "task_book.list"
    title = "任务书"
    related = ("organisation", "selectee")
    columns = [
        ("number", "编号", lambda row: row.number),
        ("", "入选者", lambda row: row.selectee.name),
        ("", "依托单位", lambda row: row.organisation.name),
        ("state", "状态", state_cell),
        ("", "现在轮到", lambda row: row.now_with.get(row.state, "")),
    ]
    search = ("number", "selectee__name", "organisation__name")
    tabs_by = "state"
    empty = Empty("还没有任务书。")


class TaskBookPage(RecordPage):
    model = TaskBook
    related = ("organisation", "selectee")

    @property
    def deeds(self) -> tuple[str, ...]:
        return open_now({"task_book.edit": self.record.text_fixed()})

    def facts(self):
        return sections.of_task_book(self.record)

    def progress(self):
        return sections.signing_course(self.record)


class GrantList(ListPage):
    model = Grant
    action = "grant.list"
    title = "经费"
    related = ("organisation", "selectee")
    columns = [
        ("number", "编号", lambda row: row.number),
        ("", "入选者", lambda row: row.selectee.name),
        ("", "依托单位", lambda row: row.organisation.name),
        ("amount_fen", "资助总额", lambda row: money_text(row.amount_fen)),
        ("state", "状态", state_cell),
    ]
    numeric = frozenset({"资助总额"})
    search = ("number", "selectee__name", "organisation__name")
    tabs_by = "state"
    empty = Empty("还没有经费记录。")


class GrantPage(RecordPage):
    model = Grant
    related = ("organisation", "selectee")

    @property
    def deeds(self) -> tuple[str, ...]:
        grant = self.record
        return open_now(
            {
                "grant.register_account": grant.takes_an_account(),
                "expense.record": grant.takes_expenses(),
                "grant.record_return": grant.takes_money_back(),
            }
        )

    def facts(self):
        return sections.of_grant(self.record, self.actor)


class DisbursementList(ListPage):
    model = Disbursement
    action = "disbursement.list"
    title = "拨付"
    related = ("organisation", "grant__selectee")
    columns = [
        ("number", "编号", lambda row: row.number),
        ("", "入选者", lambda row: row.grant.selectee.name),
        ("", "依托单位", lambda row: row.organisation.name),
        ("tranche", "期次", lambda row: f"第 {row.tranche} 期"),
        ("amount_fen", "金额", lambda row: money_text(row.amount_fen)),
        ("state", "状态", state_cell),
    ]
    numeric = frozenset({"金额"})
    search = ("number", "grant__selectee__name", "organisation__name")
    tabs_by = "state"
    empty = Empty("还没有拨付计划。")


class DisbursementPage(RecordPage):
    model = Disbursement
    related = ("organisation", "grant__selectee", "account")

    def facts(self):
        return sections.of_disbursement(self.record)


class ApprovePayment(ApprovePage):
    """The second pair of eyes sees how much goes to whom."""

    related = ("organisation", "grant__selectee")

    def summary(self) -> list[tuple[str, str]]:
        return sections.of_disbursement(self.record)[0].items

    def proposal(self, prepared) -> list[tuple[str, str]]:
        values = prepared.values
        return [("金额", money_text(values["amount_fen"])), ("收款账户", sections.account_name(values["account_id"]))]


class ExpenseList(ListPage):
    model = Expense
    action = "expense.list"
    title = "支出"
    related = ("organisation", "grant__selectee")
    columns = [
        ("number", "编号", lambda row: row.number),
        ("spent_date", "日期", lambda row: day_text(row.spent_date)),
        ("", "依托单位", lambda row: row.organisation.name),
        ("category", "科目", lambda row: sections.category_name(row.category)),
        ("", "摘要", lambda row: row.summary),
        ("amount_fen", "金额", lambda row: yuan_text(row.amount_fen)),
        ("state", "状态", state_cell),
    ]
    numeric = frozenset({"金额"})
    search = ("number", "summary", "payee", "organisation__name")
    tabs_by = "state"
    empty = Empty("还没有登记支出。")


class ExpensePage(RecordPage):
    model = Expense
    related = ("organisation", "grant__selectee")

    @property
    def deeds(self) -> tuple[str, ...]:
        expense = self.record
        return open_now(
            {
                "expense.explain": expense.awaits_explanation(),
                "expense.report_rectification": expense.awaits_rectification(at=self.at),
            }
        )

    def facts(self):
        return sections.of_expense(self.record)


class TaskBookEdit(KeepsTyped, DeedPage):
    """Chapters as texts, rows as small tables with blank lines to add to; one save for all of it."""

    template_name = "funding/task_book_edit.html"

    def form(self, data=None, files=None):
        return self.form_class(data, files, initial=queries.task_book_initial(self.record), **self.form_options())
