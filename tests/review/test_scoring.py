"""The network review at its edges, in commands: seats, conflicts, windows, sheets, results (Art. 3, 17, 18, 33)."""

from datetime import timedelta

import pytest

from applications.models import Application, ApplicationVersion
from fixtures.scenarios import reviewing
from portal.people.actor import SYSTEM, actor_from
from portal.people.models import Membership, Organisation
from portal.regulation.rules import Refused
from portal.tenancy.reach import Because, everything, reach_of
from review import standing
from review.commands import assignment as tasks
from review.commands import expert as pool
from review.commands import round as rounds
from review.models import Assignment, AssignmentUserObjectPermission, Expert, Round, Score, ScoreArchive
from review.tasks import rounds_due
from tests.invariants import all_hold
from tests.review.conftest import from_point

COMMENT = "依托单位研发投入持续，平台条件较好；申报人长期在工程一线，主持项目结果可证，关键技术有自主性。"
TICK = timedelta(microseconds=1)


def seeded():
    return everything(because=Because.SEED)


def messages(refused) -> list[str]:
    return [finding.message for finding in refused.value.blocking]


def now(record):
    with seeded():
        return type(record).objects.get(pk=record.pk)


def own_tasks(world, login: str) -> list[Assignment]:
    with seeded():
        rows = Assignment.objects.filter(expert__user_id=world[login].user_id).exclude(sequence=None)
        return list(rows.select_related("round", "expert", "application").order_by("sequence"))


def expert_of(world, login: str) -> Expert:
    with seeded():
        return Expert.objects.get(user_id=world[login].user_id)


@pytest.fixture
def assigning(world) -> Round:
    """Nobody has a seat yet."""
    return reviewing.round_set_up(world)


@pytest.fixture
def task(world) -> Assignment:
    """expert1's first, accepted."""
    reviewing.pledged(world, "expert1")
    reviewing.declared(world, "expert1")
    return own_tasks(world, "expert1")[0]


def sheet(task: Assignment, value: int = 6) -> dict[str, int]:
    return {row["code"]: value for row in task.round.criteria}


# --- set-up ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weight", [14, 16])
def test_a_rubric_that_does_not_sum_to_a_hundred_begins_nothing(world, weight):
    with world.acting("secretary") as secretary:
        round = rounds.create(reviewing.the_cycle(world), actor=secretary, at=world.at)
        assert sum(row["weight"] for row in round.criteria) == 100
        first, *others = round.criteria
        Round.objects.filter(pk=round.pk).update(rubric={"criteria": [{**first, "weight": weight}, *others]})
        with pytest.raises(Refused) as refused:
            rounds.start_assigning(round, actor=secretary, at=world.at)
    assert messages(refused) == ["评分标准的权重合计应为 100"]


def test_scoring_begins_when_every_seat_is_filled(world, assigning):
    reviewing.seats_assigned(world)
    with world.acting("secretary") as secretary:
        one = Assignment.objects.first()
        tasks.revoke(one, reason="另请专家", actor=secretary, at=world.at)
        with pytest.raises(Refused) as refused:
            rounds.start_scoring(reviewing.the_round(world), actor=secretary, at=world.at)
    assert messages(refused) == [f"{one.application_number} 只分配了 2 位专家，应为 3 位"]


def test_a_conflict_is_assigned_neither_by_hand_nor_by_machine(world, assigning):
    """expert12 works for the first host unit."""
    conflicted = expert_of(world, "expert12")
    with seeded():
        own = Application.objects.get(organisation=world.hosts[0])
    with world.acting("secretary") as secretary, pytest.raises(Refused) as refused:
        rounds.assign(assigning, own, conflicted, actor=secretary, at=world.at)
    assert messages(refused) == [f"{conflicted.name}与申报人同在{world.hosts[0].name}"]
    reviewing.seats_assigned(world)
    with seeded():
        assert not Assignment.objects.filter(application=own, expert=conflicted).exists()
        assert Assignment.objects.filter(application=own).count() == 3


def test_the_load_limit_is_the_last_seat(world, assigning):
    expert = expert_of(world, "expert1")
    with seeded():
        first, second, third = Application.objects.order_by("number")[:3]
    with world.acting("secretary") as secretary:
        expert = pool.edit(expert, load_max=2, actor=secretary, at=world.at)
        for application in (first, second):
            rounds.assign(assigning, application, expert, actor=secretary, at=world.at)
        with pytest.raises(Refused) as refused:
            rounds.assign(assigning, third, expert, actor=secretary, at=world.at)
    assert messages(refused) == ["工作量已满 2 份"]


