"""Units of the organisation by their ids: what they are called, and to which centre each belongs."""

from __future__ import annotations

from staff.models import OrgUnit


def unit_names() -> dict[int | None, str]:
    """Return what each unit is called; one query."""
    return {unit.pk: str(unit) for unit in OrgUnit.objects.all()}


def centres() -> dict[int | None, int]:
    """Return unit → the centre it belongs to: the unit below the company; one query."""
    parents = dict(OrgUnit.objects.values_list("pk", "parent_id"))
    found: dict[int | None, int] = {}
    for unit, parent in parents.items():
        centre, above = unit, parent
        while above is not None and parents.get(above) is not None:
            centre, above = above, parents[above]
        found[unit] = centre
    return found
