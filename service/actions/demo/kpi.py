"""What the indicators of the demo shop live on: imports of each morning, reports of each day, scores on forms."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncDate

from orders.models import ImportBatch, Order
from orders.states import ImportState
from shopops.kit.clock import SHANGHAI, shop_day, start_of_day
from staff.actions.kpi import score_kpi
from staff.models import Employee, Shop
from staff.queries.kpi_forms import sheets_of

LATE_SHARE = 0.07
SCORED_SHARE = 0.85
GROUNDS = (
    (72, "任务基本完成，两次需要提醒"),
    (80, "按时完成，交接清楚"),
    (84, "主动沟通，问题当天解决"),
    (88, "质量稳定，同事反馈好"),
    (93, "结果超出要求，有具体改进"),
)
CORRECTED = "复核后调整：补看了当月记录"


def make_imports(*, days: int, by: Employee, at: datetime) -> int:
    """Write the imports of every morning: each shop's orders of the day before, now and then after the hour set."""
    random = Random(11)  # noqa: S311 -- made-up data wants repeatable chance
    today = shop_day(at)
    counted = (
        Order.objects.filter(part=1)
        .order_by()
        .values_list("shop_id", TruncDate("placed_at", tzinfo=SHANGHAI))
        .annotate(Count("pk"))
    )
    rows = {(shop, day): number for shop, day, number in counted}
    batches = []
    for back in range(days - 2, -1, -1):
        day = today - timedelta(days=back)
        for shop in Shop.objects.order_by("pk"):
            number = rows.get((shop.pk, day - timedelta(days=1)), 0)
            hour = 11.5 if random.random() < LATE_SHARE else 8.1
            started = start_of_day(day) + timedelta(hours=hour, minutes=random.randrange(40))
            if started > at:
                continue
            batches.append(
                ImportBatch(
                    shop=shop,
                    state=ImportState.DONE,
                    files=[{"name": f"ExportOrderList{day:%Y%m%d}0800.csv", "reports": ["orders"], "rows": number}],
                    digest=f"demo-{shop.pk}-{day}",
                    started_by=by,
                    started_at=started,
                    finished_at=started + timedelta(seconds=4 + random.randrange(8)),
                    counts={"orders": {"new": 0, "changed": number // 9, "unchanged": number, "refused": 0}},
                )
            )
    ImportBatch.objects.bulk_create(batches)
    return len(batches)


def report_time(back: int, at: datetime) -> datetime:
    """Return when the report of a day was made: in the morning after, once too late."""
    morning = start_of_day(shop_day(at) - timedelta(days=back - 1))
    return min(at, morning + (timedelta(hours=13, minutes=20) if back == 6 else timedelta(hours=8, minutes=2)))  # noqa: PLR2004 -- one of them


def make_scores(*, at: datetime) -> int:
    """Score last month on forms where nobody has yet: most of the people, one of them twice; return how many."""
    random = Random(12)  # noqa: S311 -- made-up data wants repeatable chance
    today = shop_day(at)
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    scored_at = min(at, start_of_day(today.replace(day=1)) + timedelta(days=4, hours=10))
    count, corrected = 0, False
    for sheet in sheets_of(month, on=today):
        for line in sheet.lines:
            if line.score is not None or sheet.superior is None or random.random() > SCORED_SHARE:
                continue
            score, text = random.choice(GROUNDS)
            first: dict[str, Any] = {"by": sheet.superior, "at": scored_at}
            score_kpi(line.kpi, sheet.person, month, score=Decimal(score), text=text, **first)
            if not corrected:
                later = min(at, scored_at + timedelta(days=1))
                again = first | {"at": later}
                score_kpi(line.kpi, sheet.person, month, score=Decimal(score + 3), text=CORRECTED, **again)
                corrected = True
            count += 1
    return count
