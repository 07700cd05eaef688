"""The pages of chapter 6 in browsers: what is kept, what is refused, who could, what it costs (Art. 20, 21, 26, 27)."""

import re

import pytest

from fixtures.scenarios import contracting
from funding.commands import expense as expenses
from funding.commands import grant as grants
from funding.commands import task_book as books
from funding.models import Disbursement, Expense, Grant, TaskBook
from portal.tenancy.reach import Because, everything
from portal.workflow.take import open_preparation
from tests.applications.pages import bare, inputs, questions, summary, text
from tests.funding.test_money import act, approved, grant_of, record, tranche
from tests.review.browser import complaints, envelope


def paths(selectee) -> dict[str, str]:
    """The records of one selectee by what they are called in these tests."""
    number = selectee.number
    grant = number.replace("RX", "JF")
    return {
        "selectee": f"selectees/{number}/",
        "book": f"task-books/{number.replace('RX', 'RW')}/",
        "grant": f"grants/{grant}/",
        "tranche": f"disbursements/{grant}-1/",
        "expense": f"expenses/{grant}-Z001/",
    }


def at(space: str, selectee, record: str, deed: str = "") -> str:
    return f"/{space}/{paths(selectee)[record]}{deed}"


# --- who opens which record ------------------------------------------------------------------------------------------

APPLY, RECOMMEND, MANAGE = "apply", "recommend", "manage"
# {record: {login: status}}: 200, or 403 where the row is in reach and the role has no such page.
READERS = {
    "selectee": {
        "applicant1": 200, "host1": 200, "host1-boss": 200, "haidian": 200, "haidian-boss": 200, "officer": 200,
        "finance": 200, "supervisor": 200, "auditor": 200, "secretary": 403, "sysadmin": 403,
    },
    "book": {
        "applicant1": 200, "host1": 200, "host1-boss": 200, "haidian": 200, "haidian-boss": 403, "officer": 200,
        "finance": 200, "supervisor": 200, "auditor": 200, "secretary": 403, "sysadmin": 403,
    },
    "grant": {
        "applicant1": 200, "host1": 200, "host1-boss": 200, "haidian": 200, "haidian-boss": 403, "officer": 200,
        "finance": 200, "supervisor": 200, "auditor": 200, "secretary": 403, "sysadmin": 403,
    },
    "tranche": {
        "applicant1": 403, "host1": 200, "host1-boss": 200, "officer": 403, "finance": 200, "supervisor": 200,
        "auditor": 200, "secretary": 403, "sysadmin": 403,
    },
    "expense": {
        "applicant1": 200, "host1": 200, "host1-boss": 200, "officer": 403, "finance": 200, "supervisor": 200,
        "auditor": 200, "secretary": 403, "sysadmin": 403,
    },
}  # fmt: skip
# Who stands to another unit's records as those of the first unit stand to their own.
FOREIGN = {
    "applicant3": "applicant1", "host3": "host1", "host3-boss": "host1-boss", "chaoyang": "haidian",
    "chaoyang-boss": "haidian-boss",
}  # fmt: skip


def space_of(login: str) -> str:
    if login.startswith(("applicant", "host")):
        return APPLY
    return RECOMMEND if login.startswith(("haidian", "chaoyang")) else MANAGE


@pytest.mark.parametrize("what", READERS)
def test_each_role_opens_what_is_its_own(world, selectee, funded, browsers, what):
    record(world, selectee)
    met = {login: browsers(login).get(at(space_of(login), selectee, what)).status_code for login in READERS[what]}
    assert met == READERS[what]


@pytest.mark.parametrize("login", FOREIGN)
def test_what_is_anothers_reads_like_what_is_not_there(world, selectee, funded, browsers, login):
    record(world, selectee)
    browser, space = browsers(login), space_of(login)
    for what, readers in READERS.items():
        if FOREIGN[login] not in readers:
            continue
        path = at(space, selectee, what)
        answer = browser.get(path)
        assert answer.status_code == (404 if readers[FOREIGN[login]] == 200 else 403), path
        assert bare(answer) == bare(browser.get(path.replace("2025-0001", "2025-0999"))), path


# --- whose deed it is ------------------------------------------------------------------------------------------------

