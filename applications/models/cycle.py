"""Policy versions, cycles, fields with places, quotas (Art. 9, 11, 34, 36)."""

from copy import copy
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q

from applications import cycle_settings, form_schema, rules
from applications.cycle_settings import rubric_problems
from applications.lifecycle.cycle import CycleLifecycle
from applications.stages import RECEIVED, TAKES_A_PLACE
from portal.calendars.workdays import local_day
from portal.people.models import Organisation
from portal.regulation.articles import Article
from portal.regulation.rules import Finding, failed
from portal.tenancy.models import TenantModel


class PolicyVersion(models.Model):
    """The regulation as in force from a day on, with its parameters; old cycles keep theirs (Art. 34, 36).

    parameters: {ordinary_years: 45, exceptional_years: 50, engineering_months: 96, lead_months: 36, …} as
    applications.rules.PolicyParameters reads them.
    """

    global_because = "the regulation and its parameters are public"

    number = models.CharField("版本号", max_length=20, unique=True)
    name = models.CharField("名称", max_length=100)
    document_number = models.CharField("文号", max_length=60, blank=True)
    effective_date = models.DateField("生效日期", unique=True)
    parameters = models.JSONField("参数", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "办法版本"

    def __str__(self) -> str:
        return f"{self.name}（{self.number}）"

    @property
    def ref(self) -> str:
        return self.number

    @property
    def keeper_id(self) -> int:
        """市科协 keeps the events of versions."""
        return Organisation.objects.get(kind=Organisation.Kind.CAST).pk


class Cycle(TenantModel, CycleLifecycle):
    """One year of the programme. Its figures come from the year's notice, never from code.

    form_definition: as applications.form_schema reads it. settings: as applications.cycle_settings lists them.
    rubrics: {"network" | "panel" | "final": {"name", "version", "score_max", "score_step", "criteria": [{"code",
    "name", "weight" (percent, sum 100), "subject", "hint", "anchors"}]}}. received_count: how many applications were
    received, set when the city's review ends; the one count that the public reads.
    """

    kept_by = "cast"
    reach_axes = {"published": "is_public"}
    ref_field = "year"

    year = models.PositiveSmallIntegerField("年度", unique=True)
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+", verbose_name="适用办法")
    is_public = models.BooleanField("已公开", default=False)
    application_opens_at = models.DateTimeField("申报开始")
    application_closes_at = models.DateTimeField("依托单位提交截止")
    recommend_closes_at = models.DateTimeField("推荐单位报送截止")
    scoring_opens_at = models.DateTimeField("网络评审开始", null=True)
    scoring_closes_at = models.DateTimeField("网络评审截止", null=True)
    birth_cutoff_ordinary = models.DateField("一般申报人出生日期界限")
    birth_cutoff_exceptional = models.DateField("特别优秀申报人出生日期界限")
    grant_fen = models.BigIntegerField("资助金额（分）")
    cultivation_months = models.PositiveSmallIntegerField("培养期（月）")
    form_definition = models.JSONField("申报书表单", default=dict)
    rubrics = models.JSONField("评分标准", default=dict)
    settings = models.JSONField("设置", default=dict)
    received_count = models.PositiveIntegerField("受理份数", null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "年度批次"
        constraints = [
            models.CheckConstraint(
                condition=Q(application_opens_at__lt=F("application_closes_at"))
                & Q(application_closes_at__lte=F("recommend_closes_at")),
                name="cycle_windows",
            ),
            models.CheckConstraint(
                condition=Q(birth_cutoff_exceptional__lt=F("birth_cutoff_ordinary")), name="cycle_cutoffs"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} 年度"

    def url_kwargs(self) -> dict:
        return {"year": self.year}

    def due(self) -> tuple[str, datetime] | None:
        deadlines = {
            self.State.OPEN: ("依托单位提交截止", self.application_closes_at),
            self.State.SCREENING: ("推荐单位报送截止", self.recommend_closes_at),
            self.State.NETWORK_REVIEW: ("网络评审截止", self.scoring_closes_at),
        }
        label, instant = deadlines.get(self.state, ("", None))
        return (label, instant) if instant else None

    @property
    def max_corrections(self) -> int:
        return self.settings["max_corrections"]

    def policy_parameters(self) -> rules.PolicyParameters:
        """What this cycle's applications are judged by (Art. 8, 34). Experience counts until the last day to submit."""
        return rules.PolicyParameters.of(
            self.policy.parameters,
            birth_cutoff_ordinary=self.birth_cutoff_ordinary,
            birth_cutoff_exceptional=self.birth_cutoff_exceptional,
            count_until=local_day(self.application_closes_at - timedelta(microseconds=1)),
        )

    def with_changes(self, changes: dict) -> "Cycle":
        """A copy, never saved, as the cycle would be."""
        changed = copy(self)
        for name, value in changes.items():
            setattr(changed, name, value)
        return changed

    def faults(self) -> list[Finding]:
        """What is wrong with the set-up in itself: windows, cut-offs, figures, rubrics, form."""
        found = [rules.windows_in_order(self.windows())]
        if self.birth_cutoff_exceptional >= self.birth_cutoff_ordinary:
            found.append(failed("特别优秀的出生日期界限应早于一般界限", article=Article(8, 2, 3)))
        for key, message in cycle_settings.problems(self.settings).items():
            setting = cycle_settings.BY_KEY.get(key)
            found.append(failed(message, article=setting.article if setting else Article(9)))
        found += [failed(message, article=Article(18)) for message in rubric_problems(self.rubrics).values()]
        try:
            form_schema.parse_definition(self.form_definition)
        except form_schema.BadDefinition as error:
            found.append(failed(f"申报书表单有误：{error}", article=Article(13, 2)))
        return [finding for finding in found if finding.blocks]

    def windows(self) -> list[tuple[str, datetime]]:
        """(label, instant) of the instants that are set, in the order in which they must come."""
        names = [
            "application_opens_at",
            "application_closes_at",
            "recommend_closes_at",
            "scoring_opens_at",
            "scoring_closes_at",
        ]
        pairs = [(self._meta.get_field(name).verbose_name, getattr(self, name)) for name in names]
        return [(label, instant) for label, instant in pairs if instant]

    def setup_findings(self) -> list[Finding]:
        """What is still missing before the cycle may open (Art. 9, 11, 16)."""
        missing = self.faults()
        if not self.fields.filter(places__gt=0).exists():
            missing.append(failed("还没有设置支持领域和名额", article=Article(9)))
        if not self.quotas.filter(places__gt=0).exists():
            missing.append(failed("还没有设置推荐名额", article=Article(11)))
        if not self.rubrics.get("network") or not self.rubrics.get("panel"):
            missing.append(failed("还没有设置评分标准", article=Article(18)))
        if not self.form_definition.get("sections"):
            missing.append(failed("还没有设置申报书表单", article=Article(13, 2)))
        if not self.notices.filter(kind="call", is_public=True).exists():
            missing.append(failed("还没有发布申报通知", article=Article(16)))
        return missing

    def used_places(self) -> dict[int, int]:
        """{recommending unit's id: places of its quota in use}, one query."""
        taking = self.applications.filter(state__in=TAKES_A_PLACE, recommender__isnull=False)
        return dict(taking.order_by().values_list("recommender").annotate(models.Count("pk")))

    def by_unit(self, quotas: dict[int, int]) -> dict[str, int]:
        """{recommending unit's name: places} of {its id: places}."""
        names = dict(Organisation.objects.filter(pk__in=quotas).values_list("pk", "name"))
        return {names[unit]: places for unit, places in quotas.items()}

    def count_received(self) -> int:
        """How many applications the city has received for review, whatever became of them."""
        return self.applications.filter(state__in=RECEIVED).count()


class CycleField(models.Model):
    """A field (industry) of a cycle with its places (Art. 9)."""

    global_because = "fields and places are printed in the public call"

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="fields")
    code = models.CharField("代码", max_length=30)
    name = models.CharField("领域", max_length=40)
    places = models.PositiveSmallIntegerField("名额")
    position = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "支持领域"
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["cycle", "code"], name="cycle_field_once")]

    def __str__(self) -> str:
        return self.name


class Quota(models.Model):
    """How many a recommending unit may recommend in a cycle (Art. 11)."""

    global_because = "quotas are printed in the public call"

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="quotas")
    recommender = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    places = models.PositiveSmallIntegerField("推荐名额")

    class Meta:
        verbose_name = verbose_name_plural = "推荐名额"
        constraints = [models.UniqueConstraint(fields=["cycle", "recommender"], name="quota_once")]

    def __str__(self) -> str:
        return f"{self.recommender}：{self.places}"
