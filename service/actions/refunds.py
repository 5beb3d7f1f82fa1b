"""Money given back: never more than was paid, over all cases of an order."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from orders.actions.locking import lock_orders
from service.actions.stages import end_case
from service.models import AfterSale
from service.queries.refunds import payer_of, room_for_refund
from service.states import AfterSaleState
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record
from staff.models import Employee


@transaction.atomic
def confirm_refund(
    case: AfterSale, amount: Decimal | None = None, *, note: str = "", by: Employee | None, at: datetime
) -> None:
    """Confirm that a refund was paid; the case ends.

    :param amount: what was paid, in yuan; what was asked for if not given.
    :raises Refused: if nothing is paid, or more than what is left of what the buyer paid.
    :raises MoveRefused: if the case is not to be refunded (any more).
    """
    lock_orders([payer_of(case.order).pk])
    found = AfterSale.objects.select_for_update(no_key=True).get(pk=case.pk)
    if found.state != AfterSaleState.TO_REFUND or case.state != found.state:
        raise MoveRefused(
            sentence(_("%(case)s is “%(state)s”, not to be refunded."), case=case, state=found.get_state_display())
        )
    paid = found.amount if amount is None else amount
    if paid <= 0:
        raise Refused(_("Say how much was refunded."))
    room = room_for_refund(case.order, but=case)
    if paid > room:
        raise Refused(
            sentence(
                _("¥%(amount)s would be more than was paid: ¥%(room)s are left of order %(order)s."),
                amount=paid,
                room=room,
                order=case.order,
            )
        )
    end_case(case, at=at, refunded=paid, refunded_at=at, refunded_by=by)
    changes = {"state": (AfterSaleState.TO_REFUND, AfterSaleState.DONE), "refunded": (Decimal(0), paid)}
    record("service.refunded", case, by=by, at=at, changes=changes, reason=note)
