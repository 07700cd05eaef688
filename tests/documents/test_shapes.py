"""Facts that a template could only print with a blank are refused."""

import copy

import pytest

from portal.documents.recommendation import COLUMNS, GROUPS
from portal.documents.shapes import (
    ApplicationForm,
    Assessment,
    BadFacts,
    Letter,
    PublicNotice,
    RecommendationList,
    TaskBook,
    complete,
)
from tests.documents import samples

SAMPLES = [
    (ApplicationForm, samples.application),
    (TaskBook, samples.task_book),
    (Assessment, samples.assessment),
    (RecommendationList, samples.recommendation_list),
    (PublicNotice, samples.notice),
    (Letter, samples.call),
]


@pytest.mark.parametrize(("shape", "facts"), SAMPLES)
def test_complete_facts_pass(shape, facts):
    complete(facts(), shape)


@pytest.mark.parametrize(("shape", "facts"), SAMPLES)
def test_every_required_key_is_required(shape, facts):
    for key in shape.__required_keys__:
        lacking = facts()
        del lacking[key]
        with pytest.raises(BadFacts, match=key):
            complete(lacking, shape)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda facts: facts.update(titel="申报书"), "unknown.*titel"),
        (lambda facts: facts.update(title=None), "facts.title is None"),
        (lambda facts: facts.update(sections="none"), "facts.sections"),
        (lambda facts: facts["cover"].append({"label": "姓名"}), r"facts.cover\[5\]: missing.*value"),
        (lambda facts: facts["sections"][1]["tables"][0].update(rows=[1]), r"tables\[0\].rows\[0\]"),
        (lambda facts: facts["signatures"].append("签字"), r"signatures\[2\] is no Box"),
    ],
)
def test_fault_is_named_by_its_place(change, words):
    facts = copy.deepcopy(samples.application())
    change(facts)
    with pytest.raises(BadFacts, match=words):
        complete(facts, ApplicationForm)


def test_paper_holds_every_column_of_the_list_but_the_units_own_name():
    on_paper = [key for _, keys in GROUPS for key in keys]
    assert sorted(on_paper) == sorted({column.key for column in COLUMNS} - {"recommender"})
    assert sum(width for width, _ in GROUPS) == 100