def test_only_the_kinds_of_the_round_are_asked(world, assigning):
    with seeded():
        application = Application.objects.order_by("number").last()
    with world.acting("secretary") as secretary:
        for login, kind in (("expert10", "管理"), ("expert11", "财务")):
            with pytest.raises(Refused) as refused:
                rounds.assign(assigning, application, expert_of(world, login), actor=secretary, at=world.at)
            assert messages(refused) == [f"本轮不安排{kind}专家"]


# --- reading -------------------------------------------------------------------------------------------------------


def reaches_content(world, login: str, application: int) -> bool:
    with world.acting(login):
        return ApplicationVersion.objects.filter(application_id=application).exists()


@from_point("scoring")
def test_nothing_is_reached_before_undertaking_and_declaration(world):
    first, second = own_tasks(world, "expert1")[:2]
    assert not reaches_content(world, "expert1", first.application_id)
    with world.acting("expert1") as expert, pytest.raises(Refused) as refused:
        tasks.accept(first, actor=expert, at=world.at)
    assert messages(refused) == ["请先签署评审承诺书"]
    reviewing.pledged(world, "expert1")
    assert not reaches_content(world, "expert1", first.application_id)
    with world.acting("expert1") as expert:
        tasks.accept(first, actor=expert, at=world.at)
    assert reaches_content(world, "expert1", first.application_id)
    assert not reaches_content(world, "expert1", second.application_id), "each opens with its own declaration"


@from_point("scoring")
@pytest.mark.parametrize("how", ["recuse", "decline", "revoke", "record_conflict"])
def test_whatever_ends_the_task_ends_the_reading(world, task, how):
    expert, secretary = world["expert1"], world["secretary"]
    with seeded():
        if how == "recuse":
            tasks.recuse(task, kind="kin", actor=expert, at=world.at)
        elif how == "decline":
            tasks.decline(task, reason="没有时间", actor=expert, at=world.at)
        elif how == "revoke":
            tasks.revoke(task, reason="另请专家", actor=secretary, at=world.at)
        else:
            pool.record_conflict(task.expert, task.application, reason="共同持股", actor=secretary, at=world.at)
        assert not AssignmentUserObjectPermission.objects.filter(content_object=task).exists()
    assert not reaches_content(world, "expert1", task.application_id)
    assert task.pk not in reach_of(world["expert1"]).axes["assignments"]


@from_point("scoring")
def test_a_conflict_that_comes_to_light_takes_the_task_back_and_bars_the_pair(world, task):
    with world.acting("expert1") as expert:
        tasks.save(task, values=sheet(task), comment=COMMENT, actor=expert, at=world.at)
    with world.acting("secretary") as secretary:
        pool.record_conflict(task.expert, task.application, reason="共同持股", actor=secretary, at=world.at)
        assert now(task).state == "revoked"
        assert Score.objects.filter(assignment=task, value=6).count() == 6, "what was given is kept"
        with pytest.raises(Refused) as refused:
            rounds.assign(task.round, task.application, task.expert, actor=secretary, at=world.at)
    assert messages(refused) == [f"{task.expert.name}已声明有利害关系：共同持股"]


@from_point("scoring")
def test_proofs_open_with_the_declaration_and_papers_with_identity_numbers_never(world, browsers):
    """Art. 33: what is not listed cannot be fetched by its address either."""
    first = own_tasks(world, "expert1")[0]
    with seeded():
        listed = ApplicationVersion.objects.get(pk=first.content_id).content["attachments"]
    files = {each["key"]: f"/files/{each['file']}/" for each in listed}
    assert {"id_card", "employment_proof", "project_proof"} <= files.keys()

    def opened() -> set[str]:
        return {key for key, address in files.items() if browsers("expert1").get(address).status_code == 200}

    assert opened() == set()
    reviewing.pledged(world, "expert1")
    assert opened() == set()
    reviewing.declared(world, "expert1")
    assert opened() == files.keys() - {"id_card", "employment_proof"}
    with world.acting("expert1") as expert:
        tasks.recuse(first, kind="kin", actor=expert, at=world.at)
    assert opened() == set()


@from_point("scoring")
def test_a_new_employer_takes_back_what_it_forbids_and_leaves_the_rest(world):
    tasks_ = own_tasks(world, "expert1")
    host = tasks_[0].application.organisation_id
    with seeded():
        unit = Organisation.objects.get(pk=host)
    with world.acting("secretary") as secretary:
        changed = {"employer": unit.name, "employer_code": unit.code}
        pool.edit(tasks_[0].expert, actor=secretary, at=world.at, **changed)
    assert [now(each).state for each in tasks_] == ["revoked", *["invited"] * (len(tasks_) - 1)]
    assert all_hold()


