"""The seller centre's files, with every quirk they have, become rows ready for the database."""

from __future__ import annotations

import json
import tracemalloc
from datetime import datetime

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopops.kit.refusals import Refused
from shopops.taobao.columns import ReportKind
from shopops.taobao.complaints import Severity
from shopops.taobao.reports import fields_of, open_report, open_reports
from tests.factories.taobao import (
    LINE_HEADERS,
    NUMBERS,
    ORDER_HEADERS,
    OTHER_HEADERS,
    line,
    number,
    order,
    platform_csv,
    readable_or_refused,
    row,
    write_csv,
    write_xlsx,
)

FILES = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def opened(tmp_path):
    def make(text: str, encoding: str = "gb18030"):
        return open_report(write_csv(tmp_path / "x.csv", text, encoding), name="x.csv")

    return make


def read(report, size=1000):
    """Return rows as dicts, complaints and rejected rows of a whole report."""
    rows, complaints, rejected = [], [], []
    for chunk in report.chunks(size):
        for found, at in zip(chunk.rows(), chunk.numbers, strict=True):
            rows.append(dict(zip(chunk.fields, found, strict=True)) | {"row": at})
        complaints.extend(chunk.complaints)
        rejected.extend(chunk.rejected)
    return rows, complaints, rejected


@pytest.mark.parametrize("version", ORDER_HEADERS)
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_an_order_of_every_version_is_read(opened, version, encoding):
    report = opened(platform_csv(ORDER_HEADERS[version], [order(7), order(8)]), encoding)
    rows, complaints, rejected = read(report)
    assert (len(rows), complaints, rejected) == (2, [], [])
    assert rows[0]["order_number"] == number(7)
    assert rows[0]["total"] == "188.00"
    assert rows[0]["paid_amount"] == "188.00"
    assert rows[0]["created_at"] == "2020-11-01 00:03:12+08"
    assert rows[0]["paid_at"] == "2020-11-01 00:03:40+08"
    assert rows[0]["title"] == "加厚羊羔绒外套"
    if "receiver_name" in report.present:
        assert rows[0]["status"] == "paid"
        assert rows[0]["mobile"] == "13900001234"
        assert [rows[0][part] for part in ("province", "city", "district", "street", "postcode")] == [
            *("江苏省", "苏州市", "昆山市", "玉山镇测试路12号", "215300"),
        ]
        assert rows[0]["close_reason"] == ""
        assert report.shop_names == {"暖冬旗舰店": 2}


@pytest.mark.parametrize("version", LINE_HEADERS)
def test_a_line_of_every_version_is_read(opened, version):
    report = opened(platform_csv(LINE_HEADERS[version], [line(3), line(4, of=3)]))
    rows, complaints, rejected = read(report)
    assert (len(rows), complaints, rejected) == (2, [], [])
    assert [found["order_number"] for found in rows] == [number(3), number(3)]
    assert rows[1]["line_number"] == (number(4) if version != "2011" else "")
    assert rows[0]["quantity"] == "1"
    assert rows[0]["price"] == "288.00"
    assert rows[0]["outer_code"] == "YS-0001"
    assert rows[0]["package"] == rows[0]["note"] == ""
    if version != "2011":
        assert rows[0]["refund_status"] == "none"
        assert rows[0]["refund_amount"] is None


def test_a_comma_at_the_end_of_every_row_is_no_mistake(opened):
    report = opened(platform_csv(LINE_HEADERS["2011"], [line(1), line(2)], comma_at_end=True))
    rows, complaints, _rejected = read(report)
    assert (len(rows), complaints) == (2, [])


def test_a_workbook_saved_from_the_csv_reads_the_same(tmp_path, opened):
    header = ORDER_HEADERS["2016-10"]
    changes = {"物流单号": "No:EY154416976FR", "修改后的收货地址": "广东省 佛山市 顺德区    乐从镇测试路3号"}
    cells = row(header, order(5, **changes))
    typed = [
        float(cell) if name.startswith(("买家应付", "总金额", "买家实际支付", "宝贝种类", "宝贝总数量")) else cell
        for name, cell in zip(header, cells, strict=True)
    ]
    typed[0] = f'="{typed[0]}"'
    typed[header.index("订单创建时间")] = datetime(2020, 11, 1, 0, 3, 12)  # noqa: DTZ001 -- a wall clock
    typed[header.index("订单付款时间 ")] = datetime(2020, 11, 1, 0, 3, 40)  # noqa: DTZ001
    typed[header.index("买家支付宝账号")] = 13900001234
    book = open_report(write_xlsx(tmp_path / "x.xlsx", {"a": [header, typed]}), name="x.xlsx")
    text = opened(platform_csv(header, [order(5, **changes)]))
    (from_book,), (from_text,) = read(book)[0], read(text)[0]
    amounts = {"goods_amount", "postage", "total", "paid_amount"}
    assert {key: from_book[key] for key in amounts} == {key: from_text[key].removesuffix(".00") for key in amounts}
    assert {key: value for key, value in from_book.items() if key not in amounts} == {
        key: value for key, value in from_text.items() if key not in amounts
    }
    assert from_book["waybill"] == "EY154416976FR"
    assert (from_book["city"], from_book["postcode"]) == ("佛山市", "")


