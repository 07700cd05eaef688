"""单位变更: the selectee moves to another unit in Beijing with the remaining money (Art. 29)."""

from django.db import models

from portal.regulation.articles import Article
from portal.workflow.lifecycle import Lifecycle, StateField
from portal.workflow.step import opening, step


class TransferLifecycle(Lifecycle):
    machine = "transfer"
    label = "单位变更"

    class State(models.TextChoices):
        REQUESTED = "requested", "已申请"
        ORIGIN_CONSENTED = "origin_consented", "原单位同意"
        DESTINATION_ACCEPTED = "destination_accepted", "新单位接收"
        APPROVED = "approved", "市科协批准"
        SETTLED = "settled", "余额划转完成"
        REFUSED = "refused", "未变更"

    state = StateField(State)
    final = frozenset({"settled", "refused"})
    colours = {
        "requested": "blue",
        "origin_consented": "blue",
        "destination_accepted": "blue",
        "approved": "green",
        "settled": "green",
        "refused": "red",
    }
    now_with = {
        "requested": "原依托单位",
        "origin_consented": "新依托单位",
        "destination_accepted": "市科协",
        "approved": "新依托单位与财务专员",
    }

    class Meta:
        abstract = True

    request = opening(
        "申请单位变更",
        articles=[Article(29)],
        guards=["may_request", "still_in_beijing"],
        sentence="{actor}提出{ref}：变更到{destination}",
    )

    @step(
        "同意变更",
        source=["requested"],
        target="origin_consented",
        articles=[Article(29)],
        consequences=["交新单位接收"],
        sentence="原单位同意{ref}",
    )
    def consent(self, *, actor, at, **values):
        self.consented_at = at

    @step(
        "接收入选者",
        source=["origin_consented"],
        target="destination_accepted",
        articles=[Article(21), Article(29)],
        guards=["account_given"],
        consequences=["市科协批准后，剩余经费划入所登记的专门账户"],
        sentence="新单位接收{ref}",
    )
    def accept(self, *, actor, at, account_name="", bank="", account_number="", **values):
        self.account_name, self.bank, self.account_number = account_name, bank, account_number
        self.accepted_by_id, self.accepted_at = actor.user_id, at

    @step(
        "批准变更",
        source=["destination_accepted"],
        target="approved",
        articles=[Article(29)],
        guards=["selectee_in_term", "nothing_open", "still_in_beijing"],
        four_eyes=True,
        irreversible=True,
        consequences=[
            "原单位的任务书终止，经费停止拨付、进入结算",
            "新单位建立承接的入选者、任务书和经费，没有拨付的批次转入新单位",
        ],
        sentence="{actor}批准{ref}",
    )
    def approve(self, *, actor, at, **values):
        self.approved_at = at

    @step(
        "不同意变更",
        source=["requested"],
        target="refused",
        articles=[Article(29)],
        reason=True,
        sentence="原单位不同意{ref}",
    )
    def oppose(self, *, actor, at, **values):
        pass

    @step(
        "不予接收",
        source=["origin_consented"],
        target="refused",
        articles=[Article(29)],
        reason=True,
        sentence="新单位不予接收{ref}",
    )
    def decline(self, *, actor, at, **values):
        pass

    @step(
        "撤回申请",
        source=["requested", "origin_consented", "destination_accepted"],
        target="refused",
        articles=[Article(29)],
        sentence="{actor}撤回了{ref}",
    )
    def withdraw(self, *, actor, at, **values):
        pass

    @step(
        "不予批准",
        source=["requested", "origin_consented", "destination_accepted"],
        target="refused",
        articles=[Article(29)],
        reason=True,
        sentence="{actor}对{ref}不予批准",
    )
    def refuse(self, *, actor, at, **values):
        pass

    @step(
        "划转余额",
        source=["approved"],
        target="settled",
        articles=[Article(29)],
        guards=["accounts_ready"],
        irreversible=True,
        consequences=["原单位账目结清，余额记入新单位专门账户"],
        sentence="{actor}完成{ref}的余额划转，{amount}",
    )
    def settle(self, *, actor, at, amount="", **values):
        self.settled_at = at
        return {"amount": amount}
