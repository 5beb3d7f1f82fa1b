"""Filters of the warehouse's lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from shopops.kit.lists import (
    AnyOfFilter,
    DaysFilter,
    ListFilters,
    NumbersFilter,
    RangeFilter,
    WordsFilter,
    YesNoFilter,
)
from staff.models import Shop
from warehouse.models import Carrier
from warehouse.states import MoveKind, NoteState, ParcelState, PrintKind, WaveKind


def shop_choices() -> Iterable[tuple[Any, str]]:
    """Return the shops as choices."""
    return Shop.objects.values_list("pk", "name")


def carrier_choices() -> Iterable[tuple[Any, str]]:
    """Return the carriers in use as choices."""
    return Carrier.objects.filter(is_active=True).values_list("pk", "name")


class NoteFilters(ListFilters):
    """Filters of the list of dispatch notes."""

    number = NumbersFilter(field_name="number", label=_("Dispatch notes"), first=True)
    orders = NumbersFilter(field_name="order_numbers", label=_("Order numbers"), first=True)
    waybill = NumbersFilter(field_name="waybill", label=_("Waybills"))
    carrier = AnyOfFilter(field_name="carrier_id", choices=carrier_choices, label=_("Carrier"), first=True)
    ship_by = DaysFilter(field_name="ship_by", label=_("Ship by"), first=True)
    kind = AnyOfFilter(field_name="kind", choices=WaveKind.choices, label=_("Kind"))
    state = AnyOfFilter(field_name="state", choices=NoteState.choices, label=_("State"))
    shop = AnyOfFilter(field_name="shop_id", choices=shop_choices, label=_("Shop"))
    confirmed = DaysFilter(field_name="confirmed_at", label=_("Confirmed at"))
    shipped = DaysFilter(field_name="shipped_at", label=_("Shipped at"))
    wave = NumbersFilter(field_name="wave__number", label=_("Waves"))
    goods = WordsFilter(field_name="summary", label=_("Goods"))
    receiver = WordsFilter(field_name="receiver_name", label=_("Receiver"), lookup_expr="startswith")
    province = WordsFilter(field_name="province", label=_("Province"), lookup_expr="startswith")
    pieces = RangeFilter(field_name="pieces", label=_("Pieces"))
    carried = YesNoFilter(
        field_name="carrier__isnull", label=_("Without carrier"), yes=_("no carrier yet"), no=_("carrier chosen")
    )
    printed = RangeFilter(field_name="labels_printed", label=_("Labels printed"))


class WaveFilters(ListFilters):
    """Filters of the list of waves."""

    number = NumbersFilter(field_name="number", label=_("Waves"), first=True)
    kind = AnyOfFilter(field_name="kind", choices=WaveKind.choices, label=_("Kind"), first=True)
    carrier = AnyOfFilter(field_name="carrier_id", choices=carrier_choices, label=_("Carrier"), first=True)
    made = DaysFilter(field_name="made_at", label=_("Made at"), first=True)
    picker = WordsFilter(field_name="picker__name", label=_("Picker"))


class StockFilters(ListFilters):
    """Filters of the stock list."""

    code = NumbersFilter(field_name="sku__code", label=_("Merchant codes"), first=True)
    name = WordsFilter(field_name="sku__name", label=_("Name"), first=True)
    bin = WordsFilter(field_name="bin__code", label=_("Bin"), lookup_expr="istartswith", first=True)
    free = RangeFilter(field_name="free", label=_("Available"))
    on_hand = RangeFilter(field_name="on_hand", label=_("On hand"))
    placed = YesNoFilter(field_name="bin__isnull", label=_("Without bin"), yes=_("no bin yet"), no=_("has a bin"))


class MoveFilters(ListFilters):
    """Filters of the stock ledger."""

    code = NumbersFilter(field_name="balance__sku__code", label=_("Merchant codes"), first=True)
    kind = AnyOfFilter(field_name="kind", choices=MoveKind.choices, label=_("Kind"), first=True)
    booked = DaysFilter(field_name="at", label=_("Booked"), first=True)
    reference = NumbersFilter(field_name="reference", label=_("Documents"))
    by = WordsFilter(field_name="by__name", label=_("By"))


class ParcelFilters(ListFilters):
    """Filters of the list of parcels."""

    waybill = NumbersFilter(field_name="waybill", label=_("Waybills"), first=True)
    carrier = AnyOfFilter(field_name="carrier_id", choices=carrier_choices, label=_("Carrier"), first=True)
    shipped = DaysFilter(field_name="shipped_at", label=_("Shipped at"), first=True)
    state = AnyOfFilter(field_name="state", choices=ParcelState.choices, label=_("State"))
    shop = AnyOfFilter(field_name="note__shop_id", choices=shop_choices, label=_("Shop"))
    signed = DaysFilter(field_name="signed_at", label=_("Signed at"))
    collected = DaysFilter(field_name="collected_at", label=_("Collected at"))
    province = WordsFilter(field_name="note__province", label=_("Province"), lookup_expr="startswith")
    orders = NumbersFilter(field_name="note__order_numbers", label=_("Order numbers"))


class PrintFilters(ListFilters):
    """Filters of the print log."""

    kind = AnyOfFilter(field_name="kind", choices=PrintKind.choices, label=_("Kind"), first=True)
    printed = DaysFilter(field_name="at", label=_("Printed"), first=True)
    wave = NumbersFilter(field_name="wave__number", label=_("Waves"), first=True)
    by = WordsFilter(field_name="by__name", label=_("By"))
    again = YesNoFilter(field_name="is_again", label=_("Printed again"), yes=_("again"), no=_("first time"))
