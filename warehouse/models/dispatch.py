"""Dispatch: notes, waves, the pack check, prints."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from catalog.models import Sku
from staff.models import Employee, Shop
from warehouse.models.carriers import Carrier
from warehouse.models.stock import Warehouse
from warehouse.states import NoteState, PrintKind, ScanResult, WaveKind, WaveState


class Wave(models.Model):
    """Notes picked in one walk."""

    number = models.CharField(_("wave"), max_length=20, unique=True)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, verbose_name=_("warehouse"))
    kind = models.CharField(_("kind"), max_length=10, choices=WaveKind, default=WaveKind.MIXED)
    carrier = models.ForeignKey(
        Carrier, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("carrier"), related_name="+"
    )
    state = models.CharField(_("state"), max_length=10, choices=WaveState, default=WaveState.OPEN)
    made_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made at"))
    picker = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="waves", verbose_name=_("picker")
    )
    picked_at = models.DateTimeField(_("picked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("wave")
        verbose_name_plural = _("waves")
        permissions = (
            ("make_wave", gettext_noop("Make and cancel waves")),
            ("pick_wave", gettext_noop("Pick waves, drop dispatch notes out of them")),
        )
        ordering = ("-made_at", "-pk")
        constraints = (models.CheckConstraint(condition=models.Q(state__in=WaveState.values), name="wave_state_known"),)
        indexes = (models.Index(fields=("state", "-made_at", "-id"), name="wave_state"),)

    def __str__(self) -> str:
        return self.number


class DispatchNote(models.Model):
    """An instruction to ship (发货单): what, to whom, by which carrier. Knows no order, only its number."""

    number = models.CharField(_("dispatch note"), max_length=20, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, verbose_name=_("shop"))
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, verbose_name=_("warehouse"))
    order_numbers = models.CharField(_("orders"), max_length=500)
    state = models.CharField(_("state"), max_length=10, choices=NoteState, default=NoteState.WAITING)
    receiver_name = models.CharField(_("receiver"), max_length=60)
    receiver_phone = models.CharField(_("phone"), max_length=40, blank=True)
    province = models.CharField(_("province"), max_length=30, blank=True)
    city = models.CharField(_("city"), max_length=40, blank=True)
    district = models.CharField(_("district"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    buyer_message = models.CharField(_("buyer's message"), max_length=500, blank=True)
    seller_memo = models.CharField(_("seller's memo"), max_length=500, blank=True)
    changes = models.CharField(_("changed since"), max_length=300, blank=True)
    """What was changed after the buyer placed the order; shown to the packer (ORD-031)."""
    pieces = models.PositiveIntegerField(_("pieces"), default=0)
    kind = models.CharField(_("kind"), max_length=10, choices=WaveKind, default=WaveKind.MIXED)
    only_sku = models.ForeignKey(Sku, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    """The SKU of a note that holds one SKU only; such notes can be picked together."""
    summary = models.CharField(_("goods"), max_length=300, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"))
    confirmed_by = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("confirmed by")
    )
    ship_by = models.DateTimeField(_("ship by"), null=True, blank=True)
    """When it turns amber: 24 h after confirmation (ORD-014), or earlier when the platform was promised so."""
    promised_at = models.DateTimeField(_("promised to the platform"), null=True, blank=True)
    """The platform's own deadline of the order, where the file gives one; a stricter one wins over ORD-015."""
    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("carrier"))
    waybill = models.CharField(_("waybill"), max_length=40, blank=True)
    stopped_reason = models.CharField(_("stopped because"), max_length=200, blank=True)
    stopped_at = models.DateTimeField(_("stopped at"), null=True, blank=True)
    wave = models.ForeignKey(
        Wave, on_delete=models.PROTECT, null=True, blank=True, related_name="notes", verbose_name=_("wave")
    )
    slot = models.PositiveSmallIntegerField(_("slot"), null=True, blank=True)
    pack_block = models.CharField(_("pack check blocked by"), max_length=100, blank=True)
    """The code that must be taken out of the parcel before the pack check goes on."""
    weight_g = models.PositiveIntegerField(_("weight, g"), null=True, blank=True)
    labels_printed = models.PositiveSmallIntegerField(_("labels printed"), default=0)
    picked_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    picked_at = models.DateTimeField(_("picked at"), null=True, blank=True)
    packed_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    packed_at = models.DateTimeField(_("packed at"), null=True, blank=True)
    shipped_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    shipped_at = models.DateTimeField(_("shipped at"), null=True, blank=True)

    class Meta:
        verbose_name = _("dispatch note")
        verbose_name_plural = _("dispatch notes")
        permissions = (
            ("pack_note", gettext_noop("Pack and check parcels")),
            ("force_pack", gettext_noop("Pass parcels by force, help at the packing table")),
            ("ship_note", gettext_noop("Choose carriers and waybills, ship parcels")),
            ("undo_shipment", gettext_noop("Take shipments back")),
            ("stop_note", gettext_noop("Stop, resume and cancel dispatch notes")),
            ("print_note", gettext_noop("Print dispatch notes and pick lists")),
            ("print_label", gettext_noop("Print labels")),
            ("export_dispatch", gettext_noop("Export lists of the warehouse")),
        )
        ordering = ("-confirmed_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=NoteState.values), name="note_state_known"),
            models.CheckConstraint(
                condition=models.Q(stopped_at=None, stopped_reason="")
                | models.Q(stopped_at__isnull=False) & ~models.Q(stopped_reason=""),
                name="note_stopped_with_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=NoteState.SHIPPED) | models.Q(shipped_at__isnull=False),
                name="note_shipped_with_time",
            ),
            models.UniqueConstraint(
                fields=("carrier", "waybill"),
                condition=~models.Q(waybill="") & ~models.Q(state=NoteState.CANCELLED),
                name="note_waybill_once",
            ),
        )
        indexes = (
            models.Index(fields=("state", "ship_by", "id"), name="note_state_ship_by"),
            models.Index(fields=("state", "-confirmed_at", "-id"), name="note_state_confirmed"),
            models.Index(fields=("waybill",), name="note_waybill", condition=~models.Q(waybill="")),
            models.Index(
                models.F("shipped_at").desc(nulls_last=True),
                models.F("id").desc(),
                name="note_shipped",
                condition=models.Q(shipped_at__isnull=False),
            ),
            models.Index(fields=("confirmed_at",), name="note_confirmed"),
            models.Index(fields=("picked_at",), name="note_picked", condition=models.Q(picked_at__isnull=False)),
            models.Index(fields=("packed_at",), name="note_packed", condition=models.Q(packed_at__isnull=False)),
            models.Index(fields=("order_numbers",), name="note_orders"),
            models.Index(fields=("ship_by", "id"), name="note_stopped", condition=models.Q(stopped_at__isnull=False)),
        )

    def __str__(self) -> str:
        return self.number


