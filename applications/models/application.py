"""申报: the application, its sections, drafts, versions and attachments (Art. 8, 10, 13, 14)."""

from datetime import date, datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

from applications.lifecycle.application import UNDER_REVIEW, ApplicationLifecycle
from applications.models.cycle import Cycle, CycleField
from applications.models.dossier import Dossier
from applications.models.screening import Screened
from portal.people.models import Organisation, User
from portal.people.roles import CAST_ROLES, HOST_ROLES
from portal.privacy.fields import BlindIndexField, EncryptedField, SealedRows
from portal.privacy.masks import mask_identity, mask_mobile
from portal.regulation.articles import Article
from portal.regulation.rules import failed
from portal.tenancy.models import TenantModel


class Application(TenantModel, Dossier, Screened, ApplicationLifecycle):
    """One host unit's nomination of one engineer in one cycle. Kept by the host unit."""

    kept_by = "host"
    person_path = "applicant_id"
    below_path = "recommender_id"
    constraint_findings = {
        "application_one_per_host": failed("本单位本年度已有申报。每个依托单位限推荐 1 人", article=Article(10)),
    }

    number = models.CharField("申报编号", max_length=20, unique=True)
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="applications", verbose_name="年度批次")
    recommender = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="推荐单位"
    )
    applicant = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="申报人账号"
    )
    applicant_name = models.CharField("申报人", max_length=40)
    field = models.ForeignKey(
        CycleField, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="主申报领域"
    )
    declared_at = models.DateTimeField("承诺签署时间", null=True, blank=True)
    declared_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    revision_due_at = models.DateTimeField("修改期限", null=True, blank=True)
    qualified_at = models.DateTimeField("初筛合格时间", null=True, blank=True)
    outcome_reason = models.TextField("未获推荐的理由", blank=True)
    outcome_told_at = models.DateTimeField("告知时间", null=True, blank=True)
    selected_at = models.DateTimeField("入选时间", null=True, blank=True)
    reopened_sections = models.JSONField("退回的部分", default=list)
    correction_count = models.PositiveSmallIntegerField("已补正次数", default=0)
    correction_due_at = models.DateTimeField("补正期限", null=True, blank=True)
    extended_until = models.DateTimeField("延期至", null=True, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "申报"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "cycle"], condition=~Q(state="withdrawn"), name="application_one_per_host"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.applicant_name}"

    def closes_at(self) -> datetime:
        """The deadline for this unit: its own extension, else the earlier one of its 实施细则 and the cycle."""
        if self.extended_until:
            return self.extended_until
        unit = self.unit_rules()
        earlier = unit.internal_closes_at if unit and unit.internal_closes_at else self.cycle.application_closes_at
        return min(earlier, self.cycle.application_closes_at)

    def belongs_to_recommender(self, at: datetime) -> bool:
        """Whether the unit stands under the recommending unit on that day (Art. 11)."""
        return recommenders_of(self.organisation_id, timezone.localdate(at)).filter(pk=self.recommender_id).exists()

    def due(self) -> tuple[str, datetime] | None:
        if self.state == "draft":
            return "提交截止", self.closes_at()
        if self.state == "returned_by_recommender":
            return "修改截止", self.revision_due_at or self.closes_at()
        if self.state == "returned_by_cast" and self.correction_due_at:
            return "补正截止", self.correction_due_at
        if self.state in ("submitted", "qualified", "recommended"):
            return "推荐单位报送截止", self.cycle.recommend_closes_at
        return None

    def state_label(self, actor=None) -> str:
        """Outside 市科协 the stages of review read 评审中 until the results are public (Art. 33); inside the first
        screening a host unit reads what it has been told: places and refusals come with the unit's list."""
        if actor is None or actor.role in CAST_ROLES:
            return super().state_label(actor)
        if self.state in UNDER_REVIEW:
            decided = self.state in self.final and self.cycle.state in ("contracting", "cultivation", "closed")
            return "未入选" if decided else "评审中"
        if actor.role in HOST_ROLES and not self.is_told():
            return (self.State.QUALIFIED if self.qualified_at else self.State.SUBMITTED).label
        return super().state_label(actor)

    def is_told(self) -> bool:
        """Whether the host unit has been told the state as it is."""
        if self.state in ("qualified", "recommended"):
            return False
        return self.state != "not_recommended" or self.outcome_told_at is not None

    def colour(self, actor=None) -> str:
        """The tag's colour goes with the words, and tells no more than they do."""
        label = self.state_label(actor)
        same = [state for state in self.State if state.label == label]
        return self.colours[same[0]] if same else {"评审中": "purple", "未入选": "grey"}[label]


