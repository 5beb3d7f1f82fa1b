"""The VIP levels and groups every installation begins with (CAT-076, CS-013, CS-015)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from service.models import BuyerGroup, VipLevel
from staff.actions.events import record

LEVELS = (
    ("普通会员", "Member", Decimal(200), 1, "98 折"),
    ("银卡会员", "Silver", Decimal(500), 2, "新品优先通知"),
    ("金卡会员", "Gold", Decimal(2000), 4, "新品优先通知；会员价；生日礼"),
    ("钻石会员", "Diamond", Decimal(6000), 8, "专属客服；会员价；生日礼；包邮"),
)
GROUPS = ("新客", "老客", "批发客户", "团购客户", "需重点维护")


@transaction.atomic
def load_levels(*, at: datetime) -> dict[str, int]:
    """Make VIP levels and groups of buyers where there are none; what people changed stays.

    :returns: how many `levels` and `groups` are new.
    """
    made = {"levels": 0, "groups": 0}
    if not VipLevel.objects.exists():
        for rank, (name, english, paid, orders, benefits) in enumerate(LEVELS, start=1):
            level = VipLevel.objects.create(
                name=name, name_en=english, rank=rank, least_paid=paid, least_orders=orders, benefits=benefits
            )
            record("staff.added", level, by=None, at=at)
            made["levels"] += 1
    if not BuyerGroup.objects.exists():
        for place, name in enumerate(GROUPS):
            record("staff.added", BuyerGroup.objects.create(name=name, position=place), by=None, at=at)
            made["groups"] += 1
    return made
