"""HTML to PDF in a warm child process, and what this machine lacks for it."""

import ctypes
import logging
import sys
from functools import cache
from pathlib import Path

from django.conf import settings

from portal.documents import fonts
from portal.files.children import ChildDied, ChildFailed, ChildrenBusy, Pool

log = logging.getLogger("portal.documents")
STYLESHEET = Path(__file__).parent / "static" / "documents" / "document.css"
OLDEST_PANGO = 1_44_00
APT_LINE = "apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk"
LIBRARIES = {
    "Pango": ("libpango-1.0.so.0", "libpango-1.0.0.dylib", "libpango-1.0-0.dll"),
    "PangoFT2": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.0.dylib", "libpangoft2-1.0-0.dll"),
    # Without it WeasyPrint works, seventeen times slower.
    "HarfBuzz subset": ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0.dll"),
}


class PdfUnavailable(Exception):
    """No PDF can be made now; the message, in Chinese, is fit for the page, which offers the print view instead."""


class FontMissing(PdfUnavailable):
    """There is no Chinese font; WeasyPrint would crash or print boxes."""


class PdfFailed(PdfUnavailable):
    """This one document cannot be printed: the child crashed, ran out of time or refused the HTML."""


@cache
def missing_libraries() -> tuple[str, ...]:
    """The libraries that WeasyPrint needs and this machine lacks, or has too old."""
    found = {name: _load(files) for name, files in LIBRARIES.items()}
    missing = [name for name, library in found.items() if library is None]
    if found["Pango"] is not None and found["Pango"].pango_version() < OLDEST_PANGO:
        missing.append("Pango ≥ 1.44")
    return tuple(missing)


def what_is_missing() -> list[str]:
    """Why this machine cannot print, one line each with the way to mend it; empty when it can."""
    lines = [f"PDF: {name} is missing — {APT_LINE}" for name in missing_libraries()]
    if not fonts.chinese_fonts(settings.FONT_ROOT):
        lines.append(f"PDF: no Chinese font — {APT_LINE}, or pip install --no-deps zhplot==1.0.0")
    return lines


def pdf_of(html: str) -> bytes:
    """The PDF of a whole HTML page. Raises PdfUnavailable (or its FontMissing, PdfFailed); failures are logged."""
    if not fonts.chinese_fonts(settings.FONT_ROOT):
        raise FontMissing("服务器缺少中文字体，暂时不能生成 PDF。请使用打印页面。")
    if missing_libraries():
        raise PdfUnavailable("服务器缺少排版组件，暂时不能生成 PDF。请使用打印页面。")
    try:
        return _pool().ask(html=html)
    except ChildrenBusy:
        raise PdfUnavailable("正在生成的文件较多，请稍后再试，或使用打印页面。") from None
    except (ChildDied, ChildFailed) as error:
        log.error("a document could not be printed: %s", error)
        raise PdfFailed("这份文件没能生成 PDF。请使用打印页面，并告知技术支持。") from error


@cache
def _pool() -> Pool:
    return Pool(
        "portal.documents.pdf_child",
        arguments=[str(STYLESHEET)],
        size=settings.PDF_WORKERS,
        timeout=settings.PDF_SECONDS,
        environment=_environment,
    )


def _environment() -> dict[str, str]:
    """Asked whenever a child starts, so that fonts that have come meanwhile are used."""
    config = fonts.write_config(settings.FONT_ROOT)
    return {"FONTCONFIG_FILE": str(config), "HOME": str(settings.FONT_ROOT)}


def _load(files: tuple[str, ...]) -> ctypes.CDLL | None:
    for name in files:
        try:
            return ctypes.CDLL(name, mode=getattr(ctypes, "RTLD_LOCAL", 0))
        except OSError:
            continue
    return None if sys.platform != "darwin" else _from_homebrew(files[1])


def _from_homebrew(name: str) -> ctypes.CDLL | None:
    path = Path("/opt/homebrew/lib") / name
    return ctypes.CDLL(str(path)) if path.exists() else None
