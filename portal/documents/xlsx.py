"""Tables as Excel workbooks. Text stays text: nothing that a person typed becomes a formula or a link."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from portal.files.sniff import XLSX

LONGEST_SHEET_NAME = 31


@dataclass(frozen=True)
class XlsxColumn:
    """label; width in characters; fen: the values are money in fen, shown as 元 with two decimals."""

    label: str
    width: int = 12
    fen: bool = False


def table_to_xlsx(
    title: str, columns: Sequence[XlsxColumn], rows: Iterable[Sequence], *, at: datetime, head: Sequence[str] = ()
) -> bytes:
    """One sheet: title, lines of `head`, the column labels (frozen, with filters), the rows. No personal metadata.

    Values are text, numbers, dates, instants (aware, shown in the portal's zone), booleans (是/否) or None.
    """
    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
    with xlsxwriter.Workbook(written, options) as workbook:
        workbook.set_properties({"title": title, "created": timezone.localtime(at).replace(tzinfo=None)})
        sheet = workbook.add_worksheet(_sheet_name(title))
        formats = _formats(workbook)
        sheet.merge_range(0, 0, 0, max(1, len(columns) - 1), title, formats["title"])
        for number, line in enumerate(head, start=1):
            sheet.write_string(number, 0, line)
        top = 1 + len(head)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(top, place, column.label, formats["label"])
        last = top
        for last, row in enumerate(rows, start=top + 1):
            for place, (value, column) in enumerate(zip(row, columns, strict=True)):
                _write(sheet, last, place, value, column, formats)
        sheet.autofilter(top, 0, last, len(columns) - 1)
        sheet.freeze_panes(top + 1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(top)
    return written.getvalue()


def xlsx_response(name: str, content: bytes) -> HttpResponse:
    """The workbook as a download, never cached."""
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _write(sheet, row: int, place: int, value, column: XlsxColumn, formats: dict) -> None:
    if value is None or value == "":
        sheet.write_blank(row, place, None, formats["text"])
    elif isinstance(value, bool):
        sheet.write_string(row, place, "是" if value else "否", formats["text"])
    elif column.fen:
        sheet.write_number(row, place, value / 100, formats["money"])
    elif isinstance(value, datetime):
        sheet.write_datetime(row, place, timezone.localtime(value).replace(tzinfo=None), formats["instant"])
    elif isinstance(value, date):
        sheet.write_datetime(row, place, value, formats["date"])
    elif isinstance(value, int | float):
        sheet.write_number(row, place, value, formats["text"])
    else:
        sheet.write_string(row, place, str(value), formats["text"])


def _formats(workbook) -> dict:
    border = {"border": 1, "valign": "vcenter", "text_wrap": True, "font_name": "宋体", "font_size": 10}
    return {
        "title": workbook.add_format({"bold": True, "font_size": 14, "align": "center", "valign": "vcenter"}),
        "label": workbook.add_format({**border, "bold": True, "bg_color": "#EEF2F8", "align": "center"}),
        "text": workbook.add_format(border),
        "money": workbook.add_format({**border, "num_format": "#,##0.00"}),
        "date": workbook.add_format({**border, "num_format": "yyyy-mm-dd"}),
        "instant": workbook.add_format({**border, "num_format": "yyyy-mm-dd hh:mm"}),
    }


def _sheet_name(title: str) -> str:
    """A name that Excel accepts."""
    return "".join(char for char in title if char not in "[]:*?/\\'")[:LONGEST_SHEET_NAME] or "表"
