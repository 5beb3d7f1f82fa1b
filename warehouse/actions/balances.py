"""The one place that writes balances: lock in the order of the keys, then one statement for all rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import connection, models

from warehouse.models import Reservation, StockBalance


def lock_balances(warehouse_id: int, sku_ids: Iterable[int]) -> list[StockBalance]:
    """Lock the balances of these SKUs until the transaction ends, in the order of their keys.

    Weaker than FOR UPDATE on purpose: ledger rows that point at a balance need not wait for it.
    """
    return list(
        StockBalance.objects.select_for_update(no_key=True)
        .filter(warehouse_id=warehouse_id, sku_id__in=set(sku_ids))
        .order_by("pk")
    )


def move_pieces(*, on_hand: Mapping[int, int] | None = None, reserved: Mapping[int, int] | None = None) -> None:
    """Add to what balances have on hand and reserved (balance id → pieces); the rows are locked already."""
    came, promised = on_hand or {}, reserved or {}
    keys = sorted({key for pieces in (came, promised) for key, value in pieces.items() if value})
    if not keys:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE warehouse_stockbalance b SET on_hand = b.on_hand + v.on_hand, reserved = b.reserved + v.reserved"
            " FROM (SELECT unnest(%s::bigint[]) AS id, unnest(%s::int[]) AS on_hand, unnest(%s::int[]) AS reserved) v"
            " WHERE b.id = v.id",
            [keys, [came.get(key, 0) for key in keys], [promised.get(key, 0) for key in keys]],
        )


def release_reservations(note_ids: Iterable[int]) -> None:
    """Give up the reservations of these notes."""
    found = Reservation.objects.filter(line__note_id__in=list(note_ids))
    balance_ids = set(found.values_list("balance_id", flat=True))
    list(StockBalance.objects.select_for_update(no_key=True).filter(pk__in=balance_ids).order_by("pk").values("pk"))
    rows = list(found.values_list("pk", "balance_id", "quantity"))
    freed: dict[int, int] = {}
    for _, balance, quantity in rows:
        freed[balance] = freed.get(balance, 0) - quantity
    Reservation.objects.filter(pk__in=[row[0] for row in rows]).delete()
    move_pieces(reserved=freed)


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """Take `count` new primary keys, so that rows can name each other before they are written."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]
