"""/recommend/ in the browser of a recommending unit's people: screening, order, list, 实施细则 (Art. 11–13)."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from applications.commands import recommendation as unit_verbs
from applications.models import Application, Opinion, RecommendationList, ScreeningCheck, UnitRules
from fixtures.scenarios import nominations as story
from fixtures.scenarios.papers import scan
from portal.events.deliver import deliver_all
from portal.events.models import Event
from portal.files.models import StoredFile
from portal.people.models import Affiliation
from portal.tenancy.reach import Because, everything
from tests.applications.pages import bare, inputs, questions, summary, text
from tests.review.browser import browsers  # noqa: F401  (a fixture)

ABSENT, ABSENT_LIST = "ZY2026-9999", "TJ2026-999999"
OPINION = "情况属实，同意推荐。" * 6


@pytest.fixture
def submitted(world) -> Application:
    """Of host1, before 海淀's officer."""
    found = story.submitted_application(world, world.hosts[0])
    world.at += timedelta(days=1)
    return found


@pytest.fixture
def qualified(world) -> list[Application]:
    """Three of 海淀, which has two places; none holds one."""
    with everything(because=Because.SEED):
        Affiliation.objects.filter(host__in=world.hosts[:3]).update(recommender=world.recommenders["110108"])
    found = [story.screened_application(world, host) for host in world.hosts[:3]]
    world.at += timedelta(days=1)
    return found


@pytest.fixture
def ranked(world, qualified) -> RecommendationList:
    """The first two hold the places."""
    return story.ranked_list(world, world.recommenders["110108"])


def now(record):
    with everything(because=Because.SEED):
        return type(record).objects.get(pk=record.pk)


def answers(application: Application, answer: str = "yes") -> dict[str, str]:
    with everything(because=Because.SEED):
        return {f"answer_{item.key}": answer for item in application.screening_items() if item.asked}


# --- who opens what --------------------------------------------------------------------------------------------------


def test_officer_and_approver_open_what_was_handed_in(browsers, submitted):  # noqa: F811
    for login in ("haidian", "haidian-boss"):
        answer = browsers(login).get("/recommend/")
        assert (answer.status_code, submitted.number in text(answer)) == (200, True), login
    assert submitted.number not in text(browsers("chaoyang").get("/recommend/"))


def test_what_a_unit_is_still_writing_is_counted_and_not_shown(browsers, world):  # noqa: F811
    draft = story.draft_application(world, world.hosts[0])
    answer = browsers("haidian").get("/recommend/")
    assert "还有 1 家单位正在填写" in text(answer) and draft.number not in text(answer)
    assert browsers("haidian").get(f"/recommend/{draft.number}/").status_code == 404


@pytest.mark.parametrize("login", ["host1", "applicant1", "officer", "supervisor", "auditor", "sysadmin"])
def test_others_are_told_whose_workspace_it_is(browsers, world, login):  # noqa: F811
    answer = browsers(login).get("/recommend/")
    assert answer.status_code == 403
    assert "由“推荐单位经办人”、“推荐单位负责人”办理" in text(answer)


# page: who of the unit opens it
BOTH, OFFICER, APPROVER = {"haidian", "haidian-boss"}, {"haidian"}, {"haidian-boss"}
PAGES = {
    "{no}/": BOTH,
    "{no}/screen/": OFFICER,
    "{no}/return/": OFFICER,
    "{no}/qualify/": OFFICER,
    "{no}/nominate/": OFFICER,
    "{no}/unnominate/": OFFICER,
    "{no}/reject/": OFFICER,
    "{no}/opinion/": OFFICER,
    "{no}/compare/": OFFICER,
    "summary/{list}/": BOTH,
    "rank/{list}/": OFFICER,
    "summary/{list}/request/": OFFICER,
    "summary/{list}/send-back/": APPROVER,
    "summary/{list}/report/": APPROVER,
    "summary/{list}/withdraw/": APPROVER,
    "summary/{list}/scan/": OFFICER,
    "summary/{list}/print/": BOTH,
    "summary/{list}/summary.xlsx": BOTH,
    "rules/": BOTH,
}
NAMES = {"haidian": "推荐单位经办人", "haidian-boss": "推荐单位负责人"}