def test_blank_rows_sums_remarks_and_repeated_headers_are_no_orders(opened):
    header = ORDER_HEADERS["2016-10"]
    good = platform_csv(header, [order(1)])
    below = "\n" + "," * 44 + "\n" + platform_csv(header, [order(2)]) + '"合计：","","","188.00"\n' + '"*仅供参考"\n'
    rows, complaints, rejected = read(opened(good + below))
    assert [(found["row"], found["order_number"]) for found in rows] == [(2, number(1)), (6, number(2))]
    assert rejected == []
    assert [(complaint.row, complaint.severity) for complaint in complaints] == [
        (7, Severity.WARN),
        (8, Severity.WARN),
    ]


def test_a_row_that_cannot_be_read_is_left_out_with_its_cells_and_the_place_of_the_mistake(opened):
    bad = order(2, 订单付款时间="2016/5/3x", 总金额="一百")
    rows, complaints, rejected = read(opened(platform_csv(ORDER_HEADERS["2016-10"], [order(1), bad, order(3)])))
    assert [found["order_number"] for found in rows] == [number(1), number(3)]
    assert [(complaint.file, complaint.row, complaint.column, complaint.value) for complaint in complaints] == [
        ("x.csv", 3, "订单付款时间", "2016/5/3x"),
        ("x.csv", 3, "总金额", "一百"),
    ]
    assert str(complaints[0]) == "row 3, column 订单付款时间: “2016/5/3x” is not a time"
    assert rejected[0].row == 3
    assert rejected[0].cells[0] == f'="{number(2)}"'
    assert rejected[0].reasons == complaints


def test_a_complaint_appears_in_the_language_of_whoever_reads_it(opened):
    _rows, complaints, _rejected = read(
        opened(platform_csv(ORDER_HEADERS["2020"], [order(1, 订单付款时间="2016/5/3x")]))
    )
    with translation.override("zh-hans"):
        assert str(complaints[0]) == "第 2 行“订单付款时间”列：“2016/5/3x”不是时间"


def test_a_value_that_matters_less_is_left_out_with_a_warning_and_kept_as_it_was(opened):
    odd = order(1, 退款金额="待定", 订单状态="飞走了")
    (found,), complaints, rejected = read(opened(platform_csv(ORDER_HEADERS["2017-07"], [odd])))
    assert (found["refund_amount"], found["status"], rejected) == (None, "", [])
    assert {complaint.column for complaint in complaints} == {"退款金额", "订单状态"}
    assert json.loads(found["extra"]) == {"是否手机订单": "手机订单", "退款金额": "待定", "订单状态": "飞走了"}


def test_an_order_without_number_and_a_line_without_quantity_are_refused(opened):
    rows, complaints, _rejected = read(
        opened(platform_csv(ORDER_HEADERS["2020"], [order(1, 订单编号="", 主订单编号="")]))
    )
    assert rows == []
    assert [complaint.text for complaint in complaints] == ["the cell is empty"]
    rows, complaints, _rejected = read(opened(platform_csv(LINE_HEADERS["2022"], [line(1, 购买数量="null")])))
    assert (rows, complaints[0].column) == ([], "购买数量")


def test_unknown_columns_are_kept_and_columns_that_say_nothing_are_not(opened):
    header = [*ORDER_HEADERS["2021"], "直播间", "直播间", ""]
    text = platform_csv(header, [order(1, 直播间="小雪", 前N有礼='第"3"名', 是否代付="否"), order(2, 直播间="null")])
    one, two = read(opened(text))[0]
    assert json.loads(one["extra"]) == {
        "是否手机订单": "手机订单",
        "前N有礼": '第"3"名',
        "直播间": "小雪",
        "直播间 #69": "小雪",
        "主订单编号": number(1),
    }
    assert json.loads(two["extra"]) == {"是否手机订单": "手机订单", "主订单编号": number(2)}


