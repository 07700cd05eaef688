"""申报书 and 推荐汇总表 (Art. 13): printed from what was frozen, so that paper and record agree."""

from collections.abc import Iterable, Mapping
from typing import Any

from applications.declarations import promises_of
from applications.form_schema import Definition
from applications.forms.section import facts_of, rows_of
from applications.models import Application, ApplicationVersion, RecommendationList
from applications.models.dossier import attachment_name
from applications.models.listing import SUMMARY
from portal.calendars.workdays import local_day
from portal.documents.make import document
from portal.documents.shapes import ApplicationForm
from portal.documents.shapes import RecommendationList as ListFacts
from portal.events.models import Event
from portal.people.models import User
from portal.web.formats import day_text

FORM = "application.form"
PROGRAMME = "北京市科协“卓越工程师”成长计划"
LETTERS = "ABCDEFGHIJKLMNOP"
WIDEST = 8  # columns of a table on a portrait page


@document(
    FORM,
    title="申报书",
    template="documents/application.html",
    shape=ApplicationForm,
    action="application.print",
    on=["application.submit", "application.resubmit"],
)
def application_form(event: Event) -> dict[str, Any]:
    """Of the version that the event froze."""
    related = ("cycle", "organisation", "recommender", "field")
    application = Application.objects.select_related(*related).get(pk=event.record_pk)
    version = ApplicationVersion.objects.get(application=application, number=event.facts["number"])
    return form_facts(application, version.content, day_text(local_day(version.created_at)))


def form_facts(application: Application, content: Mapping[str, Any], date: str) -> dict[str, Any]:
    """The facts of an 申报书: a version's content, or a draft's as it would be frozen."""
    definition, pages = application.definition(), content["sections"]
    sections = [
        _section(definition, page.key, pages.get(page.key, {}), letter)
        for page, letter in zip(definition, LETTERS, strict=False)
    ]
    return {
        "programme": PROGRAMME,
        "title": "申报书",
        "cover": [
            {"label": "申报编号", "value": application.number},
            {"label": "申报人", "value": content["applicant"]["name"]},
            {"label": "主申报领域", "value": content["field"]},
            {"label": "依托单位", "value": content["host"]["name"]},
            {"label": "推荐单位", "value": content["recommender"]},
        ],
        "issuer": "北京市科学技术协会",
        "date": date,
        "sections": [*sections, _attachments(content), _promises()],
        "signatures": [
            {"party": "申报人", "lines": ["签字：", "日期："]},
            {"party": "依托单位", "lines": ["负责人签字：", "日期："], "seal": "单位盖章"},
        ],
    }


def _section(definition: Definition, key: str, values: Mapping[str, Any], letter: str) -> dict[str, Any]:
    page = definition[key]
    long = {each.key for each in page.fields if each.type == "longtext"}
    labels = {each.label: each.key for each in page.fields}
    read = facts_of(page, values)
    return {
        "code": letter,
        "title": page.label,
        "fields": [{"label": label, "value": value} for label, value in read if labels[label] not in long],
        "tables": [_table(each, values.get(each.key, [])) for each in page.fields if each.type == "records"],
        "texts": [{"label": label, "text": value or "—"} for label, value in read if labels[label] in long],
    }


def _table(field, rows) -> dict[str, Any]:
    """Columns that no row fills are left out; a page has room for eight."""
    read = rows_of(field, rows)
    used = [place for place in range(len(field.fields)) if any(row[place] for row in read)][:WIDEST]
    columns = [{"label": field.fields[place].label} for place in used] or [{"label": field.label}]
    return {
        "caption": field.label,
        "columns": columns,
        "rows": [[row[place] for place in used] for row in read],
    }


def _attachments(content: Mapping[str, Any]) -> dict[str, Any]:
    rows = [
        [place, attachment_name(each["key"]), each["name"], each["pages"] or "", each["sha256"][:16]]
        for place, each in enumerate(content["attachments"], 1)
    ]
    columns = [
        {"label": "序号", "width": 8, "align": "mid"},
        {"label": "材料", "width": 30},
        {"label": "文件名", "width": 34},
        {"label": "页数", "width": 8, "align": "num"},
        {"label": "摘要", "width": 20},
    ]
    return {"title": "附件清单", "code": "K", "tables": [{"columns": columns, "rows": rows}]}


def _promises() -> dict[str, Any]:
    by = (("applicant", "申报人承诺"), ("host_approver", "依托单位承诺"))
    texts = [{"label": label, "text": _numbered(each["text"] for each in promises_of(who))} for who, label in by]
    return {"title": "承诺与签署", "code": "L", "texts": texts}


def _numbered(lines: Iterable[str]) -> str:
    return "\n".join(f"{place}. {line}" for place, line in enumerate(lines, 1))


@document(
    SUMMARY,
    title="推荐汇总表",
    template="documents/recommendation_list.html",
    shape=ListFacts,
    action="list.print",
    on=["list.request_approval", "list.submit"],
)
def recommendation_summary(event: Event) -> dict[str, Any]:
    """The same facts when approval is asked for and when the list is sent: unchanged, it keeps its 校验码."""
    return summary_facts(RecommendationList.objects.select_related("cycle", "organisation").get(pk=event.record_pk))


def summary_facts(unit_list: RecommendationList) -> dict[str, Any]:
    officer = User.objects.filter(pk=unit_list.prepared_by_id).first()
    return {
        "year": unit_list.cycle.year,
        "recommender": unit_list.organisation.name,
        "quota": unit_list.quota(),
        "rows": unit_list.summary_rows(),
        "filled_by": officer.name if officer else "",
        "phone": unit_list.organisation.phone,
        "date": day_text(local_day(unit_list.prepared_at)) if unit_list.prepared_at else "",
    }
