"""Whom to tell of what happens in chapter 7. Experts are told of their own work only; units nothing of experts."""

from collections.abc import Iterator

from django.urls import reverse

from assessment.models import Assessment, AssessmentExpert, ExitCase, ExitNotice, InformationChange, Transfer
from portal.events.models import Event
from portal.notifications.send import Holders, Message, Settled, notify_on
from portal.people.roles import Role
from portal.web.formats import deadline_text, money_text

OFFICERS = Holders(Role.CAST_OFFICER)
SUPERVISORS = Holders(Role.CAST_SUPERVISOR)
FINANCE = Holders(Role.CAST_FINANCE)
Told = Iterator[Message | Settled]


def message(space: str, record, to: list, subject: str, text: str, **more) -> Message:
    """A message whose link is the record's page in a workspace."""
    link = reverse(f"{space}:{record.machine}.view", kwargs=record.url_kwargs())
    return Message(to=to, subject=subject, template="plain", context={"text": text}, link=link, **more)


def approvers(organisation_id: int) -> Holders:
    return Holders(Role.HOST_APPROVER, organisation_id)


def clerks(organisation_id: int) -> Holders:
    return Holders(Role.HOST_CLERK, organisation_id)


def person(user_id: int | None) -> list[int]:
    return [user_id] if user_id else []


# --- assessment ------------------------------------------------------------------------------------------------------


def assessed(event: Event) -> tuple[Assessment, str]:
    """The assessment of an event, and the topic of whatever is to be done about it."""
    row = Assessment.objects.select_related("selectee").get(pk=event.record_pk)
    return row, f"assessment:{row.pk}"


@notify_on("assessment.schedule")
def scheduled(event: Event) -> Told:
    row, topic = assessed(event)
    to = person(row.selectee.person_id)
    text = f"{row.period}{row.get_kind_display()}已安排，请填写并提交自评。"
    yield message("apply", row, to, "请提交考核自评", text, todo=True, topic=topic, due_at=row.due_at, sms=True)
    yield message("apply", row, [clerks(row.organisation_id)], "本单位入选者的考核已安排", text)


@notify_on("assessment.report")
def reported(event: Event) -> Told:
    row, topic = assessed(event)
    yield Settled(topic)
    text = f"{row.selectee.name}的考核自评已提交，请审核。"
    yield message("apply", row, [approvers(row.organisation_id)], "考核自评待审核", text, todo=True, topic=topic)


@notify_on("assessment.host_return", "assessment.recommender_return", "assessment.return_report")
def returned(event: Event) -> Told:
    row, topic = assessed(event)
    yield Settled(topic)
    to = person(row.selectee.person_id)
    text = "考核自评被退回，请按退回意见修改后重报。"
    yield message("apply", row, to, "考核自评被退回", text, todo=True, topic=topic, due_at=row.due_at)


@notify_on("assessment.host_review")
def reviewed_by_host(event: Event) -> Told:
    row, topic = assessed(event)
    yield Settled(topic)
    to = [Holders(Role.RECOMMENDER_OFFICER, row.selectee.recommender_id)]
    text = f"{row.selectee.name}的考核已由依托单位审核，请核实。"
    yield message("recommend", row, to, "考核待核实", text, todo=True, topic=topic)


@notify_on("assessment.recommender_review")
def reviewed_by_recommender(event: Event) -> Told:
    row, topic = assessed(event)
    yield Settled(topic)
    text = f"{row.selectee.name}的考核已由推荐单位核实，请安排评价。"
    yield message("manage", row, [OFFICERS], "考核待评价", text, todo=True, topic=topic)


