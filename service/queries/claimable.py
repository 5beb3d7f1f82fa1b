"""What of an order may still be claimed: pieces of its lines, and of the components of its bundles."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from orders.models import Order, OrderLine
from orders.states import LineKind
from service.models import PartClaim, ReturnClaim
from service.queries.shares import Part, paid_each, parts_with_shares


@dataclass(frozen=True)
class ClaimablePart:
    """A component of a bundle that something may be asked about by itself."""

    line: OrderLine
    part: Part
    left: int

    @property
    def bought(self) -> int:
        """Return the pieces that came in all bundles of the line."""
        return self.line.here * self.part.each

    @property
    def share(self) -> Decimal:
        """Return what one piece stands for of what was paid; not rounded."""
        return paid_each(self.line) * self.part.share

    @property
    def field_name(self) -> str:
        """Return the name of its field in the form."""
        return f"part_{self.line.pk}_{self.part.sku.pk}"


@dataclass(frozen=True)
class ClaimableLine:
    """A line of an order that something may be asked about."""

    line: OrderLine
    claimed: int
    parts: list[ClaimablePart] = field(default_factory=list)

    @property
    def left(self) -> int:
        """Return the pieces no case claims yet; of a bundle as many as its parts allow."""
        whole = max(self.line.here - self.claimed, 0)
        return min([whole, *(one.left // one.part.each for one in self.parts)])

    @property
    def share(self) -> Decimal:
        """Return what was paid for a piece."""
        return paid_each(self.line).quantize(Decimal("0.01"))

    @property
    def is_gift(self) -> bool:
        """Say whether it was given."""
        return self.line.kind == LineKind.GIFT

    @property
    def field_name(self) -> str:
        """Return the name of its field in the form."""
        return f"line_{self.line.pk}"

    @property
    def instead_name(self) -> str:
        """Return the name of the field for what is sent in its place."""
        return f"instead_{self.line.pk}"


def claimable_lines(order: Order) -> list[ClaimableLine]:
    """Return the lines of an order with the pieces claimed already; four queries at most."""
    lines = list(order.lines.select_related("sku").order_by("pk"))
    claimed = dict(ReturnClaim.objects.filter(order_line__in=lines).values_list("pk", "claimed"))
    bundles = {line.sku.pk for line in lines if line.sku is not None and line.sku.is_bundle}
    parts = parts_with_shares(bundles) if bundles else {}
    taken = {
        (line, sku): count
        for line, sku, count in (
            PartClaim.objects.filter(order_line__in=lines).values_list("order_line_id", "sku_id", "claimed")
            if bundles
            else ()
        )
    }
    return [
        ClaimableLine(
            line,
            claimed.get(line.pk, 0),
            [
                ClaimablePart(line, part, _left(line, part, taken.get((line.pk, part.sku.pk)), claimed.get(line.pk, 0)))
                for part in parts.get(line.sku_id or 0, ())
            ],
        )
        for line in lines
    ]


def _left(line: OrderLine, part: Part, taken: int | None, bundles: int) -> int:
    """Return the pieces of a component no case claims; before the first claim by parts whole bundles count."""
    return max(line.here * part.each - (bundles * part.each if taken is None else taken), 0)
