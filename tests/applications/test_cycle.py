"""年度批次: the table of its steps, what it needs to open, what holds a stage, quotas and times (Art. 9, 11, 16)."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from applications import cycle_settings, hanging
from applications.commands import cast_review
from applications.commands import cycle as commands
from applications.commands import notice as notice_verbs
from applications.commands import recommendation as unit_verbs
from applications.models import Application, Cycle, Notice, PolicyVersion, Quota, RecommendationList
from fixtures.scenarios import city, cycles, nominations
from fixtures.scenarios.cycles import BEIJING, Schedule
from fixtures.scenarios.world import World
from portal.access.decide import Denied
from portal.access.matrix import row_of
from portal.events.models import Event
from portal.people.actor import PUBLIC, SYSTEM
from portal.people.models import User
from portal.people.roles import Role
from portal.regulation.rules import Refused
from portal.tenancy.reach import Because, everything
from portal.workflow.take import StaleVersion, approve, take
from review.commands import expert as expert_verbs
from review.commands import meeting as meeting_verbs
from review.models import Meeting
from tests.contracts.steps import Grid
from tests.people import member, signed_in
from tests.threads import together

SUPERVISOR = {Role.CAST_SUPERVISOR}
EDITORS = {Role.CAST_OFFICER, Role.CAST_SUPERVISOR}
# step: (from, to, who). Written by hand from the life cycle's description.
STEPS = {
    "open": ({"preparing"}, "open", SUPERVISOR),
    "start_screening": ({"open"}, "screening", SUPERVISOR),
    "start_cast_review": ({"screening"}, "cast_review", SUPERVISOR),
    "start_network_review": ({"cast_review"}, "network_review", SUPERVISOR),
    "start_panel_review": ({"network_review"}, "panel_review", SUPERVISOR),
    "start_publicity": ({"panel_review"}, "publicity", SUPERVISOR),
    "start_contracting": ({"publicity"}, "contracting", SUPERVISOR),
    "start_cultivation": ({"contracting"}, "cultivation", SUPERVISOR),
    "close": ({"cultivation"}, "closed", SUPERVISOR),
    "back_to_preparing": ({"open"}, "preparing", SUPERVISOR),
    "back_to_open": ({"screening"}, "open", SUPERVISOR),
    "back_to_screening": ({"cast_review"}, "screening", SUPERVISOR),
    "back_to_cast_review": ({"network_review"}, "cast_review", SUPERVISOR),
    "back_to_network_review": ({"panel_review"}, "network_review", SUPERVISOR),
    "back_to_panel_review": ({"publicity"}, "panel_review", SUPERVISOR),
    "edit": ({"preparing"}, None, EDITORS),
    "set_fields": ({"preparing"}, None, EDITORS),
    "set_quotas": ({"preparing"}, None, SUPERVISOR),
    "change_quotas": ({"open", "screening"}, None, SUPERVISOR),
    "move_windows": ({"open", "screening", "cast_review", "network_review"}, None, SUPERVISOR),
}
WITH_REASON = {name for name in STEPS if name.startswith("back_to_")} | {"change_quotas", "move_windows"}
CAST_LOGINS = ("officer", "secretary", "finance", "supervisor", "auditor", "sysadmin")


def at(month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BEIJING)


@pytest.fixture
def world(db, settings) -> World:
    """The portal's clock stands in the story."""
    settings.FAKE_NOW, settings.PASSWORD_MAX_DAYS = at(10, 13).isoformat(), 0
    return World.build(units=3)


@pytest.fixture
def prepared(world) -> Cycle:
    return cycles.prepared_cycle(world)


@pytest.fixture
def opened(world) -> Cycle:
    return cycles.opened_cycle(world)


def fresh() -> Cycle:
    with everything(because=Because.SEED):
        return Cycle.objects.select_related("policy").get(year=2026)


def refusal(act, *args, **kwargs) -> list[tuple[str, str]]:
    """(message, article) of each finding of the refusal."""
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return [(finding.message, str(finding.article)) for finding in refused.value.findings]


# --- the table -------------------------------------------------------------------------------------------------------


def test_steps_are_those_of_the_table():
    declared = {name: step for name, step in Cycle.steps.items() if name != "create"}
    assert {name: (set(step.source), step.target) for name, step in declared.items()} == {
        name: (source, target) for name, (source, target, _) in STEPS.items()
    }
    assert {name: set(row_of(step.action).roles) for name, step in declared.items()} == {
        name: who for name, (_, _, who) in STEPS.items()
    }
    assert {name for name, step in declared.items() if step.reason} == WITH_REASON


LOGINS = {
    "applicant": "applicant1", "host_clerk": "host1", "host_approver": "host1-boss", "recommender_officer": "haidian",
    "recommender_approver": "haidian-boss", "cast_officer": "officer", "cast_secretary": "secretary",
    "cast_finance": "finance", "cast_supervisor": "supervisor", "auditor": "auditor", "sysadmin": "sysadmin",
}  # fmt: skip
VALUES = {
    "edit": {"what": "资助金额", "changes": {"grant_fen": 20_000_000}},
    "set_fields": {"places": {"2441-03": 1}},
    "set_quotas": {"quotas": {}},
    "change_quotas": {"quotas": {}},
    "move_windows": {"windows": {}},
}


