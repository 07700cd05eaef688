"""网络评审 (Art. 17, 18)."""

from django.db import models

from applications import cycle_settings
from applications.models import Application, Cycle
from portal.regulation.articles import Article
from portal.regulation.rules import failed
from portal.tenancy.models import TenantModel
from portal.web.formats import deadline_text
from review import lots, rules, standing
from review.lifecycle.assignment import ENDED
from review.lifecycle.round import RoundLifecycle
from review.results import line_of

FIGURES = (
    "experts_per_application",
    "expert_load_max",
    "same_employer_max",
    "conflict_years",
    "avoid_same_recommender",
    "score_method",
    "trim_from",
    "spread_alert",
    "comment_min",
    "comment_max",
    "extreme_low",
    "extreme_high",
    "extreme_comment_min",
    "panel_factor",
)


class Round(TenantModel, RoundLifecycle):
    """The network review of one cycle.

    rubric: the cycle's network rubric, copied. settings: its figures of FIGURES, copied, fixed once scoring begins.
    seed: recorded at the start; assignments, reading orders and last ties are drawn from it. lines: what
    draw_lines() gives, set when the results are confirmed.
    """

    kept_by = "cast"
    reach_axes = {"rounds": "id"}
    constraint_findings = dict.fromkeys(  # the number bears the year, so it may be the first to clash
        ("round_one_per_cycle", "review_round_number_key"), failed("本年度已经设置了网络评审", article=Article(17))
    )

    number = models.CharField("编号", max_length=20, unique=True)
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+", verbose_name="年度批次")
    opens_at = models.DateTimeField("评分开始", null=True)
    closes_at = models.DateTimeField("评分截止", null=True)
    kinds = models.JSONField("专家类别", default=list)
    rubric = models.JSONField("评分标准")
    settings = models.JSONField("设置")
    seed = models.BigIntegerField("随机种子", default=lots.new_seed)
    lines = models.JSONField("入围线", default=dict)
    closed_at = models.DateTimeField("截止时间", null=True)
    confirmed_at = models.DateTimeField("确认时间", null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "网络评审"
        constraints = [models.UniqueConstraint(fields=["cycle"], name="round_one_per_cycle")]

    def __str__(self) -> str:
        return self.number

    @property
    def criteria(self) -> list[dict]:
        return self.rubric["criteria"]

    def due(self):
        return ("评分截止", self.closes_at) if self.state == "scoring" and self.closes_at else None

    def applications(self):
        """What this round judges."""
        return Application.objects.filter(cycle_id=self.cycle_id, state="in_network_review")

    def standing_assignments(self):
        """Assignments that hold a seat."""
        return self.assignments.exclude(state__in=ENDED)

    def draw_lines(self) -> dict:
        """{field's code: {name, places, line, ranked, through: [numbers]}} from the sheets as they stand."""
        places = {field.code: field for field in self.cycle.fields.all()}
        found: dict[str, dict] = {}
        for result in standing.of_round(self):
            field = places[result.field]
            line = line_of(field.places, self.settings["panel_factor"])
            entry = found.setdefault(
                field.code, {"name": field.name, "places": field.places, "line": line, "ranked": 0, "through": []}
            )
            entry["ranked"] += 1
            if result.rank is not None and result.rank <= line:
                entry["through"].append(result.number)
        return found

    # --- guards ---

    def cycle_in_network_review(self, **asked):
        if self.cycle.state != "network_review":
            yield failed(f"{self.cycle} 现在是“{self.cycle.state_label()}”，还不能设置网络评审", article=Article(17))

    def figures_sound(self, *, opens_at=None, closes_at=None, kinds=None, figures=None, **asked):
        known = {**self.cycle.settings, **self.settings, **(figures or {})}
        for message in cycle_settings.problems(known).values():
            yield failed(message, article=Article(17))
        begins, ends = opens_at or self.opens_at, closes_at or self.closes_at
        if begins and ends and begins >= ends:
            yield failed("评分截止应晚于评分开始", article=Article(17))
        if kinds is not None and not kinds:
            yield failed("请至少选择一类专家", article=Article(3))

    def rubric_sound(self, **asked):
        if sum(each["weight"] for each in self.criteria) != 100:
            yield failed("评分标准的权重合计应为 100", article=Article(18))

    def applications_waiting(self, **asked):
        if not Application.objects.filter(cycle_id=self.cycle_id, state="eligible").exists():
            yield failed("没有审查通过、等待网络评审的申报", article=Article(15))

    def window_set(self, **asked):
        if not (self.opens_at and self.closes_at):
            yield failed("请先设置评分开始和截止时间", article=Article(17))

    def closes_later(self, *, at, **asked):
        if self.closes_at is None or at >= self.closes_at:
            yield failed("评分截止时间应在现在之后，请先修改评审设置", article=Article(17))

    def every_seat_filled(self, **asked):
        taken = self.seats_taken()
        wanted = self.settings["experts_per_application"]
        for application in self.applications():
            yield rules.seats_filled(application.number, taken.get(application.pk, 0), wanted)

    def seats_taken(self) -> dict[int, int]:
        """{application's id: experts who hold a seat}."""
        counted = self.standing_assignments().order_by().values_list("application_id")
        return dict(counted.annotate(models.Count("pk")))

    def nobody_conflicted(self, *, at, **asked):
        """Conflicts may have come to light since the seats were given."""
        from review.desk import Conflicts

        known = Conflicts(self.cycle, at, settings={**self.cycle.settings, **self.settings})
        standing = list(self.standing_assignments().select_related("expert"))
        known.know([each.expert for each in standing], [each.application_id for each in standing])
        for assignment in standing:
            for finding in known.between(assignment.expert_id, assignment.application_id):
                yield failed(f"{assignment.application_number}：{finding.message}", article=finding.article)

    def deadline_later(self, *, at, closes_at=None, **asked):
        if closes_at is not None and (closes_at <= at or (self.state == "scoring" and closes_at <= self.closes_at)):
            yield failed(f"新的截止时间应晚于现在和原来的 {deadline_text(self.closes_at)}", article=Article(17))

    def time_over_or_all_in(self, *, at, **asked):
        unfinished = self.standing_assignments().exclude(state__in=["submitted", "locked"]).count()
        if at < self.closes_at and unfinished:
            yield failed(
                f"评分截止时间（{deadline_text(self.closes_at)}）未到，还有 {unfinished} 份没有提交",
                article=Article(17),
            )

    def enough_sheets(self, **asked):
        for result in standing.of_round(self):
            if result.rank is None:
                yield failed(
                    f"{result.number} 只有 {result.count} 份有效评分，至少 {standing.VALID_MIN} 份，请补充评审",
                    article=Article(17),
                )


class Result(TenantModel):
    """What an application came to when the round was confirmed: two decimals, never changed."""

    kept_by = "cast"
    row_security = True
    append_only = True
    same_organisation = ("round",)

    round = models.ForeignKey(Round, models.PROTECT, related_name="results")
    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    application_number = models.CharField("申报编号", max_length=30)
    field = models.CharField("领域代码", max_length=30)
    sheets = models.PositiveSmallIntegerField("有效评分")
    score = models.DecimalField("得分", max_digits=6, decimal_places=2)
    mean = models.DecimalField("平均分", max_digits=6, decimal_places=2)
    spread = models.DecimalField("标准差", max_digits=6, decimal_places=2)
    rank = models.PositiveSmallIntegerField("名次")
    flags = models.JSONField("提示", default=list)
    through = models.BooleanField("入围")

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "网评结果"
        ordering = ["field", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["round", "application"], name="result_once_per_round"),
            models.UniqueConstraint(fields=["round", "field", "rank"], name="result_rank_once"),
        ]

    def __str__(self) -> str:
        return f"{self.application_number} {self.rank}"
