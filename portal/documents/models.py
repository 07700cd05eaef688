"""Document: what was printed, from which facts, under which 校验码."""

import uuid

from django.db import models
from django.db.models import Q

from portal.documents.kinds import kind_named
from portal.files.models import StoredFile
from portal.tenancy.models import TenantModel


class Document(TenantModel):
    """One version of a document of a record, made from an event. Its facts and digest never change; its PDF follows."""

    kept_by = "any"
    reach_axes = {"applications": "application_id", "assessments": "assessment_id", "published": "is_public"}
    same_organisation = ("file",)

    class Status(models.TextChoices):
        CURRENT = "current", "现行有效"
        SUPERSEDED = "superseded", "已被新版本代替"
        VOID = "void", "已作废"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("文种", max_length=60)
    number = models.CharField("编号", max_length=80)
    version = models.PositiveIntegerField("版本")
    status = models.CharField("效力", max_length=12, choices=Status, default=Status.CURRENT)
    code = models.CharField("校验码", max_length=9, unique=True)
    facts = models.JSONField("事实")
    digest = models.CharField("摘要", max_length=64)
    record_table = models.CharField(max_length=63)
    record_pk = models.CharField(max_length=40)
    event_sequence = models.BigIntegerField("事件序号")
    created_at = models.DateTimeField("生成时间")
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+", null=True, verbose_name="PDF")
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    application_id = models.BigIntegerField(null=True, db_index=True)
    assessment_id = models.BigIntegerField(null=True, db_index=True)
    is_public = models.BooleanField("公开", default=False)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "文书"
        constraints = [
            models.UniqueConstraint(fields=["event_sequence", "kind", "number"], name="document_once"),
            models.UniqueConstraint(
                fields=["kind", "record_table", "record_pk", "number", "version"], name="document_version"
            ),
            models.UniqueConstraint(
                fields=["kind", "record_table", "record_pk", "number"],
                condition=Q(status="current"),
                name="document_one_current",
            ),
        ]
        indexes = [
            models.Index(fields=["record_table", "record_pk"], name="document_record"),
            models.Index(fields=["created_at"], condition=Q(file=None), name="document_unprinted"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        return kind_named(self.kind).title

    @property
    def name(self) -> str:
        """申报书 ZY2026-0132"""
        return f"{self.title} {self.number}"