def test_every_step_from_every_state_by_every_role(world, prepared):
    """What the table allows is taken, everything else is refused or denied; an empty year is led through its stages."""
    cycles.published_call(world, prepared)
    expert = member(Role.EXPERT, None)
    table = {name: dict.fromkeys(source, roles) for name, (source, _, roles) in STEPS.items()}
    targets = {name: target for name, (_, target, _) in STEPS.items() if target}

    def actor(role: str, record):
        return {Role.SYSTEM: SYSTEM, Role.PUBLIC: PUBLIC, Role.EXPERT: expert}.get(role) or world[LOGINS[role]]

    def make(state: str) -> Cycle:
        cycle = fresh()
        if cycle.state != state:
            with world.acting("supervisor") as supervisor:
                cycle = commands.advance(cycle, actor=supervisor, at=moment)
        return cycle

    found = []
    for state in Cycle.State.values:
        # Opened while the window runs; every later stage begins when it is over.
        moment = at(10, 13) if state in ("preparing", "open") else at(10, 31)
        grid = Grid(Cycle, table, make, actor, VALUES, targets, at=at(10, 13) if state == "preparing" else at(10, 31))
        found += [*grid.unknown(), *grid.of_state(state)]
    assert found == []


def test_year_runs_from_preparation_to_its_end_and_each_step_is_one_event(world, opened):
    """What hangs is work left undone: a year in which nobody applied and nobody was admitted can be closed too."""
    with world.acting("supervisor") as supervisor:
        cycle, seen = opened, []
        for _ in range(8):
            cycle = commands.advance(cycle, actor=supervisor, at=at(10, 31))
            seen.append(cycle.state)
        events = Event.objects.filter(record_table=Cycle._meta.db_table).order_by("sequence")
        moves = [(event.from_state, event.to_state) for event in events if event.from_state != event.to_state]
        with pytest.raises(KeyError):
            commands.advance(cycle, actor=supervisor, at=at(10, 31))
    states = ["preparing", "open", *seen]
    assert seen == Cycle.State.values[2:]
    assert moves == [("", "preparing"), *pairwise(states)]


# --- opening ---------------------------------------------------------------------------------------------------------


def test_opening_names_everything_that_is_missing(world):
    with world.acting("supervisor") as supervisor:
        windows = Schedule(2026).windows()
        cycle = commands.create(
            year=2026,
            policy=cycles.policy_in_force(world),
            birth_cutoff_ordinary=at(1, 1).date().replace(year=1981),
            birth_cutoff_exceptional=at(1, 1).date().replace(year=1976),
            grant_fen=30_000_000,
            cultivation_months=36,
            rubrics={},
            actor=supervisor,
            at=world.at,
            **windows,
        )
        said = refusal(commands.open_applications, cycle, actor=supervisor, at=world.at)
    assert said == [
        ("还没有设置支持领域和名额", "第九条"),
        ("还没有设置推荐名额", "第十一条"),
        ("还没有设置评分标准", "第十八条"),
        ("还没有发布申报通知", "第十六条"),
    ]
    assert fresh().state == "preparing" and not fresh().is_public


def test_an_unpublished_call_does_not_count(world, prepared):
    cycles.drafted_call(world, prepared)
    with world.acting("supervisor") as supervisor:
        said = refusal(commands.open_applications, prepared, actor=supervisor, at=world.at)
    assert said == [("还没有发布申报通知", "第十六条")]


@pytest.mark.parametrize(
    ("moment", "opens"),
    [(Schedule(2026).closes_at - timedelta(microseconds=1), True), (Schedule(2026).closes_at, False)],
)
def test_opening_after_the_deadline_is_refused(world, prepared, moment, opens):
    cycles.published_call(world, prepared)
    with world.acting("supervisor") as supervisor:
        if opens:
            assert commands.open_applications(prepared, actor=supervisor, at=moment).is_public
        else:
            said = refusal(commands.open_applications, prepared, actor=supervisor, at=moment)
            assert said == [("依托单位提交截止时间已过，请先调整时间", "第十六条")]


def test_the_same_year_twice_is_refused_and_nothing_is_written(world, prepared):
    with world.acting("supervisor") as supervisor:
        values = {name: getattr(prepared, name) for name, _ in zip(Schedule(2026).windows(), range(5), strict=True)}
        values |= {name: getattr(prepared, name) for name in ("birth_cutoff_ordinary", "birth_cutoff_exceptional")}
        said = refusal(
            commands.create,
            year=2026,
            policy=prepared.policy,
            copy_from=prepared,
            actor=supervisor,
            at=world.at,
            **values,
        )
        assert said == [("这个年度已有批次", "第九条")]
        assert Cycle.objects.count() == 1


