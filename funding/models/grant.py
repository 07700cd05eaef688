"""经费: grant, dedicated account, tranches and their conditions (Art. 20, 21)."""

from django.db import models
from django.db.models import Q

from funding import rules
from funding.lifecycle.disbursement import DisbursementLifecycle
from funding.lifecycle.grant import GrantLifecycle
from funding.models.ledger import Account, Posting, balances, post
from funding.models.selectee import Selectee
from portal.people.models import User
from portal.privacy.fields import EncryptedField, SealedRows
from portal.privacy.masks import mask_account
from portal.regulation.articles import Article
from portal.regulation.rules import failed
from portal.tenancy.models import TenantModel
from portal.web.formats import money_text
from portal.workflow.models import PreparedStep


class Grant(TenantModel, GrantLifecycle):
    """The money of one selectee at one host unit. Amounts in fen."""

    kept_by = "host"
    person_path = "selectee__person_id"
    below_path = "selectee__recommender_id"
    same_organisation = ("selectee",)

    number = models.CharField("经费编号", max_length=24, unique=True)
    selectee = models.OneToOneField(Selectee, models.PROTECT, related_name="grant")
    amount_fen = models.BigIntegerField("资助总额（分）")
    continues = models.ForeignKey("self", models.PROTECT, related_name="+", null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "经费"
        constraints = [models.CheckConstraint(condition=Q(amount_fen__gte=0), name="grant_amount")]

    def __str__(self) -> str:
        return self.number

    def latest_account(self) -> "BankAccount | None":
        """The account registered last, verified or not."""
        return BankAccount.objects.filter(grant=self).order_by("-pk").first()

    def live_account(self) -> "BankAccount | None":
        """The account that money may go to: the last one verified."""
        return BankAccount.objects.filter(grant=self, verified_at__isnull=False).order_by("-pk").first()

    def balances(self) -> dict[str, int]:
        return balances(self.pk)

    def verify_latest_account(self, actor, at) -> None:
        account = self.latest_account()
        account.verified_by_id, account.verified_at = actor.user_id, at
        account.save(update_fields=["verified_by", "verified_at"])

    # --- what its verbs ask ---

    def takes_an_account(self, **asked):
        if self.state not in ("pending_account", "active", "suspended"):
            yield failed(f"经费现在是“{self.state_label()}”，不再登记专门账户", article=Article(21))

    def takes_money_back(self, **asked):
        if self.state not in ("settling", "recovering"):
            yield failed(f"经费现在是“{self.state_label()}”，不登记退回款", article=Article(31, 2))

    def takes_expenses(self, **asked):
        if self.state not in ("active", "suspended", "settling"):
            yield failed(f"经费现在是“{self.state_label()}”，不能登记支出", article=Article(21))

    def may_come_back(self) -> int:
        """In settlement the balance, in recovery all that was paid and stayed: what the unit may give back, in fen."""
        sums = self.sums()
        return sums["paid"] - sums["moved"] - sums["returned"] if self.state == "recovering" else sums["balance"]

    # --- guards ---

    def account_registered(self, **asked):
        account = self.latest_account()
        if account is None:
            yield failed("依托单位还没有登记专门账户", article=Article(21))
        elif account.verified_at:
            yield failed("登记的专门账户已经核验过", article=Article(21))

    def verified_by_another(self, *, actor, **asked):
        account = self.latest_account()
        if account and account.registered_by_id == actor.user_id:
            yield failed("登记和核验专门账户不能是同一个人", article=Article(21))

    def account_verified(self, **asked):
        if self.live_account() is None:
            yield failed("专门账户还没有核验", article=Article(21))

    def nothing_in_motion(self, **asked):
        if self.disbursements.filter(state__in=["approved", "paid"]).exists():
            yield failed("还有拨付在途，请先办结", article=Article(21))
        if self.expenses.filter(state__in=["recorded", "flagged", "warned"]).exists():
            yield failed("还有支出没有核对完", article=Article(27))

    def balance_settled(self, **asked):
        """A grant closes with its balance returned, or kept by the unit after a completed term."""
        rest = self.balances()["bank"]
        if rest and self.selectee.state != "completed":
            yield failed(f"专门账户还有结余 {money_text(rest)}，请先退回", article=Article(31, 2))

    def fully_recovered(self, **asked):
        yield rules.recovery_complete(**self.sums())

    def sums(self) -> dict[str, int]:
        """Fen paid to, spent by, moved from and returned by the unit; balance is what the dedicated account holds."""
        by_account = self.balances()
        return {
            "paid": -by_account["cast"],
            "spent": by_account["spent"],
            "moved": by_account["moved"],
            "returned": by_account["returned"],
            "balance": by_account["bank"],
        }


class BankAccount(SealedRows, TenantModel):
    """专门账户 (Art. 21). The number is encrypted; a second person verifies it against the bank's proof."""

    kept_by = "host"
    row_security = True
    same_organisation = ("grant",)

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="+")
    account_name = models.CharField("户名", max_length=100)
    bank = models.CharField("开户银行", max_length=100)
    account_number = EncryptedField("账号", mask=mask_account, max_length=40)
    last_four = models.CharField("末四位", max_length=4)
    proof = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+", null=True)
    registered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    verified_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    verified_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "专门账户"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=models.F("registered_by")),
                name="account_four_eyes",
            )
        ]

    def __str__(self) -> str:
        return f"{self.bank} 尾号 {self.last_four}"


