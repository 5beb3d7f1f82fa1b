"""Marks people put on orders: flags, tags, remarks, the carrier, exceptions by hand."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from orders.actions.exceptions import raise_exception
from orders.actions.locking import Refusals, lock_orders, take
from orders.actions.trail import record_orders
from orders.models import Order, OrderException
from orders.states import IN_REVIEW, ExceptionKind, FlagColour, OrderState
from shopops.kit.clock import SHANGHAI
from shopops.kit.refusals import Refused
from staff.actions.events import record
from staff.models import Employee
from warehouse.actions.notes import set_carrier as set_note_carrier
from warehouse.models import Carrier

BEFORE_SHIPPING = (OrderState.UNPAID, *IN_REVIEW, OrderState.MERGED, OrderState.APPROVED)
LONGEST_TAG = 20
MOST_TAGS = 8


@transaction.atomic
def flag_orders(order_ids: Collection[int], *, flag: int, by: Employee | None, at: datetime) -> Refusals:
    """Set the coloured flag of many orders.

    :raises Refused: if there is no such colour.
    """
    if flag not in FlagColour.values:
        raise Refused(_("There is no such flag."))
    ids = lock_orders(order_ids)
    before = dict(Order.objects.filter(pk__in=ids).exclude(flag=flag).values_list("pk", "flag"))
    Order.objects.filter(pk__in=before).update(flag=flag)
    record_orders("orders.flagged", [(key, {"flag": (had, flag)}, "") for key, had in before.items()], by=by, at=at)
    return {}


def set_flag(order: Order, flag: int, *, by: Employee | None, at: datetime) -> None:
    """Set the coloured flag of an order."""
    flag_orders([order.pk], flag=flag, by=by, at=at)
    order.flag = flag


@transaction.atomic
def tag_orders(
    order_ids: Collection[int],
    *,
    add: Collection[str] = (),
    remove: Collection[str] = (),
    by: Employee | None,
    at: datetime,
) -> Refusals:
    """Put tags on many orders and take others off; return the orders that have too many already.

    :raises Refused: if a tag is empty or too long.
    """
    new = [tag.strip() for tag in add]
    if any(not tag or len(tag) > LONGEST_TAG or "," in tag for tag in new):
        raise Refused(_("A tag has 1 to 20 characters and no comma."))
    told, refused = [], Refusals()
    for key, before in Order.objects.filter(pk__in=lock_orders(order_ids)).order_by("pk").values_list("pk", "tags"):
        after = [tag for tag in dict.fromkeys([*before, *new]) if tag not in remove]
        if len(after) > MOST_TAGS:
            refused[key] = Refused(_("An order carries eight tags at most."))
        elif after != before:
            told.append((key, {"tags": (before, after)}, ""))
    _write_tags({key: changes["tags"][1] for key, changes, _reason in told})
    record_orders("orders.tagged", told, by=by, at=at)
    return refused


def _write_tags(tags: dict[int, list[str]]) -> None:
    """Write the tags of many (locked) orders in one statement."""
    if not tags:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE orders_order o SET tags = ARRAY(SELECT jsonb_array_elements_text(v.tags::jsonb))
            FROM unnest(%s::bigint[], %s::text[]) AS v (id, tags) WHERE o.id = v.id
            """,
            [list(tags), [json.dumps(one, ensure_ascii=False) for one in tags.values()]],
        )


def add_tag(order: Order, tag: str, *, by: Employee | None, at: datetime) -> None:
    """Put a tag on an order.

    :raises Refused: if it is empty or too long, or the order has too many.
    """
    if refused := tag_orders([order.pk], add=[tag], by=by, at=at):
        raise refused[order.pk]
    order.refresh_from_db(fields=["tags"])


def remove_tag(order: Order, tag: str, *, by: Employee | None, at: datetime) -> None:
    """Take a tag off an order."""
    tag_orders([order.pk], remove=[tag], by=by, at=at)
    order.refresh_from_db(fields=["tags"])


@transaction.atomic
def add_remark(order: Order, text: str, *, by: Employee, at: datetime) -> None:
    """Append a line to the internal remark, with moment and name; the platform's two remarks are not touched.

    :raises Refused: if there is nothing to append.
    """
    text = " ".join(text.split())
    if not text:
        raise Refused(_("The remark is empty."))
    lock_orders([order.pk])
    order.refresh_from_db(fields=["remark"])
    line = f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} {by}: {text[:500]}"
    order.remark = f"{order.remark}\n{line}" if order.remark else line
    order.save(update_fields=["remark"])
    record("orders.remarked", order, by=by, at=at, reason=text)


@transaction.atomic
def choose_carrier(order_ids: Collection[int], *, carrier: Carrier, by: Employee | None, at: datetime) -> Refusals:
    """Choose who carries many orders; those with the warehouse already have it changed on their dispatch notes."""
    found, refused = take(order_ids, BEFORE_SHIPPING)
    told = []
    for order in found:
        if order.carrier_id == carrier.pk:
            continue
        if order.state == OrderState.APPROVED and order.note is not None:
            set_note_carrier(order.note, carrier, by=by, at=at)
        told.append((order.pk, {"carrier": (order.carrier, carrier)}, ""))
    Order.objects.filter(pk__in=[key for key, _changes, _reason in told]).update(carrier=carrier)
    record_orders("orders.carrier_set", told, by=by, at=at)
    return refused


def set_carrier(order: Order, carrier: Carrier, *, by: Employee | None, at: datetime) -> None:
    """Choose who carries an order.

    :raises Refused: if it has been shipped or closed.
    """
    if refused := choose_carrier([order.pk], carrier=carrier, by=by, at=at):
        raise refused[order.pk]
    order.carrier = carrier


def mark_malicious(order: Order, reason: str, *, by: Employee, at: datetime) -> OrderException:
    """Mark an order as suspected malicious; it cannot go out until somebody has looked into it (ORD-019).

    :raises Refused: if there is no reason.
    """
    if not reason.strip():
        raise Refused(_("Say what makes you suspect it."))
    return raise_exception(order, ExceptionKind.MALICIOUS, reason.strip(), by=by, at=at)


def note_logistics_problem(order: Order, reason: str, *, by: Employee | None, at: datetime) -> OrderException:
    """Note that a parcel is lost, damaged or late, for somebody to settle with the carrier (ORD-036).

    :raises Refused: if it does not say what is wrong.
    """
    if not reason.strip():
        raise Refused(_("Say what is wrong with the parcel."))
    return raise_exception(order, ExceptionKind.LOGISTICS, reason.strip(), by=by, at=at, blocking=False)
