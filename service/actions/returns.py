"""What comes back: the buyer's waybill, parcels taken in, matched, inspected; goods into the stock they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import uuid4

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from service.actions.claims import release_pieces
from service.actions.stages import step
from service.models import AfterSale, AfterSaleLine, ReturnParcel
from service.policy.aftersales import RETURN_PHOTO_MB
from service.queries.returns import BACK, takes_parcels, tidy_waybill
from service.states import (
    AFTER_INSPECTION,
    GIVEN_UP,
    RETURN_MOVES,
    AfterSaleKind,
    AfterSaleState,
    ReturnState,
)
from shopops.kit.file_kinds import PICTURES, DamagedFileError, kind_of
from shopops.kit.moves import MoveRefused, move
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record
from staff.models import Employee
from warehouse.actions.stock import ensure_defective_warehouse, receive_stock
from warehouse.queries.stock import parts_of
from warehouse.states import MoveKind

_S = AfterSaleState
_MB = 1024 * 1024


class Found(NamedTuple):
    """What an inspection found of one line: pieces in good order, and defective ones."""

    good: int
    defective: int


@transaction.atomic
def note_return_waybill(case: AfterSale, waybill: str, *, carrier: str = "", by: Employee | None, at: datetime) -> None:
    """Note under which waybill the buyer sends the goods back; a parcel of that number in the pool is matched.

    :raises Refused: if there is no waybill.
    :raises MoveRefused: if no goods are awaited.
    """
    number = tidy_waybill(waybill)
    if not number:
        raise Refused(_("Give the waybill."))
    changes = {"return_waybill": (case.return_waybill, number), "return_carrier": (case.return_carrier, carrier)}
    written: dict[str, Any] = {"return_waybill": number, "return_carrier": carrier.strip()[:40]}
    if case.state == _S.ON_THE_WAY:
        AfterSale.objects.filter(pk=case.pk).update(**written)
        case.return_waybill, case.return_carrier = number, written["return_carrier"]
    else:
        step(case, _S.ON_THE_WAY, at=at, **written)
    record("service.return_on_the_way", case, by=by, at=at, changes=changes)
    lying = ReturnParcel.objects.filter(waybill=number, state=ReturnState.OWNERLESS).first()
    if lying is not None:
        match_parcel(lying, case, by=by, at=at)


@transaction.atomic
def take_parcel_in(
    waybill: str,
    *,
    case: AfterSale | None = None,
    carrier: str = "",
    content: str = "",
    photo: File[Any] | None = None,
    by: Employee,
    at: datetime,
) -> ReturnParcel:
    """Take a returned parcel in: for a case, or into the pool of those nobody owns yet.

    :param content: what is in it, as far as one can tell; wanted where no case is known.
    :raises Refused: if it is here already, nobody could tell what it is, or the photo is no picture.
    """
    number = tidy_waybill(waybill)
    if not number:
        raise Refused(_("Scan or type the waybill."))
    if case is None and not content.strip() and photo is None:
        raise Refused(_("Say what is in the parcel, or add a photo, so that its owner can be found."))
    if case is not None:
        _check_takes(case)
    parcel = ReturnParcel(
        waybill=number,
        carrier=carrier.strip()[:40],
        case=case,
        state=ReturnState.OWNERLESS if case is None else ReturnState.MATCHED,
        content=content.strip()[:300],
        received_by=by,
        received_at=at,
    )
    if photo is not None:
        parcel.photo.save(f"{uuid4().hex}.{_checked_photo(photo)}", photo, save=False)
    try:
        with transaction.atomic():
            parcel.save(force_insert=True)
    except IntegrityError:
        raise Refused(sentence(_("Parcel %(waybill)s has been taken in already."), waybill=number)) from None
    record("service.return_arrived", parcel, by=by, at=at, reason=parcel.content)
    if case is not None:
        record("service.return_arrived", case, by=by, at=at, changes={"waybill": ("", number)}, reason=parcel.content)
        _arrive(case, at=at)
    return parcel


@transaction.atomic
def match_parcel(parcel: ReturnParcel, case: AfterSale, *, by: Employee | None, at: datetime) -> None:
    """Say to which case a parcel of the pool belongs.

    :raises MoveRefused: if somebody has matched it already.
    :raises Refused: if the case awaits no goods.
    """
    _check_takes(case)
    move(parcel, ReturnState.MATCHED, moves=RETURN_MOVES, case=case)
    for subject in (parcel, case):
        record("service.return_matched", subject, by=by, at=at, changes={"case": ("", case), "waybill": ("", parcel)})
    _arrive(case, at=at)


@transaction.atomic
def unmatch_parcel(parcel: ReturnParcel, *, reason: str, by: Employee | None, at: datetime) -> None:
    """Put a parcel that was matched by mistake back into the pool; the case waits for its own goods again.

    :raises Refused: if there is no reason.
    :raises MoveRefused: if it has been inspected.
    """
    if not reason.strip():
        raise Refused(_("Say why."))
    case = parcel.case
    move(parcel, ReturnState.OWNERLESS, moves=RETURN_MOVES, case=None)
    for subject in filter(None, (parcel, case)):
        record(
            "service.return_unmatched", subject, by=by, at=at, changes={"waybill": (parcel, "")}, reason=reason.strip()
        )
    if case is None:
        return
    case.refresh_from_db()
    if case.state == _S.ARRIVED and not case.parcels.filter(state=ReturnState.MATCHED).exists():
        step(case, _S.ON_THE_WAY, at=at)


@transaction.atomic
def close_ownerless_parcel(parcel: ReturnParcel, *, outcome: str, by: Employee, at: datetime) -> None:
    """Close a parcel whose owner was not found: sent back, thrown away, taken into stock by a receipt.

    :raises Refused: if nothing is said.
    :raises MoveRefused: if it is matched meanwhile.
    """
    if not outcome.strip():
        raise Refused(_("Say what became of it."))
    if parcel.state != ReturnState.OWNERLESS:
        raise MoveRefused(sentence(_("%(parcel)s has an owner."), parcel=parcel))
    move(parcel, ReturnState.SETTLED, moves=RETURN_MOVES, settled_at=at)
    record("service.return_closed", parcel, by=by, at=at, reason=outcome.strip())


@transaction.atomic
def inspect_parcel(
    parcel: ReturnParcel,
    found: Mapping[int, Found],
    *,
    note: str = "",
    nothing_more: bool = False,
    by: Employee,
    at: datetime,
) -> None:
    """Say what came in a parcel, line by line; good pieces can be sold again, defective ones are kept apart.

    Once every piece is back, or nothing more is awaited, the case goes on to the refund or to the new parcel.

    :param found: line of the case → pieces in good order and defective.
    :param nothing_more: what has not come is not awaited; the case is about what came.
    :raises Refused: if more came than was asked back, or a line has no SKU.
    :raises MoveRefused: if the parcel was inspected already.
    """
    if parcel.case_id is None:
        raise Refused(_("Say first to which case the parcel belongs."))
    case = AfterSale.objects.select_for_update(no_key=True).get(pk=parcel.case_id)
    _check_inspects(case)
    lines = {line.pk: line for line in case.lines.select_for_update(of=("self",)).select_related("sku", "order_line")}
    came = {key: one for key, one in found.items() if one.good or one.defective}
    _check_found(lines, came)
    move(parcel, ReturnState.SETTLED, moves=RETURN_MOVES, settled_at=at)
    for key, one in came.items():
        line = lines[key]
        line.good += one.good
        line.defective += one.defective
        line.save(update_fields=["good", "defective"])
    put_back(case, lines, came, by=by, at=at)
    told = "；".join(f"{lines[key].sku} {_words_of(one)}" for key, one in came.items())
    for subject in (parcel, case):
        record(
            "service.return_inspected",
            subject,
            by=by,
            at=at,
            changes={"pieces": ("", told or "0")},
            reason=note.strip(),
        )
    if nothing_more:
        _cut_down(lines)
    _go_on(case, at=at)


def put_back(
    case: AfterSale, lines: Mapping[int, AfterSaleLine], came: Mapping[int, Found], *, by: Employee | None, at: datetime
) -> None:
    """Book what came back into the stock: good pieces where they are sold from, defective ones apart.

    A bundle is booked as its parts. A part of the inspection; call it in a transaction.
    """
    good: dict[int, int] = {}
    defective: dict[int, int] = {}
    parts = parts_of(line.sku_id for line in lines.values() if line.sku_id)
    for key, one in came.items():
        sku = lines[key].sku_id or 0
        for part, each in parts.get(sku, [(sku, 1)]):
            good[part] = good.get(part, 0) + one.good * each
            defective[part] = defective.get(part, 0) + one.defective * each
    for pieces, where in ((good, None), (defective, ensure_defective_warehouse)):
        booked = {sku: count for sku, count in pieces.items() if count}
        if booked:
            receive_stock(
                booked,
                kind=MoveKind.RETURN,
                reference=case.number,
                warehouse=where() if where is not None else None,
                by=by,
                at=at,
            )


def _check_takes(case: AfterSale) -> None:
    if not takes_parcels(case):
        raise Refused(
            sentence(
                _("%(case)s (%(kind)s) is “%(state)s”; no goods are awaited for it."),
                case=case.number,
                kind=case.get_kind_display(),
                state=case.get_state_display(),
            )
        )


def _check_inspects(case: AfterSale) -> None:
    is_paid = case.kind == AfterSaleKind.RETURN and case.state == _S.DONE
    if is_paid or (case.kind == AfterSaleKind.REFUND and case.state not in GIVEN_UP):
        return
    if case.state not in {_S.ARRIVED, _S.DISPUTED}:
        raise MoveRefused(
            sentence(
                _("%(case)s is “%(state)s”; agree to it first, then its goods are inspected."),
                case=case.number,
                state=case.get_state_display(),
            )
        )


def _check_found(lines: Mapping[int, AfterSaleLine], came: Mapping[int, Found]) -> None:
    for key, one in came.items():
        line = lines.get(key)
        if line is None or one.good < 0 or one.defective < 0:
            raise Refused(_("That line does not belong to the case."))
        if line.sku_id is None:
            raise Refused(
                sentence(_("No SKU is known for “%(goods)s”; match it first."), goods=line.order_line.known_as[:40])
            )
        left = line.quantity - line.good - line.defective
        if one.good + one.defective > left:
            raise Refused(
                sentence(
                    _("%(goods)s: %(left)s still to come back, %(came)s were counted. Open a case for the others."),
                    goods=line.sku,
                    left=left,
                    came=one.good + one.defective,
                )
            )


def _arrive(case: AfterSale, *, at: datetime) -> None:
    if case.state in BACK:
        step(case, _S.ARRIVED, at=at)


def _go_on(case: AfterSale, *, at: datetime) -> None:
    """Move a case on after an inspection, unless the platform has it or its end is reached already."""
    if case.state != _S.ARRIVED or case.parcels.filter(state=ReturnState.MATCHED).exists():
        return
    lines = case.lines.all()
    if any(line.good + line.defective < line.quantity for line in lines) or not lines:
        step(case, _S.ON_THE_WAY, at=at)
        return
    step(case, AFTER_INSPECTION[AfterSaleKind(case.kind)], at=at)


def _cut_down(lines: Mapping[int, AfterSaleLine]) -> None:
    """Let a case be about what came; the other pieces may be claimed again. What nothing came of is left as it is."""
    free: dict[int, int] = {}
    came = [line for line in lines.values() if line.good + line.defective]
    for line in lines.values() if came else ():
        rest = line.quantity - line.good - line.defective
        if not rest:
            continue
        free[line.order_line_id] = rest
        if rest == line.quantity:
            line.delete()
        else:
            line.quantity -= rest
            line.save(update_fields=["quantity"])
    release_pieces(free)


def _checked_photo(photo: File[Any]) -> str:
    if photo.size > RETURN_PHOTO_MB() * _MB:
        raise Refused(sentence(_("The photo is larger than %(most)s MB."), most=RETURN_PHOTO_MB()))
    try:
        kind = kind_of(photo)
    except DamagedFileError:
        kind = ""
    if kind not in PICTURES:
        raise Refused(_("The photo is no whole picture (PNG, JPG, WebP). Take it again."))
    return kind


def _words_of(one: Found) -> str:
    return " ".join(filter(None, (f"+{one.good}" if one.good else "", f"✗{one.defective}" if one.defective else "")))
