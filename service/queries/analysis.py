"""Complaints looked at together: by cause, department, goods and month; how fast, how content (CS-034, CS-035)."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, F, Q
from django.db.models.functions import Extract, TruncMonth

from orders.models import Order, OrderLine
from service.models import Complaint
from service.queries.complaints import HOUR_BANDS, OPEN, band_of, was_late
from service.states import BLAMELESS, ComplaintState, Severity, Verdict
from shopops.kit.clock import SHANGHAI, day_window, start_of_day

MONTHS = 12
MOST = 10

Counts = list[tuple[str, int]]


@dataclass
class Analysis:
    """What a span of complaints tells. Counts are by key; how a key is called is said where it is shown."""

    first: date
    last: date
    received: int = 0
    is_open: int = 0
    late: int = 0
    due: int = 0
    repeated: int = 0
    judged: int = 0
    founded: int = 0
    hours: float | None = None
    content: float | None = None
    rated: int = 0
    orders: int = 0
    causes: Counts = field(default_factory=list)
    units: list[tuple[int, str, str, int]] = field(default_factory=list)
    """Id, Chinese name, English name, count."""
    goods: Counts = field(default_factory=list)
    severities: Counts = field(default_factory=list)
    verdicts: Counts = field(default_factory=list)
    months: list[tuple[date, int, int]] = field(default_factory=list)
    bands: Counts = field(default_factory=list)
    ratings: list[tuple[int, int]] = field(default_factory=list)
    improvements: list[dict[str, str]] = field(default_factory=list)

    @property
    def rate(self) -> float | None:
        """Return complaints per thousand orders."""
        return self.received * 1000 / self.orders if self.orders else None

    @property
    def in_time(self) -> float | None:
        """Return the share answered in time."""
        return (self.due - self.late) / self.due if self.due else None

    @property
    def found_share(self) -> float | None:
        """Return the share of the investigated ones that are founded, wholly or partly."""
        return self.founded / self.judged if self.judged else None


def analyse(first: date, last: date, *, at: datetime) -> Analysis:
    """Look at the complaints received from one day to another; a constant number of queries.

    Withdrawn ones, and unfounded ones, have no cause of ours: they are left out of causes, departments and goods.
    """
    start, end = start_of_day(first), day_window(last).end
    rows = Complaint.objects.filter(received_at__gte=start, received_at__lt=end)
    counted = rows.exclude(state=ComplaintState.WITHDRAWN)
    ours = counted.exclude(verdict__in=BLAMELESS)
    whole = rows.aggregate(
        received=Count("pk"),
        is_open=Count("pk", filter=Q(state__in=OPEN)),
        due=Count("pk", filter=Q(answer_by__lte=at) | Q(answered_at__isnull=False)),
        late=Count("pk", filter=was_late(at)),
        repeated=Count("pk", filter=Q(repeats__isnull=False)),
        judged=Count("pk", filter=~Q(verdict="")),
        founded=Count("pk", filter=Q(verdict__in=(Verdict.FOUNDED, Verdict.PARTLY))),
        hours=Avg(Extract(F("answered_at") - F("received_at"), "epoch") / 3600.0),
        content=Avg("rating"),
        rated=Count("rating"),
    )
    found = Analysis(first, last, **whole)
    found.orders = Order.objects.filter(part=1, paid_at__gte=start, paid_at__lt=end).count()
    found.causes = list(ours.exclude(cause="").values_list("cause").annotate(n=Count("pk")).order_by("-n", "cause"))
    units = ours.exclude(unit=None).values_list("unit_id", "unit__name", "unit__name_en").annotate(n=Count("pk"))
    found.units = list(units.order_by("-n", "unit__name")[:MOST])
    found.goods = _goods(ours)
    found.severities = _by(counted, "severity", Severity.values)
    found.verdicts = _by(counted, "verdict", Verdict.values)
    rated = dict(counted.exclude(rating=None).values_list("rating").annotate(n=Count("pk")).order_by())
    found.ratings = [(grade, rated.get(grade, 0)) for grade in range(5, 0, -1)]
    found.bands = _bands(counted)
    found.months = _months(last)
    improved = counted.exclude(improvement="").select_related("unit").order_by("-received_at")[:MOST]
    found.improvements = [
        {"number": one.number, "cause": one.cause, "unit": str(one.unit or ""), "text": one.improvement}
        for one in improved
    ]
    return found


def kept_analysis(found: Analysis) -> dict[str, Any]:
    """Return an analysis as it is kept with a report."""
    return asdict(found)


def analysis_of(rows: dict[str, Any]) -> Analysis:
    """Return the analysis that a report keeps."""
    known = {name: value for name, value in rows.items() if name in Analysis.__dataclass_fields__}
    found = Analysis(**known)
    months = [(date.fromisoformat(month), count, orders) for month, count, orders in known["months"]]
    return replace(
        found, first=date.fromisoformat(known["first"]), last=date.fromisoformat(known["last"]), months=months
    )


def _by(rows: Any, column: str, keys: list[str]) -> Counts:
    counts = dict(rows.values_list(column).annotate(n=Count("pk")).order_by())
    return [(key, counts.get(key, 0)) for key in keys]


def _goods(rows: Any) -> Counts:
    """Return the goods most complained of: those of the orders the complaints are about."""
    orders = list(rows.exclude(order=None).values_list("order_id", flat=True)[:5000])
    names: Counter[str] = Counter()
    lines = OrderLine.objects.filter(order__in=orders).values_list("order_id", "sku__name", "title").distinct()
    for _order, sku, title in lines:
        names[(sku or title)[:40]] += 1
    return names.most_common(MOST)


def _bands(rows: Any) -> Counts:
    answered = rows.filter(answered_at__isnull=False).values_list("received_at", "answered_at")
    counts = Counter(band_of(done - received) for received, done in answered)
    return [(key, counts[key]) for key in HOUR_BANDS]


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
