"""Pages of the network review by Django's client: who gets what, what is kept, what is refused (Art. 17, 18, 33)."""

import pytest

from applications.models import Application
from fixtures.scenarios import reviewing
from portal.events.models import Event
from portal.tenancy.reach import Because, everything
from review.models import Assignment, Round
from tests.people import signed_in

COMMENT = "申报人业绩扎实，指标有第三方检测支撑，成果已经批量应用，建议支持，培养计划还可再具体。"


def client(world, login):
    return signed_in(world[login])


def events(kind: str) -> list[Event]:
    with everything(because=Because.CHECK_INVARIANTS):
        return list(Event.objects.filter(kind=kind).order_by("sequence"))


def tasks_of(world, login) -> list[Assignment]:
    with everything(because=Because.CHECK_INVARIANTS):
        rows = Assignment.objects.filter(expert__user_id=world[login].user_id).exclude(sequence=None)
        return list(rows.select_related("round").order_by("sequence"))


@pytest.fixture
def point():
    return "scoring"


@pytest.fixture
def at_work(world, time_machine):
    """expert1 has signed and declared; the clock stands in the scoring window."""
    reviewing.pledged(world, "expert1")
    reviewing.declared(world, "expert1")
    time_machine.move_to(world.at, tick=False)
    return world


def sheet(task: Assignment, value: int = 7, comment: str = COMMENT, **more) -> dict:
    return {f"score_{row['code']}": value for row in task.round.criteria} | {"comment": comment, **more}


# --- the expert's way in ---------------------------------------------------------------------------------------------


def test_nothing_opens_before_the_undertaking_is_signed(world, time_machine):
    time_machine.move_to(world.at, tick=False)
    browser = client(world, "expert1")
    for path in ("/expert/", "/expert/conflicts/", "/expert/1/", "/expert/summary/"):
        response = browser.get(path)
        assert (response.status_code, response.url) == (302, "/expert/pledge/"), path
    page = browser.get("/expert/pledge/")
    assert "第三十三条" in page.content.decode() and "严格保密" in page.content.decode()
    assert browser.post("/expert/pledge/", {"name": "别人", "read": "on"}).status_code == 422
    name = world["expert1"].name
    assert browser.post("/expert/pledge/", {"name": name}).status_code == 422  # not ticked
    assert browser.post("/expert/pledge/", {"name": name, "read": "on"}).url == "/expert/conflicts/"
    assert [event.actor_user_id for event in events("undertaking.sign")][-1] == world["expert1"].user_id


def test_reading_opens_with_the_declaration_and_closes_with_a_recusal(world, time_machine):
    reviewing.pledged(world, "expert1")
    time_machine.move_to(world.at, tick=False)
    browser = client(world, "expert1")
    rows = tasks_of(world, "expert1")
    assert browser.get(f"/expert/{rows[0].sequence}/").url == "/expert/conflicts/"
    answers = {f"kind_{row.pk}": "none" for row in rows}
    short = browser.post("/expert/conflicts/", {**answers, f"kind_{rows[0].pk}": ""})
    assert short.status_code == 422
    assert f"请选择与{rows[0].applicant_name}有无利害关系" in short.content.decode()
    done = browser.post("/expert/conflicts/", {**answers, f"kind_{rows[0].pk}": "mentor"})
    assert done.status_code == 302
    assert browser.get(f"/expert/{rows[0].sequence}/").status_code == 404
    assert browser.get(f"/expert/{rows[1].sequence}/").status_code == 200
    assert tasks_of(world, "expert1")[0].state == "recused"


def test_the_tick_answers_only_what_was_left_open(world, time_machine):
    reviewing.pledged(world, "expert1")
    time_machine.move_to(world.at, tick=False)
    first = tasks_of(world, "expert1")[0]
    browser = client(world, "expert1")
    response = browser.post("/expert/conflicts/", {f"kind_{first.pk}": "kin", "all_none": "on"})
    assert response.status_code == 302
    assert {task.state for task in tasks_of(world, "expert1")} == {"recused", "accepted"}


# --- the bench -------------------------------------------------------------------------------------------------------


def test_the_bench_shows_the_submitted_content_without_identity_and_contact(at_work):
    task = tasks_of(at_work, "expert1")[0]
    page = client(at_work, "expert1").get(f"/expert/{task.sequence}/").content.decode()
    with everything(because=Because.CHECK_INVARIANTS):
        application = Application.objects.get(pk=task.application_id)
        basic = application.latest().content["sections"]["basic"]
    assert task.applicant_name in page and basic["direction"] in page
    for secret in ("id_number", "mobile", "email"):
        assert basic[secret] not in page
    assert "主要业绩" in page and "权重 30%" in page
    assert client(at_work, "expert1").get(f"/expert/{task.sequence}/")["Cache-Control"] == "private, no-store"


