"""Reading the day's figures: always the whole day anew, from the facts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import start_of_day
from shopops.kit.metrics import METRICS
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.models import MetricReading
from staff.queries.kpi import TREND_DAYS, reading_times
from staff.queries.points import POINTS_METRIC, old_days_moved, points_moved

REREAD_DAYS = 7
FRESH = timedelta(hours=1)
MOST_OLD_DAYS = 366
"""So many days before the trend are read again in one night at most; each takes a few milliseconds."""
LOOKED_BACK = timedelta(days=60)
"""Movements of points are looked for so far back, more than the nights that are caught up."""
_LOCK = 726_003


@transaction.atomic
def read_metrics(day: date, *, at: datetime, only: Collection[str] = ()) -> int:
    """Read every metric of `day` and keep what it gives; readings that are gone are removed.

    Reading a day again gives the same figures unless the facts have changed since. Returns how many are kept.

    :param only: names of the metrics to read, where not all are.
    :raises Refused: if the day has not begun.
    """
    if at <= start_of_day(day):
        raise Refused(sentence(_("%(day)s has not begun; there is nothing to read yet."), day=day.isoformat()))
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
        for name, metric in METRICS.items()
        if not only or name in only
        for reading in metric.read(day)
    ]
    known = MetricReading.objects.filter(day=day)
    (known.filter(metric__in=list(only)) if only else known).delete()
    MetricReading.objects.bulk_create(fresh, batch_size=2000)
    return len(fresh)


def read_metrics_until(day: date, *, at: datetime) -> int:
    """Read a day, the week before it again, and the days of its trend that were never read or whose points moved.

    Refunds and late files change figures of days gone by; so do verdicts, replays and cases reported late. Of days
    before the trend the points alone are read again, where they moved; what one night leaves over, such as a replay of
    years, the next takes up. Returns how many readings are kept.
    """
    first = day - timedelta(days=TREND_DAYS - 1)
    times, moved = reading_times(first, day), points_moved(first, day)
    count = 0
    for back in range(TREND_DAYS - 1, -1, -1):
        that_day = day - timedelta(days=back)
        known = times.get(that_day)
        is_recent = back < REREAD_DAYS and known is not None and known < at - FRESH
        if back == 0 or known is None or is_recent or known < moved.get(that_day, known):
            count += read_metrics(that_day, at=at)
    for old_day in old_days_moved(first, since=at - LOOKED_BACK)[:MOST_OLD_DAYS]:
        count += read_metrics(old_day, at=at, only=(POINTS_METRIC,))
    return count
