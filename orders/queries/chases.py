"""Unpaid orders as their list shows them (ORD-020)."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.utils.translation import ngettext

from orders import policy
from orders.models import Order
from orders.states import ChaseResult, OrderState
from shopops.kit.lists import Reader
from shopops.kit.lists.declarations import Row
from shopops.kit.masking import mask_nick
from shopops.kit.templatetags.shown import short_moment


def chasable_orders(reader: Reader) -> QuerySet[Order]:
    """Return the orders unpaid long enough to ask the buyer."""
    return Order.objects.filter(
        state=OrderState.UNPAID, placed_at__lte=reader.at - timedelta(minutes=policy.CHASE_AFTER_MINUTES())
    )


def add_chase_words(rows: list[Row], reader: Reader) -> None:
    """Put what the cells show on the rows; no query."""
    results = {result: str(ChaseResult(result).label) for result in ChaseResult.values}
    for row in rows:
        row["label"] = row["number"]
        row["buyer"] = mask_nick(row["buyer_nick"])
        row["placed"] = short_moment(row["placed_at"])
        row["waiting"] = span_said(reader.at - row["placed_at"])
        row["thumb"] = row["id"] % 6 + 1
        row["result_label"] = results.get(row["chase__result"] or "", "")
        row["asked"] = short_moment(row["chase__contacted_at"])


def span_said(span: timedelta) -> str:
    """Return how long something has lasted, in words."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:  # noqa: PLR2004
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 48:  # noqa: PLR2004
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return ngettext("%(n)s day", "%(n)s days", hours // 24) % {"n": hours // 24}
