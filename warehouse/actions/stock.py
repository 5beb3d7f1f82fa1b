"""Stock comes and goes: receipts, corrections, places on the shelf."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.models import Sku
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record, record_many
from staff.models import Employee
from warehouse.actions.balances import lock_balances, move_pieces
from warehouse.models import Bin, StockBalance, StockMove, Warehouse
from warehouse.queries.stock import main_warehouse
from warehouse.states import DEFECTIVE, MoveKind


def ensure_warehouse() -> Warehouse:
    """Return the main warehouse, made on first use."""
    return main_warehouse() or Warehouse.objects.get_or_create(code="main", defaults={"name": "主仓"})[0]


def ensure_defective_warehouse() -> Warehouse:
    """Return the warehouse for goods that came back defective, made on first use; never the first one."""
    ensure_warehouse()
    return Warehouse.objects.get_or_create(code=DEFECTIVE, defaults={"name": "次品仓"})[0]


@transaction.atomic
def receive_stock(
    pieces: Mapping[int, int],
    *,
    by: Employee | None,
    at: datetime,
    kind: MoveKind = MoveKind.RECEIPT,
    reference: str = "",
    reason: str = "",
    warehouse: Warehouse | None = None,
) -> list[StockMove]:
    """Book goods that came in (WH-018): SKU id → pieces, all at once.

    :param kind: RECEIPT, OPENING or RETURN.
    :raises Refused: if a number of pieces is not above zero, or a SKU is a bundle.
    """
    if any(count <= 0 for count in pieces.values()):
        raise Refused(_("A receipt wants at least one piece of each SKU."))
    return _book(
        pieces,
        verb="warehouse.stock_received",
        kind=kind,
        reference=reference,
        reason=reason,
        by=by,
        at=at,
        warehouse=warehouse,
    )


@transaction.atomic
def adjust_stock(
    sku: Sku, difference: int, *, reason: str, by: Employee | None, at: datetime, warehouse: Warehouse | None = None
) -> StockMove:
    """Correct what is on hand by `difference` pieces, with a reason (WH-026).

    :raises Refused: if there is no difference or no reason, or pieces that are promised would be missing.
    """
    if not reason.strip():
        raise Refused(_("A correction of stock wants a reason."))
    if not difference:
        raise Refused(_("There is no difference to correct."))
    [booked] = _book(
        {sku.pk: difference},
        verb="warehouse.stock_adjusted",
        kind=MoveKind.ADJUSTMENT,
        reference="",
        reason=reason,
        by=by,
        at=at,
        warehouse=warehouse,
    )
    return booked


@transaction.atomic
def place_sku(balance: StockBalance, where: Bin | None, *, by: Employee | None, at: datetime) -> None:
    """Say in which bin a SKU lies (WH-029).

    :raises Refused: if the bin belongs to another warehouse.
    """
    if where is not None and where.warehouse_id != balance.warehouse_id:
        raise Refused(sentence(_("Bin %(bin)s is in another warehouse."), bin=where))
    before = balance.bin
    if before == where:
        return
    balance.bin = where
    balance.save(update_fields=["bin"])
    record("warehouse.sku_placed", balance, by=by, at=at, changes={"bin": (before, where)})


def _book(
    pieces: Mapping[int, int],
    *,
    verb: str,
    kind: MoveKind,
    reference: str,
    reason: str,
    by: Employee | None,
    at: datetime,
    warehouse: Warehouse | None,
) -> list[StockMove]:
    where = warehouse or ensure_warehouse()
    if bundle := Sku.objects.filter(pk__in=pieces, is_bundle=True).first():
        raise Refused(sentence(_("%(sku)s is a bundle; it has stock through its parts only."), sku=bundle.code))
    StockBalance.objects.bulk_create(
        [StockBalance(warehouse=where, sku_id=sku) for sku in sorted(pieces)], ignore_conflicts=True, batch_size=5000
    )
    balances = lock_balances(where.pk, pieces)
    moves = []
    for balance in balances:
        count = pieces[balance.sku_id]
        if balance.on_hand + count < balance.reserved:
            raise Refused(
                sentence(
                    _("%(sku)s: %(on_hand)s on hand and %(reserved)s reserved; %(count)s more cannot go out."),
                    sku=Sku.objects.get(pk=balance.sku_id).code,
                    on_hand=balance.on_hand,
                    reserved=balance.reserved,
                    count=-count,
                )
            )
        moves.append(
            StockMove(
                balance=balance,
                kind=kind,
                quantity=count,
                on_hand_after=balance.on_hand + count,
                reference=reference[:60],
                reason=reason[:300],
                by=by,
                at=at,
            )
        )
    StockMove.objects.bulk_create(moves, batch_size=5000)
    move_pieces(on_hand={balance.pk: pieces[balance.sku_id] for balance in balances})
    for balance in balances:
        balance.on_hand += pieces[balance.sku_id]
    skus = Sku.objects.in_bulk(pieces)
    for balance in balances:
        balance.sku, balance.warehouse = skus[balance.sku_id], where
    record_many(
        verb,
        ((one.balance, {"on_hand": (one.on_hand_after - one.quantity, one.on_hand_after)}) for one in moves),
        by=by,
        at=at,
        reason=reason,
    )
    return moves
