"""Pieces of an order line that are claimed back: never more than were bought, whoever asks at the same moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

from orders.models import OrderLine
from service.models import AfterSaleLine, ReturnClaim
from service.states import GIVEN_UP, SENT_KINDS, AfterSaleKind, AfterSaleState
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence


def claims_pieces(kind: str, state: str, *, is_refunded: bool) -> bool:
    """Say whether a case of that kind in that state holds its pieces.

    Refused and withdrawn ones do not; nor does what ended with a parcel of ours, for the pieces are with the buyer
    again; a price difference never does.
    """
    if kind == AfterSaleKind.PRICE_MATCH or state in GIVEN_UP:
        return False
    return not (state == AfterSaleState.DONE and kind in SENT_KINDS and not is_refunded)


def claim_pieces(pieces: Mapping[int, int]) -> None:
    """Claim pieces (order line id → pieces) for a case. Call it in a transaction.

    :raises Refused: if that would be more than were bought and are not claimed yet.
    """
    if not pieces:
        return
    lines = OrderLine.objects.in_bulk(pieces)
    ReturnClaim.objects.bulk_create(
        [ReturnClaim(order_line_id=key, bought=lines[key].here) for key in sorted(lines)], ignore_conflicts=True
    )
    for claim in _locked(pieces):
        line = lines[claim.order_line_id]
        claim.bought = max(line.here, claim.claimed)
        wanted = claim.claimed + pieces[claim.order_line_id]
        if wanted > claim.bought:
            raise Refused(
                sentence(
                    _("%(goods)s: %(bought)s bought, %(claimed)s claimed already; %(wanted)s more cannot come back."),
                    goods=(line.title or line.code)[:40],
                    bought=line.here,
                    claimed=claim.claimed,
                    wanted=pieces[claim.order_line_id],
                )
            )
        claim.claimed = wanted
        claim.save(update_fields=["bought", "claimed"])


def release_pieces(pieces: Mapping[int, int]) -> None:
    """Give claimed pieces (order line id → pieces) free again. Call it in a transaction."""
    for claim in _locked(pieces):
        claim.claimed = max(claim.claimed - pieces[claim.order_line_id], 0)
        claim.save(update_fields=["claimed"])


def pieces_of(lines: Iterable[AfterSaleLine]) -> dict[int, int]:
    """Return order line id → pieces of the lines of a case."""
    return {line.order_line_id: line.quantity for line in lines}


def pieces_out(lines: Iterable[AfterSaleLine]) -> dict[int, int]:
    """Return order line id → pieces that have not come back: what a case gives free when it is given up."""
    found = {line.order_line_id: line.quantity - line.good - line.defective for line in lines}
    return {key: pieces for key, pieces in found.items() if pieces}


def _locked(pieces: Mapping[int, int]) -> list[ReturnClaim]:
    return list(ReturnClaim.objects.select_for_update().filter(pk__in=pieces).order_by("pk"))