def test_a_new_year_copies_form_rubrics_settings_fields_and_quotas(world, prepared):
    with world.acting("supervisor") as supervisor:
        settings = {**prepared.settings, "max_corrections": 2}
        last = commands.edit(prepared, what="参数", settings=settings, actor=supervisor, at=world.at)
        copied = commands.create(
            year=2027,
            policy=last.policy,
            copy_from=last,
            birth_cutoff_ordinary=at(1, 1).date().replace(year=1982),
            birth_cutoff_exceptional=at(1, 1).date().replace(year=1977),
            actor=supervisor,
            at=world.at,
            **{name: each.replace(year=2027) for name, each in Schedule(2026).windows().items()},
        )
        for name in ("settings", "rubrics", "form_definition", "grant_fen", "cultivation_months"):
            assert getattr(copied, name) == getattr(last, name), name
        assert list(copied.fields.values_list("code", "name", "places")) == list(
            last.fields.values_list("code", "name", "places")
        )
        assert set(copied.quotas.values_list("recommender", "places")) == set(
            last.quotas.values_list("recommender", "places")
        )
    assert copied.max_corrections == 2 and copied.state == "preparing" and not copied.is_public


# --- the set-up ------------------------------------------------------------------------------------------------------

SETTINGS_REFUSED = [
    ({"network_weight": 50}, "网络评审和会议评审的权重合计应为 100%，现在是 110%"),
    ({"panel_weight": 101}, "“综合分中会议评审的权重”应是 0 到 100 的整数"),
    ({"tranche_second": 31}, "三期拨付比例合计应为 100%，现在是 101%"),
    ({"tranche_first": 0}, "“第一期拨付比例”应是 1 到 98 的整数"),
    ({"rectification_days": 4}, "“负面清单整改期限”应是 5 到 90 的整数"),
    ({"panel_members": 8}, "会议评审专家数应为单数"),
    ({"publicity_days": 4}, "“公示期”应是 5 到 30 的整数"),
    ({"quorum": [1, 3]}, "“到会比例”应写成不小于 1/2、不大于 1 的分数，例如 2/3"),
    ({"quorum": [3, 2]}, "“到会比例”应写成不小于 1/2、不大于 1 的分数，例如 2/3"),
    ({"extreme_low": 9}, "须另附理由的高分应高于低分"),
    ({"comment_min": 500, "comment_max": 499}, "评语最多字数不能少于最少字数"),
    ({"qualified_from": 85}, "优秀的最低分应高于合格的最低分"),
    ({"experts_per_application": 2}, "“每份申报的专家数”应是 3 到 15 的整数"),
    ({"same_employer_max": 4}, "同一单位专家上限不能超过每份申报的专家数"),
    ({"score_method": "median"}, "请选择“网络评审计分方法”"),
    ({"max_corrections": True}, "“补正次数上限”应是 0 到 5 的整数"),
    ({"unheard_of": 1}, "没有名为“unheard_of”的设置"),
]


def test_default_settings_are_sound():
    assert cycle_settings.problems(cycle_settings.defaults()) == {}


@pytest.mark.parametrize(("change", "message"), SETTINGS_REFUSED)
def test_unsound_settings_are_refused(world, prepared, change, message):
    with world.acting("supervisor") as supervisor:
        settings = {**prepared.settings, **change}
        said = refusal(commands.edit, prepared, what="参数", settings=settings, actor=supervisor, at=world.at)
    assert [text for text, _ in said] == [message]
    assert fresh().settings == prepared.settings


@pytest.mark.parametrize(
    ("settings", "sound"),
    [({"network_weight": 0, "panel_weight": 100}, True), ({"quorum": [1, 2]}, True), ({"pass_share": [1, 1]}, True)],
)
def test_settings_at_their_bounds_are_sound(settings, sound):
    assert (cycle_settings.problems({**cycle_settings.defaults(), **settings}) == {}) is sound


def test_rubric_weights_sum_to_a_hundred(world, prepared):
    network = prepared.rubrics["network"]
    first, *others = network["criteria"]
    wrong = {**network, "criteria": [{**first, "weight": first["weight"] + 1}, *others]}
    with world.acting("supervisor") as supervisor:
        rubrics = {**prepared.rubrics, "network": wrong}
        said = refusal(commands.edit, prepared, what="评分标准", rubrics=rubrics, actor=supervisor, at=world.at)
    assert said == [("“网络评审评分标准”权重合计应为 100，现在是 101", "第十八条")]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"application_opens_at": at(10, 15, 17)}, "“依托单位提交截止”（2026年10月15日 17:00）应晚于“申报开始”"),
        ({"recommend_closes_at": at(10, 15, 17)}, "“推荐单位报送截止”（2026年10月15日 17:00）应晚于“依托单位提交截止”"),
        ({"scoring_opens_at": at(10, 30, 17)}, "“网络评审开始”（2026年10月30日 17:00）应晚于“推荐单位报送截止”"),
        ({"birth_cutoff_exceptional": at(1, 1).date().replace(year=1981)}, "特别优秀的出生日期界限应早于一般界限"),
    ],
)
def test_times_and_cutoffs_come_in_order(world, prepared, changes, message):
    with world.acting("officer") as officer:
        said = refusal(commands.edit, prepared, what="时间", actor=officer, at=world.at, **changes)
    assert message in said[0][0]


