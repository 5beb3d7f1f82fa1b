"""How orders are counted: by shop, by person, and which of them stand behind a figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.urls import reverse

from orders.models import Order
from shopops.kit.clock import day_window
from shopops.kit.metrics import Fact, FactRows, ListFacts, Reading
from staff.models import Shop

Rows = Callable[[date], QuerySet[Any]]
Read = Callable[[date], Iterable[Reading]]


def placed_on(day: date) -> QuerySet[Order]:
    """Return the platform orders placed on `day`."""
    start, end = day_window(day)
    return Order.objects.filter(part=1, placed_at__gte=start, placed_at__lt=end)


def paid_on(day: date) -> QuerySet[Order]:
    """Return the platform orders paid on `day`."""
    start, end = day_window(day)
    return Order.objects.filter(part=1, paid_at__gte=start, paid_at__lt=end)


def by_shop(
    rows: Rows, numerator: Count | Sum, denominator: Count | Sum | None = None, *, shop: str = "shop_id"
) -> Read:
    """Return a reader that measures each shop, with zero where there was nothing, and the company as their sum."""

    def read(day: date) -> Iterator[Reading]:
        values = {"numerator": numerator} | ({"denominator": denominator} if denominator else {})
        measured = {row[shop]: row for row in rows(day).values(shop).annotate(**values)}
        total, whole = Decimal(0), Decimal(0)
        for pk in Shop.objects.order_by("pk").values_list("pk", flat=True):
            row = measured.get(pk, {})
            share, of = row.get("numerator") or Decimal(0), row.get("denominator") or Decimal(0)
            total, whole = total + share, whole + of
            yield Reading(share, of if denominator else None, shop_id=pk)
        yield Reading(total, whole if denominator else None)

    return read


def by_person(rows: Rows, numerator: Count | Sum, person: str, denominator: Count | Sum | None = None) -> Read:
    """Return a reader that measures each person, and the company as the whole of it."""

    def read(day: date) -> Iterator[Reading]:
        values = {"numerator": numerator} | ({"denominator": denominator} if denominator else {})
        total, whole = Decimal(0), Decimal(0)
        for row in rows(day).values(person).annotate(**values).order_by(person):
            share, of = row["numerator"] or Decimal(0), row.get("denominator") or Decimal(0)
            total, whole = total + share, whole + of
            if row[person] is not None:
                yield Reading(share, of if denominator else None, employee_id=row[person])
        yield Reading(total, whole if denominator else None)

    return read


def order_facts(rows: Rows, *, person: str = "", amount: str = "total", is_summed: bool = True) -> ListFacts:
    """Return a function that lists the orders behind a reading.

    :param is_summed: whether the figure is the sum of the amounts; otherwise each order counts as one.
    """

    def show(pk: int, number: str, part: int, goods: str, money: Decimal) -> Fact:
        return Fact(
            number if part == 1 else f"{number}-{part}",
            reverse("orders:order", args=[pk]),
            goods if is_summed else f"¥{money:,.2f} · {goods}",
            money if is_summed else None,
        )

    def facts(day: date, shop_id: int | None, employee_id: int | None) -> FactRows:
        found = rows(day)
        if shop_id:
            found = found.filter(shop_id=shop_id)
        if employee_id:
            found = found.filter(**{person: employee_id}) if person else found.none()
        order = (f"-{amount}", "pk") if is_summed else ("placed_at", "pk")
        return FactRows(found.order_by(*order).values_list("pk", "number", "part", "summary", amount), show)

    return facts
