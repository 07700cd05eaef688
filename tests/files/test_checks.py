"""What may be uploaded: every refusal with its words, and what passes."""

import socket
import struct
import threading

import pikepdf
import pytest
from pikepdf import Dictionary, Encryption, Name

from portal.files import checks, sniff
from portal.files.checks import DOCUMENTS, LARGEST, TABLES, Unfit, check, clean_name, size_text
from portal.files.sniff import JPEG, PDF, PNG, XLSX
from tests.files import samples
from tests.files.samples import upload


def refusal(content: bytes, name: str = "证明.pdf", allowed=DOCUMENTS) -> tuple[str, str]:
    with pytest.raises(Unfit) as caught:
        check(upload(content, name), allowed)
    return caught.value.code, str(caught.value)


@pytest.mark.parametrize(
    ("content", "name", "kind", "pages"),
    [
        (samples.pdf(3), "任务书.pdf", PDF, 3),
        (samples.picture("JPEG"), "专利证书.jpg", JPEG, 1),
        (samples.picture("PNG"), "照片.png", PNG, 1),
        (samples.pdf(1, samples.opening_at_page_one), "打开于首页.pdf", PDF, 1),
    ],
)
def test_sound_file_passes_with_its_type_and_pages(content, name, kind, pages):
    found = check(upload(content, name))
    assert (found.name, found.content_type, found.pages) == (name, kind, pages)


def test_sound_table_passes_only_where_tables_are_wanted():
    assert check(upload(samples.xlsx(), "导入.xlsx"), TABLES).content_type == XLSX
    assert refusal(samples.xlsx(), "导入.xlsx") == ("type", "“导入.xlsx”不能上传，请另存为 PDF 后再试。")
    assert refusal(samples.pdf(), "导入.pdf", TABLES) == (
        "type",
        "“导入.pdf”不能上传，请另存为 Excel 工作簿（.xlsx）后再试。",
    )


@pytest.mark.parametrize(
    ("content", "name", "code", "message"),
    [
        (b"", "空.pdf", "empty", "文件是空的，请重新选择。"),
        (b"MZ\x90\0" * 50, "合同.docx", "type", "“合同.docx”不能上传，请另存为 PDF 后再试。"),
        (
            b"<html><script>alert(1)</script>",
            "证书.pdf",
            "type",
            "“证书.pdf”的内容不是 PDF、JPG 或 PNG，不能上传。请重新生成后再试。",
        ),
        (samples.picture("GIF"), "图.png", "type", "“图.png”的内容不是 PDF、JPG 或 PNG，不能上传。请重新生成后再试。"),
        (
            samples.pdf(1, encryption=Encryption(user="x", owner="y")),
            "密.pdf",
            "encrypted",
            "PDF 有打开密码，请去掉密码后再传。",
        ),
        (
            samples.pdf(1, encryption=Encryption(user="", owner="y")),
            "限制.pdf",
            "encrypted",
            "PDF 有打开密码，请去掉密码后再传。",
        ),
        (samples.pdf()[:200], "断.pdf", "broken", "文件已损坏，打不开。请重新生成后再传。"),
        (samples.picture("JPEG")[:300], "断.jpg", "broken", "文件已损坏，打不开。请重新生成后再传。"),
        (samples.giant_png(), "大.png", "pixels", "图片太大，超过 1 亿像素。请缩小后再传。"),
        (samples.pdf(501), "厚.pdf", "pages", "PDF 应有 1 到 500 页。"),
    ],
)
def test_unfit_file_is_refused_with_what_to_do(content, name, code, message):
    assert refusal(content, name) == (code, message)


@pytest.mark.parametrize(
    "change",
    [
        samples.with_javascript,
        samples.with_launch_link,
        samples.with_form_script,
        samples.opening_with(Dictionary(S=Name.JavaScript, JS="app.alert(1)")),
        samples.opening_with(Dictionary(S=Name.Launch, F="calc.exe")),
        samples.opening_with(Dictionary(S=Name.URI, URI="http://127.0.0.1/")),
    ],
)
def test_pdf_that_acts_by_itself_is_refused(change):
    assert refusal(samples.pdf(1, change))[0] == "active"


def test_pdf_with_a_file_inside_is_refused():
    code, message = refusal(samples.pdf(1, samples.with_attachment))
    assert (code, message) == ("attached", checks.MESSAGES["attached"])