def test_set_up_is_closed_once_the_year_is_open(world, opened):
    with world.acting("supervisor") as supervisor:
        for act, values in (
            (commands.edit, {"what": "参数", "settings": opened.settings}),
            (commands.set_fields, {"fields": [("2441-03", "集成电路", 1)]}),
        ):
            assert refusal(act, opened, actor=supervisor, at=world.at, **values)[0][0].startswith(
                "现在的状态是“申报中”"
            )


def test_fields_keep_their_rows_and_lose_those_left_out(world, prepared):
    with world.acting("officer") as officer:
        before = dict(prepared.fields.values_list("code", "pk"))
        commands.set_fields(
            prepared, fields=[("2441-05", "智能制造与装备", 2), ("2441-03", "集成电路", 9)], actor=officer, at=world.at
        )
        rows = list(prepared.fields.values_list("code", "places", "pk"))
    assert rows == [("2441-05", 2, before["2441-05"]), ("2441-03", 9, before["2441-03"])]


def test_a_field_that_a_draft_has_chosen_stays(world, opened):
    application = nominations.filled_application(world, world.hosts[0])
    with world.acting("supervisor") as supervisor:
        back = commands.COMMANDS["back_to_preparing"](opened, reason="名额有误", actor=supervisor, at=world.at)
        others = [(each.code, each.name, each.places) for each in back.fields.exclude(pk=application.field_id)]
        said = refusal(commands.set_fields, back, fields=others, actor=supervisor, at=world.at)
    assert said == [(f"“{application.field.name}”已有申报选用，不能删去", "第九条")]


def test_going_back_to_preparation_hides_the_year_and_is_refused_after_a_submission(world, opened):
    with world.acting("supervisor") as supervisor:
        back = commands.COMMANDS["back_to_preparing"]
        assert refusal(back, opened, actor=supervisor, at=world.at) == [("请填写理由", "第九条")]
        again = back(opened, reason="名额有误", actor=supervisor, at=world.at)
        assert not again.is_public
        opened = commands.open_applications(again, actor=supervisor, at=world.at)
    nominations.submitted_application(world, world.hosts[0])
    with world.acting("supervisor") as supervisor:
        assert refusal(back, opened, reason="名额有误", actor=supervisor, at=world.at) == [
            ("已有申报提交，不能退回筹备", "第十三条（三）")
        ]


def test_an_old_page_is_told_that_the_year_has_changed(world, prepared):
    with world.acting("officer") as officer:
        commands.edit(
            prepared, what="参数", settings=prepared.settings, actor=officer, at=world.at, version=prepared.version
        )
        with pytest.raises(StaleVersion):
            commands.edit(
                prepared, what="参数", settings=prepared.settings, actor=officer, at=world.at, version=prepared.version
            )


# --- quotas and times after opening ----------------------------------------------------------------------------------


@pytest.fixture
def two_recommended(world, opened):
    """海淀 has used two of its three places."""
    for host in world.hosts[:2]:
        nominations.screened_application(world, host)
    nominations.ranked_list(world, world.recommenders["110108"], at(10, 16))
    return opened


@pytest.mark.parametrize(("places", "allowed"), [(3, True), (2, True), (1, False), (0, False)])
def test_a_quota_never_falls_below_what_is_used(world, two_recommended, places, allowed):
    unit = world.recommenders["110108"]
    with world.acting("supervisor") as supervisor:
        quotas = {**dict(two_recommended.quotas.values_list("recommender", "places")), unit.pk: places}
        values = {"quotas": quotas, "reason": "市科协研究确定", "actor": supervisor, "at": at(10, 17)}
        if allowed:
            commands.set_quotas(two_recommended, **values)
        else:
            assert refusal(commands.set_quotas, two_recommended, **values) == [
                (f"已推荐 2 人，名额不能减到 {places} 人", "第十一条")
            ]
        assert Quota.objects.get(cycle=two_recommended, recommender=unit).places == (places if allowed else 3)


def test_changing_quotas_after_opening_needs_a_reason_and_is_an_event(world, opened):
    unit = world.recommenders["110105"]
    with world.acting("supervisor") as supervisor:
        assert refusal(commands.set_quotas, opened, quotas={unit.pk: 5}, actor=supervisor, at=world.at)[-1] == (
            "请填写理由",
            "第十一条",
        )
        commands.set_quotas(opened, quotas={unit.pk: 5}, reason="增加名额", actor=supervisor, at=world.at)
        event = Event.objects.get(kind="cycle.change_quotas")
        left_out = opened.quotas.exclude(recommender=unit)
        assert set(left_out.values_list("places", flat=True)) == {0}
    assert event.facts["each"][unit.name] == 5 and event.facts["total"] == 5


