"""Pages of a stored PDF or picture as images, for reading on screen: an iframe shows the first page only on tablets."""

from functools import cache
from pathlib import Path

from django.conf import settings

from portal.documents import fonts
from portal.files.checks import children
from portal.files.children import ChildDied, ChildFailed, ChildrenBusy

WIDTHS = (800, 1400)  # pixels: a column of the workbench, and twice that for enlarging


class NoPage(Exception):
    """There is no such page, or it could not be drawn."""


def page_image(path: Path, content_type: str, number: int, width: int = 800, watermark: str = "") -> bytes:
    """Page `number` (from 1) as WebP, `width` pixels wide, with the words across it. Raises NoPage."""
    font = _font() if watermark else ""
    try:
        return children().ask(
            do="page", path=str(path), type=content_type, number=number, width=width, watermark=watermark, font=font
        )
    except (ChildFailed, ChildDied, ChildrenBusy) as error:
        raise NoPage(str(error)) from error


@cache
def _font() -> str:
    """The font of watermarks, which hold Chinese names; '' falls back to letters and digits."""
    found = fonts.chinese_fonts(settings.FONT_ROOT)
    return str(found[-1]) if found else ""
