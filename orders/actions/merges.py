"""Mergers: orders of one buyer to one address go out in one parcel, until somebody takes them apart again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from orders.actions.locking import Refusals, check_seen, take
from orders.models import Order
from orders.queries.merges import SAME, proposed_mergers
from orders.states import ORDER_MOVES, OrderState
from shopops.kit.moves import MoveRefused, move
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record
from staff.models import Employee


@transaction.atomic
def merge_orders(orders: Sequence[Order], *, by: Employee | None, at: datetime, seen: str = "") -> Order:
    """Put orders of the same shop, buyer and receiver into one parcel; return the one that leads.

    The earliest leads, or the one others were merged into before. The merged ones keep their lines, money and remarks
    and can be taken out again until the parcel is released.

    :param seen: the stamp of the first of `orders` as somebody saw it.
    :raises Refused: if they differ in shop, buyer or receiver, are not all in review, or were split.
    """
    found, refused = take([order.pk for order in orders], [OrderState.REVIEW])
    if seen:
        check_seen({orders[0].pk: seen})
    if refused:
        raise next(iter(refused.values()))
    if len(found) < 2:  # noqa: PLR2004 -- one order alone is no merger
        raise Refused(_("A merger wants at least two orders."))
    leaders = list(Order.objects.filter(merged_into__in=found).values_list("merged_into", flat=True).distinct())
    if len(leaders) > 1:
        raise Refused(_("Two of these have orders merged into them already; take one of them apart first."))
    first = min(found, key=lambda one: (one.pk not in leaders, one.paid_at or one.placed_at, one.pk))
    for order in found:
        _check_alike(first, order)
    for order in found:
        if order.pk != first.pk:
            before = move(order, OrderState.MERGED, moves=ORDER_MOVES, merged_into=first)
            record(
                "orders.merged",
                order,
                by=by,
                at=at,
                changes={"state": (before, order.state), "merged_into": (None, first)},
            )
    return first


@transaction.atomic
def unmerge_order(order: Order, *, by: Employee | None, at: datetime) -> Order:
    """Take an order out of the parcel it was merged into; it is to be reviewed by itself.

    :raises MoveRefused: if it is not merged, or the parcel has been released.
    """
    found, refused = take([order.pk], [OrderState.MERGED])
    if refused:
        raise refused[order.pk]
    merged = found[0]
    leader = merged.merged_into
    before = move(merged, OrderState.REVIEW, moves=ORDER_MOVES, merged_into=None)
    record(
        "orders.unmerged",
        merged,
        by=by,
        at=at,
        changes={"state": (before, merged.state), "merged_into": (leader, None)},
    )
    order.refresh_from_db()
    return merged


def merge_proposals(*, by: Employee | None, at: datetime, most: int = 200) -> tuple[int, Refusals]:
    """Merge everything in review that belongs together; return how many parcels came of it, and what was refused."""
    parcels, refused = 0, Refusals()
    for ids in proposed_mergers(most):
        try:
            merge_orders(list(Order.objects.filter(pk__in=ids).order_by("pk")), by=by, at=at)
        except Refused as refusal:
            refused.update(dict.fromkeys(ids, refusal))
        else:
            parcels += 1
    return parcels, refused


def merge_chosen(order_ids: Sequence[int], *, by: Employee | None, at: datetime) -> Refusals:
    """Merge those of the chosen orders that belong together; return why the others were left alone."""
    groups: dict[tuple[object, ...], list[Order]] = {}
    for order in Order.objects.filter(pk__in=order_ids).order_by("pk"):
        groups.setdefault(tuple(getattr(order, name) for name in SAME), []).append(order)
    refused = Refusals()
    for group in groups.values():
        try:
            merge_orders(group, by=by, at=at)
        except Refused as refusal:
            refused.update({order.pk: refusal for order in group})
    return refused


def _check_alike(first: Order, order: Order) -> None:
    """Refuse if two orders could not share a parcel."""
    if any(getattr(first, name) != getattr(order, name) for name in SAME):
        raise Refused(
            sentence(
                _("%(one)s and %(other)s differ in shop, buyer, receiver or address."), one=str(first), other=str(order)
            )
        )
    if not order.buyer_nick or not order.address:
        raise Refused(sentence(_("Order %(order)s has no buyer or no address."), order=str(order)))
    if order.parts > 1 or order.part > 1:
        raise MoveRefused(sentence(_("Order %(order)s is split; take the split back first."), order=str(order)))
