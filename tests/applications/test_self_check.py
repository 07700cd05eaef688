"""条件自查: seven questions, nothing stored, the judgement of the rules themselves (Art. 8, 10)."""

from datetime import date

import pytest
from django.core.cache import cache
from django.test import Client

from applications import self_check
from applications.rules import PolicyParameters
from fixtures.scenarios import cycles
from fixtures.scenarios.world import World
from portal.events.models import Event
from portal.tenancy.reach import Because, everything

POLICY = PolicyParameters.for_year(2026, date(2026, 10, 14))
GOOD = {
    "host": "yes",
    "others": "no",
    "born": "1985-03-05",
    "nationality": "yes",
    "engineering": 8,
    "leading": 3,
    "title": "senior",
}
# (question, answer, verdict, words that the result must have). Cut-offs of 2026: 1981-01-01 and 1976-01-01, inclusive.
ANSWERS = [
    ("host", "yes", "pass", "独立企业法人"),
    ("host", "no", "fail", "应是北京注册的独立企业法人"),
    ("host", "unsure", "check", "以营业执照为准"),
    ("others", "no", "pass", "没有其他申报人"),
    ("others", "yes", "fail", "每个依托单位限推荐 1 人"),
    ("born", "1981-01-01", "pass", "45 岁"),
    ("born", "1980-12-31", "check", "46 岁，超过 45 岁。特别优秀的可放宽至 50 岁，请先咨询推荐单位"),
    ("born", "1976-01-01", "check", "50 岁"),
    ("born", "1975-12-31", "fail", "51 岁"),
    ("nationality", "yes", "pass", "中国国籍"),
    ("nationality", "no", "fail", "应具有中国国籍"),
    ("engineering", 8, "pass", "8 年"),
    ("engineering", 7, "fail", "还差 1 年"),
    ("engineering", 0, "fail", "还差 8 年"),
    ("leading", 3, "pass", "3 年"),
    ("leading", 2, "fail", "还差 1 年"),
    ("title", "senior", "pass", "高级工程师"),
    ("title", "contribution", "check", "突出贡献"),
    ("title", "neither", "fail", "突出贡献"),
]


@pytest.mark.parametrize(("key", "answer", "verdict", "words"), ANSWERS)
def test_each_answer_is_judged_by_its_rule(key, answer, verdict, words):
    findings = dict(zip(GOOD, self_check.judge({**GOOD, key: answer}, POLICY), strict=True))
    found = findings.pop(key)
    assert (found.verdict.value, words in found.message) == (verdict, True), found.message
    assert found.article is not None
    assert {each.verdict.value for each in findings.values()} == {"pass"}


def test_there_are_seven_questions_each_with_its_article():
    assert [question.key for question in self_check.QUESTIONS] == list(GOOD)
    assert [str(question.article) for question in self_check.QUESTIONS] == [
        "第八条（一）1", "第十条", "第八条（二）3", "第八条（二）1", "第八条（二）4", "第八条（二）5", "第八条（二）6",
    ]  # fmt: skip


def walk(client: Client, answers: list[str]) -> str:
    """Answers every question through the pages; the URL it ends at."""
    url = "/check/1/"
    for answer in answers:
        state = url.partition("?s=")[2]
        reply = client.get(url.partition("?")[0], {"s": state, "answered": "1", "answer": answer})
        assert reply.status_code == 302, reply.content.decode()
        url = reply.headers["Location"]
    return url


@pytest.fixture
def portal(db, settings):
    """A visitor of October 2026."""
    settings.FAKE_NOW = "2026-10-14T10:00:00+08:00"
    cache.clear()
    yield Client()
    cache.clear()


def test_a_visitor_goes_from_question_to_result_and_nothing_is_kept(portal):
    assert "开始自查" in portal.get("/check/").content.decode()
    url = walk(portal, ["yes", "no", "1985年3月5日", "yes", "10", "5", "senior"])
    page = portal.get(url)
    assert "按您填写的情况，基本符合申报条件。" in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store" and not page.cookies and not portal.cookies
    assert cache.get(f"page:plain:{url}") is None
    with everything(because=Because.CHECK_INVARIANTS):
        assert not Event.objects.exists()


def test_the_result_says_what_is_against_it(portal):
    url = walk(portal, ["no", "yes", "1985-03-05", "yes", "10", "5", "neither"])
    page = portal.get(url).content.decode()
    assert "有 3 项可能不符合：依托单位应是北京注册的独立企业法人" in page and "登录申报</a>" not in page
    doubtful = portal.get(walk(portal, ["unsure", "no", "1985-03-05", "yes", "10", "5", "senior"])).content.decode()
    assert "基本符合，有 1 项须进一步核实。" in doubtful and "登录申报" in doubtful


@pytest.mark.parametrize(
    ("number", "answer", "words"),
    [
        (1, "", "请选择一项"),
        (1, "maybe", "maybe"),
        (3, "不记得", "请写成 2021年3月5日"),
        (5, "八", "应是 0 到 60 的整数"),
    ],
)
def test_a_wrong_answer_stays_on_its_page(portal, number, answer, words):
    reply = portal.get(f"/check/{number}/", {"answered": "1", "answer": answer})
    assert reply.status_code == 422 and words in reply.content.decode()


def test_going_back_shows_what_was_answered(portal):
    url = walk(portal, ["yes", "no", "1985-03-05"])
    back = portal.get(url).context["back_url"]
    assert 'value="1985-03-05"' in portal.get(back).content.decode()


@pytest.mark.parametrize(
    "state", ["", "forged", self_check.sealed({"host": "yes"})[:-2]], ids=["empty", "forged", "cut short"]
)
def test_a_forged_or_empty_state_begins_anew(portal, state):
    reply = portal.get("/check/result/", {"s": state})
    assert (reply.status_code, reply.headers["Location"].split("?")[0]) == (302, "/check/1/")


@pytest.mark.parametrize("number", [0, 8, 99])
def test_there_is_no_other_question(portal, number):
    assert portal.get(f"/check/{number}/").status_code == 404


def test_the_public_year_sets_the_cutoffs(portal):
    world = World.build(units=3)
    cycle = cycles.prepared_cycle(world)
    url = walk(portal, ["yes", "no", "1980-12-31", "yes", "10", "5", "senior"])
    with world.acting("supervisor") as supervisor:
        from applications.commands import cycle as commands

        later = {"birth_cutoff_ordinary": date(1980, 12, 31)}
        cycle = commands.edit(cycle, what="界限", actor=supervisor, at=world.at, **later)
        cycles.published_call(world, cycle)
        commands.open_applications(cycle, actor=supervisor, at=world.at)
    assert "基本符合申报条件" in portal.get(url).content.decode()
