"""Carriers, and the file that tells the platform what was shipped."""

from __future__ import annotations

import openpyxl
import pytest

from shopops.kit.spreadsheets import open_spreadsheet
from shopops.taobao.carriers import carrier_called, carriers
from shopops.taobao.shipping import Shipment, shipping_csv, write_shipping_xlsx

SHIPMENTS = [
    Shipment("1338977955235152330", "韵达快递", "433429491440084"),
    Shipment("2375024027132076", "EMS", "EY154416976FR"),
]


def test_carriers_are_found_by_name_code_and_short_name():
    for word in ("韵达快递", "韵达", "YUNDA", "yunda", " 韵达 快递 "):
        assert carrier_called(word).id == "102"
    assert carrier_called("极兔").name == "极兔速递"
    assert carrier_called("某某快递") is None


def test_codes_and_ids_of_carriers_are_unique():
    codes = [carrier.code for carrier in carriers() if carrier.code]
    ids = [carrier.id for carrier in carriers() if carrier.id]
    names = [carrier.name for carrier in carriers()]
    assert len(codes) == len(set(codes)) > 30
    assert len(ids) == len(set(ids))
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("carrier", "number"),
    [
        ("韵达快递", "433429491440084"),
        ("申通快递", "775510197994133"),
        ("EMS", "No:EY154416976FR"),
        ("极兔速递", "JT0000000000001"),
        ("顺丰速运", "SF1234567890123"),
        ("顺丰速运", "sf1234567890123"),
        ("中通快递", "78312345678901"),
        ("中国邮政", "anything"),
    ],
)
def test_numbers_that_look_right_raise_no_doubt(carrier, number):
    assert carrier_called(carrier).doubt(number) is None


def test_a_number_of_another_carrier_raises_a_doubt():
    assert "韵达快递" in str(carrier_called("韵达快递").doubt("EY154416976FR"))
    assert carrier_called("韵达快递").doubt("433429491440084,12") is not None


def test_the_upload_file_is_gb18030_with_bare_digits():
    text = b"".join(shipping_csv(SHIPMENTS)).decode("gb18030")
    assert text == (
        "订单编号,物流公司,物流单号\r\n1338977955235152330,韵达快递,433429491440084\r\n2375024027132076,EMS,EY154416976FR\r\n"
    )


def test_the_upload_workbook_holds_text_only(tmp_path):
    path = tmp_path / "ship.xlsx"
    assert write_shipping_xlsx(path, SHIPMENTS, headers=("订单号", "快递公司", "运单号")) == 2
    cells = list(openpyxl.load_workbook(path).active.iter_rows())
    assert [cell.value for cell in cells[0]] == ["订单号", "快递公司", "运单号"]
    assert [(cell.value, cell.data_type) for cell in cells[1]] == [
        ("1338977955235152330", "s"),
        ("韵达快递", "s"),
        ("433429491440084", "s"),
    ]


def test_what_is_written_for_the_platform_is_read_back(tmp_path):
    path = tmp_path / "ship.csv"
    path.write_bytes(b"".join(shipping_csv(SHIPMENTS)))
    (sheet,) = open_spreadsheet(path, name="ship.csv")
    assert sheet.head()[1:] == [[one.order_number, one.carrier, one.waybill] for one in SHIPMENTS]