def test_each_page_opens_for_its_roles_and_tells_the_other_who_could(browsers, ranked, qualified):  # noqa: F811
    clients = {login: browsers(login) for login in NAMES}
    for pattern, allowed in PAGES.items():
        url = "/recommend/" + pattern.format(no=qualified[0].number, list=ranked.number)
        for login, client in clients.items():
            answer = client.get(url)
            if login not in allowed:
                assert answer.status_code == 403, (url, login)
                assert all(f"由“{NAMES[each]}”办理" in text(answer) for each in allowed), (url, login)
            else:
                assert answer.status_code == (404 if url.endswith("/compare/") else 200), (url, login)


@pytest.mark.parametrize("login", ["chaoyang", "chaoyang-boss"])
def test_a_foreign_record_answers_like_an_absent_one(browsers, ranked, qualified, login):  # noqa: F811
    client = browsers(login)
    client.get("/recommend/")
    for pattern in PAGES:
        if pattern != "rules/":
            own, absent = (
                "/recommend/" + pattern.format(no=no, list=number)
                for no, number in ((qualified[0].number, ranked.number), (ABSENT, ABSENT_LIST))
            )
            for method in (client.get, client.post):
                assert bare(method(own)) == bare(method(absent)), pattern
                assert method(own).status_code in (403, 404, 405), pattern
    assert now(ranked).version == ranked.version


# --- screening -------------------------------------------------------------------------------------------------------


def test_answers_are_kept_and_the_file_qualifies(browsers, submitted):  # noqa: F811
    url = f"/recommend/{submitted.number}/"
    refused = browsers.sends("haidian", f"{url}qualify/")
    assert refused.status_code == 422
    words = "".join(summary(refused))
    assert "“核心技术和自主知识产权”还没有填写结论" in words and "第八条（一）2" in words
    assert now(submitted).state == "submitted"
    browsers("haidian").post(f"{url}screen/", answers(submitted))
    assert browsers.does("haidian", f"{url}qualify/") == url
    assert now(submitted).state == "qualified"


def test_an_item_that_is_not_met_keeps_the_file_back_with_its_article(browsers, submitted):  # noqa: F811
    given = answers(submitted) | {"answer_nationality": "no"}
    browsers("haidian").post(f"/recommend/{submitted.number}/screen/", given)
    answer = browsers.sends("haidian", f"/recommend/{submitted.number}/qualify/")
    (message,) = summary(answer)
    assert "“中国国籍”为“不符合”，请退回修改或不予推荐" in message and "第八条（二）1" in message


def test_an_answer_that_does_not_exist_is_shown_where_it_stands(browsers, submitted):  # noqa: F811
    given = answers(submitted) | {"answer_nationality": "perhaps", "note_age": "已核对户口簿"}
    answer = browsers("haidian").post(f"/recommend/{submitted.number}/screen/", given)
    assert answer.status_code == 422
    assert list(summary(answer).values()) == ["answer_nationality"]
    assert inputs(answer)["note_age"] == "已核对户口簿"
    with everything(because=Because.SEED):
        assert not ScreeningCheck.objects.exists()


def test_returning_needs_a_section_and_keeps_what_was_typed(browsers, submitted):  # noqa: F811
    url = f"/recommend/{submitted.number}/return/"
    answer = browsers.sends("haidian", url, due_at="2026-9-10 17:00")
    (message,) = summary(answer)
    assert answer.status_code == 422
    assert "请至少对一个部分写明需要修改的内容" in message and "第十三条（四）" in message
    answer = browsers.sends("haidian", url, note_budget="请核对测算依据", due_at="2026年11月1日 17:00")
    assert (answer.status_code, summary(answer)) == (422, {"修改截止不能晚于依托单位提交截止时间": "due_at"})
    assert inputs(answer)["note_budget"] == "请核对测算依据"
    assert now(submitted).state == "submitted"


def test_an_opinion_is_not_too_short(browsers, qualified):  # noqa: F811
    url = f"/recommend/{qualified[0].number}/opinion/"
    answer = browsers.sends("haidian", url, text="同意推荐。")
    assert answer.status_code == 422
    assert inputs(answer)["text"].strip() == "同意推荐。"
    assert "推荐意见至少 50 字，现在 5 字，请补充 45 字" in "".join(summary(answer))
    browsers.does("haidian", url, text=OPINION)
    with everything(because=Because.SEED):
        assert Opinion.objects.get(application=qualified[0]).text == OPINION


