"""退出: by one's own wish, or imposed on one of seven grounds (Art. 31)."""

from django.db import models

from portal.regulation.articles import Article
from portal.web.formats import deadline_text
from portal.workflow.lifecycle import Lifecycle, StateField
from portal.workflow.step import opening, step


class ExitLifecycle(Lifecycle):
    machine = "exit"
    label = "退出"

    class State(models.TextChoices):
        OPENED = "opened", "立案"
        REQUESTED = "requested", "申请"
        HOST_OPINED = "host_opined", "单位意见"
        APPROVED = "approved", "批准"
        NOTIFIED = "notified", "告知并听取申辩"
        DECIDED = "decided", "决定"
        RECOVERING = "recovering", "追回"
        SETTLING = "settling", "结算"
        CLOSED = "closed", "已办结"

    state = StateField(State)
    final = frozenset({"closed"})
    colours = {
        "opened": "amber",
        "requested": "blue",
        "host_opined": "blue",
        "approved": "green",
        "notified": "amber",
        "decided": "red",
        "recovering": "red",
        "settling": "blue",
        "closed": "grey",
    }
    now_with = {
        "opened": "市科协",
        "requested": "依托单位",
        "host_opined": "市科协",
        "approved": "市科协",
        "notified": "入选者与依托单位",
        "decided": "市科协",
        "recovering": "依托单位",
        "settling": "财务专员",
    }

    class Meta:
        abstract = True

    open = opening(
        "立案",
        articles=[Article(31, 2), *(Article(31, 2, ground) for ground in range(1, 8))],
        guards=["is_imposed", "ground_has_its_precondition", "term_runs"],
        sentence="{actor}就{ref}立案：{ground}",
    )
    volunteer = opening(
        "申请退出",
        articles=[Article(31, 1)],
        guards=["is_voluntary", "term_runs"],
        action="exit.request",
        by_command=True,
        sentence="{ref}由本人提出",
    )

    @step(
        "申请退出",
        source=["opened"],
        target="requested",
        articles=[Article(31, 1)],
        guards=["is_voluntary"],
        by_command=True,
        sentence="{actor}提出退出申请{ref}",
    )
    def request(self, *, actor, at, **values):
        self.requested_at = at

    @step(
        "签署单位意见",
        source=["requested"],
        target="host_opined",
        articles=[Article(31, 1)],
        guards=["opinion_given"],
        sentence="{actor}对{ref}签署意见",
    )
    def opine(self, *, actor, at, opinion="", **values):
        self.host_opinion = opinion

    @step(
        "撤回申请",
        source=["requested", "host_opined"],
        target="closed",
        articles=[Article(31, 1)],
        sentence="{actor}撤回了{ref}",
    )
    def withdraw(self, *, actor, at, **values):
        self.closed_at = at

    @step(
        "批准退出",
        source=["host_opined"],
        target="approved",
        articles=[Article(31, 1)],
        guards=["term_runs"],
        four_eyes=True,
        irreversible=True,
        consequences=["入选者资格结束", "任务书终止，没有办完的考核终止", "停止资金拨付，经费进入结算"],
        sentence="{actor}批准{ref}",
    )
    def approve(self, *, actor, at, **values):
        self.decided_at = at

    @step(
        "告知并听取申辩",
        source=["opened", "decided"],
        target="notified",
        articles=[Article(31, 2)],
        guards=["is_imposed", "still_to_notify"],
        reason=True,
        consequences=["告知书送达依托单位和入选者", "期限内可以陈述申辩"],
        sentence="{actor}就{ref}告知事由，{due}前可以陈述申辩",
    )
    def notify(self, *, actor, at, due_at=None, **values):
        self.notified_at, self.defence_due_at = at, due_at
        return {"due": deadline_text(due_at)}

    @step(
        "撤销立案",
        source=["opened"],
        target="closed",
        articles=[Article(31, 2)],
        guards=["is_imposed"],
        reason=True,
        sentence="{actor}撤销了{ref}的立案",
    )
    def drop(self, *, actor, at, **values):
        self.closed_at = at

    @step(
        "决定",
        source=["notified"],
        target="decided",
        articles=[Article(31, 2)],
        guards=["defence_heard", "ground_has_its_precondition", "decision_fits"],
        reason=True,
        four_eyes=True,
        irreversible=True,
        consequences=["中止或取消的，立即停止资金拨付及相应待遇", "情节严重的，追回所拨经费"],
        sentence="{actor}对{ref}作出决定：{decision}",
    )
    def decide(self, *, actor, at, decision="", serious=False, **values):
        self.decision, self.serious, self.decided_at = decision, serious, at
        return {"decision": self.decision_text()}

    @step(
        "追回经费",
        source=["decided"],
        target="recovering",
        articles=[Article(31, 2)],
        guards=["is_serious"],
        irreversible=True,
        consequences=["追缴通知送达依托单位", "没有拨付的批次全部取消"],
        sentence="{actor}就{ref}追回经费 {amount}",
    )
    def recover(self, *, actor, at, amount="", **values):
        return {"amount": amount}

    @step(
        "进入结算",
        source=["approved", "decided"],
        target="settling",
        articles=[Article(31)],
        guards=["ends_the_term"],
        consequences=["没有拨付的批次全部取消", "专门账户结余退回市科协"],
        sentence="{ref}进入结算",
    )
    def settle(self, *, actor, at, **values):
        pass

    @step(
        "恢复资格",
        source=["decided", "notified"],
        target="closed",
        articles=[Article(31, 2)],
        guards=["was_suspended"],
        reason=True,
        consequences=["入选者恢复培养", "恢复资金拨付"],
        sentence="{actor}恢复资格，{ref}办结",
    )
    def reinstate(self, *, actor, at, **values):
        self.closed_at = at

    @step(
        "不予处理并办结",
        source=["decided"],
        target="closed",
        articles=[Article(31, 2)],
        guards=["decided_none"],
        sentence="{ref}不予处理，办结",
    )
    def dismiss(self, *, actor, at, **values):
        self.closed_at = at

    @step(
        "办结",
        source=["settling", "recovering"],
        target="closed",
        articles=[Article(31)],
        guards=["money_settled"],
        sentence="{actor}办结{ref}",
    )
    def close(self, *, actor, at, **values):
        self.closed_at = at
