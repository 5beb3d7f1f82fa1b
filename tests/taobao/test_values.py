"""Cells of the platform's files, in every form they were seen in."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopops.taobao import casting, values
from shopops.taobao.columns import Form
from shopops.taobao.statuses import OrderStatus, RefundStatus, order_status, refund_status


@pytest.mark.parametrize("text", ["", "null", "NULL", "-", "--", '=""', "  ", "\t", "\u3000", "N/A"])
def test_nothing_has_many_spellings(text):
    assert values.unwrapped(text) == ""
    assert values.identifier(text) == ""
    assert values.money(text) is None
    assert values.count(text) is None
    assert values.moment(text) is None
    assert values.waybill(text) == ""
    assert values.phone(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "1338977955235152330",
        '="1338977955235152330"',
        "'1338977955235152330",
        "\t1338977955235152330",
        " 1338977955235152330 ",
        "１３３８９７７９５５２３５１５２３３０",
        '="1338977955235152330',
        "\ufeff1338977955235152330",
    ],
)
def test_an_id_is_text_of_digits_however_it_is_protected(text):
    assert values.identifier(text) == "1338977955235152330"


@pytest.mark.parametrize("text", ["1.33898E+18", "12a", "合计", "12.5", "1" * 33])
def test_what_is_no_id_is_said_to_be_none(text):
    with pytest.raises(values.Unreadable, match="is not a number of the platform"):
        values.identifier(text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("188.00", "188.00"),
        ("188", "188.00"),
        ("0元", "0.00"),
        ("12.5元", "12.50"),
        ("¥1,234.50", "1234.50"),
        ("￥1，234.50", "1234.50"),
        ("１８８．５０", "188.50"),
        ("-3.5", "-3.50"),
        ("34,895.00", "34895.00"),
        ("201.11999999999998", "201.12"),
        ("0.005", "0.01"),
        ("无退款申请", None),
        ('="19.90"', "19.90"),
    ],
)
def test_money_in_every_form(text, amount):
    assert values.money(text) == amount


@pytest.mark.parametrize("text", ["abc", "1.2.3", "12个", "NaN元", "1e99", "1_000", "Infinity", "一百", "１２個"])
def test_what_is_no_money_is_said_to_be_none(text):
    with pytest.raises(values.Unreadable, match="is not an amount of money"):
        values.money(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2016-09-18 23:17:02", "2016-09-18 23:17:02+08"),
        ("2016/5/23 22:02", "2016-05-23 22:02:00+08"),
        ("2026-08-11 10:00", "2026-08-11 10:00:00+08"),
        ("2016-05-23", "2016-05-23 00:00:00+08"),
        ("2016/5/23", "2016-05-23 00:00:00+08"),
        ("2016.5.23 9:05:07", "2016-05-23 09:05:07+08"),
        ("2016年5月23日 22时02分", "2016-05-23 22:02:00+08"),
        ("2016年5月23日 22:02:03", "2016-05-23 22:02:03+08"),
        ("2016年5月23日", "2016-05-23 00:00:00+08"),
        ("２０１６－０５－２３ ２２：０２：０１", "2016-05-23 22:02:01+08"),
        ("2016-05-23 22:02:11.000", "2016-05-23 22:02:11+08"),
        ("2016-05-23T14:02:11Z", "2016-05-23 22:02:11+08"),
        ("2016-05-23T22:02:11+08:00", "2016-05-23 22:02:11+08"),
        ("2016-05-23 22:02:11+08", "2016-05-23 22:02:11+08"),
        ("2016/5/23 10:02:00 PM", "2016-05-23 22:02:00+08"),
        ("2016/5/23 下午 10:02", "2016-05-23 22:02:00+08"),
        ("2016/5/23 12:00 AM", "2016-05-23 00:00:00+08"),
        ("20160523220211", "2016-05-23 22:02:11+08"),
        ("20160523", "2016-05-23 00:00:00+08"),
        ("42513.918171296296", "2016-05-23 22:02:10+08"),
        ("42513", "2016-05-23 00:00:00+08"),
        ("'2016-05-23 22:02:11", "2016-05-23 22:02:11+08"),
        ("2016-05-23  22:02:11", "2016-05-23 22:02:11+08"),
    ],
)
def test_times_in_every_form(text, moment):
    assert values.moment(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2016/5/3x",
            "2016-02-30 10:00:00",
            "2016-13-01",
            "2016-01-01 24:00:00",
            "5/23/2016 22:02",
            "0",
            "7",
            "999999",
        ),
        *(
            "昨天",
            "1016-01-01 10:00:00",
            "2016-01-01 13:00 PM",
            "22:02",
            "2016-05-23 22:02:61",
            "9999-12-31T23:59:59-05:00",
        ),
    ],
)
def test_what_is_no_time_is_said_to_be_none(text):
    with pytest.raises(values.Unreadable, match="is not a time"):
        values.moment(text)


@pytest.mark.parametrize(
    ("text", "count"), [("1", "1"), ("1.0", "1"), ("1.00", "1"), ("1,200", "1200"), ("０３", "3"), ("007", "7")]
)
def test_whole_numbers(text, count):
    assert values.count(text) == count


@pytest.mark.parametrize("text", ["-1", "1.5", "两", "x", "1e3", "1234567890"])
def test_what_is_no_whole_number_is_said_to_be_none(text):
    with pytest.raises(values.Unreadable, match="is not a whole number"):
        values.count(text)


@pytest.mark.parametrize(
    ("text", "waybill"),
    [
        ("No:EY154416976FR", "EY154416976FR"),
        ("no：433429491440084", "433429491440084"),
        ("'433429491440084", "433429491440084"),
        ('="433429491440084"', "433429491440084"),
        ("No:433429491440084,No:433429491440085", "433429491440084,433429491440085"),
        ("433429491440084；433429491440085", "433429491440084,433429491440085"),
        ("SF 1234 5678 9012", "SF123456789012"),
        ("433429491440084 No:433429491440085", "433429491440084,433429491440085"),
        ("No:", ""),
    ],
)
def test_waybills_lose_their_prefix(text, waybill):
    assert values.waybill(text) == waybill


@pytest.mark.parametrize(
    ("text", "number"), [("'13900001234", "13900001234"), ("18877771111-123", "18877771111-123"), ("’021-1", "021-1")]
)
def test_telephone_numbers_lose_their_apostrophe(text, number):
    assert values.phone(text) == number


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("等待买家付款", OrderStatus.UNPAID),
        ("买家已付款，等待卖家发货", OrderStatus.PAID),
        ("买家已付款,等待卖家发货", OrderStatus.PAID),
        ("买家已付款， 等待卖家发货", OrderStatus.PAID),
        ("卖家已发货，等待买家确认", OrderStatus.SHIPPED),
        ("卖家部分发货", OrderStatus.PART_SHIPPED),
        ("交易成功", OrderStatus.DONE),
        ("交易关闭", OrderStatus.CLOSED),
        ("WAIT_SELLER_SEND_GOODS", OrderStatus.PAID),
        ("TRADE_CLOSED_BY_TAOBAO", OrderStatus.CLOSED),
        ("飞走了", None),
    ],
)
def test_statuses_of_orders(word, status):
    assert order_status(word) is status


def test_statuses_of_refunds():
    assert refund_status("没有申请退款") is RefundStatus.NONE
    assert refund_status("退款成功") is RefundStatus.SUCCESS
    assert refund_status("买家已经申请退款，等待卖家同意") is RefundStatus.WAIT_SELLER_AGREE
    assert refund_status("SELLER_REFUSE_BUYER") is RefundStatus.REFUSED
    assert refund_status("也许") is None


READERS = {
    Form.MONEY: values.money,
    Form.TIME: values.moment,
    Form.COUNT: values.count,
    Form.PHONE: values.phone,
    Form.WAYBILL: values.waybill,
    Form.TEXT: values.unwrapped,
}
PLAIN = {
    Form.MONEY: st.decimals(0, 99999, places=2).map(str),
    Form.TIME: st.datetimes().filter(lambda at: at.year > 1989).map(lambda at: at.strftime("%Y-%m-%d %H:%M:%S")),
    Form.COUNT: st.integers(0, 99999).map(str),
    Form.PHONE: st.from_regex(r"'?1[0-9]{10}(-[0-9]{3})?", fullmatch=True),
    Form.WAYBILL: st.from_regex(r"(No:)?[A-Z]{0,2}[0-9]{8,15}", fullmatch=True),
    Form.TEXT: st.text(max_size=8),
}
ODD = st.sampled_from(
    [
        "",
        "null",
        "-",
        '=""',
        "x",
        "0元",
        "2016/5/23 22:02",
        "2016-02-30 10:00:00",
        "'1",
        "No:",
        "a\nb",
        " 7 ",
        "--5",
        "\n",
    ]
)


@pytest.mark.parametrize("form", READERS)
@given(data=st.data())
def test_a_column_reads_as_its_cells_do_one_by_one(form, data):
    """The expressions for whole columns are a short cut, not another meaning."""
    cells = data.draw(st.lists(PLAIN[form] | ODD, min_size=1, max_size=8) | st.lists(PLAIN[form], min_size=1))
    cast = casting.CASTS[form](cells)
    assert len(cast.values) == len(cells)
    for place, cell in enumerate(cells):
        try:
            expected = READERS[form](cell)
        except values.Unreadable as error:
            bad, found = str(cast.bad[place]), str(error.message)
            assert bad == found
            assert cast.values[place] == casting.NOTHING_OF[form]
            continue
        assert place not in cast.bad
        found = cast.values[place]
        assert found == expected or (form is Form.MONEY and found and expected and float(found) == float(expected))


@given(cells=st.lists(st.from_regex(r'(="[0-9]{16,19}")|[0-9]{16,19}', fullmatch=True) | ODD, min_size=1, max_size=8))
def test_a_column_of_ids_reads_as_its_cells_do_one_by_one(cells):
    cast = casting.cast_ids(cells, column="订单编号")
    for place, cell in enumerate(cells):
        try:
            assert cast.values[place] == values.identifier(cell)
        except values.Unreadable:
            assert place in cast.bad


@given(text=st.text(max_size=30))
def test_no_text_makes_a_reader_stumble(text):
    for read in (*READERS.values(), values.identifier):
        with suppress(values.Unreadable):
            read(text)
