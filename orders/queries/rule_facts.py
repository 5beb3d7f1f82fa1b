"""What rules ask of orders, read for thousands of them in a few statements; and rules made ready to be asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from orders import policy
from orders.models import ReviewRule, RuleTrace
from orders.queries.rule_words import TESTS, Facts, Holds
from orders.states import OrderState


@dataclass(frozen=True)
class Ready:
    """A rule whose conditions have been turned into questions."""

    rule: ReviewRule
    groups: tuple[tuple[Holds, ...], ...]
    needs: frozenset[str]

    def judge(self, facts: Facts) -> tuple[bool, str]:
        """Say whether the rule fires for an order, and give a digit for each condition that holds or does not."""
        fires, digits = True, []
        for group in self.groups:
            any_holds = False
            for holds in group:
                one = holds(facts)
                any_holds = any_holds or one
                digits.append("1" if one else "0")
            fires = fires and any_holds
        return fires, "".join(digits)

    def concerns(self, facts: Facts) -> bool:
        """Say whether the rule is for the order's shop."""
        return self.rule.shop_id is None or self.rule.shop_id == facts.shop_id


def ready_rule(rule: ReviewRule) -> Ready:
    """Turn a rule's conditions into questions.

    :raises ValueError: if a condition is not understood (the form lets none through).
    """
    groups, needs = [], set()
    for group in rule.conditions:
        questions = []
        for condition in group:
            test = TESTS.get(condition.get("test", ""))
            if test is None:
                raise ValueError(condition)
            questions.append(test.of(condition.get("value", "")))
            needs.add(test.needs)
        if questions:
            groups.append(tuple(questions))
    if any(doing.get("of") or doing.get("per") for doing in rule.actions if doing.get("do") == "gift"):
        needs.add("skus")
    return Ready(rule, tuple(groups), frozenset(needs - {""}))


def active_rules() -> list[Ready]:
    """Return the rules that are on, in their order."""
    return [ready_rule(rule) for rule in ReviewRule.objects.filter(is_on=True).order_by("position", "pk")]


def facts_of(
    order_ids: Sequence[int], *, needs: Collection[str], state: str | None = OrderState.REVIEW, ever: bool = False
) -> list[Facts]:
    """Return what rules may ask of these orders; two to four statements.

    :param needs: `skus` and `returning` cost a statement each and are read only if asked for.
    :param state: only orders in that state; all of them if None.
    :param ever: exceptions that were ever raised instead of the open ones.
    """
    remote = tuple(policy.REMOTE_PROVINCES().split())
    with connection.cursor() as cursor:
        cursor.execute(_FACTS_EVER if ever else _FACTS, {"ids": list(order_ids), "state": state})
        found = [Facts(*row) for row in cursor.fetchall()]
        if "skus" in needs:
            _read_skus(cursor, found)
        if "returning" in needs:
            _read_returning(cursor, found)
    for facts in found:
        facts.is_remote = bool(remote) and facts.province.startswith(remote)
    return found


def earlier_effects(order_ids: Collection[int]) -> set[tuple[int, int, str]]:
    """Return what rules have done to these orders before: (order id, rule id, action)."""
    done = set()
    for order_id, rungs in RuleTrace.objects.filter(order_id__in=order_ids).values_list("order_id", "rungs"):
        for rung in rungs:
            done |= {(order_id, rung["r"], did[0]) for did in rung.get("d", ()) if did[1] == "done"}
    return done


def _read_skus(cursor: Any, found: Iterable[Facts]) -> None:
    by_id = {facts.id: facts for facts in found}
    cursor.execute(
        """
        SELECT l.order_id, s.code, sum(l.quantity - l.away)
        FROM orders_orderline l JOIN catalog_sku s ON s.id = l.sku_id
        WHERE l.order_id = ANY(%s) AND l.kind = 'sale' AND l.status <> 'closed' GROUP BY l.order_id, s.code
        """,
        [list(by_id)],
    )
    for order_id, code, pieces in cursor.fetchall():
        by_id[order_id].skus[code] = int(pieces)


def _read_returning(cursor: Any, found: Sequence[Facts]) -> None:
    cursor.execute(
        """
        SELECT o.id FROM orders_order o WHERE o.id = ANY(%s) AND o.buyer_nick <> '' AND EXISTS (
            SELECT FROM orders_order e WHERE e.buyer_nick = o.buyer_nick AND e.shop_id = o.shop_id
            AND e.paid_at < o.paid_at AND e.number <> o.number)
        """,
        [[facts.id for facts in found]],
    )
    returning = {row[0] for row in cursor.fetchall()}
    for facts in found:
        facts.is_returning = facts.id in returning


_COLUMNS = """o.id, o.shop_id, o.paid, o.pieces, o.kinds, o.province, o.city, o.buyer_nick, o.buyer_message,
       o.seller_memo, o.flag, o.tags, {troubles}, o.is_blocked, o.is_short, o.carrier_id, o.paid_at, o.state"""
_FROM = """
FROM orders_order o WHERE o.id = ANY(%(ids)s) AND (%(state)s::text IS NULL OR o.state = %(state)s) ORDER BY o.id
"""
_FACTS = f"SELECT {_COLUMNS.format(troubles='o.troubles')} {_FROM}"
_EVER = "ARRAY(SELECT DISTINCT e.kind FROM orders_orderexception e WHERE e.order_id = o.id)"
_FACTS_EVER = f"SELECT {_COLUMNS.format(troubles=_EVER)} {_FROM}"
