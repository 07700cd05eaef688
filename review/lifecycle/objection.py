"""异议: filed by anyone with a name, judged by two people, answered (Art. 19)."""

from django.db import models

from portal.regulation.articles import Article
from portal.regulation.rules import failed
from portal.workflow.lifecycle import Lifecycle, StateField
from portal.workflow.step import opening, step


class ObjectionLifecycle(Lifecycle):
    machine = "objection"
    label = "异议"

    class State(models.TextChoices):
        RECEIVED = "received", "已收到"
        ACCEPTED = "accepted", "已受理"
        INADMISSIBLE = "inadmissible", "不予受理"
        INVESTIGATING = "investigating", "核查中"
        UPHELD = "upheld", "成立"
        DISMISSED = "dismissed", "不成立"
        REPLIED = "replied", "已答复"

    state = StateField(State)
    final = frozenset({"inadmissible", "replied"})
    open_states = ("received", "accepted", "investigating")
    colours = {
        "received": "amber",
        "accepted": "blue",
        "inadmissible": "grey",
        "investigating": "purple",
        "upheld": "red",
        "dismissed": "green",
        "replied": "grey",
    }
    now_with = {
        "received": "市科协",
        "accepted": "市科协",
        "investigating": "市科协",
        "upheld": "市科协",
        "dismissed": "市科协",
    }

    outside_labels = {"upheld": "核查完毕，待答复", "dismissed": "核查完毕，待答复"}

    class Meta:
        abstract = True

    file = opening(
        "提出异议",
        articles=[Article(19)],
        guards=["inside_period", "complete"],
        sentence="收到对{application}的异议{ref}",
    )

    @step(
        "受理异议",
        source=["received"],
        target="accepted",
        articles=[Article(19)],
        guards=["entry_in_publicity"],
        consequences=["被反映的申报进入异议核查，公示期满也不转为正式入选"],
        sentence="{actor}受理了异议{ref}，{due}前核查完毕",
    )
    def accept(self, *, actor, at, due_at=None, **values):
        self.handler_id, self.accepted_at, self.due_at = actor.user_id, at, due_at
        return {"due": due_at}

    @step(
        "不予受理",
        source=["received"],
        target="inadmissible",
        articles=[Article(19)],
        reason=True,
        irreversible=True,
        consequences=["理由在查询页面告知提出人"],
        sentence="{actor}对异议{ref}不予受理",
    )
    def refuse(self, *, actor, at, reply="", **values):
        self.handler_id, self.reply, self.answered_at = actor.user_id, reply, at

    @step(
        "开始核查",
        source=["accepted"],
        target="investigating",
        articles=[Article(19)],
        sentence="{actor}开始核查异议{ref}",
    )
    def investigate(self, *, actor, at, **values):
        pass

    @step(
        "填写核查情况",
        source=["investigating"],
        target=None,
        articles=[Article(19)],
        sentence="{actor}填写了异议{ref}的核查情况",
    )
    def report(self, *, actor, at, findings="", **values):
        self.findings = findings

    @step(
        "认定成立",
        source=["investigating"],
        target="upheld",
        articles=[Article(19)],
        guards=["decided_by_another", "reported"],
        reason=True,
        irreversible=True,
        consequences=["取消该申报的拟入选", "其他公示对象不受影响"],
        sentence="{actor}认定异议{ref}成立",
    )
    def uphold(self, *, actor, at, conclusion="", **values):
        self.decider_id, self.conclusion, self.decided_at = actor.user_id, conclusion, at

    @step(
        "认定不成立",
        source=["investigating"],
        target="dismissed",
        articles=[Article(19)],
        guards=["decided_by_another", "reported"],
        reason=True,
        irreversible=True,
        consequences=["没有其他待核查的异议时，该申报恢复公示"],
        sentence="{actor}认定异议{ref}不成立",
    )
    def dismiss(self, *, actor, at, conclusion="", **values):
        self.decider_id, self.conclusion, self.decided_at = actor.user_id, conclusion, at

    @step(
        "答复提出人",
        source=["upheld", "dismissed"],
        target="replied",
        articles=[Article(19)],
        guards=["reply_written"],
        irreversible=True,
        consequences=["答复在查询页面告知提出人"],
        sentence="{actor}答复了异议{ref}",
    )
    def answer(self, *, actor, at, reply="", **values):
        self.reply, self.answered_at = reply, at

    # --- guards ---

    def decided_by_another(self, *, actor, **asked):
        """Who investigated does not decide."""
        if self.handler_id == actor.user_id:
            yield failed("核查人和决定人不能是同一个人", article=Article(19))

    def reported(self, **asked):
        if not self.findings.strip():
            yield failed("请先填写核查情况", article=Article(19))

    def reply_written(self, *, reply=None, **asked):
        if reply is not None and not reply.strip():
            yield failed("请填写答复", article=Article(19))
