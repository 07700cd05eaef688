"""Art. 33: units learn of no expert and no score; an expert sees their own row, and only while the evaluation runs."""

import pytest
from django.db import connection

from assessment.commands import assessment as assessments
from assessment.commands import experts
from assessment.models import Assessment, AssessmentExpert, AssessmentExpertUserObjectPermission
from fixtures.scenarios import cultivating as tell
from portal.access.decide import Denied, decide, narrow
from portal.documents.models import Document
from portal.events.deliver import deliver_all
from portal.events.models import Event
from portal.files.access import may_read
from portal.files.models import StoredFile
from portal.notifications.models import Notification
from portal.regulation.rules import Refused
from portal.tenancy.reach import Because, OutOfReach, everything, reach_of, reaching
from portal.web.timeline import timeline
from portal.workflow.take import StaleVersion

OUTSIDE = ("applicant1", "host1", "host1-boss", "haidian", "haidian-boss", "host3-boss", "chaoyang")


@pytest.fixture
def asked(world, selectee) -> list[AssessmentExpert]:
    """Three experts of an assessment whose evaluation runs."""
    row = tell.staffed(world, tell.checked(world, tell.reported(world, tell.scheduled(world, selectee))))
    with everything(because=Because.CHECK_INVARIANTS):
        return list(
            AssessmentExpert.objects.filter(assessment=row).select_related("expert", "assessment").order_by("pk")
        )


def mine(world, asked: AssessmentExpert):
    return world[tell.login_of_expert(world, asked)]


# --- what outsiders reach --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", OUTSIDE)
def test_no_unit_reaches_an_expert_or_a_score(world, asked, login):
    with world.acting(login):
        assert not AssessmentExpert.objects.exists()
        with connection.cursor() as cursor:  # not by the table either: row security stands below the manager
            cursor.execute("SELECT count(*) FROM assessment_assessmentexpert")
            assert cursor.fetchone() == (0,)
        kinds = {"assessment.assign_experts", "assessment.start_expert_review", "assessment.score", "assessment.pledge"}
        assert not Event.objects.filter(kind__in=kinds).exists()


def test_outside_the_time_of_the_experts_reads_like_the_wait_before_it(world, asked):
    row = asked[0].assessment
    with world.acting("host1-boss") as host:
        seen = Assessment.objects.get(pk=row.pk)
        before = Assessment(state="recommender_reviewed")
        for each in (seen, before):
            assert (each.state_label(host), each.colours[each.state], each.now_with[each.state]) == (
                "市科协评价中", "purple", "市科协",
            )  # fmt: skip
        assert "专家" not in " ".join(item.sentence for item in timeline(seen, host))


def test_staff_read_the_whole_history(world, asked):
    with world.acting("officer") as officer:
        told = [item.sentence for item in timeline(asked[0].assessment, officer)]
    assert any("交专家评价" in sentence for sentence in told) and any("安排了" in sentence for sentence in told)


@pytest.mark.parametrize("login", OUTSIDE)
def test_no_page_of_a_unit_says_that_experts_are_at_work(world, asked, login, browsers):
    client = browsers(login)
    space = "recommend" if login in ("haidian", "haidian-boss", "chaoyang") else "apply"
    mine_too = login not in ("host3-boss", "chaoyang")
    listing = client.get(f"/{space}/assessments/")
    page = client.get(f"/{space}/assessments/{asked[0].number}/")
    assert page.status_code == (200 if mine_too else 404)
    for text in (listing.content.decode(), page.content.decode()):
        assert "专家评价" not in text and "考核专家" not in text
        assert not any(each.expert.name in text for each in asked)
    assert (asked[0].number in listing.content.decode()) is mine_too
    for page in ("experts", "scores", "grade"):
        assert client.get(f"/{space}/assessments/{asked[0].number}/{page}/").status_code == 404
        assert client.get(f"/manage/assessments/{asked[0].number}/{page}/").status_code in (403, 404)


def test_filters_and_sorting_of_a_units_list_tell_nothing_either(world, asked, browsers):
    client = browsers("host1")
    for query in ("state=expert_review", "state=scheduled", "sort=state", "sort=-state"):
        page = client.get(f"/apply/assessments/?{query}").content.decode()
        assert asked[0].number in page and "专家" not in page