@pytest.mark.django_db(transaction=True)
def test_a_cut_and_a_nomination_at_once_never_pass_the_quota():
    world = World.build(units=3)
    opened = cycles.opened_cycle(world)
    unit = world.recommenders["110108"]
    for host in world.hosts[:2]:
        nominations.screened_application(world, host)
    with world.acting("haidian") as officer:
        unit_list = unit_verbs.open_list(opened, unit.pk, actor=officer, at=at(10, 16))
        order = [entry.application.number for entry in unit_list.in_order()]

    def nominate():
        with world.acting("haidian") as officer:
            return unit_verbs.rank(unit_list, order, line=2, actor=officer, at=at(10, 16))

    def cut():
        with world.acting("supervisor") as supervisor:
            return commands.set_quotas(opened, quotas={unit.pk: 1}, reason="压减", actor=supervisor, at=at(10, 16))

    results = together([nominate, cut])
    with everything(because=Because.CHECK_INVARIANTS):
        used = fresh().used_places().get(unit.pk, 0)
        places = Quota.objects.get(cycle=opened, recommender=unit).places
    assert used <= places
    assert [isinstance(each, Refused) for each in results].count(True) == 1, results


@pytest.mark.parametrize(
    ("moved", "allowed"), [(timedelta(days=5), True), (timedelta(0), True), (timedelta(minutes=-1), False)]
)
def test_an_announced_deadline_only_moves_later(world, opened, moved, allowed):
    later = opened.application_closes_at + moved
    with world.acting("supervisor") as supervisor:
        values = {"application_closes_at": later, "reason": "系统维护顺延", "actor": supervisor, "at": world.at}
        if allowed:
            assert commands.move_windows(opened, **values).application_closes_at == later
        else:
            assert refusal(commands.move_windows, opened, **values) == [
                ("“依托单位提交截止”已经公布，只能顺延，不能提前", "第十六条")
            ]


def test_moving_a_deadline_keeps_the_order_of_times(world, opened):
    with world.acting("supervisor") as supervisor:
        said = refusal(
            commands.move_windows,
            opened,
            application_closes_at=opened.recommend_closes_at,
            reason="顺延",
            actor=supervisor,
            at=world.at,
        )
    assert said[0][0].startswith("“推荐单位报送截止”") and said[0][1] == "第十六条"


# --- what holds a stage ----------------------------------------------------------------------------------------------


def held_by(cycle: Cycle, moment: datetime) -> list[tuple[str, int]]:
    with everything(because=Because.SEED):
        return [(item.label, item.count) for item in hanging.items(cycle, moment)]


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [(Schedule(2026).closes_at - timedelta(microseconds=1), False), (Schedule(2026).closes_at, True)],
)
def test_screening_begins_when_the_window_is_over(world, opened, moment, allowed):
    with world.acting("supervisor") as supervisor:
        if allowed:
            assert commands.advance(opened, actor=supervisor, at=moment).state == "screening"
        else:
            assert refusal(commands.advance, opened, actor=supervisor, at=moment) == [
                ("依托单位提交截止时间（2026年10月15日 17:00）未到", "第十三条（三）")
            ]


def test_a_unit_with_its_own_extension_holds_the_stage_until_it_ends(world, opened):
    application = nominations.draft_application(world, world.hosts[0])
    until = at(10, 20)
    with world.acting("supervisor") as supervisor:
        cast_review.extend(application, until=until, reason="单位网络故障", actor=supervisor, at=world.at)
        assert refusal(commands.advance, opened, actor=supervisor, at=until - timedelta(seconds=1)) == [
            ("单独延期、还能提交的申报：1 项未办结", "第十三条（三）")
        ]
        assert commands.advance(opened, actor=supervisor, at=until).state == "screening"


@pytest.fixture
def screening(world, opened) -> Cycle:
    """One application of 海淀 handed in, one of 朝阳 qualified; the window is over."""
    nominations.submitted_application(world, world.hosts[0])
    nominations.screened_application(world, world.hosts[2])
    return cycles.advanced(world, 2026, at=Schedule(2026).closes_at)


def test_unscreened_applications_and_running_lists_hold_screening_until_the_deadline(world, screening):
    last = Schedule(2026).recommend_closes_at
    assert held_by(screening, last - timedelta(seconds=1)) == [
        ("推荐单位还没有初筛的申报", 1),
        ("报送期限未到、“初筛中”的推荐名单", len(lists(screening))),
    ]
    assert held_by(screening, last) == []


def lists(cycle: Cycle) -> list[RecommendationList]:
    with everything(because=Because.SEED):
        return list(cycle.lists.filter(state="drafting"))


def test_a_sent_list_holds_screening_whatever_the_deadline(world, screening):
    nominations.reported_list(world, world.recommenders["110105"], at(10, 29))
    late = Schedule(2026).recommend_closes_at + timedelta(days=30)
    assert held_by(screening, late) == [("已报送、还没有接收的推荐名单", 1)]
    with world.acting("supervisor") as supervisor:
        assert refusal(commands.advance, screening, actor=supervisor, at=late) == [
            ("已报送、还没有接收的推荐名单：1 项未办结", "第十三条（五）")
        ]
    city.accepted_list(world, world.recommenders["110105"], late)
    assert cycles.advanced(world, 2026, at=late).state == "cast_review"


