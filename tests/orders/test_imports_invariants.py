"""What holds for imports whatever is imported, in whatever order, however often."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orders.imports.columns import STATUS_ORDER
from orders.models import Order, OrderLine
from orders.states import OrderState, PlatformStatus
from staff.models import Event
from tests.factories.imports import import_texts, line_csv, order_csv
from tests.factories.taobao import line, number, order

pytestmark = pytest.mark.django_db

WORDS = {
    PlatformStatus.UNPAID: "等待买家付款",
    PlatformStatus.PAID: "买家已付款，等待卖家发货",
    PlatformStatus.SHIPPED: "卖家已发货，等待买家确认",
    PlatformStatus.SUCCESS: "交易成功",
    PlatformStatus.CLOSED: "交易关闭",
}
STATES = {
    PlatformStatus.UNPAID: OrderState.UNPAID,
    PlatformStatus.PAID: OrderState.REVIEW,
    PlatformStatus.SHIPPED: OrderState.SHIPPED,
    PlatformStatus.SUCCESS: OrderState.COMPLETED,
    PlatformStatus.CLOSED: OrderState.CLOSED,
}


@dataclass(frozen=True)
class Version:
    """What one export says of one order."""

    place: int
    status: str
    memo: str
    total: int
    pieces: tuple[int, ...]

    @property
    def rank(self) -> int:
        return STATUS_ORDER.index(self.status)

    def order(self) -> dict[str, str]:
        unpaid = self.status == PlatformStatus.UNPAID
        return order(
            self.place,
            订单状态=WORDS[self.status],
            订单备注=self.memo,
            总金额=f"{self.total}.00",
            买家应付货款=f"{self.total}.00",
            买家实际支付金额="0.00" if unpaid else f"{self.total}.00",
            订单付款时间="" if unpaid else "2020-11-01 00:03:40",
            宝贝种类=str(len(self.pieces)),
            宝贝总数量=str(sum(self.pieces)),
        )

    def lines(self) -> list[dict[str, str]]:
        return [
            line(thing, of=self.place, 商家编码=f"C{thing}", 购买数量=str(pieces), 订单状态=WORDS[self.status])
            for thing, pieces in enumerate(self.pieces)
        ]


versions = st.builds(
    Version,
    place=st.integers(1, 3),
    status=st.sampled_from(list(WORDS)),
    memo=st.sampled_from(["", "发顺丰", "改地址\n二楼", 'a"b', "a\\tb"]),
    total=st.integers(1, 300),
    pieces=st.lists(st.integers(1, 3), min_size=1, max_size=3).map(tuple),
)
exports = st.lists(versions, min_size=1, max_size=3, unique_by=lambda version: version.place)
FEW = settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def texts(export: list[Version]) -> tuple[str, str]:
    return order_csv([version.order() for version in export]), line_csv(
        [one for version in export for one in version.lines()]
    )


def everything() -> tuple:
    """Return what the database knows of orders, without keys and without which import it was."""
    orders = Order.objects.order_by("number").values_list(
        "number", "state", "platform_status", "seller_memo", "total", "paid", "pieces", "kinds", "paid_at"
    )
    lines = OrderLine.objects.order_by("order__number", "key").values_list(
        "order__number", "key", "code", "quantity", "paid", "status"
    )
    return list(orders), list(lines)


def versions_of_rows() -> set[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 'o', id, ctid::text FROM orders_order UNION SELECT 'l', id, ctid::text FROM orders_orderline"
        )
        return set(cursor.fetchall())


class Undone:
    """Everything done inside is taken back."""

    def __enter__(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def __exit__(self, *error: object) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(*error)


@FEW
@given(st.lists(exports, min_size=1, max_size=4))
def test_an_export_imported_twice_changes_nothing_the_second_time(history):
    with Undone():
        for export in history:
            import_texts(*texts(export))
            before, events = versions_of_rows(), Event.objects.exclude(verb="orders.imported").count()
            again = import_texts(*texts(export))
            assert versions_of_rows() == before
            assert Event.objects.exclude(verb="orders.imported").count() == events
            counts = again.counts["orders"]
            assert (counts["new"], counts["changed"], counts["unchanged"]) == (0, 0, len(export))


@FEW
@given(st.lists(exports, min_size=1, max_size=5))
def test_the_last_word_counts_and_nobody_goes_backwards(history):
    expected: dict[int, Version] = {}
    with Undone():
        for export in history:
            import_texts(*texts(export))
            for version in export:
                known = expected.get(version.place)
                if known is None or version.rank >= known.rank:
                    expected[version.place] = version
        found = {one.number: one for one in Order.objects.all()}
        assert set(found) == {number(place) for place in expected}
        for place, version in expected.items():
            one = found[number(place)]
            assert (one.platform_status, one.state) == (version.status, STATES[version.status])
            assert (one.seller_memo, one.total, one.pieces) == (version.memo, version.total, sum(version.pieces))


@FEW
@given(exports, st.permutations([0, 1, 2]))
def test_files_of_one_upload_may_come_in_any_order_and_be_split_up(export, sequence):
    orders, lines = texts(export)
    first, *rest = export
    parts = [order_csv([first.order()]), order_csv([one.order() for one in rest]), lines]
    with Undone():
        import_texts(orders, lines)
        whole = everything()
    with Undone():
        import_texts(*(parts[place] for place in sequence))
        assert everything() == whole
    with Undone():
        for place in (0, 1, 2):
            import_texts(parts[place])
        assert everything() == whole


@FEW
@given(st.lists(exports, min_size=1, max_size=4))
def test_the_shares_of_the_lines_add_up_to_what_was_paid_for_the_goods(history):
    with Undone():
        for export in history:
            import_texts(*texts(export))
        for one in Order.objects.prefetch_related("lines"):
            expected = one.total if one.paid_at else 0
            assert sum(its.paid for its in one.lines.all()) == expected


@FEW
@given(st.lists(exports, min_size=1, max_size=3), exports)
def test_a_rehearsal_says_what_the_import_then_does(history, export):
    with Undone():
        for earlier in history:
            import_texts(*texts(earlier))
        before = everything()
        told = import_texts(*texts(export), rehearse=True)
        assert everything() == before
        done = import_texts(*texts(export))
        assert told.counts == done.counts
