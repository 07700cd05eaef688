"""Transfers and information changes, in words."""

from assessment.models import InformationChange, Transfer
from portal.people.actor import Actor
from portal.web.components import Section
from portal.web.formats import instant_text, money_text
from portal.web.links import record_url

ROAD = [
    ("本人申请", ("requested",)),
    ("原单位同意", ("origin_consented",)),
    ("新单位接收", ("destination_accepted",)),
    ("市科协批准", ("approved",)),
    ("余额划转", ("settled",)),
]


def of_transfer(row: Transfer, actor: Actor) -> list[Section]:
    """The new unit reads what it must know to decide; the account's number stays masked for all but its owner."""
    at_destination = actor.organisation_id == row.destination_id
    basics = [
        ("入选者", row.selectee_name),
        ("领域", row.field),
        ("原单位", row.organisation.name),
        ("新单位", row.destination.name),
        ("研究领域", "继续在原研究领域工作" if row.same_field else "脱离原研究领域"),
    ]
    if not at_destination:
        basics.append(("变更原因", row.because))
    return [Section("单位变更", basics), _money(row, at_destination), *_rows(row, actor)]


def _money(row: Transfer, at_destination: bool) -> Section:
    items = []
    if row.accepted_at:
        account = f"{row.account_name}　{row.bank}　{row.account_number}"
        items.append(("新单位专门账户", account))
    if row.moved_fen is not None:
        items.append(("已划转余额", f"{money_text(row.moved_fen)}（{instant_text(row.settled_at)}）"))
    elif not at_destination:
        sums = row.selectee.grant.sums()
        items += [
            ("已拨付", money_text(sums["paid"])),
            ("已支出", money_text(sums["spent"])),
            ("待划转余额", money_text(sums["balance"])),
        ]
    return Section("经费", items or [("余额", "批准后由原单位专门账户划转")])


def _rows(row: Transfer, actor: Actor) -> list[Section]:
    """Where the term stood and where it goes on, as far as the viewer reaches."""
    at_destination = actor.organisation_id == row.destination_id
    old = None if at_destination else row.selectee
    items = [("原单位的记录", old), ("新单位承接的记录", row.successor())]
    found = [(label, each.number) for label, each in items if each and record_url(each, actor)]
    return [Section("入选者记录", found)] if found else []


def course(row: Transfer) -> list[tuple[str, str]]:
    """Three signatures and the money, as (label, done | current | todo); a state says what is done."""
    here = next((place for place, (_, states) in enumerate(ROAD) if row.state in states), None)
    if here is None:
        return []
    return [
        (label, "done" if place <= here else "current" if place == here + 1 else "todo")
        for place, (label, _) in enumerate(ROAD)
    ]


def of_information_change(row: InformationChange) -> list[Section]:
    return [
        Section(
            "信息变更",
            [
                ("入选者", row.selectee.name),
                ("依托单位", row.organisation.name),
                ("变更事项", row.get_fact_display()),
                ("原内容", row.shown(row.before)),
                ("新内容", row.shown(row.after)),
                ("变更原因", row.because),
            ],
        )
    ]
