"""Exceptions as their list shows them."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q, QuerySet

from orders.models import Order, OrderException
from orders.queries.listed import HERE, TONES, matching_orders
from orders.queries.whole import reason_said
from orders.states import ExceptionKind, OrderState
from shopops.kit.lists import Reader
from shopops.kit.lists.declarations import Row
from shopops.kit.masking import mask_nick

OPEN = Q(cleared_at=None)


def listed_exceptions(_reader: Reader) -> QuerySet[OrderException]:
    """Return the rows of the list of exceptions."""
    return OrderException.objects.all()


def matching_exceptions(text: str) -> Q:
    """Return the condition for the search box: exceptions of the orders the words find."""
    return Q(order__in=Order.objects.filter(matching_orders(text)).values("pk")[:1000])


def add_exception_words(rows: list[Row], reader: Reader) -> None:
    """Put what the cells show on the rows; no query."""
    kinds = {kind: str(ExceptionKind(kind).label) for kind in ExceptionKind.values}
    states = {state: (str(OrderState(state).label), TONES[OrderState(state)]) for state in OrderState.values}
    for row in rows:
        part = row["order__part"]
        row["label"] = row["order__number"] if part == 1 else f"{row['order__number']}-{part}"
        row["kind_label"] = kinds[row["kind"]]
        row["words"] = reason_said(row["kind"], row["reason"])
        row["state_label"], row["tone"] = states[row["order__state"]]
        row["buyer"] = mask_nick(row["order__buyer_nick"])
        row["is_here"] = row["order__state"] in HERE and row["order__ship_by"] is not None
        late = row["is_here"] and row["order__ship_by"] - reader.at < timedelta(0)
        row["edge"] = "" if row["cleared_at"] else "danger" if late else "warn" if row["is_blocking"] else ""
