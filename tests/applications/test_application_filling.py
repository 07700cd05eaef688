"""Filling in: drafts, versions, conflicts, sealed numbers, locked pages, attachments (Art. 13(2), 14, 33)."""

from datetime import date, timedelta

import pytest
from django.db import connection

from applications.commands import application as host_verbs
from applications.commands import recommendation as unit_verbs
from applications.commands import sections
from applications.commands.sections import StaleSection
from applications.models import ApplicantIdentity, Application, Attachment, DraftRevision, Section
from fixtures.scenarios import names
from fixtures.scenarios import nominations as story
from fixtures.scenarios.papers import paper
from portal.access.decide import Denied
from portal.events.models import Event
from portal.files.models import StoredFile
from portal.reference import reference
from portal.regulation.rules import Refused
from portal.tenancy.reach import Because, everything

NUMBER = names.resident_id(date(1986, 3, 2), "male", 7)


@pytest.fixture
def draft(world) -> Application:
    return story.fresh(story.draft_application(world, world.hosts[0]))


def edit(world, application, key, values, login="host1", version=None, minutes=0) -> Section:
    with world.acting(login) as actor:
        return sections.edit(
            application, key, values, actor=actor, at=world.at + timedelta(minutes=minutes), version=version
        )


def page(application, key) -> Section:
    with everything(because=Because.SEED):
        return Section.objects.get(application=application, key=key)


def said(refused) -> list[str]:
    return [finding.message for finding in refused.value.findings]


# --- drafts ----------------------------------------------------------------------------------------------------------


def test_a_new_application_has_every_page_empty_and_one_event(world, draft):
    with everything(because=Because.SEED):
        pages = list(Section.objects.filter(application=draft).values_list("key", "values", "version"))
        kinds = list(Event.objects.filter(record_ref=draft.number).values_list("kind", flat=True))
    assert sorted(pages) == sorted((section.key, {}, 1) for section in draft.definition())
    assert kinds == ["application.create", "application.invite"]


def test_a_save_keeps_what_is_right_clean_and_what_is_wrong_as_typed(world, draft):
    edit(world, draft, "budget", {"from_cast": "３０．５", "from_host": "很多"})
    assert page(draft, "budget").values == {"from_cast": 30_500_000, "from_host": "很多"}


def test_each_save_counts_on_and_leaves_a_revision_but_no_event(world, draft):
    edit(world, draft, "achievements", {"summary": "一"})
    edit(world, draft, "achievements", {"summary": "二"})
    with everything(because=Because.SEED):
        revisions = DraftRevision.objects.filter(section__application=draft).order_by("version")
        assert [(each.version, each.values) for each in revisions] == [(2, {"summary": "一"}), (3, {"summary": "二"})]
        assert Event.objects.filter(record_ref=draft.number).count() == 2


def test_saving_what_is_there_already_changes_nothing(world, draft):
    first = edit(world, draft, "achievements", {"summary": "一"})
    before = story.fresh(draft).version
    again = edit(world, draft, "achievements", {"summary": "一"}, version=1)
    assert (again.version, first.version) == (2, 2)
    assert story.fresh(draft).version == before


def test_a_revision_cannot_be_changed(world, draft):
    edit(world, draft, "achievements", {"summary": "一"})
    with everything(because=Because.SEED), pytest.raises(Exception, match=r"append-only|permission denied"):
        DraftRevision.objects.update(values={})


def test_name_and_field_are_carried_to_the_application(world, draft):
    edit(world, draft, "basic", {"name": "李建国", "field": "2441-03"})
    fresh = story.fresh(draft)
    assert (fresh.applicant_name, fresh.field.name) == ("李建国", "集成电路")
    edit(world, draft, "basic", {"field": "2441-16"})
    assert story.fresh(draft).field is None  # not one of the year's


# --- two at once -----------------------------------------------------------------------------------------------------


def test_a_page_saved_meanwhile_raises_with_both_values(world, draft):
    edit(world, draft, "achievements", {"summary": "甲写的"}, login="applicant1", version=1)
    with pytest.raises(StaleSection) as stale:
        edit(world, draft, "achievements", {"summary": "乙写的"}, version=1)
    assert stale.value.mine == {"summary": "乙写的"}
    assert (stale.value.section.version, stale.value.section.values) == (2, {"summary": "甲写的"})
    assert page(draft, "achievements").values == {"summary": "甲写的"}


def test_another_page_is_no_conflict(world, draft):
    edit(world, draft, "achievements", {"summary": "甲写的"}, login="applicant1", version=1)
    edit(world, draft, "budget", {"from_cast": "30"}, version=1)
    assert page(draft, "budget").values == {"from_cast": 30_000_000}


# --- who fills in what -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("login", "key", "values", "message"),
    [
        ("applicant1", "unit", {"headcount": "10"}, "职工总数由单位经办人填写"),
        ("applicant1", "basic", {"is_core": "是"}, "是否为本单位重点培养对象由单位经办人填写"),
    ],
)
def test_the_applicant_does_not_fill_in_the_units_part(world, draft, login, key, values, message):
    with pytest.raises(Refused) as refused:
        edit(world, draft, key, values, login=login)
    assert said(refused) == [message]
    assert str(refused.value.findings[0].article) == "第十三条（二）"


