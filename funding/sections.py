"""What the record pages of chapter 6 show, in words: sections of facts for one role's eyes."""

from collections.abc import Callable

from funding.models import BankAccount, Disbursement, Expense, Grant, Selectee, TaskBook
from funding.models.task_book import SIGNER_LABELS
from funding.rules import CHAPTERS, CONDITIONS
from portal.people.actor import Actor
from portal.reference import reference
from portal.web.components import Cell, Column, Row, Section, Table
from portal.web.formats import day_text, instant_text, money_text, yuan_text
from portal.web.links import record_url
from portal.web.views import state_cell

_also: list[Callable[[Selectee, Actor], list[Section]]] = []
MORE_CHAPTERS = {"team": "团队", "deliverables": "交付物"}


def also(function: Callable[[Selectee, Actor], list[Section]]) -> Callable[[Selectee, Actor], list[Section]]:
    """Registers what a later chapter shows on the page of a selectee: a function of the selectee and the actor."""
    _also.append(function)
    return function


def term(selectee: Selectee) -> str:
    """2026年11月2日 至 2028年11月1日, the last day as people count it; — before the task book takes effect."""
    if selectee.starts_date is None:
        return "任务书生效后起算"
    return f"{day_text(selectee.starts_date)} 至 {day_text(selectee.ends_date)}"


def category_name(code: str) -> str:
    return reference("expense_categories")[code].name


def table(caption: str, columns: list[str], rows: list[list], numeric: tuple[str, ...] = ()) -> Table:
    """A small table of ready words; cells may be Cell."""
    heads = [Column(label, label, label in numeric) for label in columns]
    body = [Row([cell if isinstance(cell, Cell) else Cell(str(cell)) for cell in cells]) for cells in rows]
    return Table(heads, body, caption)


def of_selectee(selectee: Selectee, actor) -> list[Section]:
    book = selectee.task_books.exclude(state="terminated").first() or selectee.task_books.order_by("-pk").first()
    grant = Grant.objects.filter(selectee=selectee).first()
    links = [(record.label, record) for record in (book, grant) if record]
    rows = [[Cell(f"{label} {row.ref}", record_url(row, actor)), state_cell(row, actor)] for label, row in links]
    return [
        Section(
            "基本情况",
            [
                ("姓名", selectee.name),
                ("依托单位", selectee.organisation.name),
                ("推荐单位", selectee.recommender.name),
                ("领域", selectee.field),
                ("年度", str(selectee.cycle)),
                ("培养期", term(selectee)),
            ],
        ),
        Section("任务书与经费", table=table("任务书与经费", ["名称", "状态"], rows)),
        *(section for function in _also for section in function(selectee, actor)),
    ]


def of_task_book(book: TaskBook) -> list[Section]:
    content, promises = book.content, book.promises()
    texts = [(label, content.get(key) or "—") for key, label in {**CHAPTERS, **MORE_CHAPTERS}.items()]
    indicators = [
        [row.code, row.name, row.get_kind_display(), f"{row.target:g} {row.unit}", row.evidence or "—"]
        for row in promises["indicators"]
    ]
    milestones = [
        [row.year, row.goal, row.deliverable or "—", day_text(row.due_date)] for row in promises["milestones"]
    ]
    mentors = [
        [row.get_kind_display(), row.name, row.unit, row.title or "—", row.plan or "—"] for row in promises["mentors"]
    ]
    budget = [
        [category_name(row["category"]), money_text(row["fen"]), row["basis"] or "—"]
        for row in content.get("budget", [])
    ]
    return [
        Section(
            "入选者",
            [("姓名", book.selectee.name), ("依托单位", book.organisation.name), ("培养期", term(book.selectee))],
        ),
        Section("内容", texts),
        Section("考核指标", table=table("考核指标", ["编号", "指标", "类型", "目标值", "佐证"], indicators)),
        Section("年度里程碑", table=table("年度里程碑", ["年度", "目标", "交付物", "完成日期"], milestones)),
        Section("双导师", table=table("双导师", ["类型", "姓名", "单位", "职称", "指导安排"], mentors)),
        Section(
            "经费预算",
            [("市科协资助", money_text(book.granted_fen())), ("单位配套", money_text(content.get("promised_fen", 0)))],
            table("经费预算", ["科目", "金额", "测算依据"], budget, ("金额",)),
        ),
        Section("签署", table=table("签署", ["签署方", "签署人", "时间", "文本摘要"], _signatures(book))),
    ]


