"""What chapter 7 prints. Nothing that a unit can read names an expert, a score or a discussion (Art. 33)."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Sum

from assessment import rules
from assessment.models import Assessment, ExitCase, ExitNotice, Transfer
from funding.models import Grant, Line
from funding.sections import category_name
from portal.calendars.workdays import local_day
from portal.documents.make import document, make
from portal.documents.shapes import Assessment as AssessmentForm
from portal.documents.shapes import Letter
from portal.events.models import Event
from portal.events.reactions import on
from portal.web.formats import day_text, deadline_text, money_text, money_words, yuan_text

ISSUER = "北京市科学技术协会"
PROGRAMME = "北京市科协“卓越工程师”成长计划"


def letter(title: str, addressee: str, paragraphs: list[str], at: datetime, **more) -> dict:
    """Facts of a letter of 市科协, without what is empty."""
    return {
        "title": title,
        "addressee": addressee,
        "paragraphs": [text for text in paragraphs if text],
        "issuer": ISSUER,
        "date": day_text(local_day(at)),
        **more,
    }


# --- assessment ------------------------------------------------------------------------------------------------------


@document(
    "assessment.form",
    title="考核表",
    template="documents/assessment.html",
    shape=AssessmentForm,
    action="assessment.print",
    on=["assessment.grade", "assessment.regrade", "assessment.close"],
)
def assessment_form(event: Event) -> dict:
    """Self-report, indicators, opinions of the units, the conclusion; a later one supersedes it."""
    row = Assessment.objects.select_related("selectee", "organisation").get(pk=event.record_pk)
    basis = "第三十二条" if row.is_final else "第三十条"
    return {
        "title": f"{PROGRAMME}{row.get_kind_display()}表",
        "sections": list(_form_sections(row)),
        "opinions": [
            {"label": "依托单位意见", "text": row.host_opinion or "—"},
            {"label": "推荐单位意见", "text": row.recommender_opinion or "—"},
        ],
        "result": row.Grade(row.last_grade).label,
        "basis": f"《管理办法》{basis}。{row.basis}",
        "signatures": [
            {"party": "依托单位", "lines": ["负责人：", "日期："], "seal": "单位盖章"},
            {"party": "入选者", "lines": ["签字：", "日期："]},
            {"party": "市科协", "lines": ["负责人：", "日期："], "seal": "盖章"},
        ],
    }


def _form_sections(row: Assessment) -> Iterator[dict]:
    pairs = [
        ("编号", row.number),
        ("入选者", row.selectee.name),
        ("依托单位", row.organisation.name),
        ("领域", row.selectee.field),
        ("类型", row.get_kind_display()),
        ("考核期", row.period),
    ]
    yield {"title": "基本情况", "fields": [{"label": label, "value": value} for label, value in pairs]}
    lines = [each.as_data() for each in row.results.all()]
    columns = [{"label": label} for label in ("编号", "指标", "目标值", "实际完成", "完成率", "佐证")]
    keys = ("code", "name", "target", "actual", "share", "evidence")
    rows = [[each[key] or "—" for key in keys] for each in lines]
    yield {"title": "任务书指标完成情况", "tables": [{"columns": columns, "rows": rows}]}
    texts = [{"label": label, "text": row.self_report.get(key) or "—"} for key, label in rules.REPORT_PARTS.items()]
    yield {"title": "自评", "texts": texts}
    if row.rectified_at:
        yield {"title": "整改", "texts": [{"label": "整改情况", "text": row.rectification_text}]}


@document(
    "assessment.rectification",
    title="整改通知",
    template="documents/letter.html",
    shape=Letter,
    action="assessment.print",
    on=["assessment.demand_rectification"],
)
def rectification_notice(event: Event) -> dict:
    row = Assessment.objects.select_related("selectee", "organisation").get(pk=event.record_pk)
    return letter(
        "关于考核不合格限期整改的通知",
        row.organisation.name,
        [
            f"你单位入选者{row.selectee.name}的{row.period}{row.get_kind_display()}（{row.number}）评定为不合格。",
            f"整改要求：{event.note.text}",
            f"请于 {event.facts['due']} 前完成整改并报告。整改后仍达不到要求的，按《管理办法》第三十一条（二）1 办理。",
        ],
        event.at,
    )


# --- transfer --------------------------------------------------------------------------------------------------------

TRANSFERRED = {"title": "单位变更批复", "template": "documents/letter.html", "shape": Letter, "action": "transfer.view"}


@document("transfer.approval", **TRANSFERRED, on=["transfer.settle"])
def transfer_approval(event: Event) -> dict:
    """To the unit left, with the statement of its money: category, spent, and what is handed over."""
    row = _transfer(event)
    grant = Grant.objects.get(selectee=row.selectee_id)
    sums = grant.sums()
    columns = [{"label": "科目"}, {"label": "金额", "align": "num"}]
    spent = Line.objects.filter(grant=grant, account="spent").order_by("category").values_list("category")
    rows = [[f"支出：{category_name(code)}", yuan_text(fen)] for code, fen in spent.annotate(fen=Sum("fen")) if fen]
    rows = [["已拨付", yuan_text(sums["paid"])], *rows, ["转出余额", yuan_text(row.moved_fen)]]
    return letter(
        "关于同意单位变更和划转剩余经费的批复",
        row.organisation.name,
        [*_agreed(row), "你单位的收支汇总如下，账目就此结清。"],
        event.at,
        sections=[{"title": "收支汇总表", "tables": [{"columns": columns, "rows": rows}]}],
    )


@document("transfer.receipt", **{**TRANSFERRED, "title": "剩余经费划入通知"})
def transfer_receipt(event: Event) -> dict:
    """To the new unit, which reads nothing of the other's spending."""
    row = _transfer(event)
    return letter("关于剩余经费划入的通知", row.destination.name, _agreed(row), event.at)


