"""Deadlines are half-open instants: a microsecond before counts, the instant itself is too late (Art. 12–16, 19).

Expected instants are those of the story's year: 申报 9月1日 09:00 – 10月15日 17:00, 报送 10月30日 17:00.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from applications.commands import application as host_verbs
from applications.commands import cast_review as city_verbs
from applications.commands import notice as notice_verbs
from applications.commands import recommendation as unit_verbs
from applications.commands import sections
from applications.models import Application, Notice, RecommendationList
from fixtures.scenarios import city
from fixtures.scenarios import nominations as story
from fixtures.scenarios.cycles import BEIJING
from fixtures.scenarios.papers import paper
from portal.regulation.rules import Refused
from portal.tenancy.reach import Because, everything

TICK = timedelta(microseconds=1)
Act = Callable[[datetime], object]


def at(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BEIJING)


OPENS, CLOSES, LISTS_CLOSE = at(9, 1, 9), at(10, 15, 17), at(10, 30, 17)
CLOSED = ("申报已于 2026年10月15日 17:00 截止", "第十六条")
LISTS_CLOSED = ("推荐单位报送已于 2026年10月30日 17:00 截止", "第十六条")
LOCKED = ("补正期限已过，申报已锁定；请联系市科协", "第十五条")


def said(act: Act, moment: datetime) -> list[tuple[str, str]]:
    """What the act is refused with at the moment."""
    with pytest.raises(Refused) as refused:
        act(moment)
    return [(finding.message, str(finding.article)) for finding in refused.value.findings]


def done_before(deadline: datetime, act: Act, refusal: tuple[str, str]):
    """Refused at the deadline itself, done a microsecond before."""
    assert said(act, deadline) == [refusal]
    return act(deadline - TICK)


def done_from(instant: datetime, act: Act, refusal: tuple[str, str]):
    """Refused a microsecond before, done at the instant itself."""
    assert said(act, instant - TICK) == [refusal]
    return act(instant)


# --- the window of the year (Art. 16) and a unit's own ---------------------------------------------------------------


def creating(world) -> Act:
    def create(moment: datetime) -> Application:
        with world.acting("host1") as clerk:
            values = {"recommender": None, "applicant_name": "李建国"}
            return host_verbs.create(world.cycles[2026], actor=clerk, at=moment, **values)

    return create


def submitting(world, application) -> Act:
    return lambda moment: story.submit(world, story.fresh(application), moment)


def test_the_window_begins_at_its_instant(world):
    opened = done_from(OPENS, creating(world), ("申报将于 2026年9月1日 09:00 开始", "第十六条"))
    assert opened.state == "draft"


def test_nobody_begins_at_the_deadline(world):
    assert done_before(CLOSES, creating(world), CLOSED).state == "draft"


def test_nobody_submits_at_the_deadline(world):
    signed = story.signed_application(world, world.hosts[0])
    submitted = done_before(CLOSES, submitting(world, signed), CLOSED)
    assert (submitted.state, submitted.submitted_at) == ("submitted", CLOSES - TICK)


def test_nothing_is_returned_for_revision_once_it_could_not_be_sent_again(world):
    submitted = story.submitted_application(world, world.hosts[0])

    def give_back(moment: datetime) -> Application:
        with world.acting("haidian") as officer:
            return unit_verbs.return_for_revision(submitted, notes={"budget": "请核对"}, actor=officer, at=moment)

    assert done_before(CLOSES, give_back, CLOSED).state == "returned_by_recommender"


def test_a_revised_application_has_the_same_deadline(world):
    returned = story.returned_application(world, world.hosts[0], CLOSES - timedelta(days=2))
    with world.acting("host1") as clerk:
        for note in returned.notes.all():
            host_verbs.answer_note(returned, note.pk, changed_it=True, actor=clerk, at=CLOSES - timedelta(days=1))
    story.sign(world, returned, CLOSES - timedelta(days=1))
    assert done_before(CLOSES, submitting(world, returned), CLOSED).state == "submitted"


def prolonged(world, application, until: datetime) -> Application:
    with world.acting("supervisor") as supervisor:
        return city_verbs.extend(application, until=until, reason="单位断网", actor=supervisor, at=CLOSES)


def test_an_extension_moves_the_deadline_of_one_unit_alone(world):
    late, punctual = (story.signed_application(world, host) for host in world.hosts[:2])
    until = at(10, 20, 12)
    prolonged(world, late, until)
    assert said(submitting(world, punctual), CLOSES) == [CLOSED]
    refusal = ("申报已于 2026年10月20日 12:00 截止", "第十六条")
    assert done_before(until, submitting(world, late), refusal).state == "submitted"


def rules_published(world, closes_at: datetime | None, moment: datetime) -> None:
    with world.acting("haidian") as officer:
        unit_verbs.publish_rules(
            world.cycles[2026], text="", internal_closes_at=closes_at, extra_items=[], actor=officer, at=moment
        )


def test_a_recommending_unit_may_close_earlier_for_its_own(world):
    """实施细则 (Art. 12): an earlier deadline for its host units, for nobody else."""
    own, foreign = (story.signed_application(world, world.hosts[place]) for place in (0, 2))
    closes = at(10, 10)
    rules_published(world, closes, at(9, 20))
    refusal = ("申报已于 2026年10月9日 24:00 截止", "第十六条")
    assert done_before(closes, submitting(world, own), refusal).state == "submitted"
    assert submitting(world, foreign)(closes).state == "submitted"


def test_an_extension_counts_for_more_than_the_units_earlier_deadline(world):
    signed = story.signed_application(world, world.hosts[0])
    rules_published(world, at(10, 10), at(9, 20))
    prolonged(world, signed, at(10, 16))
    assert submitting(world, signed)(at(10, 16) - TICK).state == "submitted"


@pytest.mark.parametrize(
    ("closes", "moment", "refusal"),
    [
        (CLOSES + TICK, OPENS, ("本单位的截止时间不能晚于年度截止时间", "第十二条")),
        (CLOSES, OPENS, None),
        (at(10, 10), at(10, 10), ("本单位的截止时间应晚于现在", "第十二条")),
        (at(10, 10), at(10, 10) - TICK, None),
    ],
)
def test_an_earlier_deadline_lies_ahead_and_not_past_the_years(world, closes, moment, refusal):
    def publish(when: datetime) -> None:
        rules_published(world, closes, when)

    if refusal:
        assert said(publish, moment) == [refusal]
    else:
        publish(moment)


@pytest.mark.parametrize(
    ("until", "moment", "allowed"),
    [
        (CLOSES, OPENS, False),
        (CLOSES + TICK, OPENS, True),
        (CLOSES + TICK, CLOSES + TICK, False),
        (CLOSES + 2 * TICK, CLOSES + TICK, True),
    ],
)
def test_an_extension_is_later_than_the_deadline_and_than_now(world, until, moment, allowed):
    draft = story.draft_application(world, world.hosts[0])

    def extend(when: datetime) -> Application:
        with world.acting("supervisor") as supervisor:
            return city_verbs.extend(draft, until=until, reason="单位断网", actor=supervisor, at=when)

    if allowed:
        assert extend(moment).closes_at() == until
    else:
        assert said(extend, moment) == [("新的期限应晚于现在的期限，也晚于此刻", "第十三条（三）")]


# --- the list (Art. 13(5)) -------------------------------------------------------------------------------------------


@pytest.fixture
def pending(world) -> RecommendationList:
    """海淀's list with one nominee, before its approver."""
    story.screened_application(world, world.hosts[0])
    return story.requested_list(world, world.recommenders["110108"])


