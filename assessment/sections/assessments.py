"""The assessment for each role; experts and scores for those of 市科协 who may know them (Art. 33)."""

from django.urls import reverse

from assessment import rules
from assessment.models import Assessment, AssessmentExpert
from funding.sections import table
from portal.access.decide import decide
from portal.people.actor import Actor
from portal.people.roles import CAST_ROLES
from portal.web.components import Cell, Section, Table
from portal.web.formats import deadline_text, instant_text, money_text
from review.models import Expert

ROAD = [
    ("自评", ("scheduled",)),
    ("单位审核", ("self_reported",)),
    ("推荐单位核实", ("host_reviewed",)),
    ("市科协评价", ("recommender_reviewed", "expert_review")),
    ("评定", ("graded", "rectifying", "rectified", "lapsed", "regraded")),
    ("归档", ("closed",)),
]


def of(row: Assessment, actor: Actor) -> list[Section]:
    """The whole page: the same for units and 市科协 but for the last section."""
    return [_basics(row), _report(row), results(row), *_opinions(row), *_judgement(row), *_experts(row, actor)]


def _basics(row: Assessment) -> Section:
    return Section(
        "考核",
        [
            ("入选者", row.selectee.name),
            ("依托单位", row.organisation.name),
            ("领域", row.selectee.field),
            ("类型", row.get_kind_display()),
            ("考核期", row.period),
            ("自评截止", deadline_text(row.due_at)),
        ],
    )


def _report(row: Assessment) -> Section:
    return Section("自评", [(label, row.self_report.get(key) or "—") for key, label in rules.REPORT_PARTS.items()])


def results(row: Assessment) -> Section:
    """The indicators with what they came to."""
    return Section("任务书指标", table=results_table([each.as_data() for each in row.results.all()]))


def results_table(lines: list[dict]) -> Table:
    """Lines as IndicatorResult.as_data gives them."""
    rows = [
        [each["code"], each["name"], each["target"], each["actual"], each["share"], each["evidence"] or "—"]
        for each in lines
    ]
    return table("任务书指标", ["编号", "指标", "目标值", "实际完成", "完成率", "佐证"], rows, ("完成率",))


def _opinions(row: Assessment) -> list[Section]:
    given = [("依托单位意见", row.host_opinion), ("推荐单位意见", row.recommender_opinion)]
    given = [(label, text) for label, text in given if text]
    return [Section("意见", given)] if given else []


def _judgement(row: Assessment) -> list[Section]:
    if not row.grade_value:
        return []
    items = [("评定", row.get_grade_value_display()), ("依据", row.basis)]
    if row.rectify_due_at:
        items.append(("整改期限", f"{deadline_text(row.rectify_due_at)}（第 {row.rectify_count} 次）"))
    if row.rectified_at:
        items.append(("整改情况", f"{row.rectification_text}（{instant_text(row.rectified_at)}）"))
    if row.regrade_value:
        items.append(("复评", row.get_regrade_value_display()))
    return [Section("结论", items)]


def _experts(row: Assessment, actor: Actor) -> list[Section]:
    """How far the experts are, in numbers; who they are and what they gave stands on a page of its own."""
    if not decide(actor, "assessment.scores", row).allowed:
        return []
    asked = list(AssessmentExpert.objects.filter(assessment=row, recused_at=None))
    if not asked:
        return []
    kinds = "、".join(
        f"{label} {sum(each.kind == kind for each in asked)} 位"
        for kind, label in rules.KINDS.items()
        if any(each.kind == kind for each in asked)
    )
    submitted = sum(each.submitted_at is not None for each in asked)
    items = [("已安排", kinds), ("已提交评分", f"{submitted} / {len(asked)}")]
    return [Section("专家评价（保密）", items)]


def course(row: Assessment) -> list[tuple[str, str]]:
    """The road from self-report to archive, as (label, done | current | todo)."""
    here = next((place for place, (_, states) in enumerate(ROAD) if row.state in states), None)
    if here is None:
        return []
    last = len(ROAD) - 1
    return [
        (label, "done" if place < here or place == here == last else "current" if place == here else "todo")
        for place, (label, _) in enumerate(ROAD)
    ]


def evidence_of(row: Assessment) -> list[tuple[str, str, str]]:
    """The file of evidence as the page links it."""
    if row.evidence is None:
        return []
    return [("佐证材料", reverse("file.download", kwargs={"pk": row.evidence_id}), row.evidence.meta)]


# --- for experts and for those who weigh their scores ----------------------------------------------------------------


def material(asked: AssessmentExpert) -> list[Section]:
    """What an expert reads, from the copy made for them."""
    known, sums = asked.material, asked.material["sums"]
    opinions = [("依托单位意见", known["host_opinion"]), ("推荐单位意见", known["recommender_opinion"])]
    return [
        *subject(asked),
        Section("自评", [(label, known["report"].get(key) or "—") for key, label in rules.REPORT_PARTS.items()]),
        Section("任务书指标", table=results_table(known["results"])),
        Section(
            "经费",
            [
                ("已拨付", money_text(sums["paid"])),
                ("已支出", money_text(sums["spent"])),
                ("专门账户结余", money_text(sums["balance"])),
                ("执行率", f"{sums['spent'] * 100 // sums['paid']}%" if sums["paid"] else "—"),
                ("负面清单", "没有未整改的情况" if known["clean"] else "有经提醒督促未整改的支出"),
            ],
        ),
        Section("意见", [(label, text) for label, text in opinions if text]),
    ]


def subject(asked: AssessmentExpert) -> list[Section]:
    """As much as is needed to know whether one must step back."""
    known = asked.material
    items = [("入选者", known["name"]), ("依托单位", known["unit"]), ("领域", known["field"])]
    return [Section("考核", [*items, ("类型", known["kind"]), ("考核期", known["period"])])]


def sheets(row: Assessment, rows: list[AssessmentExpert]) -> list[Section]:
    """Experts with their marks, and what the rubric makes of them."""
    rubric = row.rubric()
    codes = [each["code"] for each in rubric["criteria"]]
    heads = ["专家", "类别", *(f"{each['name']}（{each['weight']}%）" for each in rubric["criteria"]), "情况"]
    body = [
        [
            f"{each.expert.name}（{each.expert.employer}）",
            each.get_kind_display(),
            *(each.scores.get(code, "—") if each.submitted_at else "—" for code in codes),
            Cell(each.state_label(), tag="green" if each.submitted_at else "grey" if each.recused_at else "amber"),
        ]
        for each in rows
    ]
    total, grade = row.total(), row.suggested_grade()
    weighed = [
        ("合计（100 分）", "—" if total is None else str(total)),
        ("按评分最高可评", rules.GRADES[grade] if grade else "—"),
        ("经费", "没有未整改的情况" if row.funds_are_clean() else "有未整改的情况：经费项记 0 分，不得评为优秀"),
    ]
    comments = [
        (f"{each.expert.name}（{Expert.Kind(each.kind).label}）", each.comment) for each in rows if each.submitted_at
    ]
    return [
        Section("评分", weighed, table("评分", heads, body, tuple(heads[2:-1]))),
        *([Section("评价意见", comments)] if comments else []),
    ]


def state_cell(row: Assessment, actor: Actor) -> Cell:
    return Cell(row.state_label(actor), tag=row.colours[row.state])


def is_inside(actor: Actor) -> bool:
    return actor.role in CAST_ROLES