class Condition(TenantModel):
    """A fact that a tranche waits for; the app in which it happens writes it (mid-term passed: assessment)."""

    class Code(models.TextChoices):
        CONTRACT = "contract", "任务书生效"
        ACCOUNT = "account", "专户核验"
        MID_TERM = "mid_term", "年度或中期考核合格"
        FINAL = "final", "期满考核合格"

    kept_by = "host"
    same_organisation = ("grant",)

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="conditions")
    code = models.CharField("条件", max_length=10, choices=Code)
    met_at = models.DateTimeField("达成时间")
    evidence = models.CharField("依据", max_length=100)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "拨付条件"
        constraints = [models.UniqueConstraint(fields=["grant", "code"], name="condition_once")]

    def __str__(self) -> str:
        return f"{self.get_code_display()} {self.evidence}"


class Disbursement(TenantModel, DisbursementLifecycle):
    """One tranche: planned amount in fen and the conditions it waits for."""

    kept_by = "host"
    below_path = "grant__selectee__recommender_id"
    person_path = "grant__selectee__person_id"
    same_organisation = ("grant", "account")

    number = models.CharField("拨付编号", max_length=30, unique=True)
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="disbursements")
    tranche = models.PositiveSmallIntegerField("期次")
    amount_fen = models.BigIntegerField("金额（分）")
    needs = models.JSONField("拨付条件", default=list)
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="+", null=True)
    approved_at = models.DateTimeField("审批时间", null=True)
    paid_at = models.DateTimeField("付款时间", null=True)
    bank_receipt = models.CharField("银行回单号", max_length=60, blank=True)
    confirmed_at = models.DateTimeField("到账确认时间", null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "拨付"
        ordering = ["tranche"]
        constraints = [
            models.UniqueConstraint(fields=["grant", "tranche"], condition=~Q(state="cancelled"), name="tranche_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="disbursement_amount"),
        ]

    def __str__(self) -> str:
        return self.number

    def fix_payee(self) -> dict:
        """The approval names the account it pays to; a changed payee voids it (as_approved)."""
        self.account = self.grant.live_account()
        return {"amount": money_text(self.amount_fen)}

    def release_payee(self) -> None:
        self.account = None

    def post_payment(self, actor, at) -> dict:
        """市科协's money reaches the unit's dedicated account."""
        post(
            self.grant,
            Posting.Kind.PAYMENT,
            key=f"disbursement:{self.number}",
            cause=self.number,
            lines=[(Account.BANK, self.amount_fen, ""), (Account.CAST, -self.amount_fen, "")],
            at=at,
        )
        return {"amount": money_text(self.amount_fen)}

    # --- guards ---

    def conditions_met(self, **asked):
        met = set(self.grant.conditions.values_list("code", flat=True))
        yield rules.conditions_met(self.needs, met)

    def within_grant(self, **asked):
        yield rules.within_grant(self.grant.amount_fen, self.grant.sums()["paid"], self.amount_fen)

    def grant_active(self, **asked):
        if self.grant.state != "active":
            yield failed(f"经费现在是“{self.grant.state_label()}”，不能拨付", article=Article(31, 2))

    def proposal(self) -> dict:
        """What a payment is proposed with: this amount to this account."""
        account = self.grant.live_account()
        return {"account_id": account and account.pk, "amount_fen": self.amount_fen}

    def as_proposed(self, *, account_id=None, amount_fen=None, **asked):
        """The second person approves what the first one saw; anything else is proposed anew."""
        standing = self.proposal()
        if account_id is not None and account_id != standing["account_id"]:
            yield failed("收款账户已经改变，原拟办作废，请退回后重新拟办", article=Article(21))
        if amount_fen is not None and amount_fen != standing["amount_fen"]:
            yield failed("金额已经改变，原拟办作废，请退回后重新拟办", article=Article(20))

    def as_approved(self, **asked):
        """What is paid is what was approved; anything else is proposed anew."""
        approvals = PreparedStep.objects.filter(
            record_table=self._meta.db_table, record_pk=str(self.pk), outcome=PreparedStep.Outcome.APPROVED
        )
        approved, standing = approvals.order_by("-pk").first(), self.proposal()
        if standing["account_id"] is None or standing["account_id"] != self.account_id:
            yield failed("收款账户已经改变，原审批作废，请撤回审批后重新拟办", article=Article(21))
        if approved is None or approved.values["amount_fen"] != standing["amount_fen"]:
            yield failed("金额已经改变，原审批作废，请撤回审批后重新拟办", article=Article(20))
