"""Warehouses, bins, carriers and their numbers in the admin site."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from staff.admin.recorded import RecordedAdmin
from warehouse.models import Bin, Carrier, Warehouse, WaybillRange


class RangeInline(admin.TabularInline):  # type: ignore[type-arg]  # generic only for the type checker
    """The numbers a carrier gave us."""

    model = WaybillRange
    extra = 0


class CarrierAdmin(RecordedAdmin[Carrier]):
    """Carriers, with their ranges of waybill numbers."""

    list_display = ("name", "code", "is_active", "stalled_hours", "numbers_left", "phone")
    list_filter = ("is_active",)
    search_fields = ("name", "code")
    inlines = (RangeInline,)

    @admin.display(description=_("numbers left"))
    def numbers_left(self, carrier: Carrier) -> int:
        """Return how many waybill numbers its ranges still hold."""
        return sum(one.last_number - one.next_number + 1 for one in carrier.waybill_ranges.all())


class WarehouseAdmin(RecordedAdmin[Warehouse]):
    """Buildings that ship."""

    list_display = ("name", "code", "sender_name", "sender_phone")
    search_fields = ("name", "code")


class BinAdmin(RecordedAdmin[Bin]):
    """Places, in the order pickers walk them."""

    list_display = ("code", "warehouse", "pick_order")
    list_editable = ("pick_order",)
    list_filter = ("warehouse",)
    list_select_related = ("warehouse",)
    search_fields = ("code",)


admin.site.register(Carrier, CarrierAdmin)
admin.site.register(Warehouse, WarehouseAdmin)
admin.site.register(Bin, BinAdmin)
