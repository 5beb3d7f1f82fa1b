"""What is measured of buyers each day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orders.metrics.readers import paid_on
from orders.models import Order
from shopops.kit.clock import day_window
from shopops.kit.metrics import METRICS, Fact, FactRows, Metric, Reading

KNOWN_FOR = timedelta(days=180)
LOST_AFTER = timedelta(days=90)


def buyers_on(day: date) -> QuerySet[Any]:
    """Return the orders paid on `day` by somebody with a name, saying whether that buyer had paid before."""
    start, _end = day_window(day)
    before = Order.objects.filter(
        buyer_nick=OuterRef("buyer_nick"), part=1, paid_at__gte=start - KNOWN_FOR, paid_at__lt=start
    )
    return paid_on(day).exclude(buyer_nick="").annotate(is_counted=Exists(before))


def buyers_before(day: date) -> QuerySet[Any]:
    """Return the orders paid 90 days before `day`, saying whether that buyer never paid again until its end."""
    then = day - LOST_AFTER
    _start, end = day_window(day)
    again = Order.objects.filter(
        buyer_nick=OuterRef("buyer_nick"), part=1, paid_at__gte=day_window(then).end, paid_at__lt=end
    )
    return paid_on(then).exclude(buyer_nick="").annotate(is_counted=~Exists(again))


def read_repurchase(day: date) -> Iterator[Reading]:
    """Count the buyers of the day, and those among them who had bought before."""
    yield _counted(buyers_on(day))


def read_churn(day: date) -> Iterator[Reading]:
    """Count the buyers of 90 days ago, and those among them who have not been back."""
    yield _counted(buyers_before(day))


def repurchase_facts(day: date, shop_id: int | None, employee_id: int | None) -> FactRows:
    """List the buyers who had bought before, each by the first order of the day."""
    return _listed(buyers_on(day), shop_id, employee_id)


def churn_facts(day: date, shop_id: int | None, employee_id: int | None) -> FactRows:
    """List the buyers who have not been back, each by the order of then."""
    return _listed(buyers_before(day), shop_id, employee_id)


def _counted(orders: QuerySet[Any]) -> Reading:
    """Count each buyer once."""
    counted = orders.aggregate(
        part=Count("buyer_nick", distinct=True, filter=Q(is_counted=True)), whole=Count("buyer_nick", distinct=True)
    )
    return Reading(counted["part"], counted["whole"])


def _listed(orders: QuerySet[Any], shop_id: int | None, employee_id: int | None) -> FactRows:
    def show(pk: int, number: str, goods: str) -> Fact:
        return Fact(number, reverse("orders:order", args=[pk]), goods)

    found = orders.filter(is_counted=True).order_by("buyer_nick", "pk").distinct("buyer_nick")
    if shop_id or employee_id:
        found = found.none()
    return FactRows(found.values_list("pk", "number", "summary"), show)


for metric in (
    Metric(
        "orders.repurchase",
        _("Buyers who came back"),
        _("Of the buyers who paid on the day, the share that had paid within the 180 days before."),
        "share",
        "more",
        read_repurchase,
        repurchase_facts,
        register_ids=("STF-211",),
    ),
    Metric(
        "orders.churn",
        _("Buyers lost"),
        _("Of the buyers who paid 90 days before, the share that has not paid again until the end of the day."),
        "share",
        "less",
        read_churn,
        churn_facts,
        register_ids=("STF-210",),
    ),
):
    METRICS.add(metric.name, metric)