def test_columns_of_many_different_values_are_kept_too(opened):
    text = platform_csv(
        [*ORDER_HEADERS["2012"], "支付宝单"], [order(place, 支付宝单=f'"{place}"\t') for place in range(200)]
    )
    assert json.loads(read(opened(text))[0][150]["extra"])["支付宝单"] == '"150"'


def test_two_columns_of_one_field_complete_each_other(opened):
    text = platform_csv(
        ORDER_HEADERS["2022"],
        [
            order(1, 订单备注="加急", 商家备忘="加急"),
            order(2, 订单备注="", 商家备忘="换大一码"),
            order(3, 买家会员名="", 买家会员昵称="昵称"),
        ],
    )
    one, two, three = read(opened(text))[0]
    assert [one["seller_memo"], two["seller_memo"], three["buyer_nick"]] == ["加急", "换大一码", "昵称"]


def test_fields_the_file_lacks_are_told_apart_from_empty_ones(opened):
    report = opened("订单编号,订单状态\n" + f"{number(1)},交易成功\n")
    (found,), _complaints, _rejected = read(report)
    assert report.present == {"order_number", "status", "extra"}
    assert (found["status"], found["paid_at"], found["receiver_name"]) == ("done", None, "")
    assert tuple(found)[:-1] == report.fields == fields_of(ReportKind.ORDERS)


def test_a_row_with_more_cells_than_the_header_is_refused(opened):
    text = "订单编号,订单状态,总金额\n1,交易成功,5\n2,交易,成功,5\n3,交易成功\n"
    rows, complaints, _rejected = read(opened(text))
    assert [found["order_number"] for found in rows] == ["1"]
    assert "4 cells" in complaints[0].text
    assert "ends after 2 of 3" in complaints[1].text


def test_a_row_that_lacks_only_empty_cells_at_its_end_is_taken(opened):
    """Some versions of Excel leave out the last commas of a row when they are empty."""
    rows, complaints, _rejected = read(opened("订单编号,订单状态,订单备注,发票抬头\n1,交易成功,急,甲\n2,交易成功\n"))
    assert (len(rows), complaints) == (2, [])


def test_the_last_row_of_a_file_cut_short_is_refused(opened):
    text = "订单编号,订单状态,订单备注,发票抬头\n1,交易成功,急,甲\n2,交易成功,很"
    rows, complaints, _rejected = read(opened(text))
    assert ([found["order_number"] for found in rows], complaints[0].row) == (["1"], 3)


def test_a_quotation_mark_that_swallows_rows_refuses_the_file(opened):
    rows = "\n".join(f"{number(place)},交易成功,{note}" for place, note in [(1, ""), (2, '"急'), (3, ""), (4, "")])
    with pytest.raises(Refused, match="In row 3, column 订单备注"):
        read(opened(f"订单编号,订单状态,订单备注\n{rows}\n"))


@pytest.mark.parametrize("broken", ['"急', '急"，慢', '"急"慢"'])
def test_a_quotation_mark_out_of_place_refuses_the_rows_it_touches_only(opened, broken):
    text = platform_csv(ORDER_HEADERS["2020"], [order(1), order(2, 订单备注="@@"), order(3), order(4)])
    rows, complaints, rejected = read(opened(text.replace('"@@"', broken)))
    good = [found["order_number"] for found in rows]
    assert good[0] == number(1)
    assert good[-1] == number(4)
    assert len(rows) + len(rejected) >= 3
    assert all(found["shop_name"] == "暖冬旗舰店" for found in rows)
    assert all(complaint.row == 3 for complaint in complaints)


def test_a_message_of_several_lines_stays_one_cell(opened):
    message = "第一行\n第二行 1338977955235152330\t\\N"
    (found,), complaints, _rejected = read(opened(platform_csv(ORDER_HEADERS["2020"], [order(1, 买家留言=message)])))
    assert (found["buyer_message"], complaints) == (message, [])


def test_bytes_that_cannot_be_read_are_complained_about_where_they_stand(tmp_path):
    data = platform_csv(ORDER_HEADERS["2020"], [order(1), order(2, 买家留言="坏@@")]).encode("gb18030")
    path = tmp_path / "x.csv"
    path.write_bytes(data.replace(b"@@", b"\xff\xff"))
    rows, complaints, _rejected = read(open_report(path, name="x.csv"))
    assert rows[1]["buyer_message"] == "坏\ufffd\ufffd"
    assert [(complaint.row, complaint.column, complaint.severity) for complaint in complaints] == [
        (3, "买家留言", Severity.WARN)
    ]


def test_chunks_of_any_size_hold_the_same_rows(opened):
    text = platform_csv(ORDER_HEADERS["2020"], [order(place) for place in range(25)])
    whole = read(opened(text))
    for size in (1, 7, 25, 26):
        assert read(opened(text), size) == whole
    report = opened(text)
    list(report.chunks(7))
    assert (report.rows_read, report.rows_refused, report.shop_names) == (25, 0, {"暖冬旗舰店": 25})


