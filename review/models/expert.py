"""Experts, their undertakings and their conflicts (Art. 3, 17, 33)."""

from django.db import models
from django.db.models import Q

from applications.models import Application
from portal.people.models import User
from portal.regulation.articles import Article
from portal.regulation.rules import failed
from portal.tenancy.models import TenantModel


class Expert(TenantModel):
    """An expert's profile. Who it is, only the secretary, the supervisor and the auditor may know.

    fields, disciplines: codes of the reference dictionaries. former_employers: [{"name", "code", "until": ISO date}].
    load_max: assignments a round, or None for the cycle's figure.
    """

    class Kind(models.TextChoices):
        TECHNICAL = "technical", "技术"
        MANAGEMENT = "management", "管理"
        FINANCE = "finance", "财务"

    kept_by = "cast"
    row_security = True
    reach_axes = {"experts": "id"}
    person_path = "user_id"

    number = models.CharField("专家编号", max_length=20, unique=True)
    user = models.OneToOneField(User, models.PROTECT, related_name="+", verbose_name="账号")
    name = models.CharField("姓名", max_length=40)
    kind = models.CharField("类别", max_length=12, choices=Kind)
    employer = models.CharField("工作单位", max_length=100)
    employer_code = models.CharField("统一社会信用代码", max_length=18, blank=True, db_index=True)
    title = models.CharField("职称职务", max_length=60, blank=True)
    fields = models.JSONField("产业领域", default=list)
    disciplines = models.JSONField("学科", default=list)
    former_employers = models.JSONField("近年工作单位", default=list)
    load_max = models.PositiveSmallIntegerField("工作量上限", null=True, blank=True)
    active = models.BooleanField("在库", default=True)
    created_at = models.DateTimeField("入库时间")

    constraint_findings = {"expert_number": failed("专家编号已经有了", article=Article(17))}

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "评审专家"
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def ref(self) -> str:
        return self.number

    @property
    def keeper_id(self) -> int:
        return self.organisation_id


class Undertaking(TenantModel):
    """A confidentiality and integrity undertaking. An expert's waits unsigned from the invitation on, one for each
    round or meeting; a colleague of 市科协 signs one a year (Art. 33). The text signed is kept with it."""

    class Kind(models.TextChoices):
        ROUND = "round", "网络评审"
        MEETING = "meeting", "会议评审"
        STAFF = "staff", "工作人员"

    kept_by = "cast"
    reach_axes = {"experts": "expert_id"}
    person_path = "user_id"

    kind = models.CharField("类别", max_length=10, choices=Kind)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="+", null=True)
    round = models.ForeignKey("review.Round", models.PROTECT, related_name="+", null=True)
    meeting = models.ForeignKey("review.Meeting", models.PROTECT, related_name="+", null=True)
    year = models.PositiveSmallIntegerField("年度")
    text = models.TextField("承诺内容")
    digest = models.CharField("摘要", max_length=64)
    signed_name = models.CharField("签名", max_length=40, blank=True)
    signed_at = models.DateTimeField("签署时间", null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "承诺书"
        constraints = [
            models.UniqueConstraint(fields=["user", "year"], condition=Q(kind="staff"), name="undertaking_staff_year"),
            models.UniqueConstraint(fields=["expert", "round"], condition=Q(kind="round"), name="undertaking_round"),
            models.UniqueConstraint(
                fields=["expert", "meeting"], condition=Q(kind="meeting"), name="undertaking_meeting"
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True) | ~Q(signed_name=""), name="undertaking_signed_by_name"
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        return f"{self.get_kind_display()}承诺书{self.year}"

    @property
    def keeper_id(self) -> int:
        return self.organisation_id


class Conflict(TenantModel):
    """A conflict of an expert with one application that the staff recorded: told by the expert, or found otherwise."""

    kept_by = "cast"
    row_security = True

    expert = models.ForeignKey(Expert, models.PROTECT, related_name="+")
    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    reason = models.CharField("利害关系", max_length=200)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "利害关系"
        constraints = [models.UniqueConstraint(fields=["expert", "application"], name="conflict_once")]

    def __str__(self) -> str:
        return self.reason


class Avoidance(TenantModel):
    """不适宜专家: whom a host unit asks not to judge its application. The unit names a person and does not learn
    whether that person is in the pool; names are matched where experts are assigned."""

    kept_by = "cast"
    row_security = True

    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    name = models.CharField("专家姓名", max_length=40)
    unit = models.CharField("专家单位", max_length=100, blank=True)
    reason = models.CharField("理由", max_length=200)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    asked_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "申请回避"
        constraints = [models.UniqueConstraint(fields=["application", "name", "unit"], name="avoidance_once")]

    def __str__(self) -> str:
        return self.name
