"""Which orders could go out in one parcel."""

from __future__ import annotations

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, QuerySet

from orders.models import Order
from orders.states import OrderState

SAME = ("shop_id", "buyer_nick", "receiver_name", "receiver_phone", "province", "city", "district", "address")
"""What orders in one parcel have in common."""


def mergeable_with(order: Order) -> QuerySet[Order]:
    """Return the other orders in review that could share the order's parcel, the earliest first."""
    if order.state != OrderState.REVIEW or not order.buyer_nick or order.parts > 1 or order.part > 1:
        return Order.objects.none()
    same = {name: getattr(order, name) for name in SAME}
    return (
        Order.objects.filter(**same, state=OrderState.REVIEW, part=1, parts=1)
        .exclude(pk=order.pk)
        .order_by("paid_at", "pk")
    )


def proposed_mergers(most: int) -> list[list[int]]:
    """Return the ids of orders in review that belong together, group by group, the most urgent first."""
    groups = (
        Order.objects.filter(state=OrderState.REVIEW, part=1, parts=1, is_blocked=False)
        .exclude(buyer_nick="")
        .exclude(address="")
        .order_by()
        .values(*SAME)
        .annotate(ids=ArrayAgg("pk", order_by="pk"), many=Count("pk"))
        .filter(many__gt=1)
        .values_list("ids", flat=True)
    )
    return sorted((list(ids) for ids in groups), key=lambda ids: ids[0])[:most]