# (who tries, in whose workspace, on what, which deed, who could)
NOT_THEIRS = [
    ("host1-boss", APPLY, "book", "edit/", "依托单位经办人"),
    ("applicant1", APPLY, "book", "confirm/", "依托单位负责人"),
    ("host1", APPLY, "book", "sign-for-host/", "依托单位负责人"),
    ("host1-boss", APPLY, "book", "sign-as-selectee/", "申报人"),
    ("finance", MANAGE, "book", "begin-review/", "市科协审查员"),
    ("officer", MANAGE, "book", "sign-for-cast/", "项目负责人"),
    ("host1-boss", APPLY, "grant", "account/", "依托单位经办人"),
    ("applicant1", APPLY, "grant", "expenses/new/", "依托单位经办人"),
    ("supervisor", MANAGE, "grant", "verify-account/", "财务专员"),
    ("officer", MANAGE, "grant", "returns/new/", "财务专员"),
    ("finance", MANAGE, "grant", "resume/", "项目负责人"),
    ("supervisor", MANAGE, "tranche", "approve/prepare/", "财务专员"),
    ("finance", MANAGE, "tranche", "approve/", "项目负责人"),
    ("supervisor", MANAGE, "tranche", "pay/", "财务专员"),
    ("host1", APPLY, "tranche", "confirm/", "依托单位负责人"),
    ("auditor", MANAGE, "tranche", "cancel/", "财务专员"),
    ("host1-boss", APPLY, "expense", "explain/", "依托单位经办人"),
    ("host1", APPLY, "expense", "rectification/", "依托单位负责人"),
    ("supervisor", MANAGE, "expense", "accept/", "财务专员"),
    ("applicant1", APPLY, "expense", "reverse/", "依托单位经办人"),
]


def test_a_deed_of_another_role_says_whose_it_is(world, selectee, funded, browsers):
    record(world, selectee)
    for login, space, what, deed, could in NOT_THEIRS:
        path = at(space, selectee, what, deed)
        for answer in (browsers(login).get(path), browsers(login).post(path, {})):
            words = text(answer)
            assert answer.status_code == 403, path
            assert "这个操作由" in words and f"“{could}”" in words.split("办理。")[0], (path, words[:300])


# --- what was typed is kept, and each complaint leads to its input ---------------------------------------------------


def drafted(world, selectee) -> None:
    contracting.written(world, selectee)


def signing(world, selectee) -> None:
    book = contracting.written(world, selectee)
    act(world, "host1-boss", books.confirm, book)
    act(world, "officer", books.begin_review, book)
    act(world, "officer", books.open_signing, book)


def funds(world, selectee) -> None:
    contracting.signed(world, selectee)
    contracting.account_verified(world, selectee)
    contracting.paid(world, selectee)


def spends(world, selectee) -> None:
    funds(world, selectee)
    record(world, selectee)


def flags(world, selectee) -> None:
    funds(world, selectee)
    act(world, "finance", expenses.flag, record(world, selectee), code="NL09", reason="请说明")


def warns(world, selectee) -> None:
    flags(world, selectee)
    with everything(because=Because.SEED):
        expense = Expense.objects.get()
    act(world, "host1", expenses.explain, expense, explanation="误记")
    act(world, "finance", expenses.warn, expense, reason="限期退回")


def approves(world, selectee) -> None:
    contracting.signed(world, selectee)
    contracting.account_verified(world, selectee)
    approved(world, selectee)


def settles(world, selectee) -> None:
    with everything(because=Because.SEED):
        grants.settle(grant_of(selectee), actor=world["supervisor"], at=world.at)


EXPENSE = {
    "spent_date": "2026年2月30日",
    "voucher": "记-1",
    "category": "",
    "amount_fen": "一百",
    "payee": "某材料公司",
    "summary": "",
}
# (story, who, where, deed, what is typed, {complaint: input it leads to})
TYPED = [
    (
        funds, "host1", "grant", "expenses/new/", EXPENSE,
        {
            "支出日期请写成 2021年3月5日 或 2021-03-05": "spent_date",
            "请选择科目": "category",
            "金额请填数字，单位元，例如 30.00": "amount_fen",
            "请填写摘要": "summary",
        },
    ),
    (
        drafted, "host1", "grant", "account/", {"account_name": "甲公司", "bank": "", "account_number": "12-34"},
        {"请填写开户银行": "bank", "账号应为 8 到 30 位数字，请核对": "account_number"},
    ),
    (flags, "host1", "expense", "explain/", {"explanation": " "}, {"请填写说明": "explanation"}),
    (warns, "host1-boss", "expense", "rectification/", {"text": ""}, {"请填写整改情况": "text"}),
    (
        spends, "finance", "expense", "flag/", {"code": "", "reason": "请说明用途"},
        {"请选择负面清单类别": "code"},
    ),
    (spends, "host1", "expense", "reverse/", {"reason": ""}, {"请填写理由": "reason"}),
    (approves, "finance", "tranche", "pay/", {"receipt": ""}, {"请填写银行回单号": "receipt"}),
    (
        settles, "finance", "grant", "returns/new/", {"fen": "", "receipt": "TH1"},
        {"请填写退回金额": "fen"},
    ),
    (signing, "applicant1", "book", "sign-as-selectee/", {"password": ""}, {"请填写登录口令": "password"}),
]  # fmt: skip