@notify_on("assessment.start_expert_review")
def sent_to_experts(event: Event) -> Told:
    """One message an expert: each has their own link."""
    row, topic = assessed(event)
    yield Settled(topic)
    for asked in AssessmentExpert.objects.filter(assessment=row, recused_at=None).select_related("expert"):
        yield Message(
            to=[asked.expert.user_id],
            subject="请您评价一份考核",
            template="plain",
            context={"text": "请先签署承诺，再阅读材料并提交评分。"},
            link=reverse("expert:assessment.score", kwargs=asked.url_kwargs()),
            todo=True,
            topic=f"assessment_expert:{asked.pk}",
            sms=True,
        )


@notify_on("assessment.score", "assessment.recuse")
def heard_from_expert(event: Event) -> Told:
    asked = AssessmentExpert.objects.select_related("assessment").get(pk=event.record_pk)
    yield Settled(f"assessment_expert:{asked.pk}")
    if asked.recused_at:
        text = "一位考核专家申请回避，请另行安排。"
        yield message("manage", asked.assessment, [OFFICERS], "考核专家申请回避", text)


@notify_on("assessment.grade", "assessment.regrade")
def graded(event: Event) -> Told:
    row, topic = assessed(event)
    yield Settled(topic)
    for asked in AssessmentExpert.objects.filter(assessment=row):
        yield Settled(f"assessment_expert:{asked.pk}")
    text = f"{row.period}{row.get_kind_display()}已评定：{row.Grade(row.last_grade).label}。"
    to = [*person(row.selectee.person_id), approvers(row.organisation_id), clerks(row.organisation_id)]
    yield message("apply", row, to, "考核结果", text)
    above = [Holders(Role.RECOMMENDER_OFFICER, row.selectee.recommender_id)]
    yield message("recommend", row, above, "考核结果", text)


@notify_on("assessment.demand_rectification")
def to_rectify(event: Event) -> Told:
    row, topic = assessed(event)
    text = "考核不合格，请按整改要求整改并报告。"
    to = [approvers(row.organisation_id)]
    yield message("apply", row, to, "请报告整改情况", text, todo=True, topic=topic, due_at=row.rectify_due_at, sms=True)
    told = [*person(row.selectee.person_id), clerks(row.organisation_id)]
    yield message("apply", row, told, "考核须整改", text, due_at=row.rectify_due_at)


@notify_on("assessment.report_rectification", "assessment.lapse")
def rectified(event: Event) -> Told:
    row, topic = assessed(event)
    yield Settled(topic)
    words = "整改情况已报" if row.rectified_at else "整改期满，没有收到整改报告"
    text = f"{row.selectee.name}的考核：{words}，请复评。"
    yield message("manage", row, [OFFICERS], "考核待复评", text, todo=True, topic=topic)


@notify_on("assessment.extend")
def extended(event: Event) -> Told:
    row, _ = assessed(event)
    to = [*person(row.selectee.person_id), approvers(row.organisation_id)]
    yield message("apply", row, to, "考核期限延长", f"考核期限延至 {event.facts['due']}。")


@notify_on("assessment.remind")
def reminded(event: Event) -> Told:
    row, _ = assessed(event)
    label, due_at = row.due() or ("", None)
    to = person(row.selectee.person_id) if row.state == "scheduled" else [approvers(row.organisation_id)]
    if label:
        text = f"{event.facts['what']}还剩 {event.facts['days']} 天。"
        yield message("apply", row, to, f"{label}临近", text, due_at=due_at, sms=True)


@notify_on("assessment.end")
def ended(event: Event) -> Told:
    row, topic = assessed(event)
    yield Settled(topic)
    for asked in AssessmentExpert.objects.filter(assessment=row):
        yield Settled(f"assessment_expert:{asked.pk}")


# --- information changes ---------------------------------------------------------------------------------------------


@notify_on("information_change.request")
def change_asked(event: Event) -> Told:
    row = InformationChange.objects.get(pk=event.record_pk)
    text = f"申请变更{row.get_fact_display()}，请审批。"
    yield message("manage", row, [OFFICERS], "信息变更待审批", text, todo=True, topic=f"information_change:{row.pk}")


