"""Filters of after-sale cases and returned parcels."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from orders.filters import people_choices, shop_choices
from service.states import AfterSaleKind, AfterSaleState, Cause, ReturnState
from shopops.kit.lists import (
    AnyOfFilter,
    DaysFilter,
    ListFilters,
    NumbersFilter,
    OneOfFilter,
    RangeFilter,
    WordsFilter,
    YesNoFilter,
)


class AfterSaleFilters(ListFilters):
    """Filters of the list of cases."""

    order = NumbersFilter(field_name="order__number", label=_("Order numbers"), first=True)
    waybill = NumbersFilter(field_name="return_waybill", label=_("Return waybills"), first=True)
    kind = AnyOfFilter(field_name="kind", choices=AfterSaleKind.choices, label=_("Kind"), first=True)
    asked = DaysFilter(field_name="asked_at", label=_("Requested on"), first=True)
    number = NumbersFilter(field_name="number", label=_("After-sale numbers"))
    refund = NumbersFilter(field_name="platform_number", label=_("Refund numbers"))
    state = AnyOfFilter(field_name="state", choices=AfterSaleState.choices, label=_("State"))
    shop = AnyOfFilter(field_name="shop_id", choices=shop_choices, label=_("Shop"))
    reason = WordsFilter(field_name="reason", label=_("Buyer's words"))
    cause = AnyOfFilter(field_name="cause", choices=Cause.choices, label=_("Cause"))
    sure = YesNoFilter(
        field_name="cause_confirmed_at__isnull", label=_("Cause confirmed"), yes=_("not confirmed"), no=_("confirmed")
    )
    holder = OneOfFilter(field_name="holder_id", choices=people_choices, label=_("With"))
    culprit = OneOfFilter(field_name="culprit_id", choices=people_choices, label=_("Whose step it was"))
    amount = RangeFilter(field_name="amount", label=_("Amount asked"))
    ended = DaysFilter(field_name="done_at", label=_("Ended on"))


class ReturnFilters(ListFilters):
    """Filters of the list of returned parcels."""

    waybill = NumbersFilter(field_name="waybill", label=_("Waybills"), first=True)
    received = DaysFilter(field_name="received_at", label=_("Taken in on"), first=True)
    content = WordsFilter(field_name="content", label=_("What is in it"), first=True)
    state = AnyOfFilter(field_name="state", choices=ReturnState.choices, label=_("State"))
    by = OneOfFilter(field_name="received_by_id", choices=people_choices, label=_("Parcel taken in by"))
