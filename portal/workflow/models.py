"""Prepared steps (four eyes) and idempotency keys."""

import uuid

from django.db import models
from django.db.models import Q

from portal.people.models import User
from portal.regulation.rules import failed
from portal.tenancy.models import TenantModel


class PreparedStep(TenantModel):
    """A step that one person proposes with its values, for another to take or refuse. One open per record."""

    kept_by = "any"

    class Outcome(models.TextChoices):
        OPEN = "open", "待审批"
        APPROVED = "approved", "已批准"
        DECLINED = "declined", "未同意"
        LAPSED = "lapsed", "已失效"

    # An open proposal may be another organisation's, which this one never sees: the words tell nothing of it.
    constraint_findings = {"prepared_one_open": failed("已有一份拟办等待审批")}

    machine = models.CharField(max_length=40)
    step = models.CharField(max_length=40)
    record_table = models.CharField(max_length=63)
    record_pk = models.CharField(max_length=40)
    record_ref = models.CharField(max_length=60)
    values = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    prepared_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.OPEN)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "拟办"
        constraints = [
            models.UniqueConstraint(
                fields=["record_table", "record_pk"], condition=Q(outcome="open"), name="prepared_one_open"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("prepared_by")), name="prepared_four_eyes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.machine}.{self.step} {self.record_ref}"


class Operation(models.Model):
    """A form's operation id, stored with what it did, so that sending the form twice does it once."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.key)
