"""异议 (Art. 19)."""

import hashlib
import hmac

from django.db import models
from django.db.models import F, Q

from applications.models import Application, Notice, NoticeEntry
from portal.people.models import User
from portal.privacy.fields import EncryptedField, SealedRows
from portal.regulation.articles import Article
from portal.regulation.rules import failed
from portal.tenancy.models import TenantModel
from review import rules
from review.lifecycle.objection import ObjectionLifecycle


class Objection(SealedRows, TenantModel, ObjectionLifecycle):
    """An objection to one person on a publicity. Who objects is sealed: handler and decider may look, each time with a
    reason and an event. code_digest: of the secret code that, with the number, opens the follow page."""

    class Kind(models.TextChoices):
        PERSON = "person", "个人"
        UNIT = "unit", "单位"

    kept_by = "cast"
    row_security = True

    number = models.CharField("受理编号", max_length=24, unique=True)
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="+")
    entry = models.ForeignKey(NoticeEntry, models.PROTECT, related_name="+")
    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    code_digest = models.CharField(max_length=64)
    kind = models.CharField("提出人类型", max_length=8, choices=Kind)
    name = EncryptedField("提出人", max_length=100)
    person = EncryptedField("负责人或联系人", max_length=40, blank=True, null=True)
    contact = EncryptedField("联系方式", max_length=200)
    facts = models.TextField("事实和依据")
    evidence = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+", null=True)
    filed_at = models.DateTimeField("提出时间")
    handler = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, verbose_name="核查人")
    accepted_at = models.DateTimeField("受理时间", null=True)
    due_at = models.DateTimeField("核查期限", null=True)
    findings = models.TextField("核查情况", blank=True)
    decider = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, verbose_name="决定人")
    decided_at = models.DateTimeField("决定时间", null=True)
    conclusion = models.TextField("结论和理由", blank=True)
    reply = models.TextField("答复", blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "异议"
        constraints = [
            models.CheckConstraint(
                condition=Q(decider__isnull=True) | ~Q(decider=F("handler")), name="objection_two_people"
            )
        ]

    def __str__(self) -> str:
        return self.number

    def due(self):
        return ("核查期限", self.due_at) if self.state in self.open_states and self.due_at else None

    def opens_with(self, code: str) -> bool:
        """Whether this is the secret code; takes the same time for a right and a wrong one."""
        return hmac.compare_digest(self.code_digest, code_digest(self.number, code))

    # --- guards ---

    def inside_period(self, *, at, **asked):
        yield rules.inside_period(at, self.notice.starts_at, self.notice.ends_at)

    def complete(self, **asked):
        filed = {name: str(plain(getattr(self, name))) for name in ("name", "person", "contact")}
        yield from rules.complete_objection({**filed, "kind": self.kind, "facts": self.facts})

    def entry_in_publicity(self, **asked):
        if self.application.state not in ("in_publicity", "objection_hold"):
            yield failed(f"该申报现在是“{self.application.state_label()}”，不在公示中", article=Article(19))


def plain(value) -> str:
    """The text of a sealed value."""
    return value.plain() if hasattr(value, "plain") else value or ""


def code_digest(number: str, code: str) -> str:
    return hashlib.sha256(f"{number}:{code.strip().upper()}".encode()).hexdigest()
