"""答辩: a candidate's place in a panel's meeting (Art. 17, 18)."""

from django.db import models

from portal.regulation.articles import Article
from portal.workflow.lifecycle import Lifecycle, StateField
from portal.workflow.step import opening, step


class SlotLifecycle(Lifecycle):
    machine = "slot"
    label = "答辩"

    class State(models.TextChoices):
        WAITING = "waiting", "候场"
        PRESENTING = "presenting", "答辩"
        SCORED = "scored", "已评分"

    state = StateField(State)
    final = frozenset({"scored"})
    colours = {"waiting": "grey", "presenting": "purple", "scored": "green"}
    now_with = {"waiting": "评审秘书", "presenting": "评审专家"}

    class Meta:
        abstract = True

    enter = opening(
        "列入答辩", articles=[Article(17)], by_command=True, sentence="{application}列入{meeting}，抽得第 {order} 号"
    )

    @step(
        "开始答辩",
        source=["waiting"],
        target="presenting",
        articles=[Article(18)],
        guards=["meeting_in_session", "nobody_else_presents"],
        sentence="{ref}开始答辩",
    )
    def call(self, *, actor, at, **values):
        self.called_at = at

    @step(
        "结束评分",
        source=["presenting"],
        target="scored",
        articles=[Article(18)],
        guards=["all_sheets_in"],
        sentence="{ref}评分结束，收到 {sheets} 份评分",
    )
    def finish(self, *, actor, at, **values):
        self.scored_at = at
        return {"sheets": self.entitled().count()}
