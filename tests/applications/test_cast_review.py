"""市科协's review: lists, receiving, check-list, corrections, decisions of two, deadlines, identity (Art. 11–15)."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.cast_answers import Answer, overrides
from applications.checklist import cast_items
from applications.commands import application as host_verbs
from applications.commands import cast_review as commands
from applications.forms.cast_review import BatchForm
from applications.models import Application, CastCheck, RecommendationList
from applications.models.dossier import findings_of
from fixtures.scenarios import city, cycles, nominations
from fixtures.scenarios.cycles import BEIJING
from fixtures.scenarios.nominations import fresh
from fixtures.scenarios.world import World
from portal.access.decide import Denied
from portal.access.matrix import row_of
from portal.events.models import Event, EventNote
from portal.people.models import User
from portal.people.roles import Role
from portal.regulation.articles import Article
from portal.regulation.rules import Refused, failed, passed, priority, to_check
from portal.tenancy.reach import Because, everything, reach_of, reaching
from portal.workflow.take import StaleVersion, approve, decline
from tests.people import member, signed_in

OFFICER, SUPERVISOR = {Role.CAST_OFFICER}, {Role.CAST_SUPERVISOR}
IN_REVIEW = {"in_cast_review"}
# step: (from, to, who takes it, who prepares it)
STEPS = {
    "receive": ({"forwarded"}, "in_cast_review", OFFICER, None),
    "review": (IN_REVIEW, None, OFFICER, None),
    "return_for_correction": (IN_REVIEW, "returned_by_cast", OFFICER, None),
    "take_back": ({"returned_by_cast"}, "in_cast_review", OFFICER, None),
    "pass_review": (IN_REVIEW, "eligible", OFFICER, None),
    "reject": (IN_REVIEW, "rejected", SUPERVISOR, OFFICER),
    "disqualify": (
        {
            "draft", "submitted", "returned_by_recommender", "qualified", "recommended", "forwarded", "in_cast_review",
            "returned_by_cast", "eligible", "in_network_review", "panel_candidate", "in_panel_review", "proposed",
            "in_publicity", "objection_hold",
        },
        "disqualified", SUPERVISOR, OFFICER,
    ),
    "extend": ({"draft", "returned_by_recommender", "returned_by_cast"}, None, SUPERVISOR, None),
    "leave_out": ({"qualified"}, "not_recommended", OFFICER, None),
}  # fmt: skip
LIST_STEPS = {
    "accept": ({"submitted"}, "accepted", OFFICER),
    "return_to_unit": ({"submitted"}, "returned", OFFICER),
    "extend": ({"drafting", "pending_approval", "returned"}, None, SUPERVISOR),
}
CAST_LOGINS = ("officer", "secretary", "finance", "supervisor", "auditor", "sysadmin")


def at(month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BEIJING)


@pytest.fixture
def world(db, settings, tmp_path) -> World:
    settings.FAKE_NOW, settings.PASSWORD_MAX_DAYS, settings.MEDIA_ROOT = at(11, 2).isoformat(), 0, tmp_path
    return World.build(units=3)


@pytest.fixture
def sent(world) -> RecommendationList:
    """海淀 has one place: host1 is recommended and sent, host2 is its reserve; 朝阳 has nothing yet."""
    cycles.opened_cycle(world, places=1)
    for host in world.hosts[:2]:
        nominations.screened_application(world, host)
    return nominations.reported_list(world, world.recommenders["110108"], at(10, 20))


@pytest.fixture
def in_review(world, sent) -> Application:
    city.accepted_list(world, world.recommenders["110108"], at(10, 21))
    (application,) = city.received(world, world.recommenders["110108"], at(10, 22))
    return application


def application_of(world: World, number: int) -> Application:
    with everything(because=Because.SEED):
        return fresh(Application.objects.get(organisation=world.hosts[number - 1]))


def refusal(act, *args, **kwargs) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return [(finding.message, str(finding.article)) for finding in refused.value.findings]


def all_yes(application: Application) -> dict[str, Answer]:
    return {item.key: Answer("yes", "已核对原件") for item in application.cast_items()}


# --- the tables ------------------------------------------------------------------------------------------------------


def test_steps_are_those_of_the_tables():
    def row(model, name):
        step = model.steps[name]
        return set(step.source), step.target, set(row_of(step.action).roles)

    assert {name: row(Application, name) for name in STEPS} == {name: each[:3] for name, each in STEPS.items()}
    assert {name: row(RecommendationList, name) for name in LIST_STEPS} == LIST_STEPS
    prepared_by = {
        name: set(row_of(f"{step.action}.prepare").roles) for name, step in Application.steps.items() if step.four_eyes
    }
    assert prepared_by == {name: each[3] for name, each in STEPS.items() if each[3]}


@pytest.mark.parametrize("login", [login for login in CAST_LOGINS if login != "officer"])
def test_only_the_officer_receives_and_reviews(world, sent, login):
    city.accepted_list(world, world.recommenders["110108"], at(10, 21))
    application = application_of(world, 1)
    with world.acting(login) as actor:
        with pytest.raises(Denied):
            commands.receive(application, actor=actor, at=at(10, 22))
        with pytest.raises(Denied):
            commands.accept_list(sent, actor=actor, at=at(10, 22))


# --- lists -----------------------------------------------------------------------------------------------------------


def test_accepting_a_list_ends_the_reserves_and_leaves_the_sent_ones(world, sent):
    city.accepted_list(world, world.recommenders["110108"], at(10, 21))
    recommended, reserve = application_of(world, 1), application_of(world, 2)
    assert {recommended.state, reserve.state} == {"forwarded", "not_recommended"}
    left_out = reserve if reserve.state == "not_recommended" else recommended
    assert left_out.outcome_reason == "未进入推荐名额"
    with everything(because=Because.SEED):
        accepting = Event.objects.filter(kind__in=("list.accept", "application.leave_out"))
        operations = list(accepting.values_list("operation", flat=True))
    assert len(operations) == 2 and len(set(operations)) == 1


def test_a_returned_list_gives_its_applications_back_and_can_be_sent_again(world, sent):
    unit = world.recommenders["110108"]
    with world.acting("officer") as officer:
        assert refusal(commands.return_list, sent, reason=" ", actor=officer, at=at(10, 21)) == [
            ("请填写理由", "第十五条")
        ]
        returned = commands.return_list(sent, reason="汇总表未盖章", actor=officer, at=at(10, 21))
    states = sorted(application_of(world, number).state for number in (1, 2))
    assert (returned.state, states) == ("returned", ["qualified", "recommended"])
    again = nominations.reported_list(world, unit, at(10, 22))
    states = sorted(application_of(world, number).state for number in (1, 2))
    assert (again.state, states) == ("submitted", ["forwarded", "qualified"])


@pytest.mark.parametrize(
    ("until", "allowed"), [(at(10, 30, 17), False), (at(10, 30, 17, 1), True), (at(10, 20), False)]
)
def test_a_unit_may_get_a_later_deadline_for_its_list(world, sent, until, allowed):
    with world.acting("officer") as officer:
        returned = commands.return_list(sent, reason="请更正", actor=officer, at=at(10, 29))
    with world.acting("supervisor") as supervisor:
        values = {"until": until, "reason": "系统故障", "actor": supervisor, "at": at(10, 29)}
        if allowed:
            assert commands.extend_list(returned, **values).closes_at() == until
        else:
            assert refusal(commands.extend_list, returned, **values) == [
                ("新的期限应晚于现在的期限，也晚于此刻", "第十三条（五）")
            ]


# --- receiving -------------------------------------------------------------------------------------------------------


def test_nothing_is_received_before_its_list_is_accepted(world, sent):
    application = application_of(world, 1)
    with world.acting("officer") as officer:
        assert refusal(commands.receive, application, actor=officer, at=at(10, 21)) == [
            ("市科协还没有接收该推荐单位的名单", "第十三条（五）")
        ]


def test_a_batch_is_received_as_a_whole_or_not_at_all(world, sent):
    city.accepted_list(world, world.recommenders["110108"], at(10, 21))
    good, ended = application_of(world, 1), application_of(world, 2)
    if good.state != "forwarded":
        good, ended = ended, good
    with world.acting("officer") as officer:
        said = refusal(commands.receive_many, [good, ended], actor=officer, at=at(10, 22))
        assert said == [(f"{ended.number}：现在的状态是“未获推荐”，不能受理", "第十五条")]
        assert fresh(good).state == "forwarded"
        assert refusal(commands.receive_many, [], actor=officer, at=at(10, 22)) == [("没有选择申报", "第十五条")]
        assert [each.state for each in commands.receive_many([good], actor=officer, at=at(10, 22))] == [
            "in_cast_review"
        ]
        preview = [(each.number, why and why.message) for each, why in commands.receivable([fresh(good), ended])]
    assert preview == [(good.number, "现在的状态是“审查中”"), (ended.number, "现在的状态是“未获推荐”")]


# --- the check-list --------------------------------------------------------------------------------------------------

PASS, FAIL, CHECK, PRIORITY = passed("有"), failed("无"), to_check("待定"), priority("优先")
OVERRIDES = [
    (PASS, "yes", False), (PASS, "no", True), (PASS, "unsure", True),
    (FAIL, "yes", True), (FAIL, "no", False), (FAIL, "unsure", False),
    (CHECK, "yes", False), (CHECK, "no", False), (CHECK, "unsure", False),
    (PRIORITY, "yes", False), (PRIORITY, "no", True), (PRIORITY, "unsure", True),
    (None, "yes", False), (None, "no", False),
]  # fmt: skip


@pytest.mark.parametrize(("finding", "answer", "expected"), OVERRIDES)
def test_what_overrides_the_machine(finding, answer, expected):
    assert overrides(finding, answer) is expected


def test_the_list_has_every_condition_of_article_8_and_what_no_rule_can_judge(in_review):
    with everything(because=Because.SEED):
        items = cast_items(findings_of(in_review.latest()))
    articles = {str(item.article) for item in items}
    conditions = {
        f"第八条（{part}）{number}" for part, count in (("一", 5), ("二", 6)) for number in range(1, count + 1)
    }
    assert conditions <= articles
    assert {"第十条", "第十四条", "第十五条"} <= articles


def test_an_override_without_a_reason_is_refused_with_its_article(world, in_review):
    with world.acting("officer") as officer:
        answers = {"nationality": Answer("no"), "age": Answer("unsure", " "), "unclassified": Answer("no")}
        said = refusal(commands.review, in_review, answers=answers, actor=officer, at=at(10, 23))
        assert said == [
            ("“中国国籍”机器判定为“符合”，改判请写明理由", "第八条（二）1"),
            ("“年龄”机器判定为“符合”，改判请写明理由", "第八条（二）3"),
            ("“内容符合保密要求”请写明理由", "第十四条"),
        ]
        assert refusal(commands.review, in_review, answers={"zodiac": Answer("yes")}, actor=officer, at=at(10, 23)) == [
            ("清单里没有“zodiac”", "第十五条")
        ]
    with everything(because=Because.SEED):
        assert not CastCheck.objects.exists()


def test_an_override_is_kept_with_its_evidence_inside_the_house(world, in_review):
    with world.acting("officer") as officer:
        answers = {"nationality": Answer("no", "证件系伪造"), "materials": Answer("yes")}
        commands.review(in_review, answers=answers, actor=officer, at=at(10, 23))
        checks = {check.item: check for check in CastCheck.objects.filter(application=in_review)}
        event = Event.objects.get(kind="application.review")
    nationality = checks["nationality"]
    assert (nationality.overrides, nationality.reason, nationality.on_version) == (True, "证件系伪造", 1)
    assert nationality.findings[0]["verdict"] == "pass" and not checks["materials"].overrides
    assert (event.facts["answered"], event.facts["overridden"], event.facts["items"]) == (2, 1, ["nationality"])
    for login in ("host1", "applicant1", "haidian"):
        with world.acting(login):
            assert not CastCheck.objects.exists()
            assert not Event.objects.filter(kind="application.review").exists()


def test_passing_needs_every_item_answered_yes(world, in_review):
    with world.acting("officer") as officer:
        items = in_review.cast_items()
        said = refusal(commands.pass_review, in_review, actor=officer, at=at(10, 23))
        assert said == [(f"“{item.label}”还没有填写审查结论", "第十五条") for item in items]
        answers = {**all_yes(in_review), "materials": Answer("unsure", "缺验收证明")}
        commands.review(in_review, answers=answers, actor=officer, at=at(10, 23))
        assert refusal(commands.pass_review, in_review, actor=officer, at=at(10, 23)) == [
            ("“证明材料齐全、有效，与所填内容一致”为“材料不足”，不能审查通过", "第十五条")
        ]
        commands.review(in_review, answers={"materials": Answer("yes")}, actor=officer, at=at(10, 23))
        assert commands.pass_review(in_review, actor=officer, at=at(10, 23)).state == "eligible"


def test_an_old_check_list_is_told_that_another_was_saved(world, in_review):
    with world.acting("officer") as officer:
        values = {"answers": all_yes(in_review), "actor": officer, "at": at(10, 23), "version": in_review.version}
        commands.review(in_review, **values)
        with pytest.raises(StaleVersion):
            commands.review(in_review, **values)


# --- corrections -----------------------------------------------------------------------------------------------------

NOTES = {"achievements": "请补充第三方检测报告。", "budget": " "}


def test_a_correction_names_sections_counts_working_days_and_opens_those_alone(world, in_review):
    with world.acting("officer") as officer:
        returned = commands.return_for_correction(in_review, notes=NOTES, actor=officer, at=at(11, 2, 16))
    # Mon 2 November: Tue 3, Wed 4, Thu 5, Fri 6, Mon 9
    assert (returned.state, returned.correction_due_at, returned.correction_count) == (
        "returned_by_cast",
        at(11, 10, 0),
        1,
    )
    assert returned.reopened_sections == ["achievements"]
    with world.acting("host1"):
        (note,) = returned.notes.all()
    assert (note.section, note.text, note.from_cast) == ("achievements", "请补充第三方检测报告。", True)


@pytest.mark.parametrize("notes", [{}, {"achievements": "  "}, {"no_such_page": "x"}])
def test_a_correction_without_a_named_section_is_refused(world, in_review, notes):
    with world.acting("officer") as officer:
        assert refusal(commands.return_for_correction, in_review, notes=notes, actor=officer, at=at(11, 2)) == [
            ("请至少对一个部分写明需要修改的内容", "第十三条（四）")
        ]


def test_corrections_run_out(world, in_review):
    with world.acting("officer") as officer:
        commands.return_for_correction(in_review, notes=NOTES, actor=officer, at=at(11, 2))
        back = commands.take_back(in_review, reason="逾期未补正", actor=officer, at=at(11, 10, 0))
        assert refusal(commands.return_for_correction, back, notes=NOTES, actor=officer, at=at(11, 11)) == [
            ("补正最多 1 次，已经用完", "第十五条")
        ]


def test_a_correction_into_an_undecreed_year_needs_a_date(world, in_review):
    with world.acting("officer") as officer:
        said = refusal(commands.return_for_correction, in_review, notes=NOTES, actor=officer, at=at(12, 29))
        assert said[0][0] == "还没有 2027 年的放假安排，请先在工作日历中录入国务院办公厅的通知"
        assert refusal(
            commands.return_for_correction, in_review, notes=NOTES, due_at=at(12, 29), actor=officer, at=at(12, 29)
        ) == [("补正期限应在此刻之后", "第十五条")]
        due = at(12, 31) + timedelta(days=6)
        returned = commands.return_for_correction(in_review, notes=NOTES, due_at=due, actor=officer, at=at(12, 29))
    assert returned.correction_due_at == due


@pytest.mark.parametrize(
    ("moment", "allowed"), [(at(11, 10, 0) - timedelta(microseconds=1), False), (at(11, 10, 0), True)]
)
def test_an_expired_correction_is_taken_back_by_a_person(world, in_review, moment, allowed):
    with world.acting("officer") as officer:
        commands.return_for_correction(in_review, notes=NOTES, actor=officer, at=at(11, 2))
        if allowed:
            back = commands.take_back(in_review, reason="逾期未补正", actor=officer, at=moment)
            assert (back.state, back.reopened_sections, back.correction_due_at) == ("in_cast_review", [], None)
        else:
            assert refusal(commands.take_back, in_review, reason="逾期", actor=officer, at=moment) == [
                ("补正期限（2026年11月9日 24:00）未到", "第十五条")
            ]


def test_answers_on_an_older_version_no_longer_count(world, in_review):
    with world.acting("officer") as officer:
        commands.review(in_review, answers=all_yes(in_review), actor=officer, at=at(11, 2))
        returned = commands.return_for_correction(in_review, notes=NOTES, actor=officer, at=at(11, 2))
    with world.acting("host1") as clerk:
        from applications.commands import sections

        page = returned.sections.get(key="achievements")
        values = {**nominations.story_of(world, world.hosts[0])["achievements"]}
        values["summary"] += "\n第三方检测报告编号 J-2026-11。"
        sections.edit(returned, "achievements", values, actor=clerk, at=at(11, 3), version=page.version)
    nominations.sign(world, fresh(returned), at(11, 4))
    again = nominations.submit(world, fresh(returned), at(11, 5))
    with world.acting("officer") as officer:
        assert (again.state, again.latest().number) == ("in_cast_review", 2)
        assert len(refusal(commands.pass_review, again, actor=officer, at=at(11, 6))) == len(again.cast_items())
        page = signed_in(world["officer"]).get(f"/manage/applications/{again.number}/review/").content.decode()
        assert "下面是对上一版的结论，请按本版确认。" in page
        commands.review(again, answers=all_yes(again), actor=officer, at=at(11, 6))
        assert commands.pass_review(again, actor=officer, at=at(11, 6)).state == "eligible"
    compare = signed_in(world["officer"]).get(f"/manage/applications/{again.number}/compare/?old=1&new=2")
    assert "第三方检测报告编号 J-2026-11" in compare.content.decode()
    assert (
        signed_in(world["officer"]).get(f"/manage/applications/{again.number}/compare/?old=1&new=7").status_code == 404
    )


# --- decisions of two ------------------------------------------------------------------------------------------------


def test_a_rejection_is_proposed_by_one_and_approved_by_another_under_an_article(world, in_review):
    with world.acting("officer") as officer:
        values = {"article": Article(8, 2, 4), "actor": officer, "at": at(11, 2)}
        assert refusal(commands.prepare_reject, in_review, reason="", **values) == [("请填写理由", "第十五条")]
        proposal = commands.prepare_reject(in_review, reason="工程技术工作不满 8 年", **values)
        assert fresh(in_review).state == "in_cast_review"
        assert refusal(commands.prepare_reject, in_review, reason="再次", **values)[0][0] == "已有一份拟办等待审批"
        with pytest.raises(Denied):
            approve(proposal, actor=officer, at=at(11, 3))
    second_hat = member(Role.CAST_SUPERVISOR, world.cast, who=User.objects.get(username="officer"))
    with reaching(reach_of(second_hat)):
        assert refusal(approve, proposal, actor=second_hat, at=at(11, 3)) == [("拟办和批准不能是同一个人", "第十五条")]
    with world.acting("supervisor") as supervisor:
        rejected = approve(proposal, actor=supervisor, at=at(11, 3))
        event = Event.objects.get(kind="application.reject")
        assert EventNote.objects.get(event=event).text == "工程技术工作不满 8 年"
    assert rejected.state == "rejected" and event.facts == {"cited": "第八条（二）4"}


def test_a_declined_proposal_leaves_the_application_in_review(world, in_review):
    with world.acting("officer") as officer:
        proposal = commands.prepare_reject(
            in_review, article=Article(14), reason="疑似不实", actor=officer, at=at(11, 2)
        )
    with world.acting("supervisor") as supervisor:
        assert refusal(decline, proposal, reason="", actor=supervisor, at=at(11, 3)) == [("请填写理由", "第十五条")]
        decline(proposal, reason="证据不足", actor=supervisor, at=at(11, 3))
    assert fresh(in_review).state == "in_cast_review"


def test_a_disqualified_unit_is_out_for_the_year(world, sent):
    with world.acting("officer") as officer:
        draft = nominations.draft_application(world, world.hosts[2], at(9, 20))
        proposal = commands.prepare_disqualify(draft, reason="材料含有涉密内容", actor=officer, at=at(9, 21))
    with world.acting("supervisor") as supervisor:
        assert approve(proposal, actor=supervisor, at=at(9, 22)).state == "disqualified"
    with world.acting("host3") as clerk:
        said = refusal(
            host_verbs.create,
            draft.cycle,
            recommender=None,
            applicant_name="别人",
            actor=clerk,
            at=at(9, 23),
        )
    assert ("依托单位的 2026 年度申报资格已取消", "第十四条") in said


# --- deadlines and identity ------------------------------------------------------------------------------------------


def test_an_extension_is_for_one_unit_alone(world, sent):
    draft = nominations.draft_application(world, world.hosts[2], at(10, 10))
    with world.acting("supervisor") as supervisor:
        values = {"reason": "单位断网", "actor": supervisor, "at": at(10, 14)}
        assert refusal(commands.extend, draft, until=at(10, 15, 17), **values) == [
            ("新的期限应晚于现在的期限，也晚于此刻", "第十三条（三）")
        ]
        extended = commands.extend(draft, until=at(10, 18), **values)
        event = Event.objects.get(kind="application.extend")
        assert extended.closes_at() == at(10, 18)
        assert application_of(world, 1).closes_at() == at(10, 15, 17)
    assert event.facts == {"until": "2026年10月18日 10:00", "before": "2026年10月15日 17:00"}


def test_an_expired_correction_may_be_prolonged(world, in_review):
    with world.acting("officer") as officer:
        returned = commands.return_for_correction(in_review, notes=NOTES, actor=officer, at=at(11, 2))
    with world.acting("supervisor") as supervisor:
        values = {"reason": "材料在途", "actor": supervisor, "at": at(11, 12)}
        assert commands.extend(returned, until=at(11, 16), **values).correction_due_at == at(11, 16)


def test_looking_at_an_identity_number_takes_a_reason_and_leaves_an_event(world, in_review):
    with everything(because=Because.SEED):
        plain = in_review.own_identity().id_number.plain()
    with world.acting("officer") as officer:
        assert refusal(commands.reveal_identity, in_review, reason="看", actor=officer, at=at(11, 2)) == [
            ("请填写查看的理由", "第三十三条")
        ]
        shown = commands.reveal_identity(in_review, reason="核对原件", actor=officer, at=at(11, 2))
        facts = list(Event.objects.filter(kind="privacy.reveal").values_list("facts", flat=True))
    assert shown["证件号码"] == plain and set(shown) == {"证件号码", "手机"}
    assert [fact["field"] for fact in facts] == ["证件号码", "手机"] and plain not in str(facts)
    with world.acting("secretary") as secretary, pytest.raises(Denied):
        commands.reveal_identity(in_review, reason="核对原件", actor=secretary, at=at(11, 2))


# --- pages -----------------------------------------------------------------------------------------------------------


def test_who_opens_the_pages_of_the_review(world, in_review):
    record = f"/manage/applications/{in_review.number}/"
    readers = {"officer", "secretary", "supervisor", "auditor"}
    expected = {
        "/manage/2026/applications/": readers,
        "/manage/2026/lists/": readers,
        record: readers,
        f"{record}?show=content": readers,
        f"{record}?show=files": readers,
        f"{record}review/": {"officer"},
        f"{record}return-for-correction/": {"officer"},
        f"{record}pass-review/": {"officer"},
        f"{record}reject/prepare/": {"officer"},
        f"{record}disqualify/prepare/": {"officer"},
        f"{record}reveal/": {"officer"},
        f"{record}extend/": {"supervisor"},
        "/manage/2026/applications/receive/?all=1": {"officer"},
    }
    clients = {login: signed_in(world[login]) for login in CAST_LOGINS}
    for url, allowed in expected.items():
        got = {login: client.get(url).status_code for login, client in clients.items()}
        assert got == {login: 200 if login in allowed else 403 for login in CAST_LOGINS}, url
    assert clients["officer"].get("/manage/applications/ZY2026-9999/").status_code == 404
    assert clients["supervisor"].get(f"{record}reject/").status_code == 404  # nothing has been proposed


def test_the_record_shows_masked_numbers_and_the_reveal_page_answers_once(world, in_review):
    with everything(because=Because.SEED):
        plain = in_review.own_identity().id_number.plain()
    client, record = signed_in(world["officer"]), f"/manage/applications/{in_review.number}/"
    for url in (record, f"{record}?show=content", f"{record}?show=files", f"{record}reveal/"):
        assert plain not in client.get(url).content.decode(), url
    short = client.post(f"{record}reveal/", {"reason": "看"})
    assert short.status_code == 422 and plain not in short.content.decode()
    answer = client.post(f"{record}reveal/", {"reason": "核对原件"})
    assert answer.status_code == 200 and plain in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_check_list_page_keeps_what_was_typed_when_refused(world, in_review):
    client, url = signed_in(world["officer"]), f"/manage/applications/{in_review.number}/review/"
    page = client.get(url)
    assert page.status_code == 200 and "由审查人员判断。" in page.content.decode()
    values = {
        "version": in_review.version,
        "answer_nationality": "no",
        "reason_ethics": "查阅档案",
        "answer_ethics": "yes",
    }
    answer = client.post(url, values)
    body = answer.content.decode()
    assert answer.status_code == 422 and "“中国国籍”机器判定为“符合”，改判请写明理由" in body and "查阅档案" in body
    saved = client.post(url, {**values, "reason_nationality": "证件系伪造"})
    assert (saved.status_code, saved.headers["Location"]) == (302, f"/manage/applications/{in_review.number}/")
    assert client.post(url, values).status_code == 409
    empty = client.post(url, {})
    assert empty.status_code == 422 and "请至少填写一项结论" in empty.content.decode()


def test_a_rejection_by_page_from_proposal_to_approval(world, in_review):
    record = f"/manage/applications/{in_review.number}/"
    officer, supervisor = signed_in(world["officer"]), signed_in(world["supervisor"])
    wrong = officer.post(f"{record}reject/prepare/", {"article": "第九十九条", "reason": "x"})
    assert wrong.status_code == 422
    made = officer.post(f"{record}reject/prepare/", {"article": "第八条（二）4", "reason": "年限不足"})
    assert made.status_code == 302
    page = supervisor.get(f"{record}reject/").content.decode()
    assert "第八条（二）4" in page and "年限不足" in page and world["officer"].name in page
    assert officer.get(f"{record}reject/").status_code == 403
    assert supervisor.post(f"{record}reject/", {"decision": "approve"}).status_code == 302
    assert fresh(in_review).state == "rejected"


def test_a_batch_by_page_previews_and_takes(world, sent):
    city.accepted_list(world, world.recommenders["110108"], at(10, 21))
    states = {application_of(world, number).number: application_of(world, number).state for number in (1, 2)}
    (good,), (ended,) = (
        [no for no, state in states.items() if (state == "forwarded") is wanted] for wanted in (True, False)
    )
    client, url = signed_in(world["officer"]), "/manage/2026/applications/receive/"
    page = client.get(url, {"no": [good, ended]})
    assert [each.number for each in page.context["possible"]] == [good]
    assert [each.number for each, _ in page.context["impossible"]] == [ended]
    assert [each.number for each in client.get(url, {"all": 1}).context["possible"]] == [good]
    both = client.post(url, {"no": [good, ended]})
    assert both.status_code == 422 and f"{ended}：现在的状态是“未获推荐”" in both.content.decode()
    assert client.post(url, {"no": [good]}).status_code == 302
    assert client.post(url, {}).status_code == 422


@pytest.mark.parametrize(
    ("count", "typed", "valid"), [(20, "", True), (21, "", False), (21, "20", False), (21, "２１", True)]
)
def test_from_twenty_one_on_the_number_is_typed(count, typed, valid):
    assert BatchForm({"typed": typed}, count=count).is_valid() is valid


FILTERS = [
    ({}, {1, 2, 3}),
    ({"state": "in_cast_review"}, {1}),
    ({"state": "not_recommended"}, {2}),
    ({"waiting": "corrected"}, set()),
    ({"q": "ZY2026"}, {1, 2, 3}),
    ({"q": "没有这个人"}, set()),
    ({"state": "no_such_state"}, {1, 2, 3}),
    ({"waiting": "no_such"}, {1, 2, 3}),
    ({"recommender": "99999999"}, {1, 2, 3}),
]


@pytest.mark.parametrize(("query", "numbers"), FILTERS)
def test_filters_of_the_list(world, in_review, query, numbers):
    nominations.draft_application(world, world.hosts[2], at(10, 10))
    page = signed_in(world["officer"]).get("/manage/2026/applications/", query)
    shown = {row.cells[1].text for row in page.context["rows"]}
    states = {1: "in_cast_review", 2: "not_recommended", 3: "draft"}
    by_state = {}
    for number in (1, 2, 3):
        each = application_of(world, number)
        by_state[each.state] = each.number
    assert shown == {by_state[states[number]] for number in numbers}


def test_the_list_asks_as_many_questions_for_three_rows_as_for_one(world, in_review):
    nominations.draft_application(world, world.hosts[2], at(10, 10))
    client = signed_in(world["officer"])
    counts = []
    for query in ({"q": in_review.number}, {}):
        client.get("/manage/2026/applications/", query)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            rows = client.get("/manage/2026/applications/", query).context["rows"]
        counts.append((len(rows), len(queries)))
    assert [rows for rows, _ in counts] == [1, 3]
    assert counts[0][1] == counts[1][1]


def test_the_dashboard_counts_by_hand(world, in_review):
    nominations.draft_application(world, world.hosts[2], at(10, 10))
    page = signed_in(world["officer"]).get("/manage/2026/")
    numbers = {number.label: number.value for number in page.context["numbers"]}
    assert numbers["已提交申报"] == "2" and numbers["推荐市科协"] == "1" and numbers["已受理"] == "1"
    assert numbers["正式入选"] == "0/36"
    funnel = [(bar.label, bar.value) for bar in page.context["charts"][0][2]]
    assert funnel == [
        ("建档", 3), ("提交", 2), ("推荐", 1), ("受理", 1), ("网络评审", 0), ("会议评审", 0), ("公示", 0),
        ("正式入选", 0),
    ]  # fmt: skip
    units = {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in page.context["tables"][0][1].rows}
    assert units["海淀区科协"] == ["0", "2", "1", "1", "1", "已接收"]
    assert units["朝阳区科协"][:5] == ["1", "0", "1", "0", "0"]


def test_the_dashboard_names_what_waits_for_ones_approval_to_those_who_may_give_it(world, in_review):
    with world.acting("officer") as officer:
        commands.prepare_reject(in_review, article=Article(14), reason="疑似不实", actor=officer, at=at(11, 2))
    line = "等您审批：申报“审查不通过”"
    assert line in signed_in(world["supervisor"]).get("/manage/2026/").content.decode()
    assert line not in signed_in(world["officer"]).get("/manage/2026/").content.decode()
