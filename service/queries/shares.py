"""What a piece in an after-sale case was paid with, a bundle's component too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from catalog.models import BundlePart, Sku
from orders.models import OrderLine
from service.models import AfterSaleLine


@dataclass(frozen=True)
class Part:
    """A component of a bundle: how many pieces one bundle holds, and the share of its price one piece stands for."""

    sku: Sku
    each: int
    share: Decimal


def parts_with_shares(bundles: Iterable[int]) -> dict[int, list[Part]]:
    """Return for each bundle among the SKUs its parts with their shares of its price; one query.

    The price is split by what the parts cost; where one has no cost, by their lowest prices; else evenly by pieces. The
    shares of all pieces of a bundle add up to one.
    """
    rows: dict[int, list[BundlePart]] = {}
    for row in (
        BundlePart.objects.filter(bundle_id__in=set(bundles), bundle__is_bundle=True)
        .select_related("part")
        .order_by("pk")
    ):
        rows.setdefault(row.bundle_id, []).append(row)
    found: dict[int, list[Part]] = {}
    for bundle, parts in rows.items():
        weights = _weights(parts)
        whole = sum((weight * row.quantity for weight, row in zip(weights, parts, strict=True)), Decimal(0))
        found[bundle] = [
            Part(row.part, row.quantity, weight / whole) for weight, row in zip(weights, parts, strict=True)
        ]
    return found


def _weights(parts: list[BundlePart]) -> list[Decimal]:
    for name in ("cost", "floor_price"):
        values = [getattr(row.part, name) for row in parts]
        if all(values):
            return values
    return [Decimal(1)] * len(parts)


def paid_each(line: OrderLine) -> Decimal:
    """Return what was paid for one piece of an order line; not rounded."""
    return Decimal(line.paid) / line.quantity


def paid_for_lines(lines: Iterable[AfterSaleLine]) -> Decimal:
    """Return what was paid for the pieces of case lines, whole cents; at most one query if their lines are loaded."""
    lines = list(lines)
    each = paid_each_of(lines)
    return sum((each[line.pk] * line.quantity for line in lines), Decimal(0)).quantize(Decimal("0.01"))


def paid_each_of(lines: Iterable[AfterSaleLine]) -> Mapping[int, Decimal]:
    """Return case line → what was paid for one of its pieces, not rounded; one query if components are meant."""
    lines = list(lines)
    in_part = {line.order_line.sku_id for line in lines if line.is_part and line.order_line.sku_id}
    shares = {
        (bundle, part.sku.pk): part.share
        for bundle, parts in (parts_with_shares(in_part) if in_part else {}).items()
        for part in parts
    }
    return {
        line.pk: paid_each(line.order_line)
        * (shares.get((line.order_line.sku_id or 0, line.sku_id or 0), Decimal(0)) if line.is_part else 1)
        for line in lines
    }