def test_no_message_and_no_document_of_a_unit_names_an_expert_or_a_score(world, asked):
    row = tell.graded(world, tell.judged(world, asked[0].assessment, 8), "passed")
    tell.filed(world, row)
    deliver_all()
    names = {each.expert.name for each in asked}
    users = {each.expert.user_id for each in asked}
    with everything(because=Because.CHECK_INVARIANTS):
        told = Notification.objects.exclude(recipient_id__in=users)
        staff = {actor.user_id for login, actor in world.people.items() if actor.organisation_id == world.cast.pk}
        texts = [each.subject + each.body for each in told.exclude(recipient_id__in=staff)]
        texts += [str(each.facts) for each in Document.objects.filter(record_table=row._meta.db_table)]
    assert len(texts) > 5
    assert not any(name in text for text in texts for name in names) and not any("80.0" in text for text in texts)


# --- what an expert reaches ------------------------------------------------------------------------------------------


def test_an_expert_reaches_their_own_row_and_nothing_of_the_unit(world, asked):
    actor = mine(world, asked[0])
    with reaching(reach_of(actor)):
        assert [row.pk for row in AssessmentExpert.objects.all()] == [asked[0].pk]
        assert not Assessment.objects.exists()
        assert decide(actor, "assessment.score", AssessmentExpert.objects.get()).allowed
        assert [row.pk for row in narrow(actor, "assessment_expert.list", AssessmentExpert.objects.all())] == [
            asked[0].pk
        ]


def test_before_the_review_and_after_it_there_is_nothing(world, selectee):
    row = tell.checked(world, tell.reported(world, tell.scheduled(world, selectee)))
    with everything(because=Because.SEED):
        from assessment.pool import Pool

        free = next(each.expert for each in Pool(row, world.at).candidates() if not each.conflicts)
    tell.by(world, "officer", experts.assign, row, experts=[free.pk])
    actor = next(actor for actor in world.people.values() if actor.user_id == free.user_id)

    def seen() -> int:
        with reaching(reach_of(actor)):
            return AssessmentExpert.objects.count()

    assert seen() == 0
    row = tell.by(world, "officer", experts.start_review, row)
    assert seen() == 1
    row = tell.judged(world, row)
    assert seen() == 1  # their own sheet stays in sight until the grade
    tell.graded(world, row)
    assert seen() == 0


def test_a_grant_left_over_opens_nothing_without_its_state(world, asked):
    row = tell.graded(world, tell.judged(world, asked[0].assessment))
    with everything(because=Because.CHECK_INVARIANTS):
        assert AssessmentExpertUserObjectPermission.objects.count() == 3
        stale = AssessmentExpert.objects.get(pk=asked[0].pk)
        assert not decide(mine(world, asked[0]), "assessment.score", stale).allowed
    assert row.state == "graded"


def test_an_expert_scores_for_nobody_else(world, asked):
    actor = mine(world, asked[0])
    with everything(because=Because.SEED), pytest.raises(Denied):
        experts.score(asked[1], actor=actor, at=world.at, scores={}, comment="")
    with reaching(reach_of(actor)), pytest.raises(AssessmentExpert.DoesNotExist):
        experts.score(asked[1], actor=actor, at=world.at, scores={}, comment="")


def test_a_made_up_row_is_refused(world, asked):
    with reaching(reach_of(mine(world, asked[0]))), pytest.raises(OutOfReach):
        AssessmentExpert(
            organisation_id=world.cast.pk, assessment_id=asked[0].assessment_id, expert_id=asked[0].expert_id, place=99,
            asked_at=world.at, number="X", kind="finance",
        ).save()  # fmt: skip


