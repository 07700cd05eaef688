"""The event log: audit trail, outbox and timeline in one row. Append-only, dense, hash-chained."""

import uuid

from django.db import models
from django.db.models import Func
from django.db.models.functions import Now

from portal.tenancy.models import TenantModel


class TransactionId(Func):
    function = "txid_current"
    template = "%(function)s()"
    output_field = models.BigIntegerField()


class Event(TenantModel):
    """One thing that happened. Written by portal.workflow alone, last in its transaction.

    `facts` are JSON values fit for everybody who reaches the record; words a person typed stand in EventNote,
    of which the chain holds a salted commitment only.
    """

    kept_by = "any"
    row_security = True
    append_only = True

    sequence = models.BigIntegerField("序号", unique=True)
    kind = models.CharField("事件", max_length=80, db_index=True)
    record_table = models.CharField(max_length=63)
    record_pk = models.CharField(max_length=40)
    record_ref = models.CharField("编号", max_length=60)
    from_state = models.CharField(max_length=40, blank=True)
    to_state = models.CharField(max_length=40, blank=True)
    actor_user_id = models.BigIntegerField(null=True)
    actor_role = models.CharField("身份", max_length=24)
    actor_organisation_id = models.BigIntegerField(null=True)
    ip = models.GenericIPAddressField(null=True)
    at = models.DateTimeField("时间")
    articles = models.JSONField("条款", default=list)
    facts = models.JSONField("事实", default=dict)
    commitment = models.CharField("附言承诺", max_length=64, blank=True)
    operation = models.UUIDField("操作编号", default=uuid.uuid4, db_index=True)
    xact = models.BigIntegerField(db_default=TransactionId(), db_index=True)
    previous_digest = models.CharField(max_length=64)
    digest = models.CharField("摘要", max_length=64)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "事件"
        ordering = ["sequence"]
        indexes = [models.Index(fields=["record_table", "record_pk", "sequence"], name="event_record")]

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind} {self.record_ref}"


class EventNote(TenantModel):
    """What a person wrote as the reason of an event; may be erased when its retention ends, the chain stays whole."""

    kept_by = "any"
    row_security = True
    same_organisation = ("event",)

    event = models.OneToOneField(Event, models.PROTECT, related_name="note")
    salt = models.CharField(max_length=32)
    text = models.TextField("附言")

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "附言"

    def __str__(self) -> str:
        return self.text[:40]


class ChainHead(models.Model):
    """The end of the chain; one row, locked for the last statements of each transaction."""

    sequence = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return str(self.sequence)


class Delivery(models.Model):
    """One event still to be, or already, given to one consumer: the outbox."""

    event_sequence = models.BigIntegerField(db_index=True)
    consumer = models.CharField(max_length=120)
    done_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event_sequence", "consumer"], name="delivery_once")]
        indexes = [models.Index(fields=["event_sequence"], condition=models.Q(done_at=None), name="delivery_pending")]

    def __str__(self) -> str:
        return f"{self.event_sequence} → {self.consumer}"
