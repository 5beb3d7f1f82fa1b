"""What was in a returned parcel: counted, put into the stock it belongs to, or put aside because it is other goods."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.models import Sku
from service.actions.claims import Claimed, claimed_by, release_pieces, take_apart
from service.actions.stages import step
from service.models import AfterSale, AfterSaleLine, ReturnParcel
from service.queries.returns import may_inspect
from service.queries.shares import paid_for_lines
from service.states import (
    AFTER_INSPECTION,
    RETURN_MOVES,
    AfterSaleKind,
    AfterSaleState,
    ReturnState,
)
from shopops.kit.moves import MoveRefused, move
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import notify, record
from staff.models import Employee
from warehouse.actions.stock import ensure_defective_warehouse, receive_stock
from warehouse.queries.stock import parts_of
from warehouse.states import MoveKind

_S = AfterSaleState
Lines = Mapping[int, AfterSaleLine]


class Found(NamedTuple):
    """What an inspection found of one line: pieces in good order, defective ones, and which SKU they really are."""

    good: int
    defective: int
    other: Sku | None = None


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

    :param found: line of the case → pieces in good order and defective, and the SKU they are booked as, if another.
    :param nothing_more: what has not come is not awaited; the case is about what came, and so is the amount asked for.
    :raises Refused: if nothing came, more than was asked back, or a line has no SKU.
    :raises MoveRefused: if the parcel was inspected already.
    """
    if parcel.case_id is None:
        raise Refused(_("Say first to which case the parcel belongs."))
    case = AfterSale.objects.select_for_update(no_key=True).get(pk=parcel.case_id)
    if parcel.state == ReturnState.WRONG:
        raise MoveRefused(sentence(_("%(parcel)s is “%(state)s”."), parcel=parcel, state=parcel.get_state_display()))
    if parcel.state == ReturnState.MATCHED:
        _check_inspects(case)
    lines = _locked_lines(case)
    came = {key: one for key, one in found.items() if one.good or one.defective}
    move(parcel, ReturnState.SETTLED, moves=RETURN_MOVES, settled_at=at, found=note.strip()[:300])
    _check_found(case, lines, came)
    for key, one in came.items():
        line = lines[key]
        line.good += one.good
        line.defective += one.defective
        line.save(update_fields=["good", "defective"])
    put_back(case, lines, came, by=by, at=at)
    changes: dict[str, tuple[Any, Any]] = {
        "pieces": ("", "；".join(_words_of(lines[key], one) for key, one in came.items()))
    }
    is_cut = nothing_more and case.done_at is None and case.kind in AFTER_INSPECTION
    if is_cut and (cut := _cut_down(case, lines)):
        changes["amount"] = cut
    for subject in (parcel, case):
        record("service.return_inspected", subject, by=by, at=at, changes=changes, reason=note.strip())
    _go_on(case, at=at)


def put_back(case: AfterSale, lines: Lines, came: Mapping[int, Found], *, by: Employee | None, at: datetime) -> None:
    """Book what came back into the stock: good pieces where they are sold from, defective ones apart.

    A bundle is booked as its parts. A part of the inspection; call it in a transaction.
    """
    good: dict[int, int] = {}
    defective: dict[int, int] = {}
    skus = {key: one.other.pk if one.other else lines[key].sku_id or 0 for key, one in came.items()}
    parts = parts_of(skus.values())
    for key, one in came.items():
        for part, each in parts.get(skus[key], [(skus[key], 1)]):
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


@transaction.atomic
def put_aside(parcel: ReturnParcel, *, found: str, by: Employee, at: datetime) -> None:
    """Put a parcel aside because other goods are in it than the case is about; whoever holds the case decides.

    :param found: what is in it.
    :raises Refused: if nothing is said.
    :raises MoveRefused: if it was inspected already.
    """
    if not found.strip():
        raise Refused(_("Say what is in the parcel."))
    move(parcel, ReturnState.WRONG, moves=RETURN_MOVES, found=found.strip()[:300])
    case = parcel.case
    for subject in filter(None, (parcel, case)):
        record("service.wrong_goods_came", subject, by=by, at=at, reason=parcel.found)
    if case is not None and case.holder is not None and case.holder != by:
        notify(
            [case.holder],
            "service.wrong_goods_came",
            _("%(case)s: other goods came back than were asked for: %(found)s"),
            at=at,
            url=case.get_absolute_url(),
            case=case.number,
            found=parcel.found[:80],
        )


@transaction.atomic
def clear_parcel(parcel: ReturnParcel, *, reason: str, by: Employee, at: datetime) -> None:
    """Have a parcel that was put aside inspected after all, because the mistake was ours or the buyer is right.

    :raises Refused: if there is no reason.
    :raises MoveRefused: if it was not put aside.
    """
    if not reason.strip():
        raise Refused(_("Say why."))
    if parcel.state != ReturnState.WRONG:
        raise MoveRefused(sentence(_("%(parcel)s is “%(state)s”."), parcel=parcel, state=parcel.get_state_display()))
    move(parcel, ReturnState.MATCHED, moves=RETURN_MOVES)
    for subject in filter(None, (parcel, parcel.case)):
        record("service.return_cleared", subject, by=by, at=at, reason=reason.strip())


@transaction.atomic
def clear_parcels(case: AfterSale, *, reason: str, by: Employee, at: datetime) -> None:
    """Have what was put aside for a case inspected after all.

    :raises Refused: if there is no reason, or nothing is put aside any more.
    """
    aside = list(case.parcels.filter(state=ReturnState.WRONG).order_by("pk"))
    if not aside:
        raise Refused(sentence(_("Nothing is put aside for %(case)s any more."), case=case.number))
    for parcel in aside:
        clear_parcel(parcel, reason=reason, by=by, at=at)


