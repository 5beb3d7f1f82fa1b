"""Customers' documents: taken in, passed on at once or mailed back the same day (CS-070, CS-071)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from service.models import Buyer, CustomerDocument
from service.queries.documents import documents_due
from service.states import DOCUMENT_MOVES, DocumentState
from shopops.kit.clock import shop_day
from shopops.kit.moves import move
from shopops.kit.refusals import Refused
from staff.actions.events import notify, record
from staff.models import Employee, OrgUnit
from warehouse.actions.balances import next_ids


@transaction.atomic
def receive_document(
    *,
    title: str,
    buyer: Buyer | None = None,
    order_number: str = "",
    is_qualified: bool | None = None,
    note: str = "",
    by: Employee,
    at: datetime,
) -> CustomerDocument:
    """Register what a customer handed or sent in; it has to leave the department the same day.

    :raises Refused: if nobody says what it is.
    """
    if not title.strip():
        raise Refused(_("Say what the documents are."))
    [key] = next_ids(CustomerDocument, 1)
    document = CustomerDocument.objects.create(
        pk=key,
        number=f"ZL{shop_day(at):%y%m%d}{key:05}",
        buyer=buyer,
        title=title.strip()[:120],
        order_number=order_number.strip()[:40],
        holder=by,
        received_at=at,
        is_qualified=is_qualified,
        note=note.strip()[:300],
    )
    record("service.document_received", document, by=by, at=at, reason=note.strip())
    return document


@transaction.atomic
def pass_document_on(document: CustomerDocument, *, to: OrgUnit, note: str = "", by: Employee, at: datetime) -> None:
    """Give documents that are in order to the unit that works with them (CS-070).

    :raises Refused: if they are known not to be in order; MoveRefused if they have left.
    """
    if document.is_qualified is False:
        raise Refused(_("Documents that are not in order are mailed back."))
    move(
        document,
        DocumentState.PASSED_ON,
        moves=DOCUMENT_MOVES,
        passed_to=to,
        is_qualified=True,
        left_at=at,
        left_by=by,
    )
    changes = {"passed_to": (None, to)}
    record("service.document_passed_on", document, by=by, at=at, changes=changes, reason=note.strip())


@transaction.atomic
def mail_document_back(document: CustomerDocument, *, waybill: str, note: str = "", by: Employee, at: datetime) -> None:
    """Mail documents back to the customer the same day (CS-070).

    :raises Refused: without the waybill; MoveRefused if they have left.
    """
    if not waybill.strip():
        raise Refused(_("Write down the waybill."))
    changes = {"waybill": (None, waybill.strip())}
    move(
        document,
        DocumentState.RETURNED,
        moves=DOCUMENT_MOVES,
        waybill=waybill.strip()[:40],
        left_at=at,
        left_by=by,
    )
    record("service.document_returned", document, by=by, at=at, changes=changes, reason=note.strip())


@transaction.atomic
def hand_document(document: CustomerDocument, *, to: Employee, by: Employee, at: datetime, reason: str = "") -> None:
    """Give documents to a colleague; with whom they stayed overnight stays known (CS-071).

    :raises Refused: if they have left or are the colleague's already.
    """
    locked = CustomerDocument.objects.select_for_update().get(pk=document.pk)
    if locked.state != DocumentState.RECEIVED:
        raise Refused(_("The documents have left the department."))
    if locked.holder_id == to.pk:
        raise Refused(_("%(name)s has them already.") % {"name": to})
    changes = {"holder": (locked.holder, to)}
    if locked.late_holder_id is None and at > documents_due(locked.received_at):
        locked.late_holder = locked.holder
    locked.holder = to
    locked.save(update_fields=["holder", "late_holder"])
    document.holder, document.late_holder = locked.holder, locked.late_holder
    record("service.document_handed", document, by=by, at=at, changes=changes, reason=reason)
    if to.pk != by.pk:
        notify(
            [to],
            "service.document",
            _("The documents %(number)s are with you; they leave the department today."),
            at=at,
            url=document.get_absolute_url(),
            number=document.number,
        )


def hand_documents(ids: Iterable[int], receiver: Employee, *, by: Employee, at: datetime) -> None:
    """Give those of some documents that are still here to who accepted them in a handover (CS-007)."""
    here = CustomerDocument.objects.filter(pk__in=list(ids), state=DocumentState.RECEIVED).exclude(holder=receiver)
    for document in here:
        hand_document(document, to=receiver, by=by, at=at, reason=_now("Handover"))
