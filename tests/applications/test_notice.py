"""公告: four eyes, periods in working days, publishing at an hour, what the public reads (Art. 16, 19)."""

from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from applications import notice_text
from applications.commands import notice as commands
from applications.models import Notice, NoticeEntry
from applications.tasks import notices_due
from fixtures.scenarios import cycles, nominations
from fixtures.scenarios.cycles import BEIJING
from fixtures.scenarios.world import World
from portal.access.decide import Denied
from portal.access.matrix import row_of
from portal.documents.models import Document
from portal.events.deliver import deliver_all
from portal.events.models import Event
from portal.people.actor import PUBLIC, SYSTEM
from portal.people.models import User
from portal.people.roles import Role
from portal.regulation.rules import Refused
from portal.tenancy.reach import Because, everything, reach_of, reaching
from tests.contracts.steps import disagreements
from tests.people import AT, member, signed_in

DRAFTERS = {Role.CAST_SECRETARY, Role.CAST_OFFICER}
PUBLISHERS = {Role.CAST_SECRETARY, Role.CAST_SUPERVISOR}
STEPS = {
    "edit": ({"draft"}, None, DRAFTERS),
    "approve": ({"draft"}, "approved", {Role.CAST_SUPERVISOR}),
    "send_back": ({"approved"}, "draft", {Role.CAST_SUPERVISOR}),
    "schedule": ({"approved"}, None, PUBLISHERS),
    "publish": ({"approved"}, "published", PUBLISHERS | {Role.SYSTEM}),
    "end": ({"published"}, "ended", PUBLISHERS | {Role.SYSTEM}),
    "archive": ({"ended"}, "archived", {Role.CAST_SECRETARY}),
}


def at(month: int, day: int, hour: int = 10, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BEIJING)


@pytest.fixture(autouse=True)
def fresh_pages():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def world(db, settings) -> World:
    settings.FAKE_NOW, settings.PASSWORD_MAX_DAYS = at(10, 13).isoformat(), 0
    return World.build(units=3)


@pytest.fixture
def opened(world):
    return cycles.opened_cycle(world)


@pytest.fixture
def publicity(world, opened) -> Notice:
    """An approved publicity of one person, five working days."""
    application = nominations.submitted_application(world, world.hosts[0])
    with world.acting("secretary") as secretary:
        notice = commands.create(
            kind="proposed",
            title="2026 年度“卓越工程师”成长计划拟入选人员公示",
            body="经综合论证，现将拟入选人员名单予以公示。",
            cycle=opened,
            working_days=5,
            office="北京市科协科技人才服务中心",
            phone="010-0000 0000",
            actor=secretary,
            at=at(11, 30),
        )
        with everything(because=Because.SEED):
            notice = commands.set_entries(notice, [application], actor=secretary, at=at(11, 30))
    with world.acting("supervisor") as supervisor:
        return commands.approve(notice, actor=supervisor, at=at(11, 30))


def draft(world, **values) -> Notice:
    with world.acting("secretary") as secretary:
        values = {"kind": "other", "title": "系统维护公告", "body": "本周六维护。", **values}
        return commands.create(actor=secretary, at=at(9, 1), **values)


def refusal(act, *args, **kwargs) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return [(finding.message, str(finding.article)) for finding in refused.value.findings]


def fresh(notice: Notice) -> Notice:
    with everything(because=Because.SEED):
        return Notice.objects.get(pk=notice.pk)


# --- the table -------------------------------------------------------------------------------------------------------


def test_steps_are_those_of_the_table():
    declared = {name: step for name, step in Notice.steps.items() if name != "create"}
    assert {
        name: (set(step.source), step.target, set(row_of(step.action).roles)) for name, step in declared.items()
    } == STEPS


