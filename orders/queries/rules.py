"""Review rules as their pages show them: in words, with what they did lately and how they came to be so."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from orders.models import ReviewRule
from orders.queries.listed import TONES
from orders.queries.rule_words import DOINGS, RESULTS, condition_said, doing_said
from orders.states import OrderState
from staff.models import Event, Shop
from staff.queries.history import Line, lines_of
from warehouse.models import Carrier

DAYS = 7
RECENT = 10


@dataclass(frozen=True)
class Names:
    """Names of what rules mention by key."""

    shops: dict[int, str]
    carriers: dict[int, str]


def names() -> Names:
    """Return the names of shops and carriers; two queries."""
    return Names(_Known(Shop.objects.values_list("pk", "name")), _Known(Carrier.objects.values_list("pk", "name")))


class _Known(dict[int, str]):
    """Names by key; a key nobody knows any more stands for itself."""

    def __missing__(self, key: int) -> str:
        return str(key)


@dataclass(frozen=True)
class RuleShown:
    """A rule in words. `groups`: in each at least one has to hold."""

    rule: ReviewRule
    groups: list[list[str]]
    doings: list[str]
    judged: int
    """Orders it was asked about in the last 7 days."""
    fired: int
    is_first: bool = False
    is_last: bool = False

    @property
    def mode(self) -> str:
        """Return whether it is off, in shadow or on."""
        return mode_of(self.rule)


def mode_of(rule: ReviewRule) -> str:
    """Return whether a rule is `off`, in `shadow` or `on`."""
    return "off" if not rule.is_on else "shadow" if rule.is_shadow else "on"


def shown_rules(*, at: datetime) -> list[RuleShown]:
    """Return all rules in their running order, with how often they fired lately; four queries."""
    rules = list(ReviewRule.objects.select_related("shop", "changed_by").order_by("position", "pk"))
    counts, called = _counts(at), names()
    last = len(rules) - 1
    return [
        RuleShown(
            rule,
            said_groups(rule.conditions, called),
            said_doings(rule.actions, called),
            *counts.get(rule.pk, (0, 0)),
            is_first=number == 0,
            is_last=number == last,
        )
        for number, rule in enumerate(rules)
    ]


def said_groups(conditions: Sequence[Sequence[Mapping[str, Any]]], called: Names) -> list[list[str]]:
    """Return conditions in words."""
    return [[condition_said(condition, called.shops) for condition in group] for group in conditions if group]


def said_doings(actions: Sequence[Mapping[str, Any]], called: Names) -> list[str]:
    """Return actions in words."""
    return [doing_said(doing, called.carriers) for doing in actions]


@dataclass(frozen=True)
class Fired:
    """An order a rule fired for, and what came of it."""

    order_id: int
    order: str
    summary: str
    state: str
    tone: str
    at: datetime
    is_shadow: bool
    did: list[tuple[str, str]]


@dataclass(frozen=True)
class Lately:
    """What a rule did in the last 7 days."""

    judged: int
    fired: int
    results: list[tuple[str, str, int, bool]]
    """(action, result, orders, whether it was done)"""
    ends: list[tuple[str, str, int]]
    """(state, tone, orders): where the orders it fired for are now."""
    recent: list[Fired] = field(default_factory=list)


def lately(rule: ReviewRule, *, at: datetime) -> Lately:
    """Return what a rule did in the last 7 days, and the orders it fired for last; four queries."""
    since: dict[str, Any] = {"since": at - timedelta(days=DAYS), "rule": rule.pk, "most": RECENT}
    called = names()
    with connection.cursor() as cursor:
        cursor.execute(f"{_RUNGS} {_ENDS}", since)
        ends = cursor.fetchall()
        cursor.execute(f"{_RUNGS} {_RESULTS}", since)
        results = cursor.fetchall()
        cursor.execute(f"{_RUNGS} {_RECENT}", since)
        recent = cursor.fetchall()
    labels = {state: str(OrderState(state).label) for state in OrderState.values}
    fired_ends = [(state, count) for state, fired, count in ends if fired]
    return Lately(
        judged=sum(count for _state, _fired, count in ends),
        fired=sum(count for _state, count in fired_ends),
        results=[(_doing(do, rule, called), _result(result), count, result == "done") for do, result, count in results],
        ends=[(labels[state], TONES[OrderState(state)], count) for state, count in fired_ends],
        recent=[
            Fired(
                order_id=key,
                order=number if part == 1 else f"{number}-{part}",
                summary=summary,
                state=labels[state],
                tone=TONES[OrderState(state)],
                at=moment,
                is_shadow=bool(shadow),
                did=[(_doing(one[0], rule, called), _result(one[1])) for one in json.loads(did)],
            )
            for key, number, part, summary, state, moment, shadow, did in recent
        ],
    )


def _doing(do: str, rule: ReviewRule, called: Names) -> str:
    """Return an action of the rule in words, as it reads now; one it no longer has by its name."""
    told = next((doing for doing in rule.actions if doing.get("do") == do), None)
    if told is not None:
        return doing_said(told, called.carriers)
    return str(DOINGS[do].label) if do in DOINGS else do


def _result(result: str) -> str:
    return str(RESULTS.get(result, result))


def story_of(rule: ReviewRule, *, most: int = 100) -> list[Line]:
    """Return how a rule came to be as it is, newest first, with conditions and actions in words; three queries."""
    told = Event.objects.filter(subject_type=rule._meta.label, subject_id=rule.pk).select_related("by")
    events = list(told.order_by("-at", "-pk")[:most])
    called = names()
    for event in events:
        is_new = "name" in event.changes and not event.changes["name"][0]
        event.changes = {
            name: [None if is_new else _said(name, before, called), _said(name, after, called)]
            for name, (before, after) in event.changes.items()
        }
    return lines_of(events)


def _said(name: str, value: Any, called: Names) -> Any:
    """Put the value of a changed column into words; what is no longer understood stays as it was kept."""
    try:
        if name == "conditions":
            groups = said_groups(value or [], called)
            return [" / ".join(group) for group in groups] or _("every order")
        if name == "actions":
            return said_doings(value or [], called)
        if name == "shop_id":
            return called.shops[int(value)] if value else _("all shops")
    except (KeyError, TypeError, ValueError):
        return str(value)
    return value


def _counts(at: datetime) -> dict[int, tuple[int, int]]:
    """Return from each rule's id to the orders it judged and fired for in the last 7 days."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"since": at - timedelta(days=DAYS)})
        return {rule: (judged, fired) for rule, judged, fired in cursor.fetchall()}


