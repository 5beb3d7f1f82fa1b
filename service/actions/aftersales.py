"""After-sale cases: opened, answered, passed on, given up, decided by the platform, finished (CS-018, CS-028)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.models import Sku
from orders.models import Order, OrderLine
from orders.states import OrderState
from service.actions.buyers import ensure_buyers
from service.actions.claims import Claimed, Claims, claim_pieces, claims_pieces
from service.actions.stages import claim_again, due_after, end_case, give_up, moves_of, step, stop_parcel
from service.models import AfterSale, AfterSaleLine, FileImport
from service.policy.aftersales import ANSWER_HOURS
from service.queries.refunds import paid_for, payer_of, price_match_until
from service.states import (
    AFTER_AGREEMENT,
    GIVEN_UP,
    SENT_KINDS,
    AfterSaleKind,
    AfterSaleState,
    ReturnState,
)
from shopops.kit.clock import SHANGHAI, shop_day
from shopops.kit.moves import MoveRefused, move
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record
from staff.models import Employee
from warehouse.actions.balances import next_ids

_S = AfterSaleState
NO_GOODS_YET = (OrderState.UNPAID,)


@transaction.atomic
def open_after_sale(
    order: Order,
    kind: str,
    *,
    lines: Mapping[int, int],
    parts: Mapping[tuple[int, int], int] | None = None,
    amount: Decimal = Decimal(0),
    reason: str = "",
    instead: Mapping[int, Sku] | None = None,
    holder: Employee | None = None,
    asked_at: datetime | None = None,
    times_out_at: datetime | None = None,
    platform_number: str = "",
    platform_status: str = "",
    batch: FileImport | None = None,
    by: Employee | None,
    at: datetime,
) -> AfterSale:
    """Open a case about an order.

    :param lines: order line id → pieces it is about; may be empty where only money is asked for.
    :param parts: (order line id, SKU id of a component of that bundle) → pieces, where not the whole bundle is meant.
    :param amount: asked for, in yuan.
    :param instead: order line id → SKU to be sent in its place.
    :param asked_at: when the buyer asked; now if not given.
    :param times_out_at: when the platform decides by itself, where its file says so.
    :raises Refused: if more is asked for than was bought, paid, or may still be asked for (CAT-082).
    """
    asked = asked_at or at
    wanted = {Claimed(key): pieces for key, pieces in lines.items() if pieces}
    wanted |= {Claimed(*key): pieces for key, pieces in (parts or {}).items() if pieces}
    bought = _lines_of(order, {one.line for one in wanted})
    _check_wish(order, kind, wanted, amount, reason, asked=asked)
    if platform_number and AfterSale.objects.filter(platform_number=platform_number).exists():
        raise Refused(sentence(_("There is a case with refund number %(number)s already."), number=platform_number))
    buyers = ensure_buyers([order.buyer_nick or order.number], at=at)
    [key] = next_ids(AfterSale, 1)
    case = AfterSale(
        pk=key,
        number=f"SH{shop_day(at):%y%m%d}{key:06}",
        shop_id=order.shop_id,
        order=order,
        buyer=next(iter(buyers.values())),
        kind=kind,
        reason=reason.strip()[:300],
        holder=holder,
        asked_at=asked,
        answer_by=asked + timedelta(hours=ANSWER_HOURS()),
        times_out_at=times_out_at or due_after(_S.ASKED, asked),
        amount=amount,
        platform_number=platform_number,
        platform_status=platform_status[:40],
        batch=batch,
    )
    case.save(force_insert=True)
    other = instead or {}
    AfterSaleLine.objects.bulk_create(
        [
            AfterSaleLine(
                case=case,
                order_line=bought[line],
                sku_id=part or bought[line].sku_id,
                is_part=part is not None,
                quantity=pieces,
                instead=other.get(line) if kind in SENT_KINDS and part is None else None,
            )
            for (line, part), pieces in sorted(wanted.items(), key=lambda one: (one[0].line, one[0].part or 0))
        ]
    )
    if claims_pieces(kind, case.state, is_refunded=False):
        claim_pieces(wanted)
    stop_parcel(case, by=by, at=at)
    changes = {"kind": ("", kind), "order": ("", order), **({"amount": (0, amount)} if amount else {})}
    record("service.after_sale_opened", case, by=by, at=at, changes=changes, reason=case.reason)
    return case


@transaction.atomic
def agree_after_sale(case: AfterSale, *, answer: str = "", by: Employee | None, at: datetime) -> None:
    """Agree to what the buyer asks for; what comes next depends on the kind.

    Goods that lie here already (the buyer was quicker than we) go straight to the inspection.

    :raises MoveRefused: if it has been answered already.
    """
    to = AFTER_AGREEMENT[AfterSaleKind(case.kind)]
    _answer(case, to, answer, by=by, at=at)
    record("service.after_sale_agreed", case, by=by, at=at, changes={"state": (_S.ASKED, to)}, reason=answer)
    if to == _S.AGREED and case.parcels.filter(state=ReturnState.MATCHED).exists():
        step(case, _S.ARRIVED, at=at)


@transaction.atomic
def refuse_after_sale(case: AfterSale, *, reason: str, by: Employee | None, at: datetime) -> None:
    """Refuse what the buyer asks for, with a reason; its pieces may be claimed again.

    :raises Refused: if there is no reason.
    :raises MoveRefused: if the case has gone on.
    """
    _want_reason(reason)
    before = give_up(case, _S.REFUSED, answer=reason.strip()[:300], answered_at=at, answered_by=by, by=by, at=at)
    record("service.after_sale_refused", case, by=by, at=at, changes={"state": (before, _S.REFUSED)}, reason=reason)


@transaction.atomic
def withdraw_after_sale(case: AfterSale, *, reason: str = "", by: Employee | None, at: datetime) -> None:
    """Note that the buyer withdrew, or let the time to send the goods run out.

    :raises Refused: if goods for it are on their way out.
    :raises MoveRefused: if it cannot be withdrawn any more.
    """
    if case.note_id is not None:
        raise Refused(sentence(_("%(note)s is to be sent for this case; have it cancelled first."), note=case.note))
    before = give_up(case, _S.WITHDRAWN, by=by, at=at)
    record("service.after_sale_withdrawn", case, by=by, at=at, changes={"state": (before, _S.WITHDRAWN)}, reason=reason)


@transaction.atomic
def reopen_after_sale(case: AfterSale, *, reason: str, by: Employee | None, at: datetime) -> None:
    """Review a refused or withdrawn case once more; its pieces are claimed again.

    :raises Refused: if there is no reason, or the pieces are in another case meanwhile.
    """
    _want_reason(reason)
    answer_by = at + timedelta(hours=ANSWER_HOURS())
    before = step(case, _S.ASKED, at=at, done_at=None, answer_by=answer_by, answered_at=None, answered_by=None)
    claim_again(case)
    stop_parcel(case, by=by, at=at)
    record("service.after_sale_reopened", case, by=by, at=at, changes={"state": (before, _S.ASKED)}, reason=reason)


@transaction.atomic
def dispute_after_sale(case: AfterSale, *, reason: str = "", by: Employee | None, at: datetime) -> None:
    """Note that the platform's service was asked to decide; no timer of the case runs until it has."""
    before = move(case, _S.DISPUTED, moves=moves_of(case), times_out_at=None, done_at=None)
    if before in GIVEN_UP:
        claim_again(case)
        stop_parcel(case, by=by, at=at)
    record("service.after_sale_disputed", case, by=by, at=at, changes={"state": (before, _S.DISPUTED)}, reason=reason)


