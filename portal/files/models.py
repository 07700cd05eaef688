"""StoredFile: a checked upload or a printed document. Its bytes lie in a blob outside any web root, named by digest."""

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models

from portal.files.checks import size_text
from portal.people.models import User
from portal.tenancy.models import TenantModel


class StoredFile(TenantModel):
    """A file as its keeper knows it; two files of the same bytes share a blob.

    `application_id` and `assessment_id` let an expert reach the files of what is assigned to them; `is_public` lets
    everybody reach the attachment of a published notice. Reaching is not reading: portal.files.access decides that.
    """

    kept_by = "any"
    reach_axes = {"applications": "application_id", "assessments": "assessment_id", "published": "is_public"}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField("用途", max_length=60)
    name = models.CharField("文件名", max_length=140)
    content_type = models.CharField("类型", max_length=100)
    size = models.BigIntegerField("字节数")
    sha256 = models.CharField("摘要", max_length=64, db_index=True)
    pages = models.PositiveIntegerField("页数", null=True)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, verbose_name="上传人")
    created_at = models.DateTimeField("上传时间")
    quarantined_at = models.DateTimeField("封存时间", null=True)
    application_id = models.BigIntegerField(null=True, db_index=True)
    assessment_id = models.BigIntegerField(null=True, db_index=True)
    is_public = models.BooleanField("公开", default=False)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "文件"

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        return blob_path(self.sha256)

    @property
    def ref(self) -> str:
        """The short number under which events name the file; its name stays out of the event chain."""
        return f"附件{self.id.hex[:8].upper()}"

    @property
    def keeper_id(self) -> int:
        return self.organisation_id

    @property
    def meta(self) -> str:
        """PDF，12 页，3.2 MB"""
        kind = self.name.rpartition(".")[2].upper()
        return "，".join([kind, *([f"{self.pages} 页"] if self.pages else []), size_text(self.size)])

    def read(self) -> bytes:
        return self.path.read_bytes()


def blob_path(sha256: str) -> Path:
    """Made by the server from the digest alone."""
    return Path(settings.MEDIA_ROOT) / "blobs" / sha256[:2] / sha256[2:4] / sha256
