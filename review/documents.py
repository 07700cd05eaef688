"""What chapter 5 prints: the summary of the network review and the panel's minutes. Neither names an expert."""

from django.utils import timezone

from portal.documents.make import document
from portal.documents.shapes import Letter
from portal.web.formats import day_text, instant_text
from review.models import Meeting, Result, Round, SlotResult

ISSUER = "北京市科学技术协会"


def _column(label: str, width: int, align: str = "") -> dict:
    return {"label": label, "width": width, "align": align}


@document(
    "review.network_summary",
    title="网络评审汇总表",
    template="documents/letter.html",
    shape=Letter,
    action="round.results",
    on=["round.confirm"],
)
def network_summary(event) -> dict:
    """By field: rank, application, sheets, score, spread, through. Read by whoever may read the results."""
    round = Round.objects.select_related("cycle").get(pk=event.record_pk)
    return {
        "title": f"{round.cycle.year} 年度“卓越工程师”成长计划网络评审汇总表",
        "number": round.number,
        "paragraphs": [
            f"网络评审于 {instant_text(round.closed_at)} 截止，结果于 {instant_text(round.confirmed_at)} 确认。",
            f"得分相同的按主要业绩、工作经验、人才培养体系的均分排列，仍相同的按种子 {round.seed} 抽定。",
        ],
        "sections": [_field(round, code, line) for code, line in round.lines.items()],
        "issuer": ISSUER,
        "date": day_text(timezone.localdate(event.at)),
    }


def _field(round: Round, code: str, line: dict) -> dict:
    results = Result.objects.filter(round=round, field=code).select_related("application__organisation")
    rows = [
        [
            each.rank,
            each.application_number,
            each.application.applicant_name,
            each.application.organisation.name,
            each.sheets,
            str(each.score),
            str(each.spread),
            "入围" if each.through else "未入围",
        ]
        for each in results
    ]
    columns = [
        _column("名次", 7, "num"),
        _column("编号", 17),
        _column("申报人", 12),
        _column("依托单位", 26),
        _column("有效评分", 9, "num"),
        _column("得分", 10, "num"),
        _column("标准差", 9, "num"),
        _column("结果", 10),
    ]
    return {
        "title": f"{line['name']}（名额 {line['places']}，入围线 {line['line']}）",
        "tables": [{"columns": columns, "rows": rows}],
    }


@document(
    "review.panel_minutes",
    title="会议评审纪要",
    template="documents/letter.html",
    shape=Letter,
    action="meeting.results",
    on=["meeting.sign_minutes"],
)
def panel_minutes(event) -> dict:
    """Attendance in numbers, the drawn order, scores and votes by candidate, the minutes as the chair signed them."""
    meeting = Meeting.objects.select_related("cycle").get(pk=event.record_pk)
    came = meeting.members.filter(signed_in_at__isnull=False).count()
    return {
        "title": f"{meeting.title}纪要",
        "number": meeting.number,
        "paragraphs": [
            f"时间：{instant_text(meeting.started_at)}至{instant_text(meeting.closed_at)}　地点：{meeting.place}",
            f"应到专家 {meeting.members.count()} 人，实到 {came} 人。答辩顺序由抽签确定，种子 {meeting.lot_seed}。",
            *[line for line in meeting.minutes.splitlines() if line.strip()],
        ],
        "sections": [{"title": "评分和表决结果", "tables": [_votes(meeting)]}],
        "issuer": ISSUER,
        "date": day_text(timezone.localdate(event.at)),
    }


def _votes(meeting: Meeting) -> dict:
    results = SlotResult.objects.filter(slot__meeting=meeting).select_related("slot").order_by("slot__order")
    rows = [
        [
            each.slot.order,
            each.slot.applicant_name,
            each.slot.host_name,
            str(each.score),
            each.yes,
            each.no,
            each.abstain,
            "通过" if each.passed else "未通过",
        ]
        for each in results
    ]
    columns = [
        _column("签号", 7, "num"),
        _column("申报人", 13),
        _column("依托单位", 32),
        _column("会评得分", 12, "num"),
        _column("同意", 8, "num"),
        _column("反对", 8, "num"),
        _column("弃权", 8, "num"),
        _column("表决", 12),
    ]
    return {"columns": columns, "rows": rows}
