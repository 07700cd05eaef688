"""Who is told of an event: once each, in the words of the template, and no longer than the matter is open."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.template import TemplateDoesNotExist

from portal.events.deliver import deliver_all
from portal.events.models import Event
from portal.notifications.models import Dispatch, Notification
from portal.notifications.send import Holders, Message, Settled, notify, notify_on, recipients, unread_count
from portal.people.models import Membership, User
from portal.people.roles import Role
from portal.tenancy.reach import Because, everything
from portal.workflow.take import take
from tests.kernel.rows import new_errand, sent
from tests.people import AT, acting, member

DUE = datetime(2026, 10, 21, 0, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def to_screen(event, people) -> Message:
    return Message(
        to=[Holders(Role.RECOMMENDER_OFFICER, people.recommender.pk)],
        subject="有新的事项待初筛",
        template="errand_sent",
        context={"unit": "北京甲科技有限公司"},
        link=f"/recommend/{event.record_ref}/",
        due_at=DUE,
        todo=True,
        topic=f"errand:{event.record_pk}:screen",
        sms=True,
    )


@pytest.fixture
def errand(people):
    """An errand whose sending tells the district, and whose return settles it."""

    @notify_on("errand.send")
    def tell_the_district(event):
        yield to_screen(event, people)

    @notify_on("errand.give_back")
    def settled(event):
        yield Settled(topic=f"errand:{event.record_pk}:screen")
        yield Message(to=[people.host_clerk.user_id], subject="事项已退回", template="errand_back")

    User.objects.filter(pk=people.recommender_officer.user_id).update(email="o@example.cn", mobile="13800000000")
    made = sent(new_errand(people.host_clerk, people.recommender), people.host_approver)
    deliver_all()
    return made


def event_of(errand) -> Event:
    with everything(because=Because.CHECK_INVARIANTS):
        return Event.objects.get(kind="errand.send", record_pk=str(errand.pk))


def messages_of(actor) -> list[Notification]:
    return list(Notification.objects.to(actor.user_id))


def test_event_tells_its_people_in_the_words_of_the_template(people, errand):
    (message,) = messages_of(people.recommender_officer)
    assert (message.kind, message.subject) == ("todo", "有新的事项待初筛")
    assert message.body == (
        f"{people.recommender_officer.name}：\n\n北京甲科技有限公司报来{errand.ref}，请在 2026年10月20日 24:00 前初筛。"
    )
    assert (message.link, message.due_at) == (f"/recommend/{errand.ref}/", DUE)
    assert (message.created_at, message.read_at, message.done_at) == (AT, None, None)
    assert {each.channel for each in message.dispatches.all()} == {"mail", "sms"}
    assert unread_count(people.recommender_officer.user_id) == 1
    assert Notification.objects.count() == 1, "nobody else was told"


def test_same_event_tells_nobody_twice(people, errand):
    event = event_of(errand)
    assert notify(event, [to_screen(event, people)]) == []
    assert Notification.objects.count() == 1
    assert Dispatch.objects.count() == 2


def test_person_in_two_lists_is_told_once(people, errand):
    event = event_of(errand)
    officer = User.objects.get(pk=people.recommender_officer.user_id)
    told = [Holders(Role.RECOMMENDER_OFFICER, people.recommender.pk), officer, officer.pk]
    assert notify(event, [replace(to_screen(event, people), to=told, template="errand_back")])[0].recipient == officer
    assert Notification.objects.filter(template="errand_back").count() == 1


def test_late_colleague_is_told_when_the_event_is_delivered_again(people, errand):
    event = event_of(errand)
    late = member(Role.RECOMMENDER_OFFICER, people.recommender, "新来的")
    assert [each.recipient_id for each in notify(event, [to_screen(event, people)])] == [late.user_id]


def test_settled_matter_is_done_for_everybody_whoever_did_it(people, errand):
    colleague = member(Role.RECOMMENDER_OFFICER, people.recommender, "同事")
    event = event_of(errand)
    notify(event, [to_screen(event, people)])
    with acting(people.recommender_officer) as officer:
        take("give_back", errand, actor=officer, at=AT, reason="请补充")
    deliver_all()
    for actor in (people.recommender_officer, colleague):
        (message,) = messages_of(actor)
        assert (message.done_at, message.read_at) == (AT, AT)
    (answer,) = messages_of(people.host_clerk)
    assert (answer.kind, answer.body, answer.done_at) == ("notice", f"{errand.ref}已退回。", None)


def test_other_matters_stay_open(people, errand):
    second = sent(new_errand(people.host_clerk, people.recommender), people.host_approver)
    deliver_all()
    with acting(people.recommender_officer) as officer:
        take("give_back", second, actor=officer, at=AT, reason="请补充")
    deliver_all()
    assert [each.done_at for each in Notification.objects.to(officer.user_id).order_by("pk")] == [None, AT]


def test_only_members_of_that_day_and_active_people_are_meant(people):
    gone = member(Role.RECOMMENDER_OFFICER, people.recommender, "离任")
    Membership.objects.filter(pk=gone.membership_id).update(to_date=date(2026, 10, 15))
    closed = member(Role.RECOMMENDER_OFFICER, people.recommender, "停用")
    User.objects.filter(pk=closed.user_id).update(is_active=False)
    to = [Holders(Role.RECOMMENDER_OFFICER, people.recommender.pk), closed.user_id]
    assert [user.pk for user in recipients(to, AT)] == [people.recommender_officer.user_id]


def test_role_without_an_organisation_means_everywhere(people):
    found = {user.pk for user in recipients([Holders(Role.RECOMMENDER_OFFICER)], AT)}
    assert found == {people.recommender_officer.user_id, people.other_recommender_officer.user_id}


def test_whoever_has_no_address_is_told_in_the_portal_only(people, errand):
    assert notify(
        event_of(errand), [Message(to=[people.applicant.user_id], subject="x", template="errand_back", sms=True)]
    )
    assert messages_of(people.applicant)[0].dispatches.count() == 0


def test_what_is_typed_is_printed_as_it_is(people, errand):
    message = replace(
        to_screen(event_of(errand), people),
        to=[people.applicant.user_id],
        context={"unit": "<甲> & “乙”"},
    )
    assert "<甲> & “乙”报来" in notify(event_of(errand), [message])[0].body


def test_message_without_a_template_stays_in_the_outbox(people, errand):
    with pytest.raises(TemplateDoesNotExist):
        notify(event_of(errand), [Message(to=[people.applicant.user_id], subject="x", template="nothing")])
    assert messages_of(people.applicant) == []
