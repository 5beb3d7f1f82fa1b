"""Payment slips: until when the money is handed in, how they are listed."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet

from orders.models import Order, PaymentSlip
from shopops.kit.clock import day_window, shop_day
from shopops.kit.lists import Reader
from shopops.kit.lists.declarations import Row
from shopops.kit.templatetags.shown import due_tone, short_moment, time_left


def slip_due(day: date) -> datetime:
    """Return until when the money of a day is handed in: its end (ORD-027)."""
    return day_window(day).end


def listed_slips(_reader: Reader) -> QuerySet[PaymentSlip]:
    """Return the rows of the list of payment slips."""
    return PaymentSlip.objects.all()


def matching_slips(text: str) -> Q:
    """Return the condition for the search box: number of the slip or of an order, name."""
    word = text.strip()
    return Q(number=word.upper()) | Q(order_numbers__contains=word) | Q(employee__name=word)


def overdue_slips(at: datetime) -> Q:
    """Return the condition for slips whose day is over without the money being handed in."""
    return Q(handed_in_at=None, day__lt=shop_day(at))


def add_slip_words(rows: list[Row], reader: Reader) -> None:
    """Put what the cells show on the rows; no query."""
    for row in rows:
        due = slip_due(row["day"])
        row["due"], row["due_tone"], row["edge"], row["in_time"] = "", "", "", True
        if row["handed_in_at"]:
            row["handed_in"] = short_moment(row["handed_in_at"])
            row["in_time"] = row["handed_in_at"] <= due
        else:
            row["due"], row["due_tone"] = time_left(due, reader.at), due_tone(due, reader.at)
            row["edge"] = "danger" if due < reader.at else ""


class Named(NamedTuple):
    """An order number written on a slip, with the id of the order if there is one."""

    number: str
    pk: int | None


def orders_named(slip: PaymentSlip) -> list[Named]:
    """Return the order numbers of a slip, each with its order where there is one; one query."""
    numbers = re.split(r"[\s,，;；、]+", slip.order_numbers.strip())
    wanted = [number for number in numbers if number]
    known = dict(Order.objects.filter(number__in=wanted, part=1).values_list("number", "pk")) if wanted else {}
    return [Named(number, known.get(number)) for number in wanted]
