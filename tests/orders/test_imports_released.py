"""Imports of orders somebody has decided on: progress is taken over, changes are held back and raised."""

from __future__ import annotations

from decimal import Decimal

import pytest

from orders.actions.merges import merge_orders
from orders.actions.review import approve_order
from orders.actions.screening import screen_orders
from orders.actions.splits import split_order
from orders.models import ImportBatch, Order, OrderException, OrderLine
from orders.states import ExceptionKind, OrderState
from staff.models import Event
from tests.factories.imports import import_pair, import_texts, line_csv, order_csv
from tests.factories.orders import stocked_sku
from tests.factories.staff import NOON
from tests.factories.taobao import line, number, order
from tests.factories.warehouse import CarrierFactory
from warehouse.actions.packing import force_pack
from warehouse.actions.shipping import ship_note
from warehouse.actions.waves import finish_picking, make_wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

SHIPPED = "卖家已发货，等待买家确认"


@pytest.fixture(autouse=True)
def _goods():
    stocked_sku(code="YS-0001", name="加厚羊羔绒外套")


@pytest.fixture
def released(lina) -> Order:
    """Order 1, imported and approved by 李娜."""
    import_pair([order(1)], [line(1)])
    one = Order.objects.get()
    screen_orders([one.pk], at=NOON)
    one.refresh_from_db()
    approve_order(one, by=lina, at=NOON)
    return one


@pytest.fixture
def shipped(released, wang) -> Order:
    """Order 1, gone."""
    note = released.note
    finish_picking(make_wave([note.pk], by=wang, at=NOON), by=wang, at=NOON)
    note.refresh_from_db()
    note.carrier, note.waybill = CarrierFactory(), "433429491440084"
    note.save(update_fields=["carrier", "waybill"])
    force_pack(note, reason="测试", by=wang, at=NOON)
    ship_note(note, by=wang, at=NOON)
    released.refresh_from_db()
    assert released.state == OrderState.SHIPPED
    return released


def open_kinds(one: Order) -> dict[str, str]:
    return dict(OrderException.objects.filter(order=one, cleared_at=None).values_list("kind", "reason"))


def counts(batch: ImportBatch, thing: str = "orders") -> tuple[int, ...]:
    return tuple(batch.counts[thing][name] for name in ("new", "changed", "unchanged", "refused"))


@pytest.mark.parametrize(
    ("cells", "kind", "reason", "stops"),
    [
        (
            {"收货地址": "江苏省 苏州市 昆山市 花桥镇1号(215300)", "收货人姓名": "吴某"},
            ExceptionKind.ADDRESS_CHANGED,
            "receiver; street",
            True,
        ),
        ({"总金额": "178.00"}, ExceptionKind.AMOUNT_CHANGED, "¥188.00 → ¥178.00", False),
        ({"订单备注": "加急"}, ExceptionKind.MEMO_CHANGED, "∅ → 加急", False),
        ({"宝贝总数量": "2"}, ExceptionKind.GOODS_CHANGED, "1 → 2", True),
    ],
)
def test_a_change_is_held_back_and_raised(released, cells, kind, reason, stops):
    before = {
        column: getattr(released, column) for column in ("address", "receiver_name", "total", "seller_memo", "pieces")
    }

    batch = import_texts(order_csv([order(1, **cells)]))

    released.refresh_from_db()
    assert {column: getattr(released, column) for column in before} == before
    assert released.state == OrderState.APPROVED
    assert open_kinds(released) == {kind: reason}
    assert released.troubles == [kind]
    assert (counts(batch), batch.counts["held_back"], batch.counts["exceptions"]) == ((0, 0, 1, 0), 1, 1)
    released.note.refresh_from_db()
    assert bool(released.note.stopped_at) is stops
    assert Event.objects.filter(verb="orders.change_held_back", subject_id=released.pk).count() == 1


