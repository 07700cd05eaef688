"""推荐名单: ranks, opinions, screening checks (Art. 11-13)."""

from django.db import models
from django.db.models import Q

from applications.lifecycle.recommendation import RecommendationListLifecycle
from applications.models.application import Application
from applications.models.cycle import Cycle
from applications.models.listing import Listing
from portal.people.models import User
from portal.tenancy.models import TenantModel


class RecommendationList(TenantModel, Listing, RecommendationListLifecycle):
    """One recommending unit's list of one cycle; kept by the recommending unit."""

    kept_by = "recommender"

    number = models.CharField("编号", max_length=40, unique=True)
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="lists")
    prepared_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    prepared_at = models.DateTimeField("提请审签时间", null=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    submitted_at = models.DateTimeField("报送时间", null=True)
    accepted_at = models.DateTimeField("接收时间", null=True)
    extended_until = models.DateTimeField("延期至", null=True)
    frozen = models.JSONField("报送内容", default=dict)
    digest = models.CharField("摘要", max_length=64, blank=True)
    sealed_scan = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+", null=True)
    sealed_code = models.CharField("盖章件的校验码", max_length=9, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "推荐名单"
        constraints = [models.UniqueConstraint(fields=["organisation", "cycle"], name="list_once")]

    def __str__(self) -> str:
        return self.number

    def closes_at(self):
        """The deadline that holds for this unit: the cycle's, or its own extension."""
        return self.extended_until or self.cycle.recommend_closes_at


class ListEntry(TenantModel):
    """A qualified application's place in the unit's order; the first `quota` recommended ones go to 市科协."""

    kept_by = "recommender"
    same_organisation = ("list",)

    list = models.ForeignKey(RecommendationList, models.CASCADE, related_name="entries")
    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField("位次")

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "推荐排序"
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["list", "application"], name="entry_once"),
            models.UniqueConstraint(
                fields=["list", "rank"], name="entry_rank_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=Q(rank__gt=0), name="entry_rank_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.rank} {self.application_id}"


class Opinion(TenantModel):
    """推荐意见 (domain 5.2): the recommending unit's words on one application."""

    kept_by = "recommender"

    application = models.OneToOneField(Application, models.PROTECT, related_name="+")
    text = models.TextField("推荐意见")
    exceptional_confirmed = models.BooleanField("确认特别优秀或突出贡献", default=False)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "推荐意见"

    def __str__(self) -> str:
        return self.text[:40]


class CheckAnswer(models.TextChoices):
    YES = "yes", "符合"
    NO = "no", "不符合"
    UNSURE = "unsure", "材料不足"


class ScreeningCheck(TenantModel):
    """One item of the first screening (Art. 8) with the officer's answer; a note stays inside the unit."""

    kept_by = "recommender"

    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    item = models.CharField("条目", max_length=40)
    on_version = models.PositiveSmallIntegerField("申报版本")
    answer = models.CharField("结论", max_length=10, choices=CheckAnswer)
    note = models.TextField("备注", blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "初筛条目"
        constraints = [models.UniqueConstraint(fields=["application", "item"], name="screening_once")]

    def __str__(self) -> str:
        return f"{self.item} {self.answer}"


class UnitRules(TenantModel):
    """实施细则 (Art. 12): what a recommending unit adds for its host units in a cycle.

    extra_items: [{"key": …, "label": …}] items of the first screening besides those of the regulation.
    internal_closes_at: an earlier deadline for submission to this unit; counts once the rules are public.
    """

    kept_by = "recommender"
    reach_axes = {"published": "is_public"}

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    text = models.TextField("说明", blank=True)
    internal_closes_at = models.DateTimeField("本单位提交截止", null=True, blank=True)
    extra_items = models.JSONField("补充初筛条目", default=list)
    is_public = models.BooleanField("已发布", default=False)
    published_at = models.DateTimeField("发布时间", null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "实施细则"
        constraints = [models.UniqueConstraint(fields=["organisation", "cycle"], name="unit_rules_once")]

    def __str__(self) -> str:
        return f"{self.organisation} {self.cycle}"

    @property
    def ref(self) -> str:
        return str(self.cycle.year)

    @property
    def keeper_id(self) -> int:
        return self.organisation_id
