"""What can be done with an after-sale case, what comes next first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from service.forms.aftersales import (
    AmountForm,
    AnswerForm,
    ChangeForm,
    HandOnForm,
    NoteForm,
    ReturnWaybillForm,
    VerdictForm,
    WhyForm,
    refund_initial,
)
from service.models import AfterSale
from service.states import AFTER_SALE_MOVES, OPEN_AFTER_SALES, PAID_KINDS, AfterSaleState, ReturnState
from warehouse.views.asking import Offer

S = AfterSaleState
HANDLE = "service.handle_aftersale"


def _in(*states: str) -> Callable[[AfterSale], bool]:
    return lambda case: case.state in states


def _may_become(state: str, *, but: tuple[str, ...] = ()) -> Callable[[AfterSale], bool]:
    """Return whether the table of moves leads a case to a state."""

    def may(case: AfterSale) -> bool:
        return case.state not in but and state in AFTER_SALE_MOVES[case.kind].get(case.state, frozenset())

    return may


def _may_finish(case: AfterSale) -> bool:
    return case.state == S.DISPUTED or (case.state == S.TO_SEND and case.note_id is None)


def _platform_may_have_paid(case: AfterSale) -> bool:
    return case.kind in PAID_KINDS and case.state not in {S.DONE, S.TO_REFUND}


def _has_other_goods(case: AfterSale) -> bool:
    return case.state in OPEN_AFTER_SALES and case.parcels.filter(state=ReturnState.WRONG).exists()


def _waybill(case: AfterSale) -> dict[str, Any]:
    return {"waybill": case.return_waybill, "carrier": case.return_carrier}


def _corrected(case: AfterSale) -> dict[str, Any]:
    return {"amount": case.amount, "times_out_at": case.times_out_at}


AFTER_SALE_OFFERS: tuple[Offer[AfterSale], ...] = (
    Offer(
        "agreement",
        _("Agree"),
        "service:after_sale_agreement",
        HANDLE,
        "check",
        when=_in(S.ASKED),
        form=AnswerForm,
        place="first",
    ),
    Offer(
        "refund",
        _("Confirm the refund"),
        "service:after_sale_refund",
        "service.refund_buyer",
        "wallet",
        when=_in(S.TO_REFUND),
        form=AmountForm,
        initial=refund_initial,
        says=_("Pay on the platform first; here it is kept who confirmed which amount, and when."),
        place="first",
    ),
    Offer(
        "return_waybill",
        _("Return waybill"),
        "service:after_sale_waybill",
        HANDLE,
        "truck",
        when=_in(S.AGREED, S.ON_THE_WAY),
        form=ReturnWaybillForm,
        initial=_waybill,
        place="first",
    ),
    Offer(
        "verdict",
        _("Platform decided"),
        "service:after_sale_verdict",
        HANDLE,
        "gavel",
        when=_in(S.DISPUTED),
        form=VerdictForm,
        place="first",
    ),
    Offer(
        "clearing",
        _("Take the other goods"),
        "service:after_sale_clearing",
        HANDLE,
        "package-check",
        when=_has_other_goods,
        form=WhyForm,
        says=_("The parcel that was put aside is inspected after all, because the mistake was ours or we accept it."),
    ),
    Offer(
        "refusal",
        _("Refuse"),
        "service:after_sale_refusal",
        HANDLE,
        "x",
        when=_may_become(S.REFUSED, but=(S.DISPUTED,)),
        form=WhyForm,
        tone="danger",
    ),
    Offer(
        "reopening",
        _("Review again"),
        "service:after_sale_reopening",
        HANDLE,
        "undo-2",
        when=_in(S.REFUSED, S.WITHDRAWN),
        form=WhyForm,
    ),
    Offer(
        "passing",
        _("Pass on"),
        "service:after_sale_passing",
        HANDLE,
        "arrow-left-right",
        when=lambda case: case.done_at is None,
        form=HandOnForm,
    ),
    Offer(
        "dispute",
        _("Platform steps in"),
        "service:after_sale_dispute",
        HANDLE,
        "gavel",
        when=_may_become(S.DISPUTED),
        form=NoteForm,
        place="more",
    ),
    Offer(
        "withdrawal",
        _("Buyer withdrew"),
        "service:after_sale_withdrawal",
        HANDLE,
        "ban",
        when=lambda case: _may_become(S.WITHDRAWN)(case) and case.note_id is None,
        form=NoteForm,
        says=_("Also when the buyer let the time run out. The pieces can be claimed anew."),
        place="more",
    ),
    Offer(
        "platform_payment",
        _("Platform has paid"),
        "service:after_sale_platform_payment",
        "service.refund_buyer",
        "hand-coins",
        when=_platform_may_have_paid,
        form=AmountForm,
        initial=refund_initial,
        says=_("When the time ran out and the platform refunded by itself; refused and withdrawn cases too."),
        place="more",
    ),
    Offer(
        "correction",
        _("Correct"),
        "service:after_sale_correction",
        HANDLE,
        "pencil",
        when=lambda case: case.done_at is None,
        form=ChangeForm,
        initial=_corrected,
        place="more",
    ),
    Offer(
        "finish",
        _("Ended elsewhere"),
        "service:after_sale_finish",
        HANDLE,
        "flag",
        when=_may_finish,
        form=WhyForm,
        says=_("Goods were handed over otherwise, or the platform has paid by itself."),
        place="more",
    ),
)
