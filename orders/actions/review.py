"""Approval: a reviewed order becomes a dispatch note with its stock, or stays where it is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from orders import policy
from orders.actions.exceptions import clear_exceptions, raise_exceptions
from orders.actions.locking import Refusals, changed_meanwhile, refusals
from orders.actions.trail import record_orders
from orders.models import Order
from orders.queries.families import Family, confirmed_by_finance, lock_families, troubles_in
from orders.queries.freshness import stamps_of
from orders.queries.promises import due_at, promise_at
from orders.states import ExceptionKind, OrderState
from shopops.kit.garbage import uncollected
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.models import Employee
from warehouse.actions.notes import Issued, NoteRequest, OutOfStock, Shortage, Wanted, issue_notes
from warehouse.models import DispatchNote


def approve_order(order: Order, *, by: Employee | None, at: datetime, seen: str = "") -> DispatchNote:
    """Release a reviewed order to the warehouse, with its stock and whatever is merged into it (ORD-001, ORD-002).

    :param seen: the stamp of what the reviewer saw (`queries.freshness`).
    :raises Refused: if the order has left review, has changed, is blocked, or lacks stock; it is marked as out of
        stock then, although nothing else changes.
    """
    refused = approve_orders([order.pk], by=by, at=at, seen={order.pk: seen} if seen else None)
    if refused:
        raise refused[order.pk]
    order.refresh_from_db()
    assert order.note is not None  # noqa: S101 -- just written
    return order.note


@transaction.atomic
def approve_orders(
    order_ids: Collection[int],
    *,
    by: Employee | None,
    at: datetime,
    seen: Mapping[int, str] | None = None,
    batch: UUID | None = None,
) -> Refusals:
    """Release many orders to the warehouse in a handful of statements; the most urgent get scarce stock first.

    :returns: why the others were left as they were. Those that lack stock are marked so.
    """
    with uncollected():
        return _approve(order_ids, by=by, at=at, seen=seen, batch=batch)


def _approve(
    order_ids: Collection[int],
    *,
    by: Employee | None,
    at: datetime,
    seen: Mapping[int, str] | None,
    batch: UUID | None,
) -> Refusals:
    families = lock_families(order_ids)
    refused = refusals(set(order_ids) - {one.head.id for one in families}, [OrderState.REVIEW])
    stamps = stamps_of(list(seen)) if seen else {}
    over, troubles = _over_limit(families), troubles_in(families)
    ready: list[Family] = []
    for one in families:
        if seen and seen.get(one.head.id, stamps.get(one.head.id)) != stamps.get(one.head.id):
            refused[one.head.id] = changed_meanwhile(one.head.id)
        elif why := _why_not(one, over, troubles):
            refused[one.head.id] = why
        else:
            ready.append(one)
    due = partial(due_at, at, promise=promise_at(at))
    issued = issue_notes([_request(one, due) for one in ready], by=by, at=at, batch=batch) if ready else Issued()
    granted = [one for one in ready if one.head.id in issued.notes]
    _write(granted, issued, by=by, at=at)
    record_orders(
        "orders.approved",
        [(member.id, {"state": (member.state, OrderState.APPROVED)}, "") for one in granted for member in one.members],
        by=by,
        at=at,
        batch=batch,
        labels={member.id: member.label for one in granted for member in one.members},
    )
    clear_exceptions(
        [(member.id, ExceptionKind.SHORT, "") for one in granted for member in one.members if member.is_short],
        by=None,
        at=at,
    )
    for one in ready:
        if one.head.id in issued.short:
            refused[one.head.id] = OutOfStock(issued.short[one.head.id])
    raise_exceptions(
        [
            (
                int(str(key)),
                ExceptionKind.SHORT,
                "; ".join(f"{s.sku_code} {s.wanted} > {s.available}" for s in short),
                False,
            )
            for key, short in issued.short.items()
        ],
        by=None,
        at=at,
    )
    return refused


def _why_not(family: Family, over: set[int], troubles: Mapping[int, list[str]]) -> Refused | None:
    """Return why the order cannot be released whatever the stock, or None."""
    if family.head.id in troubles:
        blocked = dict.fromkeys(troubles[family.head.id])
        kinds = ", ".join(str(ExceptionKind(kind).label) for kind in blocked if kind != ExceptionKind.SHORT)
        return MoveRefused(
            sentence(_("Order %(order)s has open exceptions: %(kinds)s."), order=family.head.label, kinds=kinds)
        )
    if any(line.sku_id is None for line in family.lines):
        return MoveRefused(sentence(_("Order %(order)s has goods without a SKU."), order=family.head.label))
    if not family.lines:
        return MoveRefused(sentence(_("Order %(order)s has nothing to send."), order=family.head.label))
    if family.head.id in over:
        return Refused(
            sentence(
                _("Order %(order)s is above ¥%(limit)s: ask finance first."),
                order=family.head.label,
                limit=policy.APPROVE_LIMIT(),
            )
        )
    return None


def _over_limit(families: Sequence[Family]) -> set[int]:
    """Return the heads whose amount needs finance's word, which has not been given (ORD-003)."""
    limit = policy.APPROVE_LIMIT()
    if not limit:
        return set()
    over = {one.head.id for one in families if sum(member.paid for member in one.members) > limit}
    return over - confirmed_by_finance(list(over)) if over else over


