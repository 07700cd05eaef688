"""Verbs of the assessment, from its schedule to its archive (Art. 30, 32)."""

from datetime import timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from django.core.files.uploadedfile import UploadedFile

from assessment.models import Assessment, AssessmentExpert, IndicatorResult
from funding.commands import grant as grants
from funding.commands.task_book import meet
from funding.models import Grant, Indicator, Selectee
from portal.access.decide import require
from portal.calendars.workdays import local_day, midnight
from portal.events import catalogue
from portal.files.sniff import PDF
from portal.files.store import store
from portal.people.actor import Actor
from portal.regulation.articles import Article
from portal.regulation.rules import refuse
from portal.workflow.take import begin, held, note, operation, take

LOOKED = catalogue.kind("assessment.scores", "{actor}查看了{ref}的专家评分", [Article(33)])
REMINDED = catalogue.kind("assessment.remind", "{ref}的{what}还剩 {days} 天", [Article(30)])
KIND_LETTERS = {"annual": "ND", "mid_term": "ZQ", "final": "QM"}
MEND_DAYS = 7  # a returned self-report leaves at least so many days to mend it
EVIDENCE = "assessment.evidence"


def schedule(
    selectee: Selectee, *, actor: Actor, at, kind: str, period: str, due_at, version: int | None = None
) -> Assessment:
    """Opens an assessment with a line for each indicator of the task book in force."""
    with operation(actor=actor, at=at, lock=[selectee]):
        assessment = Assessment(
            organisation_id=selectee.organisation_id,
            number=f"{selectee.number.replace('RX', 'KH')}-{KIND_LETTERS[kind]}{selectee.assessments.count() + 1}",
            selectee=selectee,
            kind=kind,
            period=period,
            due_at=due_at,
        )
        assessment = begin("schedule", assessment, actor=actor, at=at)
        renew_lines(assessment)
    return assessment


def renew_lines(assessment: Assessment) -> None:
    """The lines of a self-report follow the task book in force; what was filled in stays with its code."""
    wanted = Indicator.objects.filter(task_book__selectee=assessment.selectee_id, task_book__state="effective")
    filled = {row.code: (row.actual, row.evidence) for row in assessment.results.all()}
    assessment.results.all().delete()
    IndicatorResult.objects.bulk_create(
        IndicatorResult(
            organisation_id=assessment.organisation_id,
            assessment=assessment,
            code=row.code,
            name=row.name,
            kind=row.kind,
            target=row.target,
            unit=row.unit,
            actual=filled.get(row.code, (None, ""))[0],
            evidence=filled.get(row.code, (None, ""))[1],
        )
        for row in wanted
    )


def extend(assessment: Assessment, *, actor: Actor, at, due_at, reason: str, version=None) -> Assessment:
    return take("extend", assessment, actor=actor, at=at, version=version, reason=reason, due_at=due_at)


def edit(
    assessment: Assessment,
    *,
    actor: Actor,
    at,
    self_report: dict[str, str],
    results: dict[str, tuple[Decimal | None, str]],
    evidence: UploadedFile | None = None,
    version: int | None = None,
) -> Assessment:
    """Saves the self-report's draft: four texts, {indicator's code: (actual, evidence)}, one PDF of evidence.

    Raises Denied, StaleVersion, Refused once it is handed in or its time is over, or for an unfit file.
    """
    with operation(actor=actor, at=at, lock=[assessment]):
        row = held(assessment, "assessment.edit", actor=actor, version=version)
        refuse("填写自评", row.report_still_open(at=at))
        if evidence is not None:
            row.evidence = _kept(row, evidence, actor, at)
        row.self_report, row.version = self_report, row.version + 1
        row.save(update_fields=["self_report", "evidence", "version"])
        for result in row.results.filter(code__in=results):
            result.actual, result.evidence = results[result.code]
            result.save(update_fields=["actual", "evidence"])
    return row


def _kept(row: Assessment, uploaded: UploadedFile, actor: Actor, at):
    return store(
        uploaded,
        actor=actor,
        organisation_id=row.organisation_id,
        purpose=EVIDENCE,
        at=at,
        allowed=frozenset({PDF}),
        assessment_id=row.pk,
    )


def report(assessment: Assessment, *, actor: Actor, at, version=None) -> Assessment:
    return take("report", assessment, actor=actor, at=at, version=version)


def host_return(assessment: Assessment, *, actor: Actor, at, reason: str, version=None) -> Assessment:
    return _return("host_return", assessment, actor, at, reason, version)


def recommender_return(assessment: Assessment, *, actor: Actor, at, reason: str, version=None) -> Assessment:
    return _return("recommender_return", assessment, actor, at, reason, version)


