"""Reading a document under the action of its record, and verifying one without signing in."""

import io

import pypdfium2
import pytest
from django.core.cache import cache
from PIL import Image

from portal.documents.models import Document
from portal.documents.printing import print_waiting
from portal.documents.render import qr_of, verify_url
from portal.documents.views import VERIFICATIONS_A_MINUTE, code_from
from portal.events.deliver import deliver_all
from portal.tenancy.reach import Because, everything
from tests.kernel.rows import new_errand, sent
from tests.people import signed_in


@pytest.fixture(autouse=True)
def no_counts_left():
    cache.clear()


@pytest.fixture
def document(people, receipt) -> Document:
    sent(new_errand(people.host_clerk, people.recommender, person=people.applicant), people.host_approver)
    deliver_all()
    with everything(because=Because.CHECK_INVARIANTS):
        return Document.objects.get()


@pytest.fixture
def printed(document) -> Document:
    assert print_waiting() == 1
    return document


def get(actor, document, suffix=""):
    return signed_in(actor).get(f"/documents/{document.pk}/{suffix}")


@pytest.mark.parametrize("name", ["host_clerk", "applicant", "recommender_officer", "cast_officer"])
def test_whoever_may_view_the_record_gets_the_pdf(people, printed, name):
    response = get(getattr(people, name), printed)
    content = b"".join(response.streaming_content)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert printed.code in pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range()


@pytest.mark.parametrize("name", ["stranger_clerk", "neighbour_clerk", "other_recommender_officer", "cast_finance"])
@pytest.mark.parametrize("suffix", ["", "print/", "p/1.webp"])
def test_for_everybody_else_it_does_not_exist(people, printed, name, suffix):
    client = signed_in(getattr(people, name))
    refused = client.get(f"/documents/{printed.pk}/{suffix}")
    absent = client.get(f"/documents/00000000-0000-0000-0000-000000000000/{suffix}")
    assert (refused.status_code, refused.content) == (404, absent.content)


def test_its_file_cannot_be_had_at_the_files_address(people, printed):
    with everything(because=Because.CHECK_INVARIANTS):
        file = Document.objects.select_related("file").get().file
    assert signed_in(people.host_clerk).get(f"/files/{file.pk}/").status_code == 404


def test_unprinted_document_says_so_and_offers_the_print_page(people, document):
    page = get(people.host_clerk, document).content.decode()
    assert "PDF 正在生成" in page
    assert f"/documents/{document.pk}/print/" in page
    assert get(people.host_clerk, document, "p/1.webp").status_code == 404


def test_document_that_could_not_be_printed_says_why(people, document):
    with everything(because=Because.CHECK_INVARIANTS):
        Document.objects.update(error="服务器缺少中文字体，暂时不能生成 PDF。请使用打印页面。")
    assert "服务器缺少中文字体" in get(people.host_clerk, document).content.decode()


def test_print_page_holds_the_same_words_and_needs_no_style_of_its_own(people, document):
    response = get(people.host_clerk, document, "print/")
    page = response.content.decode()
    assert "报送给海淀区科协。" in page
    assert f"校验码 {document.code}" in page
    assert "/static/documents/document.css" in page
    assert "style=" not in page
    assert "<style" not in page
    assert response["Cache-Control"] == "private, no-store"


def test_page_image_is_a_picture_of_the_pdf(people, printed):
    response = get(people.host_clerk, printed, "p/1.webp?w=1400")
    assert Image.open(io.BytesIO(response.content)).size[0] == 1400
    assert get(people.host_clerk, printed, "p/2.webp").status_code == 404


def test_anybody_verifies_a_document_by_its_code(client, document):
    page = client.get(f"/verify/{document.code}/").content.decode()
    for words in ("回执", document.number, "第 1 版", "2026年10月15日 09:30", document.digest[:16], "现行有效"):
        assert words in page
    assert document.digest[:17] not in page
    assert "海淀区科协" not in page, "the facts stay inside"


@pytest.mark.parametrize(("status", "words"), [("superseded", "已被新版本代替"), ("void", "已作废")])
def test_document_out_of_force_is_shown_as_such(client, document, status, words):
    with everything(because=Because.CHECK_INVARIANTS):
        Document.objects.update(status=status)
    assert words in client.get(f"/verify/{document.code}/").content.decode()


def test_unknown_code_gets_the_same_page_and_status(client, document):
    known, unknown = client.get(f"/verify/{document.code}/"), client.get("/verify/0000-0000/")
    assert (known.status_code, unknown.status_code) == (200, 200)
    assert "没有查到" in unknown.content.decode()
    assert "没有查到" not in known.content.decode()
    assert [name for name, _ in known.items()] == [name for name, _ in unknown.items()]


def test_form_leads_to_the_code_however_it_was_typed(client):
    response = client.get("/verify/", {"code": "７ｆ３ａ 91c2"})
    assert (response.status_code, response["Location"]) == (302, "/verify/7F3A-91C2/")
    assert "核验结果" not in client.get("/verify/").content.decode()
    assert client.get("/verify/", {"code": "……"}, follow=True).status_code == 200


@pytest.mark.parametrize("typed", ["7F3A-91C2", "7f3a91c2", " 7F3A 91C2 ", "７Ｆ３Ａ－９１Ｃ２"])
def test_code_is_read_however_it_is_written(typed):
    assert code_from(typed) == "7F3A-91C2"


def test_guessing_codes_is_slowed_down(client, db):
    answers = [client.get("/verify/0000-0000/").status_code for _ in range(VERIFICATIONS_A_MINUTE + 1)]
    assert answers == [200] * VERIFICATIONS_A_MINUTE + [429]


def test_qr_leads_to_the_verification_of_its_code(settings):
    settings.BASE_URL = "https://portal.example.cn/"
    assert verify_url("7F3A-91C2") == "https://portal.example.cn/verify/7F3A-91C2/"
    svg = qr_of("7F3A-91C2")
    assert svg.startswith('<svg viewBox="0 0 ')
    assert "<title>校验码 7F3A-91C2</title>" in svg
