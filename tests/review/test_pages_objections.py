"""异议 in browsers: filed by anybody, followed by its receipt, handled by one person and decided by another."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from applications.models import Application, Notice
from fixtures.scenarios import reviewing
from portal.events.models import Event
from portal.tenancy.reach import Because, everything
from portal.workflow.models import Operation
from review.models import Objection
from tests.files.samples import pdf

FACTS = "申报书所列第二项专利的第一发明人与公开信息不一致，请核实其排名和贡献。"
NAME, CONTACT = "周实名", "13800001234"


def seeded():
    return everything(because=Because.SEED)


@pytest.fixture
def point():
    return "publicity"


@pytest.fixture
def publicity(world):
    """The list is public; the period runs."""
    cache.clear()
    world.at += timedelta(hours=1)
    with seeded():
        return Notice.objects.get(kind="proposed")


def proof() -> SimpleUploadedFile:
    return SimpleUploadedFile("证明.pdf", pdf(), "application/pdf")


def form_url(notice: Notice) -> str:
    return f"/publicity/{notice.number}/objection/"


def filled(notice: Notice, **other) -> dict[str, str]:
    with seeded():
        entry = notice.entries.first()
    return {"entry": str(entry.pk), "kind": "person", "name": NAME, "contact": CONTACT, "facts": FACTS, **other}


def receipt_of(client) -> tuple[str, str]:
    """Number and code on the receipt that this browser keeps."""
    page = client.get("/objections/receipt/")
    assert page.status_code == 200 and "no-store" in page["Cache-Control"]
    return page.context["number"], page.context["code"]


def file(browsers, notice, login: str = "", **other):
    client = browsers(login)
    page = client.get(form_url(notice))
    operation = str(page.context["form"]["operation"].value())
    answer = client.post(form_url(notice), {"operation": operation, **filled(notice, **other)})
    assert answer.status_code == 302 and answer["Location"] == "/objections/receipt/"
    return receipt_of(client)


def follow(browsers, number: str, code: str):
    return browsers("").post("/objections/", {"number": number, "code": code})


def test_objection_goes_from_the_public_page_to_the_answer(world, publicity, browsers):
    link = browsers("").get(f"/publicity/{publicity.number}/").content.decode()
    assert form_url(publicity) in link
    number, code = file(browsers, publicity, evidence=proof())
    assert re.fullmatch(r"YY2026-\d{6}", number) and re.fullmatch(r"[2-9A-Z]{8}", code)
    url = f"/manage/objections/{number}/"
    seen = follow(browsers, number, code)
    assert seen.status_code == 200 and "已收到" in seen.content.decode()

    page = browsers("officer").get(url)
    text = page.content.decode()
    assert page.status_code == 200 and FACTS in text and NAME not in text and CONTACT not in text
    evidence = page.context["evidence"][1]
    assert browsers("officer").get(evidence).status_code == 200
    for login in ("secretary", "finance", "expert1", "host1", "haidian"):
        assert browsers(login).get(evidence).status_code == 404, login

    browsers.does("officer", f"{url}accept/")
    with seeded():
        assert Application.objects.get(pk=Objection.objects.get().application_id).state == "objection_hold"
    browsers.does("officer", f"{url}investigate/")
    assert browsers.sends("supervisor", f"{url}dismiss/", reason="核实无误").status_code == 422, "not reported yet"
    empty = browsers.sends("officer", f"{url}report/", findings="")
    assert empty.status_code == 422
    browsers.does("officer", f"{url}report/", findings="已向专利局核实，排名无误。")
    assert browsers.sends("supervisor", f"{url}dismiss/").status_code == 422, "a decision has a reason"
    browsers.does("supervisor", f"{url}dismiss/", reason="经核实，排名无误")
    waiting = follow(browsers, number, code).content.decode()
    assert "核查完毕，待答复" in waiting and "排名无误" not in waiting
    browsers.does("officer", f"{url}answer/", reply="经核查，所反映的情况不属实。")
    told = follow(browsers, number, code).content.decode()
    assert "已答复" in told and "所反映的情况不属实" in told


def test_identity_is_shown_to_handler_and_decider_with_a_reason_each_look_an_event(world, publicity, browsers):
    number, _ = file(browsers, publicity)
    reveal = f"/manage/objections/{number}/reveal/"
    nothing = browsers.sends("officer", reveal)
    assert nothing.status_code == 422 and NAME not in nothing.content.decode()
    early = browsers.sends("supervisor", reveal, reason="想看看")
    assert early.status_code == 422 and NAME not in early.content.decode()
    assert early.context["form"]["reason"].value() == "想看看", "what was typed stays"
    shown = browsers.sends("officer", reveal, reason="电话核实情况")
    assert shown.status_code == 200 and NAME in shown.content.decode() and CONTACT in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    with seeded():
        assert Event.objects.filter(kind="objection.reveal").count() == 1
    assert browsers("auditor").get(reveal).status_code == 403


def test_public_counter(world, publicity, browsers):
    """One story for all of it: telling it takes longer than every request together."""
    for part in (
        sending_twice_files_once,
        nothing_of_a_signed_in_objector_is_kept,
        receipt_opens_nothing_with_a_wrong_code_or_in_another_browser,
        flood_from_one_address_is_stopped,
        refusals_say_why_and_keep_what_was_typed,
    ):
        world.at += timedelta(minutes=1)
        part(world, publicity, browsers)


def refusals_say_why_and_keep_what_was_typed(world, publicity, browsers):
    client, began = browsers(""), world.at
    for given, field, words in [
        ({"name": "匿名"}, "name", "请填写真实姓名或单位全称，匿名异议不予受理（第十九条）"),
        ({"contact": ""}, "contact", "请填写联系方式，以便核实和答复（第十九条）"),
        ({"facts": "有问题"}, "facts", "请写明事实和依据，至少 20 字（第十九条）"),
        ({"kind": "unit"}, "person", "单位提出异议的，请填写负责人或联系人（第十九条）"),
    ]:
        answer = client.post(form_url(publicity), filled(publicity, **given))
        form = answer.context["form"]
        assert answer.status_code == 422 and answer.context.get("refused") is None
        assert dict(form.errors) == {field: [words]}, "beside its field, and there alone"
        sent = filled(publicity, **given)
        assert {name: form[name].value() for name in sent} == sent, "what was typed stays"
    world.at += timedelta(minutes=1)
    short = client.post(form_url(publicity), filled(publicity, facts="有问题", name="", evidence=proof()))
    text = short.content.decode()
    assert short.status_code == 422 and "没有保存，请修改后重新选择" in text and CONTACT in text
    unit = client.post(form_url(publicity), filled(publicity, kind="unit", name="某某研究院"))
    assert unit.status_code == 422 and "负责人或联系人" in unit.content.decode()
    world.at = publicity.ends_at
    late = client.post(form_url(publicity), filled(publicity))
    assert late.status_code == 422 and "逾期异议不予受理" in late.content.decode()
    assert late.context["form"]["facts"].value() == FACTS
    closed = browsers("").get(form_url(publicity))
    assert closed.status_code == 200 and "逾期异议不予受理" in closed.content.decode()
    assert "提交异议" not in closed.content.decode()
    with seeded():
        assert not Objection.objects.filter(filed_at__gte=began).exists()


def nothing_of_a_signed_in_objector_is_kept(world, publicity, browsers):
    file(browsers, publicity, login="host1")
    with seeded():
        event = Event.objects.filter(kind="objection.file").latest("sequence")
        assert (event.actor_user_id, event.ip) == (None, None) and event.actor_role == "public"
        assert not Operation.objects.filter(user_id=world["host1"].user_id, created_at=world.at).exists()


def sending_twice_files_once(world, publicity, browsers):
    client = browsers("")
    with seeded():
        before = Objection.objects.count()
    operation = str(client.get(form_url(publicity)).context["form"]["operation"].value())
    for _ in range(2):
        answer = client.post(form_url(publicity), {"operation": operation, **filled(publicity)})
        assert answer["Location"] == "/objections/receipt/"
    with seeded():
        assert Objection.objects.count() == before + 1
    assert all(receipt_of(client)), "the first receipt stands"


def receipt_opens_nothing_with_a_wrong_code_or_in_another_browser(world, publicity, browsers):
    number, code = file(browsers, publicity)
    wrong = follow(browsers, number, "ZZZZZZZZ")
    absent = follow(browsers, "YY2026-000000", code)
    assert wrong.status_code == absent.status_code == 422
    assert wrong.context["form"].errors == absent.context["form"].errors
    assert wrong.context["form"]["number"].value() == number
    assert receipt_of(browsers("")) == ("", "")


def flood_from_one_address_is_stopped(world, publicity, browsers):
    answers = [follow(browsers, "YY2026-000000", "ZZZZZZZZ").status_code for _ in range(12)]
    assert answers[:10] == [422] * 10 and answers[-1] == 429
    world.at += timedelta(minutes=1)
    assert follow(browsers, "YY2026-000000", "ZZZZZZZZ").status_code == 422


def test_pages_open_to_their_roles_alone(world, publicity, browsers):
    number, _ = file(browsers, publicity)
    url, year = f"/manage/objections/{number}/", reviewing.the_cycle(world).year
    readers = {"officer", "supervisor", "auditor"}
    for login in (
        "officer",
        "supervisor",
        "auditor",
        "secretary",
        "finance",
        "sysadmin",
        "expert1",
        "host1",
        "haidian",
    ):
        for page in (url, f"/manage/{year}/objections/"):
            expected = {200} if login in readers else {403, 404}
            assert browsers(login).get(page).status_code in expected, (login, page)
    assert browsers("officer").get("/manage/objections/")["Location"] == f"/manage/{year}/objections/"
    for page, roles in ((f"{url}accept/", {"officer"}), (f"{url}uphold/", {"supervisor"})):
        for login in ("officer", "supervisor", "auditor", "secretary"):
            assert (browsers(login).get(page).status_code == 200) == (login in roles), (login, page)
    assert browsers("").get("/publicity/GS2026-404/objection/").status_code == 404
    listed = browsers("officer").get(f"/manage/{year}/objections/").content.decode()
    assert number in listed and NAME not in listed


def test_upheld_objection_takes_one_person_off_the_publicity(world, publicity, browsers):
    number, _ = file(browsers, publicity)
    url = f"/manage/objections/{number}/"
    browsers.does("officer", f"{url}accept/")
    browsers.does("officer", f"{url}investigate/")
    browsers.does("officer", f"{url}report/", findings="反映情况属实。")
    browsers.does("supervisor", f"{url}uphold/", reason="成果归属不实")
    with seeded():
        objection = Objection.objects.select_related("entry", "application").get()
    assert objection.entry.withdrawn_because and objection.application.state not in ("in_publicity", "objection_hold")
