"""会议评审: a panel's meeting (Art. 17, 18, 33)."""

from django.db import models

from portal.regulation.articles import Article
from portal.workflow.lifecycle import Lifecycle, StateField
from portal.workflow.step import opening, step


class MeetingLifecycle(Lifecycle):
    machine = "meeting"
    label = "会议评审"

    class State(models.TextChoices):
        PLANNED = "planned", "已安排"
        IN_SESSION = "in_session", "进行中"
        VOTING = "voting", "投票中"
        CLOSED = "closed", "已结束"
        MINUTES_SIGNED = "minutes_signed", "纪要已签"

    state = StateField(State)
    final = frozenset({"minutes_signed"})
    colours = {
        "planned": "blue",
        "in_session": "purple",
        "voting": "purple",
        "closed": "amber",
        "minutes_signed": "green",
    }
    now_with = {
        "planned": "评审秘书",
        "in_session": "评审专家",
        "voting": "评审专家",
        "closed": "评审组组长",
    }

    class Meta:
        abstract = True

    plan = opening(
        "安排会议评审",
        articles=[Article(17)],
        guards=["cycle_in_panel_review"],
        sentence="{actor}安排了会议评审{ref}",
    )

    @step(
        "修改会议安排",
        source=["planned"],
        target=None,
        articles=[Article(17)],
        sentence="{actor}修改了{ref}的安排",
    )
    def arrange(self, *, actor, at, **values):
        """values: title, place, held_at; what is not given stays."""
        for name in ("title", "place", "held_at"):
            setattr(self, name, values.get(name) or getattr(self, name))

    @step(
        "抽签定序",
        source=["planned"],
        target=None,
        articles=[Article(17)],
        guards=["candidates_chosen", "not_drawn_yet", "chair_named"],
        irreversible=True,
        consequences=["答辩顺序按抽签结果固定，签号和种子记录在案"],
        sentence="{actor}为{ref}抽签定序，种子 {seed}",
    )
    def draw(self, *, actor, at, seed=None, order=(), **values):
        self.lot_seed = seed
        return {"seed": seed, "order": list(order)}

    @step(
        "宣布开会",
        source=["planned"],
        target="in_session",
        articles=[Article(17), Article(33)],
        guards=["lots_drawn", "enough_members", "quorum", "members_ready"],
        irreversible=True,
        consequences=["候选人进入会议评审", "到会专家可以看到材料并打分"],
        sentence="{actor}宣布{ref}开会，到会 {present}/{members} 人",
    )
    def start(self, *, actor, at, **values):
        self.started_at = at
        return {"present": self.present().count(), "members": self.members.count()}

    @step(
        "开始投票",
        source=["in_session"],
        target="voting",
        articles=[Article(17), Article(18)],
        guards=["all_scored", "quorum"],
        irreversible=True,
        consequences=["到会专家对每位候选人无记名投票"],
        sentence="{actor}宣布{ref}开始投票",
    )
    def open_voting(self, *, actor, at, **values):
        self.voting_at = at

    @step(
        "结束会议",
        source=["voting"],
        target="closed",
        articles=[Article(17), Article(18)],
        guards=["quorum_took_part", "all_voted"],
        irreversible=True,
        consequences=["清点选票并公布结果"],
        sentence="{actor}宣布{ref}结束，{passed} 位候选人通过表决",
    )
    def close(self, *, actor, at, passed=0, **values):
        self.closed_at = at
        return {"passed": passed}

    @step(
        "填写会议纪要",
        source=["closed"],
        target=None,
        articles=[Article(17)],
        sentence="{actor}填写了{ref}的会议纪要",
    )
    def write_minutes(self, *, actor, at, minutes="", **values):
        self.minutes = minutes

    @step(
        "签署会议纪要",
        source=["closed"],
        target="minutes_signed",
        articles=[Article(17)],
        guards=["signer_is_chair", "minutes_ready"],
        irreversible=True,
        consequences=["纪要定稿并生成 PDF"],
        sentence="组长签署了{ref}的会议纪要",
    )
    def sign_minutes(self, *, actor, at, **values):
        self.minutes_signed_at = at