class DispatchLine(models.Model):
    """Pieces of one SKU in a dispatch note."""

    note = models.ForeignKey(DispatchNote, on_delete=models.CASCADE, related_name="lines")
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+", verbose_name=_("SKU"))
    title = models.CharField(_("title"), max_length=200, blank=True)
    quantity = models.PositiveIntegerField(_("pieces"))
    scanned = models.PositiveIntegerField(_("scanned"), default=0)
    is_gift = models.BooleanField(_("gift"), default=False)

    class Meta:
        verbose_name = _("line of a dispatch note")
        verbose_name_plural = _("lines of dispatch notes")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="dispatch_line_some"),
            models.CheckConstraint(condition=models.Q(scanned__lte=models.F("quantity")), name="dispatch_line_scanned"),
        )

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku}"


class Scan(models.Model):
    """One scan of the pack check; its id comes from the browser, so that a replay counts once.

    :ivar note: the note that was open at the station, if any.
    :ivar sequence: counts the scans of a station, in the order they were made.
    """

    uuid = models.UUIDField(unique=True)
    note = models.ForeignKey(DispatchNote, on_delete=models.CASCADE, null=True, blank=True, related_name="scans")
    station = models.UUIDField(_("station"))
    sequence = models.PositiveIntegerField(_("number at the station"))
    code = models.CharField(_("code"), max_length=100)
    result = models.CharField(_("result"), max_length=10, choices=ScanResult)
    by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("scan")
        verbose_name_plural = _("scans")
        ordering = ("pk",)
        indexes = (models.Index(fields=("by", "-id"), name="scan_by"),)

    def __str__(self) -> str:
        return self.code


class PrintRun(models.Model):
    """One printing of labels, notes or pick lists."""

    kind = models.CharField(_("kind"), max_length=10, choices=PrintKind)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, null=True, blank=True, related_name="prints")
    reason = models.CharField(_("reason for printing again"), max_length=200, blank=True)
    job_run = models.BigIntegerField(null=True, blank=True, unique=True, editable=False)
    """The number of the job that printed, so that a job run again after a crash logs nothing twice."""
    by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("print run")
        verbose_name_plural = _("print runs")
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"


class PrintedNote(models.Model):
    """That a note was on a page of a print run."""

    run = models.ForeignKey(PrintRun, on_delete=models.CASCADE, related_name="pages")
    note = models.ForeignKey(DispatchNote, on_delete=models.CASCADE, related_name="prints")
    page = models.PositiveSmallIntegerField(_("page"))
    copy = models.PositiveSmallIntegerField(_("copy"), default=1)

    class Meta:
        verbose_name = _("printed note")
        verbose_name_plural = _("printed notes")
        ordering = ("run", "page")
        constraints = (models.UniqueConstraint(fields=("run", "note"), name="printed_once_a_run"),)

    def __str__(self) -> str:
        return f"{self.note} · {self.copy}"
