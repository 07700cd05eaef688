"""Whom chapter 5 tells of what (Art. 17, 33). A message names no other expert, no score and no objector."""

from collections import Counter

from portal.events.models import Event
from portal.notifications.send import Holders, Message, Settled, notify_on
from portal.people.roles import Role
from portal.web.formats import deadline_text, instant_text
from review.models import Assignment, Expert, Meeting, Objection, Round, Shortlist
from review.queries import TO_DO, late_experts


@notify_on("round.start_scoring")
def invited(event):
    """One message an expert, however many tasks."""
    round = Round.objects.select_related("cycle").get(pk=event.record_pk)
    tasks = Assignment.objects.filter(round=round, state__in=Assignment.live_states)
    for user, count in sorted(Counter(tasks.values_list("expert__user_id", flat=True)).items()):
        yield _invitation(round, user, count)


@notify_on("assignment.invite")
def invited_later(event):
    """An expert who joins while the scoring runs; those of the start are told together."""
    task = Assignment.objects.select_related("round", "round__cycle", "expert").get(pk=event.record_pk)
    at_start = Event.objects.filter(operation=event.operation, kind="round.start_scoring").exists()
    if not at_start and task.state in Assignment.live_states:
        yield _invitation(task.round, task.expert.user_id, 1)


def _invitation(round: Round, user: int, count: int) -> Message:
    return Message(
        to=[user],
        subject=f"请您参加 {round.cycle.year} 年度网络评审",
        template="review_invited",
        context={"count": count, "year": round.cycle.year, "closes": deadline_text(round.closes_at)},
        link="/expert/",
        due_at=round.closes_at,
        todo=True,
        topic=f"round:{round.pk}:{user}",
        sms=True,
    )


@notify_on("round.remind")
def reminded(event):
    round = Round.objects.get(pk=event.record_pk)
    for user in event.facts["users"]:
        yield from _what_is_left(round, user, "网络评审还没有完成，请在截止前提交")


@notify_on("round.extend")
def given_more_time(event):
    """Whoever still has something to do."""
    round = Round.objects.get(pk=event.record_pk)
    for expert in late_experts(round):
        yield from _what_is_left(round, expert.user_id, f"网络评审截止时间延长到 {deadline_text(round.closes_at)}")


def _what_is_left(round: Round, user: int, subject: str):
    left = Assignment.objects.filter(round=round, expert__user_id=user, state__in=TO_DO).count()
    if left:
        yield Message(
            to=[user],
            subject=subject,
            template="review_reminded",
            context={"left": left, "closes": deadline_text(round.closes_at)},
            link="/expert/",
            due_at=round.closes_at,
            sms=True,
        )


@notify_on("assignment.submit", "assignment.decline", "assignment.recuse", "assignment.revoke", "assignment.lock")
def finished(event):
    """The expert's 待办 is done with the last task."""
    task = Assignment.objects.select_related("expert").get(pk=event.record_pk)
    mine = Assignment.objects.filter(round_id=task.round_id, expert_id=task.expert_id)
    if not mine.filter(state__in=TO_DO).exists():
        yield Settled(topic=f"round:{task.round_id}:{task.expert.user_id}")


@notify_on("assignment.reopen")
def sent_back(event):
    task = Assignment.objects.select_related("expert", "round").get(pk=event.record_pk)
    note = getattr(event, "note", None)
    yield Message(
        to=[task.expert.user_id],
        subject="有一份评分退回重评",
        template="review_reopened",
        context={"application": task.application_number, "reason": note.text if note else ""},
        link=f"/expert/{task.sequence}/",
        due_at=task.round.closes_at,
        todo=True,
        topic=f"round:{task.round_id}:{task.expert.user_id}",
    )


@notify_on("assignment.decline", "assignment.recuse")
def seat_is_free(event):
    """The secretary finds another expert."""
    task = Assignment.objects.select_related("round").get(pk=event.record_pk)
    yield Message(
        to=[Holders(Role.CAST_SECRETARY)],
        subject="有评审任务需要另请专家",
        template="review_seat_free",
        context={"application": task.application_number, "what": task.state_label()},
        link=f"/manage/rounds/{task.round.number}/assign/{task.application_number}/",
        todo=True,
        topic=f"seat:{task.round_id}:{task.application_id}",
    )


@notify_on("assignment.propose")
def seat_is_taken(event):
    task = Assignment.objects.get(pk=event.record_pk)
    yield Settled(topic=f"seat:{task.round_id}:{task.application_id}")


