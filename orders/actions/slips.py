"""Payment slips: money taken by hand is written down and handed in the same day (ORD-026…ORD-028)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from orders.models import PaymentSlip
from shopops.kit.clock import shop_day
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from staff.actions.events import notify, record
from staff.models import Employee, Shop
from staff.queries.people import people_who_may
from warehouse.actions.balances import next_ids


@transaction.atomic
def make_slip(
    *,
    amount: Decimal,
    way: str,
    shop: Shop | None = None,
    order_numbers: str = "",
    note: str = "",
    by: Employee,
    at: datetime,
) -> PaymentSlip:
    """Make out the payment slip of money taken today (ORD-026).

    :raises Refused: if there is no money or nobody says how it was paid.
    """
    if amount <= 0:
        raise Refused(_("A payment slip is about some money."))
    if not way.strip():
        raise Refused(_("Say how it was paid."))
    day = shop_day(at)
    [key] = next_ids(PaymentSlip, 1)
    slip = PaymentSlip.objects.create(
        pk=key,
        number=f"JK{day:%y%m%d}{key:05}",
        shop=shop,
        employee=by,
        day=day,
        amount=amount,
        way=way.strip()[:40],
        order_numbers=" ".join(order_numbers.split())[:500],
        note=note.strip()[:300],
        made_at=at,
    )
    record("orders.slip_made", slip, by=by, at=at, changes={"amount": (None, amount)})
    return slip


@transaction.atomic
def take_slip_in(slip: PaymentSlip, *, remark: str = "", by: Employee, at: datetime) -> None:
    """Take the money of a slip in, as finance and as somebody else than who took it (ORD-027).

    :raises Refused: by the person themselves; MoveRefused if it is handed in already.
    """
    if by.pk == slip.employee_id:
        raise Refused(_("Somebody else takes the money in."))
    written = PaymentSlip.objects.filter(pk=slip.pk, handed_in_at=None).update(handed_in_at=at, handed_to=by)
    if not written:
        raise MoveRefused(_("%(number)s is handed in already.") % {"number": slip.number})
    slip.handed_in_at, slip.handed_to = at, by
    changes = {"handed_to": (None, by)}
    record("orders.slip_handed_in", slip, by=by, at=at, changes=changes, reason=remark.strip())


@transaction.atomic
def note_slip_lost(slip: PaymentSlip, *, reason: str, by: Employee, at: datetime) -> None:
    """Note that the paper of a slip is missing or was left lying about (ORD-028).

    :raises Refused: without a reason; MoveRefused if it is noted already.
    """
    if not reason.strip():
        raise Refused(_("Say what happened to the slip."))
    written = PaymentSlip.objects.filter(pk=slip.pk, lost_at=None).update(lost_at=at, lost_noted_by=by)
    if not written:
        raise MoveRefused(_("It is noted already that %(number)s is missing.") % {"number": slip.number})
    slip.lost_at, slip.lost_noted_by = at, by
    record("orders.slip_lost", slip, by=by, at=at, reason=reason.strip())
    notify(
        people_who_may("orders.take_slip").exclude(pk=by.pk),
        "orders.slip_lost",
        _("Payment slip %(number)s is missing."),
        at=at,
        url=slip.get_absolute_url(),
        number=slip.number,
    )
