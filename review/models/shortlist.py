"""拟入选名单 (Art. 9, 19)."""

import hashlib
import json
from collections import Counter

from django.db import models
from django.utils.functional import cached_property

from applications.models import Application, Cycle
from portal.people.models import User
from portal.regulation.articles import Article
from portal.regulation.rules import failed
from portal.tenancy.models import TenantModel
from review import rules
from review.lifecycle.shortlist import ShortlistLifecycle
from review.models.meeting import Meeting, Slot


class Shortlist(TenantModel, ShortlistLifecycle):
    """The proposed list of one cycle: its entries while it is worked on, its versions once it was deliberated."""

    kept_by = "cast"
    constraint_findings = dict.fromkeys(  # the number bears the year, so it may be the first to clash
        ("shortlist_one_per_cycle", "review_shortlist_number_key"), failed("本年度已经拟定了名单", article=Article(19))
    )

    number = models.CharField("编号", max_length=20, unique=True)
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+", verbose_name="年度批次")
    minutes = models.TextField("综合论证纪要", blank=True)
    deliberated_at = models.DateTimeField("论证时间", null=True)
    approved_at = models.DateTimeField("批准时间", null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "拟入选名单"
        constraints = [models.UniqueConstraint(fields=["cycle"], name="shortlist_one_per_cycle")]

    def __str__(self) -> str:
        return self.number

    @cached_property
    def ranking(self) -> list["ShortlistEntry"]:
        """Its entries by field and position with their applications, as they stood when this instance was asked."""
        return list(self.entries.select_related("application"))

    def latest(self):
        return self.versions.order_by("-number").first()

    def content(self) -> list[dict]:
        """The entries as a version keeps them, in order."""
        fields = ("application_number", "field_code", "position", "chosen", "network", "panel", "composite", "passed")
        return [
            {name: str(value) if name in ("network", "panel", "composite") else value for name, value in row.items()}
            for row in self.entries.order_by("field_code", "position").values(*fields)
        ]

    def freeze(self, *, actor, at) -> dict:
        """Writes the next version and returns its number and digest."""
        content = self.content()
        last = self.latest()
        version = self.versions.create(
            organisation_id=self.organisation_id,
            number=last.number + 1 if last else 1,
            content=content,
            minutes=self.minutes,
            digest=digest_of(content, self.minutes),
            made_by_id=actor.user_id,
            made_at=at,
        )
        return {"number": version.number, "digest": version.digest}

    # --- guards ---

    def meetings_finished(self, **asked):
        if self.cycle.state != "panel_review":
            yield failed(f"{self.cycle} 现在是“{self.cycle.state_label()}”，还不能拟定名单", article=Article(19))
        for meeting in Meeting.objects.filter(cycle=self.cycle).exclude(state="minutes_signed"):
            yield failed(f"会议评审{meeting.number}的纪要还没有签署", article=Article(17))
        left = Application.objects.filter(cycle=self.cycle, state="panel_candidate").count()
        if left:
            yield failed(f"还有 {left} 位候选人没有会议评审", article=Article(17))
        if not Slot.objects.filter(meeting__cycle=self.cycle).exists():
            yield failed("还没有会议评审结果", article=Article(18))

    def move_possible(self, *, application=None, **asked):
        if application is not None and not self.entries.filter(application_number=application).exists():
            yield failed(f"名单里没有 {application}", article=Article(19))

    def minutes_ready(self, **asked):
        yield rules.minutes_attached(self.minutes)

    def inside_places(self, **asked):
        chosen = Counter(each.field_code for each in self.ranking if each.chosen)
        for field in self.cycle.fields.all():
            yield rules.within_places(field.name, chosen[field.code], field.places)

    def chosen_passed(self, **asked):
        entries = [each for each in self.ranking if each.chosen]
        yield from rules.only_who_passed({each.application_number: each.passed for each in entries})
        for each in entries:
            if each.application.state != "in_panel_review":
                yield failed(
                    f"{each.application_number} 现在是“{each.application.state_label()}”，不能列为拟入选",
                    article=Article(19),
                )

    def version_unchanged(self, **asked):
        last = self.latest()
        if last is None or last.digest != digest_of(self.content(), self.minutes):
            yield failed("名单与论证时的版本不一致，请退回重新论证", article=Article(19))


def digest_of(content: list[dict], minutes: str) -> str:
    """SHA-256 of the canonical JSON of a list with its minutes."""
    text = json.dumps([content, minutes], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class ShortlistEntry(TenantModel):
    """A candidate on the list. position: the place in the field; moved_because: why it left the place of its score."""

    kept_by = "cast"
    row_security = True
    same_organisation = ("shortlist",)

    shortlist = models.ForeignKey(Shortlist, models.PROTECT, related_name="entries")
    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    application_number = models.CharField("申报编号", max_length=30)
    applicant_name = models.CharField("申报人", max_length=40)
    host_name = models.CharField("依托单位", max_length=100)
    field_code = models.CharField("领域代码", max_length=30)
    field_name = models.CharField("领域", max_length=40)
    network = models.DecimalField("网评得分", max_digits=6, decimal_places=2)
    panel = models.DecimalField("会评得分", max_digits=6, decimal_places=2)
    composite = models.DecimalField("综合分", max_digits=6, decimal_places=2)
    passed = models.BooleanField("会评表决通过")
    position = models.PositiveSmallIntegerField("位次")
    chosen = models.BooleanField("拟入选", default=False)
    moved_because = models.CharField("调整理由", max_length=500, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "名单人选"
        ordering = ["field_code", "position"]
        constraints = [
            models.UniqueConstraint(fields=["shortlist", "application"], name="shortlist_entry_once"),
            models.UniqueConstraint(
                fields=["shortlist", "field_code", "position"],
                name="shortlist_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.application_number}"


class ShortlistVersion(TenantModel):
    """The list as it was deliberated; never changed."""

    kept_by = "cast"
    row_security = True
    append_only = True
    same_organisation = ("shortlist",)

    shortlist = models.ForeignKey(Shortlist, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField("版本")
    content = models.JSONField("名单")
    minutes = models.TextField("综合论证纪要")
    digest = models.CharField("摘要", max_length=64)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    made_at = models.DateTimeField("形成时间")

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "名单版本"
        constraints = [models.UniqueConstraint(fields=["shortlist", "number"], name="shortlist_version_once")]

    def __str__(self) -> str:
        return f"{self.shortlist_id} 第 {self.number} 版"