def _request(family: Family, due: Callable[[datetime | None], datetime]) -> NoteRequest:
    head, members, alone = family.head, family.members, not family.merged
    promised = head.promised_at if alone else min((one.promised_at for one in members if one.promised_at), default=None)
    return NoteRequest(
        key=head.id,
        shop_id=head.shop_id,
        order_numbers=head.label if alone else " ".join(one.label for one in members),
        receiver_name=head.receiver_name,
        receiver_phone=head.receiver_phone,
        province=head.province,
        city=head.city,
        district=head.district,
        address=head.address,
        postcode=head.postcode,
        buyer_message=head.buyer_message if alone else _joined([one.buyer_message for one in members]),
        seller_memo=head.seller_memo
        if alone and not head.remark
        else _joined([text for one in members for text in (one.seller_memo, one.remark)]),
        ship_by=due(promised),
        promised_at=promised,
        carrier_id=head.carrier_id,
        wanted=[Wanted(line.sku_id or 0, line.pieces, line.title, line.is_gift) for line in family.lines],
    )


def _said(shortages: Sequence[Shortage]) -> str:
    """Return shortages as the screening writes them."""
    return "; ".join(f"{one.sku_code} {one.wanted} > {max(one.available, 0)}" for one in shortages)


def _joined(texts: Sequence[str]) -> str:
    return " / ".join(text for text in texts if text)


def _write(families: Sequence[Family], issued: Issued, *, by: Employee | None, at: datetime) -> None:
    """Write the approval onto the locked orders; each has its own note, so `move` cannot do it in one statement.

    The step is the one of ORDER_MOVES (REVIEW and MERGED → APPROVED), and only rows still in those states are written.
    """
    rows = [(member.id, issued.notes[one.head.id]) for one in families for member in one.members]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE orders_order o SET state = %(to)s, confirmed_at = %(at)s, confirmed_by_id = %(by)s,
                   note_id = v.note, ship_by = v.ship_by
            FROM unnest(string_to_array(%(ids)s, ',')::bigint[], string_to_array(%(notes)s, ',')::bigint[],
                        string_to_array(%(due)s, ',')::timestamptz[]) AS v (id, note, ship_by)
            WHERE o.id = v.id AND o.state = ANY(%(before)s)
            """,
            {
                "to": OrderState.APPROVED,
                "before": [OrderState.REVIEW, OrderState.MERGED],
                "at": at,
                "by": by.pk if by else None,
                "ids": ",".join([str(key) for key, _note in rows]),  # the driver takes ten times as long over a list
                "notes": ",".join([str(note.pk) for _key, note in rows]),
                "due": ",".join([str(note.ship_by) for _key, note in rows]),
            },
        )
        if cursor.rowcount != len(rows):
            raise MoveRefused(_("Some of these were changed by somebody else in the meantime. Load the page again."))
