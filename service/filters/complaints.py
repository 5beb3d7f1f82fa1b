"""Filters of complaints and reviews."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from orders.filters import people_choices, shop_choices
from orders.models import OrderLine
from service.queries.complaints import HOUR_BANDS, band_said, in_bands, was_late
from service.states import (
    BLAMELESS,
    Cause,
    ComplaintSource,
    ComplaintState,
    Rating,
    ReviewCause,
    ReviewState,
    Severity,
    Verdict,
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
from staff.models import OrgUnit

RATINGS = [(grade, str(grade)) for grade in range(5, 0, -1)]


def unit_choices() -> Iterable[tuple[Any, Any]]:
    """Return the units as choices."""
    return [(unit.pk, str(unit)) for unit in OrgUnit.objects.all()]


def band_choices() -> Iterable[tuple[Any, Any]]:
    """Return the bands of hours as choices."""
    return [(key, band_said(key)) for key in HOUR_BANDS]


class TookFilter(AnyOfFilter):
    """Complaints answered within some bands of hours."""

    def filter(self, qs: Any, value: list[str]) -> Any:
        """Keep the rows answered within one of the bands."""
        return qs.filter(in_bands(value)) if value else qs


class CountedFilter(OneOfFilter):
    """Complaints as the analysis counts them."""

    def filter(self, qs: Any, value: str) -> Any:
        """Leave the withdrawn ones out, and the unfounded ones where only our own faults are asked for."""
        if not value:
            return qs
        stood = qs.exclude(state=ComplaintState.WITHDRAWN)
        return stood.exclude(verdict__in=BLAMELESS) if value == "ours" else stood


class LateFilter(YesNoFilter):
    """Complaints answered late or not at all in their time."""

    def filter(self, qs: Any, value: str) -> Any:
        """Keep the late ones, or the others."""
        if not value:
            return qs
        condition = was_late(self.parent.reader.at)
        return qs.filter(condition) if value == "yes" else qs.exclude(pk__in=qs.model.objects.filter(condition))


class IsSetFilter(YesNoFilter):
    """Rows where a column has a value, or has none."""

    def filter(self, qs: Any, value: str) -> Any:
        """Keep the rows with a value, or those without."""
        return qs.filter(**{f"{self.field_name}__isnull": value == "no"}) if value else qs


class GoodsFilter(WordsFilter):
    """Complaints about orders with goods of that name."""

    def filter(self, qs: Any, value: str) -> Any:
        """Keep the rows whose order has a line of the goods."""
        if not value:
            return qs
        named = Q(sku__name__startswith=value) | Q(sku=None, title__startswith=value)
        return qs.filter(Exists(OrderLine.objects.filter(named, order=OuterRef("order"))))


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
    text = WordsFilter(field_name="text", label=_("Contains words"))
    verdict = AnyOfFilter(field_name="verdict", choices=Verdict.choices, label=_("What the investigation found"))
    unit = AnyOfFilter(field_name="unit_id", choices=unit_choices, label=_("Department"))
    goods = GoodsFilter(field_name="order", label=_("Goods"))
    took = TookFilter(field_name="pk", choices=band_choices, label=_("Hours to the answer"))
    late = LateFilter(field_name="answered_at", label=_("Answered late"))
    counted = CountedFilter(
        field_name="state",
        choices=(("stood", _("not withdrawn")), ("ours", _("neither withdrawn nor unfounded"))),
        label=_("As the analysis counts"),
    )
    repeated = IsSetFilter(field_name="repeats", label=_("Repeated"))
    rating = AnyOfFilter(field_name="rating", choices=RATINGS, label=_("How content afterwards"))
    level = AnyOfFilter(
        field_name="level", choices=((1, _("the supervisor")), (2, _("the shop's head"))), label=_("Gone up to")
    )


class ComplaintReportFilters(ListFilters):
    """The filters of the list of reports on complaints."""

    made = DaysFilter(field_name="made_at", label=_("Made"), first=True)
    made_by = OneOfFilter(field_name="made_by_id", choices=people_choices, label=_("Made by"), first=True)
    told = OneOfFilter(field_name="told_id", choices=people_choices, label=_("Reported to"))
    findings = WordsFilter(field_name="findings", label=_("Contains words"))


class ReviewFilters(ListFilters):
    """The filters of the list of reviews."""

    order = NumbersFilter(field_name="order_number", label=_("Order numbers"), first=True)
    written = DaysFilter(field_name="reviewed_at", label=_("Time of the review"), first=True)
    rating = AnyOfFilter(field_name="rating", choices=Rating.choices, label=_("Rating"), first=True)
    state = AnyOfFilter(field_name="state", choices=ReviewState.choices, label=_("State"))
    cause = AnyOfFilter(field_name="cause", choices=ReviewCause.choices, label=_("Cause"))
    shop = AnyOfFilter(field_name="shop_id", choices=shop_choices, label=_("Shop"))
    agent = OneOfFilter(field_name="agent_id", choices=people_choices, label=_("Served by"))
    has_text = YesNoFilter(field_name="has_text", label=_("With text"))
    text = WordsFilter(field_name="text", label=_("Contains words"))
