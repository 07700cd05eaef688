"""What chapter 5 prints: the network review's summary, the minutes of panel and deliberation. None names an expert."""

from django.utils import timezone

from portal.documents.make import document
from portal.documents.shapes import Letter
from portal.web.formats import day_text, instant_text
from review.models import Meeting, Result, Round, Shortlist, ShortlistEntry, SlotResult

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


@document(
    "review.deliberation_minutes",
    title="综合论证纪要",
    template="documents/letter.html",
    shape=Letter,
    action="shortlist.view",
    on=["shortlist.approve"],
)
def deliberation_minutes(event) -> dict:
    """The approved list by field with what it rests on, the minutes, and why anybody stands elsewhere (Art. 19)."""
    shortlist = Shortlist.objects.select_related("cycle").get(pk=event.record_pk)
    settings = shortlist.cycle.settings
    entries = list(shortlist.entries.all())
    return {
        "title": f"{shortlist.cycle.year} 年度“卓越工程师”成长计划拟入选名单综合论证纪要",
        "number": f"{shortlist.number} 第 {shortlist.latest().number} 版",
        "paragraphs": [
            f"名单于 {instant_text(shortlist.deliberated_at)} 完成综合论证，"
            f"{instant_text(shortlist.approved_at)} 批准，拟入选 {sum(each.chosen for each in entries)} 人。",
            f"综合分按网评得分 {settings['network_weight']}%、会评得分 {settings['panel_weight']}% 合成，"
            "供综合论证参考。",
            *[line for line in shortlist.minutes.splitlines() if line.strip()],
        ],
        "sections": [*_fields(shortlist, entries), *_differences(entries)],
        "issuer": ISSUER,
        "date": day_text(timezone.localdate(event.at)),
    }


def _fields(shortlist: Shortlist, entries: list[ShortlistEntry]) -> list[dict]:
    columns = [
        _column("位次", 7, "num"),
        _column("编号", 17),
        _column("申报人", 12),
        _column("依托单位", 26),
        *(_column(label, 9, "num") for label in ("网评", "会评", "综合分")),
        _column("表决", 8),
        _column("结论", 10),
    ]
    found = []
    for field in shortlist.cycle.fields.all():
        rows = [_entry(each) for each in entries if each.field_code == field.code]
        if rows:
            title = f"{field.name}（名额 {field.places}）"
            found.append({"title": title, "tables": [{"columns": columns, "rows": rows}]})
    return found


def _entry(each: ShortlistEntry) -> list:
    figures = [str(each.network), str(each.panel), str(each.composite)]
    vote, result = "通过" if each.passed else "未通过", "拟入选" if each.chosen else "未入选"
    return [each.position, each.application_number, each.applicant_name, each.host_name, *figures, vote, result]


def _differences(entries: list[ShortlistEntry]) -> list[dict]:
    rows = [
        [each.application_number, each.applicant_name, each.moved_because] for each in entries if each.moved_because
    ]
    columns = [_column("编号", 20), _column("申报人", 15), _column("理由", 65)]
    return [{"title": "人工调整及理由", "tables": [{"columns": columns, "rows": rows}]}] if rows else []
