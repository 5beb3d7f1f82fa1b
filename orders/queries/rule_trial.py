"""The wind tunnel of review rules: what a rule would have done with the orders of the last 30 days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from orders.models import Order, ReviewRule
from orders.queries.rule_facts import facts_of, ready_rule
from orders.states import OrderState
from shopops.kit.clock import shop_day

DAYS = 30
CHUNK = 5000
SAMPLES = 20
_RELEASED = {OrderState.APPROVED, OrderState.SHIPPED, OrderState.SIGNED, OrderState.COMPLETED}


def try_rule(rule_id: int, *, at: datetime, step: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """Judge the paid orders of the last 30 days by a rule as it is now; change nothing.

    Flags and tags are those the orders have today; exceptions count if they were ever raised. The stock of today says
    nothing about then, so gifts and approvals are counted as if there had been enough.

    :returns: counts, how the orders it fires for ended, days, and some of the orders, for `rule_trial.html`.
    """
    ready = ready_rule(ReviewRule.objects.get(pk=rule_id))
    orders = Order.objects.filter(paid_at__gte=at - timedelta(days=DAYS), paid_at__lt=at, part=1)
    if ready.rule.shop_id:
        orders = orders.filter(shop_id=ready.rule.shop_id)
    ids = list(orders.order_by("pk").values_list("pk", flat=True))
    fired: list[int] = []
    held: list[Counter[int]] = [Counter() for _group in ready.groups]
    ends: Counter[str] = Counter()
    days: Counter[str] = Counter()
    amount, gifts = 0, 0
    gift = next((doing for doing in ready.rule.actions if doing["do"] == "gift"), None)
    for start in range(0, len(ids), CHUNK):
        for facts in facts_of(ids[start : start + CHUNK], needs=ready.needs, state=None, ever=True):
            fires, digits = ready.judge(facts)
            place = 0
            for number, group in enumerate(ready.groups):
                for inner in range(len(group)):
                    held[number][inner] += digits[place] == "1"
                    place += 1
            if not fires:
                continue
            fired.append(facts.id)
            ends["released" if facts.state in _RELEASED else facts.state] += 1
            days[str(shop_day(facts.paid_at)) if facts.paid_at else ""] += 1
            amount += int(facts.amount * 100)
            gifts += _pieces(gift, facts.skus) if gift else 0
        if step:
            step(min(start + CHUNK, len(ids)), len(ids))
    samples = Order.objects.filter(pk__in=fired[-SAMPLES:]).order_by("-pk").values_list("pk", "number", "summary")
    return {
        "rule": ready.rule.pk,
        "version": ready.rule.version,
        "orders": len(ids),
        "fired": len(fired),
        "held": [
            [counter[inner] for inner in range(len(group))] for counter, group in zip(held, ready.groups, strict=True)
        ],
        "ends": dict(ends.most_common()),
        "days": dict(sorted(days.items())),
        "amount": f"{amount / 100:.2f}",
        "gifts": gifts,
        "samples": [list(row) for row in samples],
    }


def _pieces(gift: dict[str, Any], skus: dict[str, int]) -> int:
    per = int(gift.get("per") or 0)
    times = sum(skus.get(code, 0) for code in (gift.get("of") or skus)) // per if per else 1
    return times * int(gift.get("pieces") or 1)
