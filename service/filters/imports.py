"""Filters of the imports of service files and of the agents' days."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from orders.filters import people_choices, shop_choices
from service.states import FileKind
from shopops.kit.lists import AnyOfFilter, DaysFilter, ListFilters, NumbersFilter, OneOfFilter


class FileImportFilters(ListFilters):
    """The filters of the list of imports."""

    kind = AnyOfFilter(field_name="kind", choices=FileKind.choices, label=_("Kind"), first=True)
    by = AnyOfFilter(field_name="started_by_id", choices=people_choices, label=_("By"), first=True)
    started = DaysFilter(field_name="started_at", label=_("Started"), first=True)


class AgentDayFilters(ListFilters):
    """The filters of the list of agents' days."""

    day = DaysFilter(field_name="day", dates=True, label=_("Day"), first=True)
    employee = OneOfFilter(field_name="employee_id", choices=people_choices, label=_("Employee"), first=True)
    shop = AnyOfFilter(field_name="shop_id", choices=shop_choices, label=_("Shop"), first=True)
    batch = NumbersFilter(field_name="batch_id", label=_("Import no."))
