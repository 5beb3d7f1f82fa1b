"""What each column of an order and of a line is filled with from the staged rows, and how a change to it is taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from orders.states import ExceptionKind, OrderState, PlatformStatus

STATUS_ORDER = (
    PlatformStatus.UNPAID,
    PlatformStatus.PAID,
    PlatformStatus.PART_SHIPPED,
    PlatformStatus.SHIPPED,
    PlatformStatus.SUCCESS,
    PlatformStatus.CLOSED,
)
"""An order only goes forward here: a row that lies behind what is known comes from an older export."""

FIRST_STATES = {
    PlatformStatus.UNKNOWN: OrderState.UNPAID,
    PlatformStatus.UNPAID: OrderState.UNPAID,
    PlatformStatus.PAID: OrderState.REVIEW,
    PlatformStatus.PART_SHIPPED: OrderState.REVIEW,
    PlatformStatus.SHIPPED: OrderState.SHIPPED,
    PlatformStatus.SUCCESS: OrderState.COMPLETED,
    PlatformStatus.CLOSED: OrderState.CLOSED,
}
"""The platform's status → the state in which an order begins with us."""

_ENDS = {
    PlatformStatus.SHIPPED: OrderState.SHIPPED,
    PlatformStatus.SUCCESS: OrderState.COMPLETED,
    PlatformStatus.CLOSED: OrderState.CLOSED,
}
FOLLOWS: dict[tuple[str, str], str] = {
    (OrderState.UNPAID, PlatformStatus.PAID): OrderState.REVIEW,
    (OrderState.UNPAID, PlatformStatus.PART_SHIPPED): OrderState.REVIEW,
    **{
        (state, status): end
        for state in (OrderState.UNPAID, OrderState.REVIEW, OrderState.HELD, OrderState.FINANCE)
        for status, end in _ENDS.items()
    },
    **{
        (state, status): _ENDS[status]
        for state in (OrderState.SHIPPED, OrderState.SIGNED)
        for status in (PlatformStatus.SUCCESS, PlatformStatus.CLOSED)
    },
    (OrderState.COMPLETED, PlatformStatus.CLOSED): OrderState.CLOSED,
}
"""(our state, the platform's new status) → the state the order follows into; what is with the warehouse stays there."""

STATUS_GIVEN = """CASE s.status WHEN 'done' THEN 'success' WHEN 'signed' THEN 'shipped' ELSE s.status END"""

STATUS_TOLD = f"""CASE WHEN s.status <> '' THEN {STATUS_GIVEN}
    WHEN s.close_reason <> '' THEN 'closed'
    WHEN s.confirmed_at IS NOT NULL THEN 'success'
    WHEN s.shipped_at IS NOT NULL OR s.waybill <> '' THEN 'shipped'
    WHEN s.paid_at IS NOT NULL AND s.total > 0 AND s.refund_amount >= s.total THEN 'closed'
    WHEN s.paid_at IS NOT NULL OR s.paid_amount > 0 THEN 'paid'
    ELSE %(without_pay_time)s END"""
"""The status of a row; where the file has none, as far as its times and sums tell. "Paid 0" does not mean unpaid."""

PHONE = "left(coalesce(nullif(s.mobile, ''), s.phone), 40)"
TOTAL = "coalesce(s.total, s.goods_amount + coalesce(s.postage, 0), s.paid_amount + coalesce(s.refund_amount, 0), 0)"


def tail_of(phone: str) -> str:
    """Return SQL for the last four digits of a number, without the extension of a virtual one."""
    return (
        f"right(CASE WHEN length(split_part({phone}, '-', 1)) > 6 THEN split_part({phone}, '-', 1) ELSE {phone} END, 4)"
    )