@on("transfer.settle")
def print_receipt(event: Event) -> None:
    """The new unit keeps a document of its own: the other belongs to the unit left."""
    row = _transfer(event)
    facts = transfer_receipt(event)
    make("transfer.receipt", facts=facts, keeper=row.destination_id, ref=row.number, event=event, at=event.at)


def _transfer(event: Event) -> Transfer:
    return Transfer.objects.select_related("organisation", "destination").get(pk=event.record_pk)


def _agreed(row: Transfer) -> list[str]:
    return [
        f"经原依托单位{row.organisation.name}同意、新单位{row.destination.name}接收，按照《管理办法》第二十九条，"
        f"同意入选者{row.selectee_name}变更依托单位（{row.number}）。",
        f"剩余经费{money_words(row.moved_fen)}（{yuan_text(row.moved_fen)}）"
        f"划入{row.destination.name}专门账户继续管理使用。",
    ]


# --- exit ------------------------------------------------------------------------------------------------------------


@document(
    "exit.approval",
    title="退出批复",
    template="documents/letter.html",
    shape=Letter,
    action="exit.view",
    on=["exit.approve"],
)
def exit_approval(event: Event) -> dict:
    row = ExitCase.objects.select_related("organisation").get(pk=event.record_pk)
    return letter(
        "关于同意退出的批复",
        row.organisation.name,
        [
            f"你单位入选者{row.selectee_name}因个人原因申请放弃入选资格（{row.number}）。",
            "按照《管理办法》第三十一条（一），同意主动退出。停止资金拨付，请将专门账户结余退回市科协并办理结清。",
        ],
        event.at,
    )


NOTICE = {"template": "documents/letter.html", "shape": Letter, "action": "exit_notice.view"}


@document("exit.notice", title="退出告知书", **NOTICE, on=["exit_notice.deliver"])
def exit_notice(event: Event) -> dict:
    row = _notice(event)
    return letter(
        "退出事项告知书",
        f"{row.organisation.name}、{row.selectee_name}",
        [
            f"市科协就入选者{row.selectee_name}的下列情况立案（{row.number}）：{row.facts}",
            f"依据：《管理办法》{row.article}，{row.get_ground_display()}。",
            row.reason,
            f"请于 {deadline_text(row.due_at)} 前陈述申辩；逾期不提交的，视为放弃。",
        ],
        event.at,
    )


@document("exit.decision", title="退出决定书", **NOTICE, on=["exit_notice.tell"])
def exit_decision(event: Event) -> dict:
    row = _notice(event)
    return letter(
        "退出事项决定书",
        f"{row.organisation.name}、{row.selectee_name}",
        [
            f"事由：{row.get_ground_display()}（《管理办法》{row.article}）。",
            f"事实：{row.facts}",
            "陈述申辩：" + ("已收到并研究。" if row.defended_at else "期限内没有提交。"),
            f"决定：{row.outcome}。",
            f"理由：{row.outcome_reason}",
        ],
        event.at,
    )


@document("exit.claim", title="追缴通知", **NOTICE, on=["exit_notice.claim"])
def exit_claim(event: Event) -> dict:
    row = _notice(event)
    return letter(
        "追缴通知",
        row.organisation.name,
        [
            f"入选者{row.selectee_name}已被{row.outcome}（{row.number}）。",
            f"请将所拨经费{money_words(row.claimed_fen)}（{money_text(row.claimed_fen)}）退回市科协。",
        ],
        event.at,
    )


def _notice(event: Event) -> ExitNotice:
    return ExitNotice.objects.select_related("organisation").get(pk=event.record_pk)
