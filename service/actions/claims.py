"""Pieces of an order line that are claimed back: never more than were bought, whoever asks at the same moment.

A bundle is claimed whole or by its components; whole bundles count in the claims of their components too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from orders.models import OrderLine
from service.models import AfterSaleLine, PartClaim, ReturnClaim
from service.states import GIVEN_UP, SENT_KINDS, AfterSaleKind, AfterSaleState
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from warehouse.queries.stock import parts_of


class Claimed(NamedTuple):
    """What is claimed: an order line by its id, or, of a bundle, only the component with that SKU id."""

    line: int
    part: int | None = None


Claims = Mapping[Claimed, int]
"""What is claimed → pieces."""


def claims_pieces(kind: str, state: str, *, is_refunded: bool) -> bool:
    """Say whether a case of that kind in that state holds its pieces.

    Refused and withdrawn ones do not; nor does what ended with a parcel of ours, for the pieces are with the buyer
    again; a price difference never does.
    """
    if kind == AfterSaleKind.PRICE_MATCH or state in GIVEN_UP:
        return False
    return not (state == AfterSaleState.DONE and kind in SENT_KINDS and not is_refunded)


def claim_pieces(pieces: Claims) -> None:
    """Claim pieces for a case. Call it in a transaction.

    :raises Refused: if that would be more than were bought and are not claimed yet, or a component is none.
    """
    if not pieces:
        return
    lines = OrderLine.objects.in_bulk({one.line for one in pieces})
    ReturnClaim.objects.bulk_create(
        [ReturnClaim(order_line_id=key, bought=lines[key].here) for key in sorted(lines)], ignore_conflicts=True
    )
    claims = _locked(lines)
    whole = {one.line: count for one, count in pieces.items() if one.part is None}
    parts = _parts_locked(claims, lines)
    for key, claim in claims.items():
        line = lines[key]
        claim.bought = max(line.here, claim.claimed)
        wanted = claim.claimed + whole.get(key, 0)
        if wanted > claim.bought:
            raise _too_many(_called(line), line.here, claim.claimed, whole[key])
        claim.claimed = wanted
        claim.save(update_fields=["bought", "claimed"])
    for part in parts.values():
        _claim_part(part, lines[part.order_line_id], whole.get(part.order_line_id, 0), pieces)
    if strange := [one for one in pieces if one.part is not None and one not in parts]:
        raise Refused(sentence(_("“%(goods)s” has no such component."), goods=_called(lines[strange[0].line])))


def _claim_part(part: PartClaim, line: OrderLine, bundles: int, pieces: Claims) -> None:
    more = bundles * part.each + pieces.get(Claimed(part.order_line_id, part.sku_id), 0)
    part.bought = max(line.here * part.each, part.claimed)
    if part.claimed + more > part.bought:
        raise _too_many(f"{_called(line)} · {part.sku.name or part.sku.code}", part.bought, part.claimed, more)
    part.claimed += more
    part.save(update_fields=["bought", "claimed"])


def release_pieces(pieces: Claims) -> None:
    """Give claimed pieces free again. Call it in a transaction."""
    whole = {one.line: count for one, count in pieces.items() if one.part is None}
    for key, claim in _locked({one.line for one in pieces}).items():
        claim.claimed = max(claim.claimed - whole.get(key, 0), 0)
        claim.save(update_fields=["claimed"])
    for part in PartClaim.objects.filter(order_line__in={one.line for one in pieces}).order_by("pk"):
        free = whole.get(part.order_line_id, 0) * part.each
        free += pieces.get(Claimed(part.order_line_id, part.sku_id), 0)
        part.claimed = max(part.claimed - free, 0)
        part.save(update_fields=["claimed"])


def take_apart(line: int, bundles: int) -> dict[int, int]:
    """Turn the claim of whole bundles of an order line into one of their components; return SKU id → pieces a bundle.

    What is claimed stays the same. Call it in a transaction.
    """
    claims = _locked({line})
    parts = _parts_locked(claims, OrderLine.objects.in_bulk([line]))
    for claim in claims.values():
        claim.claimed = max(claim.claimed - bundles, 0)
        claim.save(update_fields=["claimed"])
    return {part.sku_id: part.each for part in parts.values()}


def pieces_of(lines: Iterable[AfterSaleLine]) -> dict[Claimed, int]:
    """Return what the lines of a case claim."""
    return {claimed_by(line): line.quantity for line in lines}


def pieces_out(lines: Iterable[AfterSaleLine]) -> dict[Claimed, int]:
    """Return what has not come back of the lines of a case: what it gives free when it is given up."""
    found = {claimed_by(line): line.quantity - line.good - line.defective for line in lines}
    return {key: pieces for key, pieces in found.items() if pieces}


def claimed_by(line: AfterSaleLine) -> Claimed:
    """Return what a line of a case is about."""
    return Claimed(line.order_line_id, line.sku_id if line.is_part else None)


def _locked(keys: Iterable[int]) -> dict[int, ReturnClaim]:
    """Lock the claims of order lines, in the order of their ids; whoever claims components holds these locks too."""
    found = ReturnClaim.objects.select_for_update().filter(pk__in=set(keys)).order_by("pk")
    return {claim.order_line_id: claim for claim in found}


def _parts_locked(claims: Mapping[int, ReturnClaim], lines: Mapping[int, OrderLine]) -> dict[Claimed, PartClaim]:
    """Return the claims of the components of bundles, made where there are none yet."""
    bundles = {key: lines[key].sku_id or 0 for key in claims}
    known = set(PartClaim.objects.filter(order_line__in=claims).values_list("order_line_id", flat=True))
    composed = parts_of({sku for key, sku in bundles.items() if key not in known and sku})
    PartClaim.objects.bulk_create(
        PartClaim(
            order_line_id=key,
            sku_id=part,
            each=each,
            bought=max(lines[key].here, claims[key].claimed) * each,
            claimed=claims[key].claimed * each,
        )
        for key, sku in bundles.items()
        if key not in known
        for part, each in composed.get(sku, ())
    )
    rows = PartClaim.objects.filter(order_line__in=claims).select_related("sku").order_by("pk")
    return {Claimed(row.order_line_id, row.sku_id): row for row in rows}


def _called(line: OrderLine) -> str:
    return (line.title or line.code)[:40]


def _too_many(goods: str, bought: int, claimed: int, wanted: int) -> Refused:
    return Refused(
        sentence(
            _("%(goods)s: %(bought)s bought, %(claimed)s claimed already; %(wanted)s more cannot come back."),
            goods=goods,
            bought=bought,
            claimed=claimed,
            wanted=wanted,
        )
    )
