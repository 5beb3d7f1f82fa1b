"""Stock: balances, the ledger they are the sum of, and who has reserved what."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from catalog.models import Sku
from staff.models import Employee
from warehouse.states import MoveKind


class Warehouse(models.Model):
    """A building that ships."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=60)
    sender_name = models.CharField(_("sender"), max_length=60, blank=True)
    sender_phone = models.CharField(_("sender's phone"), max_length=30, blank=True)
    sender_address = models.CharField(_("sender's address"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name


class Bin(models.Model):
    """A place in a warehouse; pickers walk bins in their order."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="bins", verbose_name=_("warehouse"))
    code = models.CharField(_("bin"), max_length=20)
    pick_order = models.PositiveIntegerField(_("walking order"), default=0)

    class Meta:
        verbose_name = _("bin")
        verbose_name_plural = _("bins")
        ordering = ("warehouse", "pick_order", "code")
        constraints = (models.UniqueConstraint(fields=("warehouse", "code"), name="bin_code"),)

    def __str__(self) -> str:
        return self.code


class StockBalance(models.Model):
    """How many pieces of a SKU a warehouse has, and how many of them are promised.

    `on_hand` is the sum of its moves and `reserved` the sum of its reservations, kept in the same transaction and
    proved nightly. Rows are locked in the order of their primary key.
    """

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, verbose_name=_("warehouse"))
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="balances", verbose_name=_("SKU"))
    bin = models.ForeignKey(Bin, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("bin"))
    on_hand = models.IntegerField(_("on hand"), default=0)
    reserved = models.IntegerField(_("reserved"), default=0)

    class Meta:
        verbose_name = _("stock balance")
        verbose_name_plural = _("stock balances")
        permissions = (("adjust_stock", gettext_noop("Receive and correct stock, choose bins")),)
        ordering = ("sku__code",)
        constraints = (
            models.UniqueConstraint(fields=("sku", "warehouse"), name="balance_once"),
            models.CheckConstraint(condition=models.Q(on_hand__gte=0), name="balance_not_below_zero"),
            models.CheckConstraint(condition=models.Q(reserved__gte=0), name="reserved_not_below_zero"),
            models.CheckConstraint(condition=models.Q(reserved__lte=models.F("on_hand")), name="reserved_on_hand"),
        )

    def __str__(self) -> str:
        return f"{self.sku} @ {self.warehouse}"

    @property
    def available(self) -> int:
        """Return the pieces nobody has reserved."""
        return self.on_hand - self.reserved


class StockMove(models.Model):
    """Pieces that came (+) or went (−). Never changed, never deleted."""

    balance = models.ForeignKey(StockBalance, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(_("kind"), max_length=12, choices=MoveKind)
    quantity = models.IntegerField(_("pieces"))
    on_hand_after = models.IntegerField(_("on hand after"))
    reference = models.CharField(_("document"), max_length=60, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, verbose_name=_("by"), related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("stock move")
        verbose_name_plural = _("stock moves")
        ordering = ("-at", "-pk")
        constraints = (
            models.CheckConstraint(condition=~models.Q(quantity=0), name="stock_move_some"),
            models.CheckConstraint(condition=models.Q(kind__in=MoveKind.values), name="stock_move_kind"),
        )
        indexes = (
            models.Index(fields=("balance", "at"), name="stock_move_balance"),
            models.Index(fields=("-at", "-id"), name="stock_move_at"),
        )

    def __str__(self) -> str:
        return f"{self.quantity:+} {self.balance}"


class Reservation(models.Model):
    """Pieces of a balance that belong to a line of a dispatch note until it ships or is cancelled."""

    balance = models.ForeignKey(StockBalance, on_delete=models.PROTECT, related_name="reservations")
    line = models.OneToOneField("warehouse.DispatchLine", on_delete=models.CASCADE, related_name="reservation")
    quantity = models.PositiveIntegerField(_("pieces"))

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        constraints = (models.CheckConstraint(condition=models.Q(quantity__gt=0), name="reservation_some"),)

    def __str__(self) -> str:
        return f"{self.quantity} × {self.balance}"
