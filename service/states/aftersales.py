"""Words and steps of after-sales: refunds, returns, exchanges, re-sends, repairs."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from shopops.kit.moves import Moves
from shopops.kit.verbs import declare_verbs


class AfterSaleKind(TextChoices):
    """What the buyer wants."""

    REFUND = "refund", _("refund only")
    RETURN = "return", _("return and refund")
    EXCHANGE = "exchange", _("exchange")
    RESEND = "resend", _("send again")
    REPAIR = "repair", _("repair")
    PRICE_MATCH = "price_match", _("price difference")


class AfterSaleState(TextChoices):
    """Where a case is; which of them a kind goes through says `AFTER_SALE_MOVES`."""

    ASKED = "asked", _("to be reviewed")
    AGREED = "agreed", _("waiting for the goods")
    ON_THE_WAY = "on_the_way", _("goods on the way")
    ARRIVED = "arrived", _("to be inspected")
    TO_SEND = "to_send", _("to be sent out")
    TO_REFUND = "to_refund", _("to be refunded")
    DONE = "done", _("done")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")
    DISPUTED = "disputed", _("in dispute on the platform")


_A = AfterSaleState
_ENDS = frozenset({_A.REFUSED, _A.WITHDRAWN, _A.DISPUTED})
_BACK: Moves = {
    _A.AGREED: frozenset({_A.ON_THE_WAY, _A.ARRIVED, _A.WITHDRAWN, _A.DISPUTED}),
    _A.ON_THE_WAY: frozenset({_A.ARRIVED, _A.WITHDRAWN, _A.DISPUTED}),
}
_SENDING: Moves = {
    _A.TO_SEND: frozenset({_A.DONE, _A.TO_REFUND, _A.WITHDRAWN}),
    _A.DONE: frozenset({_A.TO_SEND}),
}
"""A shipment that is taken back opens the case again."""
_AFTER_DISPUTE: Moves = {
    _A.REFUSED: frozenset({_A.ASKED, _A.DISPUTED}),
    _A.WITHDRAWN: frozenset({_A.ASKED, _A.DISPUTED}),
    _A.DISPUTED: frozenset({_A.TO_REFUND, _A.DONE, _A.REFUSED, _A.WITHDRAWN}),
    _A.TO_REFUND: frozenset({_A.DONE, _A.WITHDRAWN, _A.DISPUTED}),
}

AFTER_SALE_MOVES: dict[str, Moves] = {
    AfterSaleKind.REFUND: {_A.ASKED: _ENDS | {_A.TO_REFUND, _A.DONE}, **_AFTER_DISPUTE},
    AfterSaleKind.PRICE_MATCH: {_A.ASKED: _ENDS | {_A.TO_REFUND, _A.DONE}, **_AFTER_DISPUTE},
    AfterSaleKind.RETURN: {
        _A.ASKED: _ENDS | {_A.AGREED, _A.DONE},
        **{state: following | {_A.DONE} for state, following in _BACK.items()},
        _A.ARRIVED: frozenset({_A.ON_THE_WAY, _A.TO_REFUND, _A.REFUSED, _A.DISPUTED, _A.DONE}),
        **_AFTER_DISPUTE,
    },
    AfterSaleKind.EXCHANGE: {
        _A.ASKED: _ENDS | {_A.AGREED},
        **_BACK,
        _A.ARRIVED: frozenset({_A.ON_THE_WAY, _A.TO_SEND, _A.TO_REFUND, _A.REFUSED, _A.DISPUTED}),
        **_SENDING,
        **_AFTER_DISPUTE,
    },
    AfterSaleKind.REPAIR: {
        _A.ASKED: _ENDS | {_A.AGREED},
        **_BACK,
        _A.ARRIVED: frozenset({_A.ON_THE_WAY, _A.TO_SEND, _A.TO_REFUND, _A.REFUSED, _A.DISPUTED}),
        **_SENDING,
        **_AFTER_DISPUTE,
    },
    AfterSaleKind.RESEND: {_A.ASKED: _ENDS | {_A.TO_SEND}, **_SENDING, **_AFTER_DISPUTE},
}
"""The table of moves of each kind. Where money is asked for, the platform may pay by itself at any time."""

AFTER_AGREEMENT = {
    AfterSaleKind.REFUND: _A.TO_REFUND,
    AfterSaleKind.PRICE_MATCH: _A.TO_REFUND,
    AfterSaleKind.RETURN: _A.AGREED,
    AfterSaleKind.EXCHANGE: _A.AGREED,
    AfterSaleKind.REPAIR: _A.AGREED,
    AfterSaleKind.RESEND: _A.TO_SEND,
}
"""What comes next once we have agreed."""
AFTER_INSPECTION = {
    AfterSaleKind.RETURN: _A.TO_REFUND,
    AfterSaleKind.EXCHANGE: _A.TO_SEND,
    AfterSaleKind.REPAIR: _A.TO_SEND,
}
"""What comes next once all the goods are back; the kinds whose goods come back at all."""
SENT_KINDS = (AfterSaleKind.EXCHANGE, AfterSaleKind.RESEND, AfterSaleKind.REPAIR)
"""Kinds that end with a parcel of ours: the pieces are with the buyer again and may be claimed anew."""
PAID_KINDS = (AfterSaleKind.REFUND, AfterSaleKind.RETURN, AfterSaleKind.PRICE_MATCH)
"""Kinds in which the buyer asks for money."""
GIVEN_UP = (_A.REFUSED, _A.WITHDRAWN)
"""States in which a case claims no pieces."""

OPEN_AFTER_SALES = (_A.ASKED, _A.AGREED, _A.ON_THE_WAY, _A.ARRIVED, _A.TO_SEND, _A.TO_REFUND, _A.DISPUTED)


class ReturnState(TextChoices):
    """Where a parcel that came back is."""

    OWNERLESS = "ownerless", _("nobody's yet")
    MATCHED = "matched", _("matched")
    WRONG = "wrong", _("other goods in it")
    SETTLED = "settled", _("inspected")


RETURN_MOVES: Moves = {
    ReturnState.OWNERLESS: frozenset({ReturnState.MATCHED, ReturnState.SETTLED}),
    ReturnState.MATCHED: frozenset({ReturnState.SETTLED, ReturnState.WRONG, ReturnState.OWNERLESS}),
    ReturnState.WRONG: frozenset({ReturnState.MATCHED, ReturnState.SETTLED, ReturnState.OWNERLESS}),
}


class Cause(TextChoices):
    """Why there was an after-sale case or a complaint."""

    GOODS = "goods", _("quality of the goods")
    LISTING = "listing", _("description on the page")
    REVIEW = "review", _("review of the order")
    PICKING = "picking", _("picking")
    PACKING = "packing", _("packing and check")
    SHIPPING = "shipping", _("late dispatch")
    CARRIER = "carrier", _("carrier")
    PROMISE = "promise", _("promise or attitude of service")
    BUYER = "buyer", _("the buyer's own reasons")
    PLATFORM = "platform", _("platform")
    OTHER = "other", _("other")


declare_verbs(
    {
        "service.after_sale_opened": _("opened the after-sale case"),
        "service.after_sale_changed": _("changed the after-sale case"),
        "service.after_sale_passed": _("passed the after-sale case on"),
        "service.return_on_the_way": _("noted the buyer's waybill"),
        "service.return_arrived": _("took the returned parcel in"),
        "service.return_matched": _("matched the returned parcel"),
        "service.return_unmatched": _("put the parcel back among the ownerless"),
        "service.platform_refund_imported": _("took over what the platform says of the refund"),
        "service.dispute_settled": _("noted how the platform decided"),
        "service.return_closed": _("closed the ownerless parcel"),
        "service.set_taken_apart": _("counts the bundle by its parts"),
        "service.return_cleared": _("had the parcel inspected after all"),
        "service.cause_proposed": _("proposed the cause"),
    }
)
declare_verbs(
    {
        "service.after_sale_agreed": _("agreed"),
        "service.return_inspected": _("inspected the returned goods"),
        "service.replacement_sent": _("had goods sent out again"),
        "service.refunded": _("refunded"),
        "service.platform_paid": _("noted that the platform has paid"),
        "service.after_sale_done": _("finished the after-sale case"),
        "service.cause_confirmed": _("confirmed the cause"),
    },
    tone="good",
)
declare_verbs(
    {
        "service.after_sale_refused": _("refused"),
        "service.after_sale_withdrawn": _("noted that the buyer withdrew"),
        "service.after_sale_disputed": _("noted the dispute on the platform"),
        "service.after_sale_reopened": _("opened the case again"),
        "service.wrong_goods_came": _("found other goods in the parcel"),
    },
    tone="warn",
)
