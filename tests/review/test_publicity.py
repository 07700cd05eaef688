"""From the scores to the list, the publicity and the objections, at their edges, in commands (Art. 9, 19)."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from applications.commands import notice as notices
from applications.models import Application, CycleField, Notice
from applications.tasks import notices_due
from fixtures.scenarios import reviewing
from fixtures.scenarios.world import BEIJING
from portal.events.deliver import deliver_all
from portal.events.models import Event
from portal.people.actor import actor_from
from portal.people.models import Membership
from portal.regulation.rules import Refused
from portal.tenancy.reach import Because, everything
from review.commands import objection as objections
from review.commands import publicity
from review.commands import shortlist as shortlists
from review.models import Objection, Shortlist, ShortlistEntry
from tests.review.conftest import from_point

TICK = timedelta(microseconds=1)


def seeded():
    return everything(because=Because.SEED)


def messages(refused) -> list[str]:
    return [finding.message for finding in refused.value.blocking]


def by(world, login: str, verb, record, **values):
    with world.acting(login) as actor:
        return verb(record, actor=actor, at=world.at, **values)


def entries(shortlist: Shortlist, **found) -> list[ShortlistEntry]:
    with seeded():
        return list(ShortlistEntry.objects.filter(shortlist=shortlist, **found).order_by("field_code", "position"))


def states(*numbers: str) -> list[str]:
    with seeded():
        found = dict(Application.objects.values_list("number", "state"))
    return [found[number] for number in numbers]


def second_hat(world, login: str, role: str):
    """The same person in a second role at 市科协."""
    given = {"organisation": world.cast, "role": role, "from_date": "2020-01-01"}
    return actor_from(Membership.objects.create(user_id=world[login].user_id, **given))


# --- shortlist -------------------------------------------------------------------------------------------------------


def drafted(world, places: int | None = None) -> Shortlist:
    """The list as the machine drafts it, every field with so many places."""
    with seeded():
        if places is not None:
            CycleField.objects.filter(cycle=reviewing.the_cycle(world)).update(places=places)
    world.at += timedelta(days=2)
    return by(world, "secretary", shortlists.draft, reviewing.the_cycle(world))


def crowded(shortlist: Shortlist) -> list[ShortlistEntry]:
    """The entries of the field with the most candidates."""
    by_field: dict[str, list[ShortlistEntry]] = {}
    for each in entries(shortlist):
        by_field.setdefault(each.field_code, []).append(each)
    return max(by_field.values(), key=len)


@from_point("minuted")
def test_the_draft_follows_score_vote_and_places(world):
    """40 % network, 60 % panel, two decimals half up; who passed the vote is chosen down to the places."""
    shortlist = drafted(world, places=1)
    for each in entries(shortlist):
        exact = (each.network * 40 + each.panel * 60) / 100
        assert abs(each.composite - exact) <= Decimal("0.005")
    field = crowded(shortlist)
    assert [each.position for each in field] == list(range(1, len(field) + 1))
    assert [each.composite for each in field] == sorted((each.composite for each in field), reverse=True)
    passed = [each for each in field if each.passed]
    assert [each for each in field if each.chosen] == passed[:1]


@from_point("minuted")
def test_a_field_never_gets_more_than_its_places_and_may_get_fewer(world):
    shortlist = drafted(world, places=1)
    by(world, "secretary", shortlists.write_minutes, shortlist, minutes="经综合论证。")
    first, second = [each for each in crowded(shortlist) if each.passed][:2]
    move = {"application": second.application_number, "reason": "经论证列入"}
    by(world, "secretary", shortlists.move, shortlist, chosen=True, **move)
    with pytest.raises(Refused) as refused:
        by(world, "secretary", shortlists.deliberate, shortlist)
    assert messages(refused) == [f"{second.field_name}拟入选 2 人，名额只有 1 人"]
    for each in (first, second):
        move = {"application": each.application_number, "reason": "经论证暂缓"}
        by(world, "secretary", shortlists.move, shortlist, chosen=False, **move)
    assert by(world, "secretary", shortlists.deliberate, shortlist).state == "deliberated"


@from_point("minuted")
def test_who_did_not_pass_the_vote_is_not_chosen(world):
    with seeded():
        shortlist = drafted(world)
        entry = entries(shortlist, chosen=True)[0]
        ShortlistEntry.objects.filter(pk=entry.pk).update(passed=False)
    by(world, "secretary", shortlists.write_minutes, shortlist, minutes="经综合论证。")
    with pytest.raises(Refused) as refused:
        by(world, "secretary", shortlists.deliberate, shortlist)
    assert messages(refused) == [f"{entry.application_number} 没有通过会议评审表决，不能列为拟入选"]


@from_point("minuted")
@pytest.mark.parametrize("values", [{"position": 2}, {"chosen": False}])
def test_every_move_has_a_reason_that_stands_with_the_entry(world, values):
    shortlist = drafted(world)
    first = crowded(shortlist)[0]
    for reason in ("", "  "):
        with pytest.raises(Refused) as refused:
            by(world, "secretary", shortlists.move, shortlist,
               application=first.application_number, reason=reason, **values)  # fmt: skip
        assert messages(refused) == ["请填写理由"]
    by(world, "secretary", shortlists.move, shortlist,
       application=first.application_number, reason="答辩表现突出", **values)  # fmt: skip
    (moved,) = entries(shortlist, application_number=first.application_number)
    assert moved.moved_because == "答辩表现突出"
    assert {name: getattr(moved, name) for name in values} == values
    with seeded():
        event = Event.objects.select_related("note").get(kind="shortlist.move")
    assert event.note.text == "答辩表现突出"


@from_point("minuted")
def test_a_move_keeps_the_places_of_its_field_and_touches_no_other(world):
    shortlist = drafted(world)
    field = crowded(shortlist)
    others = [each for each in entries(shortlist) if each.field_code != field[0].field_code]
    by(world, "secretary", shortlists.move, shortlist,
       application=field[-1].application_number, position=1, reason="经论证调整")  # fmt: skip
    after = entries(shortlist, field_code=field[0].field_code)
    assert [each.pk for each in after] == [field[-1].pk, *(each.pk for each in field[:-1])]
    assert [each.position for each in after] == list(range(1, len(field) + 1))
    assert [(each.pk, each.position) for each in entries(shortlist) if each.field_code != field[0].field_code] == [
        (each.pk, each.position) for each in others
    ]


@from_point("minuted")
def test_a_second_list_of_a_year_is_refused(world):
    drafted(world)
    with pytest.raises(Refused) as refused:
        by(world, "secretary", shortlists.draft, reviewing.the_cycle(world))
    assert messages(refused) == ["本年度已经拟定了名单"]


@from_point("confirmed")
def test_a_list_waits_for_every_candidates_panel(world):
    with pytest.raises(Refused) as refused:
        by(world, "secretary", shortlists.draft, reviewing.the_cycle(world))
    assert messages(refused) == ["还有 6 位候选人没有会议评审", "还没有会议评审结果"]


@from_point("voting")
def test_a_list_waits_for_signed_minutes(world):
    with pytest.raises(Refused) as refused:
        by(world, "secretary", shortlists.draft, reviewing.the_cycle(world))
    assert messages(refused) == ["会议评审HP2026-01的纪要还没有签署"]


@from_point("minuted")
def test_a_list_without_minutes_is_not_deliberated(world):
    shortlist = drafted(world)
    with pytest.raises(Refused) as refused:
        by(world, "secretary", shortlists.deliberate, shortlist)
    assert messages(refused) == ["请先填写综合论证纪要"]


@pytest.fixture
def deliberated(world) -> Shortlist:
    shortlist = drafted(world)
    by(world, "secretary", shortlists.write_minutes, shortlist, minutes="经综合论证。")
    return by(world, "secretary", shortlists.deliberate, shortlist)


@from_point("minuted")
def test_what_is_approved_is_the_version_that_was_deliberated(world, deliberated):
    prepared = by(world, "secretary", shortlists.prepare_approve, deliberated)
    with seeded():
        ShortlistEntry.objects.filter(pk=entries(deliberated, chosen=True)[0].pk).update(chosen=False)
    with pytest.raises(Refused) as refused:
        by(world, "supervisor", shortlists.approve, prepared)
    assert messages(refused) == ["名单与论证时的版本不一致，请退回重新论证"]


@from_point("minuted")
def test_who_prepares_the_list_does_not_approve_it(world, deliberated):
    prepared = by(world, "secretary", shortlists.prepare_approve, deliberated)
    with world.acting("secretary"), pytest.raises(Refused) as refused:
        shortlists.approve(prepared, actor=second_hat(world, "secretary", "cast_supervisor"), at=world.at)
    assert messages(refused) == ["拟办和批准不能是同一个人"]


@from_point("minuted")
def test_the_approval_proposes_who_is_chosen_and_nobody_else(world, deliberated):
    chosen = [each.application_number for each in entries(deliberated, chosen=True)]
    others = [each.application_number for each in entries(deliberated, chosen=False)]
    prepared = by(world, "secretary", shortlists.prepare_approve, deliberated)
    by(world, "supervisor", shortlists.approve, prepared)
    assert set(states(*chosen)) == {"proposed"} and set(states(*others)) <= {"panel_failed"}


# --- publicity -------------------------------------------------------------------------------------------------------


def notice_of(world) -> Notice:
    with seeded():
        return Notice.objects.get(kind="proposed")


@pytest.fixture
def people(world) -> list[str]:
    """Numbers of the applications on the publicity, in its order."""
    with seeded():
        return list(notice_of(world).entries.values_list("application__number", flat=True))


@from_point("publicity")
@pytest.mark.usefixtures("browsers")  # the periodic task reads the story's clock
def test_people_are_selected_at_the_end_of_the_period_and_not_before(world, people):
    notice = notice_of(world)
    world.at = notice.ends_at - TICK
    with pytest.raises(Refused) as refused:
        by(world, "secretary", notices.end, notice)
    assert messages(refused)[0].startswith("公示期到 ")
    notices_due()
    assert set(states(*people)) == {"in_publicity"}
    world.at = notice.ends_at
    notices_due()
    deliver_all()
    assert notice_of(world).state == "ended" and set(states(*people)) == {"selected"}


def filed(world, at=None, place: int = 0) -> Objection:
    world.at = at or world.at
    receipt = reviewing.objection_filed(world, place)
    with seeded():
        return Objection.objects.select_related("notice", "entry", "application").get(number=receipt.number)


@from_point("publicity")
def test_objections_come_inside_the_period_to_the_microsecond(world):
    notice = notice_of(world)
    with pytest.raises(Refused) as refused:
        filed(world, notice.starts_at - TICK)
    assert messages(refused)[0].startswith("公示于 ")
    assert filed(world, notice.starts_at).state == "received"
    assert filed(world, notice.ends_at - TICK).state == "received"
    with pytest.raises(Refused) as refused:
        filed(world, notice.ends_at)
    assert messages(refused)[0].endswith("结束，逾期异议不予受理")


@from_point("publicity")
def test_an_accepted_objection_holds_one_person_and_the_others_go_on(world, people):
    objection = by(world, "officer", objections.accept, filed(world))
    assert states(*people)[0] == "objection_hold" and set(states(*people[1:])) == {"in_publicity"}
    reviewing.publicity_ended(world)
    assert states(*people)[0] == "objection_hold" and set(states(*people[1:])) == {"selected"}
    objection = decided(world, objection, objections.dismiss)
    deliver_all()
    assert objection.state == "dismissed" and states(*people)[0] == "selected"


def decided(world, objection: Objection, verb) -> Objection:
    objection = by(world, "officer", objections.investigate, objection)
    objection = by(world, "officer", objections.report, objection, findings="已向有关单位核实。")
    return by(world, "supervisor", verb, objection, reason="经核查")


@from_point("publicity")
def test_a_dismissal_inside_the_period_puts_the_person_back(world, people):
    objection = by(world, "officer", objections.accept, filed(world))
    decided(world, objection, objections.dismiss)
    assert set(states(*people)) == {"in_publicity"}


@from_point("publicity")
def test_a_second_objection_holds_on(world, people):
    first, second = [by(world, "officer", objections.accept, filed(world)) for _ in range(2)]
    decided(world, first, objections.dismiss)
    assert states(*people)[0] == "objection_hold"
    reviewing.publicity_ended(world)
    decided(world, second, objections.uphold)
    deliver_all()
    assert states(*people)[0] == "cancelled"
    with seeded():
        assert notice_of(world).entries.first().withdrawn_because == "经核查，异议成立"


@from_point("publicity")
def test_an_objection_that_nobody_has_looked_at_holds_up_its_person_at_the_end(world, people):
    filed(world)
    reviewing.publicity_ended(world)
    assert states(*people)[0] == "in_publicity" and set(states(*people[1:])) == {"selected"}
    with seeded():
        row = Objection.objects.get()
    by(world, "officer", objections.refuse, row, reason="与公示无关")
    deliver_all()
    assert states(*people)[0] == "selected"


@from_point("publicity")
def test_who_investigated_does_not_decide(world):
    objection = by(world, "officer", objections.accept, filed(world))
    objection = by(world, "officer", objections.investigate, objection)
    objection = by(world, "officer", objections.report, objection, findings="已核实。")
    with world.acting("supervisor"), pytest.raises(Refused) as refused:
        objections.uphold(objection, reason="成立", actor=second_hat(world, "officer", "cast_supervisor"), at=world.at)
    assert messages(refused) == ["核查人和决定人不能是同一个人"]


@from_point("publicity")
def test_nothing_is_decided_before_the_report_and_without_a_reason(world):
    objection = by(world, "officer", objections.accept, filed(world))
    objection = by(world, "officer", objections.investigate, objection)
    with pytest.raises(Refused) as refused:
        by(world, "supervisor", objections.dismiss, objection, reason="")
    assert messages(refused)[0] == "请填写理由"
    with pytest.raises(Refused) as refused:
        by(world, "supervisor", objections.dismiss, objection, reason="不属实")
    assert messages(refused) == ["请先填写核查情况"]


@from_point("publicity")
def test_only_the_selected_stand_on_the_formal_list(world, people):
    by(world, "officer", objections.accept, filed(world))
    reviewing.publicity_ended(world)
    final = by(world, "secretary", publicity.draft_final, reviewing.the_shortlist(world))
    with seeded():
        listed = list(final.entries.values_list("application__number", flat=True))
    assert sorted(listed) == sorted(people[1:])
    with pytest.raises(Refused) as refused:
        by(world, "secretary", publicity.draft_final, reviewing.the_shortlist(world))
    assert messages(refused) == ["没有公示期满、尚未列入正式名单的入选者"]


@from_point("publicity")
def test_publicity_and_investigation_are_counted_in_working_days(world):
    """Published on Saturday 28 November 2026: five working days are 30 November to 4 December; ten end on the 11th."""
    notice = notice_of(world)
    assert notice.starts_at.astimezone(BEIJING).date().isoformat() == "2026-11-28"
    assert notice.ends_at == datetime(2026, 12, 5, tzinfo=BEIJING)
    objection = by(world, "officer", objections.accept, filed(world))
    assert objection.due_at == datetime(2026, 12, 12, tzinfo=BEIJING)
