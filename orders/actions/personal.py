"""Personal data in full: shown to those who may and say why, and written down."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from orders.models import Order
from shopops.kit.refusals import Refused
from staff.actions.events import record
from staff.models import Employee

PERSONAL = (
    "buyer_nick",
    "buyer_account",
    "receiver_name",
    "receiver_phone",
    "province",
    "city",
    "district",
    "address",
    "postcode",
)


@transaction.atomic
def reveal_personal_data(order: Order, *, reason: str, by: Employee, at: datetime) -> dict[str, str]:
    """Return the buyer's and the receiver's data in full, and write down who wanted them and why.

    :raises Refused: if there is no reason.
    """
    if not reason.strip():
        raise Refused(_("Say what you need the data for."))
    record("orders.personal_data_revealed", order, by=by, at=at, reason=reason.strip())
    return {name: getattr(order, name) for name in PERSONAL}