def test_save_keeps_gaps_and_save_and_next_goes_on(at_work):
    browser = client(at_work, "expert1")
    first, second = tasks_of(at_work, "expert1")[:2]
    data = sheet(first, version=first.version)
    del data["score_N2"]
    assert browser.post(f"/expert/{first.sequence}/", {**data, "then": "stay"}).url == f"/expert/{first.sequence}/"
    saved = tasks_of(at_work, "expert1")[0]
    assert (saved.state, saved.total, saved.comment) == ("scoring", None, COMMENT)
    full = {**sheet(first), "version": saved.version, "then": "next"}
    assert browser.post(f"/expert/{first.sequence}/", full).url == f"/expert/{second.sequence}/"
    assert str(tasks_of(at_work, "expert1")[0].total) == "70.0"
    assert len(events("assignment.begin_scoring")) == 1  # a draft writes no further event


def test_a_second_window_is_told_of_the_first(at_work):
    browser = client(at_work, "expert1")
    task = tasks_of(at_work, "expert1")[0]
    data = {**sheet(task), "version": task.version}
    assert browser.post(f"/expert/{task.sequence}/", data).status_code == 302
    assert browser.post(f"/expert/{task.sequence}/", data).status_code == 409


def test_what_was_typed_stays_when_a_score_is_wrong(at_work):
    task = tasks_of(at_work, "expert1")[0]
    response = client(at_work, "expert1").post(f"/expert/{task.sequence}/", {**sheet(task), "score_N1": "11"})
    assert response.status_code == 422
    assert COMMENT in response.content.decode()
    assert tasks_of(at_work, "expert1")[0].state == "accepted"


def test_submitting_all_names_each_sheet_that_is_not_ready(at_work):
    browser = client(at_work, "expert1")
    rows = tasks_of(at_work, "expert1")
    for task in rows[1:]:
        browser.post(f"/expert/{task.sequence}/", sheet(task))
    refused = browser.post("/expert/summary/submit/")
    assert refused.status_code == 422
    body = refused.content.decode()
    assert f"{rows[0].application_number} {rows[0].applicant_name}：还没打分：主要业绩" in body and "第十八条" in body
    assert {task.state for task in tasks_of(at_work, "expert1")} == {"accepted", "scoring"}  # none went through
    browser.post(f"/expert/{rows[0].sequence}/", sheet(rows[0]))
    assert browser.post("/expert/summary/submit/").url == "/expert/summary/"
    assert {task.state for task in tasks_of(at_work, "expert1")} == {"submitted"}
    assert browser.post(f"/expert/{rows[0].sequence}/", sheet(rows[0], 3)).status_code == 422


def test_the_summary_ranks_the_experts_own_sheets_and_hints_at_ties(at_work):
    browser = client(at_work, "expert1")
    for task in tasks_of(at_work, "expert1"):
        browser.post(f"/expert/{task.sequence}/", sheet(task))
    body = browser.get("/expert/summary/").content.decode()
    count = len(tasks_of(at_work, "expert1"))
    assert f"有 {count} 份总分同为 70.0，是否需要区分？" in body


def test_after_the_deadline_the_bench_refuses_with_the_instant(at_work, time_machine):
    task = tasks_of(at_work, "expert1")[0]
    with everything(because=Because.CHECK_INVARIANTS):
        closes = Round.objects.get().closes_at
    time_machine.move_to(closes, tick=False)
    response = client(at_work, "expert1").post(f"/expert/{task.sequence}/", sheet(task))
    assert response.status_code == 422
    assert "评分已于 2026年11月20日 17:00 截止" in response.content.decode()


# --- who may not -----------------------------------------------------------------------------------------------------


def test_another_experts_number_is_not_there(at_work):
    """Every expert counts from 1; a number one does not have is a 404, whoever has it."""
    own = {task.sequence for task in tasks_of(at_work, "expert1")}
    assert client(at_work, "expert1").get(f"/expert/{max(own) + 1}/").status_code == 404
    other = tasks_of(at_work, "expert2")[0]
    page = client(at_work, "expert1").get("/expert/").content.decode()
    assert other.expert_id not in {task.expert_id for task in tasks_of(at_work, "expert1")}
    assert at_work["expert2"].name not in page


@pytest.mark.parametrize(
    "login", ["host1", "host1-boss", "applicant1", "haidian", "haidian-boss", "officer", "finance", "sysadmin"]
)
def test_nobody_else_sees_rounds_assignments_or_results(at_work, login):
    task = tasks_of(at_work, "expert1")[0]
    browser = client(at_work, login)
    for path in (
        f"/manage/rounds/{task.round.number}/",
        f"/manage/rounds/{task.round.number}/assignments/",
        f"/manage/rounds/{task.round.number}/results/",
        f"/manage/assignments/{task.number}/",
        "/manage/experts/",
        f"/expert/{task.sequence}/",
        "/expert/",
    ):
        assert browser.get(path).status_code in (403, 404), path


