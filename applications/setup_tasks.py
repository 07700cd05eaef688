"""The year's set-up as a task list (S7): what is done, what is to do, what waits for an earlier task."""

from django.urls import reverse

from applications.models import Cycle
from portal.access.decide import decide
from portal.people.actor import Actor
from portal.web.components import Task, TaskGroup

RUBRICS = ("network", "panel", "final")  # JSONB keeps no order
DONE, TO_DO, LATER, SET = "已完成", "待做", "前面完成后可做", "已设置"


def task_groups(cycle: Cycle, actor: Actor) -> list[TaskGroup]:
    """Four queries. Only who may edit gets links; once the year has opened, only notices can still be written."""
    faulty = {finding.article.number for finding in cycle.faults()}
    fields = cycle.fields.filter(places__gt=0).exists()
    quotas = cycle.quotas.filter(places__gt=0).exists()
    calls = list(cycle.notices.filter(kind="call"))
    published = any(call.is_public for call in calls)
    ready = fields and quotas
    rubrics = [
        _task(cycle, actor, f"评分标准：{rubric['name']}", "cycle.edit.rubric", 18 not in faulty, rubric=code)
        for code, rubric in sorted(cycle.rubrics.items(), key=lambda pair: RUBRICS.index(pair[0]))
    ]
    return [
        TaskGroup(
            "名额与时间",
            [
                _task(cycle, actor, "时间、界限和资助", "cycle.edit", 16 not in faulty),
                _task(cycle, actor, "支持领域和名额", "cycle.edit.fields", fields),
                _task(cycle, actor, "推荐单位名额", "cycle.edit_quotas", quotas),
            ],
        ),
        TaskGroup(
            "表单与标准",
            [
                _task(cycle, actor, "申报书字数", "cycle.edit.form", 13 not in faulty),
                *rubrics,
                _task(cycle, actor, "参数", "cycle.edit.settings", not faulty - {13, 16, 18}),
            ],
        ),
        TaskGroup("通知与开放", [_call(cycle, actor, calls, published, ready), _opening(cycle, actor, published)]),
    ]


def _task(cycle: Cycle, actor: Actor, label: str, name: str, done: bool, **kwargs) -> Task:
    action = ".".join(name.split(".")[:2])
    editable = cycle.state == Cycle.State.PREPARING and decide(actor, action).allowed
    url = reverse(f"manage:{name}", kwargs={**cycle.url_kwargs(), **kwargs}) if editable else ""
    return Task(label, url, DONE if done else TO_DO, None if done else "blue")


def _call(cycle: Cycle, actor: Actor, calls: list, published: bool, ready: bool) -> Task:
    """The newest call in hand, or the page that composes one from the year's figures."""
    if calls:
        call = max(calls, key=lambda each: each.pk)
        url = reverse("manage:notice.view", kwargs=call.url_kwargs()) if decide(actor, "notice.view").allowed else ""
        return Task("申报通知", url, DONE if published else call.state_label(), None if published else "amber")
    if not ready:
        return Task("申报通知", "", LATER)
    may = decide(actor, "notice.create").allowed
    url = reverse("manage:notice.compose", kwargs=cycle.url_kwargs()) if may else ""
    return Task("申报通知", url, TO_DO, "blue")


def _opening(cycle: Cycle, actor: Actor, published: bool) -> Task:
    if cycle.state != Cycle.State.PREPARING:
        return Task("开放申报", "", DONE)
    if not published:
        return Task("开放申报", "", LATER)
    url = reverse("manage:cycle.open", kwargs=cycle.url_kwargs()) if decide(actor, "cycle.open").allowed else ""
    return Task("开放申报", url, TO_DO, "blue")
