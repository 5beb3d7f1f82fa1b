"""Words and steps of orders."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _

from shopops.kit.moves import Moves
from shopops.kit.verbs import declare_verbs


class OrderState(TextChoices):
    """Where an order is in the shop's own flow (ORD-001…ORD-008)."""

    UNPAID = "unpaid", _("unpaid")
    REVIEW = "review", _("to review")
    HELD = "held", _("on hold")
    FINANCE = "finance", _("with finance")
    APPROVED = "approved", _("with the warehouse")
    SHIPPED = "shipped", _("shipped")
    SIGNED = "signed", _("signed")
    COMPLETED = "completed", _("completed")
    CLOSED = "closed", _("closed")
    MERGED = "merged", _("merged into another")


ORDER_MOVES: Moves = {
    OrderState.UNPAID: frozenset({OrderState.REVIEW, OrderState.SHIPPED, OrderState.COMPLETED, OrderState.CLOSED}),
    OrderState.REVIEW: frozenset(
        {
            OrderState.APPROVED,
            OrderState.HELD,
            OrderState.FINANCE,
            OrderState.MERGED,
            OrderState.SHIPPED,
            OrderState.COMPLETED,
            OrderState.CLOSED,
        }
    ),
    OrderState.HELD: frozenset({OrderState.REVIEW, OrderState.SHIPPED, OrderState.COMPLETED, OrderState.CLOSED}),
    OrderState.FINANCE: frozenset({OrderState.REVIEW, OrderState.SHIPPED, OrderState.COMPLETED, OrderState.CLOSED}),
    OrderState.APPROVED: frozenset(
        {OrderState.SHIPPED, OrderState.COMPLETED, OrderState.REVIEW, OrderState.MERGED, OrderState.CLOSED}
    ),
    OrderState.SHIPPED: frozenset({OrderState.SIGNED, OrderState.COMPLETED, OrderState.CLOSED, OrderState.APPROVED}),
    OrderState.SIGNED: frozenset({OrderState.COMPLETED, OrderState.CLOSED}),
    OrderState.COMPLETED: frozenset({OrderState.CLOSED}),
    OrderState.MERGED: frozenset(
        {OrderState.REVIEW, OrderState.APPROVED, OrderState.SHIPPED, OrderState.COMPLETED, OrderState.CLOSED}
    ),
}

IN_REVIEW = (OrderState.REVIEW, OrderState.HELD, OrderState.FINANCE)
"""States of paid orders nobody has released yet."""
UNREVIEWED = (OrderState.UNPAID, *IN_REVIEW)
"""States in which the platform's changes are simply taken over, unless the order was split (`parts` above 1)."""


class PlatformStatus(TextChoices):
    """The platform's word for an order or a line, whatever the punctuation of the file."""

    UNPAID = "unpaid", _("awaiting payment")
    PAID = "paid", _("paid, to ship")
    PART_SHIPPED = "part_shipped", _("partly shipped")
    SHIPPED = "shipped", _("shipped, to confirm")
    SUCCESS = "success", _("successful")
    CLOSED = "closed", _("closed")
    UNKNOWN = "unknown", _("unknown")


class ExceptionKind(TextChoices):
    """Why an order needs somebody (ORD-018). Blocking ones keep it from being approved."""

    UNMATCHED = "unmatched", _("goods not matched")
    SHORT = "short", _("out of stock")
    INCOMPLETE = "incomplete", _("lines missing")
    ADDRESS = "address", _("address incomplete")
    PRICE = "price", _("odd price")
    REFUND = "refund", _("refund asked")
    ADDRESS_CHANGED = "address_changed", _("address changed")
    GOODS_CHANGED = "goods_changed", _("goods changed")
    AMOUNT_CHANGED = "amount_changed", _("amount changed")
    MEMO_CHANGED = "memo_changed", _("memo changed")
    CANCELLED = "cancelled", _("closed on the platform")
    SHIPPED_ELSEWHERE = "shipped_elsewhere", _("shipped elsewhere")
    MALICIOUS = "malicious", _("suspected malicious order")
    LOGISTICS = "logistics", _("logistics problem")
    RULE = "rule", _("marked by a rule")
    OTHER = "other", _("other")


