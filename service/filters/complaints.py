"""Filters of complaints and reviews."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from orders.filters import people_choices, shop_choices
from service.states import (
    Cause,
    ComplaintSource,
    ComplaintState,
    Rating,
    ReviewCause,
    ReviewState,
    Severity,
)
from shopops.kit.lists import (
    AnyOfFilter,
    DaysFilter,
    ListFilters,
    NumbersFilter,
    OneOfFilter,
    WordsFilter,
    YesNoFilter,
)


class ComplaintFilters(ListFilters):
    """The filters of the list of complaints."""

    number = NumbersFilter(field_name="number", label=_("Complaint numbers"), first=True)
    received = DaysFilter(field_name="received_at", label=_("Taken in"), first=True)
    severity = AnyOfFilter(field_name="severity", choices=Severity.choices, label=_("How grave"), first=True)
    state = AnyOfFilter(field_name="state", choices=ComplaintState.choices, label=_("State"))
    cause = AnyOfFilter(field_name="cause", choices=Cause.choices, label=_("Cause"))
    source = AnyOfFilter(field_name="source", choices=ComplaintSource.choices, label=_("Source"))
    shop = AnyOfFilter(field_name="shop_id", choices=shop_choices, label=_("Shop"))
    handler = OneOfFilter(field_name="handler_id", choices=people_choices, label=_("Handler"))
    culprit = OneOfFilter(field_name="culprit_id", choices=people_choices, label=_("Whose step it was"))
    order = NumbersFilter(field_name="order__number", label=_("Order numbers"))
    text = WordsFilter(field_name="text", label=_("Words"))


class ReviewFilters(ListFilters):
    """The filters of the list of reviews."""

    order = NumbersFilter(field_name="order_number", label=_("Order numbers"), first=True)
    written = DaysFilter(field_name="reviewed_at", label=_("Written"), first=True)
    rating = AnyOfFilter(field_name="rating", choices=Rating.choices, label=_("Rating"), first=True)
    state = AnyOfFilter(field_name="state", choices=ReviewState.choices, label=_("State"))
    cause = AnyOfFilter(field_name="cause", choices=ReviewCause.choices, label=_("Cause"))
    shop = AnyOfFilter(field_name="shop_id", choices=shop_choices, label=_("Shop"))
    agent = OneOfFilter(field_name="agent_id", choices=people_choices, label=_("Served by"))
    has_text = YesNoFilter(field_name="has_text", label=_("With text"))
    text = WordsFilter(field_name="text", label=_("Words"))
