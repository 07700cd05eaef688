"""推荐名单: one per recommending unit and cycle (Art. 11, 12, 13(4)(5))."""

from django.db import models

from portal.regulation.articles import Article
from portal.regulation.rules import failed
from portal.web.formats import deadline_text
from portal.workflow.lifecycle import Lifecycle, StateField
from portal.workflow.step import opening, step


class RecommendationListLifecycle(Lifecycle):
    machine = "list"
    label = "推荐名单"

    class State(models.TextChoices):
        DRAFTING = "drafting", "初筛中"
        PENDING_APPROVAL = "pending_approval", "待负责人审签"
        SUBMITTED = "submitted", "已报送"
        ACCEPTED = "accepted", "已接收"
        RETURNED = "returned", "市科协退回"

    state = StateField(State)
    final = frozenset({"accepted"})
    colours = {
        "drafting": "blue",
        "pending_approval": "amber",
        "submitted": "purple",
        "accepted": "green",
        "returned": "red",
    }
    now_with = {
        "drafting": "推荐单位经办人",
        "pending_approval": "推荐单位负责人",
        "submitted": "市科协",
        "accepted": "",
        "returned": "推荐单位经办人",
    }

    class Meta:
        abstract = True

    create = opening("建立推荐名单", articles=[Article(11)], by_command=True, sentence="{ref}的推荐名单已建立")

    @step(
        "提请负责人审签",
        source=["drafting", "returned"],
        target="pending_approval",
        articles=[Article(13, 4)],
        guards=["someone_recommended", "within_quota", "ranked_without_gaps", "opinions_written", "nothing_unscreened"],
        sentence="{actor}提请审签{ref}",
    )
    def request_approval(self, *, actor, at, **values):
        self.prepared_by_id, self.prepared_at = actor.user_id, at

    @step(
        "退回经办人",
        source=["pending_approval"],
        target="drafting",
        articles=[Article(13, 4)],
        reason=True,
        sentence="{actor}把{ref}退回经办人",
    )
    def send_back(self, *, actor, at, **values):
        pass

    @step(
        "报送市科协",
        source=["pending_approval"],
        target="submitted",
        articles=[Article(13, 5)],
        guards=[
            "within_window",
            "prepared_by_another",
            "someone_recommended",
            "within_quota",
            "ranked_without_gaps",
            "opinions_written",
            "nothing_unscreened",
            "scan_matches",
        ],
        irreversible=True,
        consequences=["报送后名单和排序不能修改", "备选人员不报送"],
        sentence="{actor}向市科协报送了{ref}，共 {count} 人",
    )
    def submit(self, *, actor, at, **values):
        self.submitted_at, self.submitted_by_id = at, actor.user_id
        return {"count": self.freeze()}

    @step(
        "撤回报送",
        source=["submitted"],
        target="drafting",
        articles=[Article(13, 5)],
        guards=["within_window"],
        reason=True,
        sentence="{actor}撤回了{ref}",
    )
    def withdraw(self, *, actor, at, **values):
        self.submitted_at = self.submitted_by_id = None

    @step(
        "退回推荐单位",
        source=["submitted"],
        target="returned",
        articles=[Article(15)],
        reason=True,
        sentence="{actor}退回了{ref}",
    )
    def return_to_unit(self, *, actor, at, **values):
        self.submitted_at = self.submitted_by_id = None

    @step(
        "延长报送期限",
        source=["drafting", "pending_approval", "returned"],
        target=None,
        articles=[Article(13, 5)],
        guards=["extended_later"],
        reason=True,
        sentence="{actor}把{ref}的报送期限延长至 {until}",
    )
    def extend(self, *, actor, at, until, **values):
        """For this unit alone."""
        self.extended_until = until
        return {"until": deadline_text(until)}

    @step(
        "接收",
        source=["submitted"],
        target="accepted",
        articles=[Article(13, 5), Article(15)],
        irreversible=True,
        consequences=["名单锁定，推荐单位不能再撤回", "名额线以下的备选人员转为未获推荐"],
        sentence="{actor}接收了{ref}",
    )
    def accept(self, *, actor, at, **values):
        self.accepted_at = at

    def extended_later(self, *, at, until=None, **asked):
        if until is not None and (until <= at or until <= self.closes_at()):
            yield failed("新的期限应晚于现在的期限，也晚于此刻", article=Article(13, 5))
