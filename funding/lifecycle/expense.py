"""支出: a payment of the host unit from the dedicated account, judged against the negative list (Art. 21, 27, 31)."""

from django.db import models

from portal.regulation.articles import Article
from portal.workflow.lifecycle import Lifecycle, StateField
from portal.workflow.step import opening, step


class ExpenseLifecycle(Lifecycle):
    machine = "expense"
    label = "支出"

    class State(models.TextChoices):
        RECORDED = "recorded", "已登记"
        ACCEPTED = "accepted", "已核"
        FLAGGED = "flagged", "疑似负面清单"
        WARNED = "warned", "已提醒督促"
        RECTIFIED = "rectified", "已整改"
        UNRECTIFIED = "unrectified", "未整改"
        REVERSED = "reversed", "已冲销"

    state = StateField(State)
    final = frozenset({"accepted", "rectified", "unrectified", "reversed"})
    colours = {
        "recorded": "blue",
        "accepted": "green",
        "flagged": "amber",
        "warned": "red",
        "rectified": "green",
        "unrectified": "red",
        "reversed": "grey",
    }
    now_with = {"recorded": "财务专员", "flagged": "财务专员", "warned": "依托单位"}

    class Meta:
        abstract = True

    record = opening(
        "登记支出",
        articles=[Article(21), Article(27)],
        guards=["account_in_use", "within_balance"],
        sentence="{actor}登记了支出{ref}",
    )

    @step(
        "核对通过",
        source=["recorded", "flagged"],
        target="accepted",
        articles=[Article(27)],
        guards=["explained_if_flagged"],
        sentence="{actor}核对通过{ref}",
    )
    def accept(self, *, actor, at, **values):
        pass

    @step(
        "列为疑似负面清单",
        source=["recorded"],
        target="flagged",
        articles=[Article(27)],
        reason=True,
        sentence="{actor}把{ref}列为疑似负面清单（{code}）",
    )
    def flag(self, *, actor, at, code="", **values):
        self.negative_code = code
        return {"code": code}

    @step(
        "提醒督促",
        source=["flagged"],
        target="warned",
        articles=[Article(27), Article(31, 2, 3)],
        reason=True,
        irreversible=True,
        consequences=["提醒督促函送达依托单位", "到期未整改将按第三十一条（二）3 办理"],
        sentence="{actor}就{ref}发出提醒督促，{due}前整改",
    )
    def warn(self, *, actor, at, due_at=None, **values):
        self.warned_at, self.rectify_due_at = at, due_at
        return {"due": due_at.date().isoformat() if due_at else ""}

    @step(
        "确认已整改",
        source=["warned"],
        target="rectified",
        articles=[Article(27)],
        guards=["rectification_reported"],
        sentence="{actor}确认{ref}已整改",
    )
    def rectify(self, *, actor, at, **values):
        pass

    @step(
        "认定未整改",
        source=["warned"],
        target="unrectified",
        articles=[Article(31, 2, 3)],
        guards=["rectification_overdue"],
        reason=True,
        irreversible=True,
        consequences=["据第三十一条（二）3 进入退出程序"],
        sentence="{actor}认定{ref}未按要求整改",
    )
    def fail_rectification(self, *, actor, at, **values):
        pass

    @step(
        "冲销",
        source=["recorded"],
        target="reversed",
        articles=[Article(21)],
        reason=True,
        sentence="{actor}冲销了{ref}",
    )
    def reverse(self, *, actor, at, **values):
        self.post_reversal(actor, at)
