"""What chapter 7 adds to the page of a selectee: assessments and changes, as the viewer may see them."""

from assessment.models import Assessment, ContactRecord, ExitCase, ExitNotice, InformationChange, Transfer
from assessment.sections import assessments
from funding.models import Selectee
from funding.sections import also, table
from portal.access.decide import narrow
from portal.people.actor import Actor
from portal.web.components import Cell, Section
from portal.web.formats import day_text
from portal.web.links import record_url

CHANGES = (
    ("transfer.list", Transfer, "单位变更", {}),
    ("information_change.list", InformationChange, "信息变更", {}),
    ("exit.list", ExitCase, "退出", {}),
)


@also
def of(selectee: Selectee, actor: Actor) -> list[Section]:
    return [
        section
        for section in (_assessments(selectee, actor), _changes(selectee, actor), _contacts(selectee, actor))
        if section
    ]


def _assessments(selectee: Selectee, actor: Actor) -> Section | None:
    rows = narrow(actor, "assessment.list", Assessment.objects.filter(selectee=selectee)).order_by("pk")
    body = [
        [
            Cell(row.number, record_url(row, actor)),
            row.get_kind_display(),
            row.period,
            assessments.state_cell(row, actor),
        ]
        for row in rows
    ]
    return Section("考核", table=table("考核", ["编号", "类型", "考核期", "状态"], body)) if body else None


def _changes(selectee: Selectee, actor: Actor) -> Section | None:
    body = [
        [Cell(row.number, record_url(row, actor)), label, Cell(row.state_label(actor), tag=row.colours[row.state])]
        for action, model, label, more in CHANGES
        for row in narrow(actor, action, model.objects.filter(selectee=selectee, **more)).order_by("pk")
    ]
    notices = narrow(actor, "exit_notice.list", ExitNotice.objects.filter(case__selectee=selectee)).order_by("pk")
    body += [
        [Cell(row.number, record_url(row, actor)), row.label, Cell(row.state_label(), tag=row.colours[row.state])]
        for row in notices
    ]
    return Section("变动", table=table("变动", ["编号", "事项", "状态"], body)) if body else None


def _contacts(selectee: Selectee, actor: Actor) -> Section | None:
    rows = narrow(actor, "tracking.list", ContactRecord.objects.filter(selectee=selectee))[:10]
    body = [[day_text(row.happened_date), row.get_kind_display(), row.summary] for row in rows]
    return Section("联系记录", table=table("联系记录", ["日期", "方式", "情况"], body)) if body else None
