"""会议评审: meeting, members, candidates, sheets, ballots (Art. 17, 18, 33)."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from applications.models import Application, ApplicationVersion, Cycle
from portal.regulation.articles import Article
from portal.regulation.rules import failed
from portal.tenancy.models import TenantModel
from review import rules
from review.lifecycle.assignment import AssignmentLifecycle
from review.lifecycle.meeting import MeetingLifecycle
from review.lifecycle.slot import SlotLifecycle
from review.models.expert import Expert, Undertaking

FIGURES = ("panel_members", "quorum", "pass_share", "present_minutes", "question_minutes")


class Meeting(TenantModel, MeetingLifecycle):
    """A panel meets on candidates. rubric and settings: the cycle's panel rubric and figures of FIGURES, copied."""

    kept_by = "cast"
    reach_axes = {"meetings": "id"}

    number = models.CharField("编号", max_length=20, unique=True)
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+", verbose_name="年度批次")
    title = models.CharField("会议名称", max_length=80)
    place = models.CharField("地点", max_length=100)
    held_at = models.DateTimeField("时间")
    rubric = models.JSONField("评分标准")
    settings = models.JSONField("设置")
    lot_seed = models.BigIntegerField("抽签种子", null=True)
    minutes = models.TextField("会议纪要", blank=True)
    started_at = models.DateTimeField("开会时间", null=True)
    voting_at = models.DateTimeField("投票时间", null=True)
    closed_at = models.DateTimeField("结束时间", null=True)
    minutes_signed_at = models.DateTimeField("纪要签署时间", null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "会议评审"

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def criteria(self) -> list[dict]:
        return self.rubric["criteria"]

    def due(self):
        return ("开会时间", self.held_at) if self.state == "planned" else None

    @cached_property
    def roll(self) -> list["Member"]:
        """Its members with their experts, the chair first, as they stood when this instance was first asked."""
        return list(self.members.select_related("expert"))

    def present(self):
        """Members who have signed in and not left."""
        return self.members.filter(signed_in_at__isnull=False, left_at=None)

    def absent(self):
        """Members who have not come yet, or have left."""
        return self.members.exclude(pk__in=self.present())

    def live_slots(self):
        """Candidates who are still in the running; one who was disqualified meanwhile keeps nobody waiting."""
        return self.slots.exclude(application__state="disqualified")

    # --- guards ---

    def cycle_in_panel_review(self, **asked):
        if self.cycle.state != "panel_review":
            yield failed(f"{self.cycle} 现在是“{self.cycle.state_label()}”，还不能安排会议评审", article=Article(17))

    def candidates_chosen(self, *, order=None, **asked):
        if order is not None and not order:
            yield failed("请至少选择一位候选人", article=Article(17))

    def not_drawn_yet(self, **asked):
        if self.lot_seed is not None:
            yield failed("已经抽过签，顺序不再改变", article=Article(17))

    def chair_named(self, **asked):
        if not any(each.is_chair for each in self.roll):
            yield failed("请先指定评审组组长", article=Article(17))

    def lots_drawn(self, **asked):
        if self.lot_seed is None:
            yield failed("请先抽签定序", article=Article(17))

    def enough_members(self, **asked):
        wanted, members = self.settings["panel_members"], len(self.roll)
        if members < wanted:
            yield failed(f"评审组现有 {members} 位专家，应有 {wanted} 位", article=Article(17))

    def quorum(self, **asked):
        present = sum(each.is_present for each in self.roll)
        yield rules.quorum_present(present, len(self.roll), self.settings["quorum"])

    def members_ready(self, **asked):
        """Art. 33: who is present has signed, and has declared for each candidate."""
        present = [each for each in self.roll if each.is_present]
        signed = set(
            Undertaking.objects.filter(meeting=self, signed_at__isnull=False).values_list("expert_id", flat=True)
        )
        silent = set(PanelSheet.objects.filter(slot__meeting=self, recusal="").values_list("expert_id", flat=True))
        yield from rules.every_member_ready(
            [each.expert.name for each in present if each.expert_id not in signed],
            [each.expert.name for each in present if each.expert_id in silent],
        )

    def all_scored(self, **asked):
        waiting = self.live_slots().exclude(state="scored").count()
        if waiting:
            yield failed(f"还有 {waiting} 位候选人没有评分", article=Article(18))

    def quorum_took_part(self, **asked):
        """Who has left after voting took part; who was present and left without a vote did not."""
        voters = PanelSheet.objects.filter(slot__meeting=self, pk__in=Voted.objects.values("sheet")).values("member")
        took_part = self.members.filter(Q(pk__in=self.present()) | Q(pk__in=voters)).count()
        yield rules.quorum_present(took_part, self.members.count(), self.settings["quorum"])

    def all_voted(self, **asked):
        for slot in self.live_slots():
            missing = slot.entitled().exclude(pk__in=slot.voters()).count()
            if missing:
                yield failed(f"{slot.application_number} 还有 {missing} 位专家没有投票", article=Article(17))

    def signer_is_chair(self, *, actor, **asked):
        yield rules.chair_of(self.members.filter(is_chair=True, expert__user_id=actor.user_id).exists())

    def minutes_ready(self, **asked):
        yield rules.minutes_written(self.minutes)


class Member(TenantModel):
    """An expert on a panel. One of them chairs it."""

    kept_by = "cast"
    row_security = True
    reach_axes = {"experts": "expert_id"}
    person_path = "expert__user_id"
    same_organisation = ("meeting", "expert")

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="members")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="+")
    is_chair = models.BooleanField("组长", default=False)
    signed_in_at = models.DateTimeField("签到时间", null=True)
    left_at = models.DateTimeField("离会时间", null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "评审组成员"
        ordering = ["-is_chair", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "expert"], name="member_once"),
            models.UniqueConstraint(fields=["meeting"], condition=Q(is_chair=True), name="member_one_chair"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.expert_id}"

    @property
    def is_present(self) -> bool:
        return self.signed_in_at is not None and self.left_at is None