@pytest.mark.parametrize(("story", "login", "what", "deed", "typed", "complaints_"), TYPED)
def test_wrong_input_is_kept_and_named(world, selectee, browsers, story, login, what, deed, typed, complaints_):
    story(world, selectee)
    answer = browsers.sends(login, at(space_of(login), selectee, what, deed), **typed)
    assert answer.status_code == 422
    said = summary(answer)
    assert complaints_.items() <= said.items(), said
    assert set(said.values()) <= {*typed}
    shown = inputs(answer)
    kept = {name: value for name, value in typed.items() if value.strip() and name != "password"}
    assert {name: shown.get(name) for name in kept} == kept


def test_a_wrong_line_of_the_task_book_is_named_with_its_place(world, selectee, browsers):
    drafted(world, selectee)
    path = at(APPLY, selectee, "book", "edit/")
    browser = browsers("host1")
    page = browser.get(path)
    filled = {**inputs(page), "goals": "换一个目标", "indicators-1-target": "很多", "indicators-2-name": ""}
    answer = browser.post(path, filled)
    assert answer.status_code == 422
    said = summary(answer)
    assert said["请填写考核指标第 3 行的指标"] == "indicators-2-name"
    assert "indicators-1-target" in said.values() and len(said) == 2
    shown = inputs(answer)
    assert (shown["goals"], shown["indicators-1-target"]) == ("换一个目标", "很多") and "indicators-2-name" not in shown
    with everything(because=Because.CHECK_INVARIANTS):
        assert TaskBook.objects.get(selectee=selectee).content["goals"] != "换一个目标"


def test_a_wrong_password_signs_nothing_and_is_not_shown_again(world, selectee, browsers):
    signing(world, selectee)
    answer = browsers.sends("applicant1", at(APPLY, selectee, "book", "sign-as-selectee/"), password="nonsense")
    assert answer.status_code == 422 and "第二十六条" in text(answer) and "nonsense" not in answer.content.decode()


# --- refused: what stands in the way, with its article; what was typed is kept ---------------------------------------

PROPER = {
    "spent_date": "2026年1月20日",
    "voucher": "记-1",
    "category": "P2",
    "amount_fen": "150,000.01",
    "payee": "某材料公司",
    "summary": "试验材料",
}
REFUSED = [
    (
        funds, "host1", "grant", "expenses/new/", PROPER,
        "支出 150,000.01 元，超过专门账户余额 15.00 万元", "第二十一条",
    ),
    (
        settles, "host1", "grant", "account/",
        {"account_name": "甲公司", "bank": "某银行", "account_number": "6222000011112222"},
        "经费现在是“结算中”，不再登记专门账户", "第二十一条",
    ),
    (
        spends, "host1", "expense", "explain/", {"explanation": "用于试验"},
        "支出现在是“已登记”，不需要说明", "第二十七条",
    ),
    (
        spends, "host1-boss", "expense", "rectification/", {"text": "已退回"},
        "支出现在是“已登记”，不需要整改", "第二十七条",
    ),
    (flags, "finance", "expense", "accept/", {}, "依托单位还没有填写说明", "第二十七条"),
    (drafted, "finance", "tranche", "approve/prepare/", {}, "任务书生效、专门账户核验没有达成", "第二十条"),
    (
        settles, "finance", "grant", "returns/new/", {"fen": "1", "receipt": "TH1"},
        "可登记的退回款最多 0.00 万元", "第三十一条（二）",
    ),
    (funds, "host1-boss", "book", "confirm/", {}, "现在的状态是“已生效”，不能确认任务书", "第二十二条"),
]  # fmt: skip


@pytest.mark.parametrize(("story", "login", "what", "deed", "typed", "words", "article"), REFUSED)
def test_a_refusal_cites_its_article_and_keeps_the_input(
    world, selectee, browsers, story, login, what, deed, typed, words, article
):
    story(world, selectee)
    answer = browsers.sends(login, at(space_of(login), selectee, what, deed), **typed)
    assert answer.status_code == 422, complaints(answer)
    said = " ".join(summary(answer))
    assert words in said and article in said, said
    shown = inputs(answer)
    assert {name: shown.get(name) for name in typed} == typed


