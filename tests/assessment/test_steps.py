"""Every step of chapter 7 from every state by every role, against tables written from the life cycle (9, 10)."""

from datetime import timedelta

import pytest

from applications.models import Cycle
from assessment.commands import assessment as assessments
from assessment.commands import experts, tracking
from assessment.commands import transfer as transfers
from assessment.models import Assessment, InformationChange, Transfer
from assessment.pool import Pool
from fixtures.scenarios import cultivating as tell
from funding.commands import grant as grants
from funding.models import Selectee
from portal.people.actor import PUBLIC, SYSTEM
from portal.people.roles import Role
from portal.tenancy.reach import Because, everything
from portal.workflow.take import take
from tests.contracts.steps import disagreements

LOGINS = {
    Role.APPLICANT: "applicant1",
    Role.HOST_CLERK: "host1",
    Role.HOST_APPROVER: "host1-boss",
    Role.RECOMMENDER_OFFICER: "haidian",
    Role.RECOMMENDER_APPROVER: "haidian-boss",
    Role.EXPERT: "expert1",
    Role.CAST_OFFICER: "officer",
    Role.CAST_SECRETARY: "secretary",
    Role.CAST_FINANCE: "finance",
    Role.CAST_SUPERVISOR: "supervisor",
    Role.AUDITOR: "auditor",
    Role.SYSADMIN: "sysadmin",
}
APPLICANT, HOST, OFFICER, SUPERVISOR = {"applicant"}, {"host_approver"}, {"cast_officer"}, {"cast_supervisor"}
RECOMMENDER, FINANCE = {"recommender_officer"}, {"cast_finance"}


def person_of(world):
    def actor(role: str, record):
        return SYSTEM if role == Role.SYSTEM else world[LOGINS[role]] if role in LOGINS else PUBLIC

    return actor


# --- assessment ------------------------------------------------------------------------------------------------------

OPEN = [
    "scheduled", "self_reported", "host_reviewed", "recommender_reviewed", "expert_review", "graded", "rectifying",
    "rectified", "lapsed", "regraded",
]  # fmt: skip
ASSESSMENT = {
    "extend": {"scheduled": OFFICER, "rectifying": OFFICER},
    "report": {"scheduled": APPLICANT},
    "host_return": {"self_reported": HOST},
    "recommender_return": {"host_reviewed": RECOMMENDER},
    "return_report": {state: OFFICER for state in ("self_reported", "host_reviewed", "recommender_reviewed")},
    "host_review": {"self_reported": HOST},
    "recommender_review": {"host_reviewed": RECOMMENDER},
    "start_expert_review": {"recommender_reviewed": OFFICER},
    "grade": {"recommender_reviewed": OFFICER, "expert_review": OFFICER},
    "demand_rectification": {"graded": OFFICER, "regraded": OFFICER},
    "report_rectification": {"rectifying": HOST},
    "lapse": {"rectifying": {"cast_officer", "system"}},
    "regrade": {"rectified": OFFICER, "lapsed": OFFICER},
    "close": {"graded": OFFICER, "regraded": OFFICER},
    "end": {state: SUPERVISOR for state in OPEN},
}
# Guards of one state that cannot all be met by one record: what they then say.
EARLY = "refused: 不能整改期满未报：整改期限还没有到（第三十一条（二）1）。"
UNMENDED = "refused: 不能归档：不合格的考核须先下达整改（第三十条）。"
NOT_AT_ONCE = {
    f"lapse from rectifying by cast_officer: {EARLY}, the table says taken",
    f"lapse from rectifying by system: {EARLY}, the table says taken",
    f"close from graded by cast_officer: {UNMENDED}, the table says taken",
    f"close from regraded by cast_officer: {UNMENDED}, the table says taken",
}


@pytest.fixture
def assessed(world, selectee):
    """A function that leads a new assessment to a state by people's own commands."""
    periods = iter(range(1, 99))
    far = world.at + timedelta(days=400)

    def make(state: str) -> Assessment:
        row = tell.scheduled(world, selectee, period=f"第 {next(periods)} 期", due_at=far)
        if state == "scheduled":
            return tell.filled(world, row)
        row = tell.reported(world, row)
        if state == "self_reported":
            return row
        row = tell.by(world, "host1-boss", assessments.host_review, row, opinion=tell.OPINION)
        if state == "host_reviewed":
            return row
        row = tell.by(world, "haidian", assessments.recommender_review, row, opinion=tell.OPINION)
        if state in ("recommender_reviewed", "expert_review"):
            row = tell.staffed(world, row)
            return tell.judged(world, row, 5) if state == "expert_review" else unsent(row)
        return judged(tell.graded(world, row, "failed"), state)

    def unsent(row: Assessment) -> Assessment:
        """With experts asked, but not opened to them: a second one, for the evaluation cannot be taken back."""
        row = tell.checked(world, tell.reported(world, tell.scheduled(world, selectee, period="未送", due_at=far)))
        with everything(because=Because.SEED):
            free = [each.expert.pk for each in Pool(row, world.at).candidates() if not each.conflicts]
            experts.assign(row, actor=world["officer"], at=world.at, experts=free[:1])
        return row

    def judged(row: Assessment, state: str) -> Assessment:
        if state == "graded":
            return row
        with everything(because=Because.SEED):
            if state == "ended":
                return take("end", row, actor=world["supervisor"], at=world.at)
            if state == "closed":
                row = tell.rectified(world, tell.to_rectify(world, row), "passed")
                return assessments.close(row, actor=world["officer"], at=world.at)
            row = tell.to_rectify(world, row)
            if state == "rectifying":
                return row
            if state == "lapsed":
                return assessments.lapse(row, actor=SYSTEM, at=row.rectify_due_at)
            text = "已经按要求逐项整改完成。"
            row = assessments.report_rectification(row, actor=world["host1-boss"], at=world.at, text=text)
            if state == "rectified":
                return row
            return assessments.regrade(row, actor=world["officer"], at=world.at, grade="failed", basis=tell.BASIS)

    return make


