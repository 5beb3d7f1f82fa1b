"""Goods that go out again: exchanged, re-sent, repaired; through the warehouse, with their stock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.models import Sku
from service.actions.stages import due_after, end_case, reopen_sent
from service.models import AfterSale, AfterSaleLine
from service.states import AfterSaleKind, AfterSaleState
from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record
from staff.models import Employee
from warehouse.actions.issuing import NoteRequest, Wanted, issue_note
from warehouse.actions.stock import adjust_stock, ensure_defective_warehouse, receive_stock
from warehouse.models import DispatchNote
from warehouse.queries.stock import parts_of
from warehouse.states import MoveKind

_S = AfterSaleState


@transaction.atomic
def send_replacement(
    case: AfterSale, *, instead: Mapping[int, Sku] | None = None, by: Employee | None, at: datetime
) -> DispatchNote:
    """Have goods sent out again: a dispatch note with its stock. The case ends when the parcel leaves.

    Repaired goods leave the defective stock first.

    :param instead: line of the case → SKU that is sent in its place.
    :raises MoveRefused: if nothing is to be sent, or a note is there already.
    :raises Refused: if a line has no SKU.
    :raises OutOfStock: if not everything is there.
    """
    found = AfterSale.objects.select_for_update(no_key=True, of=("self",)).select_related("order").get(pk=case.pk)
    if found.state != _S.TO_SEND or found.note_id is not None:
        raise MoveRefused(
            sentence(_("%(case)s is “%(state)s”; nothing is to be sent."), case=case, state=found.get_state_display())
        )
    lines = list(found.lines.select_related("sku", "instead", "order_line"))
    chosen = instead or {}
    for line in lines:
        if chosen.get(line.pk) and chosen[line.pk] != line.instead:
            line.instead = chosen[line.pk]
            line.save(update_fields=["instead"])
    if case.kind == AfterSaleKind.REPAIR:
        take_from_repair(case, lines, by=by, at=at)
    note = issue_note(_request(found, lines, at=at), by=by, at=at)
    case.note = note
    case.save(update_fields=["note"])
    goods = "；".join(f"{line.instead or line.sku} ×{line.quantity}" for line in lines)
    record("service.replacement_sent", case, by=by, at=at, changes={"note": ("", note)}, reason=goods)
    return note


@transaction.atomic
def note_replacements_shipped(notes: Sequence[DispatchNote], *, by: Employee | None, at: datetime) -> None:
    """End the cases whose parcels have left."""
    for case in _cases_of(notes, _S.TO_SEND):
        end_case(case, at=at)
        changes, waybill = {"state": (_S.TO_SEND, _S.DONE)}, case.note.waybill if case.note else ""
        record("service.after_sale_done", case, by=by, at=at, changes=changes, reason=waybill)


@transaction.atomic
def note_replacements_back(notes: Sequence[DispatchNote], *, by: Employee | None, at: datetime, reason: str) -> None:
    """Open the cases again whose parcels were taken back before the carrier had them."""
    for case in _cases_of(notes, _S.DONE):
        reopen_sent(case, at=at)
        changes = {"state": (_S.DONE, _S.TO_SEND)}
        record("service.after_sale_reopened", case, by=by, at=at, changes=changes, reason=reason)


@transaction.atomic
def note_replacements_cancelled(
    notes: Sequence[DispatchNote], *, by: Employee | None, at: datetime, reason: str
) -> None:
    """Let the cases wait for another parcel whose notes the warehouse has cancelled."""
    for case in _cases_of(notes, _S.TO_SEND):
        before, case.note = case.note, None
        case.times_out_at = due_after(_S.TO_SEND, at)
        case.save(update_fields=["note", "times_out_at"])
        record("service.after_sale_changed", case, by=by, at=at, changes={"note": (before, "")}, reason=reason)


def take_from_repair(case: AfterSale, lines: Sequence[AfterSaleLine], *, by: Employee | None, at: datetime) -> None:
    """Move the repaired pieces of a case from the defective stock to where they are shipped from.

    A part of the sending; call it in a transaction.
    """
    parts = parts_of(line.sku_id for line in lines if line.sku_id)
    pieces: dict[int, int] = {}
    for line in lines:
        for sku, each in parts.get(line.sku_id or 0, [(line.sku_id or 0, 1)]):
            if line.defective and sku:
                pieces[sku] = pieces.get(sku, 0) + line.defective * each
    if not pieces:
        return
    where = ensure_defective_warehouse()
    for broken in Sku.objects.filter(pk__in=pieces).order_by("pk"):
        adjust_stock(broken, -pieces[broken.pk], reason=case.number, warehouse=where, by=by, at=at)
    receive_stock(pieces, kind=MoveKind.RETURN, reference=case.number, by=by, at=at)


def _request(case: AfterSale, lines: Sequence[AfterSaleLine], *, at: datetime) -> NoteRequest:
    wanted = []
    for line in lines:
        sku = line.instead or line.sku
        if sku is None:
            raise Refused(
                sentence(_("No SKU is known for “%(goods)s”; match it first."), goods=line.order_line.known_as[:40])
            )
        title = sku.name if line.is_part or sku != line.sku else line.order_line.title
        wanted.append(Wanted(sku.pk, line.quantity, title))
    order = case.order
    return NoteRequest(
        key=case.pk,
        shop_id=case.shop_id,
        order_numbers=order.number,
        receiver_name=order.receiver_name,
        receiver_phone=order.receiver_phone,
        province=order.province,
        city=order.city,
        district=order.district,
        address=order.address,
        postcode=order.postcode,
        buyer_message="",
        seller_memo=f"{case.get_kind_display()} {case.number}",
        ship_by=due_after(_S.TO_SEND, at),
        carrier_id=order.carrier_id,
        wanted=wanted,
    )


def _cases_of(notes: Sequence[DispatchNote], state: str) -> list[AfterSale]:
    """Lock and return the cases of these notes that are in a state."""
    return list(
        AfterSale.objects.select_for_update(no_key=True, of=("self",))
        .filter(note__in=[note.pk for note in notes], state=state)
        .select_related("note", "order")
        .order_by("pk")
    )
