"""Experts of an assessment: asked, pledged, heard (Art. 32, 33). Every event of theirs is 市科协's own."""

import hashlib

from django.db.models import Max

from assessment import rules
from assessment.models import Assessment, AssessmentExpert
from assessment.pool import Pool
from portal.access import grants as access
from portal.events import catalogue
from portal.people.actor import Actor
from portal.regulation.articles import Article
from portal.regulation.rules import failed, refuse
from portal.workflow.operation import cast_id
from portal.workflow.take import held, note, operation, take
from review.commands.undertaking import text_for
from review.models import Expert

ASSIGNED = catalogue.kind("assessment.assign_experts", "{actor}安排了{ref}的考核专家：{experts}", [Article(32)])
PLEDGED = catalogue.kind("assessment.pledge", "{ref}：考核专家签署了承诺", [Article(33)])
RECUSED = catalogue.kind("assessment.recuse", "{ref}：考核专家申请回避", [Article(33)])
SCORED = catalogue.kind("assessment.score", "{ref}：收到一份专家评分", [Article(32), Article(33)])
OPEN_TO_EXPERTS = ("recommender_reviewed", "expert_review")


def assign(assessment: Assessment, *, actor: Actor, at, experts: list[int], version=None) -> list[AssessmentExpert]:
    """Asks exactly these experts (ids of the pool): new ones get their row and grant, others lose theirs.

    Raises Refused for a conflict, for one who has recused, and for taking off one who has submitted.
    """
    with operation(actor=actor, at=at, lock=[assessment]):
        row = held(assessment, "assessment.assign_experts", actor=actor, version=version)
        standing = {each.expert_id: each for each in AssessmentExpert.objects.filter(assessment=row)}
        chosen = {each.pk: each for each in Expert.objects.filter(pk__in=experts, active=True)}
        refuse("安排考核专家", _problems(row, standing, chosen, at))
        for expert_id in standing.keys() - chosen.keys():
            _take_off(standing[expert_id])
        for expert_id in sorted(chosen.keys() - standing.keys()):
            _ask(row, chosen[expert_id], at)
        names = "、".join(sorted(each.number for each in chosen.values()))
        note("assessment.assign_experts", row, actor=actor, at=at, facts={"experts": names}, confidential=True)
    return list(AssessmentExpert.objects.filter(assessment=row))


def _problems(row: Assessment, standing: dict, chosen: dict[int, Expert], at):
    if row.state not in OPEN_TO_EXPERTS:
        yield failed(f"考核现在是“{row.state_label()}”，不能安排考核专家", article=Article(32))
    pool = Pool(row, at)
    for expert_id, expert in chosen.items():
        if expert_id not in standing:
            yield from pool.conflicts(expert_id)
        elif standing[expert_id].recused_at:
            yield failed(f"{expert.name}已申请回避", article=Article(33))
    for expert_id in standing.keys() - chosen.keys():
        if standing[expert_id].submitted_at:
            yield failed("已提交评分的专家不能撤换", article=Article(32))


def _take_off(asked: AssessmentExpert) -> None:
    """Whoever recused keeps the row, so that nobody asks them again."""
    access.take_away(asked.expert.user, asked)
    if asked.recused_at is None:
        asked.delete()


def _ask(assessment: Assessment, expert: Expert, at) -> AssessmentExpert:
    last = AssessmentExpert.objects.filter(expert=expert).aggregate(last=Max("place"))["last"] or 0
    asked = AssessmentExpert.objects.create(
        organisation_id=cast_id(),
        assessment=assessment,
        number=assessment.number,
        expert=expert,
        kind=expert.kind,
        place=last + 1,
        material=material_of(assessment),
        criteria=rules.criteria_of(expert.kind, assessment.rubric()["criteria"]),
        asked_at=at,
    )
    access.give(expert.user, asked)
    return asked


def material_of(assessment: Assessment) -> dict:
    """What an expert reads: the self-report, the indicators with what they came to, and the money's sums in fen."""
    return {
        "kind": assessment.get_kind_display(),
        "period": assessment.period,
        "name": assessment.selectee.name,
        "field": assessment.selectee.field,
        "unit": assessment.organisation.name,
        "report": assessment.self_report,
        "results": [row.as_data() for row in assessment.results.all()],
        "host_opinion": assessment.host_opinion,
        "recommender_opinion": assessment.recommender_opinion,
        "sums": assessment.selectee.grant.sums(),
        "clean": assessment.funds_are_clean(),
        "evidence": str(assessment.evidence_id or ""),
        "score_max": assessment.rubric()["score_max"],
    }


def start_review(assessment: Assessment, *, actor: Actor, at, version=None) -> Assessment:
    """Opens the evaluation: from now on each expert reaches their own row, with the material as it stands."""
    with operation(actor=actor, at=at, lock=[assessment]):
        assessment = take("start_expert_review", assessment, actor=actor, at=at, version=version)
        AssessmentExpert.objects.filter(assessment=assessment).update(material=material_of(assessment))
    return assessment


def pledge(asked: AssessmentExpert, *, actor: Actor, at, version=None) -> AssessmentExpert:
    """The expert promises confidentiality and that no conflict is known; the material opens. Once."""
    with operation(actor=actor, at=at, lock=[asked]):
        row = held(asked, "assessment.pledge", actor=actor)
        if row.pledged_at is None:
            row.pledged_at = at
            row.pledge_digest = hashlib.sha256(text_for("expert").encode()).hexdigest()
            row.save(update_fields=["pledged_at", "pledge_digest"])
            note("assessment.pledge", row, actor=actor, at=at, facts={"digest": row.pledge_digest})
    return row


def recuse(asked: AssessmentExpert, *, actor: Actor, at, reason: str, version=None) -> AssessmentExpert:
    """The expert steps back before submitting: the grant ends, the row tells 市科协 why."""
    with operation(actor=actor, at=at, lock=[asked]):
        row = held(asked, "assessment.recuse", actor=actor)
        refuse("申请回避", row.sheet_open())
        row.recused_at = at
        row.save(update_fields=["recused_at"])
        access.take_away(row.expert.user, row)
        note("assessment.recuse", row, actor=actor, at=at, reason=reason)
    return row


def score(
    asked: AssessmentExpert, *, actor: Actor, at, scores: dict, comment: str, submit: bool = False, version=None
) -> AssessmentExpert:
    """Saves an expert's sheet, and with `submit` hands it in, once and for all.

    Raises Denied when the evaluation no longer runs, StaleVersion, Refused (unpledged, submitted, incomplete).
    """
    with operation(actor=actor, at=at, lock=[asked]):
        row = held(asked, "assessment.score", actor=actor, version=version)
        refuse("评分", [*row.sheet_open(), *row.pledged()])
        if submit:
            refuse("提交评分", rules.scores_complete(scores, comment, row.criteria, row.material["score_max"]))
        row.scores, row.comment, row.saved_at, row.version = scores, comment, at, row.version + 1
        row.submitted_at = at if submit else None
        row.save()
        if submit:
            note("assessment.score", row, actor=actor, at=at)
    return row
