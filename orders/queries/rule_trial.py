"""The wind tunnel of review rules: what a rule would have done with the orders of the last 30 days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from orders.models import Order, ReviewRule, RuleVersion
from orders.queries.listed import TONES
from orders.queries.rule_facts import facts_of, ready_rule
from orders.queries.rules import names, said_doings, said_groups
from orders.states import OrderState
from shopops.kit.clock import shop_day
from staff.models import JobRun
from staff.states import JobState

DAYS = 30
CHUNK = 5000
SAMPLES = 20
_RELEASED = {OrderState.APPROVED, OrderState.SHIPPED, OrderState.SIGNED, OrderState.COMPLETED}


def try_rule(rule_id: int, *, at: datetime, step: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """Judge the paid orders of the last 30 days by a rule as it is now; change nothing."""
    return try_wording(ReviewRule.objects.get(pk=rule_id), at=at, step=step)


def try_wording(rule: ReviewRule, *, at: datetime, step: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """Judge the paid orders of the last 30 days by a rule that need not have been saved; change nothing.

    Flags and tags are those the orders have today; exceptions count if they were ever raised. The stock of today says
    nothing about then, so gifts and approvals are counted as if there had been enough.

    :returns: counts, how the orders it fires for ended, days, and some of the orders, for `shown_trial`.
    """
    ready = ready_rule(rule)
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


@dataclass(frozen=True)
class TrialShown:
    """What came of a trial, in words."""

    name: str
    orders: int
    fired: int
    amount: Decimal
    gifts: int
    groups: list[list[tuple[str, int, int]]]
    """(condition, orders it held for, percent of all)"""
    doings: list[str]
    ends: list[tuple[str, str, int]]
    """(what became of them, tone, orders)"""
    days: list[tuple[str, int]]
    """(day as 11-20, orders), without gaps."""
    samples: list[tuple[int, str, str]]

    @property
    def percent(self) -> str:
        """Return the share of orders it fires for."""
        return f"{self.fired * 100 / self.orders:.1f}%" if self.orders else "–"


def shown_trial(run: JobRun) -> TrialShown | None:
    """Return the result of a finished trial; None while there is none."""
    result = run.result
    if run.state != JobState.DONE or "fired" not in result:
        return None
    told: Any = run.params.get("draft")
    if told is None:
        version = RuleVersion.objects.filter(rule=result["rule"], version=result["version"])
        told = version.values("name", "conditions", "actions").first()
    told = told or {"name": "", "conditions": [], "actions": []}
    called = names()
    orders = result["orders"]
    return TrialShown(
        name=told["name"],
        orders=orders,
        fired=result["fired"],
        amount=Decimal(result["amount"]),
        gifts=result["gifts"],
        groups=[
            [(text, count, count * 100 // orders if orders else 0) for text, count in zip(group, held, strict=False)]
            for group, held in zip(said_groups(told["conditions"], called), result["held"], strict=False)
        ],
        doings=said_doings(told["actions"], called),
        ends=[(*_ended(state), count) for state, count in result["ends"].items()],
        days=_every_day(result["days"]),
        samples=[(key, number, summary) for key, number, summary in reversed(result["samples"])],
    )


def last_trial(rule: ReviewRule) -> JobRun | None:
    """Return the latest trial of a rule as it was saved."""
    return JobRun.objects.filter(job="orders.try_rule", params={"rule_id": rule.pk}).order_by("-pk").first()


def _ended(state: str) -> tuple[str, str]:
    """Return what became of orders in words, and its colour."""
    if state == "released":
        return _("released to the warehouse"), "good"
    return str(OrderState(state).label), TONES[OrderState(state)]


def _every_day(days: dict[str, int]) -> list[tuple[str, int]]:
    """Fill the gaps between the days."""
    known = [date.fromisoformat(day) for day in days if day]
    if not known:
        return []
    first = min(known)
    span = (max(known) - first).days + 1
    every = (first + timedelta(days=number) for number in range(span))
    return [(f"{day:%m-%d}", days.get(day.isoformat(), 0)) for day in every]


def _pieces(gift: dict[str, Any], skus: dict[str, int]) -> int:
    per = int(gift.get("per") or 0)
    times = sum(skus.get(code, 0) for code in (gift.get("of") or skus)) // per if per else 1
    return times * int(gift.get("pieces") or 1)