def test_a_declined_file_needs_its_reason(browsers, submitted):  # noqa: F811
    url = f"/recommend/{submitted.number}/reject/"
    answer = browsers.sends("haidian", url, reason="")
    assert (answer.status_code, summary(answer)) == (422, {"请填写理由": "reason"})
    browsers.does("haidian", url, reason="与本区重点方向不符")
    assert now(submitted).state == "not_recommended"


def test_an_old_page_gives_back_the_notes_that_were_typed(browsers, submitted):  # noqa: F811
    client, url = browsers("haidian"), f"/recommend/{submitted.number}/return/"
    form = inputs(client.get(url))
    with browsers.world.acting("haidian") as officer:
        unit_verbs.decline(submitted, reason="不符", actor=officer, at=browsers.world.at)
    answer = client.post(url, {**form, "note_budget": "请核对测算依据", "due_at": "2026-9-10 17:00"})
    assert answer.status_code == 409
    assert "请核对测算依据" in text(answer) and "状态：未获推荐" in text(answer)
    with everything(because=Because.SEED):
        assert not Event.objects.filter(kind="application.return_for_revision").exists()


# --- order and places ------------------------------------------------------------------------------------------------


def order_of(unit_list) -> list[str]:
    with everything(because=Because.SEED):
        return list(unit_list.entries.order_by("rank").values_list("application__number", flat=True))


def test_typed_places_move_people_and_the_page_says_so(browsers, ranked, qualified):  # noqa: F811
    a, b, c = qualified
    client, url = browsers("haidian"), f"/recommend/rank/{ranked.number}/"
    answer = client.post(url, {**inputs(client.get(url)), f"rank_{c.number}": "1"}, follow=True)
    assert order_of(ranked) == [c.number, a.number, b.number]
    assert f"{c.applicant_name}移到第 1 位，共 3 位，名额内" in text(answer)


def test_a_place_that_is_no_number_is_refused_and_nothing_moves(browsers, ranked, qualified):  # noqa: F811
    client, url = browsers("haidian"), f"/recommend/rank/{ranked.number}/"
    answer = client.post(url, {**inputs(client.get(url)), f"rank_{qualified[2].number}": "第一"})
    assert answer.status_code == 422
    assert "位次请填 1 以上的整数" in "".join(summary(answer))
    assert order_of(ranked) == [each.number for each in qualified]


def test_a_line_below_the_quota_is_refused_with_the_article(browsers, ranked):  # noqa: F811
    client, url = browsers("haidian"), f"/recommend/rank/{ranked.number}/"
    answer = client.post(url, {**inputs(client.get(url)), "line": "3"})
    (message,) = summary(answer)
    assert answer.status_code == 422
    assert "推荐名额已满（2/2）" in message and "第十一条" in message


def test_a_full_quota_is_told_on_the_page_of_one_more(browsers, ranked, qualified):  # noqa: F811
    answer = browsers.sends("haidian", f"/recommend/{qualified[2].number}/nominate/")
    (message,) = summary(answer)
    assert answer.status_code == 422 and "推荐名额已满（2/2）" in message and "第十一条" in message


def test_an_old_order_is_shown_and_not_saved(browsers, ranked, qualified):  # noqa: F811
    a, b, c = qualified
    client, url = browsers("haidian"), f"/recommend/rank/{ranked.number}/"
    form = inputs(client.get(url))
    with browsers.world.acting("haidian") as officer:
        order = [b.number, a.number, c.number]
        unit_verbs.rank(ranked, order, actor=officer, at=browsers.world.at)
    answer = client.post(url, {**form, "order": ",".join([c.number, b.number, a.number])})
    assert answer.status_code == 409
    meant = f"第 1 位{c.applicant_name} {c.number}第 2 位{b.applicant_name} {b.number}"
    there = f"第 1 位{b.applicant_name} {b.number}第 2 位{a.applicant_name} {a.number}"
    assert meant in text(answer) and there in text(answer)
    assert order_of(ranked) == order


# --- the list --------------------------------------------------------------------------------------------------------


