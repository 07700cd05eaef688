"""Contacts and changes of key facts (Art. 25, 28): who writes, what is kept, what is refused, all by table."""

from datetime import date, datetime, timedelta

import pytest

from assessment.commands import tracking
from assessment.models import ContactRecord, InformationChange
from fixtures.scenarios import cultivating as tell
from fixtures.scenarios.world import BEIJING
from funding.models import Selectee
from portal.access.decide import Denied, narrow
from portal.events.deliver import deliver_all
from portal.events.models import Event
from portal.notifications.models import Notification
from portal.regulation.rules import Refused
from portal.tenancy.reach import Because, everything
from tests.assessment.asking import now, refusal

EVERYBODY = (
    "applicant1", "host1", "host1-boss", "haidian", "haidian-boss", "chaoyang", "host3", "applicant3", "expert1",
    "officer", "secretary", "finance", "supervisor", "auditor", "sysadmin",
)  # fmt: skip


def findings(refused) -> list[str]:
    return [str(finding) for finding in refused.value.findings]


def outcome(world, login: str, verb, selectee, **values) -> str:
    """written, denied, or unseen: what becomes of one person's attempt upon the selectee."""
    with everything(because=Because.SEED):
        row = Selectee.objects.get(pk=selectee.pk)
    with world.acting(login) as actor:
        if not Selectee.objects.filter(pk=selectee.pk).exists():
            return "unseen"
        try:
            verb(row, actor=actor, at=world.at, **values)
        except Denied:
            return "denied"
    return "written"


# --- contacts --------------------------------------------------------------------------------------------------------


def contact(world, login: str, selectee, day: date, at: datetime | None = None, **values) -> ContactRecord:
    given = {"kind": "visit", "happened_date": day, "summary": "走访", **values}
    with world.acting(login) as actor:
        return tracking.add(Selectee.objects.get(pk=selectee.pk), actor=actor, at=at or world.at, **given)


@pytest.mark.parametrize("login", EVERYBODY)
def test_who_writes_a_contact_down(world, selectee, login):
    wanted = {
        "applicant1": "denied", "host1": "denied", "host1-boss": "denied", "haidian": "written",
        "haidian-boss": "denied", "chaoyang": "unseen", "host3": "unseen", "applicant3": "unseen",
        "expert1": "unseen", "officer": "written", "secretary": "denied", "finance": "denied",
        "supervisor": "denied", "auditor": "denied", "sysadmin": "denied",
    }  # fmt: skip
    values = {"kind": "call", "happened_date": world.at.date(), "summary": "了解进展"}
    assert outcome(world, login, tracking.add, selectee, **values) == wanted[login]


def test_who_reads_a_contact(world, selectee):
    """The unit that made it, and 市科协; nobody else."""
    contact(world, "haidian", selectee, world.at.date(), summary="推荐单位的")
    contact(world, "officer", selectee, world.at.date(), summary="市科协的")
    seen = {}
    for login in EVERYBODY:
        with world.acting(login) as actor:
            rows = narrow(actor, "tracking.list", ContactRecord.objects.all())
            seen[login] = sorted(rows.values_list("summary", flat=True))
    both = ["市科协的", "推荐单位的"]
    readers = {"haidian": ["推荐单位的"], "haidian-boss": ["推荐单位的"]}
    readers |= dict.fromkeys(("officer", "supervisor", "auditor"), both)
    assert seen == {login: readers.get(login, []) for login in EVERYBODY}


# An instant is judged by the Beijing day it falls on: half past midnight there is still yesterday in Greenwich.
AT = datetime(2026, 2, 12, 0, 30, tzinfo=BEIJING)


@pytest.mark.parametrize(("day", "kept"), [(11, True), (12, True), (13, False)])
def test_a_contact_has_happened(world, selectee, day, kept):
    if kept:
        row = contact(world, "haidian", selectee, date(2026, 2, day), at=AT)
        assert (row.happened_date, row.recorded_at, row.organisation_id) == (
            date(2026, 2, day), AT, world["haidian"].organisation_id,
        )  # fmt: skip
        return
    with pytest.raises(Refused) as refused:
        contact(world, "haidian", selectee, date(2026, 2, day), at=AT)
    assert findings(refused) == ["联系日期不能晚于今天（第二十八条）"]


def test_a_contact_leaves_one_event_that_names_its_kind(world, selectee):
    contact(world, "haidian", selectee, world.at.date(), kind="meeting")
    with everything(because=Because.CHECK_INVARIANTS):
        (event,) = Event.objects.filter(kind="tracking.add")
    assert (event.record_ref, event.facts, event.actor_user_id) == (
        selectee.number, {"kind": "座谈"}, world["haidian"].user_id,
    )  # fmt: skip


