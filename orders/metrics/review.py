"""What is measured of the work on orders each day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, IntegerField, Q, QuerySet, Sum
from django.db.models.functions import Cast, Extract, Floor
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orders.metrics.readers import by_person, by_shop, order_facts
from orders.models import ImportBatch, Order, OrderException
from orders.states import ExceptionKind, ImportState
from shopops.kit.clock import SHANGHAI, day_window, start_of_day
from shopops.kit.metrics import METRICS, Fact, FactRows, Metric, Reading
from staff.models import Shop
from staff.policy.kpi import FIGURES_BY_HOUR

_WAIT = ExpressionWrapper(F("confirmed_at") - F("paid_at"), output_field=DurationField())
MINUTES = Cast(Floor(Extract(_WAIT, "epoch") / 60.0), IntegerField())
"""Whole minutes from payment to release."""


def approved_on(day: date) -> QuerySet[Order]:
    """Return the orders released to the warehouse on `day`."""
    start, end = day_window(day)
    return Order.objects.filter(confirmed_at__gte=start, confirmed_at__lt=end)


def exceptions_on(day: date) -> QuerySet[OrderException]:
    """Return the exceptions raised on `day`."""
    start, end = day_window(day)
    return OrderException.objects.filter(raised_at__gte=start, raised_at__lt=end)


def reviewed_on(day: date) -> QuerySet[Any]:
    """Return the paid orders that somebody released on `day`, with the minutes each had waited."""
    return (
        approved_on(day)
        .filter(confirmed_by__isnull=False, paid_at__lte=F("confirmed_at"))
        .annotate(review_minutes=MINUTES)
    )


def imported_on(day: date) -> QuerySet[ImportBatch]:
    """Return the imports of orders that ended on `day`."""
    start, end = day_window(day)
    return ImportBatch.objects.filter(
        kind="orders", state=ImportState.DONE, is_rehearsal=False, finished_at__gte=start, finished_at__lt=end
    )


def by_the_hour(day: date) -> datetime:
    """Return until when the figures of the day before should be here."""
    return start_of_day(day) + timedelta(hours=FIGURES_BY_HOUR())


def read_imports(day: date) -> Iterator[Reading]:
    """Say, for each open shop and for all of them, whether its orders were imported by the hour set."""
    done = set(imported_on(day).filter(finished_at__lte=by_the_hour(day)).values_list("shop_id", flat=True))
    met = due = 0
    for pk, is_open in Shop.objects.order_by("pk").values_list("pk", "is_open"):
        in_time = int(is_open and bool({pk, None} & done))
        met, due = met + in_time, due + int(is_open)
        yield Reading(in_time, int(is_open), shop_id=pk)
    yield Reading(met, due)


def exception_facts(day: date, shop_id: int | None, employee_id: int | None) -> FactRows:
    """List the exceptions of a day."""

    def show(order: int, number: str, part: int, kind: str, reason: str, cleared: Any) -> Fact:
        return Fact(
            number if part == 1 else f"{number}-{part}",
            reverse("orders:order", args=[order]),
            f"{ExceptionKind(kind).label} · {reason}",
            tag=_("cleared") if cleared else _("not cleared"),
            tone="good" if cleared else "warn",
        )

    found = exceptions_on(day)
    if shop_id:
        found = found.filter(order__shop_id=shop_id)
    if employee_id:
        found = found.none()
    columns = ("order_id", "order__number", "order__part", "kind", "reason", "cleared_at")
    return FactRows(found.order_by("raised_at", "pk").values_list(*columns), show)


def review_facts(day: date, shop_id: int | None, employee_id: int | None) -> FactRows:
    """List the orders released, those that had waited longest first."""

    def show(pk: int, number: str, part: int, goods: str, minutes: int) -> Fact:
        return Fact(number if part == 1 else f"{number}-{part}", reverse("orders:order", args=[pk]), goods, minutes)

    found = reviewed_on(day)
    if shop_id:
        found = found.filter(shop_id=shop_id)
    if employee_id:
        found = found.filter(confirmed_by=employee_id)
    columns = ("pk", "number", "part", "summary", "review_minutes")
    return FactRows(found.order_by("-review_minutes", "pk").values_list(*columns), show)


def import_facts(day: date, shop_id: int | None, employee_id: int | None) -> FactRows:
    """List the imports of the day, the earliest of each shop first."""
    limit = by_the_hour(day)

    def show(pk: int, shop: str | None, ended: datetime) -> Fact:
        in_time = ended <= limit
        return Fact(
            f"#{pk}",
            reverse("orders:import_batch", args=[pk]),
            f"{shop or ''} {ended.astimezone(SHANGHAI):%H:%M}".strip(),
            tag=_("in time") if in_time else _("late"),
            tone="good" if in_time else "danger",
        )

    found = imported_on(day)
    if shop_id:
        found = found.filter(Q(shop_id=shop_id) | Q(shop=None))
    if employee_id:
        found = found.none()
    firsts = found.order_by("shop_id", "finished_at", "pk").distinct("shop_id")
    return FactRows(firsts.values_list("pk", "shop__name", "finished_at"), show)


for metric in (
    Metric(
        "orders.approved",
        _("Orders approved"),
        _("Orders released to the warehouse on the day, by who released them; those released by a rule have nobody."),
        "count",
        "more",
        by_person(approved_on, Count("pk"), "confirmed_by_id"),
        order_facts(approved_on, person="confirmed_by_id", is_summed=False),
        answers="team",
        register_ids=("STF-206",),
    ),
    Metric(
        "orders.exceptions",
        _("Exceptions raised"),
        _("Exceptions raised on the day: goods not matched, out of stock, refunds, changed addresses and others."),
        "count",
        "less",
        by_shop(exceptions_on, Count("pk"), shop="order__shop_id"),
        exception_facts,
        by_shop=True,
    ),
    Metric(
        "orders.review_minutes",
        _("Minutes to release"),
        _(
            "Whole minutes from payment to release, nights included, on average of the orders that somebody released "
            "on the day; those released by a rule are left out."
        ),
        "minutes",
        "less",
        by_person(reviewed_on, Sum("review_minutes"), "confirmed_by_id", Count("pk")),
        review_facts,
        answers="team",
        register_ids=("STF-206",),
    ),
    Metric(
        "orders.imports_in_time",
        _("Imports on time"),
        _(
            "Of the shops that are open, the share whose orders had been imported on the day by the hour set for "
            "figures (10:00)."
        ),
        "share",
        "more",
        read_imports,
        import_facts,
        by_shop=True,
        register_ids=("STF-200", "DATA-019"),
    ),
):
    METRICS.add(metric.name, metric)
