"""take(), begin() and note(): the order of what they ask, and exactly one event for each."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from portal.access.decide import Denied
from portal.events import catalogue
from portal.people.actor import SYSTEM
from portal.regulation.articles import Article
from portal.regulation.rules import Refused
from portal.tenancy.reach import NoReach
from portal.workflow.take import StaleVersion, begin, note, possible_steps, take
from tests.kernel.models import Errand
from tests.kernel.rows import events_of, new_errand, sent, stored
from tests.people import AT, acting


def test_step_changes_state_version_and_fields(people, errand):
    with acting(people.host_approver):
        taken = take("send", errand, actor=people.host_approver, at=AT, version=1)
    assert (taken.state, taken.version, taken.sent_at) == ("sent", 2, AT)
    again = stored(errand)
    assert (again.state, again.version, again.sent_at) == ("sent", 2, AT)
    assert errand.state == "draft"  # the instance handed in is only a name for the row


def test_step_writes_one_event(people, errand):
    actor = replace(people.host_approver, ip="203.0.113.7")
    with acting(actor):
        take("send", errand, actor=actor, at=AT)
    opened, event = events_of(errand)
    assert (opened.kind, opened.from_state, opened.to_state) == ("errand.create", "", "draft")
    assert (event.kind, event.from_state, event.to_state) == ("errand.send", "draft", "sent")
    assert (event.actor_user_id, event.actor_role, event.actor_organisation_id, event.ip, event.at) == (
        actor.user_id,
        "host_approver",
        people.host.pk,
        "203.0.113.7",
        AT,
    )
    assert (event.organisation_id, event.record_ref, event.articles) == (people.host.pk, errand.number, [[13, 3]])
    assert event.facts == {"recommender": "海淀区科协"}
    assert catalogue.sentence_of(event, "李某") == f"李某把{errand.number}报给海淀区科协"
    assert event.operation != opened.operation


def test_step_without_target_keeps_the_state_and_counts_the_version(people, errand):
    with acting(people.applicant):
        taken = take("promise", errand, actor=people.applicant, at=AT)
    assert (taken.state, taken.version, taken.promised_at) == ("draft", 2, AT)
    event = events_of(errand)[-1]
    assert (event.kind, event.from_state, event.to_state) == ("errand.promise", "draft", "draft")


def test_reason_is_kept_apart_from_the_chain(people, errand):
    sent(errand, people.host_approver)
    with acting(people.recommender_officer):
        take("give_back", errand, actor=people.recommender_officer, at=AT, reason="数字不清")
    event = events_of(errand)[-1]
    assert event.note.text == "数字不清"
    assert "数字不清" not in str(event.facts) and len(event.commitment) == 64


def test_refusals_come_in_order(people):
    """Everything is wrong at once; as each is put right, the next one speaks."""
    untitled = new_errand(people.host_clerk, people.recommender)
    with acting(people.host_clerk):
        Errand.objects.update(title="", version=5)
    wrong, right = people.host_clerk, people.host_approver
    with acting(right):
        with pytest.raises(StaleVersion) as stale:
            take("send", untitled, actor=wrong, at=AT, version=1)
        assert stale.value.record.version == 5
        with pytest.raises(Denied):
            take("send", untitled, actor=wrong, at=AT, version=5)
        with pytest.raises(Refused, match="没有题目（第九条）"):
            take("send", untitled, actor=right, at=AT, version=5)
        Errand.objects.update(title="有了")
        taken = take("send", untitled, actor=right, at=AT, version=5)
        with pytest.raises(Refused, match="现在的状态是“已报”，不能报送（第十三条（三））"):
            take("send", untitled, actor=right, at=AT, version=6)
    assert (taken.state, taken.version) == ("sent", 6)
    assert [event.kind for event in events_of(untitled)] == ["errand.create", "errand.send"]


def test_role_is_asked_before_state(people, errand):
    sent(errand, people.host_approver)
    with acting(people.host_clerk), pytest.raises(Denied):
        take("send", errand, actor=people.host_clerk, at=AT)


def test_relation_is_asked_of_the_stored_row(people, errand):
    """What the caller's instance claims decides nothing."""
    errand.person_id = people.neighbour_applicant.user_id
    with acting(people.cast_officer), pytest.raises(Denied):
        take("promise", errand, actor=people.neighbour_applicant, at=AT)


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_missing_reason_is_refused(people, errand, reason):
    sent(errand, people.host_approver)
    with acting(people.recommender_officer), pytest.raises(Refused, match="请填写理由（第十三条（四））"):
        take("give_back", errand, actor=people.recommender_officer, at=AT, reason=reason)


def test_finding_that_does_not_block_does_not_refuse(people, errand):
    with acting(people.host_approver):
        (possible,) = [p for p in possible_steps(errand, people.host_approver, AT) if p.step.name == "send"]
    assert [finding.message for finding in possible.findings] == ["报得早"]
    assert possible.allowed


def test_refused_step_leaves_no_trace(people, errand):
    before = (stored(errand).version, len(events_of(errand)))
    with acting(people.recommender_officer):
        for actor, error in [(people.recommender_officer, Refused), (people.host_clerk, Denied)]:
            with pytest.raises(error):
                take("give_back", errand, actor=actor, at=AT, reason="x")
    assert (stored(errand).version, len(events_of(errand))) == before


