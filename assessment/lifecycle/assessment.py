"""考核: 年度, 中期, 期满, with rectification (Art. 30, 32)."""

from django.db import models

from portal.regulation.articles import Article
from portal.web.formats import deadline_text
from portal.workflow.lifecycle import Lifecycle, StateField
from portal.workflow.step import opening, step

BEFORE_JUDGEMENT = ("self_reported", "host_reviewed", "recommender_reviewed")


class AssessmentLifecycle(Lifecycle):
    """Outside 市科协 the time of the experts reads like the wait before it: nobody there learns of them (Art. 33)."""

    machine = "assessment"
    label = "考核"

    class State(models.TextChoices):
        SCHEDULED = "scheduled", "待开展"
        SELF_REPORTED = "self_reported", "自评已报"
        HOST_REVIEWED = "host_reviewed", "单位已审"
        RECOMMENDER_REVIEWED = "recommender_reviewed", "推荐单位已核"
        EXPERT_REVIEW = "expert_review", "专家评价中"
        GRADED = "graded", "已评定"
        RECTIFYING = "rectifying", "整改中"
        RECTIFIED = "rectified", "整改已报"
        LAPSED = "lapsed", "逾期未报整改"
        REGRADED = "regraded", "已复评"
        CLOSED = "closed", "已归档"
        ENDED = "ended", "已终止"

    state = StateField(State)
    final = frozenset({"closed", "ended"})
    outside_labels = {"recommender_reviewed": "市科协评价中", "expert_review": "市科协评价中"}
    colours = {
        "scheduled": "grey",
        "self_reported": "blue",
        "host_reviewed": "blue",
        "recommender_reviewed": "purple",
        "expert_review": "purple",
        "graded": "green",
        "rectifying": "red",
        "rectified": "amber",
        "lapsed": "red",
        "regraded": "amber",
        "closed": "grey",
        "ended": "grey",
    }
    now_with = {
        "scheduled": "入选者",
        "self_reported": "依托单位",
        "host_reviewed": "推荐单位",
        "recommender_reviewed": "市科协",
        "expert_review": "市科协",
        "graded": "市科协",
        "rectifying": "依托单位",
        "rectified": "市科协",
        "lapsed": "市科协",
        "regraded": "市科协",
    }

    class Meta:
        abstract = True

    schedule = opening(
        "安排考核",
        articles=[Article(30), Article(32)],
        guards=["selectee_in_term", "due_ahead"],
        sentence="{actor}安排了{ref}",
    )

    @step(
        "延长期限",
        source=["scheduled", "rectifying"],
        target=None,
        articles=[Article(30)],
        guards=["due_ahead"],
        reason=True,
        sentence="{actor}把{ref}的期限延至{due}",
    )
    def extend(self, *, actor, at, due_at=None, **values):
        name = "due_at" if self.state == self.State.SCHEDULED else "rectify_due_at"
        setattr(self, name, due_at)
        return {"due": deadline_text(due_at)}

    @step(
        "提交自评",
        source=["scheduled"],
        target="self_reported",
        articles=[Article(24), Article(30)],
        guards=["report_complete", "report_in_time"],
        consequences=["自评提交依托单位审核", "提交后不能修改，退回后才能再改"],
        sentence="{actor}提交了{ref}的自评",
    )
    def report(self, *, actor, at, **values):
        self.reported_at = at

    @step(
        "退回自评",
        source=["self_reported"],
        target="scheduled",
        articles=[Article(30)],
        reason=True,
        sentence="{actor}退回了{ref}的自评，{due}前重报",
    )
    def host_return(self, *, actor, at, due_at=None, **values):
        return self.reopen_report(due_at)

    @step(
        "退回自评",
        source=["host_reviewed"],
        target="scheduled",
        articles=[Article(25), Article(30)],
        reason=True,
        sentence="{actor}退回了{ref}的自评，{due}前重报",
    )
    def recommender_return(self, *, actor, at, due_at=None, **values):
        return self.reopen_report(due_at)

    @step(
        "退回自评",
        source=list(BEFORE_JUDGEMENT),
        target="scheduled",
        articles=[Article(30)],
        reason=True,
        sentence="{actor}退回了{ref}的自评，{due}前重报",
    )
    def return_report(self, *, actor, at, due_at=None, **values):
        return self.reopen_report(due_at)

    @step(
        "审核自评",
        source=["self_reported"],
        target="host_reviewed",
        articles=[Article(30)],
        guards=["opinion_given"],
        sentence="{actor}审核了{ref}",
    )
    def host_review(self, *, actor, at, opinion="", **values):
        self.host_opinion = opinion

    @step(
        "核实考核",
        source=["host_reviewed"],
        target="recommender_reviewed",
        articles=[Article(25), Article(30)],
        guards=["opinion_given"],
        sentence="{actor}核实了{ref}",
    )
    def recommender_review(self, *, actor, at, opinion="", **values):
        self.recommender_opinion = opinion

    @step(
        "交专家评价",
        source=["recommender_reviewed"],
        target="expert_review",
        articles=[Article(32), Article(33)],
        guards=["term_over", "experts_of_all_kinds"],
        confidential=True,
        consequences=["考核专家可以看到评价材料并评分", "专家名单和评分对推荐单位、依托单位保密"],
        sentence="{actor}把{ref}交专家评价",
    )
    def start_expert_review(self, *, actor, at, **values):
        pass

    @step(
        "评定等级",
        source=["recommender_reviewed", "expert_review"],
        target="graded",
        articles=[Article(30), Article(32)],
        guards=["judged_by_experts", "grade_allowed", "basis_given"],
        sentence="{ref}评定为{grade}",
    )
    def grade(self, *, actor, at, grade="", basis="", **values):
        self.grade_value, self.basis, self.graded_at = grade, basis, at
        return {"grade": self.Grade(grade).label}

    @step(
        "下达整改",
        source=["graded", "regraded"],
        target="rectifying",
        articles=[Article(30)],
        guards=["grade_is_failing", "rectification_left"],
        reason=True,
        consequences=["整改通知送达依托单位和入选者", "整改期间后续经费不具备拨付条件"],
        sentence="{actor}就{ref}下达整改，{due}前完成",
    )
    def demand_rectification(self, *, actor, at, due_at=None, **values):
        self.rectify_due_at, self.rectify_count = due_at, self.rectify_count + 1
        return {"due": deadline_text(due_at), "times": self.rectify_count}

    @step(
        "报告整改",
        source=["rectifying"],
        target="rectified",
        articles=[Article(30)],
        guards=["rectification_in_time", "rectification_told"],
        sentence="{actor}报告了{ref}的整改情况",
    )
    def report_rectification(self, *, actor, at, text="", **values):
        self.rectification_text, self.rectified_at = text, at

    @step(
        "整改期满未报",
        source=["rectifying"],
        target="lapsed",
        articles=[Article(30), Article(31, 2, 1)],
        guards=["rectification_overdue"],
        sentence="{ref}整改期满，没有收到整改报告",
    )
    def lapse(self, *, actor, at, **values):
        pass

    @step(
        "复评",
        source=["rectified", "lapsed"],
        target="regraded",
        articles=[Article(30), Article(31, 2, 1)],
        guards=["regrade_allowed", "basis_given"],
        consequences=["整改次数用完后复评仍不合格的，按第三十一条（二）1 立案"],
        sentence="{ref}复评为{grade}",
    )
    def regrade(self, *, actor, at, grade="", basis="", **values):
        self.regrade_value, self.basis = grade, basis
        return {"grade": self.Grade(grade).label}

    @step(
        "归档",
        source=["graded", "regraded"],
        target="closed",
        articles=[Article(30), Article(32)],
        guards=["nothing_to_rectify", "term_can_end"],
        sentence="{actor}归档了{ref}",
    )
    def close(self, *, actor, at, **values):
        self.closed_at = at

    @step(
        "终止考核",
        source=[
            "scheduled",
            *BEFORE_JUDGEMENT,
            "expert_review",
            "graded",
            "rectifying",
            "rectified",
            "lapsed",
            "regraded",
        ],
        target="ended",
        articles=[Article(29), Article(31)],
        by_command=True,
        sentence="{ref}随入选者转出或退出而终止",
    )
    def end(self, *, actor, at, **values):
        self.closed_at = at