def test_the_city_review_ends_when_every_forwarded_application_has_its_conclusion(world, screening):
    unit, moment = world.recommenders["110105"], at(11, 1)
    nominations.reported_list(world, unit, at(10, 29))
    city.accepted_list(world, unit, at(10, 30, 18))
    cycle = cycles.advanced(world, 2026, at=at(10, 31))
    assert held_by(cycle, moment) == [("还没有受理的申报", 1)]
    (application,) = city.received(world, unit, moment)
    assert held_by(cycle, moment) == [("还没有审查结论的申报", 1)]
    city.corrected_away(world, application, moment)
    assert held_by(cycle, at(12, 20)) == [("还在补正的申报", 1)]
    with world.acting("officer") as officer:
        application = cast_review.take_back(application, reason="逾期未补正", actor=officer, at=at(12, 20))
    city.eligible_application(world, application, at(12, 20))
    assert held_by(cycle, at(12, 21)) == []
    assert cycles.advanced(world, 2026, at=at(12, 21)).received_count == 1


def test_a_proposal_without_its_second_person_holds_the_review(world, screening):
    unit = world.recommenders["110105"]
    nominations.reported_list(world, unit, at(10, 29))
    city.accepted_list(world, unit, at(10, 30, 18))
    cycle = cycles.advanced(world, 2026, at=at(10, 31))
    (application,) = city.received(world, unit, at(11, 1))
    city.eligible_application(world, application, at(11, 1))
    with world.acting("officer") as officer:
        cast_review.prepare_disqualify(application, reason="材料含有涉密内容", actor=officer, at=at(11, 2))
    assert held_by(cycle, at(11, 2)) == [("等待审批的拟办", 1)]


@pytest.fixture
def admitted(world, screening) -> Application:
    """朝阳's one application passed by the city; the cycle stands at 网络评审."""
    unit = world.recommenders["110105"]
    nominations.reported_list(world, unit, at(10, 29))
    city.accepted_list(world, unit, at(10, 30, 18))
    cycles.advanced(world, 2026, at=at(10, 31))
    (application,) = city.received(world, unit, at(11, 1))
    application = city.eligible_application(world, application, at(11, 1))
    cycles.advanced(world, 2026, at=at(11, 2))
    return application


def moved(world: World, application: Application, *steps: tuple[str, str]) -> Application:
    """Taken on by the steps that review takes: (step, login)."""
    for step, login in steps:
        with world.acting(login) as actor:
            application = take(step, application, actor=actor, at=at(11, 20))
    return application


def test_network_review_is_held_by_what_has_no_result(world, admitted):
    assert held_by(fresh(), at(11, 20)) == [("没有进入网络评审的申报", 1)]
    moved(world, admitted, ("enter_network_review", "secretary"))
    assert held_by(fresh(), at(11, 20)) == [("网评结果没有确认的申报", 1)]
    with world.acting("supervisor") as supervisor:
        assert refusal(commands.advance, fresh(), actor=supervisor, at=at(11, 20)) == [
            ("网评结果没有确认的申报：1 项未办结", "第十八条")
        ]
    moved(world, admitted, ("fail_network", "secretary"))
    assert held_by(fresh(), at(11, 20)) == []


def test_panel_review_is_held_by_candidates_and_by_meetings_that_have_some(world, admitted):
    moved(world, admitted, ("enter_network_review", "secretary"), ("advance_to_panel", "secretary"))
    cycles.advanced(world, 2026, at=at(11, 21))
    with world.acting("secretary") as secretary:
        for title in ("会议评审", "多安排的会议"):
            meeting_verbs.plan(
                fresh(), title=title, place="第三会议室", held_at=at(11, 25), actor=secretary, at=at(11, 21)
            )
    assert held_by(fresh(), at(11, 21)) == [("没有上会的候选人", 1)]
    with world.acting("secretary") as secretary:
        meeting = Meeting.objects.get(title="会议评审")
        expert = expert_verbs.add(
            User.objects.get(pk=world["auditor"].user_id),
            kind="technical", employer="京华工程大学", employer_code="", title="教授", fields=[],
            actor=secretary, at=at(11, 21),
        )  # fmt: skip
        meeting_verbs.seat(meeting, expert, is_chair=True, actor=secretary, at=at(11, 21))
        meeting_verbs.draw(meeting, [nominations.fresh(admitted)], actor=secretary, at=at(11, 21))
    assert held_by(fresh(), at(11, 21)) == [("没有上会的候选人", 1), ("纪要没有签署的会议", 1)]
    candidate = moved(world, admitted, ("enter_panel", "secretary"))
    assert held_by(fresh(), at(11, 21)) == [("纪要没有签署的会议", 1), ("会议评审没有结论的申报", 1)]
    with world.acting("officer") as officer:
        proposal = cast_review.prepare_disqualify(candidate, reason="材料失实", actor=officer, at=at(11, 22))
    with world.acting("supervisor") as supervisor:
        approve(proposal, actor=supervisor, at=at(11, 22))
    assert held_by(fresh(), at(11, 22)) == []