def test_error_in_the_body_undoes_everything(people, errand, monkeypatch):
    def breaks(self, *, actor, at, **values):
        type(self).objects.filter(pk=self.pk).update(title="x")
        raise ZeroDivisionError

    monkeypatch.setattr(Errand, "send", breaks)
    with acting(people.host_approver), pytest.raises(ZeroDivisionError):
        take("send", errand, actor=people.host_approver, at=AT)
    assert (stored(errand).title, stored(errand).state, len(events_of(errand))) == (errand.title, "draft", 1)


def test_record_out_of_reach_is_not_found(people, errand):
    with acting(people.stranger_approver), pytest.raises(Errand.DoesNotExist):
        take("send", errand, actor=people.stranger_approver, at=AT)
    with pytest.raises(NoReach):
        take("send", errand, actor=people.host_approver, at=AT)


def test_unknown_step_raises(people, errand):
    with pytest.raises(KeyError):
        take("fly", errand, actor=people.host_approver, at=AT)


def test_opening_is_no_step_and_a_step_no_opening(people, errand):
    with acting(people.host_clerk):
        with pytest.raises(TypeError):
            begin("send", errand, actor=people.host_approver, at=AT)
        with pytest.raises((TypeError, Refused)):
            take("create", errand, actor=people.host_clerk, at=AT)


def test_begin_asks_matrix_then_guards(people):
    fields = {"number": "N1", "organisation": people.host, "recommender": people.recommender}
    with acting(people.cast_officer):
        with pytest.raises(Denied):
            begin("create", Errand(title="t", **fields), actor=people.host_approver, at=AT)
        with pytest.raises(Denied):  # own: a clerk begins nothing for another unit
            begin("create", Errand(title="t", **fields), actor=people.neighbour_clerk, at=AT)
        with pytest.raises(Refused, match="没有题目"):
            begin("create", Errand(**fields), actor=people.host_clerk, at=AT)
        assert not Errand.objects.exists()
        begun = begin("create", Errand(title="t", **fields), actor=people.host_clerk, at=AT, channel="web")
    assert (begun.state, begun.version) == ("draft", 1)
    assert [(e.kind, e.to_state, e.facts) for e in events_of(begun)] == [("errand.create", "draft", {"channel": "web"})]


def test_named_constraint_is_a_refusal_in_words(people, errand):
    fields = {"organisation": people.host, "recommender": people.recommender, "title": errand.title}
    with acting(people.host_clerk):
        with pytest.raises(Refused, match="不能新建事项：这个题目已经有了。"):
            begin("create", Errand(number="N2", **fields), actor=people.host_clerk, at=AT)
        with pytest.raises(IntegrityError), transaction.atomic():  # one that the machine gives no words for
            begin("create", Errand(number=errand.number, **fields), actor=people.host_clerk, at=AT)
        assert Errand.objects.count() == 1


def test_note_writes_an_event_without_a_state_change(people, errand, monkeypatch):
    monkeypatch.setitem(catalogue._sentences, "errand.look", ("{actor}看了{ref}", (Article(33),)))
    with acting(people.host_clerk):
        note("errand.look", errand, actor=people.host_clerk, at=AT, facts={"field": "电话"}, reason="核对")
    event = events_of(errand)[-1]
    assert (event.kind, event.from_state, event.to_state) == ("errand.look", "draft", "draft")
    assert (event.facts, event.articles, event.note.text) == ({"field": "电话"}, [[33]], "核对")


def test_event_of_unknown_kind_undoes_the_operation(people, errand):
    with acting(people.host_clerk), pytest.raises(catalogue.UnknownKind):
        note("errand.fly", errand, actor=people.host_clerk, at=AT)
    assert len(events_of(errand)) == 1


def test_possible_steps_are_those_of_the_role_and_state(people, errand):
    def names(actor, record):
        with acting(actor):
            return [p.action for p in possible_steps(record, actor, AT)]

    assert names(people.host_approver, errand) == ["errand.send", "errand.drop"]
    assert names(people.applicant, errand) == ["errand.promise"]
    assert names(people.host_clerk, errand) == []
    assert names(SYSTEM, errand) == []  # by_command: nobody's button
    there = sent(errand, people.host_approver)
    assert names(people.recommender_officer, there) == ["errand.give_back"]
    assert names(people.cast_officer, there) == ["errand.finish.prepare", "errand.drop"]
    assert names(people.other_recommender_officer, there) == []


def test_blocked_step_says_why(people):
    untitled = new_errand(people.host_clerk, people.recommender)
    untitled.title = ""
    with acting(people.host_approver):
        (blocked,) = [p for p in possible_steps(untitled, people.host_approver, AT) if not p.allowed]
    assert (blocked.step.name, [str(f) for f in blocked.findings if f.blocks]) == ("send", ["没有题目（第九条）"])


def test_system_takes_its_steps(people, errand):
    with acting(SYSTEM):
        assert take("expire", errand, actor=SYSTEM, at=AT).state == "expired"
    event = events_of(errand)[-1]
    assert (event.actor_role, event.actor_user_id) == ("system", None)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", None),
        ("unix:", None),
        ("2001:DB8::0001", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("192.0.2.1", "192.0.2.1"),
    ],
)
def test_address_is_kept_in_one_spelling(people, errand, given, kept):
    actor = replace(people.host_approver, ip=given)
    with acting(actor):
        take("send", errand, actor=actor, at=AT)
    assert events_of(errand)[-1].ip == kept