def recommenders_of(host_id: int, day: date):
    """The recommending units that a host unit stands under on a day (Art. 11)."""
    current = Q(hosts__to_date__isnull=True) | Q(hosts__to_date__gt=day)
    return Organisation.objects.filter(current, hosts__host_id=host_id, hosts__from_date__lte=day).distinct()


class ApplicantIdentity(SealedRows, TenantModel):
    """The applicant's identity number and mobile, sealed; they stand nowhere else (Art. 33).

    `claims` says that this application holds its number for the cycle: one application per person (Art. 10). It is off
    while the number is not valid or another application holds it, and after a withdrawal.
    """

    kept_by = "host"
    row_security = True
    same_organisation = ("application",)

    application = models.OneToOneField(Application, models.CASCADE, related_name="identity")
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    id_number = EncryptedField("证件号码", mask=mask_identity, max_length=30)
    id_index = BlindIndexField("id_number", purpose="applicant-identity", db_index=True)
    mobile = EncryptedField("手机", mask=mask_mobile, max_length=20)
    claims = models.BooleanField("占用本年度申报资格", default=False)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "申报人证件"
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "id_index"], condition=Q(claims=True), name="application_one_per_person"
            )
        ]

    def __str__(self) -> str:
        return str(self.id_number)

    @property
    def ref(self) -> str:
        return self.application.number

    @property
    def keeper_id(self) -> int:
        return self.organisation_id


class Section(TenantModel):
    """One page of the form: its values (as form_schema cleans them) and its own optimistic version."""

    kept_by = "host"
    same_organisation = ("application",)

    application = models.ForeignKey(Application, models.CASCADE, related_name="sections")
    key = models.CharField(max_length=40)
    values = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    saved_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "申报书部分"
        constraints = [models.UniqueConstraint(fields=["application", "key"], name="section_once")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.key}"


class DraftRevision(TenantModel):
    """What a section held after each save; append-only, so that nothing typed is lost."""

    kept_by = "host"
    append_only = True
    same_organisation = ("section",)

    section = models.ForeignKey(Section, models.PROTECT, related_name="revisions")
    version = models.PositiveIntegerField()
    values = models.JSONField()
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    saved_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "草稿"
        constraints = [models.UniqueConstraint(fields=["section", "version"], name="revision_once")]

    def __str__(self) -> str:
        return f"{self.section_id} v{self.version}"


class ApplicationVersion(TenantModel):
    """What was submitted: the whole content, numbered, with its digest. Experts reach it by their assignment.

    content: {"sections": {key: values}, "applicant": {...}, "host": {...}, "findings": [...]}; identity numbers masked.
    """

    kept_by = "host"
    append_only = True
    same_organisation = ("application",)
    reach_axes = {"applications": "application_id"}
    own_path = "organisation_id"
    person_path = "application__applicant_id"
    below_path = "application__recommender_id"

    application = models.ForeignKey(Application, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField("版本")
    content = models.JSONField("内容")
    digest = models.CharField("摘要", max_length=64)
    created_at = models.DateTimeField("提交时间")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "申报版本"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["application", "number"], name="version_once")]

    def __str__(self) -> str:
        return f"{self.application_id} 第 {self.number} 版"


class Attachment(TenantModel):
    """A file of the application, of one kind of the attachment list (domain: K)."""

    kept_by = "host"
    same_organisation = ("application", "file")
    reach_axes = {"applications": "application_id"}

    application = models.ForeignKey(Application, models.CASCADE, related_name="attachments")
    key = models.CharField("材料", max_length=40)
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+")
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    added_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "附件"
        ordering = ["key", "pk"]

    def __str__(self) -> str:
        return f"{self.application_id} {self.key}"


class SectionNote(TenantModel):
    """What a returning unit wrote on one section: the host unit keeps it, because it is addressed to it."""

    kept_by = "host"
    same_organisation = ("application",)

    application = models.ForeignKey(Application, models.CASCADE, related_name="notes")
    section = models.CharField("部分", max_length=40)
    text = models.TextField("需修改的内容")
    from_cast = models.BooleanField("市科协退回")
    written_at = models.DateTimeField("退回时间")
    answered_at = models.DateTimeField("处理时间", null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    answer = models.TextField("无需修改的说明", blank=True)
    settled_at = models.DateTimeField("重新提交时间", null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "退回意见"
        ordering = ["written_at", "pk"]

    def __str__(self) -> str:
        return self.text[:40]
