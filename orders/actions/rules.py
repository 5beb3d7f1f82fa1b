"""Review rules at work: judge each order, do what they say, keep the trace of why."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.db import connection

from orders.actions.exceptions import raise_exceptions
from orders.actions.finance import ask_finance_about
from orders.actions.gifts import Gifts
from orders.actions.holds import hold_orders
from orders.actions.marks import choose_carrier, flag_orders, tag_orders
from orders.actions.review import approve_orders
from orders.actions.splits import split_by_stock
from orders.models import Order
from orders.queries.families import confirmed_by_finance
from orders.queries.rule_facts import Ready, active_rules, earlier_effects, facts_of
from orders.queries.rule_words import Facts
from orders.states import ExceptionKind
from shopops.kit.clock import SHANGHAI
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from warehouse.actions.notes import OutOfStock
from warehouse.models import Carrier

Did = list[Any]
"""[action, result] or [action, result, detail]; kept as it is in the trace."""


@dataclass
class _Plan:
    """What the rules want done, collected over a chunk of orders so that each verb runs once."""

    flags: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    tags: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    carriers: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    exceptions: list[tuple[int, str, str, bool]] = field(default_factory=list)
    splits: dict[int, Did] = field(default_factory=dict)
    finance: dict[int, tuple[str, Did]] = field(default_factory=dict)
    holds: dict[int, tuple[datetime, str, Did]] = field(default_factory=dict)
    approvals: dict[int, Did] = field(default_factory=dict)
    stopped: set[int] = field(default_factory=set)
    """Orders a rule has kept from being approved."""


def run_rules(order_ids: Collection[int], *, at: datetime) -> tuple[int, int, int]:
    """Run the review rules over orders in review; return how many were approved, held and sent to finance.

    Rules run in their order; marks an earlier rule sets are seen by the later ones. A rule holds or asks finance about
    an order once only. Rules in shadow leave a trace and nothing else.
    """
    rules = active_rules()
    if not rules or not order_ids:
        return 0, 0, 0
    needs = frozenset().union(*(ready.needs for ready in rules))
    found = facts_of(list(order_ids), needs=needs)
    ids = [facts.id for facts in found]
    answered = confirmed_by_finance(ids)  # by whom ever they were asked: a rule does not ask again
    before = earlier_effects(ids) | {(key, ready.rule.pk, "finance") for key in answered for ready in rules}
    plan, gifts = _Plan(), Gifts(found, at=at)
    traces: list[tuple[int, list[dict[str, Any]]]] = []
    for facts in found:
        rungs = []
        for ready in rules:
            if not ready.concerns(facts):
                continue
            fires, digits = ready.judge(facts)
            rung: dict[str, Any] = {"r": ready.rule.pk, "v": ready.rule.version, "h": digits, "f": int(fires)}
            rungs.append(rung)
            if ready.rule.is_shadow:
                rung["s"] = 1
            elif fires:
                rung["d"] = [_plan(doing, ready, facts, plan, gifts, before, at) for doing in ready.rule.actions]
                if ready.rule.stops:
                    break
        if rungs:
            traces.append((facts.id, rungs))
    counts = _do(plan, gifts, at=at)
    _keep(traces, at=at)
    return counts


def _plan(  # noqa: C901, PLR0912 -- one branch an action
    doing: dict[str, Any],
    ready: Ready,
    facts: Facts,
    plan: _Plan,
    gifts: Gifts,
    before: set[tuple[int, int, str]],
    at: datetime,
) -> Did:
    """Put one action of a rule that fired on the plan; return its line of the trace, finished later if need be."""
    what: str = doing["do"]
    did: Did = [what, "done"]
    if what == "flag":
        if facts.flag == int(doing["flag"]):
            did[1] = "same"
        else:
            facts.flag = int(doing["flag"])
            plan.flags[facts.flag].append(facts.id)
    elif what == "tag":
        if doing["tag"] in facts.tags:
            did[1] = "same"
        else:
            facts.tags.append(doing["tag"])
            plan.tags[doing["tag"]].append(facts.id)
    elif what == "courier":
        if facts.carrier_id == int(doing["carrier"]):
            did[1] = "same"
        else:
            facts.carrier_id = int(doing["carrier"])
            plan.carriers[facts.carrier_id].append(facts.id)
    elif what == "gift":
        did = gifts.plan(doing, ready.rule, facts)
    elif what == "exception":
        plan.exceptions.append((facts.id, ExceptionKind.RULE, doing.get("reason") or ready.rule.name, True))
        plan.stopped.add(facts.id)
    elif what == "split":
        plan.splits[facts.id] = did
    elif what in {"hold", "finance"} and (facts.id, ready.rule.pk, what) in before:
        did[1] = "once"
    elif what == "hold":
        if facts.id in plan.holds or facts.id in plan.finance:
            did[1] = "held"
        else:
            plan.holds[facts.id] = (_until(doing, at), doing.get("reason") or ready.rule.name, did)
    elif what == "finance":
        if facts.id in plan.holds or facts.id in plan.finance:
            did[1] = "held"
        else:
            plan.finance[facts.id] = (doing.get("question") or ready.rule.name, did)
    elif what == "approve":
        plan.approvals[facts.id] = did
        if facts.is_blocked:
            plan.stopped.add(facts.id)
    return did


def _do(plan: _Plan, gifts: Gifts, *, at: datetime) -> tuple[int, int, int]:
    """Do what was planned, each verb once for all its orders; write into the traces what could not be done."""
    for flag, ids in plan.flags.items():
        flag_orders(ids, flag=flag, by=None, at=at)
    for tag, ids in plan.tags.items():
        tag_orders(ids, add=[tag], by=None, at=at)
    for carrier in Carrier.objects.filter(pk__in=plan.carriers):
        choose_carrier(plan.carriers[carrier.pk], carrier=carrier, by=None, at=at)
    gifts.give()
    raise_exceptions(plan.exceptions, by=None, at=at)
    for key, did in plan.splits.items():
        try:
            split_by_stock(Order.objects.get(pk=key), by=None, at=at)
        except Refused:
            did[1] = "refused"
    refused = ask_finance_about({key: question for key, (question, _did) in plan.finance.items()}, by=None, at=at)
    for key in refused:
        plan.finance[key][1][1] = "refused"
    spans: dict[tuple[datetime, str], list[int]] = defaultdict(list)
    for key, (until, reason, _did) in plan.holds.items():
        spans[until, reason].append(key)
    for (until, reason), ids in spans.items():
        for key in hold_orders(ids, until=until, reason=reason, by=None, at=at):
            plan.holds[key][2][1] = "refused"
    return _approve(plan, at=at), len(plan.holds), len(plan.finance)


def _approve(plan: _Plan, *, at: datetime) -> int:
    """Approve what the rules approve and nothing keeps back; return how many."""
    free = []
    for key, did in plan.approvals.items():
        if key in plan.holds or key in plan.finance:
            did[1] = "held"
        elif key in plan.stopped:
            did[1] = "blocked"
        else:
            free.append(key)
    refused = approve_orders(free, by=None, at=at) if free else {}
    for key, why in refused.items():
        short, blocked = isinstance(why, OutOfStock), isinstance(why, MoveRefused)
        plan.approvals[key][1] = "short" if short else "blocked" if blocked else "limit"
    return len(free) - len(refused)


def _until(doing: dict[str, Any], at: datetime) -> datetime:
    """Return when a hold ends: some hours from now, or the next time the clock shows `until`."""
    if doing.get("until"):
        local = at.astimezone(SHANGHAI)
        end = datetime.combine(local.date(), time.fromisoformat(doing["until"]), tzinfo=SHANGHAI)
        return end if end > local else end + timedelta(days=1)
    return at + timedelta(hours=float(doing.get("hours") or 1))


def _keep(traces: list[tuple[int, list[dict[str, Any]]]], *, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO orders_ruletrace (order_id, at, rungs)"
            " SELECT g.id, %s, g.rungs::jsonb FROM unnest(%s::bigint[], %s::text[]) AS g (id, rungs)",
            [at, [key for key, _rungs in traces], [json.dumps(rungs) for _key, rungs in traces]],
        )
