"""网络评审: one round a cycle (Art. 3, 17, 18, 33)."""

from django.db import models

from portal.regulation.articles import Article
from portal.web.formats import deadline_text
from portal.workflow.lifecycle import Lifecycle, StateField
from portal.workflow.step import opening, step


class RoundLifecycle(Lifecycle):
    machine = "round"
    label = "网络评审"

    class State(models.TextChoices):
        SETUP = "setup", "准备"
        ASSIGNING = "assigning", "分配专家"
        SCORING = "scoring", "评分中"
        CLOSED = "closed", "已截止"
        CONFIRMED = "confirmed", "结果确认"

    state = StateField(State)
    final = frozenset({"confirmed"})
    colours = {"setup": "grey", "assigning": "blue", "scoring": "purple", "closed": "amber", "confirmed": "green"}
    now_with = {"setup": "评审秘书", "assigning": "评审秘书", "scoring": "评审专家", "closed": "评审秘书与项目负责人"}

    class Meta:
        abstract = True

    create = opening(
        "设置网络评审",
        articles=[Article(17)],
        guards=["cycle_in_network_review"],
        sentence="{actor}设置了{ref}网络评审",
    )

    @step(
        "修改评审设置",
        source=["setup", "assigning"],
        target=None,
        articles=[Article(17), Article(18)],
        guards=["figures_sound"],
        sentence="{actor}修改了{ref}的评审设置",
    )
    def configure(self, *, actor, at, opens_at=None, closes_at=None, kinds=None, figures=None, **values):
        """figures: {key of the cycle's network settings: value}; what is not given stays."""
        self.opens_at, self.closes_at = opens_at or self.opens_at, closes_at or self.closes_at
        self.kinds = list(kinds or self.kinds)
        self.settings = {**self.settings, **(figures or {})}
        return {"figures": figures or {}, "closes_at": self.closes_at}

    @step(
        "进入专家分配",
        source=["setup"],
        target="assigning",
        articles=[Article(17)],
        guards=["rubric_sound", "applications_waiting", "window_set"],
        consequences=["本年度审查通过的申报全部进入网络评审"],
        sentence="{actor}开始为{ref}分配专家，共 {applications} 份申报",
    )
    def start_assigning(self, *, actor, at, applications=0, **values):
        return {"applications": applications}

    @step(
        "下达评审任务",
        source=["assigning"],
        target="scoring",
        articles=[Article(17), Article(33)],
        guards=["every_seat_filled", "nobody_conflicted", "closes_later"],
        irreversible=True,
        consequences=["向全部待确认的专家发出邀请", "计分方法和人数等设置从此固定"],
        sentence="{actor}下达了{ref}的评审任务：{assignments} 项，{closes}截止",
    )
    def start_scoring(self, *, actor, at, assignments=0, **values):
        return {"assignments": assignments, "closes": deadline_text(self.closes_at)}

    @step(
        "延长评分时间",
        source=["scoring"],
        target=None,
        articles=[Article(17)],
        guards=["deadline_later"],
        reason=True,
        sentence="{actor}把{ref}的评分截止时间延长到{closes}",
    )
    def extend(self, *, actor, at, closes_at=None, **values):
        before, self.closes_at = self.closes_at, closes_at
        return {"before": before, "closes": deadline_text(closes_at)}

    @step(
        "截止评分",
        source=["scoring"],
        target="closed",
        articles=[Article(17), Article(18)],
        guards=["time_over_or_all_in"],
        irreversible=True,
        consequences=["已提交的评分锁定", "没有提交的评审任务撤销，不计入结果"],
        sentence="{ref}评分截止：锁定 {locked} 份，未提交 {missing} 份",
    )
    def close(self, *, actor, at, locked=0, missing=0, **values):
        self.closed_at = at
        return {"locked": locked, "missing": missing}

    @step(
        "补充评审",
        source=["closed"],
        target="scoring",
        articles=[Article(17)],
        guards=["deadline_later"],
        reason=True,
        consequences=["可以再分配专家", "已锁定的评分不变"],
        sentence="{actor}重新开放{ref}以补充评审，{closes}截止",
    )
    def resume(self, *, actor, at, closes_at=None, **values):
        self.closes_at, self.closed_at = closes_at, None
        return {"closes": deadline_text(closes_at)}

    @step(
        "确认结果",
        source=["closed"],
        target="confirmed",
        articles=[Article(17), Article(18)],
        guards=["enough_sheets"],
        four_eyes=True,
        irreversible=True,
        consequences=["各领域按名额和比例划线", "线内申报入围会议评审，其余网评未入围"],
        sentence="{actor}确认了{ref}的结果：入围 {advanced} 份，未入围 {failed} 份",
    )
    def confirm(self, *, actor, at, **values):
        self.confirmed_at = at
        self.lines = self.draw_lines()
        through = sum(len(line["through"]) for line in self.lines.values())
        return {"advanced": through, "failed": sum(line["ranked"] for line in self.lines.values()) - through}
