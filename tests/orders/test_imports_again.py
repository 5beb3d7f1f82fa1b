"""Imports of orders that are known: unchanged is untouched, changes are taken over and told, nothing goes backwards."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from orders.actions.addresses import Receiver, edit_address
from orders.actions.exceptions import raise_exception
from orders.models import ImportBatch, Order, OrderException, OrderLine
from orders.states import ORDER_MOVES, ExceptionKind, OrderState, PlatformStatus
from shopops.kit.clock import SHANGHAI
from staff.models import Event
from tests.factories.imports import import_pair, import_texts, line_csv, order_csv, said
from tests.factories.staff import NOON
from tests.factories.taobao import line, number, order, platform_csv

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

LATER = NOON + timedelta(hours=3)
PAIR = ([order(1), order(2)], [line(1), line(2)])


def counts(batch: ImportBatch, thing: str = "orders") -> tuple[int, ...]:
    return tuple(batch.counts[thing][name] for name in ("new", "changed", "unchanged", "refused"))


def row_versions() -> set[tuple]:
    """Return which version of each row is there: a rewritten row has another place."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 'o', id, ctid::text FROM orders_order UNION SELECT 'l', id, ctid::text FROM orders_orderline"
        )
        return set(cursor.fetchall())


def last_changes(verb: str = "orders.changed_on_platform") -> dict:
    return Event.objects.filter(verb=verb).latest("pk").changes


def test_the_same_files_again_rewrite_no_row_and_say_who_had_them(lina):
    import_pair(*PAIR, by=lina)
    before = row_versions()

    batch = import_pair(*PAIR, at=LATER)

    assert (counts(batch), counts(batch, "lines")) == ((0, 0, 2, 0), (0, 0, 2, 0))
    assert row_versions() == before
    assert said(batch)[0] == (
        f"This file was imported on 2026-11-20 12:00 by 李娜 already (import {ImportBatch.objects.earliest('pk').pk})."
    )
    assert not Event.objects.filter(verb="orders.changed_on_platform").exists()


def test_a_change_of_an_unreviewed_order_is_taken_over_and_told_once():
    import_pair(*PAIR)

    batch = import_texts(
        order_csv([order(1, 订单备注="改发圆通", 收货地址="上海 上海市 浦东新区 张江路8号(201203)"), order(2)])
    )

    one = Order.objects.get(number=number(1))
    assert counts(batch) == (0, 1, 1, 0)
    assert (one.seller_memo, one.province, one.address) == ("改发圆通", "上海", "张江路8号")
    assert one.last_batch == batch
    assert last_changes() == {
        "seller_memo": ["", "改发圆通"],
        "province": ["江苏省", "上海"],
        "city": ["苏州市", "上海市"],
        "district": ["昆山市", "浦东新区"],
        "address": ["玉山镇测试路12号", "张江路8号"],
        "postcode": ["215300", "201203"],
    }
    assert Event.objects.filter(verb="orders.changed_on_platform").count() == 1


@pytest.mark.parametrize(
    ("first", "then", "state"),
    [
        ("等待买家付款", "买家已付款，等待卖家发货", OrderState.REVIEW),
        ("等待买家付款", "交易关闭", OrderState.CLOSED),
        ("买家已付款，等待卖家发货", "卖家已发货，等待买家确认", OrderState.SHIPPED),
        ("买家已付款，等待卖家发货", "交易关闭", OrderState.CLOSED),
        ("卖家已发货，等待买家确认", "交易成功", OrderState.COMPLETED),
        ("交易成功", "交易关闭", OrderState.CLOSED),
    ],
)
def test_an_order_nobody_has_released_follows_the_platform(first, then, state):
    import_texts(order_csv([order(1, 订单状态=first)]))

    import_texts(order_csv([order(1, 订单状态=then)]), at=LATER)

    assert Order.objects.get().state == state


