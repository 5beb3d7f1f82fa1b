"""Orders as the list shows them, and how words in the search box find them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import DateTimeField, ExpressionWrapper, F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.models import Sku
from orders.models import Order, OrderLine
from orders.states import IN_REVIEW, ExceptionKind, FlagColour, OrderState
from shopops.kit.lists import Reader
from shopops.kit.lists.declarations import Row
from shopops.kit.masking import mask_nick
from shopops.kit.navigation import Hit
from shopops.kit.templatetags.shown import due_tone, flag_colour, money, short_moment, time_left
from staff.models import Employee
from warehouse.models import DispatchNote

TONES = {
    OrderState.UNPAID: "plain",
    OrderState.REVIEW: "warn",
    OrderState.HELD: "plain",
    OrderState.FINANCE: "info",
    OrderState.APPROVED: "info",
    OrderState.SHIPPED: "good",
    OrderState.SIGNED: "good",
    OrderState.COMPLETED: "good",
    OrderState.CLOSED: "plain",
    OrderState.MERGED: "plain",
}
HERE = (*IN_REVIEW, OrderState.APPROVED)
"""States in which an order's time to ship runs."""
SHORT = Q(is_short=True, state__in=IN_REVIEW)
TROUBLED = ~Q(troubles=[]) & ~Q(troubles=[ExceptionKind.SHORT])
"""Exceptions other than plain lack of stock, which has a tab of its own."""
SOON = timedelta(hours=6)
LONGEST_NUMBER = 15
"""Digits from which a number is taken for one of an order or a waybill."""


def listed_orders(_reader: Reader) -> QuerySet[Order]:
    """Return the rows of the list of orders."""
    return Order.objects.all()


def matching_orders(text: str) -> Q:
    """Return the condition for the search box, so that every kind of word is answered by an index.

    An order number, a waybill, a telephone number or its last four digits, a merchant code, a buyer, a receiver.
    """
    word = text.strip()
    number, _dash, part = word.partition("-")
    if number.isdecimal() and part.isdecimal():
        return Q(number=number, part=int(part[:4]))
    if word.isdecimal() and len(word) == 4:  # noqa: PLR2004 -- the tail of a telephone number
        return Q(phone_tail=word)
    if word.isdecimal() and len(word) == 11 and word.startswith("1"):  # noqa: PLR2004 -- a mobile number
        return Q(phone_tail=word[-4:], receiver_phone__startswith=word)
    if word.isascii() and len(word) >= 8 and any(letter.isdigit() for letter in word):  # noqa: PLR2004
        notes = list(DispatchNote.objects.filter(Q(waybill=word) | Q(number=word.upper())).values_list("pk", flat=True))
        found = Q(number=word) | Q(waybill=word) | Q(buyer_nick=word)
        if notes:
            found |= Q(note__in=notes)
        if len(word) >= LONGEST_NUMBER and word.isdecimal():
            return found
        return _or_goods(found, word)
    return _or_goods(Q(buyer_nick=word) | Q(receiver_name=word), word)


def _or_goods(found: Q, code: str) -> Q:
    """Return `found`; or, where that finds nothing, the condition for orders with a SKU of that code or barcode.

    Not both in one condition: no index answers it, and the database would walk all orders.
    """
    skus = list(Sku.objects.filter(Q(code=code) | Q(barcode=code)).values_list("pk", flat=True))
    if not skus or Order.objects.filter(found).exists():
        return found
    return Q(pk__in=OrderLine.objects.filter(sku__in=skus).values("order"))


_NEWEST = ExpressionWrapper(F("placed_at") + timedelta(0), DateTimeField()).desc()
"""The same order as that of an index, and not answered by it: for a name it takes to be frequent, the database would
rather walk all orders from the newest on than sort the few that there are."""


def found_orders(text: str, _employee: Employee) -> Iterable[Hit]:
    """Return at most ten orders for the search box of the frame, the newest first."""
    rows = Order.objects.filter(matching_orders(text)).order_by(_NEWEST, "-pk")
    labels = dict(OrderState.choices)
    for order in rows.only("number", "part", "state", "summary", "waybill")[:10]:
        yield Hit(
            str(order),
            reverse("orders:order", args=[order.pk]),
            f"{labels[OrderState(order.state)]} · {order.summary[:30]}",
            exact=text.strip() in {order.number, order.waybill, str(order)},
        )


def add_order_words(rows: list[Row], reader: Reader) -> None:
    """Put what the cells show on the rows, ready to be written; no query.

    Put together here and not in the template, where each word would cost ten times as much.
    """
    states = {state: (str(OrderState(state).label), TONES[OrderState(state)]) for state in OrderState.values}
    kinds = {kind: str(ExceptionKind(kind).label) for kind in ExceptionKind.values}
    colours = {flag: (flag_colour(flag), str(FlagColour(flag).label)) for flag in FlagColour.values}
    merged, pieces = _("merged"), _("pcs")
    at = reader.at
    for row in rows:
        row["label"] = row["number"] if row["part"] == 1 else f"{row['number']}-{row['part']}"
        row["state_label"], row["tone"] = states[row["state"]]
        row["buyer"] = mask_nick(row["buyer_nick"])
        row["placed"] = short_moment(row["placed_at"])
        row["amount"] = money(row["paid"] if row["paid_at"] else row["total"])
        row["flag_colour"], row["flag_label"] = colours[row["flag"]] if row["flag"] else ("", "")
        row["many"] = f"×{row['pieces']} {pieces}" if row["pieces"] > 1 else ""
        row["thumb"] = row["id"] % 6 + 1
        row["kinds_of_trouble"] = [kinds[kind] for kind in row["troubles"]] if row["troubles"] else ()
        row["marks"] = [*row["tags"], merged] if row["merged_into_id"] else row["tags"]
        row["parted"] = row["part"] > 1 or row["parts"] > 1
        _add_time(row, at)


def _add_time(row: Row, at: datetime) -> None:
    """Put on the row what its time column says, and the colour of its edge."""
    row["edge"] = ""
    if row["state"] in HERE and row["ship_by"] is not None:
        row["due"] = time_left(row["ship_by"], at)
        row["due_tone"] = due_tone(row["ship_by"], at)
        row["due_at"] = short_moment(row["ship_by"])
        left = row["ship_by"] - at
        row["edge"] = "danger" if left < timedelta(0) else "warn" if left < SOON else ""
    elif row["state"] == OrderState.SHIPPED or row["shipped_at"]:
        row["due"], row["due_tone"], row["due_at"] = row["carrier_name"], "", row["waybill"]
    else:
        row["due"], row["due_tone"], row["due_at"] = "", "", ""


def page_totals(rows: list[Row]) -> list[tuple[str, Any]]:
    """Return the sums under the list."""
    return [
        (_("Pieces"), str(sum(row["pieces"] for row in rows))),
        (_("Amount"), money(sum(row["paid"] or 0 for row in rows))),
    ]