TARGETS = {name: target for name, (_, target, _) in STEPS.items() if target}
TABLE = {name: dict.fromkeys(source, roles) for name, (source, _, roles) in STEPS.items()}
LOGINS = {
    "applicant": "applicant1", "host_clerk": "host1", "host_approver": "host1-boss", "recommender_officer": "haidian",
    "recommender_approver": "haidian-boss", "cast_officer": "officer", "cast_secretary": "secretary",
    "cast_finance": "finance", "cast_supervisor": "supervisor", "auditor": "auditor", "sysadmin": "sysadmin",
}  # fmt: skip


def test_every_step_from_every_state_by_every_role(world):
    """What the table allows is taken, everything else is refused or denied."""
    expert = member(Role.EXPERT, None)
    road = {
        "approved": ("supervisor", commands.approve),
        "published": ("secretary", commands.publish),
        "ended": ("secretary", commands.end),
        "archived": ("secretary", commands.archive),
    }

    def make(state: str) -> Notice:
        notice = draft(world)
        for reached, (login, verb) in road.items():
            if notice.state != state:
                with world.acting(login) as actor:
                    notice = verb(notice, actor=actor, at=at(9, 1))
                assert notice.state == reached
        return notice

    def actor(role: str, record):
        return {Role.SYSTEM: SYSTEM, Role.PUBLIC: PUBLIC, Role.EXPERT: expert}.get(role) or world[LOGINS[role]]

    values = {"edit": {"changes": {"body": "本周日维护。"}}, "schedule": {"publish_at": AT + timedelta(days=1)}}
    assert disagreements(Notice, TABLE, make=make, actor=actor, values=values, targets=TARGETS) == []


def test_a_notice_runs_from_draft_to_archive(world):
    notice = draft(world)
    with world.acting("supervisor") as supervisor, world.acting("secretary") as secretary:
        notice = commands.approve(notice, actor=supervisor, at=at(9, 1))
        notice = commands.send_back(notice, reason="请补充时间", actor=supervisor, at=at(9, 1))
        notice = commands.edit(notice, body="本周六 9:00 至 12:00 维护。", actor=secretary, at=at(9, 1))
        notice = commands.approve(notice, actor=supervisor, at=at(9, 1))
        notice = commands.publish(notice, actor=secretary, at=at(9, 2))
        assert (notice.starts_at, notice.ends_at, notice.is_public) == (at(9, 2), None, True)
        notice = commands.end(notice, actor=secretary, at=at(9, 7))
        notice = commands.archive(notice, actor=secretary, at=at(9, 8))
        kinds = list(Event.objects.filter(record_table=Notice._meta.db_table).values_list("kind", flat=True))
    assert notice.state == "archived"
    assert kinds == [
        f"notice.{name}" for name in ("create", "approve", "send_back", "edit", "approve", "publish", "end", "archive")
    ]


def test_numbers_count_within_the_year(world):
    assert [draft(world).number, draft(world).number] == ["GG2026-001", "GG2026-002"]
    with world.acting("secretary") as secretary:
        later = commands.create(kind="other", title="x", body="x", actor=secretary, at=at(1, 4, year=2027))
    assert later.number == "GG2027-001"


# --- four eyes and completeness --------------------------------------------------------------------------------------


def test_who_drafted_or_edited_never_approves_in_whatever_role(world):
    notice = draft(world)
    secretary = User.objects.get(username="secretary")
    officer = User.objects.get(username="officer")
    with world.acting("officer") as actor:
        commands.edit(notice, body="本周日维护。", actor=actor, at=at(9, 1))
    for person in (secretary, officer):
        second_hat = member(Role.CAST_SUPERVISOR, world.cast, who=person)
        with reaching(reach_of(second_hat)):
            assert refusal(commands.approve, notice, actor=second_hat, at=at(9, 1)) == [
                ("起草、修改和批准不能是同一个人", "第十九条")
            ]
    with world.acting("supervisor") as supervisor:
        assert commands.approve(notice, actor=supervisor, at=at(9, 1)).state == "approved"