@from_point("begun")
def test_a_unit_names_three_experts_at_most_and_before_the_review(world):
    """Whom it names is barred; the unit reads its own wishes and nobody else's."""
    named = expert_of(world, "expert3")
    with seeded():
        own = Application.objects.get(organisation=world.hosts[0])
    with world.acting("host1") as host:
        for name in (named.name, "某甲", "某乙"):
            pool.ask_to_avoid(own, name=name, reason="竞争关系", actor=host, at=world.at)
        with pytest.raises(Refused) as refused:
            pool.ask_to_avoid(own, name="某丙", reason="竞争关系", actor=host, at=world.at)
    assert messages(refused) == ["每份申报最多申请 3 位专家回避"]
    round = reviewing.round_set_up(world)
    with world.acting("secretary") as secretary, pytest.raises(Refused) as refused:
        rounds.assign(round, own, named, actor=secretary, at=world.at)
    assert messages(refused) == [f"依托单位申请{named.name}回避"]
    with seeded():
        another = Application.objects.get(organisation=world.hosts[1])
    with world.acting("host2") as host, pytest.raises(Refused) as refused:
        pool.ask_to_avoid(another, name="某甲", reason="竞争关系", actor=host, at=world.at)
    assert messages(refused) == ["申报已进入评审，不能再申请专家回避"]


@from_point("confirmed")
def test_a_year_has_one_round_and_in_its_time(world):
    with world.acting("secretary") as secretary, pytest.raises(Refused) as refused:
        rounds.create(reviewing.the_cycle(world), actor=secretary, at=world.at)
    assert messages(refused) == ["2026 年度 现在是“会议评审”，还不能设置网络评审"]


def test_a_second_round_of_a_year_is_refused(world, assigning):
    with world.acting("secretary") as secretary, pytest.raises(Refused) as refused:
        rounds.create(reviewing.the_cycle(world), actor=secretary, at=world.at)
    assert messages(refused) == ["本年度已经设置了网络评审"]


# --- sheets ----------------------------------------------------------------------------------------------------------


@from_point("scoring")
@pytest.mark.parametrize("value", [-1, 11])
def test_points_outside_0_to_10_are_refused_and_nothing_is_saved(world, task, value):
    with world.acting("expert1") as expert, pytest.raises(Refused) as refused:
        tasks.save(task, values={**sheet(task), "N6": value}, comment=COMMENT, actor=expert, at=world.at)
    assert messages(refused) == ["主要业绩应为 0 到 10 分"]
    assert (now(task).state, now(task).comment) == ("accepted", "")


@from_point("scoring")
@pytest.mark.parametrize("value", [0, 10])
def test_0_and_10_are_points(world, task, value):
    with world.acting("expert1") as expert:
        saved = tasks.save(task, values=sheet(task, value), comment=COMMENT, actor=expert, at=world.at)
    assert saved.total == value * 10


@from_point("scoring")
@pytest.mark.parametrize(("before", "saved"), [(TICK, True), (timedelta(0), False)])
def test_saving_and_submitting_end_with_the_window(world, task, before, saved):
    at = task.round.closes_at - before
    with world.acting("expert1") as expert:
        if saved:
            tasks.save(task, values=sheet(task), comment=COMMENT, actor=expert, at=at)
            assert tasks.submit(task, actor=expert, at=at).state == "submitted"
        else:
            tasks.save(task, values=sheet(task), comment=COMMENT, actor=expert, at=at - TICK)
            for late in (
                lambda: tasks.save(task, values=sheet(task), comment=COMMENT, actor=expert, at=at),
                lambda: tasks.submit(task, actor=expert, at=at),
            ):
                with pytest.raises(Refused) as refused:
                    late()
                assert messages(refused) == ["评分已于 2026年11月20日 17:00 截止"]


@from_point("scoring")
def test_a_sheet_sent_back_is_kept_as_it_was_and_can_be_given_anew(world, task):
    with world.acting("expert1") as expert:
        tasks.save(task, values=sheet(task), comment=COMMENT, actor=expert, at=world.at)
        tasks.submit(task, actor=expert, at=world.at)
        with pytest.raises(Refused):
            tasks.save(task, values=sheet(task, 3), comment=COMMENT, actor=expert, at=world.at)
    with world.acting("secretary") as secretary:
        with pytest.raises(Refused) as refused:
            tasks.reopen(task, reason=" ", actor=secretary, at=world.at)
        assert messages(refused) == ["请填写理由"]
        tasks.reopen(task, reason="意见与分数不一致", actor=secretary, at=world.at)
        kept = ScoreArchive.objects.get(assignment=task)
        assert (kept.values, kept.comment) == (sheet(task), COMMENT)
    with world.acting("expert1") as expert:
        assert not ScoreArchive.objects.exists(), "no expert reaches what was put away"
        tasks.save(task, values=sheet(task, 3), comment=COMMENT, actor=expert, at=world.at)
        assert tasks.submit(task, actor=expert, at=world.at).total == 30


