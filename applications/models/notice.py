"""公告 (Art. 16, 19)."""

from datetime import datetime

from django.db import models

from applications.lifecycle.notice import NoticeLifecycle
from applications.models.cycle import Cycle
from portal.calendars.workdays import end_of_period
from portal.events.models import Event
from portal.people.models import User
from portal.regulation.articles import Article
from portal.regulation.rules import Finding, failed
from portal.tenancy.models import TenantModel


class Notice(TenantModel, NoticeLifecycle):
    """A public notice. A publicity (kind proposed) runs for working days; others have no end.

    body: plain text as applications.notice_text reads it. office, address, phone, email: who answers questions, and
    takes objections to a publicity.
    """

    class Kind(models.TextChoices):
        CALL = "call", "申报通知"
        PROPOSED = "proposed", "拟入选公示"
        FINAL = "final", "正式名单"
        OTHER = "other", "其他公告"

    kept_by = "cast"
    reach_axes = {"published": "is_public"}

    number = models.CharField("编号", max_length=30, unique=True)
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="notices", null=True, blank=True)
    kind = models.CharField("类别", max_length=10, choices=Kind)
    title = models.CharField("标题", max_length=120)
    document_number = models.CharField("发文字号", max_length=60, blank=True)
    body = models.TextField("正文")
    office = models.CharField("受理单位", max_length=100, blank=True)
    address = models.CharField("地址", max_length=100, blank=True)
    phone = models.CharField("电话", max_length=40, blank=True)
    email = models.EmailField("邮箱", blank=True)
    working_days = models.PositiveSmallIntegerField("公示期（工作日）", null=True, blank=True)
    is_public = models.BooleanField("已公开", default=False)
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    approved_at = models.DateTimeField(null=True)
    publish_at = models.DateTimeField("定时发布时间", null=True, blank=True)
    published_at = models.DateTimeField("发布时间", null=True)
    starts_at = models.DateTimeField("公示开始", null=True)
    ends_at = models.DateTimeField("公示结束", null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "公告"

    def __str__(self) -> str:
        return self.title

    def state_label(self, actor=None) -> str:
        """A publicity that runs is called so."""
        if self.kind == self.Kind.PROPOSED and self.state == self.State.PUBLISHED:
            return "公示中"
        return super().state_label(actor)

    def due(self) -> tuple[str, datetime] | None:
        if self.state == self.State.APPROVED and self.publish_at:
            return ("定时发布", self.publish_at)
        return ("公示期满", self.ends_at) if self.state == self.State.PUBLISHED and self.ends_at else None

    @property
    def contact(self) -> list[tuple[str, str]]:
        """(label, value) of what is filled in."""
        names = ("office", "address", "phone", "email")
        return [(self._meta.get_field(name).verbose_name, value) for name in names if (value := getattr(self, name))]

    def period(self, at: datetime) -> tuple[datetime, datetime | None]:
        """The half-open period of a publicity published at an instant: working days from the next day on (Art. 19).

        (at, None) without one. Raises UndecreedYear.
        """
        return at, (end_of_period(at, self.working_days) if self.working_days else None)

    def missing(self) -> list[Finding]:
        """What it still lacks before it may be published."""
        found = []
        if not self.body.strip():
            found.append(failed("请填写正文", article=Article(16)))
        if self.kind in (self.Kind.PROPOSED, self.Kind.FINAL) and not self.entries.exists():
            found.append(failed("名单为空", article=Article(19)))
        if self.kind == self.Kind.PROPOSED and not self.working_days:
            found.append(failed("请设置公示期（工作日）", article=Article(19)))
        if self.kind == self.Kind.PROPOSED and not (self.office and self.phone):
            found.append(failed("请填写异议受理单位和电话", article=Article(19)))
        return found

    def was_written_by(self, user_id: int | None) -> bool:
        """Whether this person drafted it or changed it, in whatever role; asked of the events."""
        events = Event.objects.filter(record_table=self._meta.db_table, record_pk=str(self.pk))
        return events.filter(kind__in=("notice.create", "notice.edit"), actor_user_id=user_id).exists()


class NoticeEntry(TenantModel):
    """One person on a published list: just the fields that may be public (name, unit, field, recommending unit)."""

    kept_by = "cast"
    reach_axes = {"published": "is_public"}
    same_organisation = ("notice",)

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="entries")
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="+")
    name = models.CharField("姓名", max_length=40)
    unit = models.CharField("依托单位", max_length=100)
    field = models.CharField("领域", max_length=40)
    recommender = models.CharField("推荐单位", max_length=100)
    position = models.PositiveSmallIntegerField("次序")
    is_public = models.BooleanField(default=False)
    withdrawn_because = models.CharField("撤下原因", max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "公示人员"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["notice", "application"], name="notice_entry_once")]

    def __str__(self) -> str:
        return self.name
