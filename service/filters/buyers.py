"""Filters of buyers, care, surveys and documents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from orders.filters import people_choices
from service.models import BuyerGroup, VipLevel
from service.states import CareOccasion, DocumentState
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


def group_choices() -> Iterable[tuple[Any, Any]]:
    """Return the groups of buyers as choices."""
    return BuyerGroup.objects.values_list("pk", "name")


def level_choices() -> Iterable[tuple[Any, Any]]:
    """Return the VIP levels as choices."""
    return [(level.pk, str(level)) for level in VipLevel.objects.all()]


class TagFilter(ExactFilter):
    """Buyers with the tag."""

    def filter(self, qs: Any, value: str) -> Any:
        """Keep the rows with the tag."""
        return qs.filter(tags__contains=[value.strip()]) if value else qs


class BuyerFilters(ListFilters):
    """The filters of the list of buyers."""

    group = AnyOfFilter(field_name="group_id", choices=group_choices, label=_("Group"), first=True)
    level = AnyOfFilter(field_name="level_id", choices=level_choices, label=_("VIP level"), first=True)
    tag = TagFilter(field_name="tags", label=_("Tag"), first=True)
    ordered = DaysFilter(field_name="last_order_at", label=_("Last order"))
    due_again = DaysFilter(field_name="due_again_on", dates=True, label=_("Due to buy again"))
    paid = RangeFilter(field_name="paid", label=_("Paid, yuan"))
    orders = RangeFilter(field_name="orders", label=_("Orders"))
    complaints = RangeFilter(field_name="complaints", label=_("Complaints"))
    rating = RangeFilter(field_name="rating", label=_("How content"))
    may_contact = YesNoFilter(field_name="may_contact", label=_("May be written to"))
    lost = YesNoFilter(field_name="is_lost", label=_("Lost"))
    province = WordsFilter(field_name="province", label=_("Province"))
    remark = WordsFilter(field_name="remark", label=_("Remark"), sparse=True)


class CareFilters(ListFilters):
    """The filters of the list of care."""

    occasion = AnyOfFilter(field_name="occasion", choices=CareOccasion.choices, label=_("Occasion"), first=True)
    due = DaysFilter(field_name="due_on", dates=True, label=_("Due"), first=True)
    done_by = OneOfFilter(field_name="done_by_id", choices=people_choices, label=_("Done by"))
    level = AnyOfFilter(field_name="buyer__level_id", choices=level_choices, label=_("VIP level"))


class SurveyFilters(ListFilters):
    """The filters of the list of surveys."""

    asked = DaysFilter(field_name="asked_at", label=_("Time of asking"), first=True)
    answered = DaysFilter(field_name="answered_at", label=_("Survey answered"))
    agent = OneOfFilter(field_name="agent_id", choices=people_choices, label=_("Served by"), first=True)
    rating = RangeFilter(field_name="rating", label=_("How content"))


class DocumentFilters(ListFilters):
    """The filters of the list of customers' documents."""

    received = DaysFilter(field_name="received_at", label=_("Came in"), first=True)
    state = AnyOfFilter(field_name="state", choices=DocumentState.choices, label=_("State"), first=True)
    holder = OneOfFilter(field_name="holder_id", choices=people_choices, label=_("With"))
    order = NumbersFilter(field_name="order_number", label=_("Order numbers"))
    title = WordsFilter(field_name="title", label=_("Contains words"))
