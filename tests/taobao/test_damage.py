"""Numbers a spreadsheet program has rounded are found, and only those."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopops.kit.refusals import Refused
from shopops.taobao.damage import refuse_numeric, refuse_scientific, refuse_zeros
from shopops.taobao.reports import open_report
from tests.factories.taobao import ORDER_HEADERS, number, order, platform_csv, row, write_csv, write_xlsx


def rounded(text: str) -> str:
    return text[:15] + "0" * (len(text) - 15)


def check(ids: list[str]) -> bool:
    return refuse_zeros(ids, column="订单编号", rows=range(2, 2 + len(ids)))


@pytest.mark.parametrize("digits", [16, 17, 18, 19])
def test_a_file_of_rounded_ids_is_refused(digits):
    with pytest.raises(Refused, match="end in 0"):
        check([rounded(number(place, digits=digits)) for place in range(1, 17)])


@pytest.mark.parametrize("digits", [15, 16, 17, 18, 19])
def test_a_file_of_whole_ids_is_taken(digits):
    assert check([number(place, digits=digits) for place in range(1, 3000)]) is False


def test_short_ids_such_as_a_teaching_file_has_are_taken():
    assert check([str(place) for place in range(1, 30_000)]) is False


def test_the_orders_of_one_buyer_end_alike_and_that_is_no_damage():
    """The platform puts the buyer's digits last: all orders of buyer …150 end in 0."""
    assert check([f"{22529461916 + place * 77}{9150:05}" for place in range(40)]) is False


def test_the_lines_of_one_order_repeat_its_number_and_that_is_no_damage():
    assert check(["2375024027132070"] * 50) is False


def test_a_few_rounded_ids_are_suspected_and_many_refused():
    assert check([rounded(number(place, digits=16)) for place in range(1, 5)]) is True
    assert check([rounded(number(1, digits=19))]) is True
    assert check([rounded(number(1, digits=16))]) is False


def test_rounded_rows_pasted_below_whole_ones_are_found():
    whole = [number(place) for place in range(1, 900)]
    with pytest.raises(Refused, match="from row 901 on"):
        check(whole + [rounded(number(place)) for place in range(5000, 5010)])


@pytest.mark.parametrize("text", ["1.33898E+18", "2.25259E+15", "1e+18", "1338977955235152330.0"])
def test_scientific_notation_is_refused(text):
    with pytest.raises(Refused, match="without opening and saving it in Excel"):
        refuse_scientific(text, column="订单编号")


def test_numbers_of_more_than_15_digits_are_refused():
    refuse_numeric(["2375024027132076", 123456789012345.0, None], column="订单编号")
    with pytest.raises(Refused, match="instead of text"):
        refuse_numeric(["x", 2375024027132070.0], column="订单编号")


@given(st.lists(st.integers(10**18, 10**19 - 1).map(str), min_size=20, max_size=60, unique=True))
def test_ids_by_chance_are_taken(ids):
    if sum(text.endswith("0000") for text in ids) < 2:
        assert check(ids) in {False, True}


def test_a_damaged_workbook_is_refused_before_a_row_is_given(tmp_path):
    header = ORDER_HEADERS["2016-10"]
    rows = [row(header, order(订单编号=rounded(number(place, digits=16)))) for place in range(1, 17)]
    report = open_report(write_xlsx(tmp_path / "x.xlsx", {"a": [header, *rows]}), name="x.xlsx")
    with pytest.raises(Refused, match="only 15 digits"):
        next(report.chunks())


def test_a_workbook_of_numeric_ids_is_refused(tmp_path):
    header = ORDER_HEADERS["2016-10"]
    rows = [[2375024027132076, *row(header, order())[1:]]]
    report = open_report(write_xlsx(tmp_path / "x.xlsx", {"a": [header, *rows]}), name="x.xlsx")
    with pytest.raises(Refused, match="more than 15 digits"):
        next(report.chunks())


def test_a_csv_file_saved_by_excel_is_refused(tmp_path):
    text = platform_csv(ORDER_HEADERS["2020"], [order(1), order(2)]).replace(f'="{number(2)}"', "1.33898E+18", 1)
    report = open_report(write_csv(tmp_path / "x.csv", text), name="x.csv")
    with pytest.raises(Refused, match=r"1\.33898E"):
        next(report.chunks())


def test_a_small_file_that_may_be_damaged_is_taken_with_a_warning(tmp_path):
    rows = [order(订单编号=rounded(number(place, digits=16))) for place in range(1, 5)]
    report = open_report(write_csv(tmp_path / "x.csv", platform_csv(ORDER_HEADERS["2016-10"], rows)), name="x.csv")
    assert sum(map(len, report.chunks())) == 4
    assert "end in zeros" in report.problems[0].text
