"""A report is known by its header, whatever its year and whoever picked the columns."""

from __future__ import annotations

import random

import pytest

from shopops.kit.refusals import Refused
from shopops.taobao.columns import FIELDS, ReportKind, header_key
from shopops.taobao.detect import detect, kind_of_header
from shopops.taobao.reports import open_report, open_reports
from tests.factories.taobao import (
    LINE_HEADERS,
    ORDER_HEADERS,
    OTHER_HEADERS,
    line,
    order,
    platform_csv,
    row,
    write_csv,
    write_xlsx,
)


@pytest.mark.parametrize("version", ORDER_HEADERS)
def test_every_order_list_since_2012_is_known(version):
    assert kind_of_header(ORDER_HEADERS[version]) is ReportKind.ORDERS


@pytest.mark.parametrize("version", LINE_HEADERS)
def test_every_detail_list_since_2011_is_known(version):
    assert kind_of_header(LINE_HEADERS[version]) is ReportKind.LINES


@pytest.mark.parametrize("kind", OTHER_HEADERS)
def test_the_other_reports_are_known(kind):
    assert kind_of_header(OTHER_HEADERS[kind]) is ReportKind(kind)


def test_the_order_of_the_columns_does_not_matter():
    shuffled = list(LINE_HEADERS["2026"])
    random.Random(7).shuffle(shuffled)
    assert kind_of_header(shuffled) is ReportKind.LINES


def test_headers_are_compared_without_blanks_case_and_width_of_brackets():
    assert header_key("收货地址 ") == header_key("收货地址")
    assert header_key("商品 ID") == header_key("商品id")
    assert header_key("收入金额（元）") == header_key("收入金额(元)")


def test_no_header_means_two_fields_of_one_report():
    for kind, fields in FIELDS.items():
        names = [header_key(name) for known in fields for name in known.headers]
        assert len(names) == len(set(names)), kind


def test_a_title_above_the_header_is_passed_over():
    rows = [["订单报表 2020年11月"], [], ORDER_HEADERS["2020"], ["1"]]
    detected = detect(rows)
    assert detected is not None
    assert (detected.kind, detected.row) == (ReportKind.ORDERS, 3)


def test_a_workbook_of_several_reports_gives_one_for_each_known_sheet(tmp_path):
    orders, lines = ORDER_HEADERS["2022"], LINE_HEADERS["2026"]
    path = write_xlsx(
        tmp_path / "千牛.xlsx",
        {
            "说明": [["本表由千牛导出"]],
            "订单报表": [orders, row(orders, order())],
            "销售明细": [lines, row(lines, line())],
            "发货报表": [["订单编号", "物流公司", "物流单号"], [order()["订单编号"], "韵达快递", "433429491440084"]],
        },
    )
    reports = open_reports(path, name="千牛.xlsx")
    assert [(report.sheet.name, report.kind) for report in reports] == [
        ("订单报表", ReportKind.ORDERS),
        ("销售明细", ReportKind.LINES),
        ("发货报表", ReportKind.ORDERS),
    ]
    assert [len(chunk) for report in reports for chunk in report.chunks()] == [1, 1, 1]


def test_an_unknown_table_is_refused_with_what_was_found(tmp_path):
    path = write_csv(tmp_path / "x.csv", "员工,工资\n陈静,1\n")
    with pytest.raises(Refused) as caught:
        open_report(path, name="x.csv")
    assert "员工、工资" in str(caught.value)


def test_a_report_that_lacks_a_column_is_refused_with_its_name(tmp_path):
    path = write_csv(tmp_path / "x.csv", "主订单编号,标题,价格\n1,外套,2\n")
    with pytest.raises(Refused) as caught:
        open_report(path, name="x.csv")
    assert "item report" in str(caught.value)
    assert "购买数量" in str(caught.value)


def test_a_file_with_a_header_only_has_no_rows_and_is_no_error(tmp_path):
    path = write_csv(tmp_path / "x.csv", platform_csv(ORDER_HEADERS["2020"], []))
    assert list(open_report(path, name="x.csv").chunks()) == []


def test_a_sheet_without_rows_is_refused(tmp_path):
    with pytest.raises(Refused, match="no rows"):
        open_report(write_xlsx(tmp_path / "x.xlsx", {"a": []}), name="x.xlsx")


def test_asking_for_another_report_than_the_file_holds_says_which_it_is(tmp_path):
    path = write_csv(tmp_path / "x.csv", platform_csv(ORDER_HEADERS["2020"], [order()]))
    with pytest.raises(Refused, match="order report"):
        open_report(path, name="x.csv", kind=ReportKind.LINES)
