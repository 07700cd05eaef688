"""The whole machine of an application: every step from every state by every role, against a table by hand."""

from datetime import timedelta

import pytest

from applications.commands import application as host_verbs
from applications.commands import recommendation as unit_verbs
from applications.declarations import promises_of
from applications.models import Application
from fixtures.scenarios import city
from fixtures.scenarios import nominations as story
from portal.events.models import Event
from portal.people.actor import PUBLIC, SYSTEM
from portal.people.roles import Role
from portal.tenancy.reach import Because, everything
from portal.workflow.take import approve, prepare, take
from tests.contracts.steps import Grid
from tests.people import AT, member

APPLICANT, APPROVER = {"applicant"}, {"host_approver"}
OFFICER, UNIT_BOSS = {"recommender_officer"}, {"recommender_approver"}
CAST, SECRETARY, SUPERVISOR = {"cast_officer"}, {"cast_secretary"}, {"cast_supervisor"}
BOTH = SECRETARY | SUPERVISOR
ANY_BEFORE_SELECTED = (
    "draft", "submitted", "returned_by_recommender", "qualified", "recommended", "forwarded", "in_cast_review",
    "returned_by_cast", "eligible", "in_network_review", "panel_candidate", "in_panel_review", "proposed",
    "in_publicity", "objection_hold",
)  # fmt: skip

TABLE = {
    "sign_declaration": dict.fromkeys(("draft", "returned_by_recommender", "returned_by_cast"), APPLICANT),
    "submit": dict.fromkeys(("draft", "returned_by_recommender"), APPROVER),
    "withdraw": dict.fromkeys(("draft", "submitted", "returned_by_recommender"), APPROVER),
    "return_for_revision": {"submitted": OFFICER},
    "qualify": {"submitted": OFFICER},
    "nominate": {"qualified": OFFICER},
    "unnominate": {"recommended": OFFICER},
    "decline": dict.fromkeys(("submitted", "qualified", "recommended"), OFFICER),
    "forward": {"recommended": UNIT_BOSS},
    "unforward": {"forwarded": UNIT_BOSS | CAST},
    "leave_out": {"qualified": CAST},
    "receive": {"forwarded": CAST},
    "review": {"in_cast_review": CAST},
    "return_for_correction": {"in_cast_review": CAST},
    "take_back": {"returned_by_cast": CAST},
    "resubmit": {"returned_by_cast": APPROVER},
    "pass_review": {"in_cast_review": CAST},
    "reject": {"in_cast_review": SUPERVISOR},
    "reject.prepare": {"in_cast_review": CAST},
    "disqualify": dict.fromkeys(ANY_BEFORE_SELECTED, SUPERVISOR),
    "disqualify.prepare": dict.fromkeys(ANY_BEFORE_SELECTED, CAST),
    "extend": dict.fromkeys(("draft", "returned_by_recommender", "returned_by_cast"), SUPERVISOR),
    "enter_network_review": {"eligible": SECRETARY},
    "leave_network_review": {"in_network_review": SECRETARY},
    "advance_to_panel": {"in_network_review": BOTH},
    "fail_network": {"in_network_review": BOTH},
    "enter_panel": {"panel_candidate": SECRETARY},
    "propose": {"in_panel_review": SUPERVISOR},
    "fail_panel": {"in_panel_review": SUPERVISOR},
    "publicise": {"proposed": BOTH | {"system"}},
    "select": {"in_publicity": BOTH | {"system"}},
    "hold": {"in_publicity": CAST},
    "clear": {"objection_hold": SUPERVISOR},
    "uphold": {"objection_hold": SUPERVISOR},
}
TARGETS = {
    "submit": "submitted", "withdraw": "withdrawn", "return_for_revision": "returned_by_recommender",
    "qualify": "qualified", "nominate": "recommended", "unnominate": "qualified", "decline": "not_recommended",
    "forward": "forwarded", "unforward": "recommended", "leave_out": "not_recommended", "receive": "in_cast_review",
    "return_for_correction": "returned_by_cast", "take_back": "in_cast_review", "resubmit": "in_cast_review",
    "pass_review": "eligible", "reject": "rejected", "disqualify": "disqualified",
    "enter_network_review": "in_network_review", "leave_network_review": "eligible",
    "advance_to_panel": "panel_candidate", "fail_network": "network_failed", "enter_panel": "in_panel_review",
    "propose": "proposed", "fail_panel": "panel_failed", "publicise": "in_publicity", "select": "selected",
    "hold": "objection_hold", "clear": "in_publicity", "uphold": "cancelled",
}  # fmt: skip
# How the later states are come by: (state before, step, login).
LATER = {
    "in_network_review": ("eligible", "enter_network_review", "secretary"),
    "network_failed": ("in_network_review", "fail_network", "secretary"),
    "panel_candidate": ("in_network_review", "advance_to_panel", "secretary"),
    "in_panel_review": ("panel_candidate", "enter_panel", "secretary"),
    "panel_failed": ("in_panel_review", "fail_panel", "supervisor"),
    "proposed": ("in_panel_review", "propose", "supervisor"),
    "in_publicity": ("proposed", "publicise", "secretary"),
    "objection_hold": ("in_publicity", "hold", "officer"),
    "cancelled": ("objection_hold", "uphold", "supervisor"),
    "selected": ("in_publicity", "select", "secretary"),
}