def test_all_steps_an_import_takes_are_in_the_table_of_moves():
    from orders.imports.columns import FOLLOWS

    assert [step for step, to in FOLLOWS.items() if to not in ORDER_MOVES[step[0]]] == []


def test_an_older_report_undoes_nothing():
    import_pair([order(1, 订单状态="交易成功")], [line(1, 订单状态="交易成功")])

    batch = import_pair([order(1, 订单备注="alt")], [line(1, 备注="alt")])

    one = Order.objects.get()
    assert (one.state, one.platform_status, one.seller_memo) == (OrderState.COMPLETED, "success", "")
    assert one.lines.get().status == PlatformStatus.SUCCESS
    assert (counts(batch), counts(batch, "lines")) == ((0, 0, 1, 0), (0, 0, 1, 0))
    assert "1 rows lie behind what is known already" in said(batch)[0]


def test_a_report_without_a_column_says_nothing_about_it():
    import_texts(order_csv([order(1, 订单备注="bitte schnell", 买家留言="急")]))

    batch = import_texts(order_csv([order(1)], "2024"))

    one = Order.objects.get()
    assert counts(batch) == (0, 0, 1, 0)
    assert (one.seller_memo, one.buyer_message, one.receiver_name) == ("bitte schnell", "急", "周某某")


def test_a_memo_that_was_emptied_is_emptied():
    import_texts(order_csv([order(1, 订单备注="先不发")]))

    import_texts(order_csv([order(1)]))

    assert Order.objects.get().seller_memo == ""


def test_masked_and_missing_personal_data_do_not_replace_what_is_known():
    import_texts(order_csv([order(1)]))

    import_texts(
        order_csv([order(1, 订单备注="neu", 收货人姓名="周**", 联系手机="", 收货地址="江苏省 苏州市 昆山市 玉山镇***")])
    )

    one = Order.objects.get()
    assert (one.seller_memo, one.receiver_name, one.receiver_phone) == ("neu", "周某某", "13900001234")
    assert one.address == "玉山镇测试路12号"


def test_what_somebody_has_corrected_here_is_not_put_back(lina):
    import_pair([order(1)], [line(1)])
    one = Order.objects.get()
    place = Receiver("周某某", "13900001234", "江苏省", "苏州市", "昆山市", "玉山镇测试路12号3幢201室")
    edit_address(one, place, reason="buyer called", by=lina, at=NOON)

    import_texts(order_csv([order(1, 订单备注="neu")]))

    one.refresh_from_db()
    assert (one.seller_memo, one.address) == ("neu", "玉山镇测试路12号3幢201室")


def test_what_the_platform_changes_after_a_correction_is_taken_over(lina):
    import_pair([order(1)], [line(1)])
    one = Order.objects.get()
    place = Receiver("周某某", "13900001234", "江苏省", "苏州市", "昆山市", "玉山镇测试路12号3幢201室", "215300")
    edit_address(one, place, reason="buyer called", by=lina, at=NOON)

    import_texts(order_csv([order(1, 收货地址="江苏省 苏州市 昆山市 花桥镇商城路1号(215300)")]))

    one.refresh_from_db()
    assert (one.address, one.platform_values) == ("花桥镇商城路1号", None)


def test_an_order_that_is_closed_or_shipped_needs_no_stock_any_more():
    import_texts(order_csv([order(1)]))
    raise_exception(Order.objects.get(), ExceptionKind.SHORT, "YS-0001 1 > 0", by=None, at=NOON)

    import_texts(order_csv([order(1, 订单状态="交易关闭")]), at=LATER)

    one = Order.objects.get()
    assert (one.troubles, one.is_short, one.finished_at) == ([], False, LATER)