def test_evidence_is_read_by_experts_who_have_pledged_while_the_evaluation_runs(world, selectee, browsers):
    from fixtures.scenarios.papers import scan

    row = tell.filled(world, tell.scheduled(world, selectee))
    with world.acting("applicant1") as actor:
        lines = {each.code: (each.actual, each.evidence) for each in row.results.all()}
        assessments.edit(
            row, actor=actor, at=world.at, self_report=tell.REPORT, results=lines, evidence=scan("佐证材料")
        )
    row = tell.by(world, "applicant1", assessments.report, row)
    row = tell.staffed(world, tell.checked(world, row))
    with everything(because=Because.CHECK_INVARIANTS):
        file = StoredFile.objects.get(pk=row.evidence_id)
        asked = list(AssessmentExpert.objects.filter(assessment=row).select_related("expert").order_by("pk"))

    def reads(actor) -> bool:
        with reaching(reach_of(actor)):
            found = StoredFile.objects.filter(pk=file.pk).first()
            return found is not None and may_read(actor, found)

    first, second = mine(world, asked[0]), mine(world, asked[1])
    assert (reads(first), reads(second)) == (False, False)
    with reaching(reach_of(first)):
        experts.pledge(AssessmentExpert.objects.get(), actor=first, at=world.at)
    assert (reads(first), reads(second)) == (True, False)
    for login, wanted in (("host1", True), ("haidian", True), ("officer", True), ("host3", False), ("finance", False)):
        assert reads(world[login]) is wanted, login
    assert browsers(tell.login_of_expert(world, asked[0])).get(f"/files/{file.pk}/").status_code == 200
    assert browsers(tell.login_of_expert(world, asked[1])).get(f"/files/{file.pk}/").status_code == 404
    tell.graded(world, tell.judged(world, row))
    assert not reads(first)


# --- pledge, sheet, recusal ------------------------------------------------------------------------------------------


def test_nothing_is_scored_before_the_pledge(world, asked):
    actor = mine(world, asked[0])
    with reaching(reach_of(actor)), pytest.raises(Refused, match="请先签署承诺（第三十三条）"):
        experts.score(AssessmentExpert.objects.get(), actor=actor, at=world.at, scores={}, comment="")


def test_a_sheet_is_saved_in_part_and_handed_in_whole(world, asked):
    actor = mine(world, asked[0])
    with reaching(reach_of(actor)):
        row = experts.pledge(AssessmentExpert.objects.get(), actor=actor, at=world.at)
        first = row.criteria[0]["code"]
        row = experts.score(row, actor=actor, at=world.at, scores={first: 7}, comment="先记一笔", version=row.version)
        assert (row.scores, row.comment, row.submitted_at) == ({first: 7}, "先记一笔", None)
        with pytest.raises(StaleVersion):
            experts.score(row, actor=actor, at=world.at, scores={}, comment="", version=row.version - 1)
        with pytest.raises(Refused) as refused:
            experts.score(row, actor=actor, at=world.at, scores={}, comment="短", submit=True)
        names = [each["name"] for each in row.criteria]
        assert [finding.message for finding in refused.value.findings] == [
            *(f"请给“{name}”打 0 到 10 分" for name in names),
            "意见应在 30 到 500 字之间，现在 1 字",
        ]
        marks = {each["code"]: 9 for each in row.criteria}
        row = experts.score(row, actor=actor, at=world.at, scores=marks, comment=tell.COMMENT, submit=True)
        with pytest.raises(Refused, match="评分已经提交，不能修改"):
            experts.score(row, actor=actor, at=world.at, scores={}, comment="")
        with pytest.raises(Refused, match="评分已经提交，不能修改"):
            experts.recuse(row, actor=actor, at=world.at, reason="想起来了")


def test_a_recusal_closes_the_row_at_once(world, asked):
    actor = mine(world, asked[0])
    with reaching(reach_of(actor)):
        experts.recuse(AssessmentExpert.objects.get(), actor=actor, at=world.at, reason="近年有合作")
    with reaching(reach_of(actor)):
        assert not AssessmentExpert.objects.exists()
    deliver_all()
    with everything(because=Because.CHECK_INVARIANTS):
        told = Notification.objects.filter(subject="考核专家申请回避").values_list("recipient_id", flat=True)
        assert set(told) == {world["officer"].user_id}


def test_every_look_at_the_scores_is_an_event_that_the_unit_does_not_read(world, asked, browsers):
    tell.judged(world, asked[0].assessment)
    client = browsers("supervisor")
    for _ in range(2):
        assert client.get(f"/manage/assessments/{asked[0].number}/scores/").status_code == 200
    with everything(because=Because.CHECK_INVARIANTS):
        looks = Event.objects.filter(kind="assessment.scores")
        assert [(each.actor_user_id, each.organisation_id) for each in looks] == [
            (world["supervisor"].user_id, world.cast.pk)
        ] * 2
