"""What chapter 6 prints: the task book, once all three parties have signed it (domain: the fifteen chapters)."""

from collections.abc import Iterator

from funding.models import TaskBook, TaskBookText
from funding.models.task_book import Indicator, Mentor
from funding.rules import CONDITIONS
from funding.sections import category_name, term
from portal.calendars.workdays import local_day
from portal.documents.make import document
from portal.documents.shapes import Section, Table
from portal.documents.shapes import TaskBook as TaskBookForm
from portal.events.models import Event
from portal.regulation.articles import Article
from portal.web.formats import day_text, instant_text, money_text, money_words

PROGRAMME = "北京市科协“卓越工程师”成长计划"
ISSUER = "北京市科学技术协会"
# The common clauses: what the regulation says, by chapter; the parties' own words stand in the other chapters.
CLAUSES = {
    "任务依据": f"根据《管理办法》{Article(20)}、{Article(22)}、{Article(26)}，经三方协商一致，签订本任务书。",
    "考核与整改": f"甲方按培养周期开展年度、中期和期满考核（{Article(30)}、{Article(32)}）；"
    "不合格的限期整改，整改期间暂停拨付。",
    "变更": f"入选者工作变动且新单位仍在北京的，按{Article(29)}办理，剩余经费可划到新单位继续管理使用。",
    "退出与追回": f"出现{Article(31, 2)}所列情形的，中止或取消入选者资格，停止拨付；情节严重的，追回所拨经费。",
    "共同条款": f"经费专款专用，不得虚报、截留、挤占、挪用（{Article(21)}），并遵守经费使用负面清单（{Article(27)}）。",
}
PARTIES = {"cast": "甲方（市科协）", "host": "乙方（依托单位）", "selectee": "丙方（入选者）"}


@document(
    "task_book.contract",
    title="任务书",
    template="documents/task_book.html",
    shape=TaskBookForm,
    action="task_book.print",
    on=["task_book.sign_for_cast"],
)
def task_book(event: Event) -> dict:
    """The signed text, chapter by chapter, and who signed it when; a later one supersedes it."""
    book = TaskBook.objects.select_related("selectee__cycle", "selectee__recommender", "organisation").get(
        pk=event.record_pk
    )
    text = book.current_text()
    return {
        "programme": PROGRAMME,
        "title": "任务书",
        "cover": list(_cover(book)),
        "issuer": ISSUER,
        "date": day_text(local_day(event.at)),
        "chapters": list(_chapters(book, text.text)),
        "signatures": list(_signatures(book, text)),
    }


def _cover(book: TaskBook) -> Iterator[dict]:
    selectee = book.selectee
    yield {"label": "编号", "value": book.number}
    yield {"label": "入选者", "value": selectee.name}
    yield {"label": "依托单位", "value": book.organisation.name}
    yield {"label": "推荐单位", "value": selectee.recommender.name}
    yield {"label": "领域", "value": selectee.field}
    yield {"label": "培养期", "value": term(selectee)}


def _chapters(book: TaskBook, text: dict) -> Iterator[Section]:
    content = text["content"]
    yield _said(
        "任务依据", f"根据《管理办法》{Article(20)}、{Article(22)}、{Article(26)}，经三方协商一致，签订本任务书。"
    )
    yield _said("入选者与团队", content.get("team") or "—")
    yield _said("培养目标", content["goals"])
    yield _said("任务与关键技术攻关", content["tasks"])
    yield {"title": "年度计划", "tables": [_milestones(text["milestones"])]}
    yield {"title": "考核指标", "tables": [_indicators(text["indicators"])]}
    yield {"title": "双导师与合作机制", "paragraphs": [content["mentoring"]], "tables": [_mentors(text["mentors"])]}
    yield _money(book, content)
    yield _said("配套支持", content["resources"])
    yield _said("知识产权与保密", content["ip"])
    yield _said(
        "考核与整改",
        "甲方按培养周期开展年度、中期和期满考核（第三十条、第三十二条）；不合格的限期整改，整改期间暂停拨付。",
    )
    yield _clause("变更")
    yield _said(
        "退出与追回", f"出现{Article(31, 2)}所列情形的，中止或取消入选者资格，停止拨付；情节严重的，追回所拨经费。"
    )
    yield _said(
        "共同条款", "经费专款专用，不得虚报、截留、挤占、挪用（第二十一条），并遵守经费使用负面清单（第二十七条）。"
    )
    yield {"title": "签署", "paragraphs": ["本任务书经三方在平台上依次签署，签署的文本摘要见下。"]}


def _clause(title: str) -> Section:
    return _said(title, CLAUSES[title])


def _said(title: str, text: str) -> Section:
    return {"title": title, "paragraphs": [line for line in text.splitlines() if line.strip()]}


def _table(columns: list[tuple[str, int]], rows: list[list]) -> Table:
    return {"columns": [{"label": label, "width": width} for label, width in columns], "rows": rows}


def _milestones(rows: list[dict]) -> Table:
    columns = [("年度", 12), ("目标", 44), ("交付物", 24), ("完成日期", 20)]
    return _table(columns, [[row["year"], row["goal"], row["deliverable"] or "—", row["due_date"]] for row in rows])


def _indicators(rows: list[dict]) -> Table:
    columns = [("编号", 10), ("指标", 34), ("类型", 16), ("目标值", 16), ("佐证", 24)]
    cells = [
        [row["code"], row["name"], Indicator.Kind(row["kind"]).label, f"{row['target']} {row['unit']}", row["evidence"]]
        for row in rows
    ]
    return _table(columns, cells)


def _mentors(rows: list[dict]) -> Table:
    columns = [("类型", 18), ("姓名", 14), ("单位", 28), ("职称", 16), ("指导安排", 24)]
    return _table(
        columns,
        [[Mentor.Kind(row["kind"]).label, row["name"], row["unit"], row["title"], row["plan"]] for row in rows],
    )


def _money(book: TaskBook, content: dict) -> Section:
    granted, promised = book.granted_fen(), content["promised_fen"]
    tranches = book.selectee.grant.disbursements.exclude(state="cancelled")
    plan = [
        [f"第 {row.tranche} 期", money_text(row.amount_fen), "、".join(CONDITIONS[code][0] for code in row.needs)]
        for row in tranches
    ]
    budget = [[category_name(row["category"]), money_text(row["fen"]), row["basis"]] for row in content["budget"]]
    return {
        "title": "经费",
        "fields": [
            {"label": "市科协资助", "value": f"{money_text(granted)}（{money_words(granted)}）", "wide": True},
            {"label": "单位配套", "value": money_text(promised)},
        ],
        "tables": [
            {**_table([("期次", 20), ("金额", 25), ("拨付条件", 55)], plan), "caption": "拨付计划"},
            {**_table([("科目", 45), ("金额", 25), ("测算依据", 30)], budget), "caption": "预算"},
        ],
    }


def _signatures(book: TaskBook, text: TaskBookText) -> Iterator[dict]:
    signed = {row.party: row for row in text.signatures.all()}
    for party in ("cast", "host", "selectee"):
        row = signed[party]
        lines = [f"签署人：{row.name}", f"时间：{instant_text(row.signed_at)}", f"文本摘要：{row.digest[:16]}"]
        yield {"party": PARTIES[party], "lines": lines, **({} if party == "selectee" else {"seal": "单位盖章"})}
