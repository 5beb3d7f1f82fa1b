"""Stages of after-sale cases: what the verbs about them share. Nothing here records; call it in a transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import override

from orders.actions.exceptions import clear_exceptions, raise_exceptions
from orders.states import IN_REVIEW, ExceptionKind, OrderState
from service.actions.claims import claim_pieces, claims_pieces, pieces_of, pieces_out, release_pieces
from service.actions.follow_ups import follow_case_up
from service.models import AfterSale
from service.policy.aftersales import (
    CONFIRM_DAYS,
    INSPECT_HOURS,
    PLATFORM_ANSWER_HOURS,
    REFUND_HOURS,
    RETURN_DAYS,
    SEND_HOURS,
)
from service.queries.causes import Cost, cost_of, proposal_of
from service.states import AFTER_SALE_MOVES, AfterSaleKind, AfterSaleState
from shopops.kit.moves import move
from staff.actions.events import record
from staff.models import Employee

_S = AfterSaleState


def moves_of(case: AfterSale) -> Mapping[str, frozenset[str]]:
    """Return the table of moves of a case."""
    return AFTER_SALE_MOVES[case.kind]


def due_after(state: str, at: datetime) -> datetime | None:
    """Return until when the next step has to be done once a case has come into a state."""
    spans = {
        _S.ASKED: timedelta(hours=PLATFORM_ANSWER_HOURS()),
        _S.AGREED: timedelta(days=RETURN_DAYS()),
        _S.ON_THE_WAY: timedelta(days=CONFIRM_DAYS()),
        _S.ARRIVED: timedelta(hours=INSPECT_HOURS()),
        _S.TO_SEND: timedelta(hours=SEND_HOURS()),
        _S.TO_REFUND: timedelta(hours=REFUND_HOURS()),
    }
    span = spans.get(AfterSaleState(state))
    return at + span if span is not None else None


def step(case: AfterSale, to: str, *, at: datetime, **changes: Any) -> str:
    """Move a case on by the table of its kind, with the time its next step has; return the state before.

    A part of the verbs about cases: it records nothing. Call it in a transaction.

    :raises MoveRefused: if the table does not allow it, or somebody was faster.
    """
    return move(case, to, moves=moves_of(case), times_out_at=due_after(to, at), **changes)


def end_case(case: AfterSale, *, at: datetime, **changes: Any) -> None:
    """Move a case to its end with what it cost and what the system takes for its cause.

    A part of the verbs that finish cases. Call it in a transaction.
    """
    move(case, _S.DONE, moves=moves_of(case), done_at=at, times_out_at=None, **changes)
    if not claims_pieces(case.kind, case.state, is_refunded=bool(case.refunded)):
        release_pieces(pieces_of(case.lines.all()))
    propose_cause(case, at=at)
    follow_case_up(case, at=at)


def propose_cause(case: AfterSale, *, at: datetime) -> None:
    """Write down what the order's own events say of the cause, and what the case cost; a person confirms it."""
    if case.cause_confirmed_at is not None:
        return
    with override(settings.LANGUAGE_CODE):  # the words are kept, and read by everybody
        proposal, cost = proposal_of(case, at=at), cost_of(case)
    write_cost(case, cost)
    case.cause, case.culprit = proposal.cause, proposal.culprit
    case.cause_text = proposal.words[:500]
    case.save(update_fields=["cause", "culprit", "cause_text", "goods_cost", "postage_cost", "compensation"])
    record(
        "service.cause_proposed",
        case,
        by=None,
        at=at,
        changes={"cause": ("", case.cause), **({"culprit": ("", case.culprit)} if case.culprit else {})},
        reason=case.cause_text,
    )


def write_cost(case: AfterSale, cost: Cost) -> None:
    """Put what a case cost on it; the caller saves."""
    case.goods_cost, case.postage_cost, case.compensation = cost


def reopen_sent(case: AfterSale, *, at: datetime) -> None:
    """Move a finished case back to where its parcel is still to leave. A part of the news of an undone shipment."""
    step(case, _S.TO_SEND, at=at, done_at=None)
    claim_again(case, sent=True)


def give_up(case: AfterSale, to: str, *, by: Employee | None, at: datetime, **changes: Any) -> str:
    """Move a case to where it claims no pieces any more; return the state before. A part of the verbs.

    A parcel that was stopped for it goes on, unless another case stops it.
    """
    before = move(case, to, moves=moves_of(case), times_out_at=None, done_at=at, **changes)
    if claims_pieces(case.kind, before, is_refunded=False):
        release_pieces(pieces_out(case.lines.all()))
    others = AfterSale.objects.filter(order=case.order_id, kind=AfterSaleKind.REFUND, done_at=None)
    if case.kind == AfterSaleKind.REFUND and not others.exists():
        clear_exceptions([(case.order_id, ExceptionKind.REFUND, case.number)], by=by, at=at)
    return before


def stop_parcel(case: AfterSale, *, by: Employee | None, at: datetime) -> None:
    """Keep goods that are to be refunded from being shipped: block the order, stop its parcel. A part of opening."""
    if case.kind == AfterSaleKind.REFUND and case.order.state in (*IN_REVIEW, OrderState.APPROVED):
        words = f"{case.number} {case.reason}".strip()
        raise_exceptions([(case.order_id, ExceptionKind.REFUND, words, True)], by=by, at=at)


def claim_again(case: AfterSale, *, sent: bool = False) -> None:
    """Claim the pieces of a case anew. A part of the verbs that open it again.

    :param sent: its parcel was on the way to the buyer, so that all of its pieces were free.
    """
    if claims_pieces(case.kind, case.state, is_refunded=False):
        claim_pieces(pieces_of(case.lines.all()) if sent else pieces_out(case.lines.all()))