def test_script_in_a_compressed_object_stream_is_found():
    hidden = samples.pdf(1, samples.with_javascript, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert b"JavaScript" not in hidden
    assert refusal(hidden)[0] == "active"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (samples.xlsx_with("xl/vbaProject.bin", b"x"), "macro"),
        (samples.xlsx_with("xl/embeddings/oleObject1.bin", b"x"), "macro"),
        (samples.xlsx_with("xl/media/bomb.xml", b"\0" * (201 * 1024**2)), "unpacked"),
        (samples.xlsx_with("../../etc/cron.d/x", b"x"), "broken"),
        (samples.archive(**{"word/document.xml": b"<w/>"}), "type"),
    ],
)
def test_hostile_workbook_is_refused_by_its_directory(content, code):
    assert refusal(content, "导入.xlsx", TABLES)[0] == code


def test_printer_settings_are_no_macro():
    content = samples.xlsx_with("xl/printerSettings/printerSettings1.bin", b"x")
    assert check(upload(content, "导入.xlsx"), TABLES).content_type == XLSX


def test_twenty_mebibytes_pass_and_one_byte_more_does_not():
    head = samples.pdf()
    assert check(upload(head + b"\n" * (LARGEST - len(head)))).content_type == PDF
    assert refusal(head + b"\n" * (LARGEST - len(head) + 1)) == (
        "size",
        "文件 21 MB，超过 20 MB。可在 WPS 中“导出为 PDF → 较小文件”。",
    )


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("C:\\Users\\王\\任务书.pdf", "任务书.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("a\u202efdp.exe.pdf", "afdp.exe.pdf"),
        ("a\x00b\n.pdf", "ab.pdf"),
        (".pdf", "未命名.pdf"),
        ("", "未命名"),
        ("字" * 300 + ".pdf", "字" * 116 + ".pdf"),
    ],
)
def test_name_is_kept_as_data_only(typed, kept):
    assert clean_name(typed) == kept


def test_name_gets_the_extension_of_its_content():
    assert check(upload(samples.picture("PNG"), "照片.jpg")).name == "照片.jpg.png"
    assert check(upload(samples.picture("JPEG"), "照片.JPEG")).name == "照片.JPEG"


@pytest.mark.parametrize(
    ("size", "text"),
    [(34 * 1024**2, "34 MB"), (3_355_443, "3.2 MB"), (512 * 1024, "512 KB"), (3, "1 KB"), (20 * 1024**2 + 1, "21 MB")],
)
def test_sizes_are_written_for_people(size, text):
    assert size_text(size) == text


@pytest.mark.parametrize("content", [samples.pdf(), samples.picture("JPEG"), samples.picture("PNG"), samples.xlsx()])
def test_types_are_known_without_libmagic_too(content, monkeypatch):
    known = sniff.content_type(content[: sniff.HEAD])
    monkeypatch.setattr(sniff, "_libmagic", lambda: None)
    assert sniff.content_type(content[: sniff.HEAD]) == known


class Clamd(threading.Thread):
    """A scanner that reads one stream and gives one answer."""

    def __init__(self, answer: bytes):
        super().__init__(daemon=True)
        self.answer, self.received = answer, b""
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"

    def run(self):
        connection, _ = self.socket.accept()
        with connection, connection.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            while length := struct.unpack(">I", stream.read(4))[0]:
                self.received += stream.read(length)
            connection.sendall(self.answer)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"stream: OK\0", None),
        (b"stream: Eicar FOUND\0", "virus"),
        (b"INSTREAM size limit exceeded. ERROR\0", "no_scanner"),
    ],
)
def test_scanner_decides_where_one_is_named(settings, answer, code):
    scanner = Clamd(answer)
    scanner.start()
    settings.CLAMD = scanner.address
    content = samples.pdf()
    if code:
        assert refusal(content) == (code, checks.MESSAGES[code])
    else:
        assert check(upload(content)).content_type == PDF
    scanner.join(5)
    assert scanner.received == content


def test_named_scanner_that_does_not_answer_refuses(settings):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        settings.CLAMD = f"127.0.0.1:{closed.getsockname()[1]}"
    assert refusal(samples.pdf())[0] == "no_scanner"
