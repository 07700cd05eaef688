"""台账: append-only double entry in integer fen. A posting's lines sum to zero; balances are derived, never stored."""

from django.db import models
from django.db.models import Q, Sum

from portal.tenancy.models import TenantModel


class Posting(TenantModel):
    """One movement of money with its cause. Corrected only by a reversal, once."""

    kept_by = "host"
    row_security = True
    append_only = True
    same_organisation = ("grant",)

    class Kind(models.TextChoices):
        PAYMENT = "payment", "拨付"
        EXPENSE = "expense", "支出"
        REVERSAL = "reversal", "冲销"
        TRANSFER_OUT = "transfer_out", "划出"
        TRANSFER_IN = "transfer_in", "划入"
        RETURNED = "returned", "退回"
        RECOVERED = "recovered", "追回"

    grant = models.ForeignKey("funding.Grant", models.PROTECT, related_name="+")
    kind = models.CharField("类别", max_length=12, choices=Kind)
    key = models.CharField("幂等键", max_length=80, unique=True)
    cause = models.CharField("事由", max_length=60)
    reverses = models.OneToOneField("self", models.PROTECT, related_name="+", null=True)
    posted_at = models.DateTimeField("入账时间")
    memo = models.CharField("摘要", max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "凭证"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.cause}"


class Account(models.TextChoices):
    """The accounts of a grant; debit is positive. 市科协's side and the unit's bank meet in each posting."""

    CAST = "cast", "市科协资助"
    BANK = "bank", "专门账户"
    SPENT = "spent", "支出"
    MOVED = "moved", "单位间划转"
    RETURNED = "returned", "退回市科协"
    OWN = "own", "单位自有资金"


class Line(TenantModel):
    """One side of a posting, in fen: positive debit, negative credit."""

    kept_by = "host"
    row_security = True
    append_only = True
    same_organisation = ("posting", "grant")

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+")
    grant = models.ForeignKey("funding.Grant", models.PROTECT, related_name="+")
    account = models.CharField("科目", max_length=10, choices=Account)
    category = models.CharField("支出科目", max_length=10, blank=True)
    fen = models.BigIntegerField("金额（分）")

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "分录"
        constraints = [models.CheckConstraint(condition=~Q(fen=0), name="line_not_zero")]

    def __str__(self) -> str:
        return f"{self.account} {self.fen}"


def balances(grant_id: int) -> dict[str, int]:
    """Fen by account of one grant; accounts without lines are 0. One query."""
    sums = dict(Line.objects.filter(grant_id=grant_id).order_by().values_list("account").annotate(Sum("fen")))
    return {account: sums.get(account, 0) for account in Account.values}


class UnbalancedPosting(ValueError):
    """Lines that do not sum to zero: a programming error, never a person's."""


def post(grant, kind: str, *, key: str, cause: str, lines: list[tuple], at, memo: str = "", reverses=None) -> Posting:
    """Appends one posting of [(account, fen, category)]. The same key is posted once; a second call returns the first.

    Raises UnbalancedPosting. Lock the grant's row first (a command's operation does) so that balances hold.
    """
    if sum(fen for _, fen, _ in lines):
        raise UnbalancedPosting(key)
    posting, fresh = Posting.objects.get_or_create(
        key=key,
        defaults={
            "organisation_id": grant.organisation_id,
            "grant": grant,
            "kind": kind,
            "cause": cause,
            "posted_at": at,
            "memo": memo,
            "reverses": reverses,
        },
    )
    if fresh:
        Line.objects.bulk_create(
            Line(
                organisation_id=grant.organisation_id,
                posting=posting,
                grant=grant,
                account=account,
                category=category,
                fen=fen,
            )
            for account, fen, category in lines
        )
    return posting