def test_assessments_move_as_the_table_says(world, selectee, assessed):
    with everything(because=Because.SEED):
        settings = {**selectee.cycle.settings, "rectify_times": 2}
        Cycle.objects.filter(pk=selectee.cycle_id).update(settings=settings)
    later = world.at + timedelta(days=900)
    values = {
        "extend": {"due_at": later},
        "host_return": {"due_at": later},
        "recommender_return": {"due_at": later},
        "return_report": {"due_at": later},
        "host_review": {"opinion": tell.OPINION},
        "recommender_review": {"opinion": tell.OPINION},
        "grade": {"grade": "failed", "basis": tell.BASIS},
        "demand_rectification": {"due_at": later},
        "report_rectification": {"text": "已经按要求逐项整改完成。"},
        "regrade": {"grade": "passed", "basis": tell.BASIS},
    }
    found = disagreements(
        Assessment, ASSESSMENT, make=assessed, actor=person_of(world), values=values, at=world.at + timedelta(days=1)
    )
    assert set(found) == NOT_AT_ONCE


# --- information changes ---------------------------------------------------------------------------------------------

INFORMATION_CHANGE = {"approve": {"requested": OFFICER}, "refuse": {"requested": OFFICER}}


def test_information_changes_move_as_the_table_says(world, selectee):
    def make(state: str) -> InformationChange:
        names = {"requested": "field", "approved": "name", "refused": "ends_date"}
        after = "2030-01-01" if state == "refused" else "新的内容"
        with everything(because=Because.SEED):
            row = tracking.request_change(
                selectee, actor=world["host1"], at=world.at, fact=names[state], after=after, because="变更原因"
            )
            if state == "approved":
                return tracking.approve_change(row, actor=world["officer"], at=world.at)
            if state == "refused":
                return tracking.refuse_change(row, actor=world["officer"], at=world.at, reason="不必变更")
        return row

    assert disagreements(InformationChange, INFORMATION_CHANGE, make=make, actor=person_of(world), at=world.at) == []


# --- transfer --------------------------------------------------------------------------------------------------------

ON_THE_WAY = ("requested", "origin_consented", "destination_accepted")
TRANSFER = {
    "withdraw": {state: APPLICANT for state in ON_THE_WAY},
    "consent": {"requested": HOST},
    "oppose": {"requested": HOST},
    "accept": {"origin_consented": HOST},
    "decline": {"origin_consented": HOST},
    "approve": {"destination_accepted": SUPERVISOR},
    "approve.prepare": {"destination_accepted": OFFICER},
    "refuse": {state: SUPERVISOR for state in ON_THE_WAY},
    "settle": {"approved": FINANCE},
}
ACCOUNT = {"account_name": "新单位", "bank": "某银行", "account_number": "6222000011112222"}


def test_transfers_move_as_the_table_says(world, selectee):
    rows: list[Transfer] = []

    def make(state: str) -> Transfer:
        if state == "refused":  # the last in the order of states: nothing else stands open by then
            with everything(because=Because.SEED):
                return other_refused()
        verbs = {"origin_consented": transfers.consent, "destination_accepted": transfers.accept}
        if state == "requested":
            rows.append(tell.move_requested(world, selectee, world.hosts[1]))
        elif state == "origin_consented":
            rows.append(tell.by(world, "host1-boss", verbs[state], rows[-1]))
        elif state == "destination_accepted":
            rows.append(tell.by(world, "host2-boss", verbs[state], rows[-1], **ACCOUNT))
        elif state == "approved":
            rows.append(tell.move_approved(world, rows[-1]))
            with everything(because=Because.SEED):
                grants.verify_account(rows[-1].successor().grant, actor=world["finance"], at=world.at)
        elif state == "settled":
            rows.append(tell.by(world, "finance", transfers.settle, rows[-1]))
        return rows[-1]

    def other_refused() -> Transfer:
        other = Selectee.objects.get(organisation=world.hosts[2])
        row = transfers.request(
            other, actor=world["applicant3"], at=world.at, destination=world.hosts[1], same_field=True, because="调动"
        )
        return transfers.refuse(row, actor=world["supervisor"], at=world.at, reason="材料不全")

    def actor(role: str, record):
        """The destination's approver takes its two steps; for the others it is the origin's."""
        if role == Role.HOST_APPROVER and record.state == "origin_consented":
            return world["host2-boss"]
        if record.organisation_id == world.hosts[2].pk and role in (Role.APPLICANT, Role.HOST_APPROVER):
            return world[f"{LOGINS[role]}".replace("1", "3")]
        return person_of(world)(role, record)

    # While the new unit decides, the origin's approver is the foreign one: denied what is the other's.
    found = disagreements(
        Transfer, TRANSFER, make=make, actor=actor, values={"accept": ACCOUNT}, at=world.at + timedelta(days=2)
    )
    assert set(found) == {
        f"{name} from {state} by host_approver: denied, the table says refused"
        for name, states in {
            "consent": ["origin_consented"],
            "oppose": ["origin_consented"],
            "accept": ["requested", "destination_accepted", "approved", "settled", "refused"],
            "decline": ["requested", "destination_accepted", "approved", "settled", "refused"],
        }.items()
        for state in states
    }
