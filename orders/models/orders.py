"""Orders as the platform has them, with what the shop adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from catalog.models import Sku
from orders.models.imports import ImportBatch
from orders.states import (
    IN_REVIEW,
    UNREVIEWED,
    ChaseResult,
    ExceptionKind,
    FlagColour,
    LineKind,
    OrderState,
    PlatformStatus,
)
from staff.models import Employee, Shop
from warehouse.models import Carrier, DispatchNote

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def money(label: str | _StrPromise, *, null: bool = False) -> models.DecimalField:  # type: ignore[type-arg]
    """Return a column for an amount in yuan."""
    return models.DecimalField(
        label, max_digits=14, decimal_places=2, null=null, blank=null, default=None if null else 0
    )


PILING_UP = (OrderState.SHIPPED, OrderState.SIGNED, OrderState.COMPLETED, OrderState.CLOSED)
"""States that most orders end in or stay in for days."""


class Order(models.Model):
    """A platform order, or a part split off one.

    Known by (shop, number, part): part 1 is the platform's order and carries its money; higher parts were split off
    and hold lines only. An order merged into another waits as MERGED until that one is approved, then goes the way
    of its dispatch note with it. `digest` is of what the platform's file said last, so that an unchanged row is not
    rewritten.
    """

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, db_index=False, verbose_name=_("shop"))
    number = models.CharField(_("order number"), max_length=40)
    part = models.PositiveSmallIntegerField(_("part"), default=1)
    parts = models.PositiveSmallIntegerField(_("parts"), default=1)
    """How many parts the platform's order is in; kept on part 1. What was split is never rewritten by an import."""
    state = models.CharField(_("state"), max_length=10, choices=OrderState)
    platform_status = models.CharField(_("platform's status"), max_length=12, choices=PlatformStatus)

    buyer_nick = models.CharField(_("buyer"), max_length=100, blank=True)
    buyer_account = models.CharField(_("buyer's account"), max_length=100, blank=True)
    receiver_name = models.CharField(_("receiver"), max_length=60, blank=True)
    receiver_phone = models.CharField(_("phone"), max_length=40, blank=True)
    phone_tail = models.CharField(max_length=4, blank=True)
    province = models.CharField(_("province"), max_length=30, blank=True)
    city = models.CharField(_("city"), max_length=40, blank=True)
    district = models.CharField(_("district"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)

    goods_amount = money(_("goods, yuan"))
    postage = money(_("postage, yuan"))
    total = money(_("total, yuan"))
    paid = money(_("paid, yuan"))
    refund = money(_("refunded, yuan"))
    pieces = models.PositiveIntegerField(_("pieces"), default=0)
    kinds = models.PositiveSmallIntegerField(_("lines"), default=0)
    summary = models.CharField(_("goods"), max_length=300, blank=True)

    placed_at = models.DateTimeField(_("placed at"))
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    ship_by = models.DateTimeField(_("ship by"), null=True, blank=True)
    """When it turns amber: 24 h after confirmation (ORD-014), or earlier when the platform was promised so."""
    promised_at = models.DateTimeField(_("promised to the platform"), null=True, blank=True)
    """The platform's own deadline (应发货时间 of the file), kept apart because a stricter one wins (ORD-015)."""
    confirmed_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        Employee,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("approved by"),
    )
    shipped_at = models.DateTimeField(_("shipped at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    buyer_message = models.CharField(_("buyer's message"), max_length=500, blank=True)
    seller_memo = models.CharField(_("seller's memo"), max_length=1000, blank=True)
    remark = models.TextField(_("internal remark"), blank=True)
    """Lines with moment and name, appended and never rewritten."""
    flag = models.PositiveSmallIntegerField(_("flag"), choices=FlagColour, default=FlagColour.GREY)
    tags = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name=_("tags"))
    troubles = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name=_("exceptions"))
    """Kinds of the open exceptions, kept with them in the same transaction, for lists and tabs."""
    is_blocked = models.BooleanField(_("blocked"), default=False)
    is_short = models.BooleanField(_("out of stock"), default=False)

    held_until = models.DateTimeField(_("on hold until"), null=True, blank=True)
    hold_reason = models.CharField(_("on hold because"), max_length=200, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", db_index=False
    )
    carrier = models.ForeignKey(
        Carrier, on_delete=models.PROTECT, null=True, blank=True, db_index=False, verbose_name=_("carrier")
    )
    carrier_name = models.CharField(_("carrier on the platform"), max_length=40, blank=True)
    waybill = models.CharField(_("waybill"), max_length=40, blank=True)
    note = models.ForeignKey(
        DispatchNote,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        db_index=False,
        verbose_name=_("dispatch note"),
    )

    digest = models.UUIDField(null=True, blank=True, editable=False)
    """MD5 of the row of the order list; NULL while only the detail file has spoken."""
    platform_values = models.JSONField(_("the platform says"), null=True, blank=True, editable=False)
    """{column: value} where the platform's word differs from ours on purpose: changes held back because the order was
    released already, and values somebody here has corrected. An import compares with these first; NULL if none."""
    extra = models.JSONField(_("other columns of the file"), default=dict, blank=True)
    first_batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    last_batch = models.ForeignKey(
        ImportBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    """The last import that changed the order; NULL while it is as the first one made it."""

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ("-placed_at", "-pk")
        permissions = (
            ("review_order", gettext_noop("Approve orders")),
            ("hold_order", gettext_noop("Hold and release orders")),
            ("mark_order", gettext_noop("Set flags, tags, remarks and carriers of orders")),
            ("merge_order", gettext_noop("Merge and unmerge orders")),
            ("split_order", gettext_noop("Split and unsplit orders")),
            ("edit_address", gettext_noop("Change addresses of orders")),
            ("close_order", gettext_noop("Close orders and call them back from the warehouse")),
            ("chase_payment", gettext_noop("Chase unpaid orders")),
            ("change_price", gettext_noop("Change prices of unpaid orders within the limit")),
            ("change_any_price", gettext_noop("Change prices of unpaid orders beyond the limit")),
            ("reveal_personal_data", gettext_noop("See names, phones and addresses in full")),
            ("export_orders", gettext_noop("Export orders")),
        )
        constraints = (
            models.UniqueConstraint(fields=("number", "shop", "part"), name="order_number"),
            models.CheckConstraint(condition=models.Q(state__in=OrderState.values), name="order_state_known"),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=False) & ~models.Q(state__in=UNREVIEWED)
                | ~models.Q(state=OrderState.MERGED) & models.Q(merged_into=None),
                name="order_merged_into_one",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_at=None) | ~models.Q(state__in=(OrderState.UNPAID,)),
                name="order_confirmed_is_paid",
            ),
        )
        indexes = (
            # One index for the few open orders, and one for each state that fills up: asked for one of these, the
            # planner would take the index by time alone and walk over all the newer orders in other states.
            models.Index(
                fields=("state", "-placed_at", "-id"),
                name="order_open_placed",
                condition=models.Q(state__in=[state.value for state in OrderState if state not in PILING_UP]),
            ),
            *(
                models.Index(fields=("-placed_at", "-id"), name=f"order_{state}", condition=models.Q(state=state.value))
                for state in PILING_UP
            ),
            models.Index(fields=("-placed_at", "-id"), name="order_placed"),
            models.Index(fields=("paid_at",), name="order_paid"),
            models.Index(fields=("buyer_nick",), name="order_buyer"),
            models.Index(fields=("phone_tail",), name="order_phone_tail"),
            models.Index(fields=("receiver_name",), name="order_receiver", condition=~models.Q(receiver_name="")),
            models.Index(fields=("waybill",), name="order_waybill", condition=~models.Q(waybill="")),
            models.Index(
                fields=("ship_by", "id"),
                include=("is_blocked", "is_short"),
                name="order_review_queue",
                condition=models.Q(state=OrderState.REVIEW),
            ),
            models.Index(
                fields=("-placed_at", "-id"),
                name="order_short",
                condition=models.Q(is_short=True, state__in=IN_REVIEW),
            ),
            models.Index(fields=("-placed_at", "-id"), name="order_troubled", condition=~models.Q(troubles=[])),
            # Sparse columns: a search in them walks only the rows that have something there.
            models.Index(
                fields=("-placed_at", "-id"), name="order_with_message", condition=~models.Q(buyer_message="")
            ),
            models.Index(fields=("-placed_at", "-id"), name="order_with_memo", condition=~models.Q(seller_memo="")),
            models.Index(fields=("-placed_at", "-id"), name="order_tagged", condition=~models.Q(tags=[])),
            models.Index(fields=("paid", "id"), name="order_amount"),
            models.Index(fields=("ship_by", "id"), name="order_due"),
            models.Index(fields=("held_until",), name="order_held", condition=models.Q(state=OrderState.HELD)),
            models.Index(fields=("note",), name="order_note", condition=models.Q(note__isnull=False)),
            models.Index(fields=("merged_into",), name="order_merged", condition=models.Q(merged_into__isnull=False)),
            models.Index(
                fields=("confirmed_at",), name="order_confirmed", condition=models.Q(confirmed_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return self.number if self.part == 1 else f"{self.number}-{self.part}"


class OrderLine(models.Model):
    """Pieces of one thing in an order.

    `key` tells lines of an order apart over imports: the platform's line number, or what was bought and which time
    it occurs where old files carry none. `list_price` is before promotions; `paid` is the share of what was paid.
    `quantity` is what was bought; `away` of it were split off to another part, so `quantity - away` ships from here.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines", db_index=False)
    key = models.CharField(max_length=300)
    kind = models.CharField(_("kind"), max_length=4, choices=LineKind, default=LineKind.SALE)
    platform_item = models.CharField(_("item on the platform"), max_length=40, blank=True)
    code = models.CharField(_("platform's code"), max_length=200, blank=True)
    title = models.CharField(_("title"), max_length=300, blank=True)
    attributes = models.CharField(_("attributes"), max_length=300, blank=True)
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    quantity = models.PositiveIntegerField(_("pieces"))
    away = models.PositiveIntegerField(_("split off, pieces"), default=0)
    gift_rule = models.ForeignKey(
        "orders.ReviewRule",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="gifts",
        db_index=False,
        verbose_name=_("given by rule"),
    )
    list_price = money(_("list price, yuan"))
    paid = money(_("paid share, yuan"))
    is_paid_given = models.BooleanField(default=False, editable=False)
    """The platform's file gave the share; otherwise it is worked out from what was paid for the order."""
    status = models.CharField(_("platform's status"), max_length=12, choices=PlatformStatus)
    refund_status = models.CharField(_("refund"), max_length=40, blank=True)
    refund = money(_("refunded, yuan"))
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    digest = models.UUIDField(null=True, blank=True, editable=False)
    extra = models.JSONField(_("other columns of the file"), default=dict, blank=True)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ("pk",)
        permissions = (("match_goods", gettext_noop("Match goods of orders with SKUs")),)
        constraints = (
            models.UniqueConstraint(fields=("order", "key"), name="order_line_key"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="order_line_some"),
            models.CheckConstraint(condition=models.Q(away__lte=models.F("quantity")), name="order_line_away"),
        )
        indexes = (
            models.Index(fields=("sku",), name="order_line_sku"),
            models.Index(
                fields=("gift_rule",), name="order_line_gift_rule", condition=models.Q(gift_rule__isnull=False)
            ),
            models.Index(fields=("code",), name="order_line_unmatched", condition=models.Q(sku=None)),
        )

    def __str__(self) -> str:
        return f"{self.quantity} × {self.code or self.title}"

    @property
    def here(self) -> int:
        """Return the pieces that ship with this part of the order."""
        return self.quantity - self.away

    @property
    def known_as(self) -> str:
        """Return what the platform calls the thing: its code, or title and attributes where there is none."""
        return self.code or f"{self.title} {self.attributes}".strip()[:200]


class OrderException(models.Model):
    """Something about an order that wants a person (ORD-018)."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="exceptions")
    kind = models.CharField(_("kind"), max_length=20, choices=ExceptionKind)
    reason = models.CharField(_("reason"), max_length=500)
    is_blocking = models.BooleanField(_("blocks approval"), default=True)
    raised_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    raised_at = models.DateTimeField(_("raised at"))
    cleared_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cleared_at = models.DateTimeField(_("cleared at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("exception")
        verbose_name_plural = _("exceptions")
        ordering = ("-raised_at", "-pk")
        permissions = (("handle_exceptions", gettext_noop("Raise and clear exceptions of orders")),)
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=ExceptionKind.values), name="exception_kind_known"),
            models.UniqueConstraint(
                fields=("order", "kind"), condition=models.Q(cleared_at=None), name="exception_open_once"
            ),
        )
        indexes = (models.Index(fields=("-raised_at", "-id"), name="exception_raised"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.order}"


class Payment(models.Model):
    """A payment outside the platform that finance confirms before the order goes on (ORD-029)."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="payments")
    amount = money(_("amount, yuan"))
    question = models.CharField(_("asked"), max_length=300)
    asked_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    is_confirmed = models.BooleanField(_("confirmed"), null=True, blank=True)
    answered_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("payment to confirm")
        verbose_name_plural = _("payments to confirm")
        ordering = ("-asked_at", "-pk")
        permissions = (("confirm_payment", gettext_noop("Answer for finance whether a payment is right")),)
        constraints = (
            models.UniqueConstraint(
                fields=("order",), condition=models.Q(answered_at=None), name="payment_asked_once_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"{self.order} · {self.amount}"


class Chase(models.Model):
    """Somebody urging the buyer of an unpaid order to pay, and what came of it (ORD-020)."""

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="chase")
    claimed_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("taken by"))
    claimed_at = models.DateTimeField(_("taken at"))
    result = models.CharField(_("result"), max_length=12, choices=ChaseResult, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    script = models.CharField(_("script"), max_length=20, blank=True)
    contacted_at = models.DateTimeField(_("contacted at"), null=True, blank=True)
    times = models.PositiveSmallIntegerField(_("times contacted"), default=0)

    class Meta:
        verbose_name = _("chase of a payment")
        verbose_name_plural = _("chases of payments")
        ordering = ("-claimed_at", "-pk")
        indexes = (models.Index(fields=("contacted_at",), name="chase_contacted"),)

    def __str__(self) -> str:
        return f"{self.order} · {self.claimed_by}"


class PriceNorm(models.Model):
    """What a piece of a SKU usually sells for, measured over recent orders; odd prices are told by it."""

    sku = models.OneToOneField(Sku, on_delete=models.CASCADE, primary_key=True, related_name="+")
    median = money(_("median price, yuan"))
    lines = models.PositiveIntegerField(_("lines measured"))
    measured_at = models.DateTimeField(_("measured at"))

    class Meta:
        verbose_name = _("usual price")
        verbose_name_plural = _("usual prices")

    def __str__(self) -> str:
        return f"{self.sku}: {self.median}"


class DeskSeat(models.Model):
    """Which order somebody has open on the review desk, so that two people do not read the same one."""

    employee = models.OneToOneField(Employee, on_delete=models.CASCADE, primary_key=True, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="seats")
    since = models.DateTimeField()

    class Meta:
        verbose_name = _("seat at the review desk")
        verbose_name_plural = _("seats at the review desk")

    def __str__(self) -> str:
        return f"{self.employee} · {self.order}"