class Maker:
    """A record in each state, brought there by the commands of people; every guard of what may follow is met."""

    def __init__(self, world):
        self.world, self.at = world, world.at

    def __call__(self, state: str) -> Application:
        if state in LATER:
            before, step, login = LATER[state]
            record = self(before)
            with self.world.acting(login) as actor:
                return take(step, record, actor=actor, at=AT)
        return getattr(self, state)()

    def draft(self) -> Application:
        return story.signed_application(self.world, self.world.hosts[0])

    def submitted(self) -> Application:
        """Every item of the check-list answered."""
        application = story.submitted_application(self.world, self.world.hosts[0])
        with self.world.acting("haidian") as officer:
            answers = {item.key: ("yes", "") for item in application.screening_items()}
            return unit_verbs.screen(application, answers, actor=officer, at=self.at)

    def returned_by_recommender(self) -> Application:
        return self.mended(story.returned_application(self.world, self.world.hosts[0]))

    def mended(self, application: Application) -> Application:
        """Every note answered, signed again."""
        with self.world.acting("host1") as clerk:
            for note in application.notes.filter(settled_at=None):
                host_verbs.answer_note(application, note.pk, changed_it=True, actor=clerk, at=AT)
        return story.sign(self.world, application, AT)

    def qualified(self) -> Application:
        return story.screened_application(self.world, self.world.hosts[0])

    def recommended(self) -> Application:
        application = self.qualified()
        with self.world.acting("haidian") as officer:
            return unit_verbs.nominate(application, actor=officer, at=AT)

    def not_recommended(self) -> Application:
        application = self.qualified()
        with self.world.acting("haidian") as officer:
            return unit_verbs.decline(application, reason="与本区重点方向不符", actor=officer, at=AT)

    def forwarded(self) -> Application:
        """Its list is accepted, so that it may be received."""
        application = self.qualified()
        story.reported_list(self.world, self.world.recommenders["110108"], self.at + timedelta(days=1))
        city.accepted_list(self.world, self.world.recommenders["110108"], self.at + timedelta(days=2))
        return story.fresh(application)

    def in_cast_review(self) -> Application:
        application = self.forwarded()
        (received,) = city.received(self.world, self.world.recommenders["110108"], self.at + timedelta(days=2))
        assert received.pk == application.pk
        with self.world.acting("officer") as officer:
            answers = {item.key: city.Answer("yes", "已核对") for item in received.cast_items()}
            return city.cast_review.review(received, answers=answers, actor=officer, at=self.at + timedelta(days=3))

    def returned_by_cast(self) -> Application:
        """Without a due date, which would rule out either 补正提交 or 收回补正."""
        application = self.mended(city.corrected_away(self.world, self.in_cast_review(), AT))
        with everything(because=Because.SEED):
            Application.objects.filter(pk=application.pk).update(correction_due_at=None)
        return story.fresh(application)

    def eligible(self) -> Application:
        return city.eligible_application(self.world, self.in_cast_review(), self.at + timedelta(days=3))

    def rejected(self) -> Application:
        return self.by_two("reject", self.in_cast_review(), article="第八条（一）1")

    def disqualified(self) -> Application:
        return self.by_two("disqualify", self.draft())

    def by_two(self, step: str, application: Application, **values) -> Application:
        with self.world.acting("officer") as officer:
            proposal = prepare(step, application, actor=officer, at=AT, reason="材料失实", **values)
        with self.world.acting("supervisor") as supervisor:
            return approve(proposal, actor=supervisor, at=AT)

    def withdrawn(self) -> Application:
        with self.world.acting("host1-boss") as approver:
            return host_verbs.withdraw(self.draft(), reason="人员调整", actor=approver, at=AT)