def test_the_host_unit_reads_no_expert_and_no_score_on_its_record(at_work):
    rows = tasks_of(at_work, "expert1")
    browser = client(at_work, "expert1")
    for task in rows:
        browser.post(f"/expert/{task.sequence}/", sheet(task))
    browser.post("/expert/summary/submit/")
    body = client(at_work, "host1").get("/apply/").content.decode()
    with everything(because=Because.CHECK_INVARIANTS):
        own = Application.objects.get(organisation=at_work.hosts[0])
    record = client(at_work, "host1").get(f"/apply/{own.number}/").content.decode()
    for text in (body, record):
        assert at_work["expert1"].name not in text and "70.0" not in text and COMMENT not in text


def test_staff_sign_the_years_undertaking_first(at_work):
    from review.models import Undertaking

    with everything(because=Because.CHECK_INVARIANTS):
        Undertaking.objects.filter(kind="staff", user_id=at_work["secretary"].user_id).delete()
    browser = client(at_work, "secretary")
    sent = browser.get("/manage/rounds/WP2026/")
    assert sent.url == "/manage/undertaking/?next=/manage/rounds/WP2026/"
    signed = browser.post(sent.url, {"name": at_work["secretary"].name, "read": "on"})
    assert signed.url == "/manage/rounds/WP2026/"
    assert browser.get(signed.url).status_code == 200


def test_each_look_at_scores_and_identities_is_an_event(at_work):
    task = tasks_of(at_work, "expert1")[0]
    browser = client(at_work, "auditor")
    for path, kind in (
        (f"/manage/assignments/{task.number}/", "assignment.look"),
        ("/manage/rounds/WP2026/assignments/", "round.look_assignments"),
        ("/manage/experts/ZJ0001/", "expert.look"),
    ):
        assert browser.get(path).status_code == 200
        assert [event.actor_user_id for event in events(kind)] == [at_work["auditor"].user_id]
    assert browser.get("/manage/rounds/WP2026/results/").status_code == 404  # not before the round is closed


# --- the secretary ---------------------------------------------------------------------------------------------------


def test_the_secretarys_pages_answer(at_work):
    browser = client(at_work, "secretary")
    task = tasks_of(at_work, "expert1")[0]
    for path in (
        "/manage/review/",
        "/manage/2026/rounds/",
        "/manage/rounds/WP2026/",
        "/manage/rounds/WP2026/assignments/",
        f"/manage/rounds/WP2026/assign/{task.application_number}/",
        "/manage/rounds/WP2026/remind/",
        "/manage/rounds/WP2026/extend/",
        "/manage/experts/",
        "/manage/experts/new/",
        "/manage/experts/ZJ0001/edit/",
        "/manage/experts/ZJ0001/conflict/",
        f"/manage/assignments/{task.number}/revoke/",
        f"/manage/assignments/{task.number}/replace/",
    ):
        assert browser.get(path).status_code == 200, path
    assert browser.get("/manage/rounds/WP2026/assign/ZY2026-9999/").status_code == 404


def test_the_planted_conflict_cannot_be_chosen_and_the_page_says_why(at_work):
    with everything(because=Because.CHECK_INVARIANTS):
        own = Application.objects.get(organisation=at_work.hosts[0])
    path = f"/manage/rounds/WP2026/assign/{own.number}/"
    browser = client(at_work, "secretary")
    assert f"与申报人同在{at_work.hosts[0].name}" in browser.get(path).content.decode()
    from review.models import Expert

    with everything(because=Because.CHECK_INVARIANTS):
        conflicted = Expert.objects.get(number="ZJ0012")
    refused = browser.post(path, {"expert": conflicted.pk})
    assert refused.status_code == 422
    assert "第十七条" in refused.content.decode()


def test_a_reminder_goes_once_a_day(at_work, time_machine):
    browser = client(at_work, "secretary")
    browser.post("/manage/rounds/WP2026/remind/")
    browser.post("/manage/rounds/WP2026/remind/")
    (event,) = events("round.remind")
    assert event.facts["count"] == len(event.facts["users"]) > 0


def test_expert_enrolled_with_a_new_account_can_sign_in_as_expert(at_work):
    from portal.people.models import Membership

    data = {
        "username": "xinzj", "name": "新专家", "kind": "technical", "employer": "示例大学", "employer_code": "",
        "fields_of_work": ["2441-03"], "former_employers": "北京旧单位有限公司，，2025-06", "title": "教授",
    }  # fmt: skip
    made = client(at_work, "secretary").post("/manage/experts/new/", data)
    assert made.status_code == 302, made.content.decode()[-3000:]
    assert Membership.objects.filter(user__username="xinzj", role="expert").count() == 1
    assert client(at_work, "secretary").get(made.url).status_code == 200
    wrong = client(at_work, "secretary").post(
        "/manage/experts/new/", {**data, "username": "b", "former_employers": "x"}
    )
    assert "第 1 行请写成：单位名称，代码（可空），离开年月" in wrong.content.decode()
