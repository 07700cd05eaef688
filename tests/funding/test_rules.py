"""Judgements about task books and money, at their edges."""

from datetime import date

import pytest

from funding import rules
from portal.regulation.articles import Article

WORDS = {"NL09": ["购物卡"], "NL03": ["罚款"]}


def hits(**values) -> dict[str, str]:
    given = {
        "words": WORDS,
        "summary": "试验材料",
        "payee": "某材料公司",
        "payee_related": False,
        "category": "P2",
        "duplicate": False,
        "spent_date": date(2026, 3, 1),
        "term": (date(2026, 1, 1), date(2028, 1, 1)),
        **values,
    }
    return {finding.figures["code"]: finding.message for finding in rules.negative_hits(**given)}


def test_a_tranche_waits_for_each_of_its_conditions():
    finding = rules.conditions_met(["contract", "account"], {"contract"})
    assert finding.blocks
    assert finding.message == "还不能拨付：专门账户核验没有达成"
    assert finding.article == Article(20)


def test_a_tranche_whose_conditions_are_met_passes():
    assert not rules.conditions_met(["contract", "account"], {"contract", "account", "final"}).blocks


def test_an_unknown_condition_raises():
    with pytest.raises(KeyError):
        rules.conditions_met(["weather"], set())


@pytest.mark.parametrize(("amount", "blocked"), [(30_000_000, False), (30_000_001, True)])
def test_payments_never_exceed_the_grant_by_a_fen(amount, blocked):
    assert rules.within_grant(60_000_000, 30_000_000, amount).blocks is blocked


def test_the_refusal_above_the_grant_names_both_sums():
    assert rules.within_grant(30_000_000, 0, 32_000_000).message == "本次拨付后累计 32.00 万元，超过任务书 30.00 万元"


@pytest.mark.parametrize(("amount", "blocked"), [(100, False), (101, True)])
def test_an_expense_never_exceeds_the_balance_by_a_fen(amount, blocked):
    assert rules.within_balance(100, amount).blocks is blocked


@pytest.mark.parametrize(("returned", "blocked"), [(99, True), (100, False)])
def test_a_recovery_is_complete_at_the_last_fen(returned, blocked):
    finding = rules.recovery_complete(paid=150, spent=30, moved=50, returned=returned, balance=0)
    assert finding.blocks is blocked


def test_both_mentors_are_needed():
    assert [finding.message for finding in rules.mentor_pair({"enterprise"})] == ["还没有高校院所导师"]
    assert rules.mentor_pair({"enterprise", "academic"}) == []


@pytest.mark.parametrize(("total", "blocked"), [(149, True), (150, False), (151, True)])
def test_the_budget_adds_up_to_the_fen(total, blocked):
    assert rules.budget_adds_up([{"fen": total}], 100, 50).blocks is blocked


def test_an_empty_task_book_names_all_that_is_missing():
    found = [finding.message for finding in rules.task_book_complete({}, [], [], [], 100)]
    assert found == [
        "请填写“培养目标”",
        "请填写“任务与关键技术攻关”",
        "请填写“双导师与合作机制”",
        "请填写“配套支持”",
        "请填写“知识产权与保密”",
        "请至少填写一项考核指标",
        "请至少填写一项年度里程碑",
        "还没有企业导师",
        "还没有高校院所导师",
        "预算合计 0.00 万元，与资助和配套合计 1.00 元 不一致",
    ]


def test_an_ordinary_expense_hits_nothing():
    assert hits() == {}


def test_a_word_of_the_list_is_a_hint_and_never_a_verdict():
    findings = rules.negative_hits(
        words=WORDS, summary="年会购物卡", payee="商场", payee_related=False, category="P11", duplicate=False,
        spent_date=date(2026, 3, 1), term=(None, None),
    )  # fmt: skip
    assert [(finding.figures["code"], finding.blocks) for finding in findings] == [("NL09", False)]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"payee": "交通罚款缴纳处"}, "NL03"),
        ({"duplicate": True}, "NL10"),
        ({"payee_related": True, "category": "P7"}, "NL11"),
        ({"payee_related": True}, "NL12"),
        ({"spent_date": date(2025, 12, 31)}, "NL01"),
        ({"spent_date": date(2028, 1, 2)}, "NL01"),
    ],
)
def test_each_kind_of_hint(values, code):
    assert list(hits(**values)) == [code]


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2028, 1, 1)])
def test_the_first_and_the_last_day_of_the_term_are_inside(day):
    assert hits(spent_date=day) == {}