def test_the_time_of_confirmation_is_when_it_ended():
    import_texts(order_csv([order(1, 订单状态="卖家已发货，等待买家确认")], "2022"))

    import_texts(
        order_csv(
            [order(1, 订单状态="交易成功", 确认收货时间="2020-11-09 08:00:00", 发货时间="2020-11-02 18:00:00")], "2022"
        )
    )

    one = Order.objects.get()
    assert one.finished_at == datetime(2020, 11, 9, 8, tzinfo=SHANGHAI)
    assert one.shipped_at == datetime(2020, 11, 2, 18, tzinfo=SHANGHAI)


def test_two_versions_of_an_order_in_one_upload_count_as_one_new_order():
    batch = import_texts(order_csv([order(1), order(2)]), order_csv([order(1, 订单备注="x"), order(3)]))

    assert counts(batch) == (3, 0, 0, 0)
    assert Order.objects.get(number=number(1)).seller_memo == "x"
    assert not Event.objects.filter(verb="orders.changed_on_platform").exists()


class TestRepeatedRows:
    def test_a_row_pasted_twice_is_read_once_and_named(self):
        batch = import_texts(order_csv([order(1), order(2), order(1)]))

        assert counts(batch) == (2, 0, 0, 0)
        assert (batch.complaints[0]["row"], batch.complaints[0]["text"]) == (
            4,
            "the row repeats row 2 and was read once",
        )

    def test_the_same_file_twice_in_one_upload_is_read_once(self):
        batch = import_texts(line_csv([line(1), line(1)]), line_csv([line(1), line(1)]))

        assert OrderLine.objects.count() == 2
        assert said(batch)[0] == "The same file as “file0.csv”; read once."

    def test_a_report_of_several_rows_an_order_is_unchanged_the_second_time(self):
        rows = [order(1, 商品标题="外套"), order(1, 商品标题="围巾"), order(2, 商品标题="帽子")]
        import_texts(order_csv(rows, "2024"))

        batch = import_texts(order_csv(rows[::-1], "2024"))

        assert counts(batch) == (0, 0, 2, 0)


class TestLines:
    def test_a_changed_line_is_told_on_its_order(self):
        import_pair([order(1)], [line(1)])

        batch = import_texts(line_csv([line(1, 购买数量="2", 订单状态="交易关闭")]))

        assert (counts(batch), counts(batch, "lines")) == ((0, 1, 0, 0), (0, 1, 0, 0))
        assert last_changes() == {"YS-0001 · quantity": [1, 2], "YS-0001 · status": ["paid", "closed"]}

    def test_other_attributes_are_another_thing_and_the_old_one_goes(self):
        import_pair([order(1)], [line(1)])

        batch = import_pair([order(1)], [line(1, 商品属性="颜色分类：黑;尺码：M")])

        assert OrderLine.objects.get().attributes == "颜色分类：黑;尺码：M"
        assert counts(batch, "lines") == (1, 0, 0, 0)
        assert batch.counts["lines"]["removed"] == 1
        assert OrderLine.objects.get().paid == 188

    def test_lines_missing_from_a_file_that_is_not_whole_stay(self):
        both = [line(1), line(2, of=1, 商家编码="C2")]
        import_pair([order(1, 宝贝种类="2", 宝贝总数量="2")], both)

        import_texts(line_csv(both[:1]))

        assert OrderLine.objects.count() == 2

    def test_gifts_of_the_shop_stay(self):
        import_pair([order(1)], [line(1)])
        Order.objects.get().lines.create(key="gift", kind="gift", title="Probe", quantity=1, status="paid")

        import_pair([order(1)], [line(1, 商品属性="neu")])

        assert sorted(OrderLine.objects.values_list("kind", flat=True)) == ["gift", "sale"]

    def test_a_report_with_line_numbers_finds_the_lines_of_one_without(self):
        import_pair([order(1)], [line(1)])
        before = OrderLine.objects.get().pk

        import_texts(line_csv([line(1, 商品属性="颜色分类：米白;尺码：M")], "2022"))

        after = OrderLine.objects.get()
        assert (after.pk, after.key) == (before, number(1))

    def test_a_report_without_line_numbers_finds_the_lines_of_one_with(self):
        import_texts(order_csv([order(1)]), line_csv([line(1)], "2022"))

        batch = import_texts(line_csv([line(1)]))

        assert OrderLine.objects.count() == 1
        assert counts(batch, "lines") == (0, 0, 1, 0)

    def test_a_share_once_given_is_not_worked_out_anew(self):
        import_texts(
            order_csv([order(1, 宝贝种类="2", 宝贝总数量="2")]),
            line_csv([line(1, 买家实际支付金额="150"), line(2, of=1, 商家编码="C2", 买家实际支付金额="38")], "2022"),
        )

        import_texts(order_csv([order(1, 宝贝种类="2", 宝贝总数量="2", 总金额="190.00")]))

        assert dict(OrderLine.objects.values_list("code", "paid")) == {"YS-0001": 150, "C2": 38}

    def test_shares_follow_a_changed_sum(self):
        lines = [line(1), line(2, of=1, 商家编码="C2")]
        import_pair(
            [order(1, 宝贝种类="2", 宝贝总数量="2", 订单付款时间="", 订单状态="等待买家付款", 买家实际支付金额="0")],
            lines,
        )
        assert set(OrderLine.objects.values_list("paid", flat=True)) == {0}

        import_texts(order_csv([order(1, 宝贝种类="2", 宝贝总数量="2", 总金额="180.01")]))

        assert sorted(OrderLine.objects.values_list("paid", flat=True)) == [Decimal("90.00"), Decimal("90.01")]

    def test_a_line_whose_code_changed_is_matched_anew(self):
        from tests.factories.catalog import SkuFactory

        import_texts(order_csv([order(1)]), line_csv([line(1)], "2022"))
        OrderLine.objects.update(sku=SkuFactory())

        import_texts(line_csv([line(1, 商家编码="NEW-1")], "2022"))

        assert (OrderLine.objects.get().code, OrderLine.objects.get().sku) == ("NEW-1", None)