@transaction.atomic
def settle_dispute(case: AfterSale, *, for_buyer: bool, reason: str, by: Employee | None, at: datetime) -> None:
    """Note how the platform decided: for the buyer, then the money is to be refunded; or for us."""
    before = step(case, _S.TO_REFUND, at=at) if for_buyer else give_up(case, _S.REFUSED, by=by, at=at)
    record("service.dispute_settled", case, by=by, at=at, changes={"state": (before, case.state)}, reason=reason)


@transaction.atomic
def finish_after_sale(case: AfterSale, *, reason: str, by: Employee | None, at: datetime) -> None:
    """Finish a case that ended elsewhere: goods handed over otherwise, or the platform paid by itself.

    :raises Refused: if there is no reason, or a parcel of ours is still to leave.
    """
    _want_reason(reason)
    if case.note_id is not None and case.state == _S.TO_SEND:
        raise Refused(_("A parcel for this case is being made ready; it is finished when that leaves."))
    if case.state == _S.TO_REFUND:
        raise Refused(_("The money is still to be refunded; finance confirms that."))
    before = case.state
    end_case(case, at=at)
    record("service.after_sale_done", case, by=by, at=at, changes={"state": (before, _S.DONE)}, reason=reason)


@transaction.atomic
def pass_after_sale(case: AfterSale, to: Employee, *, note: str = "", by: Employee | None, at: datetime) -> None:
    """Pass a case on to somebody else.

    :raises Refused: if it has ended, or is with them already.
    """
    found = AfterSale.objects.select_for_update(no_key=True, of=("self",)).select_related("holder").get(pk=case.pk)
    if found.done_at is not None:
        raise Refused(sentence(_("%(case)s has ended."), case=case.number))
    if found.holder_id == to.pk:
        raise Refused(sentence(_("%(case)s is with %(person)s already."), case=case.number, person=to))
    before, case.holder = found.holder, to
    case.save(update_fields=["holder"])
    record("service.after_sale_passed", case, by=by, at=at, changes={"holder": (before, to)}, reason=note)


