"""推荐名单: its machine by a table, order and places, what it needs to be sent, what sending does (Art. 11–14)."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from applications.commands import cast_review as city_verbs
from applications.commands import recommendation as unit_verbs
from applications.models import Application, ListEntry, Opinion, RecommendationList
from applications.models.dossier import digest_of
from fixtures.scenarios import city
from fixtures.scenarios import nominations as story
from fixtures.scenarios.papers import scan
from fixtures.scenarios.world import World
from portal.access.decide import Denied
from portal.events.deliver import deliver_all
from portal.events.models import Event
from portal.files.models import StoredFile
from portal.people.actor import PUBLIC, SYSTEM
from portal.people.models import Affiliation, User
from portal.people.roles import Role
from portal.regulation.rules import Refused
from portal.tenancy.reach import Because, everything, reach_of, reaching
from portal.workflow.take import StaleVersion, approve
from tests.contracts.steps import Grid
from tests.people import AT, member

OFFICER, APPROVER = {"recommender_officer"}, {"recommender_approver"}
CITY, SUPERVISOR = {"cast_officer"}, {"cast_supervisor"}
TABLE = {
    "request_approval": dict.fromkeys(("drafting", "returned"), OFFICER),
    "send_back": {"pending_approval": APPROVER},
    "submit": {"pending_approval": APPROVER},
    "withdraw": {"submitted": APPROVER},
    "return_to_unit": {"submitted": CITY},
    "extend": dict.fromkeys(("drafting", "pending_approval", "returned"), SUPERVISOR),
    "accept": {"submitted": CITY},
}
TARGETS = {
    "request_approval": "pending_approval", "send_back": "drafting", "submit": "submitted", "withdraw": "drafting",
    "return_to_unit": "returned", "accept": "accepted",
}  # fmt: skip
LOGINS = {
    "applicant": "applicant1", "host_clerk": "host1", "host_approver": "host1-boss", "recommender_officer": "haidian",
    "recommender_approver": "haidian-boss", "cast_officer": "officer", "cast_secretary": "secretary",
    "cast_finance": "finance", "cast_supervisor": "supervisor", "auditor": "auditor", "sysadmin": "sysadmin",
}  # fmt: skip


# --- the machine -----------------------------------------------------------------------------------------------------


class Maker:
    """A list of 海淀 with one nominee, in each state, by the commands of people."""

    def __init__(self, world: World):
        self.world, self.unit = world, world.recommenders["110108"]
        story.screened_application(world, world.hosts[0])

    def __call__(self, state: str) -> RecommendationList:
        return getattr(self, state)()

    def drafting(self) -> RecommendationList:
        return story.ranked_list(self.world, self.unit)

    def pending_approval(self) -> RecommendationList:
        return story.requested_list(self.world, self.unit)

    def submitted(self) -> RecommendationList:
        return story.reported_list(self.world, self.unit)

    def accepted(self) -> RecommendationList:
        self.submitted()
        return city.accepted_list(self.world, self.unit)

    def returned(self) -> RecommendationList:
        with self.world.acting("officer") as officer:
            return city_verbs.return_list(self.submitted(), reason="请更正", actor=officer, at=self.world.at)


@pytest.mark.parametrize("state", RecommendationList.State.values)
def test_every_step_by_every_role(world, state):
    """What the table allows is taken, everything else is refused or denied."""
    expert = member(Role.EXPERT, None)

    def actor(role: str, record):
        special = {Role.SYSTEM: SYSTEM, Role.PUBLIC: PUBLIC, Role.EXPERT: expert}
        return special.get(role) or world[LOGINS[role]]

    values = {"extend": {"until": AT + timedelta(days=60)}}
    grid = Grid(RecommendationList, TABLE, Maker(world), actor, values, TARGETS, at=AT)
    assert [*grid.unknown(), *grid.of_state(state)] == []


# --- order and places ------------------------------------------------------------------------------------------------


@pytest.fixture
def hosts(world) -> list:
    """Four units, all of 海淀, which has two places."""
    with everything(because=Because.SEED):
        Affiliation.objects.filter(host__in=world.hosts).update(recommender=world.recommenders["110108"])
    return world.hosts


@pytest.fixture
def qualified(world, hosts) -> list[Application]:
    """Four qualified, in the order in which they became so."""
    return [story.screened_application(world, host) for host in hosts]


def the_list() -> RecommendationList:
    with everything(because=Because.SEED):
        return RecommendationList.objects.get()


def ranks() -> dict[int, tuple[str, str]]:
    """{rank: (application's number, its state)}"""
    with everything(because=Because.SEED):
        rows = ListEntry.objects.order_by("rank").values_list("rank", "application__number", "application__state")
        return {rank: (number, state) for rank, number, state in rows}


def places(*applications: Application, held: int) -> dict[int, tuple[str, str]]:
    """The order expected: the first `held` of them recommended, the others reserves."""
    return {
        rank: (each.number, "recommended" if rank <= held else "qualified") for rank, each in enumerate(applications, 1)
    }


def by(world: World, login: str, verb, record, **values):
    with world.acting(login) as actor:
        return verb(record, actor=actor, at=world.at + timedelta(days=1), **values)


def ordered(world: World, applications, login: str = "haidian", **values) -> RecommendationList:
    return by(world, login, unit_verbs.rank, the_list(), order=[each.number for each in applications], **values)


def refusal(act, *args, **kwargs) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return [(finding.message, str(finding.article)) for finding in refused.value.findings]


def test_who_qualifies_joins_at_the_end_without_a_place(qualified):
    assert ranks() == places(*qualified, held=0)


def test_an_order_and_a_line_are_saved_as_one_with_one_event(world, qualified):
    a, b, c, d = qualified
    saved = ordered(world, [c, a, d, b], line=2)
    assert ranks() == places(c, a, d, b, held=2)
    with everything(because=Because.SEED):
        (event,) = Event.objects.filter(kind="list.rank")
        moved = set(Event.objects.filter(kind="application.nominate").values_list("record_ref", "operation"))
    assert event.facts == {"order": [each.number for each in (c, a, d, b)], "line": 2}
    assert moved == {(c.number, event.operation), (a.number, event.operation)}
    ordered(world, [a, b, c, d], line=2, version=saved.version)
    assert ranks() == places(a, b, c, d, held=2)


def test_without_a_line_as_many_hold_places_as_before(world, qualified):
    a, b, c, d = qualified
    ordered(world, qualified, line=1)
    ordered(world, [d, c, b, a])
    assert ranks() == places(d, c, b, a, held=1)


def test_a_nominee_stands_behind_those_who_hold_a_place_and_one_moved_out_leads_the_reserves(world, qualified):
    a, b, c, d = qualified
    by(world, "haidian", unit_verbs.nominate, d)
    by(world, "haidian", unit_verbs.nominate, b)
    assert ranks() == places(d, b, a, c, held=2)
    by(world, "haidian", unit_verbs.unnominate, d)
    assert ranks() == places(b, d, a, c, held=1)


def test_the_last_place_is_given_and_one_more_is_refused(world, qualified):
    a, b, c, d = qualified
    by(world, "haidian", unit_verbs.nominate, a)
    by(world, "haidian", unit_verbs.nominate, b)
    full = [("推荐名额已满（2/2）", "第十一条")]
    assert refusal(by, world, "haidian", unit_verbs.nominate, c) == full
    assert refusal(ordered, world, [d, c, b, a], line=3) == full
    assert ranks() == places(a, b, c, d, held=2)
    by(world, "haidian", unit_verbs.unnominate, a)
    assert by(world, "haidian", unit_verbs.nominate, c).state == "recommended"


def test_who_is_declined_leaves_the_order_and_frees_the_place(world, qualified):
    a, b, c, d = qualified
    ordered(world, qualified, line=2)
    assert refusal(by, world, "haidian", unit_verbs.decline, a, reason=" ") == [("请填写理由", "第十三条（四）")]
    by(world, "haidian", unit_verbs.decline, a, reason="与本区重点方向不符")
    assert ranks() == places(b, c, d, held=1)
    assert by(world, "haidian", unit_verbs.nominate, c).state == "recommended"


@pytest.mark.parametrize("wrong", ["one missing", "one twice", "a stranger"])
def test_an_order_of_other_people_is_refused(world, qualified, wrong):
    order = {"one missing": qualified[:3], "one twice": [*qualified[:3], qualified[0]], "a stranger": qualified[:3]}
    numbers = [each.number for each in order[wrong]] + (["ZY2026-9999"] if wrong == "a stranger" else [])
    assert refusal(by, world, "haidian", unit_verbs.rank, the_list(), order=numbers) == [
        ("名单里的人员有变化，请刷新后再排", "第十三条（四）")
    ]
    assert ranks() == places(*qualified, held=0)


def test_an_old_page_does_not_order(world, qualified):
    seen = the_list().version
    ordered(world, qualified[::-1], version=seen)
    with pytest.raises(StaleVersion):
        ordered(world, qualified, version=seen)
    assert ranks() == places(*qualified[::-1], held=0)


@pytest.mark.parametrize("login", ["haidian-boss", "officer", "supervisor", "auditor", "host1"])
def test_only_the_units_officer_orders(world, qualified, login):
    with everything(because=Because.SEED), pytest.raises(Denied):
        unit_verbs.rank(the_list(), [], actor=world[login], at=world.at)


def test_the_order_is_fixed_while_the_list_is_with_the_approver(world, qualified):
    ordered(world, qualified, line=1)
    by(world, "haidian", unit_verbs.request_approval, the_list())
    fixed = [("推荐名单已提请审签或报送，不能再调整", "第十三条（五）")]
    assert refusal(ordered, world, qualified[::-1]) == fixed
    assert refusal(by, world, "haidian", unit_verbs.unnominate, qualified[0]) == fixed
    assert refusal(by, world, "haidian", unit_verbs.nominate, qualified[2]) == fixed
    assert refusal(by, world, "haidian", unit_verbs.decline, qualified[2], reason="不符") == fixed
    text = "情况属实，同意推荐。" * 10
    assert refusal(by, world, "haidian", unit_verbs.write_opinion, qualified[0], text=text) == [
        ("推荐名单已提请审签或报送", "第十三条（五）")
    ]
    by(world, "haidian-boss", unit_verbs.send_back, the_list(), reason="请调整排序")
    ordered(world, qualified[::-1])
    assert ranks() == places(*qualified[::-1], held=1)


# --- what it needs before it is sent ---------------------------------------------------------------------------------


def requested(world) -> RecommendationList:
    return by(world, "haidian", unit_verbs.request_approval, the_list())


def test_nobody_is_asked_to_sign_an_empty_list(world, qualified):
    assert refusal(requested, world) == [("还没有拟推荐的人选", "第十三条（四）")]


def test_everything_handed_in_is_screened_before_the_list_goes_on(world, hosts):
    story.screened_application(world, hosts[0])
    story.submitted_application(world, hosts[1])
    unit_list = story.ranked_list(world, world.recommenders["110108"])
    assert unit_list.state == "drafting"
    assert refusal(requested, world) == [("还有 1 份申报没有初筛", "第十三条（四）")]


def test_every_nominee_has_an_opinion_and_a_reserve_needs_none(world, qualified):
    _, b, c, _ = qualified
    ordered(world, qualified, line=2)
    with everything(because=Because.SEED):
        Opinion.objects.filter(application__in=[b, c]).delete()
    assert refusal(requested, world) == [(f"{b.applicant_name}：还没有填写推荐意见", "第十三条（四）")]
    write = {"text": "情况属实，同意推荐。" * 4}
    assert refusal(by, world, "haidian", unit_verbs.write_opinion, b, **write) == [
        ("推荐意见至少 50 字，现在 40 字，请补充 10 字", "第十三条（四）")
    ]
    by(world, "haidian", unit_verbs.write_opinion, b, text="情况属实，同意推荐。" * 5)
    assert requested(world).state == "pending_approval"


@pytest.mark.parametrize("branch", ["exceptional", "contribution"])
def test_the_unit_confirms_of_its_own_that_a_nominee_is_exceptional(world, hosts, monkeypatch, branch):
    """Art. 8(2)3 and 6: who is 特别优秀 or has made 突出贡献 is confirmed by the recommending unit."""
    monkeypatch.setattr(story, "BRANCHES", (branch,))
    nominee = story.screened_application(world, hosts[0])
    ordered(world, [nominee], line=1)
    text = "情况属实，同意推荐。" * 6
    by(world, "haidian", unit_verbs.write_opinion, nominee, text=text, exceptional_confirmed=False)
    assert refusal(requested, world) == [
        (f"{nominee.applicant_name}：走特别优秀或突出贡献通道，请在推荐意见中确认", "第十三条（四）")
    ]
    by(world, "haidian", unit_verbs.write_opinion, nominee, text=text, exceptional_confirmed=True)
    assert requested(world).state == "pending_approval"


# --- sending, and after ----------------------------------------------------------------------------------------------


def sent(world, **values) -> RecommendationList:
    return by(world, "haidian-boss", unit_verbs.submit_list, the_list(), **values)


@pytest.fixture
def pending(world, qualified) -> list[Application]:
    """Two of four above the line, the list before its approver; in the list's order."""
    ordered(world, qualified[::-1], line=2)
    requested(world)
    return qualified[::-1]


def test_preparing_and_sending_are_two_people_whatever_their_roles(world, pending):
    both = member(Role.RECOMMENDER_APPROVER, world.recommenders["110108"], who=User.objects.get(username="haidian"))
    with reaching(reach_of(both)):
        assert refusal(unit_verbs.submit_list, the_list(), actor=both, at=world.at) == [
            ("提请审签和报送不能是同一个人", "第十三条（四）")
        ]
    assert sent(world).state == "submitted"


def test_sending_forwards_those_above_the_line_in_one_operation_and_freezes_them(world, pending):
    first, second, third, fourth = pending
    with everything(because=Because.SEED):
        by(world, "haidian-boss", unit_verbs.send_back, the_list(), reason="一人不符")
        by(world, "haidian", unit_verbs.decline, fourth, reason="与本区重点方向不符")
        assert story.fresh(fourth).outcome_reason == ""  # told with the list, not before
        requested(world)
    row = sent(world)
    states = {each: story.fresh(each).state for each in pending}
    assert list(states.values()) == ["forwarded", "forwarded", "qualified", "not_recommended"]
    assert [(each["application"], each["version"]) for each in row.frozen["rows"]] == [
        (first.number, 1), (second.number, 1),
    ]  # fmt: skip
    assert (row.frozen["year"], row.frozen["recommender"]) == (2026, world.recommenders["110108"].name)
    assert row.digest == digest_of(row.frozen)
    assert story.fresh(fourth).outcome_reason == "与本区重点方向不符"
    assert story.fresh(third).outcome_reason == ""
    with everything(because=Because.SEED):
        (event,) = Event.objects.filter(kind="list.submit")
        forwarded = Event.objects.filter(kind="application.forward").values_list("record_ref", "operation")
        assert set(forwarded) == {(first.number, event.operation), (second.number, event.operation)}
    assert event.facts["count"] == 2


def test_a_sent_list_is_taken_back_until_it_is_accepted(world, pending):
    sent(world)
    take_back = {"reason": "排序有误"}
    assert refusal(by, world, "haidian-boss", unit_verbs.withdraw_list, the_list(), reason="") == [
        ("请填写理由", "第十三条（五）")
    ]
    assert by(world, "haidian-boss", unit_verbs.withdraw_list, the_list(), **take_back).state == "drafting"
    assert ranks() == places(*pending, held=2)
    requested(world)
    sent(world)
    city.accepted_list(world, world.recommenders["110108"], world.at + timedelta(days=2))
    assert refusal(by, world, "haidian-boss", unit_verbs.withdraw_list, the_list(), **take_back) == [
        ("现在的状态是“已接收”，不能撤回报送", "第十三条（五）")
    ]
    assert [story.fresh(each).state for each in pending] == ["forwarded"] * 2 + ["not_recommended"] * 2
    assert {story.fresh(each).outcome_reason for each in pending[2:]} == {"未进入推荐名额"}


@pytest.mark.parametrize(
    ("login", "verb", "article"),
    [
        ("haidian-boss", unit_verbs.send_back, "第十三条（四）"),
        ("supervisor", city_verbs.extend_list, "第十三条（五）"),
    ],
)
def test_what_needs_a_reason_is_refused_without_one(world, pending, login, verb, article):
    until = {"until": AT + timedelta(days=60)} if verb is city_verbs.extend_list else {}
    assert refusal(by, world, login, verb, the_list(), reason=" ", **until) == [("请填写理由", article)]


def test_an_extension_is_an_event_that_names_the_new_deadline(world, pending):
    until = AT.replace(month=11, day=3, hour=17, minute=0)
    row = by(world, "supervisor", city_verbs.extend_list, the_list(), until=until, reason="系统故障")
    with everything(because=Because.SEED):
        (event,) = Event.objects.filter(kind="list.extend")
    assert (row.state, row.closes_at(), event.facts) == (
        "pending_approval", until, {"until": "2026年11月3日 17:00"},
    )  # fmt: skip


# --- who has lost the year's right (Art. 14) -------------------------------------------------------------------------


def disqualified(world, application: Application) -> None:
    with world.acting("officer") as officer:
        proposal = city_verbs.prepare_disqualify(application, reason="材料失实", actor=officer, at=world.at)
    with world.acting("supervisor") as supervisor:
        approve(proposal, actor=supervisor, at=world.at)
    deliver_all()


def test_who_is_disqualified_leaves_a_list_that_is_with_its_unit(world, pending):
    first, second, third, fourth = pending
    disqualified(world, first)
    assert ranks() == places(second, third, fourth, held=1)
    assert sent(world).frozen["rows"][0]["application"] == second.number


@pytest.mark.parametrize("way_back", ["withdraw", "return"])
def test_who_is_disqualified_on_a_sent_list_is_off_it_when_it_comes_back(world, pending, way_back):
    first, second, third, fourth = pending
    sent(world)
    disqualified(world, first)
    if way_back == "withdraw":
        by(world, "haidian-boss", unit_verbs.withdraw_list, the_list(), reason="排序有误")
    else:
        by(world, "officer", city_verbs.return_list, the_list(), reason="请更正")
    assert ranks() == places(second, third, fourth, held=1)
    ordered(world, [third, second, fourth], line=2)
    requested(world)
    assert [each["application"] for each in sent(world).frozen["rows"]] == [third.number, second.number]


# --- the stamped scan ------------------------------------------------------------------------------------------------


def test_the_stamped_scan_belongs_to_the_list_in_force(world, qualified):
    def attach(code: str) -> RecommendationList:
        return by(world, "haidian", unit_verbs.attach_scan, the_list(), file=scan("推荐汇总表盖章件"), code=code)

    ordered(world, qualified, line=2)
    assert refusal(attach, "7F3A-91C2") == [("请先提请审签，生成推荐汇总表", "第十三条（五）")]
    requested(world)
    deliver_all()
    with everything(because=Because.SEED):
        first_code = the_list().printed_code()
    assert refusal(attach, "0000-0000") == [("盖章件的校验码与当前名单不一致，请重新打印", "第十三条（五）")]
    assert attach(f" {first_code.lower()} ").sealed_code == first_code
    by(world, "haidian-boss", unit_verbs.send_back, the_list(), reason="请调整排序")
    ordered(world, [qualified[1], qualified[0], *qualified[2:]])
    requested(world)
    deliver_all()
    assert refusal(sent, world) == [("盖章件的校验码与当前名单不一致，请重新打印、盖章、上传", "第十三条（五）")]
    with everything(because=Because.SEED):
        second_code = the_list().printed_code()
    assert second_code != first_code
    attach(second_code)
    sent(world)
    assert refusal(attach, second_code) == [("名单已报送，不能再更换盖章件", "第十三条（五）")]


def test_a_scan_that_is_no_scan_is_refused_and_nothing_is_kept(world, pending):
    deliver_all()
    with everything(because=Because.SEED):
        code = the_list().printed_code()
    file = SimpleUploadedFile("推荐汇总表.pdf", b"MZ\x90\x00", content_type="application/pdf")
    said = refusal(by, world, "haidian", unit_verbs.attach_scan, the_list(), file=file, code=code)
    assert len(said) == 1 and "不能上传" in said[0][0]
    with everything(because=Because.SEED):
        assert the_list().sealed_scan_id is None and not StoredFile.objects.filter(purpose="list.sealed_scan").exists()