def return_report(assessment: Assessment, *, actor: Actor, at, reason: str, version=None) -> Assessment:
    return _return("return_report", assessment, actor, at, reason, version)


def _return(step: str, assessment: Assessment, actor: Actor, at, reason: str, version) -> Assessment:
    """Whoever returns it gives time: MEND_DAYS whole days, or until the deadline that stands."""
    due_at = midnight(local_day(at) + timedelta(days=MEND_DAYS + 1))
    return take(step, assessment, actor=actor, at=at, version=version, reason=reason, due_at=due_at)


def host_review(assessment: Assessment, *, actor: Actor, at, opinion: str, version=None) -> Assessment:
    return take("host_review", assessment, actor=actor, at=at, version=version, opinion=opinion)


def recommender_review(assessment: Assessment, *, actor: Actor, at, opinion: str, version=None) -> Assessment:
    return take("recommender_review", assessment, actor=actor, at=at, version=version, opinion=opinion)


def look_at_scores(assessment: Assessment, *, actor: Actor, at) -> list[AssessmentExpert]:
    """The experts asked, with their sheets; each look is an event that 市科协 keeps (Art. 33)."""
    require(actor, "assessment.scores", assessment)
    note("assessment.scores", assessment, actor=actor, at=at, confidential=True)
    return list(AssessmentExpert.objects.filter(assessment=assessment).select_related("expert").order_by("pk"))


def grade(assessment: Assessment, *, actor: Actor, at, grade: str, basis: str, version=None) -> Assessment:
    """Writes the grade; a passed one meets the condition that the next tranche waits for."""
    with operation(actor=actor, at=at, lock=[assessment, grant_of(assessment)]):
        assessment = take("grade", assessment, actor=actor, at=at, version=version, grade=grade, basis=basis)
        _tell_the_money(assessment, at)
    return assessment


def demand_rectification(assessment: Assessment, *, actor: Actor, at, reason: str, version=None) -> Assessment:
    """The cycle's months until the end of that day; payments wait meanwhile (their condition is not met)."""
    months = assessment.selectee.cycle.settings["rectify_months"]
    due_at = midnight(local_day(at) + relativedelta(months=months) + timedelta(days=1))
    return take("demand_rectification", assessment, actor=actor, at=at, version=version, reason=reason, due_at=due_at)


def report_rectification(assessment: Assessment, *, actor: Actor, at, text: str, version=None) -> Assessment:
    return take("report_rectification", assessment, actor=actor, at=at, version=version, text=text)


def lapse(assessment: Assessment, *, actor: Actor, at, version=None) -> Assessment:
    """Locks a rectification whose time is over; what that means a person judges (regrade)."""
    return take("lapse", assessment, actor=actor, at=at, version=version)


def regrade(assessment: Assessment, *, actor: Actor, at, grade: str, basis: str, version=None) -> Assessment:
    """The judgement after a rectification; failing again is ground E1 of an exit (Art. 31(2)1)."""
    with operation(actor=actor, at=at, lock=[assessment, grant_of(assessment)]):
        assessment = take("regrade", assessment, actor=actor, at=at, version=version, grade=grade, basis=basis)
        _tell_the_money(assessment, at)
    return assessment


def close(assessment: Assessment, *, actor: Actor, at, version=None) -> Assessment:
    """Files it. A passed final assessment ends the term: task book completed, selectee completed, grant in settlement
    once no tranche is left to pay."""
    selectee, grant = assessment.selectee, grant_of(assessment)
    books = list(selectee.task_books.filter(state="effective"))
    with operation(actor=actor, at=at, lock=[assessment, selectee, grant, *grant.disbursements.all(), *books]):
        assessment = take("close", assessment, actor=actor, at=at, version=version)
        if assessment.is_final and assessment.last_grade != Assessment.Grade.FAILED:
            take("complete", books[0], actor=actor, at=at)
            take("complete", selectee, actor=actor, at=at)
            grants.settle_if_paid(grant_of(assessment), actor=actor, at=at)
    return assessment


def remind(assessment: Assessment, *, actor: Actor, at, days: int) -> None:
    """An event that the reminders are made from; what is due is the self-report or the rectification."""
    what = "自评" if assessment.state == "scheduled" else "整改"
    note("assessment.remind", assessment, actor=actor, at=at, facts={"what": what, "days": days})


def grant_of(assessment: Assessment) -> Grant:
    """The money of the assessed selectee, as it stands."""
    return Grant.objects.select_related("selectee").get(selectee=assessment.selectee_id)


def _tell_the_money(assessment: Assessment, at) -> None:
    if assessment.last_grade == Assessment.Grade.FAILED:
        return
    code = "final" if assessment.is_final else "mid_term"
    meet(grant_of(assessment), code, evidence=assessment.number, at=at)
