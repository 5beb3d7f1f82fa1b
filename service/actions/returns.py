"""What comes back: the buyer's waybill, parcels taken in, matched, inspected; goods into the stock they belong to."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from service.actions.stages import step
from service.models import AfterSale, ReturnParcel
from service.policy.aftersales import RETURN_PHOTO_MB
from service.queries.returns import BACK, takes_parcels, tidy_waybill
from service.states import (
    RETURN_MOVES,
    AfterSaleState,
    ReturnState,
)
from shopops.kit.file_kinds import PICTURES, DamagedFileError, kind_of
from shopops.kit.moves import MoveRefused, move
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record
from staff.models import Employee

_S = AfterSaleState
_MB = 1024 * 1024


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
    if case is not None:
        _await_again(case, at=at)


@transaction.atomic
def close_ownerless_parcel(parcel: ReturnParcel, *, outcome: str, by: Employee, at: datetime) -> None:
    """Close a parcel whose owner was not found, or with other goods in it: sent back, thrown away, taken by a receipt.

    A case that waited for what should have been in it waits for its own goods again.

    :raises Refused: if nothing is said.
    :raises MoveRefused: if it is matched meanwhile.
    """
    if not outcome.strip():
        raise Refused(_("Say what became of it."))
    if parcel.state not in {ReturnState.OWNERLESS, ReturnState.WRONG}:
        raise MoveRefused(sentence(_("%(parcel)s has an owner."), parcel=parcel))
    move(parcel, ReturnState.SETTLED, moves=RETURN_MOVES, settled_at=at)
    case = parcel.case
    for subject in filter(None, (parcel, case)):
        record("service.return_closed", subject, by=by, at=at, reason=outcome.strip())
    if case is not None:
        _await_again(case, at=at)


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


def _arrive(case: AfterSale, *, at: datetime) -> None:
    if case.state in BACK:
        step(case, _S.ARRIVED, at=at)


def _await_again(case: AfterSale, *, at: datetime) -> None:
    """Let a case wait for its goods again once none of its parcels is here any more."""
    case.refresh_from_db()
    here = case.parcels.filter(state__in=(ReturnState.MATCHED, ReturnState.WRONG))
    if case.state == _S.ARRIVED and not here.exists():
        step(case, _S.ON_THE_WAY, at=at)


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