@notify_on("information_change.approve", "information_change.refuse")
def change_decided(event: Event) -> Told:
    row = InformationChange.objects.select_related("selectee").get(pk=event.record_pk)
    yield Settled(f"information_change:{row.pk}")
    to = [*person(row.selectee.person_id), clerks(row.organisation_id)]
    yield message("apply", row, to, f"信息变更{row.state_label()}", f"变更事项：{row.get_fact_display()}。")


# --- transfer --------------------------------------------------------------------------------------------------------


def moving(event: Event) -> tuple[Transfer, str]:
    row = Transfer.objects.select_related("destination", "organisation").get(pk=event.record_pk)
    return row, f"transfer:{row.pk}"


@notify_on("transfer.request")
def transfer_asked(event: Event) -> Told:
    row, topic = moving(event)
    text = f"{row.selectee_name}申请变更到{row.destination.name}，请签署意见。"
    yield message("apply", row, [approvers(row.organisation_id)], "单位变更待签署", text, todo=True, topic=topic)


@notify_on("transfer.consent")
def transfer_consented(event: Event) -> Told:
    row, topic = moving(event)
    yield Settled(topic)
    text = f"{row.selectee_name}申请变更到贵单位，原单位{row.organisation.name}已同意，请办理接收并登记专门账户。"
    yield message("apply", row, [approvers(row.destination_id)], "单位变更待接收", text, todo=True, topic=topic)


@notify_on("transfer.accept")
def transfer_accepted(event: Event) -> Told:
    row, topic = moving(event)
    yield Settled(topic)
    text = f"{row.selectee_name}的单位变更已由新单位接收，请拟办。"
    yield message("manage", row, [OFFICERS], "单位变更待审批", text, todo=True, topic=topic)


@notify_on("transfer.approve.prepare")
def transfer_prepared(event: Event) -> Told:
    row, topic = moving(event)
    yield Settled(topic)
    yield message("manage", row, [SUPERVISORS], "单位变更待批准", "有一份单位变更等待批准。", todo=True, topic=topic)


@notify_on("transfer.approve")
def transfer_approved(event: Event) -> Told:
    row, topic = moving(event)
    yield Settled(topic)
    text = "单位变更已批准。请核验新单位专门账户后划转余额。"
    yield message("manage", row, [FINANCE], "单位变更待划转", text, todo=True, topic=topic)
    to = [*person(row.person_id), approvers(row.organisation_id), clerks(row.organisation_id)]
    there = [approvers(row.destination_id), clerks(row.destination_id)]
    yield message("apply", row, to + there, "单位变更已批准", "新单位请完善并签订任务书；原单位请配合结清账目。")


@notify_on("transfer.settle")
def transfer_settled(event: Event) -> Told:
    row, topic = moving(event)
    yield Settled(topic)
    to = [*person(row.person_id), approvers(row.organisation_id), approvers(row.destination_id)]
    text = f"余额 {money_text(row.moved_fen or 0)}已划转。"
    yield message("apply", row, to, "剩余经费划转完成", text)


@notify_on("transfer.oppose", "transfer.decline", "transfer.withdraw", "transfer.refuse", "transfer.approve.decline")
def transfer_ended(event: Event) -> Told:
    row, topic = moving(event)
    yield Settled(topic)
    if row.state == "refused":
        to = [*person(row.person_id), approvers(row.organisation_id)]
        yield message("apply", row, to, "单位变更没有办成", "单位变更没有办成，理由见办理经过。")
    else:
        text = "单位变更的拟办没有获批，请重新拟办。"
        yield message("manage", row, [OFFICERS], "单位变更退回拟办", text, todo=True, topic=topic)


# --- exit ------------------------------------------------------------------------------------------------------------


def leaving(event: Event) -> tuple[ExitCase, str]:
    row = ExitCase.objects.get(pk=event.record_pk)
    return row, f"exit:{row.pk}"


