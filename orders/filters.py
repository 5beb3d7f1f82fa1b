"""Filters of the lists of orders."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from orders import policy
from orders.models import OrderLine
from orders.states import ChaseResult, ExceptionKind, FlagColour, OrderState, PlatformStatus
from shopops.kit.lists import (
    AnyOfFilter,
    DaysFilter,
    ExactFilter,
    ListFilters,
    NumbersFilter,
    OneOfFilter,
    RangeFilter,
    WordsFilter,
    YesNoFilter,
)
from staff.models import Employee, Shop
from warehouse.models import Carrier


def shop_choices() -> Iterable[tuple[Any, Any]]:
    """Return the shops as choices."""
    return Shop.objects.values_list("pk", "name")


def carrier_choices() -> Iterable[tuple[Any, Any]]:
    """Return the carriers in use as choices."""
    return Carrier.objects.filter(is_active=True).values_list("pk", "name")


def flag_choices() -> Iterable[tuple[Any, Any]]:
    """Return the flags, each with what it means in this company."""
    for colour, meaning in zip(FlagColour, policy.FLAG_MEANINGS, strict=True):
        said = meaning()
        yield colour.value, f"{colour.label} · {said}" if said else colour.label


def people_choices() -> Iterable[tuple[Any, Any]]:
    """Return everybody who may log in, for lists by person."""
    return Employee.objects.filter(is_active=True).values_list("pk", "name")


class TroubleFilter(AnyOfFilter):
    """Rows with any of the exceptions ticked, open on the order."""

    def filter(self, qs: QuerySet[Any], value: list[str]) -> QuerySet[Any]:
        """Keep the rows with one of the exceptions."""
        return qs.filter(~Q(troubles=[]), troubles__overlap=value) if value else qs


class TagFilter(ExactFilter):
    """Rows with the tag."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Keep the rows with the tag."""
        return qs.filter(~Q(tags=[]), tags__contains=[value]) if value else qs


class SkuFilter(NumbersFilter):
    """Orders with any of the merchant codes."""

    def filter(self, qs: QuerySet[Any], value: list[str]) -> QuerySet[Any]:
        """Keep the orders with one of the SKUs."""
        return qs.filter(pk__in=OrderLine.objects.filter(sku__code__in=value).values("order")) if value else qs


class MessageFilter(YesNoFilter):
    """Rows on which the buyer has written something, or nothing."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Keep the rows with a message, or without."""
        if not value:
            return qs
        return qs.exclude(buyer_message="") if value == "yes" else qs.filter(buyer_message="")


class OrderFilters(ListFilters):
    """Filters of the list of orders."""

    number = NumbersFilter(field_name="number", label=_("Order numbers"), first=True)
    shop = AnyOfFilter(field_name="shop_id", choices=shop_choices, label=_("Shop"), first=True)
    paid = DaysFilter(field_name="paid_at", label=_("Paid"), first=True, follows="placed_at")
    flag = AnyOfFilter(field_name="flag", choices=flag_choices, label=_("Flag"), flags=True, first=True)
    trouble = TroubleFilter(field_name="troubles", choices=ExceptionKind.choices, label=_("Exception"), first=True)
    state = AnyOfFilter(field_name="state", choices=OrderState.choices, label=_("State"))
    platform = AnyOfFilter(field_name="platform_status", choices=PlatformStatus.choices, label=_("Platform's status"))
    placed = DaysFilter(field_name="placed_at", label=_("Placed"))
    due = DaysFilter(field_name="ship_by", label=_("Ship by"), follows="placed_at")
    shipped = DaysFilter(field_name="shipped_at", label=_("Shipped"), follows="placed_at")
    amount = RangeFilter(field_name="paid", label=_("Paid amount"))
    pieces = RangeFilter(field_name="pieces", label=_("Pieces"))
    sku = SkuFilter(field_name="pk", label=_("Merchant codes"))
    buyer = ExactFilter(field_name="buyer_nick", label=_("Buyer's nick"))
    province = WordsFilter(field_name="province", label=_("Province"), lookup_expr="startswith")
    city = WordsFilter(field_name="city", label=_("City"), lookup_expr="startswith")
    message = WordsFilter(field_name="buyer_message", label=_("Buyer's message"), sparse=True)
    memo = WordsFilter(field_name="seller_memo", label=_("Seller's memo"), sparse=True)
    goods = WordsFilter(field_name="summary", label=_("Goods"))
    tag = TagFilter(field_name="tags", label=_("Tag"))
    carrier = AnyOfFilter(field_name="carrier_id", choices=carrier_choices, label=_("Carrier"))
    waybill = NumbersFilter(field_name="waybill", label=_("Waybills"))
    confirmed_by = OneOfFilter(field_name="confirmed_by_id", choices=people_choices, label=_("Approved by"))
    told = MessageFilter(field_name="buyer_message", label=_("Message"), yes=_("with a message"), no=_("without"))