def test_what_was_held_back_is_raised_once_and_again_only_if_it_changes_again(released, lina):
    from orders.actions.exceptions import clear_exception

    changed = order_csv([order(1, 订单备注="加急")])
    import_texts(changed)
    clear_exception(released, ExceptionKind.MEMO_CHANGED, by=lina, at=NOON, outcome="seen")

    import_texts(changed)
    import_texts(order_csv([order(1, 订单备注="加急", 物流公司="EMS")]))
    assert open_kinds(released) == {}

    import_texts(order_csv([order(1, 订单备注="不急了")]))
    assert open_kinds(released) == {ExceptionKind.MEMO_CHANGED: "加急 → 不急了"}


def test_what_the_platform_took_back_is_no_difference_any_more(released):
    import_texts(order_csv([order(1, 订单备注="加急")]))
    released.refresh_from_db()
    assert released.platform_values == {"seller_memo": "加急"}

    import_texts(order_csv([order(1)]))

    released.refresh_from_db()
    assert released.platform_values is None


def test_a_refund_is_written_down_raised_and_stops_the_parcel(released):
    import_texts(order_csv([order(1, 退款金额="88.00", 买家实际支付金额="100.00")]))

    released.refresh_from_db()
    assert (released.refund, released.paid, released.state) == (88, 100, OrderState.APPROVED)
    assert open_kinds(released) == {ExceptionKind.REFUND: "¥88.00"}
    released.note.refresh_from_db()
    assert released.note.stopped_reason == "refund asked: ¥88.00"


def test_a_refund_asked_for_a_line_stops_the_parcel(released):
    import_texts(line_csv([line(1, 退款状态="买家已经申请退款，等待卖家同意")], "2022"))

    released.note.refresh_from_db()
    assert open_kinds(released) == {ExceptionKind.REFUND: "YS-0001"}
    assert released.note.stopped_at == NOON


def test_an_order_closed_on_the_platform_stops_and_waits_for_somebody(released):
    import_texts(order_csv([order(1, 订单状态="交易关闭")]))

    released.refresh_from_db()
    released.note.refresh_from_db()
    assert (released.state, released.platform_status) == (OrderState.APPROVED, "closed")
    assert open_kinds(released) == {ExceptionKind.CANCELLED: ""}
    assert released.note.stopped_at


def test_an_order_shipped_elsewhere_does_not_leave_twice(released):
    import_texts(order_csv([order(1, 订单状态=SHIPPED, 物流公司="EMS", 物流单号="No:EY123456789CN")]))

    released.refresh_from_db()
    released.note.refresh_from_db()
    assert released.state == OrderState.APPROVED
    assert open_kinds(released) == {ExceptionKind.SHIPPED_ELSEWHERE: "EMS EY123456789CN"}
    assert released.note.stopped_at


def test_a_waybill_told_to_the_platform_before_the_parcel_leaves_is_no_trouble(released):
    released.note.waybill = "433429491440084"
    released.note.save(update_fields=["waybill"])

    import_texts(order_csv([order(1, 订单状态=SHIPPED, 物流单号="No:433429491440084")]))

    released.refresh_from_db()
    assert (released.state, open_kinds(released)) == (OrderState.APPROVED, {})


def test_the_platform_hearing_of_our_parcel_is_no_news(shipped):
    waybill = shipped.waybill

    batch = import_texts(order_csv([order(1, 订单状态=SHIPPED, 物流单号=f"No:{waybill}")]))

    shipped.refresh_from_db()
    assert (shipped.state, shipped.platform_status, shipped.waybill) == (OrderState.SHIPPED, "shipped", waybill)
    assert open_kinds(shipped) == {}
    assert counts(batch) == (0, 1, 0, 0)


def test_a_shipped_order_that_succeeds_is_completed(shipped):
    import_texts(order_csv([order(1, 订单状态="交易成功")]))

    shipped.refresh_from_db()
    assert (shipped.state, open_kinds(shipped)) == (OrderState.COMPLETED, {})


def test_a_shipped_order_that_is_refunded_and_closed_is_raised_too(shipped):
    import_texts(order_csv([order(1, 订单状态="交易关闭", 退款金额="188.00", 买家实际支付金额="0.00")]))

    shipped.refresh_from_db()
    assert shipped.state == OrderState.CLOSED
    assert set(open_kinds(shipped)) == {ExceptionKind.CANCELLED}


