"""Is this file fit to be kept? Size, content, structure, virus; each fault is a sentence that says what to do."""

import json
import socket
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from portal.files.children import ChildDied, ChildFailed, ChildrenBusy, Pool
from portal.files.sniff import EXTENSIONS, HEAD, JPEG, PDF, PNG, XLSX, content_type

MEBIBYTE = 1024**2
LARGEST = 20 * MEBIBYTE
DOCUMENTS = frozenset({PDF, JPEG, PNG})
TABLES = frozenset({XLSX})
LONGEST_NAME = 120  # characters
INSPECT_SECONDS = 60
CLAMD_SECONDS = 60

MESSAGES = {
    "encrypted": "文件有密码，请去掉密码后再传。",
    "pages": "PDF 应有 1 到 500 页。",
    "active": "文件里有脚本或自动执行的动作，不能上传。请用“打印为 PDF”重新生成后再传。",
    "attached": "PDF 里夹带了其他文件，不能上传。请去掉附件，或用“打印为 PDF”重新生成后再传。",
    "macro": "表格里有宏或嵌入对象，不能上传。请另存为不含宏的 Excel 工作簿（.xlsx）。",
    "broken": "文件已损坏，打不开。请重新生成后再传。",
    "pixels": "图片太大，超过 1 亿像素。请缩小后再传。",
    "unpacked": "表格解压后过大，不能上传。请只保留需要的工作表。",
    "virus": "发现病毒，文件已删除，请在本机查杀。",
    "no_scanner": "病毒检查暂时不可用，文件没有保存。请稍后再传。",
    "no_inspector": "文件检查没能完成，文件没有保存。请用扫描件重新生成 PDF 后再传。",
    "empty": "文件是空的，请重新选择。",
}


@dataclass(frozen=True)
class Checked:
    """A file that passed: its cleaned name, media type and pages (None for a table)."""

    name: str
    content_type: str
    pages: int | None


class Unfit(Exception):
    """A file that must not be kept. `code` names the fault, the message is for the person who chose it."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


def check(uploaded: UploadedFile, allowed: frozenset[str] = DOCUMENTS) -> Checked:
    """Raises Unfit with the first fault found, in the order: size, content, structure, virus. Stores nothing."""
    name = clean_name(uploaded.name or "")
    if not uploaded.size:
        raise Unfit("empty", MESSAGES["empty"])
    if uploaded.size > LARGEST:
        raise Unfit("size", too_large(uploaded.size))
    uploaded.seek(0)
    kind = content_type(uploaded.read(HEAD))
    if kind not in allowed:
        raise Unfit("type", wrong_type(name, allowed))
    with _on_disk(uploaded) as path:
        pages, faults = _inspect(path, kind)
    for code, page in faults:
        raise Unfit(code, _message(code, page, name, kind, allowed))
    scan(uploaded)
    uploaded.seek(0)
    return Checked(with_extension(name, kind), kind, pages)


def clean_name(name: str) -> str:
    """The name as data: no folders, no control or direction marks, at most LONGEST_NAME characters."""
    name = PurePosixPath(name.replace("\\", "/")).name
    name = "".join(char for char in name if char.isprintable() and char not in "\u200e\u200f")
    stem, dot, extension = name.strip().rpartition(".")
    if not dot:
        stem, extension = extension, ""
    room = LONGEST_NAME - len(extension) - 1
    return f"{stem[:room] or '未命名'}{dot}{extension[:10]}"


def with_extension(name: str, kind: str) -> str:
    """The name with an extension that fits the content, so that it opens where it is saved."""
    fitting = EXTENSIONS[kind]
    return name if name.lower().endswith(fitting) else f"{name}{fitting[0]}"


def size_text(size: int) -> str:
    """34 MB · 3.2 MB · 512 KB"""
    if size >= 10 * MEBIBYTE:
        return f"{-(-size // MEBIBYTE)} MB"
    return f"{size / MEBIBYTE:.1f} MB" if size >= MEBIBYTE else f"{max(1, size // 1024)} KB"


def too_large(size: int) -> str:
    return f"文件 {size_text(size)}，超过 {size_text(LARGEST)}。可在 WPS 中“导出为 PDF → 较小文件”。"


def wrong_type(name: str, allowed: frozenset[str]) -> str:
    if allowed == TABLES:
        return f"“{name}”不能上传，请另存为 Excel 工作簿（.xlsx）后再试。"
    if name.lower().endswith((".pdf", ".jpg", ".jpeg", ".png")):
        return f"“{name}”的内容不是 PDF、JPG 或 PNG，不能上传。请重新生成后再试。"
    return f"“{name}”不能上传，请另存为 PDF 后再试。"


def _message(code: str, page: int, name: str, kind: str, allowed: frozenset[str]) -> str:
    if code == "type":
        return wrong_type(name, allowed)
    if code == "page":
        return f"第 {page} 页读不出，请用扫描件重新生成 PDF。"
    if code == "encrypted" and kind == PDF:
        return "PDF 有打开密码，请去掉密码后再传。"
    return MESSAGES[code]


@contextmanager
def _on_disk(uploaded: UploadedFile) -> Iterator[Path]:
    """The upload as a path: its own temporary file, or a copy that goes away with the block."""
    if hasattr(uploaded, "temporary_file_path"):
        yield Path(uploaded.temporary_file_path())
        return
    with tempfile.NamedTemporaryFile(prefix="upload-") as copy:
        for chunk in uploaded.chunks():
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)


def _inspect(path: Path, kind: str) -> tuple[int | None, list[tuple[str, int]]]:
    try:
        found = json.loads(children().ask(do="inspect", path=str(path), type=kind))
    except (ChildDied, ChildFailed, ChildrenBusy) as error:
        raise Unfit("no_inspector", MESSAGES["no_inspector"]) from error
    return found["pages"], [(code, page) for code, page in found["faults"]]


@cache
def children() -> Pool:
    """The children that open files, for inspection and for page images."""
    return Pool("portal.files.inspect_child", size=2, timeout=INSPECT_SECONDS)


def scan(stream: UploadedFile) -> None:
    """Asks clamd (setting CLAMD). Raises Unfit for a virus, and when clamd is named but does not answer."""
    if not settings.CLAMD:
        return
    stream.seek(0)
    try:
        with _clamd() as connection:
            connection.sendall(b"zINSTREAM\0")
            for chunk in _chunks(stream):
                connection.sendall(struct.pack(">I", len(chunk)) + chunk)
            connection.sendall(struct.pack(">I", 0))
            answer = b"".join(iter(lambda: connection.recv(4096), b""))
    except OSError as error:
        raise Unfit("no_scanner", MESSAGES["no_scanner"]) from error
    if b"FOUND" in answer:
        raise Unfit("virus", MESSAGES["virus"])
    if not answer.rstrip(b"\0").endswith(b"OK"):
        raise Unfit("no_scanner", MESSAGES["no_scanner"])


def _clamd() -> socket.socket:
    if settings.CLAMD.startswith("/"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(CLAMD_SECONDS)
        connection.connect(settings.CLAMD)
        return connection
    host, _, port = settings.CLAMD.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=CLAMD_SECONDS)


def _chunks(stream: UploadedFile, size: int = 64 * 1024) -> Iterator[bytes]:
    return iter(lambda: stream.read(size), b"")