@notify_on("round.confirm.prepare", "shortlist.approve.prepare")
def approval_waits(event):
    machine = Round if event.kind.startswith("round") else Shortlist
    record = machine.objects.get(pk=event.record_pk)
    folder = "rounds" if machine is Round else "shortlists"
    slug = "confirm" if machine is Round else "approve"
    yield Message(
        to=[Holders(Role.CAST_SUPERVISOR)],
        subject=f"{record.label}等待您审批",
        template="review_approval",
        context={"label": record.label, "number": record.number},
        link=f"/manage/{folder}/{record.number}/{slug}/",
        todo=True,
        topic=f"{record.machine}:{record.pk}:approval",
    )


@notify_on(
    "round.confirm", "round.confirm.decline", "shortlist.approve", "shortlist.approve.decline", "shortlist.send_back"
)
def approval_settled(event):
    machine = event.kind.split(".")[0]
    yield Settled(topic=f"{machine}:{event.record_pk}:approval")


@notify_on("meeting.seat")
def seated(event):
    """The expert who was seated, told of time and place."""
    meeting = Meeting.objects.get(pk=event.record_pk)
    member = meeting.members.select_related("expert").filter(expert__number=event.facts["expert"]).first()
    if member:
        yield Message(
            to=[member.expert.user_id],
            subject="请您参加会议评审",
            template="review_seated",
            context={"title": meeting.title, "held": instant_text(meeting.held_at), "place": meeting.place},
            link=f"/expert/meeting/{meeting.number}/",
            todo=True,
            topic=f"meeting:{meeting.pk}:{member.expert.user_id}",
            sms=True,
        )


@notify_on("meeting.unseat")
def unseated(event):
    meeting, user = Meeting.objects.get(pk=event.record_pk), _user_of(event)
    yield Settled(topic=f"meeting:{meeting.pk}:{user}")
    yield Message(
        to=[user],
        subject="会议评审安排有变，您不再参加",
        template="review_unseated",
        context={"title": meeting.title, "held": instant_text(meeting.held_at)},
    )


@notify_on("meeting.arrange")
def arranged_anew(event):
    """Every member is told of time and place as they stand now."""
    meeting = Meeting.objects.get(pk=event.record_pk)
    yield Message(
        to=list(meeting.members.values_list("expert__user_id", flat=True)),
        subject="会议评审的安排有变",
        template="review_seated",
        context={"title": meeting.title, "held": instant_text(meeting.held_at), "place": meeting.place},
        link=f"/expert/meeting/{meeting.number}/",
        sms=True,
    )


@notify_on("meeting.sign_in")
def came(event):
    yield Settled(topic=f"meeting:{event.record_pk}:{_user_of(event)}")


@notify_on("meeting.close")
def over(event):
    """Who stayed away has nothing left to do either."""
    for user in Meeting.objects.get(pk=event.record_pk).members.values_list("expert__user_id", flat=True):
        yield Settled(topic=f"meeting:{event.record_pk}:{user}")


def _user_of(event) -> int:
    """The account of the expert whom the event names."""
    return Expert.objects.values_list("user_id", flat=True).get(number=event.facts["expert"])


@notify_on("objection.file")
def objection_received(event):
    objection = Objection.objects.get(pk=event.record_pk)
    yield Message(
        to=[Holders(Role.CAST_OFFICER)],
        subject="收到一份公示异议",
        template="objection_received",
        context={"number": objection.number},
        link=f"/manage/objections/{objection.number}/",
        todo=True,
        topic=f"objection:{objection.pk}",
    )


@notify_on("objection.report")
def objection_to_decide(event):
    objection = Objection.objects.get(pk=event.record_pk)
    yield Settled(topic=f"objection:{objection.pk}")
    yield Message(
        to=[Holders(Role.CAST_SUPERVISOR)],
        subject="有一份异议等待决定",
        template="objection_to_decide",
        context={"number": objection.number},
        link=f"/manage/objections/{objection.number}/",
        due_at=objection.due_at,
        todo=True,
        topic=f"objection:{objection.pk}:decide",
    )


@notify_on("objection.refuse", "objection.uphold", "objection.dismiss")
def objection_decided(event):
    yield Settled(topic=f"objection:{event.record_pk}")
    yield Settled(topic=f"objection:{event.record_pk}:decide")