def test_a_list_goes_by_page_from_the_officer_to_the_city(browsers, ranked):  # noqa: F811
    url = f"/recommend/summary/{ranked.number}/"
    browsers.does("haidian", f"{url}request/")
    deliver_all()
    with everything(because=Because.SEED):
        code = now(ranked).printed_code()
    wrong = browsers.sends("haidian", f"{url}scan/", file=scan("推荐汇总表盖章件"), code="0000-0000")
    (message,) = summary(wrong)
    assert wrong.status_code == 422
    assert "盖章件的校验码与当前名单不一致" in message and "第十三条（五）" in message
    assert inputs(wrong)["code"] == "0000-0000"
    browsers.does("haidian", f"{url}scan/", file=scan("推荐汇总表盖章件"), code=code)
    assert browsers.does("haidian-boss", f"{url}report/") == url
    assert now(ranked).state == "submitted"
    answer = browsers.sends("haidian-boss", f"{url}withdraw/", reason="")
    assert (answer.status_code, summary(answer)) == (422, {"请填写理由": "reason"})
    browsers.does("haidian-boss", f"{url}withdraw/", reason="排序有误")
    assert now(ranked).state == "drafting"


def test_a_list_that_lacks_something_says_all_of_it(browsers, ranked, qualified):  # noqa: F811
    with everything(because=Because.SEED):
        Opinion.objects.filter(application__in=qualified[:2]).delete()
    answer = browsers.sends("haidian", f"/recommend/summary/{ranked.number}/request/")
    assert answer.status_code == 422
    assert len(summary(answer)) == 2
    assert all("还没有填写推荐意见" in message and "第十三条（四）" in message for message in summary(answer))


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (SimpleUploadedFile("汇总表.exe", b"MZ\x90\x00" * 64), "不能上传"),
        (SimpleUploadedFile("汇总表.pdf", b"MZ\x90\x00" * 64), "不能上传"),
        ("", "请上传盖章扫描件"),
    ],
)
def test_a_scan_of_the_wrong_kind_is_refused_and_nothing_is_kept(browsers, ranked, file, words):  # noqa: F811
    url = f"/recommend/summary/{ranked.number}/"
    browsers.does("haidian", f"{url}request/")
    deliver_all()
    with everything(because=Because.SEED):
        before, code = StoredFile.objects.count(), now(ranked).printed_code()
    answer = browsers.sends("haidian", f"{url}scan/", file=file, code=code)
    assert answer.status_code == 422 and words in "".join(summary(answer))
    assert inputs(answer)["code"] == code
    with everything(because=Because.SEED):
        assert StoredFile.objects.count() == before


# --- 实施细则 --------------------------------------------------------------------------------------------------------


def test_the_units_rules_are_published_or_keep_what_is_wrong(browsers, world):  # noqa: F811
    late = {"text": "请附社保证明", "internal_closes_at": "2026年11月1日 17:00", "extra_items": "社保证明"}
    answer = browsers.sends("haidian", "/recommend/rules/", **late)
    assert answer.status_code == 422
    assert "本单位的截止时间不能晚于年度截止时间" in "".join(summary(answer)) and "第十二条" in text(answer)
    assert inputs(answer)["internal_closes_at"] == "2026年11月1日 17:00"
    with everything(because=Because.SEED):
        assert not UnitRules.objects.exists()
    browsers.does("haidian", "/recommend/rules/", **late | {"internal_closes_at": "2026年10月9日 24:00"})
    with everything(because=Because.SEED):
        rules = UnitRules.objects.get()
    assert [each["label"] for each in rules.extra_items] == ["社保证明"] and rules.is_public


# --- as many questions for three as for one --------------------------------------------------------------------------


def test_the_lists_ask_no_more_for_three_rows_than_for_one(browsers, world):  # noqa: F811
    with everything(because=Because.SEED):
        Affiliation.objects.filter(host__in=world.hosts[:3]).update(recommender=world.recommenders["110108"])
    client, counts = browsers("haidian"), []
    for host in world.hosts[:3]:
        story.screened_application(world, host)
        unit_list = story.ranked_list(world, world.recommenders["110108"])
        pages = ("/recommend/?tab=qualified", f"/recommend/rank/{unit_list.number}/")
        counts.append([questions(client, url) for url in (*pages, f"/recommend/summary/{unit_list.number}/")])
    assert counts[0] == counts[2]
    assert max(counts[2]) <= 15, counts