def sending(world, unit_list) -> Act:
    def send(moment: datetime) -> RecommendationList:
        with world.acting("haidian-boss") as approver:
            return unit_verbs.submit_list(unit_list, actor=approver, at=moment)

    return send


def test_a_list_is_sent_before_its_deadline(world, pending):
    assert done_before(LISTS_CLOSE, sending(world, pending), LISTS_CLOSED).state == "submitted"


def test_a_list_is_taken_back_only_while_it_can_be_sent_again(world, pending):
    sent = sending(world, pending)(LISTS_CLOSE - timedelta(days=1))

    def take_back(moment: datetime) -> RecommendationList:
        with world.acting("haidian-boss") as approver:
            return unit_verbs.withdraw_list(sent, reason="排序有误", actor=approver, at=moment)

    assert done_before(LISTS_CLOSE, take_back, LISTS_CLOSED).state == "drafting"


def test_a_late_extension_lets_one_unit_send_its_list(world, pending):
    """Given after the deadline has passed, for this unit alone."""
    story.screened_application(world, world.hosts[2])
    other = story.requested_list(world, world.recommenders["110105"])
    until = at(11, 3)
    with world.acting("supervisor") as supervisor:
        values = {"reason": "系统故障", "actor": supervisor, "at": at(10, 31)}
        city_verbs.extend_list(pending, until=until, **values)
    with world.acting("chaoyang-boss") as approver, pytest.raises(Refused, match="2026年10月30日 17:00 截止"):
        unit_verbs.submit_list(other, actor=approver, at=at(10, 31))
    refusal = ("推荐单位报送已于 2026年11月2日 24:00 截止", "第十六条")
    assert done_before(until, sending(world, pending), refusal).state == "submitted"


