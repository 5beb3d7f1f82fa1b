"""Imports of new orders: what the files hold is what the shop has."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from orders.models import ImportBatch, Order, OrderLine
from orders.states import ImportState, OrderState, PlatformStatus
from shopops.kit.clock import SHANGHAI
from staff.models import Event, Shop
from tests.factories.imports import import_pair, import_texts, line_csv, order_csv, said
from tests.factories.staff import ShopFactory
from tests.factories.taobao import LINE_HEADERS, ORDER_HEADERS, line, number, order, platform_csv, write_xlsx

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

COUNTS = ("new", "changed", "unchanged", "refused")


def orders_of(batch: ImportBatch) -> tuple[int, ...]:
    return tuple(batch.counts["orders"][name] for name in COUNTS)


def lines_of(batch: ImportBatch) -> tuple[int, ...]:
    return tuple(batch.counts["lines"][name] for name in COUNTS)


def test_a_pair_of_reports_becomes_orders_with_lines():
    batch = import_pair(
        [order(1, 卖家备忘="", 订单备注="发顺丰", 买家留言="急"), order(2, 订单状态="交易成功")],
        [line(1), line(2, of=2, 订单状态="交易成功")],
    )

    assert batch.state == ImportState.DONE
    assert (orders_of(batch), lines_of(batch)) == ((2, 0, 0, 0), (2, 0, 0, 0))
    one = Order.objects.get(number=number(1))
    assert one.shop.name == "暖冬旗舰店"
    assert (one.state, one.platform_status) == (OrderState.REVIEW, PlatformStatus.PAID)
    assert (one.receiver_name, one.receiver_phone, one.phone_tail) == ("周某某", "13900001234", "1234")
    assert (one.province, one.city, one.district, one.postcode) == ("江苏省", "苏州市", "昆山市", "215300")
    assert one.address == "玉山镇测试路12号"
    assert (one.goods_amount, one.postage, one.total, one.paid) == (188, 0, 188, 188)
    assert (one.pieces, one.kinds, one.summary) == (1, 1, "加厚羊羔绒外套")
    assert one.placed_at == datetime(2020, 11, 1, 0, 3, 12, tzinfo=SHANGHAI)
    assert one.ship_by == one.paid_at + timedelta(hours=24)  # screening has nothing left to write
    assert (one.seller_memo, one.buyer_message) == ("发顺丰", "急")
    assert (one.first_batch, one.last_batch) == (batch, None)
    its = one.lines.get()
    assert (its.code, its.quantity, its.list_price, its.paid) == ("YS-0001", 1, 288, 188)
    assert (its.title, its.attributes) == ("加厚羊羔绒外套", "颜色分类：米白;尺码：M")
    assert Order.objects.get(number=number(2)).state == OrderState.COMPLETED


@pytest.mark.parametrize("version", ORDER_HEADERS)
def test_every_version_of_the_order_report_is_imported(version):
    batch = import_texts(order_csv([order(place) for place in range(1, 4)], version))

    assert orders_of(batch) == (3, 0, 0, 0), said(batch)
    assert set(Order.objects.values_list("total", flat=True)) == {Decimal(188)}


@pytest.mark.parametrize("version", LINE_HEADERS)
def test_every_version_of_the_item_report_is_imported(version):
    batch = import_texts(
        line_csv([line(1), line(2, of=1, 商家编码="YS-0002")], version),
        order_csv([order(1, 宝贝种类="2", 宝贝总数量="2")]),
    )

    assert lines_of(batch) == (2, 0, 0, 0), said(batch)
    assert sorted(OrderLine.objects.values_list("order__number", "code")) == [
        (number(1), "YS-0001"),
        (number(1), "YS-0002"),
    ]


@pytest.mark.parametrize(
    ("words", "state", "status"),
    [
        ("等待买家付款", OrderState.UNPAID, PlatformStatus.UNPAID),
        ("买家已付款，等待卖家发货", OrderState.REVIEW, PlatformStatus.PAID),
        ("买家已付款,等待卖家发货", OrderState.REVIEW, PlatformStatus.PAID),
        ("卖家部分发货", OrderState.REVIEW, PlatformStatus.PART_SHIPPED),
        ("卖家已发货，等待买家确认", OrderState.SHIPPED, PlatformStatus.SHIPPED),
        ("交易成功", OrderState.COMPLETED, PlatformStatus.SUCCESS),
        ("交易关闭", OrderState.CLOSED, PlatformStatus.CLOSED),
    ],
)
def test_the_platforms_status_says_where_an_order_begins(words, state, status):
    import_texts(order_csv([order(1, 订单状态=words)]))

    one = Order.objects.get()
    assert (one.state, one.platform_status) == (state, status)


@pytest.mark.parametrize(
    ("cells", "state"),
    [
        ({"订单付款时间": "", "买家实际支付金额": "0"}, OrderState.UNPAID),
        ({"买家实际支付金额": "0.00", "退款金额": "188.00"}, OrderState.CLOSED),
        ({"买家实际支付金额": "100.00", "退款金额": "88.00"}, OrderState.REVIEW),
        ({}, OrderState.REVIEW),
    ],
)
def test_without_a_status_the_time_of_payment_tells_and_paid_0_does_not_mean_unpaid(cells, state):
    header = ["订单编号", "总金额", "买家实际支付金额", "收货地址 ", "订单创建时间", "订单付款时间 ", "退款金额"]

    import_texts(platform_csv(header, [order(1, **cells)]))

    one = Order.objects.get()
    assert one.state == state
    assert one.total == 188


def test_files_are_told_apart_by_their_headers_and_come_in_any_order():
    batch = import_texts(
        line_csv([line(3, of=3)]),
        order_csv([order(1)]),
        line_csv([line(1)]),
        order_csv([order(3)], "2020"),
        names=("a.csv", "b.csv", "c.csv", "d.csv"),
    )

    assert (orders_of(batch), lines_of(batch)) == ((2, 0, 0, 0), (2, 0, 0, 0))
    assert OrderLine.objects.count() == 2
    assert [one["reports"] for one in batch.files] == [["lines"], ["orders"], ["lines"], ["orders"]]


def test_a_workbook_with_both_reports_is_one_upload(tmp_path):
    from orders.imports import Upload, import_orders
    from tests.factories.staff import NOON
    from tests.factories.taobao import row

    heads = ORDER_HEADERS["2020"], LINE_HEADERS["2024"]
    sheets = {
        "订单报表": [heads[0], row(heads[0], order(1))],
        "销售明细": [heads[1], row(heads[1], line(1))],
        "说明": [["随便写的"]],
    }
    path = write_xlsx(tmp_path / "export.xlsx", sheets)

    batch = import_orders([Upload(path, "export.xlsx")], by=None, at=NOON)

    assert (orders_of(batch), lines_of(batch)) == ((1, 0, 0, 0), (1, 0, 0, 0)), batch.sentence


class TestShops:
    def test_a_shop_named_in_the_file_is_made_at_first_sight(self):
        import_texts(order_csv([order(1), order(2, 店铺名称="小店"), order(3)]))

        assert dict(Shop.objects.values_list("name", "platform")) == {"暖冬旗舰店": "tmall", "小店": "taobao"}
        assert Order.objects.get(number=number(2)).shop.name == "小店"

    def test_a_file_without_a_shop_belongs_to_the_first_one(self):
        first = ShopFactory(name="老店")
        ShopFactory(name="新店")

        import_texts(order_csv([order(1)], "2024"))

        assert Order.objects.get().shop == first

    def test_on_an_empty_database_a_shop_is_made(self):
        import_texts(order_csv([order(1)], "2024"))

        assert Order.objects.get().shop == Shop.objects.get()

    def test_a_chosen_shop_takes_all_rows(self):
        chosen = ShopFactory(name="云杉旗舰店")

        import_texts(order_csv([order(1)]), shop=chosen)
        import_texts(order_csv([order(2)]), shop_name="新开的店")

        assert sorted(Order.objects.values_list("shop__name", flat=True)) == ["云杉旗舰店", "新开的店"]
        assert not Shop.objects.filter(name="暖冬旗舰店").exists()

    def test_an_order_known_under_another_shop_stays_one_order(self):
        import_texts(order_csv([order(1)]), shop=ShopFactory(name="云杉旗舰店"))

        batch = import_texts(order_csv([order(1, 订单备注="新")]))

        assert Order.objects.get().shop.name == "云杉旗舰店"
        assert orders_of(batch) == (0, 1, 0, 0)
        assert "another shop" in " ".join(said(batch))

    def test_the_same_number_in_two_chosen_shops_is_two_orders(self):
        for name in ("甲店", "乙店"):
            import_pair([order(1)], [line(1)], shop=ShopFactory(name=name))

        assert Order.objects.count() == 2
        assert OrderLine.objects.count() == 2


class TestMoney:
    def test_the_paid_share_follows_the_list_prices_and_the_rest_falls_to_the_last_line(self):
        import_pair(
            [order(1, 总金额="100.00", 买家应付货款="100.00", 买家实际支付金额="100.00", 宝贝种类="3", 宝贝总数量="3")],
            [line(place, of=1, 价格="50.00", 商家编码=f"C{place}") for place in (1, 2, 3)],
        )

        shares = list(OrderLine.objects.order_by("code").values_list("paid", flat=True))
        assert shares == [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]

    def test_postage_is_not_shared_out_to_goods(self):
        import_pair([order(1, 总金额="198.00", 买家应付邮费="10.00")], [line(1)])

        assert OrderLine.objects.get().paid == 188

    def test_what_was_refunded_was_paid_before(self):
        import_pair([order(1, 买家实际支付金额="0.00", 退款金额="188.00", 订单状态="交易成功")], [line(1)])

        one = Order.objects.get()
        assert (one.total, one.paid, one.refund) == (188, 0, 188)
        assert one.lines.get().paid == 188

    def test_an_unpaid_order_has_paid_nothing(self):
        import_pair(
            [order(1, 订单状态="等待买家付款", 订单付款时间="", 买家实际支付金额="0.00")],
            [line(1, 订单状态="等待买家付款")],
        )

        assert OrderLine.objects.get().paid == 0

    def test_goods_without_a_price_share_equally(self):
        import_pair(
            [order(1, 总金额="10.01", 买家应付货款="10.01", 宝贝种类="2", 宝贝总数量="2")],
            [line(place, of=1, 价格="0.00", 商家编码=f"C{place}") for place in (1, 2)],
        )

        assert sorted(OrderLine.objects.values_list("paid", flat=True)) == [Decimal("5.00"), Decimal("5.01")]

    def test_a_share_the_file_gives_is_taken_as_it_is(self):
        import_texts(
            order_csv([order(1, 宝贝种类="2", 宝贝总数量="2")]),
            line_csv(
                [line(1, of=1, 买家实际支付金额="100.00"), line(2, of=1, 买家实际支付金额="", 商家编码="C2")], "2022"
            ),
        )

        assert dict(OrderLine.objects.values_list("code", "paid")) == {"YS-0001": 100, "C2": 88}

    def test_sums_repeated_on_each_row_of_an_order_are_not_added_up(self):
        rows = [
            order(1, 商品标题="外套", 退款金额="0"),
            order(1, 商品标题="围巾", 买家应付邮费="6.00", 退款金额="20.00"),
        ]

        batch = import_texts(order_csv(rows, "2024"))

        one = Order.objects.get()
        assert orders_of(batch) == (1, 0, 0, 0)
        assert (one.total, one.postage, one.refund) == (188, 6, 20)
        assert set(one.summary.split("，")) == {"外套", "围巾"}

    def test_item_reports_never_overwrite_the_sums_of_an_order(self):
        import_texts(order_csv([order(1)]), line_csv([line(1, 买家应付货款="1.00", 买家实际支付金额="1.00")], "2022"))

        one = Order.objects.get()
        assert (one.total, one.goods_amount, one.paid) == (188, 188, 188)


class TestLines:
    def test_the_same_thing_bought_twice_is_two_lines(self):
        import_pair([order(1, 宝贝种类="2", 宝贝总数量="2")], [line(1), line(1)])

        assert OrderLine.objects.count() == 2

    def test_a_line_number_repeated_is_one_line(self):
        batch = import_texts(order_csv([order(1)]), line_csv([line(1), line(1)], "2022"))

        assert OrderLine.objects.count() == 1
        assert lines_of(batch) == (1, 0, 0, 0)

    def test_lines_of_one_order_may_have_different_statuses(self):
        import_pair(
            [order(1, 宝贝种类="2", 宝贝总数量="2")], [line(1), line(2, of=1, 商家编码="C2", 订单状态="交易关闭")]
        )

        assert dict(OrderLine.objects.values_list("code", "status")) == {"YS-0001": "paid", "C2": "closed"}

    def test_an_order_whose_lines_do_not_add_up_is_named_with_its_row(self):
        batch = import_pair([order(1), order(2, 宝贝种类="2", 宝贝总数量="3")], [line(1), line(2, of=2)])

        found = batch.complaints[0]
        assert (found["file"], found["row"], found["column"]) == ("file0.csv", 3, "宝贝总数量")
        assert found["text"] == f"order {number(2)} should have 3 pieces, its lines have 1"

    def test_an_order_report_alone_says_that_lines_are_missing(self):
        assert said(import_texts(order_csv([order(1), order(2)]))) == [
            "2 new orders have no lines yet. Import the item report (宝贝报表) of the same days too."
        ]

    def test_an_item_report_alone_makes_its_orders_as_far_as_it_can_tell(self):
        batch = import_texts(line_csv([line(1), line(2, of=1, 商家编码="C2", 购买数量="2")]))

        one = Order.objects.get()
        assert orders_of(batch) == (1, 0, 0, 0)
        assert (one.digest, one.pieces, one.state) == (None, 3, OrderState.REVIEW)
        assert "buyer, address and what was paid are missing" in said(batch)[0]

    def test_the_order_report_that_comes_later_completes_them(self):
        ShopFactory(name="老店")
        import_texts(line_csv([line(1)]))

        batch = import_texts(order_csv([order(1)]))

        one = Order.objects.get()
        assert orders_of(batch) == (0, 1, 0, 0)
        assert (one.shop.name, one.receiver_name, one.total) == ("暖冬旗舰店", "周某某", 188)
        assert one.lines.get().paid == 188
        assert one.digest is not None

    def test_the_item_report_that_comes_later_brings_the_lines(self):
        import_texts(order_csv([order(1)]))

        batch = import_texts(line_csv([line(1)]))

        assert (lines_of(batch), orders_of(batch)) == ((1, 0, 0, 0), (0, 1, 0, 0))
        assert Order.objects.get().lines.get().paid == 188

    def test_lines_of_one_order_in_two_files_share_what_was_paid(self):
        import_texts(
            order_csv([order(1, 宝贝种类="2", 宝贝总数量="2", 总金额="100", 买家应付货款="100")]),
            line_csv([line(1)]),
            line_csv([line(2, of=1, 商家编码="C2")]),
        )

        assert dict(OrderLine.objects.values_list("code", "paid")) == {"YS-0001": 50, "C2": 50}

    def test_a_new_order_is_one_event_of_its_import_only(self):
        batch = import_pair([order(1), order(2)], [line(1), line(2, of=2)])

        events = Event.objects.exclude(verb="orders.shop_first_seen")
        assert [(event.verb, event.subject_id) for event in events] == [("orders.imported", batch.pk)]


def test_columns_nobody_knows_are_kept_under_their_own_names():
    header = [*ORDER_HEADERS["2017-07"], "全新的列"]

    import_texts(platform_csv(header, [order(1, 全新的列="新鲜", 支付单号="2020110122001", 运送方式="EMS")]))

    assert Order.objects.get().extra == {"全新的列": "新鲜", "是否手机订单": "手机订单", "运送方式": "EMS"}


def test_an_export_masked_by_the_platform_is_imported_as_it_is():
    import_texts(order_csv([order(1, 收货人姓名="周**", 联系手机="'139****1234")]))

    one = Order.objects.get()
    assert (one.receiver_name, one.receiver_phone, one.phone_tail) == ("周**", "139****1234", "1234")


def test_the_page_of_sold_goods_is_imported_with_a_remark_on_what_is_missing(tmp_path):
    from orders.imports import Upload, import_orders
    from tests.factories.staff import NOON
    from tests.taobao.test_sold_list import saved, sold

    path = saved(tmp_path, sold())

    batch = import_orders([Upload(path, "sold.json")], by=None, at=NOON)

    assert (orders_of(batch), lines_of(batch)) == ((1, 0, 0, 0), (1, 0, 0, 0))
    one = Order.objects.get()
    assert (one.state, one.total, one.lines.get().paid) == (OrderState.SHIPPED, 394, 388)
    assert said(batch)[0].startswith("This is the page 已卖出的宝贝, no report")


def test_an_order_whose_report_promises_nothing_and_has_no_lines_is_incomplete_all_the_same():
    from orders.actions.screening import screen_orders
    from orders.states import ExceptionKind
    from tests.factories.staff import NOON

    import_texts(platform_csv(["订单编号", "总金额", "订单创建时间", "订单付款时间"], [order(1)]))

    screen_orders(Order.objects.values_list("pk", flat=True), at=NOON)

    assert ExceptionKind.INCOMPLETE in Order.objects.get().troubles
