"""Where an order goes: corrected before it is shipped, in the warehouse's papers too."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from orders.actions.checks import check_orders
from orders.actions.locking import take_one
from orders.actions.marks import BEFORE_SHIPPING
from orders.models import Order
from orders.states import OrderState
from shopops.kit.refusals import Refused
from staff.actions.events import record
from staff.models import Employee
from warehouse.actions.notes import resume_note, stop_note
from warehouse.states import NoteState


@dataclass(frozen=True)
class Receiver:
    """To whom and where a parcel goes; the names are those of the order's columns."""

    receiver_name: str
    receiver_phone: str
    province: str
    city: str
    district: str
    address: str
    postcode: str = ""


@transaction.atomic
def edit_address(order: Order, receiver: Receiver, *, reason: str, by: Employee, at: datetime, seen: str = "") -> Order:
    """Change receiver or address of an order that has not been shipped.

    What the platform said is remembered, so that the next import does not put it back. A parcel that is being picked
    or packed already is stopped until its papers are printed anew.

    :raises Refused: if nothing changes, there is no reason, or the order has been shipped or closed.
    """
    if not reason.strip():
        raise Refused(_("Changing an address wants a reason."))
    taken = take_one(order, BEFORE_SHIPPING, seen=seen)
    wanted = {name: value.strip() for name, value in asdict(receiver).items()}
    changes = {name: (getattr(taken, name), value) for name, value in wanted.items() if getattr(taken, name) != value}
    if not changes:
        raise Refused(_("Nothing of the address was changed."))
    said = dict(taken.platform_values or {})
    for name, (before, _after) in changes.items():
        said.setdefault(name, before)
        setattr(taken, name, wanted[name])
    taken.platform_values = said
    taken.phone_tail = "".join(filter(str.isdigit, taken.receiver_phone.partition("-")[0]))[-4:]
    taken.save(update_fields=[*changes, "platform_values", "phone_tail"])
    record("orders.address_changed", taken, by=by, at=at, changes=changes, reason=reason)
    if taken.state == OrderState.APPROVED and taken.note is not None:
        _tell_warehouse(taken, {name: value for name, (_before, value) in changes.items()}, by=by, at=at)
    check_orders([taken.pk], at=at)
    order.refresh_from_db()
    return order


def _tell_warehouse(order: Order, values: dict[str, str], *, by: Employee, at: datetime) -> None:
    """Write the new address on the dispatch note; a note on its way through the warehouse stays stopped."""
    note = order.note
    assert note is not None  # noqa: S101 -- asked by the caller
    told = _now("address changed")
    stop_note(note, reason=told, by=by, at=at)
    note.refresh_from_db()
    resume_note(note, by=by, at=at, changes=values)
    if note.state != NoteState.WAITING or order.is_blocked:
        stop_note(note, reason=told, by=by, at=at)
