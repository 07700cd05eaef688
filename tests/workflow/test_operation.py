"""One operation: one transaction, one id, once per key."""

import uuid

import pytest

from portal.events import chain
from portal.events.models import ChainHead, Event
from portal.regulation.rules import Refused
from portal.tenancy.reach import Because, everything
from portal.workflow.models import Operation, PreparedStep
from portal.workflow.take import AlreadyDone, approve, begin, operation, prepare, take
from tests.kernel.models import Errand
from tests.kernel.rows import events_of, new_errand, sent, stored
from tests.people import AT, acting
from tests.threads import together


def create(people, title=""):
    """A form that makes a new errand each time it is sent."""
    number = f"N{uuid.uuid4().hex[:8]}"
    fields = {
        "number": number,
        "title": title or number,
        "organisation": people.host,
        "recommender": people.recommender,
    }
    return begin("create", Errand(**fields), actor=people.host_clerk, at=AT)


def test_many_steps_share_one_operation(people):
    errands = [new_errand(people.host_clerk, people.recommender) for _ in range(3)]
    with acting(people.host_approver), operation(actor=people.host_approver, at=AT, lock=errands) as running:
        for errand in errands:
            take("send", errand, actor=people.host_approver, at=AT)
            assert [e.kind for e in events_of(errand)] == ["errand.create"]  # written at the end
    last = [events_of(errand)[-1] for errand in errands]
    assert {event.operation for event in last} == {running.id}
    assert [event.sequence for event in last] == list(range(last[0].sequence, last[0].sequence + 3))


def test_refusal_inside_undoes_the_whole_operation(people):
    errands = [new_errand(people.host_clerk, people.recommender) for _ in range(3)]
    sent(errands[2], people.host_approver)
    with acting(people.host_approver), pytest.raises(Refused), operation(actor=people.host_approver, at=AT):
        for errand in errands:
            take("send", errand, actor=people.host_approver, at=AT)
    assert [stored(errand).state for errand in errands] == ["draft", "draft", "sent"]
    assert [len(events_of(errand)) for errand in errands] == [1, 1, 2]


def test_refusal_caught_inside_leaves_the_others(people):
    errands = [new_errand(people.host_clerk, people.recommender) for _ in range(3)]
    sent(errands[1], people.host_approver)
    with acting(people.host_approver), operation(actor=people.host_approver, at=AT):
        for errand in errands:
            try:
                take("send", errand, actor=people.host_approver, at=AT)
            except Refused:
                continue
    assert [stored(errand).state for errand in errands] == ["sent"] * 3
    assert [len(events_of(errand)) for errand in errands] == [2, 2, 2]


def test_operation_without_events_leaves_the_chain(people):
    before = ChainHead.objects.get().sequence
    with acting(people.host_clerk), operation(actor=people.host_clerk, at=AT):
        pass
    assert ChainHead.objects.get().sequence == before


def test_key_is_used_once(people):
    key = uuid.uuid4()
    with acting(people.host_clerk):
        with operation(actor=people.host_clerk, at=AT, key=key):
            create(people)
        with pytest.raises(AlreadyDone), operation(actor=people.host_clerk, at=AT, key=key):
            create(people)
        assert Errand.objects.count() == 1
    assert Operation.objects.get().user_id == people.host_clerk.user_id


def test_key_of_a_refused_form_stays_free(people):
    """The page is shown again with the same key; sending it again must not be taken for done."""
    key = uuid.uuid4()
    errand = new_errand(people.host_clerk, people.recommender)
    with acting(people.host_approver):
        with pytest.raises(Refused), operation(actor=people.host_approver, at=AT, key=key):
            take("finish", errand, actor=people.cast_supervisor, at=AT)
        with operation(actor=people.host_approver, at=AT, key=key):
            take("send", errand, actor=people.host_approver, at=AT)
    assert stored(errand).state == "sent"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("keyed", "made"), [(False, 2), (True, 1)])
def test_double_submit(people, keyed, made):
    """Without a key a double click makes two; with the form's key it makes one, and the other is told so."""
    key = uuid.uuid4() if keyed else None

    def submit():
        with acting(people.host_clerk), operation(actor=people.host_clerk, at=AT, key=key):
            return create(people).number

    results = together([submit, submit])
    with everything(because=Because.CHECK_INVARIANTS):
        assert Errand.objects.count() == made
    assert sum(isinstance(result, AlreadyDone) for result in results) == 2 - made