def test_nothing_is_published_without_approval(world):
    notice = draft(world)
    with world.acting("secretary") as secretary:
        assert refusal(commands.publish, notice, actor=secretary, at=at(9, 1)) == [
            ("现在的状态是“草稿”，不能发布", "第十六条")
        ]
    assert not fresh(notice).is_public


@pytest.mark.parametrize("login", ["officer", "finance", "auditor", "sysadmin", "host1", "haidian"])
def test_others_do_not_publish(world, publicity, login):
    with everything(because=Because.SEED), pytest.raises(Denied):
        commands.publish(publicity, actor=world[login], at=at(11, 30))


INCOMPLETE = [
    ({"kind": "other", "body": " "}, [("请填写正文", "第十六条")]),
    ({"kind": "final"}, [("名单为空", "第十九条")]),
    (
        {"kind": "proposed"},
        [("名单为空", "第十九条"), ("请设置公示期（工作日）", "第十九条"), ("请填写异议受理单位和电话", "第十九条")],
    ),
]


@pytest.mark.parametrize(("values", "expected"), INCOMPLETE)
def test_an_incomplete_notice_is_not_approved(world, values, expected):
    notice = draft(world, **values)
    with world.acting("supervisor") as supervisor:
        assert refusal(commands.approve, notice, actor=supervisor, at=at(9, 1)) == expected


def test_the_list_is_closed_once_approved(world, publicity):
    with world.acting("secretary") as secretary:
        assert refusal(commands.set_entries, publicity, [], actor=secretary, at=at(11, 30)) == [
            ("公告已经批准，不能再改名单", "第十九条")
        ]


# --- the period ------------------------------------------------------------------------------------------------------

# Published at, working days, end (the midnight after the last day). Counted by hand from the decreed calendar of 2026.
PERIODS = [
    (at(11, 30), 5, at(12, 8, 0)),  # Tue 1, Wed 2, Thu 3, Fri 4, Mon 7
    (at(9, 18), 5, at(9, 25, 0)),  # Sun 20 is worked, Mon 21, Tue 22, Wed 23, Thu 24
    (at(2, 11), 5, at(2, 26, 0)),  # Thu 12, Fri 13, Sat 14 is worked, a holiday until Mon 23, Tue 24, Wed 25
    (at(12, 24, 23, 59), 5, at(1, 1, 0, year=2027)),  # Fri 25, Mon 28, Tue 29, Wed 30, Thu 31
]


@pytest.mark.parametrize(("published", "days", "ends"), PERIODS)
def test_a_period_counts_decreed_working_days_from_the_next_day_on(published, days, ends, db):
    assert Notice(working_days=days).period(published) == (published, ends)


def test_a_period_into_an_undecreed_year_is_refused_with_the_reason(world, publicity):
    with world.acting("secretary") as secretary:
        said = refusal(commands.publish, publicity, actor=secretary, at=at(12, 28))
    assert said == [("还没有 2027 年的放假安排，请先在工作日历中录入国务院办公厅的通知", "第十九条")]
    assert fresh(publicity).state == "approved"


def test_the_period_ends_at_its_instant_and_not_before(world, publicity):
    with world.acting("secretary") as secretary:
        notice = commands.publish(publicity, actor=secretary, at=at(11, 30))
        assert refusal(commands.end, notice, actor=secretary, at=at(12, 8, 0) - timedelta(microseconds=1)) == [
            ("公示期到 2026年12月7日 24:00 结束", "第十九条")
        ]
        assert commands.end(notice, actor=secretary, at=at(12, 8, 0)).state == "ended"


# --- by the clock ----------------------------------------------------------------------------------------------------


def run_at(settings, moment: datetime) -> tuple[int, int]:
    """The periodic task at an instant of the story (the portal's clock runs on from the process's start)."""
    from portal import clock

    since = datetime.now().timestamp() - clock._started
    settings.FAKE_NOW = (moment - timedelta(seconds=since)).isoformat()
    return notices_due()


