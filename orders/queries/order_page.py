"""What the page of an order shows besides the order: its whole story, with personal data hidden."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.translation import gettext

from orders.models import ImportBatch, Order
from orders.queries.whole import Whole
from shopops.kit.masking import mask_address, mask_name, mask_nick, mask_phone
from staff.queries.history import Change, Line, history_of
from warehouse.models import DispatchNote

_HIDDEN = {
    "receiver_name": mask_name,
    "receiver_phone": mask_phone,
    "address": mask_address,
    "buyer_nick": mask_nick,
}


@dataclass(frozen=True)
class ReceiverShown:
    """A receiver as far as everybody may see, and what is missing."""

    name: str
    phone: str
    place: str
    street: str
    nick: str
    missing: list[str]


def masked_receiver(order: Order) -> ReceiverShown:
    """Return the receiver with personal data hidden, and what a carrier would miss; no query."""
    needed = {
        gettext("receiver missing"): order.receiver_name,
        gettext("phone missing"): order.receiver_phone,
        gettext("province missing"): order.province,
        gettext("city missing"): order.city,
        gettext("street missing or too short"): order.address,
    }
    return ReceiverShown(
        name=mask_name(order.receiver_name),
        phone=mask_phone(order.receiver_phone),
        place=" ".join(filter(None, (order.province, order.city, order.district))),
        street=mask_address(order.address),
        nick=mask_nick(order.buyer_nick),
        missing=[words for words, value in needed.items() if not value],
    )


def history_with_masks(order: Order, whole: Whole) -> list[Line]:
    """Return what happened to an order, what is merged into it, its dispatch note and parcel; one query.

    Names, telephone numbers and streets are hidden in what was before and after, whoever reads.
    """
    subjects: list[Order | DispatchNote | ImportBatch] = [order, *(Order(pk=one.id) for one in whole.merged)]
    if order.note is not None:
        subjects.append(order.note)
    hidden = {
        gettext(str(Order._meta.get_field(name).verbose_name)): mask  # type: ignore[union-attr]  # plain columns
        for name, mask in _HIDDEN.items()
    }
    return [
        replace(
            line,
            changes=[
                Change(one.label, hidden[one.label](one.before), hidden[one.label](one.after))
                if one.label in hidden
                else one
                for one in line.changes
            ],
        )
        for line in history_of(*subjects)
    ]