@dataclass(frozen=True)
class Filled:
    """A column of an order that the order list fills.

    :param new: SQL for a new order, over the staged row `s`.
    :param needs: fields of which the file must have one before the column of a known order is touched.
    :param changed: SQL for a known order (over `s`, `o`, and `{eff}`, what the platform said before); `new` if empty.
    :param guard: the exception a change raises on an order that was released already, instead of being written.
    :param cast: type of the value, where it is kept as JSON; money is kept as text, as everywhere in the trail.
    """

    name: str
    new: str
    needs: tuple[str, ...]
    changed: str = ""
    guard: str = ""
    cast: str = "text"

    def told(self, value: str) -> str:
        """Return SQL for a value as the trail keeps it."""
        return f"round({value}, 2)::text" if self.cast == "numeric" else value

    @property
    def is_guarded(self) -> bool:
        """Say whether a released order is protected from changes to it."""
        return bool(self.guard)


def _clear(value: str) -> str:
    """Return SQL for personal data: what is empty or masked in the file does not replace what is known."""
    return (
        f"CASE WHEN {value} = '' OR {value} LIKE '%%*%%' AND {{eff}} <> '' AND {{eff}} NOT LIKE '%%*%%'"
        f" THEN {{eff}} ELSE {value} END"
    )


def _personal(name: str, value: str, *needs: str, guard: str = "") -> Filled:
    return Filled(name, value, needs, changed=_clear(value), guard=guard)


ADDRESS, AMOUNT = ExceptionKind.ADDRESS_CHANGED.value, ExceptionKind.AMOUNT_CHANGED.value
MEMO, GOODS = ExceptionKind.MEMO_CHANGED.value, ExceptionKind.GOODS_CHANGED.value
PLACE = ("province", "city", "district", "street", "postcode")

ORDER_COLUMNS = (
    _personal("buyer_nick", "left(s.buyer_nick, 100)", "buyer_nick"),
    _personal("buyer_account", "left(s.buyer_account, 100)", "buyer_account"),
    _personal("receiver_name", "left(s.receiver_name, 60)", "receiver_name", guard=ADDRESS),
    _personal("receiver_phone", PHONE, "mobile", "phone", guard=ADDRESS),
    _personal("province", "left(s.province, 30)", *PLACE, guard=ADDRESS),
    _personal("city", "left(s.city, 40)", *PLACE, guard=ADDRESS),
    _personal("district", "left(s.district, 40)", *PLACE, guard=ADDRESS),
    _personal("address", "left(s.street, 300)", *PLACE, guard=ADDRESS),
    _personal("postcode", "left(s.postcode, 10)", *PLACE, guard=ADDRESS),
    Filled(
        "goods_amount",
        "coalesce(s.goods_amount, s.total - coalesce(s.postage, 0), 0)",
        ("goods_amount",),
        "coalesce(s.goods_amount, {eff})",
        guard=AMOUNT,
        cast="numeric",
    ),
    Filled(
        "postage", "coalesce(s.postage, 0)", ("postage",), "coalesce(s.postage, {eff})", guard=AMOUNT, cast="numeric"
    ),
    Filled("total", TOTAL, ("total",), "coalesce(s.total, {eff})", guard=AMOUNT, cast="numeric"),
    Filled(
        "paid",
        f"coalesce(s.paid_amount, CASE WHEN s.paid_at IS NOT NULL THEN {TOTAL} END, 0)",
        ("paid_amount",),
        "coalesce(s.paid_amount, {eff})",
        cast="numeric",
    ),
    Filled(
        "refund",
        "coalesce(s.refund_amount, 0)",
        ("refund_amount",),
        "coalesce(s.refund_amount, {eff})",
        cast="numeric",
    ),
    Filled(
        "pieces",
        "coalesce(s.item_count, 0)",
        ("item_count",),
        "coalesce(s.item_count, {eff})",
        guard=GOODS,
        cast="integer",
    ),
    Filled(
        "kinds",
        "least(coalesce(s.line_count, 0), 32767)",
        ("line_count",),
        "coalesce(least(s.line_count, 32767), {eff})",
        guard=GOODS,
        cast="integer",
    ),
    Filled(
        "summary", "left(s.title, 300)", ("title",), "CASE WHEN s.title = '' THEN {eff} ELSE left(s.title, 300) END"
    ),
    Filled(
        "placed_at",
        "coalesce(s.created_at, s.paid_at, %(at)s)",
        ("created_at",),
        "coalesce(s.created_at, {eff})",
    ),
    Filled("paid_at", "s.paid_at", ("paid_at",), "coalesce(s.paid_at, {eff})"),
    Filled("promised_at", "s.ship_due_at", ("ship_due_at",), "coalesce(s.ship_due_at, {eff})"),
    Filled("shipped_at", "s.shipped_at", ("shipped_at",), "coalesce({eff}, s.shipped_at)"),
    Filled("buyer_message", "left(s.buyer_message, 500)", ("buyer_message",), guard=MEMO),
    Filled("seller_memo", "left(s.seller_memo, 1000)", ("seller_memo",), guard=MEMO),
    Filled(
        "carrier_name", "left(s.carrier, 40)", ("carrier",), "CASE WHEN {kept} THEN {eff} ELSE left(s.carrier, 40) END"
    ),
    Filled("waybill", "left(s.waybill, 40)", ("waybill",), "CASE WHEN {kept} THEN {eff} ELSE left(s.waybill, 40) END"),
)
"""`{kept}` stands for: the file says nothing, or we shipped the parcel ourselves."""

