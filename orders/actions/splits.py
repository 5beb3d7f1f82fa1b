"""Splits: part of an order goes out by itself; the money stays with part 1, and no piece is lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from orders.actions.checks import check_orders
from orders.actions.locking import lock_orders, take_one
from orders.models import Order, OrderLine
from orders.queries.screening import GONE
from orders.states import LineKind, OrderState
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record
from staff.models import Employee
from warehouse.queries.stock import available

_COPIED = (
    "shop_id",
    "number",
    "platform_status",
    "buyer_nick",
    "buyer_account",
    "receiver_name",
    "receiver_phone",
    "phone_tail",
    "province",
    "city",
    "district",
    "address",
    "postcode",
    "placed_at",
    "paid_at",
    "promised_at",
    "ship_by",
    "buyer_message",
    "seller_memo",
    "remark",
    "flag",
    "tags",
    "carrier_id",
    "first_batch_id",
    "last_batch_id",
)
"""What a part takes over from part 1; amounts stay there."""


@transaction.atomic
def split_order(order: Order, pieces: Mapping[int, int], *, by: Employee | None, at: datetime, seen: str = "") -> Order:
    """Split pieces of an order off into a new part, which is reviewed and shipped by itself; return the part.

    :param pieces: from the id of a line of part 1 to how many of its pieces go.
    :raises Refused: if the order is not in review, is merged with others, or nothing would go or stay.
    """
    whole = take_one(order, [OrderState.REVIEW], seen=seen)
    _check_divisible(whole)
    lines = {line.pk: line for line in whole.lines.order_by("pk")}
    if any(key not in lines or not 0 <= count <= lines[key].here for key, count in pieces.items()):
        raise Refused(_("More pieces were to go than a line has."))
    going = {key: count for key, count in pieces.items() if count}
    stays = sum(line.here for line in lines.values() if line.status not in GONE) - sum(going.values())
    if not going:
        raise Refused(_("Choose what is to go into the new part."))
    if stays < 1:
        raise Refused(_("Something has to stay in the order."))
    part = _new_part(whole)
    for key, count in going.items():
        line = lines[key]
        OrderLine.objects.create(
            order=part,
            key=line.key,
            kind=line.kind,
            platform_item=line.platform_item,
            code=line.code,
            title=line.title,
            attributes=line.attributes,
            sku_id=line.sku_id,
            gift_rule_id=line.gift_rule_id,
            quantity=count,
            list_price=line.list_price,
            status=line.status,
            remark=line.remark,
        )
        line.away += count
        line.save(update_fields=["away"])
    _count(whole, part)
    record(
        "orders.split",
        whole,
        by=by,
        at=at,
        changes={"parts": (whole.parts - 1, whole.parts)},
        reason="; ".join(f"{part}: {count} × {lines[key].known_as}" for key, count in going.items()),
    )
    check_orders([whole.pk, part.pk], at=at)
    order.refresh_from_db()
    part.refresh_from_db()
    return part


def split_by_stock(order: Order, *, by: Employee | None, at: datetime, seen: str = "") -> Order:
    """Split off what is not in stock now, so that the rest can go; return the part that waits.

    :raises Refused: if everything is in stock, or nothing is.
    """
    return split_order(order, lacking_pieces(order), by=by, at=at, seen=seen)


def lacking_pieces(order: Order) -> dict[int, int]:
    """Return from the id of a line to the pieces the stock does not give.

    :raises Refused: if everything is in stock.
    """
    lines = [line for line in order.lines.order_by("pk") if line.here and line.status not in GONE]
    free = available(line.sku_id for line in lines if line.sku_id)
    lacking = {}
    for line in lines:
        given = min(line.here, max(free.get(line.sku_id or 0, 0), 0))
        if line.sku_id:
            free[line.sku_id] -= given
        if given < line.here:
            lacking[line.pk] = line.here - given
    if not lacking:
        raise Refused(sentence(_("Order %(order)s has everything in stock."), order=str(order)))
    return lacking


@transaction.atomic
def unsplit_order(part: Order, *, by: Employee | None, at: datetime) -> Order:
    """Take a split back: the part's pieces return to part 1, and the part is gone; return part 1.

    :raises Refused: if one of the two has left review, or it is no part.
    """
    if part.part == 1:
        raise Refused(sentence(_("Order %(order)s was not split off from another."), order=str(part)))
    whole = Order.objects.get(shop_id=part.shop_id, number=part.number, part=1)
    lock_orders([whole.pk, part.pk])
    taken = take_one(part, [OrderState.REVIEW])
    whole = take_one(whole, [OrderState.REVIEW])
    if taken.merged.exists():
        raise MoveRefused(_("Other orders are merged into this one; take them out first."))
    own = {line.key: line for line in whole.lines.all()}
    back = []
    for line in taken.lines.order_by("pk"):
        back.append(f"{line.quantity} × {line.known_as}")
        if line.key in own:
            own[line.key].away -= line.quantity
            own[line.key].save(update_fields=["away"])
        else:
            line.order = whole
            line.save(update_fields=["order"])
    record("orders.unsplit", whole, by=by, at=at, reason=f"{taken}: {'; '.join(back)}")
    taken.delete()
    _count(whole)
    check_orders([whole.pk], at=at)
    whole.refresh_from_db()
    return whole


def _check_divisible(order: Order) -> None:
    if order.part > 1:
        raise Refused(_("Only part 1 can be split; take the split back first."))
    if order.merged.exists():
        raise MoveRefused(_("Other orders are merged into this one; take them out first."))


def _new_part(order: Order) -> Order:
    last = Order.objects.filter(shop_id=order.shop_id, number=order.number).aggregate(last=Max("part"))["last"]
    part = Order(part=last + 1, state=OrderState.REVIEW, **{name: getattr(order, name) for name in _COPIED})
    part.save(force_insert=True)
    return part


def _count(order: Order, part: Order | None = None) -> None:
    """Write how many pieces each part has, and how many parts there are."""
    order.parts = Order.objects.filter(shop_id=order.shop_id, number=order.number).count()
    for one in (order, part):
        if one is None:
            continue
        lines = [line for line in one.lines.order_by("pk") if line.kind == LineKind.SALE and line.here]
        one.pieces = sum(line.here for line in lines)
        if one.part > 1:
            one.kinds = len(lines)
            one.summary = "，".join(line.title or line.known_as for line in one.lines.order_by("pk"))[:300]
        one.save(update_fields=["parts", "pieces", "kinds", "summary"])
