"""What comes out of the printer: words, layout, metadata; and what happens where nothing can be printed."""

import io
from datetime import datetime
from zoneinfo import ZoneInfo

import pikepdf
import pypdfium2
import pytest

from portal.documents import fonts, pdf
from portal.documents.kinds import Kind
from portal.documents.pdf import FontMissing, PdfFailed, PdfUnavailable, pdf_of, what_is_missing
from portal.documents.render import draft_file, html_of
from portal.documents.shapes import (
    ApplicationForm,
    Assessment,
    BadFacts,
    Letter,
    PublicNotice,
    RecommendationList,
    TaskBook,
)
from portal.files.children import Pool
from tests.documents import samples

AT = datetime(2026, 10, 12, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
CODE, DIGEST = "7F3A-91C2", "1a2b3c4d5e6f7788" + "0" * 48
KINDS = {
    "application": ("申报书", ApplicationForm, samples.application),
    "task_book": ("任务书", TaskBook, samples.task_book),
    "assessment": ("考核表", Assessment, samples.assessment),
    "recommendation_list": ("推荐汇总表", RecommendationList, samples.recommendation_list),
    "public_notice": ("公示", PublicNotice, samples.notice),
    "call": ("申报通知", Letter, samples.call),
}

if what_is_missing():
    pytest.skip("; ".join(what_is_missing()), allow_module_level=True)


def kind(name: str) -> Kind:
    title, shape, _ = KINDS[name]
    return Kind(name, title, f"documents/{name}.html", "errand.view", shape, lambda event: None)


def html(name: str, facts: dict | None = None, **values) -> str:
    values = {"code": CODE, "digest": DIGEST, **values}
    return html_of(kind(name), facts or KINDS[name][2](), number="ZY2026-0132", at=AT, **values)


def printed(name: str, facts: dict | None = None, **values) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(pdf_of(html(name, facts, **values)))


def text_of(document: pypdfium2.PdfDocument, page: int | None = None) -> str:
    """The words of a page (of all), without the line ends that layout made."""
    pages = range(len(document)) if page is None else [page]
    return "".join("".join(document[n].get_textpage().get_text_range().split()) for n in pages)


def lines_of(document: pypdfium2.PdfDocument, page: int) -> list[str]:
    return [line for line in document[page].get_textpage().get_text_range().splitlines() if line.strip()]


def words_in(facts) -> list[str]:
    """Every text of facts, as far as it is printed somewhere."""
    if isinstance(facts, dict):
        return [text for key, value in facts.items() if key not in {"align", "width"} for text in words_in(value)]
    if isinstance(facts, list):
        return [text for value in facts for text in words_in(value)]
    return [line for line in str(facts).splitlines() if line.strip()] if isinstance(facts, str) else []


@pytest.mark.parametrize("name", KINDS)
def test_every_word_of_the_facts_can_be_read_back(name):
    facts = KINDS[name][2]()
    if name == "recommendation_list":  # the unit is printed once, in the head
        for row in facts["rows"]:
            del row["recommender"]
    text = text_of(printed(name, facts))
    lost = [words for words in words_in(facts) if "".join(words.split()) not in text]
    assert [words for words in lost if len(words) < 200] == []
    # A long text may be cut by the foot of a page; its beginning and end are there.
    for words in lost:
        assert words[:20] in text
        assert words[-20:] in text


@pytest.mark.parametrize("name", KINDS)
def test_every_page_bears_its_number_and_the_code(name):
    document = printed(name)
    first = 1 if KINDS[name][1] in (ApplicationForm, TaskBook) else 0  # a cover has no page number
    for page in range(first, len(document)):
        text = text_of(document, page)
        assert f"第{page + 1}/{len(document)}页" in text
        assert f"校验码{CODE}" in text
        assert "摘要1a2b3c4d5e6f7788" in text


def test_same_facts_give_the_same_bytes():
    assert pdf_of(html("application")) == pdf_of(html("application"))


def test_pdf_is_tagged_titled_and_names_nobody():
    with pikepdf.open(io.BytesIO(pdf_of(html("application")))) as document:
        assert document.Root.MarkInfo.Marked is True
        assert str(document.Root.Lang) == "zh-CN"
        assert str(document.docinfo.Title) == "申报书 ZY2026-0132"
        assert "/Author" not in document.docinfo
        assert str(document.docinfo.CreationDate).startswith("D:20261012")
        bookmarks = [str(item.title) for item in document.open_outline().root]
    assert bookmarks[0] == "申　报　书"


def test_sections_become_bookmarks():
    with pikepdf.open(io.BytesIO(pdf_of(html("application")))) as document:
        chapters = [str(item.title) for item in document.open_outline().root[0].children]
    assert chapters == [f"{section['code']}　{section['title']}" for section in samples.application()["sections"]]


def test_task_book_numbers_its_fifteen_chapters():
    text = text_of(printed("task_book"))
    assert all(f"{numeral}、" in text for numeral in ["一", "二", "九", "十", "十一", "十五"])
    assert "十六、" not in text


def test_letter_has_22_lines_of_28_characters():
    facts = {**samples.call(), "paragraphs": ["工程师" * 500], "sections": [], "attachments": []}
    full_page = lines_of(printed("call", facts), 1)
    body = [line for line in full_page if set(line) <= set("工程师")]
    assert len(body) == 22
    assert {len(line) for line in body} == {28}


def test_pages_are_a4_with_the_margins_of_the_standard():
    document = printed("call", {**samples.call(), "paragraphs": ["工程师" * 500], "sections": []})
    assert tuple(round(side / 72 * 25.4) for side in document[1].get_size()) == (210, 297)
    boxes = [document[1].get_textpage().get_charbox(n) for n in range(500)]
    left, top = min(box[0] for box in boxes), max(box[3] for box in boxes)
    assert 28 <= left / 72 * 25.4 < 29.5
    assert 37 <= 297 - top / 72 * 25.4 < 41


def test_recommendation_list_lies_across_in_the_order_of_its_rows():
    document = printed("recommendation_list", samples.recommendation_list(30))
    assert tuple(round(side / 72 * 25.4) for side in document[0].get_size()) == (297, 210)
    text = text_of(document)
    places = [text.index(f"人选{n}男") for n in range(1, 31)]
    assert places == sorted(places)
    assert "推荐单位负责人（签字）" in text_of(document, len(document) - 1)


def test_draft_says_so_on_every_page_and_has_no_code():
    document = printed("application", code="", digest="")
    assert len(document) > 2
    for page in range(len(document)):
        assert "草稿" in text_of(document, page)
    assert "校验码" not in text_of(document)
    assert "<svg" not in html("application", code="", digest="")
    assert "草稿" not in text_of(printed("application"))


def test_draft_is_printed_once_for_all_its_pages_and_anew_when_it_changes(receipt, monkeypatch):
    facts = {"title": "回执", "paragraphs": [], "issuer": "海淀区科协", "date": "2026年10月15日"}
    path = draft_file("errand.receipt", facts, number="E1", at=AT)
    with pypdfium2.PdfDocument(path) as document:
        assert "草稿" in text_of(document)
        assert "海淀区科协" in text_of(document)
    written = path.stat().st_mtime_ns
    assert draft_file("errand.receipt", facts, number="E1", at=AT) == path
    assert path.stat().st_mtime_ns == written
    others = {draft_file("errand.receipt", {**facts, "title": title}, number="E1", at=AT) for title in ("甲", "乙")}
    assert len(others | {path}) == 3
    assert {found.name for found in path.parent.iterdir()} == {found.name for found in others | {path}}


def test_what_people_typed_stays_text():
    facts = samples.application()
    facts["cover"][1]["value"] = "<img src='file:///etc/passwd'><script>x</script>"
    assert "<imgsrc='file:///etc/passwd'><script>x</script>" in text_of(printed("application", facts))


@pytest.mark.parametrize("address", ["file:///etc/passwd", "http://127.0.0.1:1/x.png", "ftp://127.0.0.1/x"])
def test_printer_fetches_nothing(address):
    with pytest.raises(PdfFailed):
        pdf_of(f"<!doctype html><html lang='zh-CN'><title>x</title><img src='{address}' alt='x'>")


def test_printer_takes_pictures_that_the_page_itself_carries():
    dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEAX+XDSwAAAABJRU5ErkJggg=="
    page = f"<!doctype html><html lang='zh-CN'><title>x</title><img src='data:image/png;base64,{dot}' alt='x'>"
    assert pdf_of(page).startswith(b"%PDF-")


def test_rare_characters_are_printed_by_the_full_font():
    facts = samples.application()
    facts["cover"][1]["value"] = "㛃𬭊"
    assert "㛃𬭊" in text_of(printed("application", facts))


def test_incomplete_facts_are_not_printed():
    with pytest.raises(BadFacts):
        html("application", {"title": "申报书"})


def test_machine_without_a_chinese_font_says_so(settings, monkeypatch, tmp_path):
    settings.FONT_ROOT = tmp_path
    monkeypatch.setattr(fonts, "SYSTEM_FOLDERS", ())
    monkeypatch.setattr(fonts, "find_spec", lambda name: None)
    with pytest.raises(FontMissing, match="缺少中文字体"):
        pdf_of("<p>x")
    assert len(what_is_missing()) == 1


def test_machine_without_pango_says_so(monkeypatch):
    monkeypatch.setattr(pdf, "LIBRARIES", {**pdf.LIBRARIES, "Pango": ("libnothing.so",)})
    pdf.missing_libraries.cache_clear()
    try:
        with pytest.raises(PdfUnavailable, match="缺少排版组件"):
            pdf_of("<p>x")
        assert "apt-get install" in what_is_missing()[0]
    finally:
        pdf.missing_libraries.cache_clear()


def test_printer_that_takes_too_long_is_given_up(monkeypatch):
    slow = Pool("portal.documents.pdf_child", arguments=[str(pdf.STYLESHEET)], size=1, timeout=0.01)
    monkeypatch.setattr(pdf, "_pool", lambda: slow)
    with pytest.raises(PdfFailed, match="没能生成 PDF"):
        pdf_of(html("application"))
