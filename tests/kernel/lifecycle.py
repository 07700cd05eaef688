"""A small machine with every kind of step, and its rows of the matrix."""

from django.db import models

from portal.access import matrix
from portal.regulation.articles import Article
from portal.regulation.rules import failed, priority
from portal.workflow.lifecycle import Lifecycle, StateField
from portal.workflow.step import opening, step

ROWS = """
errand.list | 查看事项 | host_clerk own, applicant mine, recommender_officer below, expert assigned, cast_officer any
errand.view | 查看事项 | host_clerk own, applicant mine, recommender_officer below, expert assigned, cast_officer any
errand.create | * | host_clerk own
errand.promise | * | applicant mine
errand.send | * | host_approver own
errand.give_back | * | recommender_officer below
errand.finish.prepare | 拟办办结 | cast_officer any, cast_supervisor any
errand.finish | * | cast_supervisor any
errand.drop | * | host_approver own, cast_officer any
errand.expire | * | system any
"""
if "errand.create" not in matrix.MATRIX:
    matrix.MATRIX.update(matrix.parse(ROWS))


class ErrandLifecycle(Lifecycle):
    machine = "errand"
    label = "事项"

    class State(models.TextChoices):
        DRAFT = "draft", "起草"
        SENT = "sent", "已报"
        DONE = "done", "办结"
        DROPPED = "dropped", "撤回"
        EXPIRED = "expired", "过期"

    state = StateField(State)
    final = frozenset({"done", "dropped", "expired"})
    constraint_findings = {"errand_title_once": failed("这个题目已经有了")}

    class Meta:
        abstract = True

    create = opening("新建事项", articles=[Article(10)], sentence="{actor}新建了事项{ref}", guards=["is_titled"])

    @step("承诺", source=["draft"], target=None, articles=[Article(14)], sentence="{actor}对{ref}作了承诺")
    def promise(self, *, actor, at, **values):
        self.promised_at = at

    @step(
        "报送",
        source=["draft"],
        target="sent",
        articles=[Article(13, 3)],
        guards=["is_titled", "comes_early"],
        sentence="{actor}把{ref}报给{recommender}",
    )
    def send(self, *, actor, at, **values):
        self.sent_at = at
        return {"recommender": self.recommender.name}

    @step(
        "退回",
        source=["sent"],
        target="draft",
        articles=[Article(13, 4)],
        reason=True,
        sentence="{actor}退回了{ref}",
    )
    def give_back(self, *, actor, at, **values):
        self.promised_at = None

    @step(
        "办结",
        source=["sent"],
        target="done",
        articles=[Article(15)],
        four_eyes=True,
        confidential=True,
        sentence="{actor}办结了{ref}",
    )
    def finish(self, *, actor, at, result="", **values):
        self.title = result or self.title

    @step(
        "撤回",
        source=["draft", "sent"],
        target="dropped",
        articles=[Article(13, 3)],
        irreversible=True,
        sentence="{actor}撤回了{ref}",
    )
    def drop(self, *, actor, at, **values):
        pass

    @step(
        "过期",
        source=["draft"],
        target="expired",
        articles=[Article(13, 3)],
        by_command=True,
        sentence="{ref}过期",
    )
    def expire(self, *, actor, at, **values):
        pass

    def is_titled(self, *, actor, at, **values):
        if not self.title:
            yield failed("没有题目", article=Article(9))

    def comes_early(self, *, actor, at, **values):
        return priority("报得早", article=Article(9))