def test_a_rehearsal_says_what_would_happen_and_changes_nothing():
    import_pair([order(1)], [line(1)])
    before = row_versions(), Event.objects.count()

    batch = import_pair(
        [order(1, 订单备注="x"), order(2, 店铺名称="neu")], [line(1, 购买数量="2"), line(2)], rehearse=True
    )

    assert batch.state == "rehearsed"
    assert (counts(batch), counts(batch, "lines")) == ((1, 1, 0, 0), (1, 1, 0, 0))
    assert (row_versions(), Event.objects.count()) == before
    assert [one["number"] for one in batch.sample["new"]] == [number(2)]
    assert batch.sample["changed"][0]["applied"]["seller_memo"] == ["", "x"]
    assert not OrderException.objects.exists()


def test_unknown_columns_that_change_are_kept():
    header = ["订单编号", "订单状态", "总金额", "订单创建时间", "新列"]
    import_texts(platform_csv(header, [order(1, 新列="eins")]))

    import_texts(platform_csv(header, [order(1, 新列="zwei")]))

    assert Order.objects.get().extra == {"新列": "zwei"}


def test_a_price_agreed_here_is_not_put_back_before_the_platform_knows_it(lina):
    from orders.actions.chases import change_price

    unpaid = {"订单状态": "等待买家付款", "订单付款时间": "", "买家实际支付金额": "0.00"}
    import_pair([order(1, **unpaid)], [line(1)])
    one = Order.objects.get()
    change_price(one, total=Decimal("180.00"), reason="agreed", by=lina, at=NOON)

    import_texts(order_csv([order(1, 订单备注="neu", **unpaid)]))
    one.refresh_from_db()
    assert (one.total, one.goods_amount, one.seller_memo) == (180, 180, "neu")

    import_texts(order_csv([order(1, 总金额="180.00", 买家应付货款="180.00")]))
    one.refresh_from_db()
    assert (one.total, one.goods_amount, one.state, one.platform_values) == (180, 180, OrderState.REVIEW, None)
