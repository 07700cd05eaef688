import pickle

import pytest

from portal.regulation import rules
from portal.regulation.articles import Article
from portal.regulation.rules import (
    DuplicateRule,
    Finding,
    Refused,
    UnknownRule,
    Verdict,
    failed,
    passed,
    priority,
    registry,
    rule,
    rule_named,
    to_check,
)


@pytest.fixture(autouse=True)
def own_registry(monkeypatch):
    monkeypatch.setattr(rules, "_rules", {})


def make_age_rule():
    @rule("age", label="年龄", article=Article(8, 2, 3))
    def age(years):
        """Judge the age."""
        return failed(f"年龄 {years} 岁", figures={"age": years}) if years > 45 else passed(f"年龄 {years} 岁")

    return age


def test_rule_stamps_name_label_and_article():
    assert make_age_rule()(52) == Finding(
        "age", Verdict.FAIL, "年龄 52 岁", Article(8, 2, 3), label="年龄", figures={"age": 52}
    )


def test_rule_that_yields_gives_a_list_of_stamped_findings():
    @rule("priorities", label="优先推荐", article=Article(8, 1, 5))
    def priorities():
        yield priority("高新技术企业")
        yield priority("北京优秀青年工程师奖", label="优青奖", article=Article(10))

    assert priorities() == [
        Finding("priorities", Verdict.PRIORITY, "高新技术企业", Article(8, 1, 5), label="优先推荐"),
        Finding("priorities", Verdict.PRIORITY, "北京优秀青年工程师奖", Article(10), label="优青奖"),
    ]


def test_rule_names_are_unique_and_unknown_ones_raise():
    make_age_rule()
    with pytest.raises(DuplicateRule):
        make_age_rule()
    assert rule_named("age").label == "年龄"
    assert list(registry()) == ["age"]
    with pytest.raises(UnknownRule):
        rule_named("weight")


def test_rule_that_finds_nothing_is_a_mistake():
    @rule("silent", label="沉默", article=None)
    def silent():
        return None

    with pytest.raises(TypeError):
        silent()


def test_only_a_failed_finding_blocks():
    assert [helper("x", rule="r").blocks for helper in (passed, failed, to_check, priority)] == [
        False, True, False, False]  # fmt: skip
    assert [verdict.label for verdict in Verdict] == ["符合", "不符合", "待人工核实", "优先"]


def test_finding_survives_json():
    finding = failed("年龄 52 岁", rule="age", article=Article(8, 2, 3), figures={"age": 52}, evidence=("身份证",))
    assert finding.as_data()["article"] == [8, 2, 3]
    assert Finding.from_data(finding.as_data()) == finding
    assert Finding.from_data(passed("好", rule="x").as_data()) == passed("好", rule="x")


def test_finding_is_hashable_and_closed():
    assert len({failed("a", rule="r", figures={"n": 1}), failed("a", rule="r", figures={"n": 1})}) == 1
    with pytest.raises(TypeError):
        failed("a", colour="red")


def test_refusal_names_what_is_missing_and_the_article():
    refusal = Refused("提交推荐单位", [
        passed("职称符合", rule="title"),
        failed("年龄 52 岁，超过 50 岁。", rule="age", article=Article(8, 2, 3)),
        failed("推荐名额已满（3/3）", rule="quota"),
    ])  # fmt: skip
    assert str(refusal) == "不能提交推荐单位：年龄 52 岁，超过 50 岁（第八条（二）3）；推荐名额已满（3/3）。"
    assert [finding.rule for finding in refusal.blocking] == ["age", "quota"]
    assert str(pickle.loads(pickle.dumps(refusal))) == str(refusal)


def test_refusal_without_a_reason_cannot_be_made():
    with pytest.raises(ValueError):
        Refused("提交", [])
