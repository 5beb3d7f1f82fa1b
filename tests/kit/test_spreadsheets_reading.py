"""Any file somebody uploads is read, or refused with a sentence."""

from __future__ import annotations

import csv
import io
import struct
import tracemalloc
import zipfile
import zlib
from datetime import datetime

import openpyxl
import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopops.kit.refusals import Refused
from shopops.kit.spreadsheets import guards, open_spreadsheet
from tests.factories.compound import compound_file, xls_file
from tests.factories.taobao import readable_or_refused, write_xlsx

FILES = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def upload(tmp_path):
    def make(data: bytes, name: str = "upload.csv"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return make


def rows_of(path):
    return [row for sheet in open_spreadsheet(path, name=path.name) for batch in sheet.batches() for row in batch.rows]


def refusal(path) -> str:
    with pytest.raises(Refused) as caught:
        rows_of(path)
    return str(caught.value)


def sheet_xml(path) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read("xl/worksheets/sheet1.xml").decode()


def with_part(source, target, name: str, data: bytes):
    """Copy a packed file with one part replaced."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, data if part == name else old.read(part))
    return target


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "utf-8", "utf-8-sig", "utf-16"])
def test_text_is_read_in_every_encoding_the_platform_and_excel_write(upload, encoding):
    text = '订单编号,买家留言\n="2375024027132076","请包好，谢谢"\n'
    assert rows_of(upload(text.encode(encoding))) == [
        ["订单编号", "买家留言"],
        ['="2375024027132076"', "请包好，谢谢"],
    ]


def test_rare_characters_of_gb18030_survive(upload):
    text = "姓名\n𠮷野㛃\n"
    assert rows_of(upload(text.encode("gb18030")))[1] == ["𠮷野㛃"]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(upload, delimiter):
    text = delimiter.join("甲乙丙") + "\n" + delimiter.join("123") + "\n"
    assert rows_of(upload(text.encode())) == [["甲", "乙", "丙"], ["1", "2", "3"]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system(upload, end):
    assert rows_of(upload(f"甲,乙{end}1,2{end}".encode())) == [["甲", "乙"], ["1", "2"]]


def test_utf8_with_one_damaged_place_stays_utf8(upload):
    good = ("订单编号,店铺名称\n" + "1,暖冬旗舰店\n" * 5).encode()
    path = upload(good + b"2,\xe6\x9a\n3," + "冬".encode() + b"\n")
    sheet = open_spreadsheet(path, name="x.csv")[0]
    rows = [row for batch in sheet.batches() for row in batch.rows]
    assert sheet.encoding == "utf-8-sig"
    assert rows[6][1].startswith("\ufffd")
    assert rows[7] == ["3", "冬"]
    assert sheet.notes.unreadable_bytes > 0


def test_bytes_that_are_no_gb18030_are_counted(upload):
    path = upload("甲,乙\n".encode("gb18030") + b"1,\xff\xff\n2,3\n")
    sheet = open_spreadsheet(path, name="x.csv")[0]
    assert [row for batch in sheet.batches() for row in batch.rows][2] == ["2", "3"]
    assert sheet.notes.unreadable_bytes == 2


def test_nul_characters_are_left_out(upload):
    for encoding in ("utf-8", "utf-16"):
        path = upload("甲,乙\n1,2\0\0\n".encode(encoding))
        sheet = open_spreadsheet(path, name="x.csv")[0]
        assert [row for batch in sheet.batches() for row in batch.rows] == [["甲", "乙"], ["1", "2"]]
        assert sheet.notes.nul_characters == 2


def test_blank_rows_are_kept_so_that_row_numbers_are_true(upload):
    path = upload("甲,乙\n\n1,2\n,\n3,4\n".encode())
    (sheet,) = open_spreadsheet(path, name="x.csv")
    found = [(batch.first, batch.rows) for batch in sheet.batches(2)]
    assert found == [(1, [["甲", "乙"], []]), (3, [["1", "2"], ["", ""]]), (5, [["3", "4"]])]
    assert [batch.last for batch in sheet.batches(2)] == [False, False, True]


def test_a_file_that_ends_within_a_row_says_so(upload):
    (sheet,) = open_spreadsheet(upload("甲,乙\n1,2\n3".encode()), name="x.csv")
    assert sheet.notes.cut_short
    (sheet,) = open_spreadsheet(upload("甲,乙\n1,2\n".encode()), name="x.csv")
    assert not sheet.notes.cut_short


def test_line_breaks_within_cells_are_noticed(upload):
    (sheet,) = open_spreadsheet(upload('甲,乙\n1,"a\nb"\n2,c\n3,d\n'.encode()), name="x.csv")
    assert [batch.several_lines for batch in sheet.batches(2)] == [True, False]


def test_a_quotation_mark_never_closed_is_refused(upload):
    path = upload('甲,乙\n1,"'.encode() + b"x" * 200_000)
    assert "quotation mark" in refusal(path)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"  <!DOCTYPE html><html><table>", "web page"),
        ("\ufeff<html><body>".encode(), "web page"),
        (b'<?xml version="1.0"?><Workbook/>', "web page"),
        (b"PK\x03\x04 nonsense", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged"),
    ],
)
def test_what_is_no_spreadsheet_is_refused_with_a_reason(upload, data, word):
    assert word in refusal(upload(data))


def test_a_packed_file_that_is_no_workbook_is_refused(upload, tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("orders.csv", "甲,乙")
    assert "packed file" in refusal(upload(buffer.getvalue()))


def test_a_truncated_workbook_is_refused(upload, tmp_path):
    data = write_xlsx(tmp_path / "full.xlsx", {"a": [["甲"] * 50] * 200}).read_bytes()
    for length in (10, 200, len(data) // 2, len(data) - 1):
        assert "damaged" in refusal(upload(data[:length], "cut.xlsx"))


def test_workbooks_with_a_password_are_refused_as_such(upload):
    wrapped = compound_file({"EncryptedPackage": b"secret", "EncryptionInfo": b"standard"})
    assert "password" in refusal(upload(wrapped, "locked.xlsx"))
    assert "password" in refusal(upload(xls_file([["甲"]], password=True), "locked.xls"))


def test_an_old_xls_is_read(upload):
    path = upload(xls_file([["订单编号", "金额"], ["2375024027132076", 188.0]]), "old.xls")
    assert rows_of(path) == [["订单编号", "金额"], ["2375024027132076", 188.0]]


def test_an_old_xls_that_claims_to_be_vast_ends_its_own_reader_only(upload):
    assert "damaged" in refusal(upload(xls_file([["甲"]], corner=65_535), "vast.xls"))


def test_an_old_xls_that_claims_endless_sectors_ends_its_own_reader_only(upload):
    data = bytearray(xls_file([["甲"]]))
    data[30:32] = b"\x1f\x00"  # sectors of 2 GiB
    assert "damaged" in refusal(upload(bytes(data), "endless.xls"))


def test_looking_at_the_first_rows_of_an_old_xls_leaves_no_process(upload):
    path = upload(xls_file([["甲", str(number)] for number in range(5000)]), "old.xls")
    (sheet,) = open_spreadsheet(path, name="old.xls")
    assert len(sheet.head(3)) == 3
    assert sum(len(batch.rows) for batch in sheet.batches()) == 5000


def test_a_workbook_gives_typed_cells_and_its_visible_sheets(tmp_path):
    at = datetime(2016, 9, 18, 23, 17, 2)  # noqa: DTZ001 -- a wall clock, as in the file
    path = write_xlsx(
        tmp_path / "book.xlsx",
        {"订单报表": [["甲", "乙"], ['="2375024027132076"', at], ["", 1.5]], "draft": [["x"]], "销售明细": [["丙"]]},
        hidden="draft",
    )
    sheets = open_spreadsheet(path, name="book.xlsx")
    assert [sheet.name for sheet in sheets] == ["订单报表", "销售明细"]
    assert sheets[0].head() == [["甲", "乙"], ["2375024027132076", at], ["", 1.5]]
    assert [batch.rows for batch in sheets[1].batches()] == [[["丙"]]]


def test_rows_of_a_sheet_are_numbered_from_its_top_even_if_it_begins_further_down(tmp_path):
    path = write_xlsx(tmp_path / "low.xlsx", {"a": [[], [], ["", "甲"], ["", "1"]]})
    (sheet,) = open_spreadsheet(path, name="low.xlsx")
    assert sheet.head() == [["", ""], ["", ""], ["", "甲"], ["", "1"]]


def test_an_empty_sheet_has_no_rows(tmp_path):
    assert rows_of(write_xlsx(tmp_path / "empty.xlsx", {"a": []})) == []


def test_formulas_whose_result_was_never_stored_give_their_text(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["订单编号", "数量"])
    book.active.append(['="2375024027132076"', 2])
    book.active.append(['="A&B"', 3])
    book.save(tmp_path / "raw.xlsx")
    assert rows_of(tmp_path / "raw.xlsx") == [["订单编号", "数量"], ["2375024027132076", 2.0], ["A&B", 3.0]]


def test_a_tiny_file_that_names_the_last_cell_of_a_sheet_is_refused_before_it_fills_the_memory(tmp_path):
    source = write_xlsx(tmp_path / "ok.xlsx", {"a": [["甲"]]})
    for cell in (
        '<c r="XFD1048576"><v>1</v></c>',
        '<c s="1" r="XFD1048576"><v>1</v></c>',
        "<c\tr='XFD1048576'><v>1</v></c>",
        '<x:c xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="XFD1048576"><v>1</v></x:c>',
    ):
        xml = sheet_xml(source).replace("</sheetData>", f'<row r="1048576">{cell}</row></sheetData>')
        path = with_part(source, tmp_path / "sparse.xlsx", "xl/worksheets/sheet1.xml", xml.encode())
        assert "reaches to row" in refusal(path)


def test_cells_that_do_not_say_where_they_are_are_counted(tmp_path):
    source = write_xlsx(tmp_path / "ok.xlsx", {"a": [["甲"]]})
    wide = "<row>" + "<c><v>1</v></c>" * 16_000 + "</row>" + "<row><c><v>1</v></c></row>" * 600
    hidden = "<row>" + '<c r="A1"/><c><v>1</v></c>' * 16_000 + "</row>" + "<row><c><v>1</v></c></row>" * 600
    for rows in (wide, hidden):
        xml = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'
        path = with_part(source, tmp_path / "bare.xlsx", "xl/worksheets/sheet1.xml", xml.encode())
        assert "reaches to row" in refusal(path)
    few = "<row><c><v>1</v></c><c><v>2</v></c></row>"
    xml = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{few}</sheetData></worksheet>'
    path = with_part(source, tmp_path / "bare.xlsx", "xl/worksheets/sheet1.xml", xml.encode())
    assert rows_of(path) == [[1.0, 2.0]]


@pytest.mark.parametrize("markup", ["<!DOCTYPE x [<!ENTITY a 'b'>]>", "<!-- <c r='A1' -->"])
def test_markup_that_could_hide_or_multiply_cells_is_refused(tmp_path, markup):
    source = write_xlsx(tmp_path / "ok.xlsx", {"a": [["甲"]]})
    xml = sheet_xml(source).replace("<worksheet", f"{markup}<worksheet", 1)
    path = with_part(source, tmp_path / "evil.xlsx", "xl/worksheets/sheet1.xml", xml.encode())
    assert "damaged" in refusal(path)


def test_a_bomb_that_admits_its_size_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(guards, "MAX_UNPACKED", 2**20)
    source = write_xlsx(tmp_path / "ok.xlsx", {"a": [["甲"]]})
    path = with_part(source, tmp_path / "bomb.xlsx", "xl/worksheets/sheet1.xml", b"0" * 2**21)
    assert "too big" in refusal(path)


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path):
    source = write_xlsx(tmp_path / "ok.xlsx", {"a": [["甲"]]})
    path = with_part(source, tmp_path / "bomb.xlsx", "xl/sharedStrings.xml", b"<sst>" + b"0" * 2**21)
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        part = archive.getinfo("xl/sharedStrings.xml")
    place = data.rindex(struct.pack("<III", part.CRC, part.compress_size, part.file_size))
    lie = struct.pack("<III", zlib.crc32(b"<sst>"), part.compress_size, 5)
    path.write_bytes(data[:place] + lie + data[place + 12 :])
    assert "damaged" in refusal(path)


@FILES
@given(data=st.binary(max_size=400))
def test_arbitrary_bytes_raise_nothing_but_a_refusal(tmp_path, data):
    path = tmp_path / "any.bin"
    path.write_bytes(data)
    with readable_or_refused():
        rows_of(path)


@FILES
@given(
    data=st.data(),
    start=st.sampled_from([b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xef\xbb\xbf", b"\xff\xfe"]),
)
def test_arbitrary_bytes_behind_a_known_beginning_raise_nothing_but_a_refusal(tmp_path, data, start):
    path = tmp_path / "any.bin"
    path.write_bytes(start + data.draw(st.binary(max_size=2000)))
    with readable_or_refused():
        rows_of(path)


@FILES
@given(data=st.data(), old=st.booleans())
def test_a_workbook_with_bytes_turned_over_raises_nothing_but_a_refusal(tmp_path, data, old):
    path = tmp_path / "turned.xlsx"
    if old:
        path.write_bytes(xls_file([["甲", "乙"], ["1", 2.0]]))
    else:
        write_xlsx(path, {"a": [["甲", "乙"], ["1", 2]]})
    content = bytearray(path.read_bytes())
    for place, value in data.draw(
        st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=8)
    ):
        content[int(place * len(content))] = value
    path.write_bytes(bytes(content))
    with readable_or_refused():
        rows_of(path)


CELLS = st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=12)


@FILES
@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=12),
    encoding=st.sampled_from(["utf-8-sig", "gb18030", "utf-16"]),
)
def test_what_the_csv_module_writes_is_read_back(tmp_path, rows, encoding):
    path = tmp_path / "round.csv"
    header = ["订单编号一二三四五六七八九十", "乙", "丙"]
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    assert rows_of(path) == [header, *rows]


def test_memory_does_not_grow_with_a_text_file(tmp_path):
    path = tmp_path / "long.csv"
    with path.open("w", encoding="gb18030") as file:
        file.writelines(f'="{number:019}","周某某","江苏省 苏州市 昆山市 玉山镇"\n' for number in range(60_000))
    (sheet,) = open_spreadsheet(path, name="long.csv")
    tracemalloc.start()
    assert sum(len(batch.rows) for batch in sheet.batches()) == 60_000
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * 2**20
