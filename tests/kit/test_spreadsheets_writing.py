"""What is written opens in a spreadsheet program as it was meant."""

from __future__ import annotations

import csv
import gc
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopops.kit.spreadsheets import Column, csv_lines, open_spreadsheet, xlsx_writer

FILES = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def parsed(pieces, encoding="utf-8-sig"):
    return list(csv.reader(io.StringIO(b"".join(pieces).decode(encoding), newline="")))


def test_ids_keep_every_digit_in_a_workbook(tmp_path):
    path = tmp_path / "out.xlsx"
    with xlsx_writer(path, [Column("订单编号"), Column("金额", "money")]) as write_row:
        write_row(["1338977955235152330", Decimal("188.50")])
        write_row([1338977955235152330, Decimal(0)])
    cells = list(openpyxl.load_workbook(path).active.iter_rows())
    assert [cell.value for cell in cells[1]] == ["1338977955235152330", 188.5]
    assert cells[1][0].data_type == "s"
    assert cells[1][0].number_format == "@"
    assert cells[1][1].number_format == "#,##0.00"
    assert cells[2][0].value == "1338977955235152330"


@pytest.mark.parametrize("text", ["=1+1", "+8613800000000", "-2+3", "@SUM(A1)", "\t=1", "=HYPERLINK(1)", "http://a.cn"])
def test_nothing_is_computed_in_a_workbook(tmp_path, text):
    path = tmp_path / "out.xlsx"
    with xlsx_writer(path, [Column("买家留言")]) as write_row:
        write_row([text])
    cell = openpyxl.load_workbook(path).active["A2"]
    assert (cell.data_type, cell.value, cell.hyperlink) == ("s", text, None)


@pytest.mark.parametrize("text", ["=1+1", "+8613800000000", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_nothing_is_computed_in_a_csv_file(text):
    assert parsed(csv_lines(["买家留言"], [[text]])) == [["买家留言"], [f"'{text}"]]


def test_numbers_and_times_in_a_csv_file_stay_plain():
    row = [Decimal("-3.50"), "-3.50", -2, datetime(2026, 8, 10, 16, 5, tzinfo=UTC), date(2026, 8, 11), None, True]
    assert parsed(csv_lines(list("abcdefg"), [row]))[1] == [
        *("-3.50", "-3.50", "-2", "2026-08-11 00:05:00", "2026-08-11", "", "TRUE"),
    ]


def test_ids_in_a_csv_file_are_protected_unless_a_machine_reads_it():
    rows = [["1338977955235152330", "1234"]]
    assert parsed(csv_lines(["订单编号", "b"], rows))[1] == ['="1338977955235152330"', "1234"]
    assert parsed(csv_lines(["订单编号", "b"], rows, protect_digits=False))[1] == ["1338977955235152330", "1234"]


def test_a_csv_file_comes_in_pieces_and_begins_with_the_mark_excel_wants():
    pieces = list(csv_lines(["甲"], ([str(number)] for number in range(1200)), batch=500))
    assert len(pieces) == 4
    assert pieces[0].startswith(b"\xef\xbb\xbf")
    assert len(parsed(pieces)) == 1201


def test_characters_outside_gb18030_do_not_stop_a_file():
    assert parsed(csv_lines(["甲"], [["好\ud800"]], encoding="gb18030"), "gb18030")[1] == ["好?"]


def test_times_in_a_workbook_are_shanghais_wall_clock(tmp_path):
    path = tmp_path / "out.xlsx"
    with xlsx_writer(path, [Column("时间", "time"), Column("日", "day"), Column("率", "share")]) as write_row:
        write_row([datetime(2026, 8, 10, 16, 5, tzinfo=UTC), date(2026, 8, 11), 0.9971])
    assert [cell.value for cell in next(openpyxl.load_workbook(path).active.iter_rows(min_row=2))] == [
        datetime(2026, 8, 11, 0, 5),  # noqa: DTZ001 -- a wall clock, as in the file
        datetime(2026, 8, 11),  # noqa: DTZ001
        0.9971,
    ]


def test_odd_names_for_a_sheet_and_endless_text_are_cut_to_what_excel_takes(tmp_path):
    path = tmp_path / "out.xlsx"
    with xlsx_writer(path, [Column("甲")], sheet="a/b:c*d?[e]" + "长" * 40) as write_row:
        write_row(["x" * 40_000])
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [("a_b_c_d__e_" + "长" * 40)[:31]]
    assert len(book.active["A2"].value) == 32_767


def test_an_error_while_writing_leaves_no_warning_and_no_open_file(tmp_path):
    def write() -> None:
        with xlsx_writer(tmp_path / "out.xlsx", [Column("甲")]):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write()
    gc.collect()  # a file left open would warn here, and warnings are errors


TEXT = st.text(
    st.characters(exclude_characters="\r\ufffe\uffff", exclude_categories=["Cs", "Cc"]).filter(str.isprintable),
    min_size=1,
    max_size=20,
).filter(lambda text: text == text.strip())


@FILES
@given(rows=st.lists(st.lists(TEXT, min_size=2, max_size=2), min_size=1, max_size=8))
def test_text_written_to_a_workbook_is_read_back(tmp_path, rows):
    path = tmp_path / "round.xlsx"
    with xlsx_writer(path, [Column("甲"), Column("乙")]) as write_row:
        for row in rows:
            write_row(row)
    (sheet,) = open_spreadsheet(path, name="round.xlsx")
    assert [row for batch in sheet.batches() for row in batch.rows] == [["甲", "乙"], *rows]


@FILES
@given(
    rows=st.lists(st.lists(TEXT.filter(lambda text: text[0] not in "=+-@'"), min_size=2, max_size=2), max_size=8),
    encoding=st.sampled_from(["utf-8-sig", "gb18030"]),
)
def test_text_written_to_a_csv_file_is_read_back(tmp_path, rows, encoding):
    path = tmp_path / "round.csv"
    path.write_bytes(
        b"".join(csv_lines(["甲乙丙丁戊己庚辛壬癸子丑", "乙"], rows, encoding=encoding, protect_digits=False))
    )
    (sheet,) = open_spreadsheet(path, name="round.csv")
    assert [row for batch in sheet.batches() for row in batch.rows][1:] == rows
