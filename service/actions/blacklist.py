"""The blacklist: who is on it, why, how long; orders of theirs are stopped until somebody looks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from orders.actions.exceptions import raise_exceptions
from orders.models import Order, OrderException
from orders.states import UNREVIEWED, ExceptionKind
from service.models import Blacklisting, Buyer
from shopops.kit.clock import shop_day
from shopops.kit.refusals import Refused
from staff.actions.events import record
from staff.models import Employee


@transaction.atomic
def blacklist_buyer(
    buyer: Buyer, *, reason: str, until: date | None = None, by: Employee, at: datetime
) -> Blacklisting:
    """Put a buyer on the blacklist; their orders that nobody has released want a look now.

    :raises Refused: without a reason, with a day that is over, or if the buyer is on it already.
    """
    if not reason.strip():
        raise Refused(_("Say why the buyer goes on the blacklist."))
    if until is not None and until < shop_day(at):
        raise Refused(_("The last day is over already."))
    Buyer.objects.select_for_update(no_key=True).get(pk=buyer.pk)
    if Blacklisting.objects.filter(buyer=buyer, lifted_at=None).exists():
        raise Refused(_("The buyer is on the blacklist already."))
    entry = Blacklisting.objects.create(
        buyer=buyer, reason=reason.strip()[:300], listed_by=by, listed_at=at, until=until
    )
    changes = {"until": (None, until)} if until else None
    record("service.blacklisted", buyer, by=by, at=at, changes=changes, reason=entry.reason)
    waiting = Order.objects.filter(buyer_nick=buyer.nick, state__in=UNREVIEWED)
    warn_of_orders(waiting.values_list("pk", flat=True), at=at)
    return entry


@transaction.atomic
def lift_blacklisting(entry: Blacklisting, *, reason: str = "", by: Employee | None, at: datetime) -> None:
    """Take a buyer off the blacklist.

    :raises Refused: if somebody has already.
    """
    locked = Blacklisting.objects.select_for_update().get(pk=entry.pk)
    if locked.lifted_at is not None:
        raise Refused(_("The buyer is not on the blacklist any more."))
    locked.lifted_at, locked.lifted_by = at, by
    locked.save(update_fields=["lifted_at", "lifted_by"])
    record("service.blacklisting_lifted", locked.buyer, by=by, at=at, reason=reason.strip())


def lift_expired(*, at: datetime) -> int:
    """Take everybody off the blacklist whose last day is over; return how many."""
    over = Blacklisting.objects.filter(lifted_at=None, until__lt=shop_day(at)).select_related("buyer")
    for entry in over:
        lift_blacklisting(entry, by=None, at=at)
    return len(over)


def warn_of_orders(order_ids: Iterable[int], *, at: datetime) -> int:
    """Raise an exception on those of some unreleased orders whose buyer is on the blacklist; return how many.

    What somebody has looked at and cleared for the same reason is not raised again.
    """
    found = dict(_listed(order_ids, at=at))
    cleared = set(
        OrderException.objects.filter(
            order__in=found, kind=ExceptionKind.MALICIOUS, cleared_by__isnull=False
        ).values_list("order_id", "reason")
    )
    rows = [
        (order, ExceptionKind.MALICIOUS, reason, True)
        for order, reason in found.items()
        if (order, reason) not in cleared
    ]
    return raise_exceptions(rows, by=None, at=at)


def _listed(order_ids: Iterable[int], *, at: datetime) -> list[tuple[int, str]]:
    """Return (order id, reason) of those of some orders whose buyer is on the blacklist; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT o.id, left(l.reason, 500)
            FROM service_blacklisting l
            JOIN service_buyer b ON b.id = l.buyer_id
            JOIN orders_order o ON o.buyer_nick = b.nick
            WHERE l.lifted_at IS NULL AND (l.until IS NULL OR l.until >= %s) AND o.id = ANY(%s)
            """,
            [shop_day(at), list(order_ids)],
        )
        return [(order, reason) for order, reason in cursor.fetchall()]