@notify_on("exit.request")
def exit_asked(event: Event) -> Told:
    row, topic = leaving(event)
    text = f"{row.selectee_name}申请退出，请签署单位意见。"
    yield message("apply", row, [approvers(row.organisation_id)], "退出申请待签署意见", text, todo=True, topic=topic)


@notify_on("exit.opine", "exit.open")
def exit_to_handle(event: Event) -> Told:
    row, topic = leaving(event)
    yield Settled(topic)
    text = f"{row.selectee_name}：{row.get_ground_display()}。"
    yield message("manage", row, [OFFICERS], "退出事项待办理", text, todo=True, topic=topic)


@notify_on("exit.approve.prepare", "exit.decide.prepare")
def exit_prepared(event: Event) -> Told:
    row, topic = leaving(event)
    yield Settled(topic)
    text = f"{row.selectee_name}的退出事项等待批准。"
    yield message("manage", row, [SUPERVISORS], "退出事项待批准", text, todo=True, topic=topic)


@notify_on("exit.approve.decline", "exit.decide.decline")
def exit_sent_back(event: Event) -> Told:
    row, topic = leaving(event)
    yield Settled(topic)
    text = f"{row.selectee_name}的退出事项没有获批，请重新拟办。"
    yield message("manage", row, [OFFICERS], "退出事项退回拟办", text, todo=True, topic=topic)


@notify_on("exit.approve")
def exit_approved(event: Event) -> Told:
    row, topic = leaving(event)
    yield Settled(topic)
    to = [*person(row.person_id), approvers(row.organisation_id), clerks(row.organisation_id)]
    yield message("apply", row, to, "退出申请已批准", "资格结束，经费进入结算，请将专门账户结余退回市科协。")
    yield message("manage", row, [FINANCE], "退出待结算", "请登记退回款并结清经费。", todo=True, topic=topic)


@notify_on("exit.notify", "exit.drop", "exit.decide", "exit.withdraw", "exit.dismiss", "exit.reinstate", "exit.close")
def exit_moved(event: Event) -> Told:
    _, topic = leaving(event)
    yield Settled(topic)


@notify_on("exit.recover", "exit.settle")
def exit_to_settle(event: Event) -> Told:
    row, topic = leaving(event)
    yield Settled(topic)
    text = f"{row.selectee_name}：请登记退回款，结清后办结。"
    yield message("manage", row, [FINANCE], "退出待结算", text, todo=True, topic=topic)


def told(event: Event) -> tuple[ExitNotice, str, list]:
    """The notice of an event, its topic, and everybody at the unit who is concerned."""
    row = ExitNotice.objects.get(pk=event.record_pk)
    unit = row.organisation_id
    return row, f"exit_notice:{row.pk}", [*person(row.person_id), approvers(unit), clerks(unit)]


@notify_on("exit_notice.deliver")
def notice_delivered(event: Event) -> Told:
    row, topic, to = told(event)
    text = "市科协送达退出告知书，期限内可以陈述申辩。"
    yield message("apply", row, to, "退出告知书", text, todo=True, topic=topic, due_at=row.due_at, sms=True)


@notify_on("exit.defend")
def defended(event: Event) -> Told:
    row, topic, _ = told(event)
    yield Settled(topic)
    case = ExitCase.objects.get(pk=row.case_id)
    text = f"{row.selectee_name}的退出事项收到陈述申辩，请研究并拟办决定。"
    yield message("manage", case, [OFFICERS], "收到陈述申辩", text, todo=True, topic=f"exit:{case.pk}")


@notify_on("exit_notice.tell", "exit_notice.claim")
def outcome_told(event: Event) -> Told:
    row, topic, to = told(event)
    yield Settled(topic)
    owed = f"应退回 {money_text(row.claimed_fen)}。" if row.claimed_fen else ""
    text = f"决定：{row.outcome}。{owed}作出时间 {deadline_text(row.outcome_at)}。"
    yield message("apply", row, to, "退出事项的决定", text, sms=True)
