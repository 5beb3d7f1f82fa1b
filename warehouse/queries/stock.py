"""Questions about stock: how much is free, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import F, Q, QuerySet

from catalog.models import BundlePart, Sku
from shopops.kit.lists import Reader
from shopops.kit.lists.declarations import Row
from warehouse.models import Reservation, StockBalance, StockMove, Warehouse
from warehouse.policy import LOW_STOCK
from warehouse.states import DEFECTIVE, MoveKind


class PartShare(NamedTuple):
    """How many bundles the stock of one part allows."""

    part: Sku
    quantity: int
    available: int

    @property
    def enough_for(self) -> int:
        """Return the number of whole bundles."""
        return self.available // self.quantity


@dataclass(frozen=True)
class Explanation:
    """Why a SKU's availability is what it is: moves that add up to on hand, reservations to reserved."""

    sku: Sku
    on_hand: int
    reserved: int
    available: int
    moves: list[StockMove] = field(default_factory=list)
    more_moves: int = 0
    earlier: int = 0
    """Sum of the moves that are not listed."""
    reservations: list[Reservation] = field(default_factory=list)
    parts: list[PartShare] = field(default_factory=list)


def main_warehouse() -> Warehouse | None:
    """Return the warehouse that ships unless another is named: the first one that is not for defective goods."""
    return Warehouse.objects.exclude(code=DEFECTIVE).order_by("pk").first()


def parts_of(sku_ids: Iterable[int]) -> dict[int, list[tuple[int, int]]]:
    """Return for each bundle among the SKUs its parts as (SKU id, pieces); plain SKUs do not appear."""
    found: dict[int, list[tuple[int, int]]] = {}
    for bundle, part, quantity in (
        BundlePart.objects.filter(bundle_id__in=set(sku_ids), bundle__is_bundle=True)
        .order_by("pk")
        .values_list("bundle_id", "part_id", "quantity")
    ):
        found.setdefault(bundle, []).append((part, quantity))
    return found


def available(sku_ids: Iterable[int], *, warehouse: Warehouse | None = None) -> dict[int, int]:
    """Return for each SKU the pieces nobody has reserved; of a bundle as many as its parts allow. Two queries.

    :param warehouse: the main one if not given.
    """
    wanted = set(sku_ids)
    parts = parts_of(wanted)
    plain = wanted | {part for shares in parts.values() for part, _ in shares}
    balances = StockBalance.objects.filter(sku_id__in=plain)
    if warehouse is None:
        balances = balances.filter(
            warehouse_id=Warehouse.objects.exclude(code=DEFECTIVE).order_by("pk").values("pk")[:1]
        )
    else:
        balances = balances.filter(warehouse=warehouse)
    free = dict(balances.values_list("sku_id", F("on_hand") - F("reserved")))
    return {
        sku: min(free.get(part, 0) // quantity for part, quantity in parts[sku]) if sku in parts else free.get(sku, 0)
        for sku in wanted
    }


def why_available(sku: Sku, *, most_moves: int = 200, warehouse: Warehouse | None = None) -> Explanation:
    """Return the moves and reservations that add up to what is available of `sku`."""
    if sku.is_bundle:
        parts = list(BundlePart.objects.filter(bundle=sku).select_related("part").order_by("pk"))
        free = available([part.part_id for part in parts], warehouse=warehouse)
        shares = [PartShare(part.part, part.quantity, free[part.part_id]) for part in parts]
        whole = min((share.enough_for for share in shares), default=0)
        return Explanation(sku, on_hand=whole, reserved=0, available=whole, parts=shares)
    where = warehouse or main_warehouse()
    balance = StockBalance.objects.filter(sku=sku, warehouse=where).first() if where else None
    if balance is None:
        return Explanation(sku, on_hand=0, reserved=0, available=0)
    moves = list(ledger(balance)[: most_moves + 1])
    more = 0
    if len(moves) > most_moves:
        moves = moves[:most_moves]
        more = balance.moves.count() - most_moves
    return Explanation(
        sku,
        on_hand=balance.on_hand,
        reserved=balance.reserved,
        available=balance.available,
        moves=moves,
        more_moves=more,
        earlier=balance.on_hand - sum(one.quantity for one in moves),
        reservations=list(
            balance.reservations.select_related("line__note", "line__note__shop").order_by("line__note__ship_by", "pk")
        ),
    )


def ledger(balance: StockBalance) -> QuerySet[StockMove]:
    """Return the moves of a balance, newest first, with who made them."""
    return balance.moves.select_related("by").order_by("-at", "-pk")


def listed_balances(_reader: Reader) -> QuerySet[StockBalance]:
    """Return the rows of the stock list, with what is free."""
    return StockBalance.objects.annotate(free=F("on_hand") - F("reserved"))


def matching_skus(text: str, *, prefix: str = "sku__") -> Q:
    """Return the condition for the search box: code, barcode, name, pinyin or initials."""
    word = text.strip()
    found = Q(**{f"{prefix}code__istartswith": word}) | Q(**{f"{prefix}barcode": word})
    found |= Q(**{f"{prefix}name__icontains": word})
    if word.isascii():
        key = "".join(word.lower().split())
        found |= Q(**{f"{prefix}name_pinyin__startswith": key}) | Q(**{f"{prefix}name_initials__startswith": key})
    return found


def running_out() -> Q:
    """Return the condition for balances with few pieces left (WH-024)."""
    return Q(free__gt=0, free__lt=LOW_STOCK()) & ~Q(warehouse__code=DEFECTIVE)


def add_stock_words(rows: list[Row], _reader: Reader) -> None:
    """Put tones on the rows; no query."""
    low = LOW_STOCK()
    for row in rows:
        row["edge"] = "danger" if row["free"] <= 0 else "warn" if row["free"] < low else ""


def listed_moves(_reader: Reader) -> QuerySet[StockMove]:
    """Return the rows of the stock ledger."""
    return StockMove.objects.all()


def matching_moves(text: str) -> Q:
    """Return the condition for the search box of the ledger: a document's number, or a SKU."""
    return Q(reference=text.strip().upper()) | Q(
        balance__sku__in=Sku.objects.filter(matching_skus(text, prefix="")).values("pk")
    )


def add_move_words(rows: list[Row], _reader: Reader) -> None:
    """Put the words of the kind on the rows; no query."""
    labels = dict(MoveKind.choices)
    for row in rows:
        row["kind_label"] = labels[row["kind"]]


def balance_of(sku: Sku) -> StockBalance | None:
    """Return the balance of a SKU in the main warehouse."""
    return (
        StockBalance.objects.filter(sku=sku).select_related("bin", "warehouse", "sku").order_by("warehouse_id").first()
    )
