"""Gifts: as many as were earned, while there are any, and once a buyer where the rule says so."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Sum

from catalog.models import Sku
from orders.actions.trail import record_orders
from orders.models import OrderLine, ReviewRule
from orders.queries.rule_words import Facts
from orders.states import LineKind, OrderState, PlatformStatus
from warehouse.queries.stock import available


class Gifts:
    """The gifts of one run of the rules: counted against stock, caps and buyers while they are planned."""

    def __init__(self, orders: Sequence[Facts], *, at: datetime) -> None:
        """Keep the orders that may be given something."""
        self.at = at
        self._orders = {facts.id: facts for facts in orders}
        self._skus: dict[str, Sku | None] = {}
        self._free: dict[int, int] = {}
        self._given: dict[int, int] = {}
        self._had: dict[int, set[int]] = {}
        self._buyers: dict[int, set[tuple[int, str]]] = {}
        self._lines: list[OrderLine] = []

    def plan(self, doing: Mapping[str, Any], rule: ReviewRule, facts: Facts) -> list[Any]:
        """Plan the gift of a rule for an order; return its line of the trace."""
        if facts.id in self._had_by(rule):
            return ["gift", "once"]
        count = int(doing.get("pieces") or 1) * self._times(doing, facts)
        if count < 1:
            return ["gift", "few"]
        buyer = (facts.shop_id, facts.buyer_nick)
        if doing.get("once") and buyer in self._buyers_of(rule):
            return ["gift", "buyer"]
        cap = int(doing.get("cap") or 0)
        if cap and self._given_by(rule) + count > cap:
            return ["gift", "cap", self._given_by(rule)]
        sku = self._sku(str(doing["sku"]))
        if sku is None or self._free[sku.pk] < count:
            return ["gift", "stock", max(self._free[sku.pk], 0) if sku else 0]
        self._free[sku.pk] -= count
        self._given[rule.pk] = self._given_by(rule) + count
        self._buyers_of(rule).add(buyer)
        self._lines.append(
            OrderLine(
                order_id=facts.id,
                key=f"gift:{rule.pk}",
                kind=LineKind.GIFT,
                code=sku.code,
                title=sku.name,
                attributes=sku.attributes,
                sku=sku,
                quantity=count,
                gift_rule=rule,
                status=PlatformStatus.PAID,
            )
        )
        return ["gift", "done", count]

    def give(self) -> None:
        """Write the planned gifts as lines with price 0, with one event an order."""
        OrderLine.objects.bulk_create(self._lines, batch_size=2000)
        record_orders(
            "orders.gift_given",
            [
                (line.order_id, {"gift": (None, f"{line.quantity} × {line.code}")}, line.gift_rule.name)
                for line in self._lines
                if line.gift_rule
            ],
            by=None,
            at=self.at,
        )
        self._lines = []

    @staticmethod
    def _times(doing: Mapping[str, Any], facts: Facts) -> int:
        """Return how many times the gift is earned: once, or for every so many pieces bought."""
        per = int(doing.get("per") or 0)
        if not per:
            return 1
        of: Collection[str] = doing.get("of") or facts.skus
        return sum(facts.skus.get(code, 0) for code in of) // per

    def _sku(self, code: str) -> Sku | None:
        if code not in self._skus:
            sku = self._skus[code] = Sku.objects.filter(code=code, is_active=True).first()
            if sku is not None:
                self._free[sku.pk] = available([sku.pk])[sku.pk]
        return self._skus[code]

    def _given_by(self, rule: ReviewRule) -> int:
        """Return the pieces the rule has given in all; its row is locked, so that two runs do not pass the cap."""
        if rule.pk not in self._given:
            ReviewRule.objects.select_for_update().get(pk=rule.pk)
            lines = OrderLine.objects.filter(gift_rule=rule).exclude(order__state=OrderState.CLOSED)
            self._given[rule.pk] = lines.aggregate(pieces=Sum("quantity"))["pieces"] or 0
        return self._given[rule.pk]

    def _had_by(self, rule: ReviewRule) -> set[int]:
        """Return those of the orders in hand that have the rule's gift already."""
        if rule.pk not in self._had:
            lines = OrderLine.objects.filter(gift_rule=rule, order__in=list(self._orders))
            self._had[rule.pk] = set(lines.values_list("order_id", flat=True))
        return self._had[rule.pk]

    def _buyers_of(self, rule: ReviewRule) -> set[tuple[int, str]]:
        """Return the buyers of the orders in hand who had the rule's gift with an order that was not closed."""
        if rule.pk not in self._buyers:
            nicks = {facts.buyer_nick for facts in self._orders.values() if facts.buyer_nick}
            lines = OrderLine.objects.filter(gift_rule=rule, order__buyer_nick__in=nicks)
            self._buyers[rule.pk] = set(
                lines.exclude(order__state=OrderState.CLOSED).values_list("order__shop_id", "order__buyer_nick")
            )
        return self._buyers[rule.pk]
