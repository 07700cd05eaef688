"""跟踪服务与信息更新 (Art. 25, 28)."""

from datetime import date

from django.db import models

from assessment.lifecycle.information import InformationChangeLifecycle
from funding.models import Selectee
from portal.people.models import User
from portal.regulation.articles import Article
from portal.regulation.rules import failed
from portal.tenancy.models import TenantModel
from portal.web.formats import day_text


class ContactRecord(TenantModel):
    """A contact or visit by the recommending unit or 市科协; kept by the unit that made it."""

    class Kind(models.TextChoices):
        CALL = "call", "电话联系"
        VISIT = "visit", "走访"
        MEETING = "meeting", "座谈"
        SERVICE = "service", "服务协调"

    kept_by = "any"

    selectee = models.ForeignKey(Selectee, models.PROTECT, related_name="+")
    kind = models.CharField("方式", max_length=10, choices=Kind)
    happened_date = models.DateField("日期")
    summary = models.TextField("情况")
    follow_up_date = models.DateField("下次联系", null=True, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("登记时间")

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "联系记录"
        ordering = ["-happened_date", "-pk"]

    def __str__(self) -> str:
        return f"{self.happened_date} {self.get_kind_display()}"


class InformationChange(TenantModel, InformationChangeLifecycle):
    """A key fact of a selectee that changes only with approval (Art. 28). Days are kept as 2026-10-15."""

    class Fact(models.TextChoices):
        NAME = "name", "姓名"
        FIELD = "field", "领域"
        ENDS_DATE = "ends_date", "培养期止"

    kept_by = "host"
    person_path = "selectee__person_id"
    same_organisation = ("selectee",)

    number = models.CharField("编号", max_length=30, unique=True)
    selectee = models.ForeignKey(Selectee, models.PROTECT, related_name="+")
    fact = models.CharField("变更事项", max_length=12, choices=Fact)
    before = models.CharField("原内容", max_length=100, blank=True)
    after = models.CharField("新内容", max_length=100)
    because = models.TextField("变更原因")
    decided_at = models.DateTimeField("办理时间", null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "信息变更"
        constraints = [
            models.UniqueConstraint(
                fields=["selectee", "fact"], condition=models.Q(state="requested"), name="information_change_one_open"
            )
        ]

    constraint_findings = {
        "information_change_one_open": failed("这一事项已有变更申请在办理", article=Article(28)),
    }

    def __str__(self) -> str:
        return self.number

    def value(self):
        """The new content as the selectee's row keeps it."""
        return date.fromisoformat(self.after) if self.fact == self.Fact.ENDS_DATE else self.after

    def shown(self, content: str) -> str:
        """A content as people read it."""
        return day_text(date.fromisoformat(content)) if content and self.fact == self.Fact.ENDS_DATE else content or "—"

    # --- guards ---

    def value_differs(self, **asked):
        if self.before == self.after:
            yield failed("新内容与原内容相同", article=Article(28))

    def term_stays_sound(self, **asked):
        """The term ends after it began."""
        starts = self.selectee.starts_date
        if self.fact == self.Fact.ENDS_DATE and (starts is None or self.value() <= starts):
            yield failed("培养期止应晚于培养期起", article=Article(28))

    def term_runs(self, **asked):
        if self.selectee.state not in ("contracting", "active", "suspended"):
            yield failed(f"入选者现在是“{self.selectee.state_label()}”，不再变更信息", article=Article(28))