class ExceptionFilters(ListFilters):
    """Filters of the list of exceptions."""

    number = NumbersFilter(field_name="order__number", label=_("Order numbers"), first=True)
    kind = AnyOfFilter(field_name="kind", choices=ExceptionKind.choices, label=_("Kind"), first=True)
    shop = AnyOfFilter(field_name="order__shop_id", choices=shop_choices, label=_("Shop"), first=True)
    raised = DaysFilter(field_name="raised_at", label=_("Raised"), first=True)
    blocking = YesNoFilter(field_name="is_blocking", label=_("Blocks"), yes=_("blocks"), no=_("does not block"))
    reason = WordsFilter(field_name="reason", label=_("Reason"))


class ChaseFilters(ListFilters):
    """Filters of the list of unpaid orders."""

    number = NumbersFilter(field_name="number", label=_("Order numbers"), first=True)
    shop = AnyOfFilter(field_name="shop_id", choices=shop_choices, label=_("Shop"), first=True)
    placed = DaysFilter(field_name="placed_at", label=_("Placed"), first=True)
    total = RangeFilter(field_name="total", label=_("Amount"), first=True)
    result = AnyOfFilter(field_name="chase__result", choices=ChaseResult.choices, label=_("Result"))
    claimed_by = OneOfFilter(field_name="chase__claimed_by_id", choices=people_choices, label=_("Taken by"))


class PaymentFilters(ListFilters):
    """Filters of the questions to finance."""

    number = NumbersFilter(field_name="order__number", label=_("Order numbers"), first=True)
    shop = AnyOfFilter(field_name="order__shop_id", choices=shop_choices, label=_("Shop"), first=True)
    asked = DaysFilter(field_name="asked_at", label=_("Asked when"), first=True)
    amount = RangeFilter(field_name="amount", label=_("Amount"), first=True)
    answered = DaysFilter(field_name="answered_at", label=_("Answered"))
    answered_by = OneOfFilter(field_name="answered_by_id", choices=people_choices, label=_("Answered by"))
    question = WordsFilter(field_name="question", label=_("Question"))


class ImportFilters(ListFilters):
    """The filters of the list of imports."""

    by = AnyOfFilter(field_name="started_by_id", choices=people_choices, label=_("By"), first=True)
    started = DaysFilter(field_name="started_at", label=_("Started"), first=True)


class SlipFilters(ListFilters):
    """Filters of the payment slips."""

    day = DaysFilter(field_name="day", dates=True, label=_("Day"), first=True)
    employee = OneOfFilter(field_name="employee_id", choices=people_choices, label=_("Money taken by"), first=True)
    shop = AnyOfFilter(field_name="shop_id", choices=shop_choices, label=_("Shop"))
    amount = RangeFilter(field_name="amount", label=_("Amount"))
    way = WordsFilter(field_name="way", label=_("How it was paid"))