@pytest.mark.django_db(transaction=True)
def test_double_submit_of_a_failing_form_lets_the_second_pass(people):
    """The first one claims the key and fails; the second, which waited for it, is the one that counts."""
    key = uuid.uuid4()

    def submit(fails: bool):
        with acting(people.host_clerk), operation(actor=people.host_clerk, at=AT, key=key):
            made = create(people)
            if fails:
                raise ZeroDivisionError
            return made.number

    together([lambda: submit(True), lambda: submit(False)])
    with everything(because=Because.CHECK_INVARIANTS):
        assert Errand.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_batch_of_sixty_against_fifty_six_single_steps(people):
    """They want the same rows and the same chain head; the batch names its rows in no order at all."""
    errands = [new_errand(people.host_clerk, people.recommender, person=people.applicant) for _ in range(60)]
    actor = people.applicant

    def batch():
        with acting(actor), operation(actor=actor, at=AT, lock=errands[::-1]):
            for errand in errands[::-1]:
                take("promise", errand, actor=actor, at=AT)

    def single(errand):
        with acting(actor):
            take("promise", errand, actor=actor, at=AT)

    results = together([batch, *(lambda errand=errand: single(errand) for errand in errands[:56])])
    assert results == [None] * 57
    with everything(because=Because.CHECK_INVARIANTS):
        assert sorted(Errand.objects.values_list("version", flat=True)) == [2] * 4 + [3] * 56
        rows = Event.objects.values(*chain.CHAINED, "previous_digest", "digest")
        sequence, digest, fault = chain.verify(rows)
        assert (sequence, fault) == (60 + 60 + 56, None)
        assert (sequence, digest) == ChainHead.objects.values_list("sequence", "digest").get()
        batched = Event.objects.filter(kind="errand.promise").values_list("operation", flat=True)
        assert len(batched) == 116 and len(set(batched)) == 57


@pytest.mark.django_db(transaction=True)
def test_two_batches_over_the_same_rows_in_opposite_order(people):
    """The form's own operation is the outer one; the command's rows are locked in one order all the same."""
    errands = [new_errand(people.host_clerk, people.recommender, person=people.applicant) for _ in range(20)]
    actor = people.applicant

    def batch(rows):
        with acting(actor), operation(actor=actor, at=AT, key=uuid.uuid4()), operation(actor=actor, at=AT, lock=rows):
            for errand in rows:
                take("promise", errand, actor=actor, at=AT)

    results = together([lambda: batch(errands), lambda: batch(errands[::-1])] * 3)
    assert results == [None] * 6
    assert {stored(errand).version for errand in errands} == {7}


@pytest.mark.django_db(transaction=True)
def test_approval_against_withdrawal(people):
    """Whoever locks the record first wins; the other is refused, and the proposal never stays open."""

    def approved(proposal):
        with acting(people.cast_supervisor):
            return approve(proposal, actor=people.cast_supervisor, at=AT).state

    def dropped(errand):
        with acting(people.host_approver):
            return take("drop", errand, actor=people.host_approver, at=AT).state

    for _ in range(8):
        errand = sent(new_errand(people.host_clerk, people.recommender), people.host_approver)
        with acting(people.cast_officer):
            proposal = prepare("finish", errand, actor=people.cast_officer, at=AT)
        results = together([lambda p=proposal: approved(p), lambda e=errand: dropped(e)])
        assert sorted(type(result).__name__ for result in results) == ["Refused", "str"], results
        with everything(because=Because.CHECK_INVARIANTS):
            state, outcome = Errand.objects.get(pk=errand.pk).state, PreparedStep.objects.get(pk=proposal.pk).outcome
        assert (state, outcome) in {("done", "approved"), ("dropped", "lapsed")}


@pytest.mark.django_db(transaction=True)
def test_chain_stays_dense_when_operations_fail(people):
    good = [new_errand(people.host_clerk, people.recommender) for _ in range(4)]

    def fails():
        with acting(people.host_approver), operation(actor=people.host_approver, at=AT):
            take("send", good[0], actor=people.host_approver, at=AT)
            raise ZeroDivisionError

    def passes(errand):
        with acting(people.host_approver):
            take("send", errand, actor=people.host_approver, at=AT)

    together([fails, *(lambda e=errand: passes(e) for errand in good[1:]), fails])
    with everything(because=Because.CHECK_INVARIANTS):
        assert list(Event.objects.values_list("sequence", flat=True)) == list(range(1, 8))