_COUNTS = """
SELECT rule, count(*), count(*) FILTER (WHERE fired = 1) FROM (
    SELECT r.r AS rule, t.order_id, max(r.f) AS fired
    FROM orders_ruletrace t CROSS JOIN LATERAL jsonb_to_recordset(t.rungs) AS r (r int, f int)
    WHERE t.at >= %(since)s GROUP BY 1, 2
) judged GROUP BY rule
"""
_RUNGS = """
WITH rungs AS (
    SELECT t.order_id, t.at, r.f, r.s, r.d
    FROM orders_ruletrace t CROSS JOIN LATERAL jsonb_to_recordset(t.rungs) AS r (r int, f int, s int, d jsonb)
    WHERE t.at >= %(since)s AND r.r = %(rule)s
), judged AS (
    SELECT order_id, max(f) = 1 AS fired FROM rungs GROUP BY order_id
)
"""
_ENDS = """
SELECT o.state, j.fired, count(*) FROM judged j JOIN orders_order o ON o.id = j.order_id
GROUP BY 1, 2 ORDER BY 3 DESC, 1
"""
_RESULTS = """
SELECT did->>0, did->>1, count(DISTINCT order_id)
FROM rungs CROSS JOIN LATERAL jsonb_array_elements(coalesce(d, '[]')) AS one (did) WHERE f = 1
GROUP BY 1, 2 ORDER BY 3 DESC, 1
"""
_RECENT = """
SELECT o.id, o.number, o.part, o.summary, o.state, l.at, l.s, coalesce(l.d, '[]') FROM (
    SELECT DISTINCT ON (order_id) order_id, at, s, d FROM rungs WHERE f = 1 ORDER BY order_id, at DESC
) l JOIN orders_order o ON o.id = l.order_id ORDER BY l.at DESC, o.id LIMIT %(most)s
"""
