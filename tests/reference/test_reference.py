import json

import pytest

from applications.form_schema import default_definition
from applications.numbers import BEIJING
from portal.people.roles import Role
from portal.reference import FOLDER, SHORT, BadReference, UnknownReference, parse, reference
from portal.regulation.articles import Article

SHORT_NAMES = sorted(json.loads((FOLDER / f"{SHORT}.json").read_text(encoding="utf-8")))
NAMES = sorted(path.stem for path in FOLDER.glob("*.json") if path.stem not in (SHORT, "form_2026")) + SHORT_NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_dictionary_loads_with_a_label_and_a_source(name):
    dictionary = reference(name)
    assert dictionary.label and dictionary.source
    assert reference(name) is dictionary


def test_no_short_dictionary_is_hidden_by_a_file():
    assert not {path.stem for path in FOLDER.glob("*.json")} & set(SHORT_NAMES)


@pytest.mark.parametrize("name", ["nothing", "choices", "../reference/fields", "", "form_2026x"])
def test_an_unknown_dictionary_raises(name):
    with pytest.raises(UnknownReference):
        reference(name)


def test_an_unknown_code_raises():
    with pytest.raises(UnknownReference):
        reference("disciplines")["999"]
    assert "999" not in reference("disciplines")


@pytest.mark.parametrize("data", [
    [],
    {"label": "x", "items": [{"code": "a", "name": "b"}]},
    {"label": "x", "source": "y", "items": [], },
    {"label": "x", "source": "y", "items": [{"code": "a", "name": "b"}], "more": 1},
    {"label": "x", "source": "y", "items": [{"code": "a"}]},
    {"label": "x", "source": "y", "items": [{"code": 1, "name": "b"}]},
    {"label": "x", "source": "y", "items": [{"code": "a", "name": " "}]},
    {"label": "x", "source": "y", "items": [{"code": "a", "name": "b"}, {"code": "a", "name": "c"}]},
])  # fmt: skip
def test_a_wrong_dictionary_is_refused(data):
    with pytest.raises(BadReference):
        parse("x", data)


def test_items_give_name_and_further_keys_and_are_closed():
    senior = reference("title_levels")["senior"]
    assert (str(senior), senior["senior"], senior.get("colour", "none")) == ("高级工程师", True, "none")
    with pytest.raises(KeyError):
        senior["colour"]
    with pytest.raises(TypeError):
        senior.more["senior"] = False


def test_standards_are_complete():
    industries = reference("industries")
    assert [item.code for item in industries] == [f"{n:02d}" for n in range(1, 98)]
    assert "".join(dict.fromkeys(item["section"] for item in industries)) == "ABCDEFGHIJKLMNOPQRST"
    assert (industries["39"].name, industries["39"]["section"]) == ("计算机、通信和其他电子设备制造业", "C")
    assert len(reference("disciplines")) == 62
    assert [item.code for item in reference("ethnicities")] == [f"{n:02d}" for n in range(1, 57)]
    assert reference("ethnicities")["56"].name == "基诺族"


def test_fields_stand_in_two_versions():
    fields = reference("fields")
    assert {item["version"] for item in fields} == {"2441-2021", "15FYP-2026"}
    assert len(fields.where(version="2441-2021")) == 16
    pillars = fields.where(version="2441-2021", group="国际引领支柱产业")
    assert [item.name for item in pillars] == ["新一代信息技术", "医药健康"]


def test_organisations_are_the_city_sixteen_districts_and_other_recommenders():
    organisations = reference("organisations")
    assert [item.code for item in organisations.where(kind="cast")] == ["BAST"]
    districts = organisations.where(unit_type="district_cast")
    assert len(districts) == 17
    assert {item["region"] for item in districts} == {item.code for item in reference("districts")}
    assert all(item["region"].startswith(BEIJING) and item["unit_type"] in reference("recommender_types")
               for item in organisations)  # fmt: skip
    assert organisations["110108"]["short_name"] == "海淀区科协"
    assert not any("state" in item.more for item in organisations)


@pytest.mark.parametrize(("code", "hosts", "others"), [("network", 40, 60), ("panel", 40, 60), ("final", 0, 100)])
def test_rubrics_add_up_to_a_hundred_and_anchor_every_score(code, hosts, others):
    rubric = reference("rubrics")[code]
    weights = {"host": 0, "other": 0}
    for criterion in rubric["criteria"]:
        weights["host" if criterion["subject"] == "host" else "other"] += criterion["weight"]
        scores = [score for band in criterion["anchors"] for score in range(band["from"], band["to"] + 1)]
        assert sorted(scores) == list(range(rubric["score_max"] + 1)), criterion["code"]
    assert weights == {"host": hosts, "other": others}
    assert Article(*rubric["article"]) in (Article(18), Article(32))


def test_rubrics_name_criteria_and_kinds_of_experts_that_exist():
    network, final = reference("rubrics")["network"], reference("rubrics")["final"]
    assert set(network["tie_break"]) <= {criterion["code"] for criterion in network["criteria"]}
    assert {kind for criterion in final["criteria"] for kind in criterion["experts"]} == set(final["expert_kinds"])


@pytest.mark.parametrize("name", ["negative_list", "declarations", "undertakings", "opinion_templates", "exit_grounds"])
def test_every_article_cited_by_reference_data_exists(name):
    assert all(str(Article.from_data(item["article"])) for item in reference(name))


def test_exit_grounds_follow_the_order_of_article_31():
    assert [item["article"] for item in reference("exit_grounds")] == [[31, 1]] + [[31, 2, n] for n in range(1, 8)]


def test_negative_list_and_categories_are_coded_in_order():
    assert [item.code for item in reference("negative_list")] == [f"NL{n:02d}" for n in range(1, 17)]
    assert [item.code for item in reference("expense_categories")] == [f"P{n}" for n in range(1, 12)]
    words = [word for item in reference("negative_list") for word in item["words"]]
    assert len(words) == len(set(words))


def test_attachments_belong_to_pages_that_ask_for_them():
    asked = {code: section.key for section in default_definition() for code in section.attachments}
    listed = {item.code: item["section"] for item in reference("attachments")}
    assert {code: key for code, key in listed.items() if key != "recommendation"} == asked
    for item in reference("attachments"):
        assert item["formats"] and 0 < item["max_mb"] <= 20
        assert item["uploader"] in ("applicant", "host", "recommender")


def test_conditions_of_attachments_name_fields_of_their_page():
    definition = default_definition()
    for item in reference("attachments"):
        for key, wanted in item.get("required_when", {}).items():
            asked = definition[item["section"]][key]
            assert asked.type == "boolean" or set(wanted) <= set(asked.codes)


def test_the_confidentiality_checklist_is_asked_word_for_word():
    page = default_definition()["conditions"]
    assert {item.code: item.name for item in reference("confidentiality_checklist")} == {
        each.key: each.label for each in page.fields if each.must_be is False
    }


def test_declarations_are_signed_by_applicant_and_approver():
    assert {role for item in reference("declarations") for role in item["by"]} == {Role.APPLICANT, Role.HOST_APPROVER}


def test_the_expert_undertaking_names_five_kinds_of_solicitation():
    undertaking = reference("undertakings")["expert_integrity"]
    assert len(undertaking["solicitation"]) == 5
    assert all(kind in undertaking["text"] for kind in undertaking["solicitation"])


def test_the_opinion_template_has_exactly_its_blanks():
    template = reference("opinion_templates")["recommendation"]
    filled = template["text"].format(**{blank: "某" for blank in template["blanks"]})
    assert "{" not in filled and "近2年内" in filled
