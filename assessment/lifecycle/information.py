"""信息变更: key facts of a selectee change with 市科协's approval (Art. 28)."""

from django.db import models

from portal.regulation.articles import Article
from portal.workflow.lifecycle import Lifecycle, StateField
from portal.workflow.step import opening, step


class InformationChangeLifecycle(Lifecycle):
    machine = "information_change"
    label = "信息变更"

    class State(models.TextChoices):
        REQUESTED = "requested", "待审批"
        APPROVED = "approved", "已同意"
        REFUSED = "refused", "未同意"

    state = StateField(State)
    final = frozenset({"approved", "refused"})
    colours = {"requested": "amber", "approved": "green", "refused": "red"}
    now_with = {"requested": "市科协"}

    class Meta:
        abstract = True

    request = opening(
        "申请信息变更",
        articles=[Article(28)],
        guards=["value_differs", "term_stays_sound", "term_runs"],
        sentence="{actor}申请{ref}",
    )

    @step(
        "同意变更",
        source=["requested"],
        target="approved",
        articles=[Article(28)],
        guards=["term_stays_sound", "term_runs"],
        consequences=["入选者的资料按新内容更新"],
        sentence="{actor}同意{ref}",
    )
    def approve(self, *, actor, at, **values):
        self.decided_at = at

    @step(
        "不同意变更",
        source=["requested"],
        target="refused",
        articles=[Article(28)],
        reason=True,
        sentence="{actor}没有同意{ref}",
    )
    def refuse(self, *, actor, at, **values):
        self.decided_at = at