OF_A_LINE = " · "
"""Between a line's code and its column, in the names of changes: `SP-0001 · quantity`."""

LINE_STATUS = f"CASE WHEN s.status = '' THEN %(unknown)s ELSE {STATUS_GIVEN} END"
LINE_CODE = "left(coalesce(nullif(s.outer_code, ''), s.external_code), 200)"

CONTENT = f"left(md5({LINE_CODE} || '|' || s.title || '|' || s.properties), 20)"
"""What tells things bought in one order apart where the file has no line numbers."""
CONTENT_KEPT = "left(md5(l.code || '|' || l.title || '|' || l.attributes), 20)"

LINE_COLUMNS = (
    Filled("platform_item", "s.item_id", ("item_id",)),
    Filled("code", LINE_CODE, ("outer_code", "external_code"), guard=GOODS),
    Filled("title", "left(s.title, 300)", ("title",)),
    Filled("attributes", "left(s.properties, 300)", ("properties",), guard=GOODS),
    Filled("quantity", "s.quantity", ("quantity",), guard=GOODS),
    Filled("list_price", "coalesce(s.price, 0)", ("price",), cast="numeric"),
    Filled("status", LINE_STATUS, ("status",), f"CASE WHEN s.status = '' THEN {{eff}} ELSE {STATUS_GIVEN} END"),
    Filled("refund_status", "CASE s.refund_status WHEN 'none' THEN '' ELSE s.refund_status END", ("refund_status",)),
    Filled("refund", "coalesce(s.refund_amount, 0)", ("refund_amount",), cast="numeric"),
    Filled("remark", "left(s.note, 500)", ("note",)),
)


def rank_of(status: str) -> str:
    """Return SQL for how far a platform's status is; NULL for unknown ones."""
    words = ", ".join(f"'{one}'" for one in STATUS_ORDER)
    return f"array_position(ARRAY[{words}], {status})"


def case_of(expression: str, words: dict[Any, Any]) -> str:
    """Return SQL that turns a word into another."""
    cases = " ".join(f"WHEN '{one}' THEN '{other}'" for one, other in words.items())
    return f"CASE {expression} {cases} END"


def insert_list(model: type[models.Model], values: dict[str, str]) -> tuple[str, str, dict[str, Any]]:
    """Return the columns of an INSERT, what each is filled with, and the parameters of what stays at its default.

    A column somebody adds to the model later is filled with its default without a change here.
    """
    columns: list[str] = []
    fills: list[str] = []
    params: dict[str, Any] = {}
    for column in model._meta.concrete_fields:
        name = column.column
        if column.primary_key or name is None:
            continue
        if name in values:
            columns.append(name)
            fills.append(values[name])
            continue
        default = column.get_db_prep_save(column.get_default(), connection)
        if default is not None:
            columns.append(name)
            fills.append(f"%(default_{name})s::{column.db_type(connection)}")
            params[f"default_{name}"] = default
    return ", ".join(columns), ", ".join(fills), params
