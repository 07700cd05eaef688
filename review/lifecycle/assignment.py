"""评审任务: one expert, one application (Art. 3, 17, 18, 33)."""

from django.db import models

from portal.access import grants
from portal.regulation.articles import Article
from portal.workflow.lifecycle import Lifecycle, StateField
from portal.workflow.step import opening, step

ENDED = ("declined", "recused", "revoked")


class AssignmentLifecycle(Lifecycle):
    """The expert's object grant is given at the invitation and taken away by whatever ends the work."""

    machine = "assignment"
    label = "评审任务"

    class State(models.TextChoices):
        PROPOSED = "proposed", "待确认"
        INVITED = "invited", "已邀请"
        ACCEPTED = "accepted", "已接受"
        SCORING = "scoring", "评分中"
        SUBMITTED = "submitted", "已提交"
        LOCKED = "locked", "已锁定"
        DECLINED = "declined", "谢绝"
        RECUSED = "recused", "回避"
        REVOKED = "revoked", "已撤销"
        REOPENED = "reopened", "退回重评"

    class Recusal(models.TextChoices):
        EMPLOYER = "employer", "同单位"
        KIN = "kin", "亲属"
        COLLABORATION = "collaboration", "合作"
        MENTOR = "mentor", "师生"
        INTEREST = "interest", "经济利益"
        OTHER = "other", "其他"

    state = StateField(State)
    final = frozenset(ENDED)
    live_states = ("invited", "accepted", "scoring", "submitted", "reopened")
    colours = {
        "proposed": "grey",
        "invited": "amber",
        "accepted": "blue",
        "scoring": "blue",
        "submitted": "green",
        "locked": "green",
        "declined": "grey",
        "recused": "grey",
        "revoked": "red",
        "reopened": "amber",
    }
    now_with = {
        "proposed": "评审秘书",
        "invited": "评审专家",
        "accepted": "评审专家",
        "scoring": "评审专家",
        "reopened": "评审专家",
        "submitted": "评审秘书",
    }

    class Meta:
        abstract = True

    propose = opening(
        "分配专家",
        articles=[Article(3), Article(17)],
        guards=["round_takes_experts", "expert_fits", "no_conflict", "load_left", "employers_spread"],
        sentence="{actor}拟请{expert}评审{application}",
        by_command=True,
    )

    @step(
        "邀请专家",
        source=["proposed"],
        target="invited",
        articles=[Article(17)],
        by_command=True,
        sentence="{ref}：邀请{expert}评审{application}",
    )
    def invite(self, *, actor, at, **values):
        self.invited_at = at
        self.sequence = self.next_sequence()
        grants.give(self.expert.user, self)
        return {"expert": self.expert.number, "application": self.application_number}

    @step(
        "声明无利害关系",
        source=["invited"],
        target="accepted",
        articles=[Article(17), Article(33)],
        guards=["window_open", "undertaking_signed"],
        by_command=True,
        sentence="{ref}：专家声明无利害关系并接受评审",
    )
    def accept(self, *, actor, at, **values):
        self.accepted_at = at

    @step(
        "谢绝评审",
        source=["invited", "accepted", "scoring", "reopened"],
        target="declined",
        articles=[Article(17)],
        reason=True,
        irreversible=True,
        consequences=["这份申报不再由您评审", "市科协另请专家"],
        sentence="{ref}：专家谢绝评审",
    )
    def decline(self, *, actor, at, **values):
        grants.take_away(self.expert.user, self)

    @step(
        "申请回避",
        source=["invited", "accepted", "scoring", "reopened", "submitted"],
        target="recused",
        articles=[Article(17), Article(33)],
        guards=["recusal_named"],
        irreversible=True,
        consequences=["您不再看到这份申报", "已打的分不计入结果", "市科协另请专家"],
        sentence="{ref}：专家申请回避（{kind}）",
    )
    def recuse(self, *, actor, at, kind="", note="", **values):
        self.recusal, self.recusal_note = kind, note
        grants.take_away(self.expert.user, self)
        return {"kind": self.Recusal(kind).label}

    @step(
        "开始评分",
        source=["accepted"],
        target="scoring",
        articles=[Article(18)],
        guards=["window_open"],
        action="assignment.score",
        by_command=True,
        sentence="{ref}：专家开始评分",
    )
    def begin_scoring(self, *, actor, at, **values):
        pass

    @step(
        "提交评分",
        source=["accepted", "scoring", "reopened"],
        target="submitted",
        articles=[Article(18)],
        guards=["window_open", "scores_complete"],
        irreversible=True,
        consequences=["提交后不能修改，如需更正请联系市科协"],
        sentence="{ref}：专家提交评分",
    )
    def submit(self, *, actor, at, **values):
        self.submitted_at = at
        self.salt, self.digest = self.sealed()
        return {"digest": self.digest}

    @step(
        "退回重评",
        source=["submitted"],
        target="reopened",
        articles=[Article(18)],
        guards=["window_open"],
        reason=True,
        sentence="{actor}把{ref}退回专家重评",
    )
    def reopen(self, *, actor, at, **values):
        self.submitted_at = None

    @step(
        "锁定评分",
        source=["submitted"],
        target="locked",
        articles=[Article(18)],
        by_command=True,
        sentence="{ref}的评分锁定",
    )
    def lock(self, *, actor, at, **values):
        self.locked_at = at
        grants.take_away(self.expert.user, self)

    @step(
        "撤销任务",
        source=["proposed", "invited", "accepted", "scoring", "reopened", "submitted", "locked"],
        target="revoked",
        articles=[Article(17)],
        guards=["results_open"],
        reason=True,
        irreversible=True,
        consequences=["专家不再看到这份申报", "已打的分保留备查，不计入结果"],
        sentence="{actor}撤销了{ref}",
    )
    def revoke(self, *, actor, at, **values):
        grants.take_away(self.expert.user, self)
