"""Messages between host unit and recommending unit (Art. 13). What is not public yet is told to nobody (Art. 33)."""

from collections.abc import Iterator

from applications.models import Application, RecommendationList
from portal.events.models import Event
from portal.notifications.send import Holders, Message, Settled, notify_on
from portal.people.roles import Role


def application_of(event: Event) -> Application:
    related = ("cycle", "organisation", "recommender")
    return Application.objects.select_related(*related).get(pk=event.record_pk)


def list_of(event: Event) -> RecommendationList:
    return RecommendationList.objects.select_related("cycle", "organisation").get(pk=event.record_pk)


def unit_people(application: Application, *roles: str) -> list[Holders | int]:
    """The unit's people in these roles, and the applicant."""
    found: list[Holders | int] = [Holders(role, application.organisation_id) for role in roles]
    return [*found, application.applicant_id] if application.applicant_id else found


@notify_on("application.invite")
def invited(event: Event) -> Iterator[Message]:
    application = application_of(event)
    text = f"{application.organisation.name}邀请您填写 {application.cycle.year} 年度申报书，并签署申报人承诺。"
    yield Message(
        to=[application.applicant_id],
        subject="请填写申报书",
        template="plain",
        context={"text": text},
        link=f"/apply/{application.number}/",
        due_at=application.closes_at(),
        todo=True,
        topic=f"application:{application.pk}:declare",
        sms=True,
    )


@notify_on("application.sign_declaration")
def declared(event: Event) -> Iterator[Message | Settled]:
    application = application_of(event)
    yield Settled(f"application:{application.pk}:declare")
    yield Message(
        to=[Holders(Role.HOST_APPROVER, application.organisation_id)],
        subject="申报书待单位负责人提交",
        template="plain",
        context={"text": f"申报人{application.applicant_name}已签署承诺，请核对后提交。"},
        link=f"/apply/{application.number}/check/",
        due_at=(application.due() or ("", None))[1],
        todo=True,
        topic=f"application:{application.pk}:submit",
    )


@notify_on("application.declaration_lapsed")
def lapsed(event: Event) -> Iterator[Message | Settled]:
    application = application_of(event)
    yield Settled(f"application:{application.pk}:submit")
    if application.applicant_id:
        yield Message(
            to=[application.applicant_id],
            subject="申报书有修改，请重新签署承诺",
            template="plain",
            context={"text": "申报书在您签署后有修改，原承诺已失效。请核对后重新签署。"},
            link=f"/apply/{application.number}/check/",
            todo=True,
            topic=f"application:{application.pk}:declare",
        )


@notify_on("application.submit")
def submitted(event: Event) -> Iterator[Message | Settled]:
    application = application_of(event)
    for topic in ("declare", "submit", "revise"):
        yield Settled(f"application:{application.pk}:{topic}")
    yield Message(
        to=[Holders(Role.RECOMMENDER_OFFICER, application.recommender_id)],
        subject="有申报待初筛",
        template="plain",
        context={"text": f"{application.organisation.name}提交了{application.applicant_name}的申报。"},
        link=f"/recommend/{application.number}/",
        due_at=application.cycle.recommend_closes_at,
        todo=True,
        topic=f"application:{application.pk}:screen",
    )


@notify_on("application.withdraw")
def withdrawn(event: Event) -> Iterator[Message | Settled]:
    application = application_of(event)
    for topic in ("declare", "submit", "revise", "screen"):
        yield Settled(f"application:{application.pk}:{topic}")
    if event.from_state == "submitted":
        yield Message(
            to=[Holders(Role.RECOMMENDER_OFFICER, application.recommender_id)],
            subject="有申报被撤回",
            template="plain",
            context={"text": f"{application.organisation.name}撤回了{application.applicant_name}的申报。"},
            link="/recommend/",
        )


@notify_on("application.return_for_revision")
def returned(event: Event) -> Iterator[Message | Settled]:
    application = application_of(event)
    yield Settled(f"application:{application.pk}:screen")
    words = f"{application.recommender.name}退回修改：{event.facts.get('sections', '')}。其他部分已锁定。"
    yield Message(
        to=unit_people(application, Role.HOST_CLERK, Role.HOST_APPROVER),
        subject="申报书被退回修改",
        template="plain",
        context={"text": words},
        link=f"/apply/{application.number}/revise/",
        due_at=application.revision_due_at or application.closes_at(),
        todo=True,
        topic=f"application:{application.pk}:revise",
        sms=True,
    )


