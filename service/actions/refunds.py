"""Money given back: never more than was paid, over all cases of an order."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from orders.actions.locking import lock_orders
from service.actions.stages import claim_again, end_case, moves_of
from service.models import AfterSale
from service.queries.refunds import payer_of, room_for_refund
from service.states import GIVEN_UP, PAID_KINDS, AfterSaleState
from shopops.kit.moves import MoveRefused, move
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
    _check_room(case, paid)
    end_case(case, at=at, refunded=paid, refunded_at=at, refunded_by=by)
    changes = {"state": (AfterSaleState.TO_REFUND, AfterSaleState.DONE), "refunded": (Decimal(0), paid)}
    record("service.refunded", case, by=by, at=at, changes=changes, reason=note)


@transaction.atomic
def note_platform_payment(
    case: AfterSale,
    amount: Decimal,
    *,
    note: str = "",
    paid_at: datetime | None = None,
    by: Employee | None,
    at: datetime,
) -> None:
    """Note that the platform has paid the buyer by itself, whatever step of ours was next; the case ends.

    One that was refused or withdrawn here is opened again first: the money is gone all the same.

    :param paid_at: when the platform paid; now if not given.
    :raises Refused: if it is about no money, or more than what is left of what the buyer paid.
    :raises MoveRefused: if it has ended with a refund, or somebody was faster.
    """
    lock_orders([payer_of(case.order).pk])
    if case.kind not in PAID_KINDS:
        raise Refused(_("No money is asked for in this case."))
    _check_room(case, amount)
    before, when = case.state, min(paid_at or at, at)
    if before in GIVEN_UP:
        move(case, AfterSaleState.DISPUTED, moves=moves_of(case), done_at=None)
        claim_again(case)
    end_case(case, at=when, refunded=amount, refunded_at=when, refunded_by=None)
    changes = {"state": (before, AfterSaleState.DONE), "refunded": (Decimal(0), amount)}
    record("service.platform_paid", case, by=by, at=at, changes=changes, reason=note)


def _check_room(case: AfterSale, paid: Decimal) -> None:
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