class FlagColour(IntegerChoices):
    """The platform's coloured flags."""

    GREY = 0, _("grey")
    RED = 1, _("red")
    YELLOW = 2, _("yellow")
    GREEN = 3, _("green")
    BLUE = 4, _("blue")
    PURPLE = 5, _("purple")


SCREENED = (
    ExceptionKind.UNMATCHED,
    ExceptionKind.SHORT,
    ExceptionKind.INCOMPLETE,
    ExceptionKind.ADDRESS,
    ExceptionKind.PRICE,
)
"""Kinds the screening raises, and clears by itself once they no longer hold."""


class ChaseResult(TextChoices):
    """What a buyer answered who was asked to pay (ORD-020)."""

    WILL_PAY = "will_pay", _("will pay")
    NO_ANSWER = "no_answer", _("no answer")
    PRICE = "price", _("price too high")
    CHANGED_MIND = "changed_mind", _("changed their mind")
    OTHER = "other", _("other")


class LineKind(TextChoices):
    """What a line is."""

    SALE = "sale", _("sold")
    GIFT = "gift", _("gift")


class ImportState(TextChoices):
    """Where an import is."""

    WAITING = "waiting", _("waiting")
    READING = "reading", _("reading")
    DONE = "done", _("imported")
    REHEARSED = "rehearsed", _("rehearsed")
    REFUSED = "refused", _("refused")


IMPORT_MOVES: Moves = {
    ImportState.WAITING: frozenset({ImportState.READING, ImportState.REFUSED}),
    ImportState.READING: frozenset({ImportState.DONE, ImportState.REHEARSED, ImportState.REFUSED}),
}


declare_verbs(
    {
        "orders.approved": _("approved the order"),
        "orders.released": _("released the order from hold"),
        "orders.finance_confirmed": _("confirmed for finance"),
        "orders.exception_cleared": _("cleared an exception"),
        "orders.signed": _("noted that the parcel was signed for"),
        "orders.shipped": _("noted that the parcel was shipped"),
    },
    tone="good",
)
declare_verbs(
    {
        "orders.held": _("put the order on hold"),
        "orders.exception_raised": _("raised an exception"),
        "orders.finance_asked": _("asked finance"),
        "orders.recalled": _("called the order back from the warehouse"),
        "orders.returned": _("got the order back from the warehouse"),
        "orders.shipment_undone": _("noted that the shipment was taken back"),
        "orders.personal_data_revealed": _("looked at personal data in full"),
    },
    tone="warn",
)
declare_verbs(
    {
        "orders.imported": _("imported files"),
        "orders.shop_first_seen": _("found a shop in a file"),
        "orders.changed_on_platform": _("took over changes of the platform"),
        "orders.platform_values_taken": _("took over what the platform says"),
    }
)
declare_verbs({"orders.change_held_back": _("held back a change of the platform")}, tone="warn")
declare_verbs({"orders.closed": _("closed the order"), "orders.finance_denied": _("denied for finance")}, tone="danger")
declare_verbs(
    {
        "orders.merged": _("merged the order into another"),
        "orders.unmerged": _("took the order out of a merger"),
        "orders.split": _("split the order"),
        "orders.unsplit": _("took a split back"),
        "orders.flagged": _("set the flag"),
        "orders.tagged": _("set the tags"),
        "orders.remarked": _("wrote a remark"),
        "orders.carrier_set": _("set the carrier"),
        "orders.address_changed": _("changed the address"),
        "orders.goods_matched": _("matched goods"),
        "orders.alias_remembered": _("remembered what the platform calls a SKU"),
        "orders.gift_given": _("added a gift"),
        "orders.price_changed": _("changed the price"),
        "orders.chase_claimed": _("took the chase of the payment"),
        "orders.buyer_contacted": _("asked the buyer to pay"),
        "orders.rule_changed": _("changed a review rule"),
    }
)
declare_verbs({"orders.slip_made": _("made out the payment slip")})
declare_verbs({"orders.slip_handed_in": _("handed the money in")}, tone="good")
declare_verbs({"orders.slip_lost": _("noted that the slip is missing")}, tone="danger")
