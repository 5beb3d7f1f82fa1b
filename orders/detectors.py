"""What went wrong with orders: what the month-end list left over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Case, DateTimeField, F, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Concat
from django.utils.translation import gettext_lazy as _

from orders.models import PaymentSlip
from orders.queries.tally import left_over
from shopops.kit.clock import shop_day, start_of_day, time_on
from shopops.kit.detectors import Address, FoundRows, Question, Rows, as_text, detector, found
from staff.queries.rulebook import holder_of


@detector("orders.left_over_from_last_month", label=_("Orders of the month-end list when the first week is over"))
def left_over_from_last_month(question: Question) -> FoundRows:
    """Find orders paid before this month and still here when its first week ended (ORD-024, ORD-025).

    The agent who approved the order answers; where nobody has, the holder of the post in `fallback_post`. Parts that
    were split off are reviewed and shipped by themselves and count by themselves; an order merged into another goes
    with that one.
    """
    days = int(question.parameters.get("days", 7))
    queries = []
    for first in _months(question):
        limit = start_of_day(first + timedelta(days=days))
        if not question.window.start < limit <= question.window.end:
            continue
        fallback = holder_of(str(question.parameters.get("fallback_post", "")), on=shop_day(limit))
        left = left_over(start_of_day(first), limit)
        employee: str | Combinable = "confirmed_by_id"
        if fallback is None:
            left = left.filter(confirmed_by__isnull=False)
        else:
            employee = Coalesce(F("confirmed_by_id"), Value(fallback.pk))
        deadline = Value(limit, output_field=DateTimeField())
        queries.append(
            found(
                left,
                label=_LABEL,
                employee=employee,
                at=deadline,
                facts=_EVIDENCE | {"deadline": deadline},
                address=Address("orders:order", "pk"),
            )
        )
    return FoundRows("orders.Order", *queries)


_LABEL = Case(When(part=1, then=F("number")), default=Concat(F("number"), Value("-"), as_text("part")))
_EVIDENCE: dict[str, str | Combinable] = {
    "goods": "summary",
    "paid": as_text("paid"),
    "paid_at": "paid_at",
    "approved_at": "confirmed_at",
    "shipped_at": "shipped_at",
}


def _months(question: Question) -> Iterator[date]:
    """Give the first day of every month the window touches."""
    day = shop_day(question.window.start).replace(day=1)
    while start_of_day(day) < question.window.end:
        yield day
        day = (day + timedelta(days=32)).replace(day=1)


@detector("orders.slip_not_settled", label=_("Payment slips at the end of their day, and slips that are missing"))
def slip_not_settled(question: Question) -> FoundRows:
    """Find slips whose money was not handed in on their day, and slips that were mislaid (ORD-027, ORD-028).

    Who took the money answers. A slip is one case: one that was late before it went missing is not charged again.
    """
    start, end = question.window
    clock = question.parameters.get("time", "24:00")
    queries = []
    day = shop_day(start) - timedelta(days=1)
    while start_of_day(day) <= end:
        limit = time_on(day, clock)
        if start < limit <= end:
            late = PaymentSlip.objects.filter(Q(handed_in_at=None) | Q(handed_in_at__gt=limit), day=day)
            late = late.exclude(lost_at__lte=limit)
            queries.append(_slips(late, Value(limit, output_field=DateTimeField())))
        day += timedelta(days=1)
    queries.append(_slips(PaymentSlip.objects.filter(lost_at__gt=start, lost_at__lte=end), F("lost_at")))
    return FoundRows("orders.PaymentSlip", *queries)


def _slips(slips: QuerySet[PaymentSlip], at: Combinable) -> Rows:
    facts: dict[str, str | Combinable] = {
        "amount": as_text("amount"),
        "made_at": "made_at",
        "handed_in_at": "handed_in_at",
        "lost_at": "lost_at",
        "deadline": at,
    }
    return found(
        slips, label="number", employee="employee_id", at=at, facts=facts, address=Address("orders:slip", "number")
    )
