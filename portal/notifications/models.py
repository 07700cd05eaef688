"""What the portal told whom: one Notification a message and person, one Dispatch for each further way it goes."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from portal.people.models import User


class NotificationQuerySet(models.QuerySet):
    def to(self, user_id: int | None) -> "NotificationQuerySet":
        """The messages of one person: the only way pages read this table."""
        return self.filter(recipient_id=user_id) if user_id else self.none()

    def unread(self) -> "NotificationQuerySet":
        return self.filter(read_at=None)

    def open(self) -> "NotificationQuerySet":
        """待办 that nobody has settled."""
        return self.filter(kind=Notification.Kind.TODO, done_at=None)

    def mark_read(self, at: datetime) -> int:
        return self.unread().update(read_at=at)


class Notification(models.Model):
    """A message to one person, in the portal. `topic` names what a 待办 waits for ("application:12:correct")."""

    global_because = "a message belongs to a person, not to an organisation; pages read it by its recipient alone"
    person_path = "recipient_id"

    class Kind(models.TextChoices):
        TODO = "todo", "待办"
        NOTICE = "notice", "通知"

    recipient = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="收件人")
    event_sequence = models.BigIntegerField("事件序号")
    template = models.CharField("模板", max_length=80)
    kind = models.CharField("类别", max_length=8, choices=Kind)
    topic = models.CharField("事项", max_length=120, blank=True)
    subject = models.CharField("主题", max_length=120)
    body = models.TextField("正文")
    link = models.CharField("链接", max_length=300, blank=True)
    due_at = models.DateTimeField("截止", null=True)
    created_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("阅读时间", null=True)
    done_at = models.DateTimeField("办结时间", null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        constraints = [
            models.UniqueConstraint(fields=["event_sequence", "recipient", "template"], name="notification_once")
        ]
        indexes = [
            models.Index(fields=["recipient", "-created_at"], name="notification_of"),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="notification_unread"),
            models.Index(fields=["topic"], condition=Q(done_at=None), name="notification_topic"),
        ]

    def __str__(self) -> str:
        return self.subject


class Dispatch(models.Model):
    """One message on its way by mail or short message."""

    global_because = "names a message and a channel, no address and no content"

    class Channel(models.TextChoices):
        MAIL = "mail", "邮件"
        SMS = "sms", "短信"

    class Stage(models.TextChoices):
        WAITING = "waiting", "待发送"
        SENDING = "sending", "发送中"
        SENT = "sent", "已发送"
        FAILED = "failed", "发送失败"

    notification = models.ForeignKey(Notification, models.CASCADE, related_name="dispatches")
    channel = models.CharField("渠道", max_length=8, choices=Channel)
    stage = models.CharField("状态", max_length=8, choices=Stage, default=Stage.WAITING)
    due_at = models.DateTimeField("下次发送")
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField("发送时间", null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "发送"
        constraints = [models.UniqueConstraint(fields=["notification", "channel"], name="dispatch_once")]
        indexes = [models.Index(fields=["due_at"], condition=~Q(stage__in=["sent", "failed"]), name="dispatch_pending")]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.get_stage_display()}"
