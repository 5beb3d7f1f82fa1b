"""Goods: what the platform calls a thing, and which SKU it is."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.actions.aliases import forget_alias
from catalog.models import Sku, SkuAlias
from orders.actions.locking import lock_orders
from orders.actions.screening import screen_orders
from orders.models import Order, OrderLine
from orders.queries.unmatched import lines_meant, orders_wanting
from orders.states import UNREVIEWED
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record
from staff.actions.jobs import start_job
from staff.models import Employee, Shop

AT_ONCE = 500
"""Orders screened while the person waits; more go into the background."""


@transaction.atomic
def match_line(line: OrderLine, sku: Sku, *, remember: bool, by: Employee, at: datetime) -> int:
    """Say which SKU a line is; with `remember`, of every line of the shop that is called the same, now and later.

    :returns: how many orders were screened anew.
    :raises Refused: if the order has been released already, or the SKU is not in use.
    """
    if remember:
        return remember_goods(line.order.shop, line.known_as, sku, by=by, at=at)
    _check(sku)
    lock_orders([line.order_id])
    line.refresh_from_db()
    if line.order.state not in UNREVIEWED:
        raise MoveRefused(
            sentence(_("Order %(order)s has been released; its goods stay as they are."), order=str(line.order))
        )
    before, line.sku = line.sku, sku
    line.save(update_fields=["sku"])
    record("orders.goods_matched", line.order, by=by, at=at, changes={line.known_as: (before, sku)})
    screen_orders([line.order_id], at=at)
    return 1


@transaction.atomic
def remember_goods(shop: Shop, name: str, sku: Sku, *, by: Employee, at: datetime) -> int:
    """Remember which SKU a shop means by a name, and screen the orders that wait for it.

    :returns: how many orders that were; above 500 they are screened in the background.
    :raises Refused: if the name is empty, or the SKU is not in use.
    """
    _check(sku)
    name = name.strip()[:200]
    if not name:
        raise Refused(_("These goods have no name to remember."))
    alias, is_new = SkuAlias.objects.get_or_create(
        shop=shop, code=name, defaults={"sku": sku, "remembered_by": by, "remembered_at": at}
    )
    before = None if is_new else alias.sku
    if before != sku:
        if not is_new:
            alias.sku, alias.remembered_by, alias.remembered_at = sku, by, at
            alias.save(update_fields=["sku", "remembered_by", "remembered_at"])
        record("orders.alias_remembered", alias, by=by, at=at, changes={name: (before, sku)})
    waiting = orders_wanting(shop.pk, name)
    if len(waiting) > AT_ONCE:
        start_job("orders.screen_orders", by=by, at=at, order_ids=waiting)
    else:
        screen_orders(waiting, at=at)
    return len(waiting)


@transaction.atomic
def forget_goods(alias: SkuAlias, *, by: Employee, at: datetime) -> int:
    """Take back that a shop means a SKU by a name: orders nobody has released lose it again and are screened.

    :returns: how many orders that were; what has been released keeps its goods.
    """
    lock_orders({order for _line, order in lines_meant(alias)})
    meant = lines_meant(alias)
    OrderLine.objects.filter(pk__in=[line for line, _order in meant]).update(sku=None)
    orders = {order for _line, order in meant}
    forget_alias(alias, by=by, at=at)
    screen_orders(orders, at=at)
    return len(orders)


def _check(sku: Sku) -> None:
    if not sku.is_active:
        raise Refused(sentence(_("SKU %(sku)s is not in use."), sku=sku.code))


def rescreen(order: Order, *, at: datetime) -> None:
    """Look at one order anew, as after an import."""
    screen_orders([order.pk], at=at)
    order.refresh_from_db()