# --- stale: somebody else was here meanwhile -------------------------------------------------------------------------


def touched(model, **found) -> None:
    """Somebody else has changed the row since the page was shown."""
    with everything(because=Because.SEED):
        row = model.objects.get(**found)
        model.objects.filter(pk=row.pk).update(version=row.version + 1)


STALE = [
    (spends, "finance", "expense", "flag/", Expense, {"code": "NL09", "reason": "请说明"}, "请说明"),
    (flags, "host1", "expense", "explain/", Expense, {"explanation": "用于试验"}, "用于试验"),
    (warns, "host1-boss", "expense", "rectification/", Expense, {"text": "已退回账户"}, "已退回账户"),
    (
        drafted, "host1", "grant", "account/", Grant,
        {"account_name": "甲公司", "bank": "某银行", "account_number": "6222000011112222"}, "6222000011112222",
    ),
    (approves, "finance", "tranche", "pay/", Disbursement, {"receipt": "YH20260120"}, "YH20260120"),
]  # fmt: skip


@pytest.mark.parametrize(("story", "login", "what", "deed", "model", "typed", "shown"), STALE)
def test_an_old_page_changes_nothing_and_gives_back_what_was_typed(
    world, selectee, browsers, story, login, what, deed, model, typed, shown
):
    story(world, selectee)
    path = at(space_of(login), selectee, what, deed)
    browser = browsers(login)
    before = envelope(browser.get(path))
    number = paths(selectee)[what].split("/")[1]
    touched(model, number=number)
    with everything(because=Because.CHECK_INVARIANTS):
        standing = model.objects.values().get(number=number)
    answer = browser.post(path, {**before, **typed})
    assert answer.status_code == 409 and shown in text(answer)
    with everything(because=Because.CHECK_INVARIANTS):
        assert model.objects.values().get(number=number) == standing


def test_a_long_text_stays_in_its_form_when_another_hand_saved(world, selectee, browsers):
    drafted(world, selectee)
    path = at(APPLY, selectee, "book", "edit/")
    first, second = browsers("host1"), browsers("host1")
    mine, theirs = inputs(first.get(path)), inputs(second.get(path))
    assert second.post(path, {**theirs, "goals": "另一处写的目标"}).status_code == 302
    answer = first.post(path, {**mine, "goals": "我写的目标"})
    assert answer.status_code == 409 and inputs(answer)["goals"] == "我写的目标"
    assert "刚刚在另一处保存过" in text(answer)
    assert first.post(path, inputs(answer)).status_code == 302
    with everything(because=Because.CHECK_INVARIANTS):
        assert TaskBook.objects.get(selectee=selectee).content["goals"] == "我写的目标"


# --- a payment through its pages -------------------------------------------------------------------------------------


def test_the_approver_sees_how_much_goes_to_whom(world, selectee, browsers):
    contracting.signed(world, selectee)
    contracting.account_verified(world, selectee)
    browsers.does("finance", at(MANAGE, selectee, "tranche", "approve/prepare/"))
    page = browsers("supervisor").get(at(MANAGE, selectee, "tranche", "approve/"))
    words = text(page)
    with everything(because=Because.CHECK_INVARIANTS):
        account = grant_of(selectee).live_account()
    assert "15.00 万元" in words and account.account_name in words and account.last_four in words
    assert account.account_number.plain() not in words
    browsers.does("supervisor", at(MANAGE, selectee, "tranche", "approve/"), decision="approve")
    assert tranche(selectee).state == "approved"


def test_a_declined_payment_needs_its_reason(world, selectee, browsers):
    contracting.signed(world, selectee)
    contracting.account_verified(world, selectee)
    act(world, "finance", grants.prepare_payment, tranche(selectee))
    path = at(MANAGE, selectee, "tranche", "approve/")
    answer = browsers.sends("supervisor", path, decision="decline", decline_reason=" ")
    assert answer.status_code == 422 and "请填写理由" in text(answer)
    browsers.does("supervisor", path, decision="decline", decline_reason="账户待核")
    with everything(because=Because.CHECK_INVARIANTS):
        assert open_preparation(tranche(selectee)) is None and tranche(selectee).state == "planned"


