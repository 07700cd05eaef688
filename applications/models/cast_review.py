"""市科协资格和内容审查 (Art. 15)."""

from django.db import models

from applications.models.application import Application
from applications.models.recommendation import CheckAnswer
from portal.people.models import User
from portal.tenancy.models import TenantModel


class CastCheck(TenantModel):
    """One item of the check-list with the reviewer's answer. An answer against the machine's finding needs a reason.

    on_version: the number of the ApplicationVersion that was looked at; a corrected application is looked at again.
    findings: what the machine had found on the item when it was answered (Finding.as_data), kept as evidence.
    """

    kept_by = "cast"

    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    item = models.CharField("条目", max_length=40)
    on_version = models.PositiveSmallIntegerField("申报版本")
    answer = models.CharField("结论", max_length=10, choices=CheckAnswer)
    overrides = models.BooleanField("改判", default=False)
    reason = models.TextField("理由", blank=True)
    findings = models.JSONField("机器判定", default=list)
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "审查条目"
        constraints = [
            models.UniqueConstraint(fields=["application", "item"], name="cast_check_once"),
            models.CheckConstraint(
                condition=models.Q(overrides=False) | ~models.Q(reason=""), name="cast_check_override_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.answer}"
