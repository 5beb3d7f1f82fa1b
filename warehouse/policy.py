"""Numbers of the warehouse that a manager may change."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from shopops.kit.policy import Setting

UNDO_HOURS = Setting(
    "warehouse.undo_hours",
    24,
    label=_("Undo a shipment within"),
    help=_("A shipment can be taken back for so long, and only until the carrier has collected the parcel."),
    unit=_("hours"),
    least=0,
    most=240,
)
UNCOLLECTED_HOURS = Setting(
    "warehouse.uncollected_hours",
    24,
    label=_("Parcel not collected after"),
    help=_("A shipped parcel the carrier has not collected after so long appears on the list of stalled parcels."),
    unit=_("hours"),
    least=1,
    most=240,
)
LATE_SOON_HOURS = Setting(
    "warehouse.late_soon_hours",
    6,
    label=_("Warn before the time to ship by"),
    help=_("Dispatch notes with less time left are shown in amber and on “my work” (ORD-014)."),
    unit=_("hours"),
    least=1,
    most=72,
)
WAVE_NOTES = Setting(
    "warehouse.wave_notes",
    20,
    label=_("Most dispatch notes in a wave"),
    help=_("What the wave builder suggests; one slot of the picking cart a note."),
    unit=_("notes"),
    least=1,
    most=500,
)
CARTON_G = Setting(
    "warehouse.carton_g",
    120,
    label=_("Weight of the packaging"),
    help=_("Added to the weight of the goods to tell what a parcel should weigh."),
    unit=_("g"),
    least=0,
    most=20_000,
)
WEIGHT_TOLERANCE_PERCENT = Setting(
    "warehouse.weight_tolerance_percent",
    10,
    label=_("Weight may differ by"),
    help=_("A parcel that weighs more or less than expected by this much wants a second look before it leaves."),
    unit=_("%"),
    least=1,
    most=100,
)
LOW_STOCK = Setting(
    "warehouse.low_stock",
    10,
    label=_("Few pieces left below"),
    help=_("SKUs with fewer pieces available appear in the tab “running out” (WH-024)."),
    unit=_("pieces"),
    least=0,
    most=10_000,
)
