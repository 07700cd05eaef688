"""评审任务 and the scores given in it (Art. 17, 18, 33)."""

import hashlib
import json
import secrets

from django.db import models
from django.db.models import Max, Q
from guardian.models import UserObjectPermissionBase

from applications.models import Application, ApplicationVersion
from portal.regulation.articles import Article
from portal.regulation.rules import failed
from portal.tenancy.models import TenantModel
from review import results, rules
from review.lifecycle.assignment import ENDED, AssignmentLifecycle
from review.models.expert import Expert, Undertaking
from review.models.round import Round


class Assignment(TenantModel, AssignmentLifecycle):
    """One expert judges one application. What the expert needs of the application is copied here, because the
    application itself is out of an expert's reach; its submitted version is reached once the work is accepted.

    sequence: the expert's own running number, which stands in their URLs. total: points of 100, when all are given.
    """

    kept_by = "cast"
    row_security = True
    reach_axes = {"assignments": "id"}
    assigned_path = ""
    same_organisation = ("round", "expert")
    constraint_findings = {"assignment_once": failed("这位专家已经评审这份申报", article=Article(17))}
    known = None

    number = models.CharField("编号", max_length=30, unique=True)
    round = models.ForeignKey(Round, models.PROTECT, related_name="assignments")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="+")
    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    content = models.ForeignKey(ApplicationVersion, models.PROTECT, related_name="+")
    application_number = models.CharField("申报编号", max_length=30)
    applicant_name = models.CharField("申报人", max_length=40)
    host_name = models.CharField("依托单位", max_length=100)
    field_code = models.CharField("领域代码", max_length=30)
    field_name = models.CharField("领域", max_length=40)
    by_hand = models.BooleanField("人工分配", default=False)
    sequence = models.PositiveSmallIntegerField("专家序号", null=True)
    recusal = models.CharField("回避事由", max_length=16, choices=AssignmentLifecycle.Recusal, blank=True)
    recusal_note = models.CharField("回避说明", max_length=200, blank=True)
    comment = models.TextField("评审意见", blank=True)
    total = models.DecimalField("总分", max_digits=4, decimal_places=1, null=True)
    salt = models.CharField(max_length=32, blank=True)
    digest = models.CharField("评分摘要", max_length=64, blank=True)
    invited_at = models.DateTimeField("邀请时间", null=True)
    accepted_at = models.DateTimeField("接受时间", null=True)
    saved_at = models.DateTimeField("保存时间", null=True)
    submitted_at = models.DateTimeField("提交时间", null=True)
    locked_at = models.DateTimeField("锁定时间", null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "评审任务"
        permissions = [("assigned", "被分配评审任务")]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "expert", "application"], condition=~Q(state__in=ENDED), name="assignment_once"
            ),
            models.UniqueConstraint(fields=["expert", "sequence"], name="assignment_sequence"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.application_number}"

    @staticmethod
    def grant_model():
        return AssignmentUserObjectPermission

    def url_kwargs(self) -> dict:
        return {"no": self.number}

    def values(self) -> dict[str, int | None]:
        """{criterion's code: score}, as saved."""
        return dict(self.scores.values_list("criterion", "value"))

    def total_of(self, values):
        """Points of 100 of a full sheet, else None."""
        if any(values.get(each["code"]) is None for each in self.round.criteria):
            return None
        return results.shown(results.total(values, self.round.criteria), 1)

    def next_sequence(self) -> int:
        last = Assignment.objects.filter(expert_id=self.expert_id).aggregate(last=Max("sequence"))["last"]
        return (last or 0) + 1

    def sealed(self, salt: str = "") -> tuple[str, str]:
        """A salt and the SHA-256 of the sheet under it, so that a later change cannot go unseen."""
        salt = salt or secrets.token_hex(16)
        sheet = json.dumps([salt, self.number, self.values(), self.comment], ensure_ascii=False, sort_keys=True)
        return salt, hashlib.sha256(sheet.encode()).hexdigest()

    # --- guards ---

    def desk(self, at):
        """The conflicts and loads of the round; a command that proposes many hands its own in as `known`."""
        if self.known is None:
            from review.desk import Desk

            self.known = Desk(self.round, at)
        return self.known

    def round_takes_experts(self, *, at, **asked):
        if self.round.state not in ("assigning", "scoring"):
            yield failed(f"网络评审现在是“{self.round.state_label()}”，不能分配专家", article=Article(17))
        elif self.round.state == "scoring" and at >= self.round.closes_at:
            yield rules.window_open(at, self.round.opens_at, self.round.closes_at)

    def expert_fits(self, **asked):
        if not self.expert.active:
            yield failed(f"{self.expert.name}已不在专家库", article=Article(17))
        yield rules.kind_fits(self.expert.kind, self.expert.get_kind_display(), self.round.kinds)

    def no_conflict(self, *, at, **asked):
        yield from self.desk(at).conflicts(self.expert_id, self.application_id)

    def load_left(self, *, at, **asked):
        desk = self.desk(at)
        yield rules.load_left(desk.load(self.expert_id), desk.cap(self.expert))

    def employers_spread(self, *, at, **asked):
        colleagues = self.desk(at).colleagues(self.expert_id, self.application_id)
        yield rules.employer_spread(colleagues, self.round.settings["same_employer_max"], self.expert.employer)

    def window_open(self, *, at, **asked):
        if self.round.state != "scoring":
            yield failed(f"网络评审现在是“{self.round.state_label()}”，不能评分", article=Article(17))
        else:
            yield rules.window_open(at, self.round.opens_at, self.round.closes_at)

    def undertaking_signed(self, **asked):
        signed = Undertaking.objects.filter(expert_id=self.expert_id, round_id=self.round_id, signed_at__isnull=False)
        if not signed.exists():
            yield failed("请先签署评审承诺书", article=Article(33))

    def recusal_named(self, *, kind=None, note=None, **asked):
        if kind is not None and kind not in self.Recusal.values:
            yield failed("请选择利害关系", article=Article(33))
        if kind == self.Recusal.OTHER and not (note or "").strip():
            yield failed("选择“其他”的，请写明利害关系", article=Article(33))

    def scores_complete(self, **asked):
        values = self.values()
        yield from rules.sheet_complete(values, self.round.criteria)
        yield rules.comment_fits(self.comment, values.values(), self.round.settings)

    def results_open(self, **asked):
        if self.round.state == "confirmed":
            yield failed("网评结果已经确认，不能再撤销评审任务", article=Article(18))


