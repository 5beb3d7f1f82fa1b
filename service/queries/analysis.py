"""Complaints looked at together: by cause, department, goods and month; how fast, how content (CS-034, CS-035)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, F, Q
from django.db.models.functions import Extract, TruncMonth

from orders.models import Order, OrderLine
from service.models import Complaint
from service.queries.complaints import OPEN
from service.states import Cause, ComplaintState, Severity
from shopops.kit.clock import SHANGHAI, day_window, start_of_day

MONTHS = 12
MOST = 10
HOUR_BANDS = ((0, 4), (4, 12), (12, 24), (24, 48), (48, None))


@dataclass
class Analysis:
    """What a span of complaints tells."""

    first: date
    last: date
    received: int = 0
    is_open: int = 0
    late: int = 0
    due: int = 0
    hours: float | None = None
    content: Decimal | None = None
    rated: int = 0
    orders: int = 0
    causes: list[tuple[str, str, int]] = field(default_factory=list)
    units: list[tuple[str, int]] = field(default_factory=list)
    goods: list[tuple[str, int]] = field(default_factory=list)
    severities: list[tuple[str, int]] = field(default_factory=list)
    months: list[tuple[date, int, int]] = field(default_factory=list)
    bands: list[tuple[tuple[int, int | None], int]] = field(default_factory=list)
    ratings: list[tuple[int, int]] = field(default_factory=list)
    improvements: list[Complaint] = field(default_factory=list)

    @property
    def rate(self) -> float | None:
        """Return complaints per thousand orders."""
        return self.received * 1000 / self.orders if self.orders else None

    @property
    def in_time(self) -> float | None:
        """Return the share answered in time."""
        return (self.due - self.late) / self.due if self.due else None


def analyse(first: date, last: date, *, at: datetime) -> Analysis:
    """Look at the complaints received from one day to another; a constant number of queries."""
    start, end = start_of_day(first), day_window(last).end
    rows = Complaint.objects.filter(received_at__gte=start, received_at__lt=end)
    counted = rows.exclude(state=ComplaintState.WITHDRAWN)
    whole = rows.aggregate(
        received=Count("pk"),
        is_open=Count("pk", filter=Q(state__in=OPEN)),
        due=Count("pk", filter=Q(answer_by__lte=at) | Q(answered_at__isnull=False)),
        late=Count("pk", filter=Q(answered_at=None, answer_by__lt=at) | Q(answered_at__gt=F("answer_by"))),
        hours=Avg(Extract(F("answered_at") - F("received_at"), "epoch") / 3600.0),
        content=Avg("rating"),
        rated=Count("rating"),
    )
    found = Analysis(first, last, **whole)
    found.orders = Order.objects.filter(part=1, paid_at__gte=start, paid_at__lt=end).count()
    causes = counted.exclude(cause="").values_list("cause").annotate(n=Count("pk")).order_by("-n", "cause")
    found.causes = [(cause, str(Cause(cause).label), count) for cause, count in causes]
    units = counted.exclude(unit=None).values_list("unit__name", "unit__name_en").annotate(n=Count("pk"))
    found.units = [(name, count) for name, _english, count in units.order_by("-n", "unit__name")[:MOST]]
    found.goods = _goods(counted)
    grades = dict(counted.values_list("severity").annotate(n=Count("pk")).order_by())
    found.severities = [(str(one.label), grades.get(one.value, 0)) for one in Severity]
    rated = dict(counted.exclude(rating=None).values_list("rating").annotate(n=Count("pk")).order_by())
    found.ratings = [(grade, rated.get(grade, 0)) for grade in range(5, 0, -1)]
    found.bands = _bands(counted)
    found.months = _months(last)
    found.improvements = list(counted.exclude(improvement="").select_related("unit").order_by("-received_at")[:MOST])
    return found


def _goods(rows: Any) -> list[tuple[str, int]]:
    """Return the goods most complained of: those of the orders the complaints are about."""
    orders = list(rows.exclude(order=None).values_list("order_id", flat=True)[:5000])
    names: Counter[str] = Counter()
    lines = OrderLine.objects.filter(order__in=orders).values_list("order_id", "sku__name", "title").distinct()
    for _order, sku, title in lines:
        names[(sku or title)[:40]] += 1
    return names.most_common(MOST)


def _bands(rows: Any) -> list[tuple[tuple[int, int | None], int]]:
    answered = rows.filter(answered_at__isnull=False)
    hours = [
        (done - received).total_seconds() / 3600
        for received, done in answered.values_list("received_at", "answered_at")
    ]
    return [(band, sum(band[0] <= one and (band[1] is None or one < band[1]) for one in hours)) for band in HOUR_BANDS]


def _months(last: date) -> list[tuple[date, int, int]]:
    """Return the months up to the last with complaints and orders, the empty ones too."""
    month = last.replace(day=1)
    months = [month]
    for _one in range(MONTHS - 1):
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    start, end = start_of_day(months[-1]), start_of_day((month + timedelta(days=32)).replace(day=1))
    complaints = _by_month(Complaint.objects.filter(received_at__gte=start, received_at__lt=end), "received_at")
    orders = _by_month(Order.objects.filter(part=1, paid_at__gte=start, paid_at__lt=end), "paid_at")
    return [(one, complaints.get(one, 0), orders.get(one, 0)) for one in reversed(months)]


def _by_month(rows: Any, column: str) -> dict[date, int]:
    found = rows.order_by().annotate(month=TruncMonth(column, tzinfo=SHANGHAI)).values_list("month")
    return {month.date(): count for month, count in found.annotate(n=Count("pk"))}
