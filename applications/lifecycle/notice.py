"""公告: 申报通知, 拟入选公示, 正式名单 and others (Art. 16, 19)."""

from dataclasses import replace

from django.db import models

from portal.regulation.articles import Article
from portal.regulation.rules import Refused, failed
from portal.web.formats import deadline_text
from portal.workflow.lifecycle import Lifecycle, StateField
from portal.workflow.step import opening, step


class NoticeLifecycle(Lifecycle):
    machine = "notice"
    label = "公告"

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        APPROVED = "approved", "待发布"
        PUBLISHED = "published", "已发布"
        ENDED = "ended", "期满"
        ARCHIVED = "archived", "归档"

    state = StateField(State)
    final = frozenset({"archived"})
    colours = {"draft": "grey", "approved": "amber", "published": "purple", "ended": "green", "archived": "grey"}
    now_with = {
        "draft": "项目负责人",
        "approved": "评审秘书",
        "published": "社会公众",
        "ended": "评审秘书",
        "archived": "",
    }

    class Meta:
        abstract = True

    create = opening("起草公告", articles=[Article(16)], sentence="{actor}起草了公告“{title}”")

    @step(
        "修改公告",
        source=["draft"],
        target=None,
        articles=[Article(16)],
        sentence="{actor}修改了公告{ref}",
    )
    def edit(self, *, actor, at, changes, **values):
        """changes: {field of the notice: new value}."""
        for name, value in changes.items():
            setattr(self, name, value)
        return {"fields": sorted(changes)}

    @step(
        "批准发布",
        source=["draft"],
        target="approved",
        articles=[Article(16), Article(19)],
        guards=["fit_to_publish", "written_by_another"],
        sentence="{actor}批准发布公告{ref}",
    )
    def approve(self, *, actor, at, **values):
        self.approved_by_id, self.approved_at = actor.user_id, at

    @step(
        "退回修改",
        source=["approved"],
        target="draft",
        articles=[Article(16)],
        reason=True,
        sentence="{actor}把公告{ref}退回修改",
    )
    def send_back(self, *, actor, at, **values):
        self.approved_by_id = self.approved_at = self.publish_at = None

    @step(
        "定时发布",
        source=["approved"],
        target=None,
        articles=[Article(16), Article(19)],
        guards=["hour_ahead"],
        sentence="{actor}定于 {hour} 发布公告{ref}",
    )
    def schedule(self, *, actor, at, publish_at, **values):
        self.publish_at = publish_at
        return {"hour": deadline_text(publish_at)}

    @step(
        "发布",
        source=["approved"],
        target="published",
        articles=[Article(16), Article(19)],
        guards=["fit_to_publish"],
        irreversible=True,
        consequences=["公告立即在网站公开，任何人都能看到"],
        sentence="{actor}发布了公告{ref}",
    )
    def publish(self, *, actor, at, **values):
        self.is_public, self.published_at = True, at
        self.starts_at, self.ends_at = self.period(at)
        return {"until": deadline_text(self.ends_at) if self.ends_at else ""}

    @step(
        "期满",
        source=["published"],
        target="ended",
        articles=[Article(19)],
        guards=["period_over"],
        sentence="公告{ref}期满",
    )
    def end(self, *, actor, at, **values):
        pass

    @step(
        "归档",
        source=["ended"],
        target="archived",
        articles=[Article(19)],
        sentence="{actor}归档了公告{ref}",
    )
    def archive(self, *, actor, at, **values):
        pass

    # --- guards ------------------------------------------------------------------------------------------------------

    def fit_to_publish(self, *, at, **asked):
        """Complete, and a publicity's period can be counted: a year without its decree is refused, never guessed."""
        yield from self.missing()
        try:
            self.period(at)
        except Refused as undecreed:
            yield from (replace(finding, article=Article(19)) for finding in undecreed.findings)

    def written_by_another(self, *, actor, **asked):
        if self.was_written_by(actor.user_id):
            yield failed("起草、修改和批准不能是同一个人", article=Article(19))

    def hour_ahead(self, *, at, publish_at=None, **asked):
        if publish_at is not None and publish_at <= at:
            yield failed("定时发布的时间应在此刻之后", article=Article(16))

    def period_over(self, *, at, **asked):
        """A notice without a period ends when somebody ends it."""
        if self.ends_at is not None and at < self.ends_at:
            yield failed(f"公示期到 {deadline_text(self.ends_at)} 结束", article=Article(19))
