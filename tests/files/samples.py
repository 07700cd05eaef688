"""Files for the tests, good and hostile, made on the spot."""

import io
import struct
import zipfile
import zlib

import pikepdf
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from pikepdf import Array, Dictionary, Name
from PIL import Image


def pdf(pages: int = 1, change=None, **save) -> bytes:
    """A small PDF; `change(pdf)` may add anything to it before it is saved."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(595, 842))
    if change:
        change(document)
    written = io.BytesIO()
    document.save(written, **save)
    return written.getvalue()


def with_javascript(document):
    document.Root.Names = Dictionary(
        JavaScript=Dictionary(Names=Array([pikepdf.String("a"), Dictionary(S=Name.JavaScript, JS="app.alert(1)")]))
    )


def opening_with(action) -> object:
    def change(document):
        document.Root.OpenAction = action

    return change


def opening_at_page_one(document):
    document.Root.OpenAction = Array([document.pages[0].obj, Name.Fit])


def with_launch_link(document):
    link = Dictionary(
        Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=Dictionary(S=Name.Launch, F="calc.exe")
    )
    document.pages[0].Annots = Array([link])


def with_attachment(document):
    document.attachments["inside.exe"] = b"MZ"


def with_form_script(document):
    document.Root.AcroForm = Dictionary(Fields=Array([]), XFA=document.make_stream(b"<xdp/>"))


def picture(kind: str = "PNG", size=(60, 40)) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "#1456b8").save(written, kind)
    return written.getvalue()


def giant_png(width: int = 20_000, height: int = 20_000) -> bytes:
    """A few bytes that claim to be 400 million pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def xlsx() -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as workbook:
        workbook.add_worksheet("表").write(0, 0, "项目")
    return written.getvalue()


def xlsx_with(name: str, content: bytes) -> bytes:
    """A workbook with one more entry in its archive."""
    written = io.BytesIO(xlsx())
    with zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return written.getvalue()


def archive(**entries: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as opened:
        for name, content in entries.items():
            opened.writestr(name, content)
    return written.getvalue()


def upload(content: bytes, name: str = "证明.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)
