"""Reading the day's figures: always the whole day anew, from the facts."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction

from shopops.kit.metrics import METRICS
from staff.models import MetricReading

_LOCK = 726_003


@transaction.atomic
def read_metrics(day: date, *, at: datetime) -> int:
    """Read every metric of `day` and keep what it gives; readings that are gone are removed.

    Reading a day again gives the same figures unless the facts have changed since. Returns how many are kept.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    fresh = [
        MetricReading(
            metric=metric.name,
            version=metric.version,
            day=day,
            shop_id=reading.shop_id,
            employee_id=reading.employee_id,
            numerator=Decimal(reading.numerator),
            denominator=None if reading.denominator is None else Decimal(reading.denominator),
            read_at=at,
        )
        for _name, metric in METRICS.items()
        for reading in metric.read(day)
    ]
    MetricReading.objects.filter(day=day).delete()
    MetricReading.objects.bulk_create(fresh, batch_size=2000)
    return len(fresh)
