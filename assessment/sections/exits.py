"""Exit cases for 市科协, notices for the unit, in words."""

from assessment import rules
from assessment.models import ExitCase, ExitNotice
from assessment.models.exit import preconditions
from portal.people.actor import Actor
from portal.people.roles import CAST_ROLES
from portal.web.components import Section
from portal.web.formats import deadline_text, instant_text, money_text

OWN_WISH = [
    ("本人申请", ("requested",)),
    ("单位意见", ("host_opined",)),
    ("市科协批准", ("approved",)),
    ("结算", ("settling",)),
    ("办结", ("closed",)),
]
IMPOSED = [
    ("立案", ("opened",)),
    ("告知并听取申辩", ("notified",)),
    ("决定", ("decided",)),
    ("追回或结算", ("recovering", "settling")),
    ("办结", ("closed",)),
]


def of_case(row: ExitCase, actor: Actor) -> list[Section]:
    basics = [
        ("入选者", row.selectee_name),
        ("依托单位", row.selectee.organisation.name),
        ("事由", f"{row.article}　{row.get_ground_display()}"),
        ("退出原因" if row.is_own_wish else "事实与证据", row.facts),
    ]
    if row.evidence_ref:
        basics.append(("所依据的记录", row.evidence_ref))
    if row.host_opinion:
        basics.append(("单位意见", row.host_opinion))
    return [Section("退出", basics), *_hearing(row, actor), *_decision(row), money(row)]


def _hearing(row: ExitCase, actor: Actor) -> list[Section]:
    """What the unit was told and what it answered; the precondition as it stands."""
    if row.is_own_wish or actor.role not in CAST_ROLES:
        return []
    items = []
    if missing := rules.precondition(row.ground, **preconditions(row.selectee)):
        items.append(("前提", missing[0].message))
    for notice in ExitNotice.objects.filter(case=row).order_by("pk"):
        items.append((f"告知书 {notice.number}", f"{instant_text(notice.delivered_at)} 送达"))
        items.append(("申辩截止", deadline_text(notice.due_at)))
        items.append(("陈述申辩", notice.defence or "没有收到"))
    return [Section("告知与申辩", items)] if items else []


def _decision(row: ExitCase) -> list[Section]:
    if not row.decided_at:
        return []
    words = row.decision_text() if row.decision else "批准退出"
    return [Section("决定", [("决定", words), ("时间", instant_text(row.decided_at))])]


def money(row: ExitCase) -> Section:
    """What a decision is about in money."""
    sums = row.grant().sums()
    owed = sums["paid"] - sums["moved"] - sums["returned"]
    items = [
        ("已拨付", money_text(sums["paid"])),
        ("已支出", money_text(sums["spent"])),
        ("专门账户结余", money_text(sums["balance"])),
        ("已退回", money_text(sums["returned"])),
        ("情节严重的，应追回", money_text(owed)),
    ]
    return Section("经费", items[:4] if row.is_own_wish else items)


def course(row: ExitCase) -> list[tuple[str, str]]:
    """The road of its kind, as (label, done | current | todo)."""
    road = OWN_WISH if row.is_own_wish else IMPOSED
    here = next(place for place, (_, states) in enumerate(road) if row.state in states)
    last = len(road) - 1
    return [
        (label, "done" if place < here or here == last else "current" if place == here else "todo")
        for place, (label, _) in enumerate(road)
    ]


def of_notice(row: ExitNotice) -> list[Section]:
    found = [
        Section(
            "告知",
            [
                ("入选者", row.selectee_name),
                ("事由", f"{row.article}　{row.get_ground_display()}"),
                ("事实", row.facts),
                ("告知内容", row.reason),
                ("送达时间", instant_text(row.delivered_at)),
                ("申辩截止", deadline_text(row.due_at)),
            ],
        ),
        Section("陈述申辩", [("内容", row.defence or "还没有提交")]),
    ]
    if row.outcome_at:
        items = [("决定", row.outcome), ("理由", row.outcome_reason), ("时间", instant_text(row.outcome_at))]
        if row.claimed_fen is not None:
            items.append(("应退回", money_text(row.claimed_fen)))
        found.append(Section("决定", items))
    return found