def test_publicity_is_held_until_it_has_ended_and_every_selectee_is_announced(world, admitted):
    moved(world, admitted, ("enter_network_review", "secretary"), ("advance_to_panel", "secretary"))
    cycles.advanced(world, 2026, at=at(11, 21))
    moved(world, admitted, ("enter_panel", "secretary"), ("propose", "supervisor"))
    cycles.advanced(world, 2026, at=at(11, 22))
    assert held_by(fresh(), at(11, 22)) == [("没有公示结论的申报", 1)]
    publicity = announced(world, admitted, "proposed", at(11, 23))
    moved(world, admitted, ("publicise", "secretary"))
    assert held_by(fresh(), at(11, 23)) == [("没有期满的拟入选公示", 1), ("没有公示结论的申报", 1)]
    with world.acting("secretary") as secretary:
        notice_verbs.end(publicity, actor=secretary, at=publicity.ends_at)
    assert held_by(fresh(), at(12, 1)) == [("没有公示结论的申报", 1)]
    moved(world, admitted, ("select", "secretary"))
    assert held_by(fresh(), at(12, 1)) == [("没有列入正式名单的入选者", 1)]
    announced(world, admitted, "final", at(12, 2))
    assert held_by(fresh(), at(12, 2)) == []
    assert cycles.advanced(world, 2026, at=at(12, 2)).state == "contracting"


def announced(world: World, application: Application, kind: str, moment: datetime) -> Notice:
    """A notice with this one person: drafted, approved and published."""
    with world.acting("secretary") as secretary:
        values = {"working_days": 5, "office": "科技人才中心", "phone": "010-0000 0000"} if kind == "proposed" else {}
        draft = notice_verbs.create(
            kind=kind, title="名单", body="现予公布。", cycle=fresh(), actor=secretary, at=moment, **values
        )
        notice_verbs.set_entries(draft, [nominations.fresh(application)], actor=secretary, at=moment)
    with world.acting("supervisor") as supervisor:
        draft = notice_verbs.approve(draft, actor=supervisor, at=moment)
    with world.acting("secretary") as secretary:
        return notice_verbs.publish(draft, actor=secretary, at=moment)


# --- versions of the regulation --------------------------------------------------------------------------------------


def test_an_amended_regulation_is_a_new_version_and_old_years_keep_theirs(world, prepared):
    with world.acting("supervisor") as supervisor:
        values = {"name": "管理办法（修订）", "actor": supervisor, "at": world.at}
        amended = commands.create_policy(
            number="2027-01-01",
            effective_date=at(1, 1).date().replace(year=2027),
            parameters={"lead_months": 48},
            **values,
        )
        assert refusal(
            commands.create_policy, number="2027-01-01", effective_date=at(2, 1).date(), parameters={}, **values
        ) == [("这个版本号已有登记", "第三十四条")]
        assert refusal(
            commands.create_policy, number="x", effective_date=amended.effective_date, parameters={}, **values
        ) == [("这一天已有另一个版本生效", "第三十六条")]
        assert Event.objects.filter(kind="policy.create").count() == 2
    assert fresh().policy_parameters().lead_months == 36
    assert PolicyVersion.objects.count() == 2


def test_only_the_supervisor_registers_a_version(world):
    with world.acting("officer") as officer, pytest.raises(Denied):
        commands.create_policy(
            number="x", name="x", effective_date=at(1, 1).date(), parameters={}, actor=officer, at=world.at
        )


# --- pages -----------------------------------------------------------------------------------------------------------


def test_who_may_see_which_page(world, prepared):
    expected = {
        "/manage/cycles/": {"officer", "secretary", "finance", "supervisor", "auditor", "sysadmin"},
        "/manage/2026/": {"officer", "secretary", "finance", "supervisor", "auditor"},
        "/manage/2026/setup/": {"officer", "secretary", "finance", "supervisor", "auditor", "sysadmin"},
        "/manage/2026/setup/times/": {"officer", "supervisor"},
        "/manage/2026/setup/fields/": {"officer", "supervisor"},
        "/manage/2026/setup/settings/": {"officer", "supervisor"},
        "/manage/2026/setup/form/": {"officer", "supervisor"},
        "/manage/2026/setup/rubrics/network/": {"officer", "supervisor"},
        "/manage/2026/quotas/": {"supervisor"},
        "/manage/2026/open/": {"supervisor"},
        "/manage/2026/times/": {"supervisor"},
        "/manage/cycles/new/": {"officer", "supervisor"},
        "/manage/policies/new/": {"supervisor"},
    }
    logins = [*CAST_LOGINS, "host1", "haidian"]
    clients = {login: signed_in(world[login]) for login in logins}
    for url, allowed in expected.items():
        got = {login: client.get(url).status_code for login, client in clients.items()}
        assert got == {login: 200 if login in allowed else 403 for login in logins}, url
    assert clients["supervisor"].get("/manage/2031/setup/").status_code == 404
    assert clients["supervisor"].get("/manage/2026/setup/rubrics/none/").status_code == 404


