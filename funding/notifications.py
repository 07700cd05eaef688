"""Whom to tell of what happens in chapter 6."""

from collections.abc import Iterator

from django.urls import reverse

from funding.models import Disbursement, Expense, Grant, Selectee, TaskBook
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


def todo(space: str, record, to: list, subject: str, text: str, topic: str, **more) -> Message:
    """A message that stays open until its topic is settled."""
    return message(space, record, to, subject, text, todo=True, topic=topic, **more)


def of(model, event: Event):
    return model.objects.get(pk=event.record_pk)


def unit(record) -> list[Holders]:
    """Clerk and approver of the unit that keeps a record."""
    return [Holders(role, record.organisation_id) for role in (Role.HOST_CLERK, Role.HOST_APPROVER)]


@notify_on("selectee.create", "selectee.take_over")
def selected(event: Event) -> Told:
    row = of(Selectee, event)
    text = f"{row.name}正式入选，请填写任务书并登记专门账户。"
    yield todo("apply", row, unit(row), "正式入选", text, f"selectee:{row.pk}")


@notify_on("task_book.confirm", "task_book.submit_amendment")
def confirmed(event: Event) -> Told:
    row = of(TaskBook, event)
    yield Settled(f"selectee:{row.selectee_id}")
    yield message(
        "manage", row, [OFFICERS], "任务书待审核", "依托单位已确认任务书，请审核。", todo=True, topic=topic_of(row)
    )


@notify_on("task_book.return_for_change")
def returned(event: Event) -> Told:
    row = of(TaskBook, event)
    yield Settled(topic_of(row))
    yield message(
        "apply",
        row,
        unit(row),
        "任务书退回修改",
        "市科协退回了任务书，请修改后重新确认。",
        todo=True,
        topic=topic_of(row),
    )


@notify_on("task_book.open_signing")
def to_be_signed(event: Event) -> Told:
    row = of(TaskBook, event)
    yield Settled(topic_of(row))
    person = [row.selectee.person_id] if row.selectee.person_id else []
    yield todo("apply", row, person, "任务书待签署", "任务书审核通过，请签署。", topic_of(row))


@notify_on("task_book.sign_as_selectee")
def host_signs(event: Event) -> Told:
    row = of(TaskBook, event)
    yield Settled(topic_of(row))
    approver = [Holders(Role.HOST_APPROVER, row.organisation_id)]
    yield message(
        "apply", row, approver, "任务书待签署", "入选者已签署任务书，请代表单位签署。", todo=True, topic=topic_of(row)
    )


@notify_on("task_book.sign_for_host")
def cast_signs(event: Event) -> Told:
    row = of(TaskBook, event)
    yield Settled(topic_of(row))
    text = "入选者和依托单位已签署任务书，请签署。"
    yield todo("manage", row, [SUPERVISORS], "任务书待签署", text, topic_of(row))


@notify_on("task_book.sign_for_cast")
def in_force(event: Event) -> Told:
    row = of(TaskBook, event)
    yield Settled(topic_of(row))
    person = [row.selectee.person_id] if row.selectee.person_id else []
    yield message("apply", row, [*unit(row), *person], "任务书生效", "任务书经三方签署，已经生效。")


def topic_of(book: TaskBook) -> str:
    return f"task_book:{book.pk}"


@notify_on("grant.register_account")
def account_waits(event: Event) -> Told:
    row = of(Grant, event)
    yield todo("manage", row, [FINANCE], "专门账户待核验", "依托单位登记了专门账户，请核验。", f"account:{row.pk}")


@notify_on("grant.verify_account")
def account_checked(event: Event) -> Told:
    row = of(Grant, event)
    yield Settled(f"account:{row.pk}")
    yield message("apply", row, unit(row), "专门账户已核验", "专门账户已核验，满足条件的经费将拨入该账户。")


@notify_on("disbursement.approve.prepare")
def payment_waits(event: Event) -> Told:
    row = of(Disbursement, event)
    text = f"第 {row.tranche} 期 {money_text(row.amount_fen)}已拟办，请审批。"
    yield todo("manage", row, [SUPERVISORS], "拨付待审批", text, f"payment:{row.pk}")


PAYMENT_DECIDED = {
    "disbursement.approve": "拨付已审批，请付款并登记回单。",
    "disbursement.approve.decline": "拨付没有获得同意。",
    "disbursement.withdraw_approval": "拨付的审批已撤回，付款前须重新拟办和审批。",
}


@notify_on(*PAYMENT_DECIDED)
def payment_decided(event: Event) -> Told:
    row = of(Disbursement, event)
    yield Settled(f"payment:{row.pk}")
    yield message("manage", row, [FINANCE], "拨付审批结果", PAYMENT_DECIDED[event.kind])


@notify_on("disbursement.pay")
def paid(event: Event) -> Told:
    row = of(Disbursement, event)
    text = f"第 {row.tranche} 期 {money_text(row.amount_fen)}已付款，请核对到账并确认。"
    approver = [Holders(Role.HOST_APPROVER, row.organisation_id)]
    yield todo("apply", row, approver, "经费已拨付", text, f"receipt:{row.pk}")


@notify_on("disbursement.confirm")
def received(event: Event) -> Told:
    yield Settled(f"receipt:{event.record_pk}")


@notify_on("expense.flag")
def flagged(event: Event) -> Told:
    row = of(Expense, event)
    text = "这笔支出疑似属于负面清单，请填写说明。"
    yield todo("apply", row, unit(row), "支出待说明", text, f"expense:{row.pk}")


@notify_on("expense.explain")
def explained(event: Event) -> Told:
    row = of(Expense, event)
    yield Settled(f"expense:{row.pk}")
    yield message("manage", row, [FINANCE], "支出已说明", "依托单位已说明，请判定。")


@notify_on("expense.warn")
def warned(event: Event) -> Told:
    row = of(Expense, event)
    text = f"请于 {deadline_text(row.rectify_due_at)} 前整改并报告；到期未整改的，按第三十一条（二）3 办理。"
    yield todo("apply", row, unit(row), "提醒督促", text, f"expense:{row.pk}", due_at=row.rectify_due_at)


@notify_on("expense.report_rectification")
def reported(event: Event) -> Told:
    row = of(Expense, event)
    yield Settled(f"expense:{row.pk}")
    yield message(
        "manage", row, [FINANCE], "整改已报告", "依托单位报告了整改情况，请复核。", todo=True, topic=f"recheck:{row.pk}"
    )


@notify_on("expense.accept", "expense.rectify", "expense.fail_rectification")
def judged(event: Event) -> Told:
    row = of(Expense, event)
    yield Settled(f"expense:{row.pk}")
    yield Settled(f"recheck:{row.pk}")
    yield message("apply", row, unit(row), "支出核对结果", f"这笔支出的核对结果：{row.state_label()}。")
