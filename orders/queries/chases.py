"""Unpaid orders as their list shows them (ORD-020)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.translation import ngettext

from orders import policy
from orders.models import Chase, Order
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


@dataclass(frozen=True)
class ChaseShare:
    """How many buyers somebody, or a script, asked, and how many of them paid afterwards."""

    name: str
    asked: int
    paid: int
    amount: Decimal

    @property
    def percent(self) -> Decimal:
        """Return the share that paid."""
        return Decimal(100 * self.paid) / self.asked if self.asked else Decimal(0)


def chase_results(since: datetime) -> tuple[list[ChaseShare], list[ChaseShare]]:
    """Return what asking brought since a moment, by person and by script, the most asked first; two queries."""
    asked = Chase.objects.filter(contacted_at__gte=since)
    paid = Q(order__paid_at__gte=F("contacted_at"))
    return _shares(asked, "claimed_by__name", paid), _shares(asked, "script", paid)


def _shares(asked: QuerySet[Chase], name: str, paid: Q) -> list[ChaseShare]:
    rows = asked.values(name).annotate(
        asked=Count("pk"), done=Count("pk", filter=paid), amount=Sum("order__paid", filter=paid)
    )
    return [
        ChaseShare(row[name], row["asked"], row["done"], row["amount"] or Decimal(0))
        for row in rows.order_by("-asked", name)
    ]


def span_said(span: timedelta) -> str:
    """Return how long something has lasted, in words."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:  # noqa: PLR2004
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 48:  # noqa: PLR2004
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return ngettext("%(n)s day", "%(n)s days", hours // 24) % {"n": hours // 24}
