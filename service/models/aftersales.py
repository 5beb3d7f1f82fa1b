"""After-sales: what a buyer wants back, what came back, what it cost and who caused it."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from catalog.models import Sku
from orders.models import Order, OrderLine
from orders.models.orders import money
from service.models.buyers import Buyer
from service.models.imports import FileImport
from service.states import OPEN_AFTER_SALES, AfterSaleKind, AfterSaleState, Cause, ReturnState
from staff.models import Employee, Shop
from warehouse.models import DispatchNote


class AfterSale(models.Model):
    """A case of refund, return, exchange, re-send, repair or price difference (CS-018, CS-028, CAT-082).

    `times_out_at` is when the platform decides by itself; the list is sorted by it. A finished case says what caused
    it, which step of the order, who did that step, and what it cost; a person confirms what the system proposed.
    """

    number = models.CharField(_("number"), max_length=20, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+", verbose_name=_("shop"))
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="after_sales", verbose_name=_("order"))
    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT, related_name="cases", verbose_name=_("buyer"))
    kind = models.CharField(_("kind"), max_length=12, choices=AfterSaleKind)
    state = models.CharField(_("state"), max_length=10, choices=AfterSaleState, default=AfterSaleState.ASKED)
    reason = models.CharField(_("buyer's reason"), max_length=300, blank=True)
    holder = models.ForeignKey(
        Employee,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("held by", "with"),
    )
    asked_at = models.DateTimeField(_("asked at"))
    answer_by = models.DateTimeField(_("answer by"), null=True, blank=True)
    times_out_at = models.DateTimeField(_("platform decides at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    amount = money(_("asked, yuan"))
    refunded = money(_("refunded, yuan"))
    refunded_at = models.DateTimeField(_("refunded at"), null=True, blank=True)
    refunded_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    platform_number = models.CharField(_("refund number"), max_length=40, blank=True)
    platform_status = models.CharField(_("platform's status"), max_length=40, blank=True)
    platform_told_at = models.DateTimeField(_("platform's status of"), null=True, blank=True)
    """When the platform's refund list last told of this case."""
    return_carrier = models.CharField(_("carrier"), max_length=40, blank=True)
    return_waybill = models.CharField(_("return waybill"), max_length=40, blank=True)
    note = models.ForeignKey(
        DispatchNote, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sent with")
    )
    """The dispatch note of what was sent again, exchanged or repaired."""
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    cause = models.CharField(_("cause"), max_length=10, choices=Cause, blank=True)
    culprit = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("whose step")
    )
    cause_text = models.CharField(_("how it came"), max_length=500, blank=True)
    cause_confirmed_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cause_confirmed_at = models.DateTimeField(_("cause confirmed at"), null=True, blank=True)
    goods_cost = money(_("goods lost, yuan"))
    postage_cost = money(_("postage, yuan"))
    compensation = money(_("compensation, yuan"))
    batch = models.ForeignKey(FileImport, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("after-sale case")
        verbose_name_plural = _("after-sale cases")
        ordering = ("-asked_at", "-pk")
        permissions = (
            ("handle_aftersale", gettext_noop("Open and answer after-sale cases")),
            ("receive_return", gettext_noop("Take returned parcels in and inspect them")),
            ("refund_buyer", gettext_noop("Confirm that a refund was paid")),
            ("confirm_cause", gettext_noop("Confirm the cause of an after-sale case")),
            ("export_aftersales", gettext_noop("Export after-sale cases")),
        )
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=AfterSaleState.values), name="after_sale_state_known"),
            models.CheckConstraint(condition=models.Q(kind__in=AfterSaleKind.values), name="after_sale_kind_known"),
            models.CheckConstraint(
                condition=models.Q(amount__gte=0, refunded__gte=0), name="after_sale_amounts_not_below_zero"
            ),
            models.UniqueConstraint(
                fields=("platform_number",), condition=~models.Q(platform_number=""), name="after_sale_platform_once"
            ),
        )
        indexes = (
            models.Index(
                models.F("times_out_at").asc(nulls_last=True),
                models.F("id").asc(),
                name="after_sale_open",
                condition=models.Q(state__in=[state.value for state in OPEN_AFTER_SALES]),
            ),
            models.Index(fields=("state", "-asked_at", "-id"), name="after_sale_state"),
            models.Index(fields=("answer_by",), name="after_sale_answer_by"),
            models.Index(fields=("return_waybill",), name="after_sale_waybill", condition=~models.Q(return_waybill="")),
            models.Index(fields=("-asked_at", "-id"), name="after_sale_asked"),
        )

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Return the page of the case."""
        return reverse("service:after_sale", args=[self.number])


class AfterSaleLine(models.Model):
    """Pieces of one line of the order in a case; what came back good, and what came back defective."""

    case = models.ForeignKey(AfterSale, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="after_sales", db_index=False)
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    quantity = models.PositiveIntegerField(_("pieces"))
    good = models.PositiveIntegerField(_("back in good order"), default=0)
    defective = models.PositiveIntegerField(_("back defective"), default=0)
    instead = models.ForeignKey(
        Sku, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("exchanged for")
    )
    is_part = models.BooleanField(_("part of a bundle"), default=False)
    """The order line is a bundle, and only this component of it is asked about; counted in its own pieces."""

    class Meta:
        verbose_name = _("line of an after-sale case")
        verbose_name_plural = _("lines of after-sale cases")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("case", "order_line", "sku"), name="after_sale_line_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="after_sale_line_some"),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=models.F("good") + models.F("defective")),
                name="after_sale_line_not_more_than_asked",
            ),
        )
        indexes = (models.Index(fields=("order_line",), name="after_sale_line_order_line"),)

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku or self.order_line}"


class ReturnClaim(models.Model):
    """How many pieces of an order line are claimed back over all cases; never more than were bought."""

    order_line = models.OneToOneField(OrderLine, on_delete=models.CASCADE, primary_key=True, related_name="claim")
    bought = models.PositiveIntegerField()
    claimed = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("pieces claimed back")
        verbose_name_plural = _("pieces claimed back")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(claimed__lte=models.F("bought")), name="claimed_not_more_than_bought"
            ),
        )

    def __str__(self) -> str:
        return f"{self.claimed}/{self.bought}"


class PartClaim(models.Model):
    """How many pieces of a bundle's component are claimed back, in whole bundles and by themselves.

    `each` is how many pieces one bundle held when the first of them was claimed.
    """

    order_line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="part_claims")
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+")
    each = models.PositiveSmallIntegerField()
    bought = models.PositiveIntegerField()
    claimed = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("component claimed back")
        verbose_name_plural = _("components claimed back")
        constraints = (
            models.UniqueConstraint(fields=("order_line", "sku"), name="part_claim_once"),
            models.CheckConstraint(
                condition=models.Q(claimed__lte=models.F("bought")), name="part_claimed_not_more_than_bought"
            ),
        )

    def __str__(self) -> str:
        return f"{self.sku} {self.claimed}/{self.bought}"


class ReturnParcel(models.Model):
    """A parcel that came back: matched to a case, or in the pool of those nobody owns yet."""

    waybill = models.CharField(_("waybill"), max_length=40)
    carrier = models.CharField(_("carrier"), max_length=40, blank=True)
    case = models.ForeignKey(
        AfterSale, on_delete=models.PROTECT, null=True, blank=True, related_name="parcels", verbose_name=_("case")
    )
    state = models.CharField(_("state"), max_length=10, choices=ReturnState, default=ReturnState.OWNERLESS)
    content = models.CharField(_("what is in it"), max_length=300, blank=True)
    photo = models.FileField(_("photo"), upload_to="returns/%Y/%m/", max_length=200, blank=True)
    found = models.CharField(_("what was found"), max_length=300, blank=True)
    """The inspection's remark: what is wrong with the goods, or which other goods came."""
    received_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("taken in by"))
    received_at = models.DateTimeField(_("taken in at"))
    settled_at = models.DateTimeField(_("inspected at"), null=True, blank=True)

    class Meta:
        verbose_name = _("returned parcel")
        verbose_name_plural = _("returned parcels")
        ordering = ("-received_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=ReturnState.values), name="return_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state=ReturnState.MATCHED) | models.Q(case__isnull=False),
                name="return_matched_to_a_case",
            ),
            models.UniqueConstraint(fields=("waybill",), name="return_waybill_once"),
        )
        indexes = (models.Index(fields=("state", "-received_at"), name="return_state"),)

    def __str__(self) -> str:
        return self.waybill

    def get_absolute_url(self) -> str:
        """Return the page of the parcel."""
        return reverse("service:return_parcel", args=[self.pk])