OFFERED = {
    # {state of the expense: {login: links of the page}}
    "recorded": {"host1": {"reverse"}, "host1-boss": set(), "finance": {"accept", "flag"}},
    "flagged": {"host1": {"explain"}, "host1-boss": set(), "finance": {"warn"}},
    "warned": {"host1": set(), "host1-boss": {"rectification"}, "finance": set()},
}


@pytest.mark.parametrize(("story", "state"), [(spends, "recorded"), (flags, "flagged"), (warns, "warned")])
def test_a_page_offers_what_can_be_done_now(world, selectee, browsers, story, state):
    story(world, selectee)
    offered = {}
    for login in OFFERED[state]:
        path = at(space_of(login), selectee, "expense")
        links = re.findall(rf'href="{re.escape(path)}([\w-]+)/"', browsers(login).get(path).content.decode())
        offered[login] = set(links)
    assert offered == OFFERED[state]


# --- what a page costs -----------------------------------------------------------------------------------------------

LISTS = {"selectees": "officer", "task-books": "officer", "grants": "officer", "disbursements": "finance"}
MOST = 15


@pytest.mark.parametrize("listing", LISTS)
def test_a_list_of_three_costs_what_a_list_of_one_costs(world, selectee, browsers, listing):
    """市科协 looks at the rows of one selectee and of all three."""
    login, path = LISTS[listing], f"/manage/{listing}/"
    one, all_of_them = questions(browsers(login), f"{path}?q={selectee.name}"), questions(browsers(login), path)
    assert one == all_of_them <= MOST


@pytest.mark.parametrize("login", ["host1", "finance"])
def test_a_list_of_three_expenses_costs_what_one_costs(world, selectee, funded, browsers, login):
    costs = []
    for number in range(3):
        record(world, selectee, voucher=f"记-{number}")
        costs.append(questions(browsers(login), f"/{space_of(login)}/expenses/"))
    assert costs[0] == costs[2] <= MOST


BUSY = [
    (drafted, "book", ["host1", "host1-boss", "officer"]),
    (signing, "book", ["applicant1", "host1-boss", "officer", "supervisor"]),
    (approves, "tranche", ["finance", "supervisor"]),
    (flags, "expense", ["host1", "finance"]),
    (warns, "expense", ["host1-boss", "finance"]),
    (settles, "grant", ["finance", "supervisor", "host1"]),
]


@pytest.mark.parametrize(("story", "what", "logins"), BUSY)
def test_a_record_that_is_worked_on_costs_little_too(world, selectee, browsers, story, what, logins):
    story(world, selectee)
    costs = {login: questions(browsers(login), at(space_of(login), selectee, what)) for login in logins}
    assert {login: cost for login, cost in costs.items() if cost > MOST} == {}


@pytest.mark.parametrize("what", READERS)
def test_a_record_costs_little(world, selectee, funded, browsers, what):
    record(world, selectee)
    costs = {
        login: questions(browsers(login), at(space_of(login), selectee, what))
        for login, status in READERS[what].items()
        if status == 200
    }
    assert {login: cost for login, cost in costs.items() if cost > MOST} == {}


# --- sent twice ------------------------------------------------------------------------------------------------------


def test_an_expense_sent_twice_is_recorded_once_and_leads_back(world, selectee, funded, browsers):
    path = at(APPLY, selectee, "grant", "expenses/new/")
    browser = browsers("host1")
    sent = {**envelope(browser.get(path)), **PROPER, "amount_fen": "100"}
    first, second = browser.post(path, sent), browser.post(path, sent)
    assert (first.status_code, first["Location"]) == (302, at(APPLY, selectee, "expense"))
    assert (second.status_code, second["Location"]) == (302, at(APPLY, selectee, "grant"))
    with everything(because=Because.CHECK_INVARIANTS):
        assert [(row.number, row.amount_fen) for row in Expense.objects.all()] == [("JF2025-0001-Z001", 10_000)]


def test_a_payment_sent_twice_is_registered_once_and_leads_back(world, selectee, browsers):
    approves(world, selectee)
    path = at(MANAGE, selectee, "tranche", "pay/")
    browser = browsers("finance")
    sent = {**envelope(browser.get(path)), "receipt": "YH20260120"}
    for _ in range(2):
        answer = browser.post(path, sent)
        assert (answer.status_code, answer["Location"]) == (302, at(MANAGE, selectee, "tranche"))
    with everything(because=Because.CHECK_INVARIANTS):
        assert grant_of(selectee).sums()["paid"] == 15_000_000