def test_a_scheduled_notice_is_published_by_the_system_at_its_hour(world, publicity, settings):
    with world.acting("secretary") as secretary:
        assert refusal(commands.schedule, publicity, publish_at=at(11, 30), actor=secretary, at=at(11, 30)) == [
            ("定时发布的时间应在此刻之后", "第十六条")
        ]
        commands.schedule(publicity, publish_at=at(12, 1, 9), actor=secretary, at=at(11, 30))
    assert run_at(settings, at(12, 1, 8, 59)) == (0, 0)
    assert not fresh(publicity).is_public
    assert run_at(settings, at(12, 1, 9, 0)) == (1, 0)
    assert run_at(settings, at(12, 1, 9, 1)) == (0, 0)
    with everything(because=Because.SEED):
        event = Event.objects.get(kind="notice.publish", record_ref=publicity.number)
    assert event.actor_role == Role.SYSTEM and fresh(publicity).ends_at == at(12, 9, 0)


def test_a_publicity_is_ended_by_the_system_when_it_is_over(world, publicity, settings):
    with world.acting("secretary") as secretary:
        commands.publish(publicity, actor=secretary, at=at(11, 30))
    assert run_at(settings, at(12, 7, 23, 59)) == (0, 0)
    assert run_at(settings, at(12, 8, 0, 0)) == (0, 1)
    assert fresh(publicity).state == "ended" and fresh(publicity).is_public


def test_one_that_cannot_be_published_does_not_stop_the_others(world, publicity, settings):
    ready = draft(world)
    with world.acting("supervisor") as supervisor:
        ready = commands.approve(ready, actor=supervisor, at=at(9, 1))
        for notice in (publicity, ready):
            commands.schedule(notice, publish_at=at(12, 30), actor=supervisor, at=at(11, 30))
    assert run_at(settings, at(12, 30, 10, 1)) == (1, 0)
    assert (fresh(publicity).state, fresh(ready).state) == ("approved", "published")


# --- what the public reads -------------------------------------------------------------------------------------------


def body_of(url: str, status: int = 200) -> str:
    cache.clear()
    answer = Client().get(url)
    assert answer.status_code == status, url
    return answer.content.decode()


def test_an_unpublished_notice_is_nowhere(world, publicity):
    missing = body_of("/publicity/GG2026-099/", 404)
    assert body_of(f"/publicity/{publicity.number}/", 404) == missing
    assert publicity.title not in body_of("/publicity/") and publicity.title not in body_of("/")
    with reaching(reach_of(PUBLIC)):
        assert not Notice.objects.filter(pk=publicity.pk).exists() and not NoticeEntry.objects.exists()


def test_the_public_list_names_people_by_four_facts_only(world, publicity):
    with world.acting("secretary") as secretary:
        commands.publish(publicity, actor=secretary, at=at(10, 13))
    page = body_of(f"/publicity/{publicity.number}/")
    with everything(because=Because.SEED):
        entry = NoticeEntry.objects.get(notice=publicity)
        application = entry.application
        basic = application.latest().content["sections"]["basic"]
        identity = application.own_identity()
    for shown in (entry.name, entry.unit, entry.field, entry.recommender, "公示期 5 个工作日", "010-0000 0000"):
        assert shown in page
    hidden = [
        application.number,
        basic["email"],
        basic["birth_date"],
        identity.id_number.plain(),
        identity.mobile.plain(),
    ]
    assert [word for word in hidden if word in page] == []
    assert body_of(f"/notices/{publicity.number}/", 404)


def test_one_whose_selection_was_called_off_is_off_the_list(world, publicity):
    with world.acting("secretary") as secretary:
        commands.publish(publicity, actor=secretary, at=at(10, 13))
    with everything(because=Because.SEED):
        entry = NoticeEntry.objects.get(notice=publicity)
        entry.is_public = False
        entry.save()
    assert entry.name not in body_of(f"/publicity/{publicity.number}/")
    assert entry.name not in signed_in(world["officer"]).get(f"/publicity/{publicity.number}/").content.decode()


