"""Quality inspection in the demo shop: some conversations scored, some waiting."""

from __future__ import annotations

from datetime import datetime, timedelta

from service.actions.inspections import draw_inspections, ensure_criteria, score_inspection
from shopops.kit.clock import shop_day
from shopops.kit.refusals import Refused
from staff.models import Employee

REMARKS = ("问候得体，主动推荐了搭配。", "回答准确，收尾没有提醒买家下单。", "耐心，但首句等得久。", "")
_DAY = timedelta(days=1)


def make_inspections(*, inspector: Employee, at: datetime) -> int:
    """Draw conversations of the last ten days, and score two of three; return how many were drawn."""
    today = shop_day(at)
    try:
        drawn = draw_inspections(today - 10 * _DAY, today - _DAY, per_agent=3, by=inspector, at=at - timedelta(hours=3))
    except Refused:  # a demo of a day or two has nothing to draw
        return 0
    criteria = ensure_criteria()
    for number, one in enumerate(drawn):
        if number % 3 == 2:  # noqa: PLR2004 -- every third waits
            continue
        points = {
            each.pk: each.most - (number * 3 + place * 2) % (each.most // 2) for place, each in enumerate(criteria)
        }
        remark = REMARKS[number % len(REMARKS)]
        score_inspection(one, points, note=remark, by=inspector, at=at - timedelta(hours=2))
    return len(drawn)
