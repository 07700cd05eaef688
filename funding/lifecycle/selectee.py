"""入选者: from selection to the end of the term (Art. 20, 22, 29, 31, 32). Moved by other machines' commands alone."""

from django.db import models

from portal.regulation.articles import Article
from portal.workflow.lifecycle import Lifecycle, StateField
from portal.workflow.step import opening, step


class SelecteeLifecycle(Lifecycle):
    machine = "selectee"
    label = "入选者"

    class State(models.TextChoices):
        CONTRACTING = "contracting", "签约中"
        ACTIVE = "active", "培养中"
        SUSPENDED = "suspended", "中止"
        COMPLETED = "completed", "期满合格"
        EXITED = "exited", "退出"
        CANCELLED = "cancelled", "取消资格"
        TRANSFERRED = "transferred", "已转入新单位"

    state = StateField(State)
    final = frozenset({"completed", "exited", "cancelled", "transferred"})
    colours = {
        "contracting": "amber",
        "active": "green",
        "suspended": "red",
        "completed": "green",
        "exited": "grey",
        "cancelled": "red",
        "transferred": "grey",
    }
    now_with = {"contracting": "依托单位", "active": "入选者与依托单位", "suspended": "市科协"}

    class Meta:
        abstract = True

    create = opening("登记入选者", articles=[Article(20)], by_command=True, sentence="{ref}登记为入选者")
    take_over = opening(
        "承接入选者", articles=[Article(29)], by_command=True, sentence="{ref}由新单位承接", action="selectee.take_over"
    )

    @step(
        "开始培养",
        source=["contracting"],
        target="active",
        articles=[Article(22), Article(26)],
        by_command=True,
        sentence="任务书生效，{ref}进入培养期",
    )
    def activate(self, *, actor, at, **values):
        self.active_from = at

    @step(
        "中止资格",
        source=["active"],
        target="suspended",
        articles=[Article(31, 2)],
        by_command=True,
        sentence="{ref}的入选者资格中止",
    )
    def suspend(self, *, actor, at, **values):
        pass

    @step(
        "恢复资格",
        source=["suspended"],
        target="active",
        articles=[Article(31, 2)],
        by_command=True,
        sentence="{ref}的入选者资格恢复",
    )
    def reinstate(self, *, actor, at, **values):
        pass

    @step(
        "期满合格",
        source=["active"],
        target="completed",
        articles=[Article(32)],
        by_command=True,
        sentence="{ref}期满考核合格",
    )
    def complete(self, *, actor, at, **values):
        self.ended_at = at

    @step(
        "退出",
        source=["contracting", "active", "suspended"],
        target="exited",
        articles=[Article(31, 1)],
        by_command=True,
        sentence="{ref}退出本计划",
    )
    def leave(self, *, actor, at, **values):
        self.ended_at = at

    @step(
        "取消资格",
        source=["contracting", "active", "suspended"],
        target="cancelled",
        articles=[Article(31, 2)],
        by_command=True,
        sentence="{ref}的入选者资格取消",
    )
    def cancel(self, *, actor, at, **values):
        self.ended_at = at

    @step(
        "转入新单位",
        source=["active"],
        target="transferred",
        articles=[Article(29)],
        by_command=True,
        sentence="{ref}转入新单位继续培养",
    )
    def hand_over(self, *, actor, at, **values):
        self.ended_at = at