def test_home_shows_the_year_its_deadlines_notices_and_publicities(world, publicity):
    with world.acting("secretary") as secretary:
        commands.publish(publicity, actor=secretary, at=at(10, 13))
    page = body_of("/")
    assert "2026 年度申报正在进行" in page
    assert "2026年10月15日 17:00（还剩 2 天" in page and "2026年10月30日 17:00" in page
    assert "关于开展 2026 年度北京市科协“卓越工程师”成长计划申报工作的通知" in page
    assert publicity.title in page and 'href="/check/"' in page


HOME = [
    (at(8, 31), "2026 年度申报 2026年9月1日 09:00 开始", True),
    (at(9, 1, 9), "2026 年度申报正在进行", True),
    (at(10, 15, 16, 59), "2026 年度申报正在进行", True),
    (at(10, 15, 17), "2026 年度申报已结束", False),
]


@pytest.mark.parametrize(("moment", "title", "may_check"), HOME)
def test_the_home_page_follows_the_clock(world, opened, moment, title, may_check):
    from applications.public_blocks import status

    with reaching(reach_of(PUBLIC)):
        shown = status(moment)
    assert (shown["title"], bool(shown["check_url"])) == (title, may_check)


def test_a_year_in_preparation_is_not_shown(world):
    cycles.prepared_cycle(world)
    assert "现在没有正在进行的申报" in body_of("/")