@transaction.atomic
def count_by_parts(parcel: ReturnParcel, key: int, *, by: Employee, at: datetime) -> None:
    """Count a bundle of the parcel's case by its components, because not all of a bundle came back.

    What the case claims stays the same; the line of the bundle becomes one line a component.

    :param key: the line of the case.
    :raises Refused: if it is no bundle, all of it is back, or something else is sent in its place.
    """
    if parcel.case_id is None or parcel.state != ReturnState.MATCHED:
        raise Refused(_("Say first to which case the parcel belongs."))
    case = AfterSale.objects.select_for_update(no_key=True).get(pk=parcel.case_id)
    lines = _locked_lines(case)
    line = lines.get(key)
    if line is None or line.sku is None or line.is_part or not line.sku.is_bundle:
        raise Refused(_("Only a bundle is counted by its parts."))
    rest = line.quantity - line.good - line.defective
    if not rest or line.instead_id is not None:
        raise Refused(_("Nothing of this bundle is awaited in parts."))
    pieces = {sku: each * rest for sku, each in take_apart(line.order_line_id, rest).items()}
    for sku, count in pieces.items():
        part = next((one for one in lines.values() if one.is_part and _same(one, line, sku)), None)
        if part is not None:
            part.quantity += count
            part.save(update_fields=["quantity"])
        else:
            AfterSaleLine.objects.create(
                case=case, order_line=line.order_line, sku_id=sku, is_part=True, quantity=count
            )
    if rest == line.quantity:
        line.delete()
    else:
        line.quantity -= rest
        line.save(update_fields=["quantity"])
    codes = Sku.objects.in_bulk(pieces)
    told = "；".join(f"{codes[sku]} ×{count}" for sku, count in pieces.items())
    changes = {"pieces": (f"{line.sku} ×{rest}", told)}
    for subject in (parcel, case):
        record("service.set_taken_apart", subject, by=by, at=at, changes=changes)


def _same(one: AfterSaleLine, line: AfterSaleLine, sku: int) -> bool:
    return one.order_line_id == line.order_line_id and one.sku_id == sku


def _locked_lines(case: AfterSale) -> dict[int, AfterSaleLine]:
    rows = case.lines.select_for_update(of=("self",)).select_related("sku", "order_line").order_by("pk")
    return {line.pk: line for line in rows}


def _check_inspects(case: AfterSale) -> None:
    if not may_inspect(case):
        raise MoveRefused(
            sentence(
                _("%(case)s is “%(state)s”; agree to it first, then its goods are inspected."),
                case=case.number,
                state=case.get_state_display(),
            )
        )


def _check_found(case: AfterSale, lines: Lines, came: Mapping[int, Found]) -> None:
    if not came:
        raise Refused(_("Say how many pieces came. If other goods were in it, put the parcel aside and say which."))
    for key, one in came.items():
        line = lines.get(key)
        if line is None or one.good < 0 or one.defective < 0:
            raise Refused(_("That line does not belong to the case."))
        if line.sku_id is None and one.other is None:
            raise Refused(
                sentence(_("No SKU is known for “%(goods)s”; match it first."), goods=line.order_line.known_as[:40])
            )
        if one.other is not None and case.kind == AfterSaleKind.REPAIR:
            raise Refused(_("What came to be repaired has to be what was sold; put other goods aside."))
        left = line.quantity - line.good - line.defective
        if one.good + one.defective > left:
            raise Refused(
                sentence(
                    _("%(goods)s: %(left)s still to come back, %(came)s were counted. Open a case for the others."),
                    goods=line.sku or line.order_line.known_as[:40],
                    left=left,
                    came=one.good + one.defective,
                )
            )


def _go_on(case: AfterSale, *, at: datetime) -> None:
    """Move a case on after an inspection, unless the platform has it or its end is reached already."""
    if case.state != _S.ARRIVED or case.parcels.filter(state=ReturnState.MATCHED).exists():
        return
    lines = case.lines.all()
    if any(line.good + line.defective < line.quantity for line in lines) or not lines:
        step(case, _S.ON_THE_WAY, at=at)
        return
    step(case, AFTER_INSPECTION[AfterSaleKind(case.kind)], at=at)


def _cut_down(case: AfterSale, lines: Lines) -> tuple[Decimal, Decimal] | None:
    """Let a case be about what came, and its amount too; return that amount before and after if it changed.

    The other pieces may be claimed again.
    """
    asked = paid_for_lines(lines.values())
    free: dict[Claimed, int] = {}
    kept: list[AfterSaleLine] = []
    for line in lines.values():
        rest = line.quantity - line.good - line.defective
        if rest:
            free[claimed_by(line)] = rest
        if rest == line.quantity:
            line.delete()
            continue
        kept.append(line)
        if rest:
            line.quantity -= rest
            line.save(update_fields=["quantity"])
    release_pieces(free)
    if not free or not case.amount or not asked:
        return None
    before = case.amount
    case.amount = (before * paid_for_lines(kept) / asked).quantize(Decimal("0.01"))
    case.save(update_fields=["amount"])
    return before, case.amount


def _words_of(line: AfterSaleLine, one: Found) -> str:
    goods = f"{line.sku or line.order_line.known_as[:40]}"
    if one.other is not None and one.other.pk != line.sku_id:
        goods = f"{goods} → {one.other}"
    counts = (f"+{one.good}" if one.good else "", f"✗{one.defective}" if one.defective else "")
    return " ".join(filter(None, (goods, *counts)))
