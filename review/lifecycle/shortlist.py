"""拟入选名单: drafted by score, deliberated by people, approved by a second person (Art. 9, 19)."""

from django.db import models

from portal.regulation.articles import Article
from portal.workflow.lifecycle import Lifecycle, StateField
from portal.workflow.step import opening, step


class ShortlistLifecycle(Lifecycle):
    machine = "shortlist"
    label = "拟入选名单"

    class State(models.TextChoices):
        DRAFTING = "drafting", "拟定"
        DELIBERATED = "deliberated", "综合论证"
        APPROVED = "approved", "已批准"

    state = StateField(State)
    final = frozenset({"approved"})
    colours = {"drafting": "blue", "deliberated": "amber", "approved": "green"}
    now_with = {"drafting": "评审秘书", "deliberated": "项目负责人"}

    class Meta:
        abstract = True

    draft = opening(
        "拟定拟入选名单",
        articles=[Article(19)],
        guards=["meetings_finished"],
        sentence="{actor}拟定了{ref}，共 {candidates} 位候选人",
    )

    @step(
        "调整名单",
        source=["drafting"],
        target=None,
        articles=[Article(19)],
        guards=["move_possible"],
        reason=True,
        sentence="{actor}在{ref}中{change}",
    )
    def move(self, *, actor, at, application="", position=None, chosen=None, **values):
        """The command has moved the entry; here stands what was done."""
        where = f"移到第 {position} 位" if position else ""
        what = "" if chosen is None else ("列为拟入选" if chosen else "不列为拟入选")
        return {"change": f"把{application}{'，'.join(filter(None, [where, what]))}", "application": application}

    @step(
        "填写综合论证纪要",
        source=["drafting"],
        target=None,
        articles=[Article(19)],
        sentence="{actor}填写了{ref}的综合论证纪要",
    )
    def write_minutes(self, *, actor, at, minutes="", **values):
        self.minutes = minutes

    @step(
        "完成综合论证",
        source=["drafting"],
        target="deliberated",
        articles=[Article(19)],
        guards=["minutes_ready", "inside_places", "chosen_passed"],
        consequences=["名单固定为一个新版本，不再改动"],
        sentence="{actor}完成了{ref}的综合论证，形成第 {number} 版",
    )
    def deliberate(self, *, actor, at, **values):
        self.deliberated_at = at
        return self.freeze(actor=actor, at=at)

    @step(
        "退回拟定",
        source=["deliberated"],
        target="drafting",
        articles=[Article(19)],
        reason=True,
        sentence="{actor}把{ref}退回拟定",
    )
    def send_back(self, *, actor, at, **values):
        pass

    @step(
        "批准名单",
        source=["deliberated"],
        target="approved",
        articles=[Article(19)],
        guards=["inside_places", "chosen_passed", "version_unchanged"],
        four_eyes=True,
        irreversible=True,
        consequences=["名单内的申报列为拟入选，其余会评未通过", "可以起草拟入选公示"],
        sentence="{actor}批准了{ref}第 {number} 版：拟入选 {chosen} 人",
    )
    def approve(self, *, actor, at, **values):
        self.approved_at = at
        last = self.latest()
        return {"number": last.number, "digest": last.digest, "chosen": self.entries.filter(chosen=True).count()}
