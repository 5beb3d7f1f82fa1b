"""Approving orders and reserving their stock: our batch against the barest two updates, and against one by one."""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import connection, transaction

from tools.bench.registry import Result, bench, in_turn, median_ratio, timed

if TYPE_CHECKING:
    from staff.models import Employee

ORDERS, SKUS, HOT = 10_000, 5_000, 200
ONE_BY_ONE = 300


@bench("approval")
def approval(rounds: int) -> Iterable[Result]:
    """Approve 10,000 whole orders of 16,000 lines, four of five lines on 200 SKUs that do not suffice for all."""
    from orders.actions.review import approve_orders
    from shopops.kit.clock import now

    by = make_shop()
    times = in_turn(
        rounds,
        lambda: approve_orders(order_ids(), by=by, at=now()),
        lock_decide_update_twice,
        before=reset,
    )
    yield Result(
        name="approve 10,000 orders: rate against two bulk updates",
        ours=ORDERS / min(times[0]),
        anchor=ORDERS / min(times[1]),
        ratio=median_ratio(times[1], times[0]),
        goal=0.25,
        better="more",
        unit="orders/s",
    )
    some = order_ids()[:ONE_BY_ONE]

    def one_by_one() -> None:
        for pk in some:
            with transaction.atomic():
                approve_orders([pk], by=by, at=now())

    ratios, slow = [], 0.0
    for batch_time in times[0]:
        slow = timed(one_by_one, before=reset) / ONE_BY_ONE
        ratios.append(slow / (batch_time / ORDERS))
    yield Result(
        name="approve 10,000 orders: rate against one by one",
        ours=ORDERS / min(times[0]),
        anchor=1 / slow,
        ratio=sorted(ratios)[len(ratios) // 2],
        goal=4,
        better="more",
        unit="orders/s",
    )


def make_shop() -> Employee:
    """Write a shop, its goods with stock, and ten thousand paid orders; return who approves them."""
    from catalog.models import Sku
    from orders.models import Order, OrderLine
    from orders.states import OrderState, PlatformStatus
    from shopops.kit.clock import now
    from shopops.kit.copying import copy_in
    from staff.models import Employee, Shop
    from warehouse.models import StockBalance, StockMove, Warehouse

    chance, at = random.Random(5), now()
    by = Employee.objects.create(username="bench-approver", employee_number="BENCH-1", name="李娜")
    shop = Shop.objects.create(name="批量审核店")
    house, _new = Warehouse.objects.get_or_create(code="main", defaults={"name": "主仓"})
    skus = copy_in([Sku(code=f"BA-{number:05d}", name="测试商品", is_active=True) for number in range(SKUS)])
    balances = copy_in(
        [StockBalance(warehouse=house, sku=sku, on_hand=90 if place < HOT else 40) for place, sku in enumerate(skus)]
    )
    copy_in(
        [
            StockMove(balance=balance, kind="opening", quantity=balance.on_hand, on_hand_after=balance.on_hand, at=at)
            for balance in balances
        ]
    )
    orders, lines = [], []
    for number in range(ORDERS):
        order = Order(
            shop=shop,
            number=f"77{number:016d}",
            state=OrderState.REVIEW,
            platform_status=PlatformStatus.PAID,
            placed_at=at,
            paid_at=at,
            total=Decimal(50),
            paid=Decimal(50),
            receiver_name="王小明",
            receiver_phone="13800000000",
            province="浙江省",
            city="杭州市",
            address="文三路1号",
            digest=uuid.UUID(int=number + 1),
        )
        orders.append(order)
        chosen = {
            (skus[chance.randrange(HOT)] if chance.random() < 0.8 else skus[chance.randrange(SKUS)])  # noqa: PLR2004
            for _line in range(chance.choice((1, 1, 1, 2, 3)))
        }
        lines += [
            OrderLine(
                order=order, key=sku.code, code=sku.code, title=sku.name, sku=sku, quantity=chance.choice((1, 1, 2)),
                status=PlatformStatus.PAID,
            )
            for sku in sorted(chosen, key=lambda sku: sku.code)
        ]  # fmt: skip
    copy_in(orders)
    for line in lines:
        line.order_id = line.order.pk
    copy_in(lines)
    return by


def order_ids() -> list[int]:
    """Return the orders of the bench."""
    from orders.models import Order

    return list(Order.objects.filter(shop__name="批量审核店").order_by("pk").values_list("pk", flat=True))


def reset() -> None:
    """Put everything back to before the approval."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE orders_order SET state = 'review', note_id = NULL, confirmed_at = NULL, confirmed_by_id = NULL,
                is_short = false, is_blocked = false, troubles = '{}', ship_by = NULL
            """
        )
        cursor.execute("TRUNCATE warehouse_reservation, staff_event, orders_orderexception")
        cursor.execute("DELETE FROM warehouse_dispatchline")
        cursor.execute("DELETE FROM warehouse_dispatchnote")
        cursor.execute("UPDATE warehouse_stockbalance SET reserved = 0")
        cursor.execute("VACUUM ANALYZE orders_order")
        cursor.execute("VACUUM ANALYZE warehouse_stockbalance")


def lock_decide_update_twice() -> None:
    """Do the least there is: lock the stock once, decide in Python, update orders and balances in bulk."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.order_id, l.sku_id, l.quantity FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id "
            "WHERE o.state = 'review' ORDER BY l.order_id"
        )
        wanted: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for order, sku, quantity in cursor.fetchall():
            wanted[order].append((sku, quantity))
        cursor.execute("SELECT sku_id, on_hand - reserved FROM warehouse_stockbalance ORDER BY id FOR UPDATE")
        free = dict(cursor.fetchall())
        taken: dict[int, int] = defaultdict(int)
        granted = []
        for order, pieces in wanted.items():
            if all(free.get(sku, 0) >= quantity for sku, quantity in pieces):
                granted.append(order)
                for sku, quantity in pieces:
                    free[sku] -= quantity
                    taken[sku] += quantity
        cursor.execute("UPDATE orders_order SET state = 'approved' WHERE id = ANY(%s)", [granted])
        cursor.execute(
            "UPDATE warehouse_stockbalance b SET reserved = b.reserved + t.n "
            "FROM unnest(%s::bigint[], %s::int[]) AS t(sku_id, n) WHERE b.sku_id = t.sku_id",
            [list(taken), list(taken.values())],
        )
