"""Documents are made from events: once each, in versions, and printed afterwards."""

import hashlib
import json

import pytest

from portal.documents import printing
from portal.documents.kinds import Kind, UnknownKind, declare, kind_named
from portal.documents.make import current, documents_of, make, void
from portal.documents.models import Document
from portal.documents.pdf import FontMissing, PdfFailed
from portal.documents.printing import MOST_ATTEMPTS, print_now, print_waiting
from portal.documents.shapes import BadFacts, Letter, digest_of
from portal.events.deliver import deliver_all
from portal.events.models import Event
from portal.files.models import StoredFile
from portal.tenancy.reach import Because, OutOfReach, everything
from portal.workflow.take import take
from tests.kernel.rows import new_errand, sent
from tests.people import AT, acting

FACTS = {"title": "回执", "paragraphs": ["收到。"], "issuer": "海淀区科协", "date": "2026年10月15日"}


@pytest.fixture
def errand(people, receipt):
    """An errand that was sent; its receipt is made."""
    made = sent(new_errand(people.host_clerk, people.recommender, person=people.applicant), people.host_approver)
    deliver_all()
    return made


@pytest.fixture
def reach(db):
    with everything(because=Because.CHECK_INVARIANTS):
        yield


def event_of(errand, kind="errand.send") -> Event:
    return Event.objects.filter(kind=kind, record_pk=str(errand.pk)).order_by("sequence").last()


def test_event_makes_its_document_once(errand, people, reach):
    document = Document.objects.get()
    assert (document.kind, document.number, document.version) == ("errand.receipt", errand.ref, 1)
    assert (document.status, document.organisation_id) == ("current", people.host.pk)
    assert (document.created_at, document.application_id) == (AT, errand.pk)
    assert document.event_sequence == event_of(errand).sequence
    assert document.facts["paragraphs"][1] == "报送给海淀区科协。"
    canonical = json.dumps(document.facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert document.digest == hashlib.sha256(canonical.encode()).hexdigest()
    again = make("errand.receipt", facts=FACTS, keeper=people.host.pk, ref=errand.ref, event=event_of(errand), at=AT)
    assert (again, Document.objects.count()) == (document, 1)


def test_code_is_eight_hex_digits_that_follow_from_the_facts(errand, reach):
    document = Document.objects.get()
    left, dash, right = document.code.partition("-")
    assert (len(left), dash, len(right)) == (4, "-", 4)
    assert int(left + right, 16) >= 0
    assert document.code == document.code.upper()


def resend(errand, people):
    """The errand goes back and is sent again: a second event of the same kind."""
    with acting(people.recommender_officer) as officer:
        take("give_back", errand, actor=officer, at=AT, reason="请补充")
    return sent(errand, people.host_approver)


def test_changed_facts_make_a_new_version_and_supersede_the_old(errand, people, reach):
    first = Document.objects.get()
    again = resend(errand, people)
    with everything(because=Because.OUTBOX):
        second = make(
            "errand.receipt", facts=FACTS, keeper=people.host.pk, ref=errand.ref, event=event_of(again), at=AT
        )
    first.refresh_from_db()
    assert (first.status, second.status, second.version) == ("superseded", "current", 2)
    assert first.code != second.code
    assert [each.version for each in documents_of(errand)] == [2, 1]
    assert current("errand.receipt", errand) == second


def test_same_facts_again_are_the_same_document(errand, people, reach):
    resend(errand, people)
    deliver_all()
    assert Document.objects.count() == 1


def test_facts_that_come_back_get_a_code_of_their_own(errand, people, reach):
    first = Document.objects.get()
    codes = {first.code}
    for facts in (FACTS, first.facts):
        again = resend(errand, people)
        made = make("errand.receipt", facts=facts, keeper=people.host.pk, ref=errand.ref, event=event_of(again), at=AT)
        codes.add(made.code)
    assert (len(codes), made.version, made.digest) == (3, 3, first.digest)


def test_voided_document_is_in_force_no_longer(errand, reach):
    assert void("errand.receipt", event=event_of(errand)) == 1
    assert Document.objects.get().status == "void"
    assert current("errand.receipt", errand) is None
    assert void("errand.receipt", event=event_of(errand)) == 0


def test_incomplete_facts_make_nothing_and_stay_in_the_outbox(errand, people, reach):
    with pytest.raises(BadFacts, match="issuer"):
        make("errand.receipt", facts={"title": "x"}, keeper=people.host.pk, ref="E", event=event_of(errand), at=AT)
    assert Document.objects.count() == 1


def test_facts_must_be_json():
    with pytest.raises(TypeError):
        digest_of({"date": AT})


def test_document_is_kept_within_the_reach(errand, people):
    with everything(because=Because.CHECK_INVARIANTS):
        event = event_of(resend(errand, people))
    with acting(people.host_clerk), pytest.raises(OutOfReach):
        make("errand.receipt", facts=FACTS, keeper=people.stranger.pk, ref="E", event=event, at=AT)


def test_kind_is_declared_once_and_unknown_ones_are_refused(receipt):
    with pytest.raises(ValueError, match="twice"):
        declare(Kind("errand.receipt", "回执", "x.html", "errand.view", Letter, receipt))
    with pytest.raises(UnknownKind):
        kind_named("errand.nothing")


def test_printing_stores_the_pdf_with_its_keeper_and_axes(errand, people, reach):
    assert print_waiting() == 1
    document = Document.objects.select_related("file").get()
    assert document.file.read().startswith(b"%PDF-")
    assert (document.file.name, document.file.pages) == (f"回执 {errand.ref}.pdf", 1)
    assert (document.file.organisation_id, document.file.application_id) == (people.host.pk, errand.pk)
    assert (document.file.purpose, document.file.content_type) == ("document", "application/pdf")


def test_document_is_printed_once(errand, reach):
    document = Document.objects.get()
    assert print_now(str(document.pk)) is True
    assert print_now(str(document.pk)) is False
    assert print_waiting() == 0
    assert StoredFile.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_document_is_printed_right_after_the_commit(people, receipt, settings):
    settings.PRINT_AT_ONCE = True
    sent(new_errand(people.host_clerk, people.recommender), people.host_approver)
    with everything(because=Because.CHECK_INVARIANTS):
        assert Document.objects.get().file is not None


def test_fault_of_the_document_is_tried_again_a_few_times_only(errand, reach, monkeypatch):
    def fail(html):
        raise PdfFailed("这份文件没能生成 PDF。")

    monkeypatch.setattr(printing, "pdf_of", fail)
    assert [print_waiting() for _ in range(MOST_ATTEMPTS + 2)] == [0] * (MOST_ATTEMPTS + 2)
    document = Document.objects.get()
    assert (document.attempts, document.error, document.file) == (MOST_ATTEMPTS, "这份文件没能生成 PDF。", None)


def test_fault_of_the_machine_does_not_use_up_the_tries(errand, reach, monkeypatch):
    def lack(html):
        raise FontMissing("服务器缺少中文字体。")

    with monkeypatch.context() as patch:
        patch.setattr(printing, "pdf_of", lack)
        print_waiting()
    document = Document.objects.get()
    assert (document.attempts, document.error) == (0, "服务器缺少中文字体。")
    assert print_waiting() == 1
    assert Document.objects.get().error == ""
