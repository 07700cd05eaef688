"""支出与负面清单 (Art. 21, 27)."""

from django.db import models
from django.db.models import Q

from funding import rules
from funding.lifecycle.expense import ExpenseLifecycle
from funding.models.grant import Grant
from funding.models.ledger import Account, Posting, post
from portal.people.models import User
from portal.regulation.articles import Article
from portal.regulation.rules import failed
from portal.tenancy.models import TenantModel
from portal.web.formats import deadline_text


class Expense(TenantModel, ExpenseLifecycle):
    """One expense of the host unit, posted to the ledger when recorded. Amount in fen."""

    kept_by = "host"
    below_path = "grant__selectee__recommender_id"
    person_path = "grant__selectee__person_id"
    same_organisation = ("grant", "posting")

    number = models.CharField("支出编号", max_length=30, unique=True)
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="expenses")
    spent_date = models.DateField("日期")
    voucher = models.CharField("凭证号", max_length=40)
    category = models.CharField("科目", max_length=10)
    amount_fen = models.BigIntegerField("金额（分）")
    payee = models.CharField("收款方", max_length=100)
    payee_related = models.BooleanField("与本单位或入选者有关联", default=False)
    summary = models.CharField("摘要", max_length=200)
    invoice = models.CharField("发票号", max_length=40, blank=True)
    receipt = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+", null=True)
    negative_code = models.CharField("负面清单代码", max_length=10, blank=True)
    explanation = models.TextField("单位说明", blank=True)
    warned_at = models.DateTimeField("提醒督促时间", null=True)
    rectify_due_at = models.DateTimeField("整改期限", null=True)
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+", null=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "支出"
        ordering = ["-spent_date", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(amount_fen__gt=0), name="expense_amount")]

    def __str__(self) -> str:
        return f"{self.number} {self.summary}"

    def post_spending(self, at) -> None:
        """Money leaves the dedicated account for a category."""
        self.posting = post(
            self.grant,
            Posting.Kind.EXPENSE,
            key=f"expense:{self.number}",
            cause=self.number,
            lines=[(Account.SPENT, self.amount_fen, self.category), (Account.BANK, -self.amount_fen, "")],
            at=at,
            memo=self.summary,
        )

    def post_reversal(self, actor, at) -> None:
        """Puts the expense back, once; the first posting stays."""
        post(
            self.grant,
            Posting.Kind.REVERSAL,
            key=f"reversal:{self.number}",
            cause=self.number,
            lines=[(Account.BANK, self.amount_fen, ""), (Account.SPENT, -self.amount_fen, self.category)],
            at=at,
            reverses=self.posting,
        )

    # --- what its verbs ask ---

    def awaits_explanation(self, **asked):
        if self.state != "flagged":
            yield failed(f"支出现在是“{self.state_label()}”，不需要说明", article=Article(27))

    def awaits_rectification(self, *, at, **asked):
        """Reported before the deadline; afterwards a person judges what was not put right in time."""
        if self.state != "warned":
            yield failed(f"支出现在是“{self.state_label()}”，不需要整改", article=Article(27))
        elif at >= self.rectify_due_at:
            yield failed(f"整改期限（{deadline_text(self.rectify_due_at)}）已过", article=Article(31, 2, 3))

    def due(self):
        return ("整改期限", self.rectify_due_at) if self.state == "warned" else None

    # --- guards ---

    def account_in_use(self, **asked):
        yield from self.grant.takes_expenses()

    def within_balance(self, **asked):
        yield rules.within_balance(self.grant.balances()["bank"], self.amount_fen)

    def explained_if_flagged(self, **asked):
        if self.state == "flagged" and not self.explanation.strip():
            yield failed("依托单位还没有填写说明", article=Article(27))

    def rectification_reported(self, **asked):
        if not self.rectifications.exists():
            yield failed("依托单位还没有报告整改情况", article=Article(27))

    def rectification_overdue(self, *, at, **asked):
        if self.rectify_due_at is None or at < self.rectify_due_at:
            yield failed("整改期限还没有到", article=Article(31, 2, 3))


class ExpenseEntryHit(TenantModel):
    """An advisory hit of the negative list: which code, why. A person judges."""

    kept_by = "host"
    same_organisation = ("expense",)

    expense = models.ForeignKey(Expense, models.CASCADE, related_name="hits")
    code = models.CharField("代码", max_length=10)
    because = models.CharField("命中原因", max_length=200)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "负面清单提示"
        constraints = [models.UniqueConstraint(fields=["expense", "code"], name="hit_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.because}"


class Rectification(TenantModel):
    """What the host unit reports as put right after a warning."""

    kept_by = "host"
    same_organisation = ("expense",)

    expense = models.ForeignKey(Expense, models.CASCADE, related_name="rectifications")
    text = models.TextField("整改情况")
    proof = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+", null=True)
    reported_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "整改报告"
        ordering = ["-reported_at"]

    def __str__(self) -> str:
        return self.text[:40]