def test_a_report_can_be_read_twice(opened):
    report = opened(platform_csv(ORDER_HEADERS["2020"], [order(1)]))
    assert read(report) == read(report)
    assert report.rows_read == 1


def test_the_other_reports_are_read(opened):
    refunds = (
        "订单编号,退款编号,退款状态,买家退款金额,退款的申请时间\n"
        f"{number(1)},{number(2)},退款成功,12.00,2026-08-11 10:00\n"
    )
    (found,) = read(opened(refunds))[0]
    assert (found["refund_number"], found["refund_status"], found["refund_amount"]) == (number(2), "success", "12.00")
    funds = (
        ",".join(OTHER_HEADERS["funds"]) + f"\n2026-08-11 10:00:00,2026081122001,{number(1)},交易收款,12.00,0.00,,\n"
    )
    (found,) = read(opened(funds))[0]
    assert (found["order_number"], found["income"], found["booking_type"]) == (number(1), "12.00", "交易收款")
    parcels = (
        "交易单号,子交易单号,超时类型,支付时间,应揽收时间,买家地址\n"
        f"{number(1)},{number(2)},支付超24h,2026-04-30 20:28:04,2026-06-01 23:59:59,浙江省杭州市余杭区良渚街道 ***\n"
    )
    (found,) = read(opened(parcels))[0]
    assert (found["collect_due_at"], found["district"]) == ("2026-06-01 23:59:59+08", "余杭区")


def test_copy_text_escapes_what_copy_takes_for_its_own(opened):
    rows = [order(1, 买家留言="a\tb\\c\nd"), order(2, 订单付款时间="")]
    (chunk,) = opened(platform_csv(ORDER_HEADERS["2020"], rows)).chunks()
    text = chunk.copy_text(("row", "order_number", "buyer_message", "paid_at"), constants=("batch\t1", None))
    assert text.splitlines() == [
        f"batch\\t1\t\\N\t2\t{number(1)}\ta\\tb\\\\c\\nd\t2020-11-01 00:03:40+08",
        f"batch\\t1\t\\N\t3\t{number(2)}\t\t\\N",
    ]


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=10)


@FILES
@given(data=st.data())
def test_any_text_in_any_cell_is_read_or_complained_about(tmp_path, data):
    header = data.draw(st.sampled_from([*ORDER_HEADERS.values(), *LINE_HEADERS.values()]))
    count = data.draw(st.integers(1, 4))
    names = st.sampled_from([name.strip() for name in header if name not in NUMBERS])
    changes = data.draw(st.lists(st.dictionaries(names, WORDS), min_size=count, max_size=count))
    maker = line if "购买数量" in header else order
    text = platform_csv(header, [maker(place) | change for place, change in enumerate(changes)])
    report = open_report(write_csv(tmp_path / "x.csv", text, "utf-8"), name="x.csv")
    with readable_or_refused():
        rows, complaints, rejected = read(report, 3)
        assert_nothing_is_lost(rows, complaints, rejected, count)


def assert_nothing_is_lost(rows, complaints, rejected, count):
    dropped = sum(complaint.severity is Severity.WARN and not complaint.column for complaint in complaints)
    assert len(rows) + len(rejected) + dropped == count
    for found in rows:
        assert found["order_number"].isdecimal()
        assert isinstance(json.loads(found["extra"]), dict)
    assert all(str(complaint) for complaint in complaints)


@FILES
@given(
    data=st.binary(max_size=300),
    start=st.sampled_from(["订单编号,订单状态,总金额\n", "主订单编号,标题,购买数量\n", "运单号,时间,内容\n", ""]),
)
def test_arbitrary_bytes_raise_nothing_but_a_refusal(tmp_path, data, start):
    path = tmp_path / "x.csv"
    path.write_bytes(start.encode("gb18030") + data)
    with readable_or_refused():
        for report in open_reports(path, name="x.csv"):
            for chunk in report.chunks(2):
                assert chunk.copy_text().count("\n") == len(chunk)


def test_memory_does_not_grow_with_the_file(tmp_path):
    def peak(rows: int) -> int:
        header = ORDER_HEADERS["2016-10"]
        path = write_csv(tmp_path / "x.csv", platform_csv(header, (order(place) for place in range(rows))))
        report = open_report(path, name="x.csv")
        tracemalloc.start()
        assert sum(len(chunk) for chunk in report.chunks()) == rows
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(6000) < 1.2 * peak(2000)