@notify_on("application.qualify")
def qualified(event: Event) -> Iterator[Message | Settled]:
    application = application_of(event)
    yield Settled(f"application:{application.pk}:screen")
    yield Message(
        to=unit_people(application, Role.HOST_CLERK, Role.HOST_APPROVER),
        subject="申报初筛合格",
        template="plain",
        context={"text": f"{application.recommender.name}认定申报初筛合格，将按推荐名额排序后报送市科协。"},
        link=f"/apply/{application.number}/",
    )


@notify_on("application.decline")
def declined(event: Event) -> Iterator[Settled]:
    """The host unit is told with the list, not before."""
    yield Settled(f"application:{event.record_pk}:screen")


@notify_on("application.forward")
def forwarded(event: Event) -> Iterator[Message]:
    application = application_of(event)
    yield Message(
        to=unit_people(application, Role.HOST_CLERK, Role.HOST_APPROVER),
        subject="申报已报送市科协",
        template="plain",
        context={"text": f"{application.recommender.name}已推荐{application.applicant_name}，申报报送市科协审查。"},
        link=f"/apply/{application.number}/",
    )


@notify_on("list.request_approval")
def approval_asked(event: Event) -> Iterator[Message | Settled]:
    unit_list = list_of(event)
    yield Settled(f"list:{unit_list.pk}:mend")
    yield Message(
        to=[Holders(Role.RECOMMENDER_APPROVER, unit_list.organisation_id)],
        subject="推荐名单待审签",
        template="plain",
        context={"text": f"{unit_list.cycle.year} 年度推荐名单已排定，请审签后报送市科协。"},
        link=f"/recommend/summary/{unit_list.number}/",
        due_at=unit_list.closes_at(),
        todo=True,
        topic=f"list:{unit_list.pk}:approve",
    )


@notify_on("list.send_back", "list.return_to_unit")
def list_returned(event: Event) -> Iterator[Message | Settled]:
    unit_list = list_of(event)
    who = "市科协" if event.kind == "list.return_to_unit" else "本单位负责人"
    yield Settled(f"list:{unit_list.pk}:approve")
    yield Message(
        to=[Holders(Role.RECOMMENDER_OFFICER, unit_list.organisation_id)],
        subject="推荐名单被退回",
        template="plain",
        context={"text": f"{who}退回了 {unit_list.cycle.year} 年度推荐名单，请修改后再提请审签。"},
        link=f"/recommend/summary/{unit_list.number}/",
        due_at=unit_list.closes_at(),
        todo=True,
        topic=f"list:{unit_list.pk}:mend",
    )


@notify_on("list.submit")
def list_submitted(event: Event) -> Iterator[Message | Settled]:
    """市科协 is asked to accept it; the host units of the declined read why."""
    unit_list = list_of(event)
    yield Settled(f"list:{unit_list.pk}:approve")
    yield Message(
        to=[Holders(Role.CAST_OFFICER)],
        subject="有推荐名单待接收",
        template="plain",
        context={"text": f"{unit_list.organisation.name}报送了推荐名单，共 {event.facts.get('count')} 人。"},
        link=f"/manage/lists/{unit_list.number}/",
        todo=True,
        topic=f"list:{unit_list.pk}:accept",
    )
    yield from told(unit_list, event)


@notify_on("application.leave_out")
def left_out(event: Event) -> Iterator[Message]:
    yield not_recommended(application_of(event))


@notify_on("list.accept", "list.withdraw")
def list_settled(event: Event) -> Iterator[Settled]:
    yield Settled(f"list:{event.record_pk}:accept")


def told(unit_list: RecommendationList, event: Event) -> Iterator[Message]:
    """Those whose refusal was told with this list."""
    refused = unit_list.cycle.applications.filter(
        recommender_id=unit_list.organisation_id, state="not_recommended", outcome_told_at=event.at
    )
    for application in refused.select_related("recommender"):
        yield not_recommended(application)


def not_recommended(application: Application) -> Message:
    return Message(
        to=unit_people(application, Role.HOST_CLERK, Role.HOST_APPROVER),
        subject="申报未获推荐",
        template="plain",
        context={"text": f"{application.recommender.name}没有推荐本次申报：{application.outcome_reason}。"},
        link=f"/apply/{application.number}/",
    )