@transaction.atomic
def change_after_sale(
    case: AfterSale,
    *,
    amount: Decimal | None = None,
    times_out_at: datetime | None = None,
    reason: str = "",
    by: Employee | None,
    at: datetime,
) -> None:
    """Correct what is asked for, or when the platform decides.

    :raises Refused: if it has ended, or more is asked for than was paid.
    """
    found = AfterSale.objects.select_for_update(no_key=True).get(pk=case.pk)
    if found.done_at is not None:
        raise Refused(sentence(_("%(case)s has ended."), case=case.number))
    changes: dict[str, tuple[Any, Any]] = {}
    if amount is not None and amount != found.amount:
        _check_amount(case.order, case.kind, amount)
        changes["amount"] = (found.amount, amount)
        case.amount = amount
    if times_out_at is not None and times_out_at != found.times_out_at:
        changes["times_out_at"] = (found.times_out_at, times_out_at)
        case.times_out_at = times_out_at
    if not changes:
        return
    case.save(update_fields=list(changes))
    record("service.after_sale_changed", case, by=by, at=at, changes=changes, reason=reason)


def _lines_of(order: Order, wanted: set[int]) -> dict[int, OrderLine]:
    found = {line.pk: line for line in OrderLine.objects.filter(order=order, pk__in=wanted)}
    if missing := wanted - set(found):
        raise Refused(sentence(_("%(order)s has no such line (%(line)s)."), order=order, line=min(missing)))
    return found


def _check_wish(order: Order, kind: str, wanted: Claims, amount: Decimal, reason: str, *, asked: datetime) -> None:
    if order.state in NO_GOODS_YET or (order.paid_at is None and payer_of(order).paid_at is None):
        raise Refused(sentence(_("%(order)s was never paid; there is nothing to give back."), order=order))
    if any(pieces < 0 for pieces in wanted.values()):
        raise Refused(_("The number of pieces has to be above zero."))
    if kind not in {AfterSaleKind.REFUND, AfterSaleKind.PRICE_MATCH} and not wanted:
        raise Refused(_("Say which goods it is about."))
    if kind in {AfterSaleKind.REFUND, AfterSaleKind.PRICE_MATCH} and amount <= 0:
        raise Refused(_("Say how much is to be refunded."))
    _check_amount(order, kind, amount)
    if kind == AfterSaleKind.PRICE_MATCH:
        _check_price_match(order, reason, asked=asked)


def _check_amount(order: Order, kind: str, amount: Decimal) -> None:
    if amount < 0:
        raise Refused(_("An amount is not below zero."))
    if amount and kind in SENT_KINDS:
        raise Refused(_("No money is asked for where goods are sent out again."))
    paid = paid_for(payer_of(order))
    if amount > paid:
        raise Refused(sentence(_("¥%(amount)s is more than the ¥%(paid)s that were paid."), amount=amount, paid=paid))


def _check_price_match(order: Order, reason: str, *, asked: datetime) -> None:
    """Refuse a price difference that is asked for too early or too late, or without the other offer (CAT-082)."""
    if not reason.strip():
        raise Refused(_("Give the link and the price of the comparable offer."))
    until = price_match_until(order, on=shop_day(asked))
    if until is None:
        raise Refused(sentence(_("%(order)s has not been signed for; the days begin with the receipt."), order=order))
    if asked > until:
        raise Refused(
            sentence(_("A price difference could be asked for until %(until)s (CAT-082)."), until=_moment(until))
        )


def _moment(value: datetime) -> str:
    return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _answer(case: AfterSale, to: str, answer: str, *, by: Employee | None, at: datetime) -> None:
    if case.state != _S.ASKED:
        raise MoveRefused(
            sentence(_("%(case)s is “%(state)s” already."), case=case.number, state=case.get_state_display())
        )
    step(case, to, at=at, answered_at=at, answered_by=by, answer=answer.strip()[:300])


def _want_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(_("Say why."))
