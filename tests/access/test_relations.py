"""Each relation is read of a record and of a queryset: a page and a list never disagree."""

import pytest

from portal.access import grants
from portal.access.decide import decide, narrow
from portal.access.matrix import RELATIONS
from portal.access.relations import RELATION, UnreadableRelation, holds, reading
from portal.people.actor import PUBLIC, SYSTEM
from portal.people.models import User
from portal.tenancy.reach import Because, everything, reach_of, reaching
from tests.kernel.models import Entry, Errand, ErrandGrant, Line
from tests.kernel.rows import new_errand, sent
from tests.people import acting

ACTORS = [
    "host_clerk", "host_approver", "applicant", "neighbour_clerk", "neighbour_applicant", "stranger_clerk",
    "recommender_officer", "recommender_approver", "other_recommender_officer", "cast_officer", "auditor",
]  # fmt: skip
CELLS = [*RELATIONS, "own+counterpart", "mine+below", "own+assigned"]


@pytest.fixture
def sample(people):
    """Errands of three hosts, with and without a person, in two states, some of them granted to experts."""
    errands = []
    for clerk, approver, person, recommender in [
        (people.host_clerk, people.host_approver, people.applicant, people.recommender),
        (people.host_clerk, people.host_approver, None, people.other_recommender),
        (people.neighbour_clerk, people.neighbour_approver, people.neighbour_applicant, people.recommender),
        (people.stranger_clerk, people.stranger_approver, people.applicant, people.other_recommender),
    ]:
        errands.append(new_errand(clerk, recommender, person=person))
        errands.append(sent(new_errand(clerk, recommender, person=person), approver))
    with everything(because=Because.SEED):
        for number, expert in enumerate(people.experts[:2]):
            user = User.objects.get(pk=expert.user_id)
            for errand in errands[number * 2 : number * 2 + 3]:
                grants.give(user, errand)
    return errands


def everybody(people):
    return [*(getattr(people, name) for name in ACTORS), *people.experts, people.outsider, SYSTEM, PUBLIC]


@pytest.mark.parametrize(
    ("cell", "model"),
    [(cell, model) for cell in CELLS for model in (Errand, Line) if model is Errand or "counterpart" not in cell],
)
def test_record_and_list_agree(people, sample, cell, model):
    kept_apart = 0
    for actor in everybody(people):
        for reach in (reach_of(SYSTEM), reach_of(actor)):
            with reaching(reach):
                rows = list(model.objects.all())
                by_record = {row.pk for row in rows if holds(cell, actor, row)}
                by_list = set(model.objects.filter(reading(cell, actor, model)).values_list("pk", flat=True))
                assert by_record == by_list, actor
                kept_apart += len(by_list) not in (0, len(rows))
    assert kept_apart or cell == "any"  # the sample tells the relation from all and nothing


@pytest.mark.parametrize(
    ("cell", "name", "expected"),
    [
        ("own", "host_clerk", [0, 1, 2, 3]),
        ("own", "recommender_officer", []),
        ("mine", "applicant", [0, 1, 6, 7]),
        ("mine", "host_clerk", []),
        ("below", "recommender_officer", [0, 1, 4, 5]),
        ("counterpart", "other_recommender_officer", [2, 3, 6, 7]),
        ("mine+below", "recommender_officer", [0, 1, 4, 5]),
        ("any", "auditor", list(range(8))),
    ],
)
def test_relation_means_what_its_name_says(people, sample, cell, name, expected):
    with everything(because=Because.CHECK_INVARIANTS):
        found = Errand.objects.filter(reading(cell, getattr(people, name), Errand)).order_by("pk")
        assert [sample.index(row) for row in found] == expected


def test_assigned_means_granted_and_live(people, sample):
    with everything(because=Because.CHECK_INVARIANTS):
        granted = ErrandGrant.objects.filter(user_id=people.experts[0].user_id).values_list("content_object", flat=True)
        assert sorted(granted) == [row.pk for row in sample[:3]]
        assert list(Errand.objects.filter(reading("assigned", people.experts[0], Errand))) == [sample[1]]


def test_grant_counts_only_while_the_record_is_live(people, sample):
    expert, errand = people.experts[0], sample[1]
    with everything(because=Because.CHECK_INVARIANTS):
        assert decide(expert, "errand.view", errand).allowed
        assert not decide(expert, "errand.view", sample[0]).allowed  # granted, but a draft
        assert not decide(people.experts[2], "errand.view", errand).allowed
        assert list(narrow(expert, "errand.list", Errand.objects.all())) == [errand]


def test_grant_is_given_and_taken_once(people, sample):
    expert, errand = people.experts[2], sample[1]
    user = User.objects.get(pk=expert.user_id)
    with everything(because=Because.CHECK_INVARIANTS):
        for _ in range(2):
            grants.give(user, errand)
        assert ErrandGrant.objects.filter(user=user).count() == 1
        assert decide(expert, "errand.view", errand).allowed
        for _ in range(2):
            grants.take_away(user, errand)
        assert not decide(expert, "errand.view", errand).allowed


def test_relation_without_a_declared_path_raises(people, sample):
    with acting(people.host_clerk):
        entry = Entry.objects.first()
        for relation in ("mine", "below", "assigned", "counterpart"):
            with pytest.raises(UnreadableRelation):
                holds(relation, people.host_clerk, entry)
            with pytest.raises(UnreadableRelation):
                reading(relation, people.host_clerk, Entry)


def test_every_relation_of_the_matrix_can_be_read():
    assert set(RELATIONS) == set(RELATION)
