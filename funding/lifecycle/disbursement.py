"""拨付: one tranche of a grant, four eyes (Art. 20, 21)."""

from django.db import models

from portal.regulation.articles import Article
from portal.workflow.lifecycle import Lifecycle, StateField
from portal.workflow.step import opening, step


class DisbursementLifecycle(Lifecycle):
    machine = "disbursement"
    label = "拨付"

    class State(models.TextChoices):
        PLANNED = "planned", "计划"
        APPROVED = "approved", "已审批"
        PAID = "paid", "已拨付"
        CONFIRMED = "confirmed", "已到账"
        CANCELLED = "cancelled", "已取消"

    state = StateField(State)
    final = frozenset({"confirmed", "cancelled"})
    colours = {"planned": "grey", "approved": "blue", "paid": "amber", "confirmed": "green", "cancelled": "grey"}
    now_with = {"planned": "财务专员", "approved": "财务专员", "paid": "依托单位"}

    class Meta:
        abstract = True

    create = opening("列入拨付计划", articles=[Article(20)], by_command=True, sentence="{ref}列入拨付计划")

    @step(
        "审批拨付",
        source=["planned"],
        target="approved",
        articles=[Article(20), Article(21)],
        guards=["conditions_met", "within_grant", "grant_active", "as_proposed"],
        four_eyes=True,
        irreversible=True,
        consequences=["财务专员据此向专门账户付款", "收款账户或金额改变则审批作废"],
        sentence="{actor}审批了{ref}，金额 {amount}",
    )
    def approve(self, *, actor, at, **values):
        self.approved_at = at
        return self.fix_payee()

    @step(
        "撤回审批",
        source=["approved"],
        target="planned",
        articles=[Article(20), Article(21)],
        reason=True,
        consequences=["付款前须重新拟办和审批"],
        sentence="{actor}撤回了{ref}的审批",
    )
    def withdraw_approval(self, *, actor, at, **values):
        self.approved_at = None
        self.release_payee()

    @step(
        "登记付款",
        source=["approved"],
        target="paid",
        articles=[Article(20), Article(21)],
        guards=["grant_active", "as_approved"],
        irreversible=True,
        consequences=["记入经费台账"],
        sentence="{actor}登记{ref}已付款 {amount}",
    )
    def pay(self, *, actor, at, receipt="", **values):
        self.paid_at, self.bank_receipt = at, receipt
        return self.post_payment(actor, at)

    @step(
        "确认到账",
        source=["paid"],
        target="confirmed",
        articles=[Article(21)],
        sentence="{actor}确认{ref}已到专门账户",
    )
    def confirm(self, *, actor, at, **values):
        self.confirmed_at = at

    @step(
        "取消拨付",
        source=["planned", "approved"],
        target="cancelled",
        articles=[Article(20), Article(31, 2)],
        reason=True,
        sentence="{actor}取消了{ref}",
    )
    def cancel(self, *, actor, at, **values):
        pass