class AssignmentUserObjectPermission(UserObjectPermissionBase):
    """The grant of an assignment to its expert, given and taken away inside the assignment's own steps."""

    global_because = "a grant names a user and an assignment by number"

    content_object = models.ForeignKey(Assignment, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.pk)


class Score(TenantModel):
    """One criterion of one assignment, 0 to 10, empty until given. The rows stand from the invitation on."""

    kept_by = "cast"
    row_security = True
    reach_axes = {"assignments": "assignment_id"}
    same_organisation = ("assignment",)

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="scores")
    criterion = models.CharField("指标", max_length=10)
    value = models.PositiveSmallIntegerField("分数", null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "评分"
        constraints = [
            models.UniqueConstraint(fields=["assignment", "criterion"], name="score_once"),
            models.CheckConstraint(condition=Q(value__isnull=True) | Q(value__lte=10), name="score_range"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion} {self.value}"


class ScoreArchive(TenantModel):
    """A submitted sheet as it was when it was sent back for a new judgement; never changed, no expert reaches it."""

    kept_by = "cast"
    row_security = True
    append_only = True
    same_organisation = ("assignment",)

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="+")
    values = models.JSONField("评分")
    comment = models.TextField("评审意见")
    submitted_at = models.DateTimeField("提交时间")
    archived_at = models.DateTimeField("退回时间")
    salt = models.CharField(max_length=32)
    digest = models.CharField("评分摘要", max_length=64)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "退回前的评分"

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.digest[:8]}"
