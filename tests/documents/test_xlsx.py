"""Excel: values keep their kind, and nothing that a person typed is executed."""

import io
import zipfile
from datetime import date, datetime
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from python_calamine import CalamineWorkbook

from portal.documents.recommendation import COLUMNS
from portal.documents.xlsx import XlsxColumn, table_to_xlsx, xlsx_response

AT = datetime(2026, 10, 12, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def sheet(content: bytes, name="申报"):
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()


def test_values_keep_their_kind():
    columns = [XlsxColumn("编号", 16), XlsxColumn("金额", fen=True), XlsxColumn("日期"), XlsxColumn("时间")]
    columns += [XlsxColumn("优青"), XlsxColumn("空"), XlsxColumn("月")]
    at = datetime(2026, 10, 11, 23, 30, tzinfo=ZoneInfo("UTC"))
    content = table_to_xlsx(
        "申报", columns, [["ZY2026-0132", 3_000_000_00, date(2026, 10, 1), at, True, None, 96]], at=AT, head=["共 1 行"]
    )
    rows = sheet(content)
    assert rows[0][0] == "申报"
    assert rows[1][0] == "共 1 行"
    assert rows[2] == ["编号", "金额", "日期", "时间", "优青", "空", "月"]
    assert rows[3] == ["ZY2026-0132", 3_000_000.0, date(2026, 10, 1), datetime(2026, 10, 12, 7, 30), "是", "", 96.0]


def test_what_people_typed_is_no_formula_and_no_link():
    typed = ['=HYPERLINK("http://127.0.0.1/")', "+1+1", "@SUM(A1)", "http://127.0.0.1/", "-2+3"]
    content = table_to_xlsx("申报", [XlsxColumn("文字")], [[text] for text in typed], at=AT)
    assert [row[0] for row in sheet(content)[2:]] == typed
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
        assert not any("hyperlink" in archive.read(name).decode(errors="ignore") for name in archive.namelist())


def test_workbook_names_no_person_and_is_the_same_twice():
    make = [table_to_xlsx("申报", [XlsxColumn("甲")], [], at=AT) for _ in range(2)]
    assert make[0] == make[1]
    with zipfile.ZipFile(io.BytesIO(make[0])) as archive:
        assert b"<dc:creator></dc:creator>" in archive.read("docProps/core.xml")


def test_sheet_names_that_excel_refuses_are_mended():
    assert sheet(table_to_xlsx("甲/乙[丙]:*?", [XlsxColumn("甲")], [["1"]], at=AT), "甲乙丙")[2] == ["1"]


def test_recommendation_list_has_its_columns_in_the_official_order():
    columns = [XlsxColumn(column.label, column.width) for column in COLUMNS]
    rows = sheet(table_to_xlsx("推荐汇总表", columns, [], at=AT), "推荐汇总表")
    assert rows[1][:4] == ["序号", "推荐单位", "推荐排序", "姓名"]
    assert len(rows[1]) == 27


def test_download_is_an_attachment_never_kept():
    response = xlsx_response("推荐汇总表", b"x")
    assert unquote(response["Content-Disposition"]) == "attachment; filename*=utf-8''推荐汇总表.xlsx"
    assert (response["X-Content-Type-Options"], response["Cache-Control"]) == ("nosniff", "private, no-store")