class Slot(TenantModel, SlotLifecycle):
    """A candidate's turn, in the order of the lots. What a member needs of the application is copied here."""

    kept_by = "cast"
    reach_axes = {"meetings": "meeting_id"}
    same_organisation = ("meeting",)
    constraint_findings = {"slot_application_once": failed("这位候选人已经列入会议评审", article=Article(17))}

    number = models.CharField("编号", max_length=30, unique=True)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="slots")
    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    content = models.ForeignKey(ApplicationVersion, models.PROTECT, related_name="+")
    application_number = models.CharField("申报编号", max_length=30)
    applicant_name = models.CharField("申报人", max_length=40)
    host_name = models.CharField("依托单位", max_length=100)
    field_code = models.CharField("领域代码", max_length=30)
    field_name = models.CharField("领域", max_length=40)
    order = models.PositiveSmallIntegerField("签号")
    called_at = models.DateTimeField("开始时间", null=True)
    scored_at = models.DateTimeField("评分结束时间", null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "答辩"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["application"], name="slot_application_once"),
            models.UniqueConstraint(fields=["meeting", "order"], name="slot_order_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.applicant_name}"

    def entitled(self):
        """Sheets of the members who are present and have no conflict with the candidate: they score and vote."""
        return self.sheets.filter(
            recusal=PanelSheet.NONE, member__signed_in_at__isnull=False, member__left_at__isnull=True
        )

    def voters(self):
        """Ids of the sheets whose member has voted."""
        return Voted.objects.filter(slot=self).values("sheet_id")

    def meeting_in_session(self, **asked):
        if self.meeting.state != "in_session":
            yield failed(f"会议现在是“{self.meeting.state_label()}”，不能开始答辩", article=Article(17))

    def nobody_else_presents(self, **asked):
        if self.meeting.slots.filter(state="presenting").exclude(pk=self.pk).exists():
            yield failed("上一位候选人的评分还没有结束", article=Article(18))

    def all_sheets_in(self, **asked):
        missing = self.entitled().filter(submitted_at=None).count()
        if missing:
            yield failed(f"还有 {missing} 位到会专家没有提交评分", article=Article(18))
        elif not self.entitled().exists():
            yield failed("没有可以评分的到会专家", article=Article(18))


class PanelSheet(TenantModel):
    """One member's declaration and scores on one candidate. recusal: empty until declared, none, or why not.

    The rows stand from the draw on; a member sees their own alone. values: {criterion's code: 0 to 10}.
    """

    NONE = "none"
    KNOWN = AssignmentLifecycle.Recusal.OTHER  # the portal knew of the conflict, or the staff recorded it
    RECUSALS = [(NONE, "无利害关系"), *AssignmentLifecycle.Recusal.choices]

    kept_by = "cast"
    row_security = True
    reach_axes = {"experts": "expert_id"}
    person_path = "expert__user_id"
    same_organisation = ("slot", "member")

    slot = models.ForeignKey(Slot, models.PROTECT, related_name="sheets")
    member = models.ForeignKey(Member, models.PROTECT, related_name="sheets")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="+")
    recusal = models.CharField("利害关系", max_length=16, choices=RECUSALS, blank=True)
    values = models.JSONField("评分", default=dict)
    total = models.DecimalField("总分", max_digits=4, decimal_places=1, null=True)
    submitted_at = models.DateTimeField("提交时间", null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "会评评分"
        constraints = [
            models.UniqueConstraint(fields=["slot", "member"], name="sheet_once"),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True) | Q(recusal="none"), name="sheet_recused_scores_nothing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slot_id}/{self.member_id}"

    def declare(self, kind: str) -> None:
        """Sets the declaration; a conflict voids what was scored, without deleting it."""
        self.recusal = kind
        if kind != self.NONE:
            self.submitted_at = None


class Ballot(TenantModel):
    """One ballot in a candidate's box: a random key and a choice, nothing that leads to a voter. The whole box is
    written anew in shuffled order whenever a ballot falls in, so that neither place nor transaction tells which."""

    class Choice(models.TextChoices):
        YES = "yes", "同意"
        NO = "no", "反对"
        ABSTAIN = "abstain", "弃权"

    kept_by = "cast"
    row_security = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="+")
    choice = models.CharField("表决", max_length=8, choices=Choice)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "表决票"

    def __str__(self) -> str:
        return str(self.pk)


