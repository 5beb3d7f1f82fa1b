"""Saved views of lists, as the lists ask for them."""

from __future__ import annotations

from django.db.models import Q

from shopops.kit.lists.keeping import KeptView
from staff.models import Employee, SavedView


def views_of(page: str, *, by: Employee) -> list[KeptView]:
    """Return the employee's views of a page, then those that colleagues share; one query."""
    found = (
        SavedView.objects.filter(Q(employee=by) | Q(is_shared=True), page=page)
        .order_by("position", "pk")
        .values_list("pk", "name", "query", "is_shared", "employee_id")
    )
    views = [KeptView(pk, name, query, shared, owner == by.pk) for pk, name, query, shared, owner in found]
    return sorted(views, key=lambda view: not view.is_mine)
