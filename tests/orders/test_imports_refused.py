"""Imports that are refused: whole, with nothing written, or row by row, with the rows given back."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection
from openpyxl import load_workbook

from orders.imports import Upload, import_orders
from orders.models import ImportBatch, Order, OrderLine
from orders.states import ImportState
from shopops.taobao.columns import REASON
from staff.models import Event, Shop
from tests.factories.imports import import_pair, import_texts, line_csv, order_csv, said
from tests.factories.staff import NOON
from tests.factories.taobao import LINE_HEADERS, ORDER_HEADERS, OTHER_HEADERS, line, number, order, platform_csv

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

DAMAGED = [f"23750240271{place:04d}0" for place in range(16)]
GOOD = order_csv([order(1)])


def test_damaged_numbers_refuse_the_whole_upload_and_nothing_is_written():
    damaged = order_csv([order(1, 订单编号=one) for one in DAMAGED])

    batch = import_texts(GOOD, damaged, names=("good.csv", "damaged.csv"))

    assert batch.state == ImportState.REFUSED
    assert batch.sentence.startswith("damaged.csv: The order numbers in this file are damaged.")
    assert batch.complaints == [
        {"file": "damaged.csv", "row": 0, "column": "", "text": batch.sentence, "refused": True}
    ]
    assert batch.counts["orders"] == {"new": 0, "changed": 0, "unchanged": 0, "refused": 0}
    assert not Order.objects.exists()
    assert not Shop.objects.exists()
    assert not Event.objects.exists()


def test_a_damaged_item_report_takes_back_the_orders_written_before_it():
    damaged = line_csv([line(1, 订单编号=one) for one in DAMAGED])

    batch = import_texts(GOOD, damaged)

    assert batch.state == ImportState.REFUSED
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"%PDF-1.7 ...", "This is a PDF file"),
        (b"PK\x03\x04rubbish", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, "damaged"),
        ("姓名,电话\n张三,123\n".encode(), "none of the seller centre's reports"),
        (b"\x00\xff\xfe\x01" * 400, ""),
        (platform_csv(OTHER_HEADERS["refunds"], []).encode("gb18030"), "Here belong the order report"),
    ],
)
def test_other_files_are_refused_with_a_sentence(tmp_path, content, words):
    path = tmp_path / "upload.csv"
    path.write_bytes(content)

    batch = import_orders([Upload(path, "upload.csv")], by=None, at=NOON)

    assert batch.state == ImportState.REFUSED
    assert words in batch.sentence


def test_rows_that_cannot_be_read_are_left_out_one_by_one():
    batch = import_pair(
        [order(1), order(2, 总金额="viel"), order(3, 订单创建时间="2016/5/3x")],
        [line(1), line(3, 购买数量="0"), line(4, of=1, 商家编码="C2", 购买数量="zwei")],
    )

    assert batch.state == ImportState.DONE
    assert batch.counts["orders"]["refused"] == 2
    assert batch.counts["lines"]["refused"] == 2
    refused = [(one["file"], one["row"], one["column"], one["text"]) for one in batch.complaints if one["refused"]]
    assert refused == [
        ("file0.csv", 3, "总金额", "“viel” is not an amount of money"),
        ("file0.csv", 4, "订单创建时间", "“2016/5/3x” is not a time"),
        ("file1.csv", 3, "购买数量", "“0” is not a number of pieces"),
        ("file1.csv", 4, "购买数量", "“zwei” is not a whole number"),
    ]
    assert Order.objects.get().number == number(1)


def rejected_book(batch: ImportBatch):
    with batch.rejected.open("rb") as stream:
        return load_workbook(BytesIO(stream.read()))


def test_rejected_rows_are_given_back_with_the_reason_in_a_column_of_its_own():
    batch = import_pair([order(1, 总金额="viel"), order(2)], [line(1, 购买数量="0"), line(2)])

    sheets = {sheet.title: list(sheet.values) for sheet in rejected_book(batch).worksheets}
    assert list(sheets) == ["file0", "file1"]
    head, row = sheets["file0"]
    assert list(head) == [name.strip() for name in ORDER_HEADERS["2017-07"]] + [REASON]
    assert row[0] == f'="{number(1)}"' or row[0] == number(1)
    assert row[6] == "viel"
    assert row[-1] == "row 2, column 总金额: “viel” is not an amount of money"
    assert sheets["file1"][0][-1] == REASON


def test_the_rows_given_back_can_be_corrected_and_imported(tmp_path):
    batch = import_pair([order(1, 总金额="viel"), order(2)], [line(1), line(2)])
    book = rejected_book(batch)
    book.active.cell(2, 7).value = "188.00"
    path = tmp_path / "corrected.xlsx"
    book.save(path)

    again = import_orders([Upload(path, path.name)], by=None, at=NOON)

    assert again.counts["orders"]["changed"] == 1, said(again)
    one = Order.objects.get(number=number(1))
    assert (one.total, REASON in one.extra) == (188, False)


def test_an_import_without_rejected_rows_gives_nothing_back():
    assert not import_texts(GOOD).rejected


def test_values_no_table_keeps_refuse_the_upload_and_nothing_is_written():
    rows = [
        line(place, of=1, 价格="9999999999.99", 购买数量="999999999", 商家编码=f"C{place}") for place in range(1, 9)
    ]

    batch = import_texts(line_csv(rows))

    assert batch.state in {ImportState.REFUSED, ImportState.DONE}
    if batch.state == ImportState.REFUSED:
        assert "Nothing was imported" in batch.sentence
        assert not OrderLine.objects.exists()


def test_texts_longer_than_a_column_are_cut():
    long = "长" * 2000

    batch = import_pair(
        [
            order(
                1,
                买家会员名=long,
                收货人姓名=long,
                订单备注=long,
                买家留言=long,
                宝贝标题=long,
                物流公司=long,
                物流单号="1" * 100,
            )
        ],
        [line(1, 标题=long, 商家编码=long, 商品属性=long, 备注=long)],
    )

    assert batch.state == ImportState.DONE, batch.sentence
    assert len(Order.objects.get().seller_memo) == 1000
    assert len(OrderLine.objects.get().title) == 300


def test_an_import_leaves_no_temporary_tables_of_rows_behind():
    import_pair([order(1)], [line(1)])

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'import_stage_%%' AND relkind = 'r'")
        assert cursor.fetchone()[0] == 0


def test_a_row_of_an_order_that_was_refused_does_not_lose_its_lines():
    import_pair([order(1, 总金额="viel")], [line(1)])

    one = Order.objects.get()
    assert (one.digest, one.lines.count()) == (None, 1)


@pytest.mark.parametrize("version", LINE_HEADERS)
def test_a_header_alone_is_an_empty_report(version):
    batch = import_texts(line_csv([], version))

    assert (batch.state, batch.counts["lines"]["new"]) == (ImportState.DONE, 0)


def test_a_missing_file_is_an_error_of_the_caller(tmp_path):
    with pytest.raises(FileNotFoundError):
        import_orders([Upload(Path(tmp_path) / "nowhere.csv", "nowhere.csv")], by=None, at=NOON)
