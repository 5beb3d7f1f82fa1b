"""Filters of the imports of service files and of the agents' days."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from orders.filters import people_choices, shop_choices
from service.states import FileKind
from shopops.kit.lists import AnyOfFilter, DaysFilter, ListFilters, NumbersFilter, OneOfFilter

LONGEST_NUMBER = 15


class FileImportFilters(ListFilters):
    """The filters of the list of imports."""

    kind = AnyOfFilter(field_name="kind", choices=FileKind.choices, label=_("Kind"), first=True)
    by = AnyOfFilter(field_name="started_by_id", choices=people_choices, label=_("By"), first=True)
    started = DaysFilter(field_name="started_at", label=_("Started"), first=True)


class ImportFilter(NumbersFilter):
    """Rows that came with the imports of these numbers."""

    def filter(self, qs: QuerySet[Any], value: list[str]) -> QuerySet[Any]:
        """Keep the rows of the imports; what is no number is no import."""
        numbers = [one for one in value if one.isdecimal() and len(one) <= LONGEST_NUMBER]
        kept: QuerySet[Any] = qs.filter(batch_id__in=numbers) if value else qs
        return kept


class AgentDayFilters(ListFilters):
    """The filters of the list of agents' days."""

    day = DaysFilter(field_name="day", dates=True, label=_("Day"), first=True)
    employee = OneOfFilter(field_name="employee_id", choices=people_choices, label=_("Employee"), first=True)
    shop = AnyOfFilter(field_name="shop_id", choices=shop_choices, label=_("Shop"), first=True)
    batch = ImportFilter(field_name="batch_id", label=_("Import no."))
