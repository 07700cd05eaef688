"""考核 (Art. 30, 32, 33)."""

from decimal import Decimal

from django.db import models
from guardian.models import UserObjectPermissionBase

from assessment import rules
from assessment.lifecycle.assessment import AssessmentLifecycle
from funding.models import Expense, Indicator, Selectee
from portal.access import grants
from portal.calendars.workdays import local_day
from portal.regulation.articles import Article
from portal.regulation.rules import failed
from portal.tenancy.models import TenantModel
from portal.web.formats import day_text, deadline_text
from review.models import Expert


class Assessment(TenantModel, AssessmentLifecycle):
    """One assessment of a selectee and its host unit. Experts and their scores stand in rows that 市科协 keeps.

    self_report: {summary, growth, team, funds: text}.
    """

    class Kind(models.TextChoices):
        ANNUAL = "annual", "年度考核"
        MID_TERM = "mid_term", "中期考核"
        FINAL = "final", "期满考核"

    class Grade(models.TextChoices):
        EXCELLENT = "excellent", "优秀"
        PASSED = "passed", "合格"
        FAILED = "failed", "不合格"

    kept_by = "host"
    person_path = "selectee__person_id"
    below_path = "selectee__recommender_id"
    same_organisation = ("selectee", "evidence")

    number = models.CharField("考核编号", max_length=30, unique=True)
    selectee = models.ForeignKey(Selectee, models.PROTECT, related_name="assessments")
    kind = models.CharField("类型", max_length=10, choices=Kind)
    period = models.CharField("考核期", max_length=40)
    due_at = models.DateTimeField("自评截止")
    self_report = models.JSONField("自评", default=dict)
    evidence = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+", null=True, verbose_name="佐证")
    reported_at = models.DateTimeField("自评提交时间", null=True)
    host_opinion = models.TextField("依托单位意见", blank=True)
    recommender_opinion = models.TextField("推荐单位意见", blank=True)
    grade_value = models.CharField("等级", max_length=10, choices=Grade, blank=True)
    basis = models.TextField("评定依据", blank=True)
    graded_at = models.DateTimeField("评定时间", null=True)
    rectify_count = models.PositiveSmallIntegerField("整改次数", default=0)
    rectify_due_at = models.DateTimeField("整改期限", null=True)
    rectification_text = models.TextField("整改情况", blank=True)
    rectified_at = models.DateTimeField("整改报告时间", null=True)
    regrade_value = models.CharField("复评等级", max_length=10, choices=Grade, blank=True)
    closed_at = models.DateTimeField("归档时间", null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "考核"
        constraints = [
            models.UniqueConstraint(
                fields=["selectee", "kind", "period"], condition=~models.Q(state="ended"), name="assessment_once"
            )
        ]

    constraint_findings = {"assessment_once": failed("这一考核期已经安排过考核", article=Article(30))}

    def __str__(self) -> str:
        return self.number

    def due(self):
        if self.state == "scheduled":
            return "自评截止", self.due_at
        if self.state == "rectifying":
            return "整改期限", self.rectify_due_at
        return None

    @property
    def is_final(self) -> bool:
        return self.kind == self.Kind.FINAL

    @property
    def last_grade(self) -> str:
        """The grade that counts: the second one after a rectification."""
        return self.regrade_value or self.grade_value

    def reopen_report(self, due_at) -> dict:
        """Back to the selectee, with at least a week to mend it. Returns the event's facts."""
        self.due_at = max(self.due_at, due_at)
        return {"due": day_text(local_day(self.due_at))}

    # --- what the judgement rests on; rows that 市科协 keeps, so none outside it ---

    def rubric(self) -> dict:
        """The cycle's rubric of Art. 32: criteria with weights, and which kinds of experts judge each."""
        return self.selectee.cycle.rubrics["final"]

    def sheets(self) -> list[rules.Sheet]:
        """What experts have submitted."""
        rows = AssessmentExpert.objects.filter(assessment=self, submitted_at__isnull=False)
        return [rules.Sheet(row.kind, row.scores) for row in rows]

    def total(self) -> Decimal | None:
        """Points of 100 by the rubric; None while a criterion has no score."""
        rubric = self.rubric()
        return rules.total(self.sheets(), rubric["criteria"], rubric["score_max"], clean=self.funds_are_clean())

    def suggested_grade(self) -> str | None:
        """The best grade that the scores allow, or None without them."""
        total, settings = self.total(), self.selectee.cycle.settings
        if total is None:
            return None
        return rules.grade_of(total, settings["excellent_from"], settings["qualified_from"])

    def funds_are_clean(self) -> bool:
        """No expense that was warned of stands unrectified."""
        return not Expense.objects.filter(
            grant__selectee=self.selectee_id, state__in=["warned", "unrectified"]
        ).exists()

    # --- what its verbs ask ---

    def report_still_open(self, *, at, **asked):
        if self.state == "scheduled":
            yield from self.report_in_time(at=at)
        else:
            yield failed("自评已经提交，不能修改", article=Article(30))

    # --- guards ---

    def selectee_in_term(self, **asked):
        if self.selectee.state != "active":
            yield failed(f"入选者现在是“{self.selectee.state_label()}”，不能安排考核", article=Article(30))

    def due_ahead(self, *, at, due_at=None, **asked):
        """A new deadline lies ahead, and behind the one it extends."""
        standing = self.due()[1] if self.pk else None
        due_at = due_at if self.pk else self.due_at
        if due_at is not None and due_at <= at:
            yield failed("期限应晚于现在", article=Article(30))
        elif due_at is not None and standing and due_at <= standing:
            yield failed(f"新的期限应晚于{deadline_text(standing)}", article=Article(30))

    def report_complete(self, **asked):
        lines = dict(self.results.values_list("code", "actual"))
        reported = {code for code, actual in lines.items() if actual is not None}
        yield from rules.report_complete(set(lines), reported, self.self_report)

    def report_in_time(self, *, at, **asked):
        if at >= self.due_at:
            yield failed("自评截止时间已过，请联系市科协", article=Article(30))

    def opinion_given(self, *, opinion=None, **asked):
        if opinion is not None:
            yield from rules.words_enough(opinion, "审核意见", 10)

    def term_over(self, *, at, **asked):
        """The final assessment comes after the term (Art. 32)."""
        ends = self.selectee.ends_date
        if self.is_final and ends and local_day(at) <= ends:
            yield failed(f"培养期到 {day_text(ends)}，期满考核在执行期结束后组织", article=Article(32))

    def experts_of_all_kinds(self, **asked):
        """Art. 32 wants technical, management and finance experts; the other kinds of assessment at least one."""
        kinds = set(AssessmentExpert.objects.filter(assessment=self, recused_at=None).values_list("kind", flat=True))
        if self.is_final:
            yield from rules.all_kinds_present(kinds)
        elif not kinds:
            yield failed("还没有安排考核专家", article=Article(30))

    def judged_by_experts(self, **asked):
        """A final assessment is judged by experts; whoever is asked has answered."""
        if self.is_final and self.state == "recommender_reviewed":
            yield failed("期满考核须经专家评价", article=Article(32))
        if self.state == "expert_review":
            asked_experts = AssessmentExpert.objects.filter(assessment=self, recused_at=None)
            yield from rules.all_answered(asked_experts.filter(submitted_at=None).count())
            if self.is_final:
                yield from rules.all_kinds_present({sheet.kind for sheet in self.sheets()}, what="评分")

    def grade_allowed(self, *, grade=None, **asked):
        if grade is not None:
            yield from rules.grade_allowed(grade, self.suggested_grade(), self.funds_are_clean())

    def regrade_allowed(self, *, grade=None, **asked):
        if grade is not None:
            yield from rules.regrade_allowed(grade)

    def basis_given(self, *, basis=None, **asked):
        if basis is not None:
            yield from rules.words_enough(basis, "评定依据", 10)

    def grade_is_failing(self, **asked):
        if self.last_grade != self.Grade.FAILED:
            yield failed("只有不合格才下达整改", article=Article(30))

    def rectification_left(self, **asked):
        most = self.selectee.cycle.settings["rectify_times"]
        if self.rectify_count >= most:
            yield failed(f"整改次数已满（{self.rectify_count}/{most}）", article=Article(31, 2, 1))

    def rectification_in_time(self, *, at, **asked):
        if at >= self.rectify_due_at:
            yield failed("整改期限已过，请联系市科协", article=Article(31, 2, 1))

    def rectification_told(self, *, text=None, **asked):
        if text is not None:
            yield from rules.words_enough(text, "整改情况", 10)

    def rectification_overdue(self, *, at, **asked):
        if at < self.rectify_due_at:
            yield failed("整改期限还没有到", article=Article(31, 2, 1))

    def nothing_to_rectify(self, **asked):
        """A failed one is closed only when its rectifications are used up."""
        if self.last_grade == self.Grade.FAILED and not list(self.rectification_left()):
            yield failed("不合格的考核须先下达整改", article=Article(30))

    def term_can_end(self, **asked):
        """Filing a passed final assessment ends the term: nothing may stand in its way."""
        if not self.is_final or self.last_grade == self.Grade.FAILED:
            return
        if self.selectee.state != "active":
            yield failed(f"入选者现在是“{self.selectee.state_label()}”，不能期满合格", article=Article(32))
        if not self.selectee.task_books.filter(state="effective").exists():
            yield failed("任务书不在生效状态，请先办结变更", article=Article(26))


class IndicatorResult(TenantModel):
    """What an indicator of the task book came to, with its evidence. The promise is copied: a task book may change."""

    kept_by = "host"
    same_organisation = ("assessment",)

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="results")
    code = models.CharField("编号", max_length=10)
    name = models.CharField("指标", max_length=100)
    kind = models.CharField("类型", max_length=12, choices=Indicator.Kind)
    target = models.DecimalField("目标值", max_digits=14, decimal_places=2)
    unit = models.CharField("单位", max_length=20)
    actual = models.DecimalField("实际值", max_digits=14, decimal_places=2, null=True)
    evidence = models.CharField("佐证", max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "指标完成情况"
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["assessment", "code"], name="result_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.actual}"

    def share(self) -> str:
        """How much of the target is reached, 100% at most; — where less is better, or nothing is filled in."""
        if self.actual is None or not self.target or self.kind in (Indicator.Kind.COST, Indicator.Kind.TIMELINESS):
            return "—"
        return f"{min(100, int(self.actual * 100 / self.target))}%"

    def as_data(self) -> dict:
        """For the material of experts and the printed form."""
        return {
            "code": self.code,
            "name": self.name,
            "target": f"{figure(self.target)} {self.unit}",
            "actual": "—" if self.actual is None else f"{figure(self.actual)} {self.unit}",
            "share": self.share(),
            "evidence": self.evidence,
        }


def figure(value: Decimal) -> str:
    """A figure without idle zeros: 3, 95.5, 100."""
    return f"{value.normalize():f}"


class AssessmentExpert(TenantModel):
    """An expert asked to judge one assessment, and the sheet; 市科协 keeps the row, so that no unit learns of it
    (Art. 33). The expert reaches it, and the copied material, only while the evaluation runs.

    place: the expert's own running number, which stands in their URLs. scores: {criterion's code: 0 … score_max}.
    """

    kept_by = "cast"
    row_security = True
    reach_axes = {"asked": "id"}
    assigned_path = ""
    same_organisation = ("expert",)
    live_states = ("expert_review",)
    live_path = "assessment__state"
    machine = "assessment_expert"
    ref_field = "place"

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="+")
    number = models.CharField("考核编号", max_length=30)
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="+")
    kind = models.CharField("类别", max_length=12, choices=Expert.Kind)
    place = models.PositiveSmallIntegerField("本人序号")
    material = models.JSONField("评价材料", default=dict)
    criteria = models.JSONField("评价指标", default=list)
    asked_at = models.DateTimeField("邀请时间")
    pledged_at = models.DateTimeField("承诺时间", null=True)
    pledge_digest = models.CharField("承诺摘要", max_length=64, blank=True)
    recused_at = models.DateTimeField("回避时间", null=True)
    scores = models.JSONField("分项", default=dict)
    comment = models.TextField("意见", blank=True)
    saved_at = models.DateTimeField("保存时间", null=True)
    submitted_at = models.DateTimeField("提交时间", null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "考核专家"
        permissions = [("assigned", "被分配考核评价")]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "expert"], name="assessment_expert_once"),
            models.UniqueConstraint(fields=["expert", "place"], name="assessment_expert_place"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"

    @staticmethod
    def grant_model():
        return AssessmentExpertUserObjectPermission

    @property
    def ref(self) -> str:
        return self.number

    @property
    def keeper_id(self) -> int:
        return self.organisation_id

    def url_kwargs(self) -> dict:
        return {"n": self.place}

    def state_label(self) -> str:
        if self.recused_at:
            return "已回避"
        if self.submitted_at:
            return "已提交"
        return "评分中" if self.saved_at else "待评价" if self.pledged_at else "待承诺"

    # --- what its verbs ask ---

    def sheet_open(self, **asked):
        if self.submitted_at:
            yield failed("评分已经提交，不能修改", article=Article(32))

    def pledged(self, **asked):
        if self.pledged_at is None:
            yield failed("请先签署承诺", article=Article(33))

    def is_live(self, user_id: int) -> bool:
        return grants.holds(user_id, self)


class AssessmentExpertUserObjectPermission(UserObjectPermissionBase):
    """The grant of an assessment to its expert, given with the invitation, gone with the recusal or the removal."""

    global_because = "a grant names a user and an assessment by number"

    content_object = models.ForeignKey(AssessmentExpert, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.pk)
