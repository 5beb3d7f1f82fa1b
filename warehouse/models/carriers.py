"""Carriers, their waybill numbers, and what they say of our parcels."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from staff.models import Employee
from warehouse.states import ParcelState


class Carrier(models.Model):
    """A company that carries parcels (ORD-032)."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=40, unique=True)
    number_pattern = models.CharField(_("pattern of its numbers"), max_length=300, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    stalled_hours = models.PositiveSmallIntegerField(
        _("hours without news until a parcel counts as stalled"), default=48
    )

    class Meta:
        verbose_name = _("carrier")
        verbose_name_plural = _("carriers")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class WaybillRange(models.Model):
    """Numbers a carrier gave us to use up in order."""

    carrier = models.ForeignKey(
        Carrier, on_delete=models.PROTECT, related_name="waybill_ranges", verbose_name=_("carrier")
    )
    prefix = models.CharField(_("prefix"), max_length=10, blank=True)
    next_number = models.BigIntegerField(_("next number"))
    last_number = models.BigIntegerField(_("last number"))
    digits = models.PositiveSmallIntegerField(_("digits"))

    class Meta:
        verbose_name = _("range of waybill numbers")
        verbose_name_plural = _("ranges of waybill numbers")
        ordering = ("carrier", "pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(next_number__lte=models.F("last_number") + 1), name="waybill_range_not_overrun"
            ),
        )

    def __str__(self) -> str:
        return f"{self.carrier} {self.prefix}{self.next_number}…{self.last_number}"


class Parcel(models.Model):
    """A parcel on its way, known by carrier and waybill number."""

    note = models.OneToOneField(
        "warehouse.DispatchNote", on_delete=models.PROTECT, related_name="parcel", verbose_name=_("dispatch note")
    )
    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, verbose_name=_("carrier"))
    waybill = models.CharField(_("waybill"), max_length=40)
    state = models.CharField(_("state"), max_length=20, choices=ParcelState, default=ParcelState.HANDED_OVER)
    shipped_at = models.DateTimeField(_("shipped at"))
    collected_at = models.DateTimeField(_("collected at"), null=True, blank=True)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    last_news_at = models.DateTimeField(_("last news at"))
    last_news = models.CharField(_("last news"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        permissions = (("import_trace", gettext_noop("Import traces of parcels")),)
        ordering = ("-shipped_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("carrier", "waybill"), name="parcel_waybill"),
            models.CheckConstraint(condition=models.Q(state__in=ParcelState.values), name="parcel_state_known"),
        )
        indexes = (
            models.Index(fields=("state", "-shipped_at", "-id"), name="parcel_state"),
            models.Index(fields=("-shipped_at", "-id"), name="parcel_shipped"),
            models.Index(
                fields=("last_news_at",),
                name="parcel_on_its_way",
                condition=~models.Q(state__in=("signed", "returned")),
            ),
            models.Index(fields=("waybill",), name="parcel_by_waybill"),
        )

    def __str__(self) -> str:
        return self.waybill


class TraceNode(models.Model):
    """One line of a carrier's trace."""

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="trace")
    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("kind"), max_length=20, choices=ParcelState, blank=True)
    """What it says of the parcel; empty where it says nothing of where it is."""
    text = models.CharField(_("text"), max_length=300)
    imported_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("trace node")
        verbose_name_plural = _("trace nodes")
        ordering = ("-at", "-pk")
        constraints = (models.UniqueConstraint(fields=("parcel", "at", "text"), name="trace_node_once"),)

    def __str__(self) -> str:
        return self.text
