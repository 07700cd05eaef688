"""任务书: three signatures over one frozen text (Art. 20, 22-26)."""

from django.db import models

from portal.regulation.articles import Article
from portal.regulation.rules import failed
from portal.workflow.lifecycle import Lifecycle, StateField
from portal.workflow.step import opening, step

EDITABLE = ("drafting", "returned", "amending")
SIGNERS = ("selectee", "host", "cast")


class TaskBookLifecycle(Lifecycle):
    machine = "task_book"
    label = "任务书"

    class State(models.TextChoices):
        DRAFTING = "drafting", "起草"
        HOST_CONFIRMED = "host_confirmed", "单位确认"
        UNDER_CAST_REVIEW = "under_cast_review", "市科协审核"
        RETURNED = "returned", "退回修改"
        SIGNING = "signing", "签署中"
        EFFECTIVE = "effective", "已生效"
        AMENDING = "amending", "变更中"
        COMPLETED = "completed", "已完成"
        TERMINATED = "terminated", "已终止"

    state = StateField(State)
    final = frozenset({"completed", "terminated"})
    colours = {
        "drafting": "grey",
        "host_confirmed": "blue",
        "under_cast_review": "blue",
        "returned": "red",
        "signing": "amber",
        "effective": "green",
        "amending": "amber",
        "completed": "green",
        "terminated": "grey",
    }
    now_with = {
        "drafting": "依托单位",
        "host_confirmed": "市科协",
        "under_cast_review": "市科协",
        "returned": "依托单位",
        "signing": "入选者、依托单位、市科协依次签署",
        "effective": "入选者与依托单位",
        "amending": "依托单位",
    }

    class Meta:
        abstract = True

    create = opening("起草任务书", articles=[Article(26)], by_command=True, sentence="{ref}由申报书起草")

    @step(
        "确认任务书",
        source=["drafting", "returned"],
        target="host_confirmed",
        articles=[Article(22), Article(26)],
        guards=["text_complete"],
        sentence="{actor}确认了{ref}",
    )
    def confirm(self, *, actor, at, **values):
        pass

    @step(
        "开始审核",
        source=["host_confirmed"],
        target="under_cast_review",
        articles=[Article(26)],
        sentence="{actor}开始审核{ref}",
    )
    def begin_review(self, *, actor, at, **values):
        pass

    @step(
        "退回修改",
        source=["host_confirmed", "under_cast_review", "signing"],
        target="returned",
        articles=[Article(26)],
        reason=True,
        consequences=["已有的签署全部作废"],
        sentence="{actor}退回{ref}修改",
    )
    def return_for_change(self, *, actor, at, **values):
        self.void_signatures()

    @step(
        "审核通过，进入签署",
        source=["under_cast_review"],
        target="signing",
        articles=[Article(26)],
        guards=["text_complete"],
        irreversible=True,
        consequences=["文本固定，三方依次签署", "此后任何修改都使已有签署作废"],
        sentence="{actor}审核通过{ref}，第 {text_version} 版文本进入签署",
    )
    def open_signing(self, *, actor, at, **values):
        return self.freeze_text(at)

    @step(
        "入选者签署",
        source=["signing"],
        target=None,
        articles=[Article(22), Article(26)],
        guards=["identity_confirmed", "my_turn_selectee"],
        irreversible=True,
        consequences=["签署后即受任务书约束"],
        sentence="{actor}签署了{ref}",
    )
    def sign_as_selectee(self, *, actor, at, **values):
        return self.add_signature("selectee", actor, at)

    @step(
        "依托单位签署",
        source=["signing"],
        target=None,
        articles=[Article(22), Article(26)],
        guards=["identity_confirmed", "my_turn_host"],
        irreversible=True,
        consequences=["签署后本单位即受任务书约束"],
        sentence="{actor}代表依托单位签署了{ref}",
    )
    def sign_for_host(self, *, actor, at, **values):
        return self.add_signature("host", actor, at)

    @step(
        "市科协签署",
        source=["signing"],
        target="effective",
        articles=[Article(26)],
        guards=["identity_confirmed", "my_turn_cast"],
        irreversible=True,
        consequences=["任务书生效", "入选者进入培养期", "满足条件的首批经费可以拨付"],
        sentence="{actor}代表市科协签署了{ref}，任务书生效",
    )
    def sign_for_cast(self, *, actor, at, **values):
        self.effective_at = at
        return self.add_signature("cast", actor, at)

    @step(
        "申请变更",
        source=["effective"],
        target="amending",
        articles=[Article(26), Article(28)],
        reason=True,
        consequences=["已有签署作废，变更后重新签署"],
        sentence="{actor}申请变更{ref}",
    )
    def amend(self, *, actor, at, **values):
        self.void_signatures()

    @step(
        "提交变更",
        source=["amending"],
        target="under_cast_review",
        articles=[Article(26)],
        guards=["text_complete"],
        sentence="{actor}提交了{ref}的变更",
    )
    def submit_amendment(self, *, actor, at, **values):
        pass

    @step(
        "完成",
        source=["effective"],
        target="completed",
        articles=[Article(32)],
        by_command=True,
        sentence="{ref}期满完成",
    )
    def complete(self, *, actor, at, **values):
        pass

    @step(
        "终止",
        source=["drafting", "host_confirmed", "under_cast_review", "returned", "signing", "effective", "amending"],
        target="terminated",
        articles=[Article(29), Article(31)],
        by_command=True,
        sentence="{ref}终止",
    )
    def terminate(self, *, actor, at, **values):
        pass

    def identity_confirmed(self, *, password_ok=None, **asked):
        """Each signature re-authenticates; the page checks the password and hands over the outcome."""
        if password_ok is False:
            yield failed("登录口令不正确，请重新输入", article=Article(26))

    def my_turn_selectee(self, *, actor, **asked):
        yield from self.signing_findings("selectee")

    def my_turn_host(self, *, actor, **asked):
        yield from self.signing_findings("host")

    def my_turn_cast(self, *, actor, **asked):
        yield from self.signing_findings("cast")