class Voted(TenantModel):
    """That a member has voted on a candidate: no choice, no time."""

    kept_by = "cast"
    row_security = True
    reach_axes = {"experts": "expert_id"}
    same_organisation = ("sheet",)

    slot = models.ForeignKey(Slot, models.PROTECT, related_name="+")
    sheet = models.OneToOneField(PanelSheet, models.PROTECT, related_name="+")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="+")

    constraint_findings = {"voted_once": failed("您已经投过票", article=Article(17))}

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "已投票"
        constraints = [models.UniqueConstraint(fields=["slot", "expert"], name="voted_once")]

    def __str__(self) -> str:
        return f"{self.slot_id}/{self.expert_id}"


class SlotResult(TenantModel):
    """What a candidate came to at the meeting, counted when it closed; never changed."""

    kept_by = "cast"
    row_security = True
    append_only = True
    same_organisation = ("slot",)

    slot = models.OneToOneField(Slot, models.PROTECT, related_name="+")
    sheets = models.PositiveSmallIntegerField("评分份数")
    score = models.DecimalField("会评得分", max_digits=6, decimal_places=2)
    spread = models.DecimalField("标准差", max_digits=6, decimal_places=2)
    entitled = models.PositiveSmallIntegerField("可表决人数")
    yes = models.PositiveSmallIntegerField("同意")
    no = models.PositiveSmallIntegerField("反对")
    abstain = models.PositiveSmallIntegerField("弃权")
    passed = models.BooleanField("通过")

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "会评结果"
        constraints = [
            models.CheckConstraint(
                condition=Q(entitled=models.F("yes") + models.F("no") + models.F("abstain")), name="slot_votes_add_up"
            )
        ]

    def __str__(self) -> str:
        return f"{self.slot_id} {self.yes}/{self.entitled}"