def test_publishing_prints_a_document_that_anybody_may_read(world, publicity, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with world.acting("secretary") as secretary:
        commands.publish(publicity, actor=secretary, at=at(11, 30))
    deliver_all()
    with reaching(reach_of(PUBLIC)):
        documents = {each.kind: each for each in Document.objects.all()}
    assert set(documents) == {"notice.letter", "notice.publicity"}
    facts = documents["notice.publicity"].facts
    assert (facts["from_date"], facts["to_date"], facts["working_days"]) == ("2026年11月30日", "2026年12月7日", 5)
    assert [set(person) for person in facts["people"]] == [{"name", "unit", "field", "recommender"}]
    printed = body_of(f"/documents/{documents['notice.publicity'].pk}/print/")
    assert facts["people"][0]["recommender"] in printed
    call = documents["notice.letter"].facts
    assert call["addressee"] == "各区科协、园区（楼宇）科协、各有关单位"
    assert [section["title"] for section in call["sections"] if section["title"]] == [
        "一、支持领域和名额", "二、申报条件", "三、推荐名额", "四、申报程序和时间", "五、申报材料",
    ]  # fmt: skip


# --- the text --------------------------------------------------------------------------------------------------------


def test_body_is_read_as_headings_paragraphs_and_tables():
    body = "各单位：\r\n\r\n一、领域\r\n\r\n领域｜名额\r\n甲｜3\r\n乙\r\n\r\n领域｜名额\n甲｜3\n乙｜\n\n第一行\n第二行"
    kinds = [(block.kind, block.lines or block.rows) for block in notice_text.blocks(body)]
    assert kinds == [
        ("paragraph", ("各单位：",)),
        ("heading", ("一、领域",)),
        ("paragraph", ("领域｜名额", "甲｜3", "乙")),
        ("table", (("领域", "名额"), ("甲", "3"), ("乙", ""))),
        ("paragraph", ("第一行", "第二行")),
    ]


def test_a_body_is_shown_as_text_and_never_as_markup(world):
    notice = draft(world, body="<script>alert(1)</script>")
    with world.acting("supervisor") as supervisor, world.acting("secretary") as secretary:
        notice = commands.approve(notice, actor=supervisor, at=at(9, 1))
        commands.publish(notice, actor=secretary, at=at(9, 1))
    page = body_of(f"/notices/{notice.number}/")
    assert "&lt;script&gt;alert(1)" in page and "<script>alert(1)" not in page


def test_the_composed_call_states_the_years_figures(world):
    cycle = cycles.prepared_cycle(world)
    with everything(because=Because.SEED):
        text = notice_text.compose_call(cycle)
    for words in (
        "共 36 名（《管理办法》第九条）",
        "集成电路｜6",
        "1.北京本地注册的独立企业法人单位",
        "一般申报人 1981年1月1日以后出生（含当日）",
        "特别优秀的申报人 1976年1月1日以后出生（含当日）",
        "北京市海淀区科学技术协会｜3",
        "依托单位在线填报：2026年9月1日 09:00 至 2026年10月15日 17:00",
        "推荐单位报送市科协：2026年10月30日 17:00 前",
        "不受理用人单位的单独申请",
        "补正期限 5 个工作日，最多 1 次",
        "保密审查表｜单位负责人签字｜单位公章",
    ):
        assert words in text, words
    assert [block.text for block in notice_text.blocks(text) if block.kind == "heading"] == [
        "一、支持领域和名额", "二、申报条件", "三、推荐名额", "四、申报程序和时间", "五、申报材料",
    ]  # fmt: skip


# --- pages -----------------------------------------------------------------------------------------------------------


def test_the_secretary_composes_edits_and_publishes_by_page(world):
    cycle = cycles.prepared_cycle(world)
    secretary, supervisor = signed_in(world["secretary"]), signed_in(world["supervisor"])
    form = secretary.get("/manage/2026/notices/call/").context["form"]
    values = {name: form[name].value() or "" for name in ("kind", "cycle", "title", "body", "operation")}
    made = secretary.post("/manage/2026/notices/call/", values)
    assert (made.status_code, made.headers["Location"]) == (302, "/manage/notices/GG2026-001/")
    assert supervisor.post("/manage/notices/GG2026-001/approve/").status_code == 302
    wrong = secretary.post("/manage/notices/GG2026-001/publish/", {"word": "公布"})
    assert wrong.status_code == 422 and "请输入“发布”两个字" in wrong.content.decode()
    assert secretary.post("/manage/notices/GG2026-001/publish/", {"word": "发布"}).status_code == 302
    with everything(because=Because.SEED):
        assert Notice.objects.get(number="GG2026-001", cycle=cycle).state == "published"
    assert secretary.get("/manage/notices/GG2026-001/publish/").status_code == 200
    assert secretary.post("/manage/notices/GG2026-001/publish/", {"word": "发布"}).status_code == 422


def test_a_call_needs_its_year_and_keeps_what_was_typed(world):
    answer = signed_in(world["secretary"]).post(
        "/manage/notices/new/", {"kind": "call", "title": "申报通知", "body": "正文若干"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422 and "申报通知请选择年度" in page and "正文若干" in page


def test_who_opens_the_pages_of_notices(world, publicity):
    expected = {
        "/manage/notices/": {"officer", "secretary", "supervisor", "auditor"},
        f"/manage/notices/{publicity.number}/": {"officer", "secretary", "supervisor", "auditor"},
        "/manage/notices/new/": {"officer", "secretary"},
        f"/manage/notices/{publicity.number}/edit/": {"officer", "secretary"},
        f"/manage/notices/{publicity.number}/approve/": {"supervisor"},
        f"/manage/notices/{publicity.number}/publish/": {"secretary", "supervisor"},
        f"/manage/notices/{publicity.number}/schedule/": {"secretary", "supervisor"},
    }
    logins = ["officer", "secretary", "finance", "supervisor", "auditor", "sysadmin", "host1"]
    clients = {login: signed_in(world[login]) for login in logins}
    for url, allowed in expected.items():
        got = {login: client.get(url).status_code for login, client in clients.items()}
        assert got == {login: 200 if login in allowed else 403 for login in logins}, url
    assert clients["officer"].get("/manage/notices/GG2026-077/").status_code == 404
    absent, unpublished = (clients["host1"].get(f"/notices/{no}/") for no in ("GG2026-077", publicity.number))
    assert (unpublished.status_code, unpublished.content) == (404, absent.content)  # does not exist for other units