# --- the correction (Art. 15) ----------------------------------------------------------------------------------------


@pytest.fixture
def correcting(world) -> Application:
    """Returned by the city on Monday 2 November; five working days end with Monday 9 November, 24:00."""
    unit = world.recommenders["110108"]
    story.screened_application(world, world.hosts[0])
    story.reported_list(world, unit)
    city.accepted_list(world, unit)
    (application,) = city.received(world, unit)
    returned = city.corrected_away(world, application, at(11, 2, 16))
    assert returned.correction_due_at == at(11, 10)
    return returned


def mended(world, application: Application, moment: datetime) -> Application:
    """Its notes answered and signed again."""
    with world.acting("host1") as clerk:
        for note in application.notes.filter(settled_at=None):
            host_verbs.answer_note(application, note.pk, changed_it=True, actor=clerk, at=moment)
    return story.sign(world, application, moment)


def test_a_correction_is_handed_in_before_its_deadline(world, correcting):
    ready = mended(world, correcting, at(11, 3))
    assert done_before(at(11, 10), submitting(world, ready), LOCKED).state == "in_cast_review"


def test_an_expired_correction_is_locked_and_decides_nothing(world, correcting):
    """No page, no file, no answer to a note; and by itself nothing happens to the application."""
    with everything(because=Because.SEED):
        (note,) = correcting.notes.filter(settled_at=None)

    def by_clerk(verb, *what, **values) -> Act:
        def act(moment: datetime):
            with world.acting("host1") as clerk:
                return verb(correcting, *what, actor=clerk, at=moment, **values)

        return act

    page = {"summary": "补充了第三方检测报告"}
    for act in (
        by_clerk(sections.edit, "achievements", page, version=None),
        by_clerk(sections.attach, "achievement_proof", paper("achievement_proof"), unclassified=True),
        by_clerk(host_verbs.answer_note, note.pk, changed_it=True),
    ):
        done_before(at(11, 10), act, LOCKED)
    assert story.fresh(correcting).state == "returned_by_cast"


def test_the_city_takes_an_expired_correction_back_from_the_deadline_on(world, correcting):
    def take_back(moment: datetime) -> Application:
        with world.acting("officer") as officer:
            return city_verbs.take_back(correcting, reason="逾期未补正", actor=officer, at=moment)

    early = ("补正期限（2026年11月9日 24:00）未到", "第十五条")
    assert done_from(at(11, 10), take_back, early).state == "in_cast_review"


