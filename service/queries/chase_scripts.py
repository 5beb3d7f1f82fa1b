"""Quick phrases as scripts for asking buyers to pay for their orders (ORD-020, CS-054)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from orders.models import Order
from orders.states import OrderState
from service.models import QuickPhrase
from service.policy.desk import CHASE_GROUP
from service.queries.phrases import Filled, fill
from shopops.kit.templatetags.shown import money
from staff.models import Employee

MOST_SCRIPTS = 60


def chase_phrases() -> QuerySet[QuickPhrase]:
    """Return the phrases in use for asking buyers to pay, the most used first."""
    found = QuickPhrase.objects.filter(is_used=True)
    if group := CHASE_GROUP().strip():
        found = found.filter(group=group)
    return found.order_by("-used", "shortcut")


def chase_scripts() -> list[tuple[str, str]]:
    """Return them as choices: shortcut, and shortcut with its first words; one query."""
    found = chase_phrases().values_list("shortcut", "text")[:MOST_SCRIPTS]
    return [(shortcut, f"{shortcut} · {text[:30]}") for shortcut, text in found]


def chase_scripts_of(order: Order, employee: Employee, _at: datetime) -> list[Filled] | None:
    """Return the scripts filled for an unpaid order, for the box on its page; None where it is paid. One query.

    The buyer's nick is not filled in: the page of an order hides it.
    """
    if order.state != OrderState.UNPAID:
        return None
    values = {
        "shop": order.shop.name,
        "agent": employee.name,
        "order": order.number,
        "amount": money(order.total),
        "waybill": order.waybill,
        "carrier": str(order.carrier or ""),
        "goods": order.summary,
    }
    return [
        Filled(
            one.pk,
            one.shortcut,
            one.group,
            *fill(one.text, values),
            reverse("service:phrase_use", args=[one.pk]),
        )
        for one in chase_phrases()[:MOST_SCRIPTS]
    ]