LOGINS = {
    "applicant": "applicant1", "host_clerk": "host1", "host_approver": "host1-boss", "recommender_officer": "haidian",
    "recommender_approver": "haidian-boss", "cast_officer": "officer", "cast_secretary": "secretary",
    "cast_finance": "finance", "cast_supervisor": "supervisor", "auditor": "auditor", "sysadmin": "sysadmin",
}  # fmt: skip


def codes(who: str) -> list[str]:
    return [promise.code for promise in promises_of(who)]


VALUES = {
    "sign_declaration": {"promises": codes("applicant")},
    "submit": {"promises": codes("host_approver")},
    "resubmit": {"promises": codes("host_approver")},
    "return_for_revision": {"notes": {"projects": "请补充验收证明"}},
    "return_for_correction": {"notes": {"projects": "请补充验收证明"}, "due_at": AT + timedelta(days=7)},
    "review": lambda record: {"answers": {item.key: city.Answer("yes", "已核对") for item in record.cast_items()}},
    "reject": {"article": "第八条（一）1"},
    "extend": {"until": AT + timedelta(days=30)},
}


def the_actor(world, expert):
    def actor(role: str, record):
        special = {Role.SYSTEM: SYSTEM, Role.PUBLIC: PUBLIC, Role.EXPERT: expert}
        return special.get(role) or world[LOGINS[role]]

    return actor


@pytest.mark.slow
@pytest.mark.parametrize("state", [*Application.State.values])
def test_every_step_by_every_role(world, state):
    """One state at a time: what the table allows is taken, everything else is refused or denied."""
    grid = Grid(Application, TABLE, Maker(world), the_actor(world, member(Role.EXPERT, None)), VALUES, TARGETS, at=AT)
    assert [*grid.unknown(), *grid.of_state(state)] == []


def test_the_machine_has_no_state_that_the_table_does_not_reach():
    reached = {"draft", *TARGETS.values()}
    assert reached == set(Application.State.values)


def test_every_made_record_has_its_events_in_order(world):
    """From draft to selection: the states that the events tell are those the record went through."""
    record = Maker(world)("selected")
    with everything(because=Because.CHECK_INVARIANTS):
        told = Event.objects.filter(record_table=record._meta.db_table, record_pk=str(record.pk))
        states = [state for state in told.order_by("sequence").values_list("to_state", flat=True)]
    assert list(dict.fromkeys(states)) == [
        "draft", "submitted", "qualified", "recommended", "forwarded", "in_cast_review", "eligible",
        "in_network_review", "panel_candidate", "in_panel_review", "proposed", "in_publicity", "selected",
    ]  # fmt: skip