def test_a_prolonged_correction_has_its_new_deadline(world, correcting):
    ready, until = mended(world, correcting, at(11, 3)), at(11, 12, 9)
    with world.acting("supervisor") as supervisor:
        city_verbs.extend(ready, until=until, reason="材料在途", actor=supervisor, at=at(11, 11))
    assert done_before(until, submitting(world, ready), LOCKED).state == "in_cast_review"


def test_a_correction_gets_a_deadline_that_lies_ahead(world, correcting):
    back = submitting(world, mended(world, correcting, at(11, 3)))(at(11, 4))
    with everything(because=Because.SEED):
        back.cycle.settings["max_corrections"] = 2
        type(back.cycle).objects.filter(pk=back.cycle_id).update(settings=back.cycle.settings)

    def again(due: datetime) -> Application:
        with world.acting("officer") as officer:
            notes = {"budget": "请核对"}
            return city_verbs.return_for_correction(back, notes=notes, due_at=due, actor=officer, at=at(11, 5))

    assert said(again, at(11, 5)) == [("补正期限应在此刻之后", "第十五条")]
    assert again(at(11, 5) + TICK).correction_due_at == at(11, 5) + TICK


# --- notices (Art. 16, 19) -------------------------------------------------------------------------------------------


@pytest.fixture
def publicity(world) -> Notice:
    """Approved, five working days, one person."""
    application = story.submitted_application(world, world.hosts[0])
    values = {"working_days": 5, "office": "北京市科协科技人才服务中心", "phone": "010-0000 0000"}
    with world.acting("secretary") as secretary:
        notice = notice_verbs.create(
            kind="proposed", title="公示", body="现予公示。", actor=secretary, at=at(11, 30), **values
        )
        notice_verbs.set_entries(notice, [application], actor=secretary, at=at(11, 30))
    with world.acting("supervisor") as supervisor:
        return notice_verbs.approve(notice, actor=supervisor, at=at(11, 30))


def test_a_scheduled_notice_appears_at_its_instant_and_its_period_begins_then(world, publicity):
    hour = at(12, 1, 9)

    def schedule(moment: datetime) -> Notice:
        with world.acting("secretary") as secretary:
            return notice_verbs.schedule(publicity, publish_at=hour, actor=secretary, at=moment)

    done_before(hour, schedule, ("定时发布的时间应在此刻之后", "第十六条"))
    with everything(because=Because.SYSTEM_STEP):
        assert notice_verbs.publish_due(hour - TICK) == 0
        assert notice_verbs.publish_due(hour) == 1
        published = Notice.objects.get(pk=publicity.pk)
    assert (published.starts_at, published.ends_at) == (hour, at(12, 9))  # 2, 3, 4, 7, 8 December


def test_a_publicity_ends_at_its_instant_by_hand_and_by_time(world, publicity):
    with world.acting("secretary") as secretary:
        notice_verbs.publish(publicity, actor=secretary, at=at(12, 1, 9))

    def end(moment: datetime) -> Notice:
        with world.acting("secretary") as secretary:
            return notice_verbs.end(publicity, actor=secretary, at=moment)

    assert said(end, at(12, 9) - TICK) == [("公示期到 2026年12月8日 24:00 结束", "第十九条")]
    with everything(because=Because.SYSTEM_STEP):
        assert notice_verbs.end_due(at(12, 9) - TICK) == 0
        assert notice_verbs.end_due(at(12, 9)) == 1
        assert Notice.objects.get(pk=publicity.pk).state == "ended"


@pytest.mark.parametrize(
    ("published", "ends"),
    [
        (at(12, 1) - TICK, at(12, 8)),  # Monday 30 November: 1, 2, 3, 4, 7 December
        (at(12, 1), at(12, 9)),  # Tuesday: 2, 3, 4, 7, 8 December
    ],
)
def test_the_period_counts_from_the_day_after_the_instant_of_publishing(world, publicity, published, ends):
    with world.acting("secretary") as secretary:
        assert notice_verbs.publish(publicity, actor=secretary, at=published).ends_at == ends
