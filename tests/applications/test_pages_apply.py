"""/apply/ in the browser of the unit's people: who opens what, wrong input, foreign records, old pages, files."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from applications.commands import application as host_verbs
from applications.commands import cast_review as city_verbs
from applications.commands import cycle as cycle_verbs
from applications.commands import sections
from applications.declarations import promises_of
from applications.models import Application, Attachment, Section
from fixtures.scenarios import nominations as story
from fixtures.scenarios.papers import paper
from portal.events.models import Event
from portal.files.models import StoredFile
from portal.tenancy.reach import Because, everything
from tests.applications.pages import bare, form_of, inputs, questions, summary, text
from tests.review.browser import browsers  # noqa: F401  (a fixture)

ABSENT = "ZY2026-9999"


@pytest.fixture
def draft(world) -> Application:
    return story.fresh(story.draft_application(world, world.hosts[0]))


@pytest.fixture
def signed(world) -> Application:
    """Complete and signed: its approver may submit."""
    found = story.signed_application(world, world.hosts[0])
    world.at += timedelta(days=1)
    return found


def now(application: Application) -> Application:
    return story.fresh(application)


def page_of(application: Application, key: str) -> Section:
    with everything(because=Because.SEED):
        return Section.objects.get(application=application, key=key)


def all_promised(who: str) -> dict[str, str]:
    return {f"promise_{promise.code}": "on" for promise in promises_of(who)}


# --- who opens what --------------------------------------------------------------------------------------------------


def test_everybody_of_the_unit_opens_their_applications(browsers, draft):  # noqa: F811
    for login in ("host1", "host1-boss", "applicant1"):
        answer = browsers(login).get("/apply/")
        assert (answer.status_code, draft.number in text(answer)) == (200, True), login
    assert draft.number not in text(browsers("host2").get("/apply/"))


@pytest.mark.parametrize("login", ["haidian", "haidian-boss", "officer", "auditor", "sysadmin"])
def test_others_are_told_whose_workspace_it_is(browsers, draft, login):  # noqa: F811
    answer = browsers(login).get("/apply/")
    assert answer.status_code == 403
    assert "由“申报人”、“依托单位经办人”、“依托单位负责人”办理" in text(answer)


def test_a_visitor_is_sent_to_sign_in(browsers, draft):  # noqa: F811
    answer = browsers().get(f"/apply/{draft.number}/")
    assert answer.status_code in (302, 403) and "login" in (answer.headers.get("Location") or answer.content.decode())


# page: who opens it
PAGES = {
    "/apply/new/": {"host1"},
    "/apply/{no}/": {"host1", "host1-boss", "applicant1"},
    "/apply/{no}/s/basic/": {"host1", "applicant1"},
    "/apply/{no}/s/plan/team/new/": {"host1", "applicant1"},
    "/apply/{no}/files/": {"host1", "applicant1"},
    "/apply/{no}/team/": {"host1"},
    "/apply/{no}/recommender/": {"host1", "applicant1"},
    "/apply/{no}/check/": {"host1", "host1-boss", "applicant1"},
    "/apply/{no}/sign/": {"applicant1"},
    "/apply/{no}/submit/": {"host1-boss"},
    "/apply/{no}/withdraw/": {"host1-boss"},
    "/apply/{no}/print/": {"host1", "host1-boss", "applicant1"},
}
ROLE_NAMES = {"host1": "依托单位经办人", "host1-boss": "依托单位负责人", "applicant1": "申报人"}


def test_each_page_opens_for_its_roles_and_tells_the_others_who_could(browsers, draft):  # noqa: F811
    clients = {login: browsers(login) for login in ROLE_NAMES}
    for pattern, allowed in PAGES.items():
        url = pattern.format(no=draft.number)
        for login, client in clients.items():
            answer = client.get(url)
            assert answer.status_code == (200 if login in allowed else 403), (url, login)
            if login not in allowed:
                assert all(f"“{ROLE_NAMES[each]}”" in text(answer) for each in allowed), (url, login)


def test_a_step_of_another_role_is_refused_when_it_is_posted_too(browsers, signed):  # noqa: F811
    answer = browsers("host1").post(f"/apply/{signed.number}/submit/", all_promised("host_approver"))
    assert answer.status_code == 403 and "由“依托单位负责人”办理" in text(answer)
    answer = browsers("host1-boss").post(f"/apply/{signed.number}/sign/", all_promised("applicant"))
    assert answer.status_code == 403 and "由“申报人”办理" in text(answer)
    assert now(signed).state == "draft"


# --- another unit's record is as one that is not there ---------------------------------------------------------------

POSTED = (
    "s/basic/", "s/basic/autosave/", "s/plan/team/new/", "s/plan/team/x1/", "s/plan/team/x1/delete/",
    "s/plan/team/x1/restore/", "files/", "files/1/delete/", "team/", "recommender/", "sign/", "submit/", "resubmit/",
    "withdraw/", "revise/1/",
)  # fmt: skip
READ = (
    "", "s/basic/", "s/plan/team/new/", "files/", "team/", "check/", "sign/", "submit/", "withdraw/", "done/",
    "revise/", "compare/", "print/",
)  # fmt: skip


@pytest.mark.parametrize("login", ["host2", "host2-boss", "applicant2"])
def test_a_foreign_application_answers_like_an_absent_one(browsers, signed, login):  # noqa: F811
    client = browsers(login)
    client.get("/apply/")
    for method, paths in ((client.get, READ), (client.post, POSTED)):
        for path in paths:
            foreign, absent = (bare(method(f"/apply/{number}/{path}")) for number in (signed.number, ABSENT))
            assert foreign == absent, path
            assert foreign[0] in (403, 404), path
    assert now(signed).version == signed.version


def test_another_applicant_of_the_unit_sees_no_foreign_application(browsers, signed):  # noqa: F811
    with browsers.world.acting("host1") as clerk:
        host_verbs.invite(signed, name="新来的", actor=clerk, at=browsers.world.at)
    client = browsers("applicant1")
    assert signed.number not in text(client.get("/apply/"))
    for path in READ[:3]:
        assert bare(client.get(f"/apply/{signed.number}/{path}")) == bare(client.get(f"/apply/{ABSENT}/{path}")), path


# --- wrong input -----------------------------------------------------------------------------------------------------


def test_a_nominee_without_a_name_is_asked_for(browsers, world):  # noqa: F811
    answer = browsers.sends("host1", "/apply/new/", applicant_name="  ")
    assert answer.status_code == 422
    assert summary(answer) == {"请填写申报人姓名": "applicant_name"}
    with everything(because=Because.SEED):
        assert not Application.objects.exists()


def test_a_second_nominee_is_refused_with_the_article(browsers, draft):  # noqa: F811
    answer = browsers.sends("host1", "/apply/new/", applicant_name="赵立")
    assert answer.status_code == 422
    assert inputs(answer)["applicant_name"] == "赵立"
    (message,) = summary(answer)
    assert f"本单位已有申报人{draft.applicant_name}" in message and "第十条" in message


def test_a_page_keeps_what_is_wrong_and_leads_to_it(browsers, draft):  # noqa: F811
    url = f"/apply/{draft.number}/s/basic/"
    client = browsers("host1")
    typed = {**inputs(client.get(url)), "name": "李建国", "birth_date": "昨天", "mobile": "12345", "then": "continue"}
    answer = client.post(url, typed)
    found = summary(answer)
    assert answer.status_code == 422
    assert {"birth_date", "mobile"} <= set(found.values()) and "name" not in found.values()
    assert {name: inputs(answer)[name] for name in ("name", "birth_date")} == {
        "name": "李建国", "birth_date": "昨天",
    }  # fmt: skip
    kept = inputs(client.get(url))  # a draft keeps what is wrong too, until it is mended
    assert (kept["name"], kept["birth_date"]) == ("李建国", "昨天")


def test_a_row_with_a_mistake_is_not_kept_and_says_where(browsers, draft):  # noqa: F811
    client = browsers("host1")
    url = f"/apply/{draft.number}/s/projects/projects/new/"
    typed = {**inputs(client.get(url)), "name": "高速主轴研制", "from": "2022-05", "to": "2021-05"}
    answer = client.post(url, typed)
    assert answer.status_code == 422
    assert "to" in summary(answer).values()
    assert {name: inputs(answer)[name] for name in ("name", "from", "to")} == {
        "name": "高速主轴研制", "from": "2022-05", "to": "2021-05",
    }  # fmt: skip
    assert page_of(draft, "projects").values == {}
    assert set(summary(client.post(url, {"version": "1"}))) and page_of(draft, "projects").version == 1


def test_promises_are_made_one_by_one(browsers, signed):  # noqa: F811
    promises = all_promised("host_approver")
    missing = sorted(promises)[0]
    del promises[missing]
    answer = browsers.sends("host1-boss", f"/apply/{signed.number}/submit/", **promises)
    assert answer.status_code == 422
    assert list(summary(answer).values()) == [missing]
    assert now(signed).state == "draft"


def test_a_step_with_a_reason_asks_for_it(browsers, signed):  # noqa: F811
    answer = browsers.sends("host1-boss", f"/apply/{signed.number}/withdraw/", reason="　")
    assert (answer.status_code, summary(answer)) == (422, {"请填写理由": "reason"})
    assert now(signed).state == "draft"


# --- refused steps ---------------------------------------------------------------------------------------------------


def test_an_incomplete_application_is_not_submitted_and_says_all_that_is_missing(browsers, draft):  # noqa: F811
    answer = browsers.sends("host1-boss", f"/apply/{draft.number}/submit/", **all_promised("host_approver"))
    assert answer.status_code == 422
    words = "".join(summary(answer))
    for message, article in (
        ("基本信息：", "第十三条（二）"),
        ("申报人还没有签署承诺，或签署后又有修改，请重新签署", "第十四条"),
    ):
        assert message in words and article in words
    assert now(draft).state == "draft"


def test_after_the_deadline_the_refusal_names_it(browsers, signed):  # noqa: F811
    browsers.world.at = now(signed).cycle.application_closes_at
    answer = browsers.sends("host1-boss", f"/apply/{signed.number}/submit/", **all_promised("host_approver"))
    (message,) = summary(answer)
    assert answer.status_code == 422
    assert "申报已于 2026年10月15日 17:00 截止" in message and "第十六条" in message
    assert inputs(answer).keys() >= set(all_promised("host_approver"))


def test_a_submitted_application_is_submitted_no_more(browsers, signed):  # noqa: F811
    url = f"/apply/{signed.number}/submit/"
    assert browsers.does("host1-boss", url, **all_promised("host_approver")) == f"/apply/{signed.number}/done/"
    answer = browsers("host1-boss").post(url, {**all_promised("host_approver"), "version": now(signed).version})
    assert answer.status_code == 422 and "现在的状态是“已提交”" in "".join(summary(answer))


def test_a_form_sent_twice_counts_once(browsers, signed):  # noqa: F811
    client, url = browsers("host1-boss"), f"/apply/{signed.number}/submit/"
    form = {**inputs(client.get(url)), **all_promised("host_approver")}
    answers = [client.post(url, form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    with everything(because=Because.SEED):
        assert Event.objects.filter(kind="application.submit").count() == 1
        assert now(signed).versions.count() == 1


# --- old pages -------------------------------------------------------------------------------------------------------


def changed_by_applicant(world, application, key: str, values: dict) -> None:
    with world.acting("applicant1") as applicant:
        sections.edit(application, key, values, actor=applicant, at=world.at, version=None)


def test_a_page_changed_meanwhile_shows_both_texts_and_each_is_chosen(browsers, draft):  # noqa: F811
    world, client, url = browsers.world, browsers("host1"), f"/apply/{draft.number}/s/basic/"
    form = inputs(client.get(url))
    changed_by_applicant(world, draft, "basic", {"name": "甲写的", "direction": "对方的方向"})
    answer = client.post(url, {**form, "name": "乙写的", "direction": "我的方向", "then": "list"})
    assert answer.status_code == 409
    rows = {each.label: (each.mine, each.theirs) for each in answer.context["differences"]}
    assert set(rows.values()) == {("乙写的", "甲写的"), ("我的方向", "对方的方向")}
    assert all(words in text(answer) for words in ("乙写的", "甲写的", "我的方向", "对方的方向"))
    assert page_of(draft, "basic").values["name"] == "甲写的"
    choice = {**inputs(answer), "keep-name": "theirs", "keep-direction": "mine"}
    assert client.post(url, choice).status_code == 302
    kept = page_of(draft, "basic").values
    assert (kept["name"], kept["direction"]) == ("甲写的", "我的方向")


def test_a_row_changed_meanwhile_shows_both_texts(browsers, draft):  # noqa: F811
    world, client = browsers.world, browsers("host1")
    changed_by_applicant(world, draft, "plan", {"team": [{"name": "甲", "duty": "试验", "title": "工程师"}]})
    (row,) = page_of(draft, "plan").values["team"]
    url = f"/apply/{draft.number}/s/plan/team/{row['id']}/"
    form = inputs(client.get(url))
    changed_by_applicant(world, draft, "plan", {"team": [{**row, "duty": "对方改的分工"}]})
    answer = client.post(url, {**form, "duty": "我改的分工"})
    assert answer.status_code == 409
    assert inputs(answer)["duty"] == "我改的分工" and "对方改的分工" in text(answer)
    assert page_of(draft, "plan").values["team"][0]["duty"] == "对方改的分工"
    assert client.post(url, inputs(answer)).status_code == 302
    assert page_of(draft, "plan").values["team"][0]["duty"] == "我改的分工"


def test_a_row_deleted_meanwhile_can_be_added_again(browsers, draft):  # noqa: F811
    world, client = browsers.world, browsers("host1")
    team = [{"name": "甲", "duty": "试验"}, {"name": "乙", "duty": "设计"}]
    changed_by_applicant(world, draft, "plan", {"team": team})
    first, second = page_of(draft, "plan").values["team"]
    url = f"/apply/{draft.number}/s/plan/team/{first['id']}/"
    form = inputs(client.get(url))
    changed_by_applicant(world, draft, "plan", {"team": [second]})
    answer = client.post(url, {**form, "duty": "我改的分工"})
    assert answer.status_code == 409 and inputs(answer)["duty"] == "我改的分工"
    assert "这一条已被删除" in text(answer)
    assert client.post(form_of(answer).action, inputs(answer)).status_code == 302
    assert [each["duty"] for each in page_of(draft, "plan").values["team"]] == ["设计", "我改的分工"]


def test_an_old_step_page_shows_the_record_and_gives_back_what_was_typed(browsers, signed):  # noqa: F811
    client, url = browsers("host1-boss"), f"/apply/{signed.number}/withdraw/"
    form = inputs(client.get(url))
    changed_by_applicant(browsers.world, signed, "basic", {"direction": "对方改了方向"})
    answer = client.post(url, {**form, "reason": "申报人调离，改报他人"})
    assert answer.status_code == 409
    assert "申报人调离，改报他人" in text(answer) and "状态：填报中" in text(answer)
    assert now(signed).state == "draft"


# --- autosave --------------------------------------------------------------------------------------------------------


def test_autosave_answers_with_the_version_or_says_why_not(browsers, draft):  # noqa: F811
    client, url = browsers("host1"), f"/apply/{draft.number}/s/basic/autosave/"
    answer = client.post(url, {"version": "1", "changed": "name", "name": "李建国"})
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    answer = client.post(url, {"version": "1", "changed": "name", "name": "别人"})
    assert (answer.status_code, answer.json()) == (409, {"version": 2})
    with browsers.world.acting("host1-boss") as approver:
        host_verbs.withdraw(draft, reason="人员调整", actor=approver, at=browsers.world.at)
    answer = client.post(url, {"version": "2", "changed": "name", "name": "别人"})
    assert answer.status_code == 422 and "现在的状态是“已撤回”" in answer.json()["reason"]
    assert page_of(draft, "basic").values["name"] == "李建国"


# --- files -----------------------------------------------------------------------------------------------------------


def uploaded(client, application, code: str, file, **values):
    values = {"key": code, "file": file, "unclassified": "on", **values}
    return client.post(f"/apply/{application.number}/files/", values)


def nothing_is_kept() -> bool:
    with everything(because=Because.SEED):
        return not Attachment.objects.exists() and not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (SimpleUploadedFile("证件照.exe", b"MZ\x90\x00" * 64), "不能上传"),
        (SimpleUploadedFile("证件照.jpg", b"MZ\x90\x00" * 64), "不能上传"),
        (SimpleUploadedFile("证件照.jpg", b""), "空"),
        (None, "请上传"),
    ],
)
def test_a_file_of_the_wrong_kind_is_refused_and_nothing_is_kept(browsers, draft, file, words):  # noqa: F811
    answer = uploaded(browsers("host1"), draft, "photo", file or "")
    assert answer.status_code == 422
    assert words in "".join(summary(answer))
    assert nothing_is_kept()


def test_a_file_too_large_is_refused_and_nothing_is_kept(browsers, draft):  # noqa: F811
    photo = paper("photo")
    big = SimpleUploadedFile(photo.name, photo.read() + b"\0" * 1024**2, content_type="image/jpeg")
    answer = uploaded(browsers("host1"), draft, "photo", big)
    assert answer.status_code == 422
    assert "超过 1 MB" in "".join(summary(answer))
    assert nothing_is_kept()


def test_a_file_without_the_word_that_it_is_not_classified_is_refused(browsers, draft):  # noqa: F811
    answer = uploaded(browsers("host1"), draft, "photo", paper("photo"), unclassified="")
    assert answer.status_code == 422
    assert "请先确认材料不含涉密内容" in "".join(summary(answer)) and "第十四条" in "".join(summary(answer))
    assert nothing_is_kept()


def test_a_right_file_goes_back_to_where_it_was_chosen(browsers, draft):  # noqa: F811
    answer = uploaded(browsers("host1"), draft, "photo", paper("photo"), back="section")
    assert (answer.status_code, answer["Location"]) == (302, f"/apply/{draft.number}/s/basic/#files-photo")
    with everything(because=Because.SEED):
        assert list(Attachment.objects.values_list("key", flat=True)) == ["photo"]


# --- what was not handed in ------------------------------------------------------------------------------------------


def test_a_draft_that_missed_its_year_is_history_unless_it_was_given_more_time(browsers, draft):  # noqa: F811
    world, client = browsers.world, browsers("host1")
    world.at = now(draft).cycle.application_closes_at
    assert [each["status"] for each in client.get("/apply/").context["current"]] == ["填报中"]
    with world.acting("supervisor") as supervisor:
        cycle_verbs.advance(now(draft).cycle, actor=supervisor, at=world.at)
    (row,) = client.get("/apply/").context["earlier"]
    assert (row["application"].number, row["status"], row["due"]) == (draft.number, "未提交", None)
    with world.acting("supervisor") as supervisor:
        until = world.at + timedelta(days=2)
        city_verbs.extend(now(draft), until=until, reason="单位断网", actor=supervisor, at=world.at)
    (row,) = client.get("/apply/").context["current"]
    assert (row["status"], row["due"]) == ("填报中", ("提交截止", until))


# --- as many questions for three as for one --------------------------------------------------------------------------


def test_the_list_asks_no_more_for_three_rows_than_for_one(browsers, draft):  # noqa: F811
    client = browsers("host1")
    one = questions(client, "/apply/")
    world = browsers.world
    for _ in range(2):
        with world.acting("host1-boss") as approver:
            withdrawn = now(draft) if now(draft).state == "draft" else story.draft_application(world, world.hosts[0])
            host_verbs.withdraw(withdrawn, reason="人员调整", actor=approver, at=world.at)
    story.draft_application(world, world.hosts[0])
    answer = client.get("/apply/")
    assert len(answer.context["current"]) + len(answer.context["earlier"]) == 3
    assert questions(client, "/apply/") == one <= 15