def test_set_up_page_is_a_task_list_whose_links_lead_on(world, prepared):
    body = signed_in(world["supervisor"]).get("/manage/2026/setup/").content.decode()
    for url in ("setup/times/", "setup/fields/", "quotas/", "setup/form/", "setup/rubrics/panel/", "setup/settings/"):
        assert f'href="/manage/2026/{url}"' in body
    assert 'href="/manage/2026/notices/call/"' not in body  # an officer's or a secretary's work
    assert (
        'href="/manage/2026/notices/call/"' in signed_in(world["officer"]).get("/manage/2026/setup/").content.decode()
    )
    assert "前面完成后可做" in body


def typed(client, url: str) -> dict:
    """What a page's form would send back unchanged."""
    form = client.get(url).context["form"]
    given = {bound.html_name: bound.value() for bound in form}
    return {
        name: form[name].field.prepare_value(value) if hasattr(form[name].field, "prepare_value") else value
        for name, value in given.items()
        if value not in (None, False)
    }


def test_settings_page_saves_and_goes_back_to_the_overview(world, prepared):
    client = signed_in(world["officer"])
    values = {**typed(client, "/manage/2026/setup/settings/"), "max_corrections": "２"}
    answer = client.post("/manage/2026/setup/settings/", values)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/manage/2026/setup/")
    assert fresh().settings == {**prepared.settings, "max_corrections": 2}


def test_settings_page_refuses_with_what_was_typed(world, prepared):
    client = signed_in(world["officer"])
    values = {**typed(client, "/manage/2026/setup/settings/"), "network_weight": "55"}
    answer = client.post("/manage/2026/setup/settings/", values)
    body = answer.content.decode()
    assert answer.status_code == 422
    assert "权重合计应为 100%，现在是 115%" in body and 'value="55"' in body
    assert fresh().settings == prepared.settings


def test_times_page_fills_in_the_usual_cutoffs_and_reads_typed_instants(world, prepared):
    client = signed_in(world["officer"])
    values = {**typed(client, "/manage/2026/setup/times/"), "birth_cutoff_ordinary": "", "birth_cutoff_exceptional": ""}
    values["application_closes_at"] = "2026年10月16日 24:00"
    answer = client.post("/manage/2026/setup/times/", values)
    assert answer.status_code == 302, answer.content.decode()
    cycle = fresh()
    assert cycle.application_closes_at == at(10, 17, 0)
    assert (cycle.birth_cutoff_ordinary.isoformat(), cycle.birth_cutoff_exceptional.isoformat()) == (
        "1981-01-01",
        "1976-01-01",
    )


def test_an_old_page_gets_409(world, prepared):
    client = signed_in(world["officer"])
    values = typed(client, "/manage/2026/setup/settings/")
    with world.acting("officer") as officer:
        commands.edit(prepared, what="参数", settings=prepared.settings, actor=officer, at=world.at)
    assert client.post("/manage/2026/setup/settings/", values).status_code == 409


def test_new_year_page_copies_last_year(world, prepared):
    client = signed_in(world["supervisor"])
    values = typed(client, "/manage/cycles/new/")
    assert (values["year"], values["copy_from"]) == (2027, prepared.pk)
    windows = {
        "application_opens_at": "2027-09-01 9:00",
        "application_closes_at": "2027-10-15 17:00",
        "recommend_closes_at": "2027-10-30 17:00",
    }
    answer = client.post("/manage/cycles/new/", {**values, **windows})
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/manage/2027/setup/"), answer.content.decode()
    with everything(because=Because.SEED):
        assert Cycle.objects.get(year=2027).fields.count() == prepared.fields.count()


def test_opening_page_says_what_is_missing_and_posting_is_422(world, prepared):
    client = signed_in(world["supervisor"])
    page = client.get("/manage/2026/open/")
    assert "还没有发布申报通知" in page.content.decode()
    answer = client.post("/manage/2026/open/", {"version": prepared.version})
    assert answer.status_code == 422 and "还没有发布申报通知" in answer.content.decode()


def test_advance_page_lists_what_hangs_with_links(world, screening):
    page = signed_in(world["supervisor"]).get("/manage/2026/start-cast-review/")
    items = [(item.label, url) for item, url in page.context["hanging"]]
    assert page.status_code == 200
    assert all(url.startswith("/manage/2026/") and "?" in url for _, url in items)


def test_quota_page_shows_what_is_used_and_refuses_less(world, two_recommended):
    client = signed_in(world["supervisor"])
    unit = world.recommenders["110108"]
    values = {**typed(client, "/manage/2026/quotas/"), f"quota_{unit.pk}": "1", "reason": "压减"}
    assert "已用 2 名，不能少于此数" in client.get("/manage/2026/quotas/").content.decode()
    answer = client.post("/manage/2026/quotas/", values)
    assert answer.status_code == 422 and "已推荐 2 人，名额不能减到 1 人" in answer.content.decode()