@pytest.mark.parametrize("login", ["host1-boss", "haidian", "officer"])
def test_others_do_not_fill_in(world, draft, login):
    with pytest.raises(Denied):
        edit(world, draft, "achievements", {"summary": "一"}, login=login)


def test_another_applicant_of_the_unit_does_not_fill_in(world, draft):
    with world.acting("host1") as clerk:
        host_verbs.invite(draft, name="新来的", actor=clerk, at=world.at)
    with pytest.raises(Denied):
        edit(world, draft, "achievements", {"summary": "一"}, login="applicant1")


# --- sealed numbers --------------------------------------------------------------------------------------------------


def test_identity_number_and_mobile_stand_sealed_and_nowhere_else(world, draft):
    edit(world, draft, "basic", {"id_type": "resident_id", "id_number": NUMBER, "mobile": "13900001234"})
    with connection.cursor() as cursor:
        for table in ("applications_section", "applications_draftrevision", "applications_application", "events_event"):
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{NUMBER}%"])
            assert cursor.fetchone() == (0,), table
    with everything(because=Because.SEED):
        identity = ApplicantIdentity.objects.get(application=draft)
        assert (identity.id_number.plain(), identity.mobile.plain()) == (NUMBER, "13900001234")
        assert (str(identity.id_number), str(identity.mobile)) == (f"{NUMBER[:6]}********{NUMBER[-4:]}", "139****1234")
        assert identity.claims is True


def test_a_mask_that_comes_back_changes_nothing(world, draft):
    edit(world, draft, "basic", {"id_type": "resident_id", "id_number": NUMBER})
    saved = edit(world, draft, "basic", {"id_number": f"{NUMBER[:6]}********{NUMBER[-4:]}", "name": "李建国"})
    with everything(because=Because.SEED):
        assert ApplicantIdentity.objects.get(application=draft).id_number.plain() == NUMBER
    assert saved.version == 3


def test_half_a_number_holds_nobody(world, draft):
    edit(world, draft, "basic", {"id_type": "resident_id", "id_number": NUMBER[:10]})
    with everything(because=Because.SEED):
        assert ApplicantIdentity.objects.get(application=draft).claims is False


def test_the_database_itself_hides_identities_from_another_unit(world, draft):
    edit(world, draft, "basic", {"id_type": "resident_id", "id_number": NUMBER})
    with world.acting("host2"), connection.cursor() as cursor:
        ApplicantIdentity.objects.count()  # the reach is set on the connection with the first query
        cursor.execute("SELECT count(*) FROM applications_applicantidentity")
        assert cursor.fetchone() == (0,)


# --- signature and locked pages --------------------------------------------------------------------------------------


def test_any_edit_voids_the_signature_and_says_so(world):
    signed = story.signed_application(world, world.hosts[0])
    edit(world, signed, "achievements", {"finished": "later"}, minutes=90)
    with everything(because=Because.SEED):
        assert story.fresh(signed).declared_at is None
        last = Event.objects.filter(record_ref=signed.number).order_by("-sequence").first()
        assert last.kind == "application.declaration_lapsed"


def test_nothing_is_edited_after_submission(world):
    submitted = story.submitted_application(world, world.hosts[0])
    with pytest.raises(Refused) as refused:
        edit(world, submitted, "achievements", {"summary": "晚了"})
    assert said(refused) == ["现在的状态是“已提交”，不能填写申报书"]


def test_only_the_named_pages_open_when_the_file_returns(world):
    returned = story.returned_application(world, world.hosts[0])
    edit(world, returned, "budget", {"from_other": "1"})
    with pytest.raises(Refused) as refused:
        edit(world, returned, "unit", {"headcount": "77"})
    assert said(refused) == ["这一部分已锁定。退回后只能修改退回的部分"]
    with everything(because=Because.SEED):
        answered = dict(returned.notes.values_list("section", "answered_at"))
    assert answered["budget"] is not None
    assert answered["projects"] is None


def test_unknown_page_is_locked_too(world, draft):
    with pytest.raises(Refused) as refused:
        edit(world, draft, "no_such_page", {"a": "b"})
    assert said(refused) == ["这一部分已锁定。退回后只能修改退回的部分"]


# --- rows ------------------------------------------------------------------------------------------------------------


def test_rows_get_an_id_that_stays(world, draft):
    rows = [{"name": "甲", "duty": "试验"}, {"name": "乙", "duty": "设计"}]
    edit(world, draft, "plan", {"team": rows})
    first = page(draft, "plan").values["team"]
    assert len({row["id"] for row in first}) == 2
    edit(world, draft, "plan", {"team": [first[1], {"name": "丙", "duty": "工艺"}]})
    second = page(draft, "plan").values["team"]
    assert [row["name"] for row in second] == ["乙", "丙"]
    assert second[0]["id"] == first[1]["id"]


# --- attachments -----------------------------------------------------------------------------------------------------


