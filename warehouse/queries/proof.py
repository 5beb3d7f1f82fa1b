"""The proof of the stock: every balance equals its ledger, every reserved piece has its row."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Difference:
    """A balance that is not what it should be."""

    balance: int
    warehouse: str
    sku: str
    kept: int
    proved: int


@dataclass(frozen=True)
class Proof:
    """What the proof found."""

    balances: int
    ledger_differences: list[Difference] = field(default_factory=list)
    reservation_differences: list[Difference] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Say whether everything adds up."""
        return not self.ledger_differences and not self.reservation_differences

    def as_json(self) -> dict[str, Any]:
        """Return plain values for the command and the job."""
        return {
            "ok": self.ok,
            "balances": self.balances,
            "ledger_differences": [asdict(one) for one in self.ledger_differences],
            "reservation_differences": [asdict(one) for one in self.reservation_differences],
        }


_PROOF = """
SELECT b.id, w.code, s.code, b.on_hand, coalesce(m.pieces, 0), b.reserved, coalesce(r.pieces, 0)
FROM warehouse_stockbalance b
JOIN warehouse_warehouse w ON w.id = b.warehouse_id
JOIN catalog_sku s ON s.id = b.sku_id
LEFT JOIN (SELECT balance_id, sum(quantity) AS pieces FROM warehouse_stockmove GROUP BY balance_id) m
    ON m.balance_id = b.id
LEFT JOIN (SELECT balance_id, sum(quantity) AS pieces FROM warehouse_reservation GROUP BY balance_id) r
    ON r.balance_id = b.id
WHERE b.on_hand <> coalesce(m.pieces, 0) OR b.reserved <> coalesce(r.pieces, 0)
ORDER BY b.id
"""


def prove_stock() -> Proof:
    """Compare every balance with its moves and its reservations, in one statement and so at one moment."""
    with connection.cursor() as cursor:
        cursor.execute(_PROOF)
        rows = cursor.fetchall()
        cursor.execute("SELECT count(*) FROM warehouse_stockbalance")
        (count,) = cursor.fetchone()
    return Proof(
        balances=count,
        ledger_differences=[
            Difference(key, place, sku, on_hand, int(moved))
            for key, place, sku, on_hand, moved, _reserved, _rows in rows
            if on_hand != moved
        ],
        reservation_differences=[
            Difference(key, place, sku, reserved, int(held))
            for key, place, sku, _on_hand, _moved, reserved, held in rows
            if reserved != held
        ],
    )
