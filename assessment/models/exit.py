"""退出 (Art. 31)."""

from django.db import models
from django.db.models import Q

from assessment import rules
from assessment.lifecycle.exit import ExitLifecycle
from funding.models import Expense, Grant, Selectee
from portal.people.models import User
from portal.regulation.articles import Article
from portal.regulation.rules import failed
from portal.tenancy.models import TenantModel
from portal.web.formats import deadline_text
from portal.workflow.step import Step

IN_TERM = ("contracting", "active", "suspended")


class ExitCase(TenantModel, ExitLifecycle):
    """One docket. A voluntary exit (E0) is kept by the host unit; an imposed one by 市科协, told by an ExitNotice."""

    class Ground(models.TextChoices):
        E0 = "E0", "主动退出"
        E1 = "E1", "考核不合格，整改后仍达不到要求"
        E2 = "E2", "调到外省市，或因工作调动脱离原研究领域"
        E3 = "E3", "经费使用出现负面清单所列情况，经提醒督促仍未整改"
        E4 = "E4", "弄虚作假，谎报成果，骗取入选资格"
        E5 = "E5", "违反职业道德和社会公德，产生恶劣影响"
        E6 = "E6", "因本人过失造成重大经济损失或严重后果"
        E7 = "E7", "被依法追究刑事责任"

    class Decision(models.TextChoices):
        SUSPEND = "suspend", "中止入选者资格"
        CANCEL = "cancel", "取消入选者资格"
        NONE = "none", "不予处理"

    kept_by = "any"
    person_path = "person_id"

    number = models.CharField("编号", max_length=30, unique=True)
    selectee = models.ForeignKey(Selectee, models.PROTECT, related_name="+")
    person = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    selectee_name = models.CharField("姓名", max_length=40)
    ground = models.CharField("事由", max_length=2, choices=Ground)
    facts = models.TextField("事实与证据")
    evidence_ref = models.CharField("所依据的记录", max_length=60, blank=True)
    host_opinion = models.TextField("单位意见", blank=True)
    requested_at = models.DateTimeField("申请时间", null=True)
    notified_at = models.DateTimeField("告知时间", null=True)
    defence_due_at = models.DateTimeField("申辩截止", null=True)
    decision = models.CharField("决定", max_length=10, choices=Decision, blank=True)
    serious = models.BooleanField("情节严重", default=False)
    decided_at = models.DateTimeField("决定时间", null=True)
    closed_at = models.DateTimeField("办结时间", null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "退出"
        constraints = [
            models.UniqueConstraint(fields=["selectee"], condition=~Q(state="closed"), name="exit_one_open"),
        ]

    # The open case may be 市科协's, of which the unit has not been told: the words tell nothing of it.
    constraint_findings = {"exit_one_open": failed("现在不能办理退出，请联系市科协", article=Article(31))}

    def __str__(self) -> str:
        return self.number

    @property
    def is_own_wish(self) -> bool:
        return self.ground == self.Ground.E0

    @property
    def article(self) -> Article:
        return Article(31, 1) if self.is_own_wish else Article(31, 2, int(self.ground[1]))

    def decision_text(self) -> str:
        """取消入选者资格，追回所拨经费"""
        return f"{self.get_decision_display()}{'，追回所拨经费' if self.serious else ''}"

    def due(self):
        return ("申辩截止", self.defence_due_at) if self.state == "notified" else None

    def grant(self) -> Grant:
        return Grant.objects.get(selectee=self.selectee_id)

    def latest_notice(self) -> "ExitNotice | None":
        return ExitNotice.objects.filter(case=self).order_by("-pk").first()

    # --- guards ---

    def ground_has_its_precondition(self, **asked):
        """E1 needs an assessment that failed after its rectification, E3 a delivered warning that was not heeded."""
        yield from rules.precondition(self.ground, **preconditions(self.selectee))

    def term_runs(self, **asked):
        """Only a running term ends, one case at a time, and not while the money is on its way to another unit."""
        from assessment.models.transfer import Transfer

        if self.selectee.state not in IN_TERM:
            yield failed(f"入选者现在是“{self.selectee.state_label()}”，不能办理退出", article=Article(31))
        if ExitCase.objects.filter(selectee=self.selectee_id).exclude(state="closed").exclude(pk=self.pk).exists():
            yield failed("该入选者已有退出事项在办理", article=Article(31))
        if Transfer.objects.filter(selectee=self.selectee_id, state="approved").exists():
            yield failed("单位变更的余额正在划转，请先办结", article=Article(29))

    def is_voluntary(self, **asked):
        if not self.is_own_wish:
            yield failed("只有主动退出由本人申请", article=Article(31, 1))

    def is_imposed(self, **asked):
        if self.is_own_wish:
            yield failed("主动退出由本人申请，不立案", article=Article(31, 1))

    def opinion_given(self, *, opinion=None, **asked):
        if opinion is not None:
            yield from rules.words_enough(opinion, "单位意见", 10, Article(31, 1))

    def still_to_notify(self, **asked):
        """Once before the decision; a suspended case again before anything harder is decided."""
        if self.state == "decided" and self.decision != self.Decision.SUSPEND:
            yield failed("已作出决定，不再告知", article=Article(31, 2))

    def defence_heard(self, *, at, **asked):
        """The decision waits for the statement and defence, or for its deadline."""
        notice = self.latest_notice()
        if not (notice and notice.defended_at) and at < self.defence_due_at:
            yield failed("申辩期限未到，且尚未收到申辩", article=Article(31, 2))

    def decision_fits(self, *, decision=None, serious=False, **asked):
        if decision is not None:
            yield from rules.decision_fits(decision, serious, self.selectee.state)

    def is_serious(self, **asked):
        if not (self.decision == self.Decision.CANCEL and self.serious):
            yield failed("只有情节严重的才追回所拨经费", article=Article(31, 2))

    def ends_the_term(self, **asked):
        if self.state == "decided" and (self.decision != self.Decision.CANCEL or self.serious):
            yield failed("这一决定不进入结算", article=Article(31, 2))

    def was_suspended(self, **asked):
        if self.decision != self.Decision.SUSPEND:
            yield failed("没有中止资格，不需要恢复", article=Article(31, 2))

    def decided_none(self, **asked):
        if self.decision != self.Decision.NONE:
            yield failed("只有不予处理的才能直接办结", article=Article(31, 2))

    def money_settled(self, **asked):
        if self.grant().state not in ("settled", "recovered"):
            yield failed("经费还没有结清", article=Article(31))


def preconditions(selectee: Selectee) -> dict[str, bool]:
    """What the grounds E1 and E3 rest on, as the records stand (rules.precondition)."""
    unheeded = Expense.objects.filter(grant__selectee=selectee, state="unrectified")
    failed_twice = selectee.assessments.filter(regrade_value="failed", state__in=["regraded", "closed"])
    return {"failed_after_rectification": failed_twice.exists(), "warning_unheeded": unheeded.exists()}


class ExitNotice(TenantModel):
    """What the unit and the selectee are told of an imposed exit, and what they answer; kept by the host unit.

    It has a page and a history like a machine's record, but no steps: what happens to it happens to its case.
    """

    kept_by = "host"
    person_path = "person_id"
    ref_field = "number"
    machine, label = "exit_notice", "退出告知书"
    steps: dict[str, Step] = {}
    colours = {"told": "amber", "defended": "blue", "decided": "grey"}
    now_with = {"told": "入选者与依托单位", "defended": "市科协"}
    labels = {"told": "待陈述申辩", "defended": "已陈述申辩", "decided": "已决定"}

    number = models.CharField("编号", max_length=30, unique=True)
    case = models.ForeignKey(ExitCase, models.PROTECT, related_name="+")
    person = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    selectee_name = models.CharField("姓名", max_length=40)
    ground = models.CharField("事由", max_length=2, choices=ExitCase.Ground)
    facts = models.TextField("事实")
    reason = models.TextField("告知内容")
    delivered_at = models.DateTimeField("送达时间")
    due_at = models.DateTimeField("申辩截止")
    defence = models.TextField("陈述申辩", blank=True)
    defended_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    defended_at = models.DateTimeField("申辩时间", null=True)
    outcome = models.CharField("决定", max_length=60, blank=True)
    outcome_reason = models.TextField("决定理由", blank=True)
    outcome_at = models.DateTimeField("决定时间", null=True)
    claimed_fen = models.BigIntegerField("追缴金额（分）", null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "退出告知书"

    def __str__(self) -> str:
        return self.number

    @property
    def ref(self) -> str:
        return self.number

    @property
    def keeper_id(self) -> int:
        return self.organisation_id

    @property
    def state(self) -> str:
        return "decided" if self.outcome_at else "defended" if self.defended_at else "told"

    def state_label(self, actor=None) -> str:
        return self.labels[self.state]

    def due(self):
        return None if self.outcome_at else ("申辩截止", self.due_at)

    def still_heard(self, *, at, **asked):
        """Until the deadline, and while nothing is decided."""
        if self.outcome_at:
            yield failed("已经作出决定", article=Article(31, 2))
        elif at >= self.due_at:
            yield failed(f"申辩期限（{deadline_text(self.due_at)}）已过", article=Article(31, 2))

    def url_kwargs(self) -> dict:
        return {"no": self.number}

    @property
    def article(self) -> Article:
        return Article(31, 2, int(self.ground[1]))
