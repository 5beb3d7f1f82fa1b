"""Usual prices: what each SKU has sold for lately, measured once a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from orders.models import PriceNorm

WINDOW = timedelta(days=30)
FRESH = timedelta(hours=20)
_LOCK = 726_006


@transaction.atomic
def measure_prices(*, at: datetime) -> int:
    """Measure the median price of every SKU over the paid orders of the last 30 days; return how many SKUs.

    Measured already within the last 20 hours, or by somebody else just now: nothing is done.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0] or PriceNorm.objects.filter(measured_at__gt=at - FRESH).exists():
            return 0
        cursor.execute(
            """
            INSERT INTO orders_pricenorm (sku_id, median, lines, measured_at)
            SELECT l.sku_id, round(percentile_disc(0.5) WITHIN GROUP (ORDER BY l.paid / l.quantity), 2),
                   count(*), %(at)s
            FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
            WHERE o.paid_at >= %(since)s AND o.paid_at < %(at)s AND o.part = 1 AND o.digest IS NOT NULL
              AND l.sku_id IS NOT NULL AND l.kind = 'sale' AND l.paid > 0 AND l.status <> 'closed'
            GROUP BY l.sku_id
            ON CONFLICT (sku_id) DO UPDATE
            SET median = EXCLUDED.median, lines = EXCLUDED.lines, measured_at = EXCLUDED.measured_at
            """,
            {"at": at, "since": at - WINDOW},
        )
        return int(cursor.rowcount)