# --- changes of key facts --------------------------------------------------------------------------------------------


def ask(world, selectee, fact: str, after: str, login: str = "host1") -> InformationChange:
    tell.later(world)
    with world.acting(login) as actor:
        mine = Selectee.objects.get(pk=selectee.pk)
        return tracking.request_change(mine, actor=actor, at=world.at, fact=fact, after=after, because="原因")


@pytest.mark.parametrize("login", EVERYBODY)
def test_who_asks_for_a_change(world, selectee, login):
    wanted = {
        "applicant1": "written", "host1": "written", "host1-boss": "denied", "haidian": "denied",
        "haidian-boss": "denied", "chaoyang": "unseen", "host3": "unseen", "applicant3": "unseen",
        "expert1": "unseen", "officer": "denied", "secretary": "denied", "finance": "denied",
        "supervisor": "denied", "auditor": "denied", "sysadmin": "denied",
    }  # fmt: skip
    values = {"fact": "name", "after": "新名", "because": "更名"}
    assert outcome(world, login, tracking.request_change, selectee, **values) == wanted[login]


@pytest.mark.parametrize(
    ("fact", "after", "before", "kept"),
    [
        ("name", "许伟宏", "许宏伟", "许伟宏"),
        ("field", "未来前沿", None, "未来前沿"),
        ("ends_date", "2029-06-30", None, date(2029, 6, 30)),
    ],
)
def test_an_approved_change_is_written_into_the_selectee(world, selectee, fact, after, before, kept):
    standing = now(Selectee, pk=selectee.pk)
    row = ask(world, selectee, fact, after)
    assert row.before == str(before or getattr(standing, fact)) and getattr(now(Selectee, pk=selectee.pk), fact) != kept
    row = tell.by(world, "officer", tracking.approve_change, row)
    changed = now(Selectee, pk=selectee.pk)
    assert (row.state, row.decided_at, getattr(changed, fact)) == ("approved", world.at, kept)
    assert changed.version == standing.version + 1


def test_a_refused_change_changes_nothing(world, selectee):
    row = ask(world, selectee, "name", "新名")
    assert refusal(world, "officer", tracking.refuse_change, row, reason=" ") == ["请填写理由（第二十八条）"]
    row = tell.by(world, "officer", tracking.refuse_change, row, reason="证件不符")
    assert (row.state, now(Selectee, pk=selectee.pk).name) == ("refused", selectee.name)


def test_a_change_changes_something(world, selectee):
    with pytest.raises(Refused) as refused:
        ask(world, selectee, "name", selectee.name)
    assert findings(refused) == ["新内容与原内容相同（第二十八条）"]


@pytest.mark.parametrize(("days", "sound"), [(-1, False), (0, False), (1, True)])
def test_a_term_ends_after_it_began(world, selectee, days, sound):
    after = (selectee.starts_date + timedelta(days=days)).isoformat()
    if sound:
        assert ask(world, selectee, "ends_date", after).state == "requested"
        return
    with pytest.raises(Refused) as refused:
        ask(world, selectee, "ends_date", after)
    assert findings(refused) == ["培养期止应晚于培养期起（第二十八条）"]


def test_each_fact_has_one_open_request(world, selectee):
    ask(world, selectee, "name", "新名")
    assert ask(world, selectee, "field", "新领域").number == f"{selectee.number.replace('RX', 'XB')}-2"
    with pytest.raises(Refused) as refused:
        ask(world, selectee, "name", "另一个名")
    assert findings(refused) == ["这一事项已有变更申请在办理（第二十八条）"]


@pytest.mark.parametrize("when", ["asked", "approved"])
def test_an_ended_term_changes_no_more(world, selectee, when):
    row = ask(world, selectee, "name", "新名") if when == "approved" else None
    tell.left(world, selectee)
    words = ["入选者现在是“退出”，不再变更信息（第二十八条）"]
    if row:
        assert refusal(world, "officer", tracking.approve_change, row) == words
        return
    with pytest.raises(Refused) as refused:
        ask(world, selectee, "name", "新名")
    assert findings(refused) == words


def test_whoever_asked_learns_the_answer(world, selectee):
    row = ask(world, selectee, "name", "新名", login="applicant1")
    deliver_all()
    tell.by(world, "officer", tracking.approve_change, row)
    deliver_all()
    with everything(because=Because.CHECK_INVARIANTS):
        told = Notification.objects.filter(link__contains=f"/information-changes/{row.number}/")
        recipients = {each.recipient_id for each in told}
    assert {world[login].user_id for login in ("applicant1", "officer")} <= recipients
    assert not recipients & {world[login].user_id for login in ("host3", "applicant3", "chaoyang")}