# --- results ---------------------------------------------------------------------------------------------------------


def results(world) -> dict:
    with seeded():
        return {each.number: each for each in standing.of_round(reviewing.the_round(world))}


@from_point("scoring")
def test_a_recusal_after_submission_voids_the_sheet_and_keeps_it(world):
    reviewing.everybody_scored(world)
    task = own_tasks(world, "expert1")[0]
    assert results(world)[task.application_number].count == 3
    with world.acting("expert1") as expert:
        tasks.recuse(task, kind="collaboration", actor=expert, at=world.at)
    with seeded():
        assert Score.objects.filter(assignment=task, value__isnull=False).count() == 6
    found = results(world)[task.application_number]
    assert (found.count, found.score, found.mean, found.spread, found.rank, found.flags) == (
        2, None, None, None, None, ("few",),
    )  # fmt: skip


@from_point("scoring")
def test_two_sheets_show_nothing_and_confirm_nothing(world, browsers):
    """With one or two, a reader would know who gave which."""
    reviewing.everybody_scored(world)
    task = own_tasks(world, "expert1")[0]
    with world.acting("secretary") as secretary:
        tasks.revoke(task, reason="另请专家", actor=secretary, at=world.at)
        round = rounds.close(reviewing.the_round(world), actor=secretary, at=world.at)
    page = browsers("secretary").get(f"/manage/rounds/{round.number}/results/")
    (row,) = [
        [cell.text for cell in row.cells]
        for _, _, table in page.context["fields"]
        for row in table.rows
        if row.cells[1].text == task.application_number
    ]
    assert row[4:] == ["2", "—", "—", "—", "评分不足", "未入围"] and row[0] == "—"
    with world.acting("secretary") as secretary, pytest.raises(Refused) as refused:
        rounds.prepare_confirm(round, actor=secretary, at=world.at)
    assert messages(refused) == [f"{task.application_number} 只有 2 份有效评分，至少 3 份，请补充评审"]


@from_point("scoring")
def test_time_alone_closes_the_round_at_its_instant_and_revokes_what_is_missing(world, browsers):
    for login in ("expert1", "expert2"):
        for part in (reviewing.pledged, reviewing.declared, reviewing.scored, reviewing.handed_in):
            part(world, login)
    closes = reviewing.the_round(world).closes_at
    world.at = closes - TICK
    assert rounds_due() == 0
    world.at = closes
    assert rounds_due() == 1 and rounds_due() == 0
    with seeded():
        assert set(Assignment.objects.values_list("state", flat=True)) == {"locked", "revoked"}
        handed = Assignment.objects.filter(expert__user_id__in=[world["expert1"].user_id, world["expert2"].user_id])
        assert set(handed.values_list("state", flat=True)) == {"locked"}


@from_point("scoring")
def test_the_round_closes_early_only_when_everything_is_in(world):
    with world.acting("secretary") as secretary, pytest.raises(Refused) as refused:
        rounds.close(reviewing.the_round(world), actor=secretary, at=world.at)
    assert messages(refused) == ["评分截止时间（2026年11月20日 17:00）未到，还有 18 份没有提交"]
    reviewing.everybody_scored(world)
    with seeded():
        assert rounds.close(reviewing.the_round(world), actor=SYSTEM, at=world.at).state == "closed"


@from_point("scoring")
def test_who_prepares_the_confirmation_does_not_confirm(world):
    """Four eyes hold for the person, whatever the role."""
    round = reviewing.round_closed(world)
    second = Membership.objects.create(
        user_id=world["secretary"].user_id, organisation=world.cast, role="cast_supervisor", from_date="2020-01-01"
    )
    with world.acting("secretary") as secretary:
        prepared = rounds.prepare_confirm(round, actor=secretary, at=world.at)
        with pytest.raises(Refused) as refused:
            rounds.confirm(prepared, actor=actor_from(second), at=world.at)
    assert messages(refused) == ["拟办和批准不能是同一个人"]
    assert now(round).state == "closed"
