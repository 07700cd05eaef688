"""单位变更 (Art. 29)."""

from django.db import models
from django.utils import timezone

from assessment import rules
from assessment.lifecycle.transfer import TransferLifecycle
from assessment.models.exit import ExitCase
from funding.models import Selectee
from portal.people.models import Affiliation, Organisation, User
from portal.privacy.fields import EncryptedField, SealedRows
from portal.privacy.masks import mask_account
from portal.regulation.articles import Article
from portal.regulation.rules import failed
from portal.tenancy.models import TenantModel


class Transfer(SealedRows, TenantModel, TransferLifecycle):
    """A selectee's move to another unit in Beijing. Kept by the unit left; the new unit is its counterpart, and reads
    here what it may know of rows that it cannot reach."""

    kept_by = "host"
    reach_axes = {"counterpart": "destination_id"}
    counterpart_path = "destination_id"
    person_path = "person_id"
    same_organisation = ("selectee",)

    number = models.CharField("编号", max_length=30, unique=True)
    selectee = models.ForeignKey(Selectee, models.PROTECT, related_name="+")
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    selectee_name = models.CharField("姓名", max_length=40)
    field = models.CharField("领域", max_length=40, blank=True)
    destination = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="新单位")
    same_field = models.BooleanField("继续在原研究领域工作")
    because = models.TextField("变更原因")
    account_name = models.CharField("新单位专户户名", max_length=100, blank=True)
    bank = models.CharField("新单位开户银行", max_length=100, blank=True)
    account_number = EncryptedField("新单位专户账号", mask=mask_account, max_length=40, blank=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    consented_at = models.DateTimeField("原单位同意时间", null=True)
    accepted_at = models.DateTimeField("新单位接收时间", null=True)
    approved_at = models.DateTimeField("批准时间", null=True)
    settled_at = models.DateTimeField("划转时间", null=True)
    moved_fen = models.BigIntegerField("划转金额（分）", null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "单位变更"
        constraints = [
            models.UniqueConstraint(
                fields=["selectee"], condition=~models.Q(state__in=["refused", "settled"]), name="transfer_one_open"
            )
        ]

    constraint_findings = {"transfer_one_open": failed("已有一份单位变更在办理", article=Article(29))}

    def __str__(self) -> str:
        return self.number

    def successor(self) -> Selectee | None:
        """The new unit's row of the selectee, once the transfer is approved."""
        if self.state not in (self.State.APPROVED, self.State.SETTLED):
            return None
        return Selectee.objects.filter(continues=self.selectee_id).first()

    # --- guards ---

    def may_request(self, *, at, **asked):
        yield from self.selectee_in_term()
        if self.destination_id == self.organisation_id:
            yield failed("新单位与原单位相同", article=Article(29))
        elif not recommenders_of(self.destination_id, at):
            yield failed("新单位还没有所属的推荐单位，请联系市科协", article=Article(25))
        if ExitCase.objects.filter(selectee=self.selectee_id).exclude(state="closed").exists():
            yield failed("退出申请正在办理，不能申请单位变更", article=Article(31, 1))

    def selectee_in_term(self, **asked):
        if self.selectee.state != "active":
            yield failed(f"入选者现在是“{self.selectee.state_label()}”，不能变更单位", article=Article(29))

    def still_in_beijing(self, **asked):
        yield from rules.stays(self.destination.region, self.same_field)

    def account_given(self, *, account_number=None, **asked):
        if account_number is not None and not account_number.strip():
            yield failed("请登记新单位的专门账户", article=Article(21))

    def nothing_open(self, **asked):
        """Whatever the old unit has in hand is finished first; asked of 市科协 alone."""
        grant = self.selectee.grant
        if grant.expenses.filter(state__in=["recorded", "flagged", "warned"]).exists():
            yield failed("原单位还有支出没有核对完", article=Article(27))
        if grant.disbursements.filter(state__in=["approved", "paid"]).exists():
            yield failed("还有拨付在途", article=Article(21))
        if self.selectee.assessments.exclude(state__in=["scheduled", "closed", "ended"]).exists():
            yield failed("原单位还有考核没有办结", article=Article(30))
        if ExitCase.objects.filter(selectee=self.selectee_id).exclude(state="closed").exists():
            yield failed("有退出事项正在办理", article=Article(31))
        if not self.selectee.task_books.filter(state__in=["effective", "amending"]).exists():
            yield failed("任务书没有生效", article=Article(26))

    def accounts_ready(self, **asked):
        successor = self.successor()
        if successor is None or successor.grant.live_account() is None:
            yield failed("新单位的专门账户还没有核验", article=Article(21))
        yield from self.selectee.grant.nothing_in_motion()


def recommenders_of(host_id: int, at) -> list[int]:
    """Ids of the recommending units that a host unit stands under on the day of an instant (Art. 11)."""
    day = timezone.localdate(at)
    standing = Affiliation.objects.filter(host_id=host_id, from_date__lte=day).exclude(to_date__lte=day)
    return list(standing.order_by("from_date", "pk").values_list("recommender_id", flat=True))