def attach(world, application, code, login="host1", unclassified=True, file=None) -> Attachment:
    with world.acting(login) as actor:
        return sections.attach(
            application, code, file or paper(code), unclassified=unclassified, actor=actor, at=world.at
        )


def test_a_single_file_is_replaced_and_many_stand_side_by_side(world, draft):
    attach(world, draft, "photo")
    attach(world, draft, "photo")
    attach(world, draft, "id_card")
    attach(world, draft, "id_card")
    with everything(because=Because.SEED):
        keys = sorted(Attachment.objects.filter(application=draft).values_list("key", flat=True))
        assert keys == ["id_card", "id_card", "photo"]
        assert StoredFile.objects.count() == 4  # a replaced file is taken off, not destroyed


@pytest.mark.parametrize(
    ("code", "login", "unclassified", "message"),
    [
        ("photo", "host1", False, "请先确认材料不含涉密内容"),
        ("business_licence", "applicant1", True, "营业执照由单位经办人上传"),
        ("recommendation_opinion", "host1", True, "申报材料清单里没有这一项"),
    ],
)
def test_a_file_is_refused_and_nothing_kept(world, draft, code, login, unclassified, message):
    with pytest.raises(Refused) as refused:
        attach(world, draft, code, login=login, unclassified=unclassified, file=paper("photo"))
    assert said(refused) == [message]
    with everything(because=Because.SEED):
        assert StoredFile.objects.count() == 0


def test_a_file_of_the_wrong_kind_or_size_is_refused(world, draft):
    with pytest.raises(Refused) as refused:
        attach(world, draft, "photo", file=paper("id_card"))
    assert "不能上传" in said(refused)[0]
    big = paper("photo")
    big.size = 3 * 1024**2
    with pytest.raises(Refused) as refused:
        attach(world, draft, "photo", file=big)
    assert said(refused) == ["文件 3.0 MB，超过 1 MB。请压缩后再传"]


def test_twenty_files_of_a_kind_are_enough(world, draft):
    one = attach(world, draft, "id_card")
    with everything(because=Because.SEED):
        for _ in range(19):
            Attachment.objects.create(
                organisation_id=draft.organisation_id,
                application=draft,
                key="id_card",
                file=one.file,
                added_at=world.at,
            )
    with pytest.raises(Refused) as refused:
        attach(world, draft, "id_card")
    assert said(refused) == ["居民身份证最多 20 个文件"]


def test_a_file_taken_off_stays_with_the_submitted_version(world):
    returned = story.submitted_application(world, world.hosts[0])
    with world.acting("haidian") as officer:
        notes = {"projects": "请换验收证明"}
        returned = unit_verbs.return_for_revision(returned, notes=notes, actor=officer, at=world.at)
    with world.acting("host1") as clerk:
        proof = returned.attachments.get(key="project_proof")
        sections.detach(returned, proof.pk, actor=clerk, at=world.at)
        assert "project_proof" not in returned.attached()
        kept = [each["file"] for each in returned.latest().content["attachments"]]
        assert str(proof.file_id) in kept


def test_every_kind_of_paper_of_the_stories_is_accepted(world, draft):
    for code in (section_code for section in draft.definition() for section_code in section.attachments):
        attach(world, draft, code)
    assert len(reference("attachments")) == 20


# --- inviting and choosing -------------------------------------------------------------------------------------------


def test_a_new_applicant_gets_an_account_and_a_link_that_works_once(world, draft, client):
    with world.acting("host1") as clerk:
        invited = host_verbs.invite(draft, name="赵立", mobile="13900000001", actor=clerk, at=world.at)
    assert invited.user.username == draft.number.lower()
    assert invited.user.has_usable_password() is False
    answer = client.get(invited.link, follow=True)
    assert answer.status_code == 200
    form = {"password1": "Zhuoyue-2026-abc", "password2": "Zhuoyue-2026-abc"}
    client.post(answer.request["PATH_INFO"], form)
    invited.user.refresh_from_db()
    assert invited.user.check_password("Zhuoyue-2026-abc")
    other = client_class(client)()
    again = other.get(invited.link, follow=True)
    assert b'name="password1"' not in again.content


def client_class(client):
    return type(client)


def test_a_second_new_applicant_gets_another_login(world, draft):
    with world.acting("host1") as clerk:
        host_verbs.invite(draft, name="赵立", actor=clerk, at=world.at)
        second = host_verbs.invite(draft, name="钱明", actor=clerk, at=world.at)
    assert second.user.username == f"{draft.number.lower()}-2"


def test_another_applicant_voids_the_signature(world):
    signed = story.signed_application(world, world.hosts[0])
    with world.acting("host1") as clerk:
        host_verbs.invite(signed, name="钱明", actor=clerk, at=world.at)
    assert story.fresh(signed).declared_at is None


def test_the_recommending_unit_is_one_the_unit_stands_under(world, draft):
    with world.acting("host1") as clerk, pytest.raises(Refused) as refused:
        host_verbs.choose_recommender(draft, recommender=world.recommenders["110105"], actor=clerk, at=world.at)
    assert said(refused) == ["本单位不归这个推荐单位推荐"]
    assert str(refused.value.findings[0].article) == "第十一条"