def test_other_goods_are_held_back_with_all_their_lines(released):
    batch = import_texts(line_csv([line(1, 商品属性="颜色分类：黑"), line(2, of=1, 商家编码="C2")]))

    assert list(OrderLine.objects.values_list("attributes", flat=True)) == ["颜色分类：米白;尺码：M"]
    assert open_kinds(released) == {ExceptionKind.GOODS_CHANGED: "YS-0001 × 1 → YS-0001 × 1; C2 × 1"} or open_kinds(
        released
    ) == {ExceptionKind.GOODS_CHANGED: "YS-0001 × 1 → C2 × 1; YS-0001 × 1"}
    assert counts(batch, "lines") == (0, 0, 2, 0)
    released.note.refresh_from_db()
    assert released.note.stopped_at


def test_progress_of_lines_is_taken_over(released):
    import_texts(line_csv([line(1, 订单状态=SHIPPED, 备注="neu")]))

    its = OrderLine.objects.get()
    assert (its.status, its.remark, open_kinds(released)) == ("shipped", "neu", {})


def test_a_refund_of_an_order_in_review_is_raised():
    import_pair([order(1)], [line(1)])

    import_texts(order_csv([order(1, 退款金额="20.00")]))

    assert open_kinds(Order.objects.get()) == {ExceptionKind.REFUND: "¥20.00"}


def test_new_orders_with_refunds_or_sent_in_part_are_raised():
    batch = import_texts(
        order_csv(
            [
                order(1, 退款金额="20.00"),
                order(2, 订单状态="卖家部分发货"),
                order(3),
                order(4, 订单状态="交易成功", 退款金额="9"),
            ]
        ),
        line_csv([line(3, 退款状态="买家已经申请退款，等待卖家同意")], "2022"),
    )

    found = dict(OrderException.objects.values_list("order__number", "kind"))
    assert found == {
        number(1): ExceptionKind.REFUND,
        number(2): ExceptionKind.SHIPPED_ELSEWHERE,
        number(3): ExceptionKind.REFUND,
    }
    assert batch.counts["exceptions"] == 3


def test_a_change_of_a_split_order_is_held_back_and_stops_every_part(lina):
    import_pair([order(1, 宝贝总数量="2")], [line(1, 购买数量="2")])
    one = Order.objects.get()
    screen_orders([one.pk], at=NOON)
    one.refresh_from_db()
    part = split_order(one, {one.lines.get().pk: 1}, by=lina, at=NOON)
    approve_order(part, by=lina, at=NOON)

    import_texts(order_csv([order(1, 宝贝总数量="2", 收货人姓名="吴某", 订单状态="交易关闭")]))

    one.refresh_from_db()
    part.note.refresh_from_db()
    assert (one.state, one.receiver_name) == (OrderState.REVIEW, "周某某")
    assert set(open_kinds(one)) == {ExceptionKind.ADDRESS_CHANGED, ExceptionKind.CANCELLED}
    assert part.note.stopped_at


def test_a_change_of_a_merged_order_is_raised_on_the_one_that_is_sent(lina):
    import_pair([order(1), order(2)], [line(1), line(2)])
    ids = list(Order.objects.order_by("number").values_list("pk", flat=True))
    screen_orders(ids, at=NOON)
    main = merge_orders(list(Order.objects.filter(pk__in=ids)), by=lina, at=NOON)
    other = Order.objects.get(merged_into=main)

    place = 1 if other.number == number(1) else 2
    import_texts(order_csv([order(place, 收货人姓名="吴某")]))

    other.refresh_from_db()
    assert (other.state, other.receiver_name) == (OrderState.MERGED, "周某某")
    assert open_kinds(main) == {ExceptionKind.ADDRESS_CHANGED: f"{other.number}: receiver"}


def test_a_rehearsal_raises_and_stops_nothing(released):
    batch = import_texts(order_csv([order(1, 退款金额="88.00")]), rehearse=True)

    released.note.refresh_from_db()
    assert batch.counts["exceptions"] == 1
    assert (open_kinds(released), released.note.stopped_at) == ({}, None)


def test_money_is_kept_to_the_cent(released):
    import_texts(order_csv([order(1, 总金额="178.5")]))

    released.refresh_from_db()
    assert released.platform_values == {"total": "178.50"}
    assert released.total == Decimal("188.00")
