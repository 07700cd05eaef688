"""经费: one grant a selectee (Art. 20, 21, 27, 29, 31)."""

from django.db import models

from portal.regulation.articles import Article
from portal.workflow.lifecycle import Lifecycle, StateField
from portal.workflow.step import opening, step


class GrantLifecycle(Lifecycle):
    machine = "grant"
    label = "经费"

    class State(models.TextChoices):
        PENDING_ACCOUNT = "pending_account", "待登记专户"
        ACTIVE = "active", "执行中"
        SUSPENDED = "suspended", "暂停拨付"
        SETTLING = "settling", "结算中"
        SETTLED = "settled", "已结清"
        RECOVERING = "recovering", "追回中"
        RECOVERED = "recovered", "已追回"

    state = StateField(State)
    final = frozenset({"recovered"})
    colours = {
        "pending_account": "amber",
        "active": "green",
        "suspended": "red",
        "settling": "blue",
        "settled": "grey",
        "recovering": "red",
        "recovered": "grey",
    }
    now_with = {
        "pending_account": "依托单位",
        "active": "依托单位",
        "suspended": "市科协",
        "settling": "财务专员",
        "recovering": "依托单位",
    }

    class Meta:
        abstract = True

    create = opening("建立经费", articles=[Article(20)], by_command=True, sentence="{ref}建立，资助 {amount}")
    take_over = opening(
        "承接经费", articles=[Article(29)], by_command=True, sentence="{ref}由新单位承接", action="grant.take_over"
    )

    @step(
        "核验专户",
        source=["pending_account", "active"],
        target="active",
        articles=[Article(21)],
        guards=["account_registered", "verified_by_another"],
        sentence="{actor}核验了{ref}的专门账户",
    )
    def verify_account(self, *, actor, at, **values):
        self.verify_latest_account(actor, at)

    @step(
        "暂停拨付",
        source=["pending_account", "active"],
        target="suspended",
        articles=[Article(31, 2)],
        reason=True,
        sentence="{actor}暂停了{ref}的拨付",
    )
    def suspend(self, *, actor, at, **values):
        pass

    @step(
        "恢复拨付",
        source=["suspended"],
        target="active",
        articles=[Article(20), Article(31, 2)],
        guards=["account_verified"],
        reason=True,
        sentence="{actor}恢复了{ref}的拨付",
    )
    def resume(self, *, actor, at, **values):
        pass

    @step(
        "恢复登记专户",
        source=["suspended"],
        target="pending_account",
        articles=[Article(21), Article(31, 2)],
        by_command=True,
        sentence="{ref}恢复，等待核验专门账户",
    )
    def await_account(self, *, actor, at, **values):
        pass

    @step(
        "进入结算",
        source=["pending_account", "active", "suspended"],
        target="settling",
        articles=[Article(31), Article(32)],
        by_command=True,
        sentence="{ref}进入结算",
    )
    def settle(self, *, actor, at, **values):
        pass

    @step(
        "结清",
        source=["settling"],
        target="settled",
        articles=[Article(21), Article(32)],
        guards=["nothing_in_motion", "balance_settled"],
        irreversible=True,
        consequences=["经费账目关闭，不能再登记支出"],
        sentence="{actor}结清了{ref}",
    )
    def close(self, *, actor, at, **values):
        pass

    @step(
        "追回经费",
        source=["settling", "suspended", "settled"],
        target="recovering",
        articles=[Article(31, 2)],
        by_command=True,
        sentence="开始追回{ref}的经费 {amount}",
    )
    def recover(self, *, actor, at, amount="", **values):
        return {"amount": amount}

    @step(
        "追回完成",
        source=["recovering"],
        target="recovered",
        articles=[Article(31, 2)],
        guards=["fully_recovered"],
        sentence="{actor}确认{ref}已追回",
    )
    def finish_recovery(self, *, actor, at, **values):
        pass
