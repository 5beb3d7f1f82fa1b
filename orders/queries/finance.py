"""Questions to finance as their desk shows them (ORD-003, ORD-029)."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q, QuerySet

from orders.models import Order, Payment
from orders.queries.chases import span_said
from orders.queries.listed import HERE, TONES, matching_orders
from orders.queries.whole import reason_said
from orders.states import ExceptionKind, OrderState
from shopops.kit.lists import Reader
from shopops.kit.lists.declarations import Row
from shopops.kit.masking import mask_nick

ANSWER_WITHIN = timedelta(hours=4)
"""Finance answers within half a day's work, or the order is late (ORD-029)."""


def listed_payments(_reader: Reader) -> QuerySet[Payment]:
    """Return the rows of the finance desk."""
    return Payment.objects.all()


def matching_payments(text: str) -> Q:
    """Return the condition for the search box: questions about the orders the words find."""
    return Q(order__in=Order.objects.filter(matching_orders(text)).values("pk")[:1000])


def add_payment_words(rows: list[Row], reader: Reader) -> None:
    """Put what the cells show on the rows; no query."""
    states = {state: (str(OrderState(state).label), TONES[OrderState(state)]) for state in OrderState.values}
    for row in rows:
        part = row["order__part"]
        row["label"] = row["order__number"] if part == 1 else f"{row['order__number']}-{part}"
        row["said"] = question_said(row["question"])
        row["buyer"] = mask_nick(row["order__buyer_nick"])
        row["state_label"], row["tone"] = states[row["order__state"]]
        row["waiting"] = span_said((row["answered_at"] or reader.at) - row["asked_at"])
        is_open = row["answered_at"] is None
        row["is_late"] = is_open and reader.at - row["asked_at"] > ANSWER_WITHIN
        row["due_at"] = row["order__ship_by"] if is_open and row["order__state"] in HERE else None
        row["edge"] = "danger" if row["is_late"] else ""
        row["is_odd_sum"] = row["amount"] != row["order__paid"]


def question_said(question: str) -> str:
    """Return a question in the reader's language: the system asks in figures only, people in words."""
    return reason_said(ExceptionKind.PRICE, question)