def _signatures(book: TaskBook) -> list[list[str]]:
    rows = book.signatures.select_related("text").order_by("signed_at")
    return [
        [
            SIGNER_LABELS[row.party],
            row.name,
            instant_text(row.signed_at),
            f"第 {row.text.version} 版 {row.digest[:12]}{'（已作废）' if row.text.void else ''}",
        ]
        for row in rows
    ]


def signing_course(book: TaskBook) -> list[tuple[str, str]]:
    """The road from draft to effect, as (label, done | current | todo)."""
    road = [
        ("起草", ("drafting", "returned", "amending")),
        ("单位确认", ("host_confirmed",)),
        ("市科协审核", ("under_cast_review",)),
        ("三方签署", ("signing",)),
        ("生效", ("effective", "completed")),
    ]
    here = next((place for place, (_, states) in enumerate(road) if book.state in states), len(road))
    last = len(road) - 1
    return [
        (label, "done" if place < here or (place == here == last) else "current" if place == here else "todo")
        for place, (label, _) in enumerate(road)
    ]


def of_grant(grant: Grant, actor) -> list[Section]:
    sums = grant.sums()
    account = grant.latest_account()
    conditions = {row.code: row for row in grant.conditions.all()}
    shown = [
        [CONDITIONS[code][0], f"已达成（{conditions[code].evidence}）" if code in conditions else "未达成"]
        for code in CONDITIONS
    ]
    tranches = [
        [Cell(row.number, record_url(row, actor)), f"第 {row.tranche} 期", money_text(row.amount_fen), state_cell(row)]
        for row in grant.disbursements.all()
    ]
    return [
        Section(
            "经费",
            [
                ("入选者", grant.selectee.name),
                ("依托单位", grant.organisation.name),
                ("资助总额", money_text(grant.amount_fen)),
                ("已拨付", money_text(sums["paid"])),
                ("已支出", money_text(sums["spent"])),
                ("专门账户结余", money_text(sums["balance"])),
                ("执行率", f"{sums['spent'] * 100 // sums['paid']}%" if sums["paid"] else "—"),
                *([("划转", money_text(sums["moved"]))] if sums["moved"] else []),
                *([("已退回", money_text(sums["returned"]))] if sums["returned"] else []),
            ],
        ),
        Section("专门账户", _account(account)),
        Section("拨付条件", table=table("拨付条件", ["条件", "情况"], shown)),
        Section("拨付计划", table=table("拨付计划", ["编号", "期次", "金额", "状态"], tranches, ("金额",))),
    ]


def account_name(pk: int | None) -> str:
    """An account as a payment names it."""
    account = BankAccount.objects.filter(pk=pk).first()
    return f"{account.account_name}　{account}" if account else "—"


def _account(account) -> list[tuple[str, str]]:
    if account is None:
        return [("情况", "尚未登记")]
    checked = f"已核验，{instant_text(account.verified_at)}" if account.verified_at else "等待核验"
    return [
        ("户名", account.account_name),
        ("开户银行", account.bank),
        ("账号", str(account.account_number)),
        ("核验", checked),
    ]


def of_disbursement(row: Disbursement) -> list[Section]:
    paid = instant_text(row.paid_at) if row.paid_at else "—"
    return [
        Section(
            "拨付",
            [
                ("入选者", row.grant.selectee.name),
                ("依托单位", row.organisation.name),
                ("期次", f"第 {row.tranche} 期"),
                ("金额", money_text(row.amount_fen)),
                ("拨付条件", "、".join(CONDITIONS[code][0] for code in row.needs) or "无"),
                ("收款账户", account_name(row.account_id) if row.account_id else "审批时确定"),
                ("付款", f"{paid}　{row.bank_receipt}"),
            ],
        )
    ]


def of_expense(row: Expense) -> list[Section]:
    names = {item.code: item.name for item in reference("negative_list")}
    hits = [[f"{hit.code} {names[hit.code]}", hit.because] for hit in row.hits.all()]
    reports = [(instant_text(each.reported_at), each.text) for each in row.rectifications.all()]
    found = [
        Section(
            "支出",
            [
                ("入选者", row.grant.selectee.name),
                ("依托单位", row.organisation.name),
                ("日期", day_text(row.spent_date)),
                ("凭证号", row.voucher),
                ("科目", category_name(row.category)),
                ("金额", yuan_text(row.amount_fen)),
                ("收款方", f"{row.payee}{'（有关联）' if row.payee_related else ''}"),
                ("摘要", row.summary),
                ("单位说明", row.explanation or "—"),
            ],
        )
    ]
    if hits:
        found.append(Section("负面清单提示（供人工判定）", table=table("负面清单提示", ["类别", "原因"], hits)))
    if reports:
        found.append(Section("整改报告", reports))
    return found
