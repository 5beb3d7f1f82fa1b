"""The tree of units."""

from __future__ import annotations

from staff.models import OrgUnit


def depths() -> dict[int, int]:
    """Return unit → how deep it lies in the tree; one query."""
    parents = dict(OrgUnit.objects.values_list("pk", "parent_id"))

    def depth(unit: int) -> int:
        parent, steps = parents.get(unit), 0
        while parent is not None and steps < len(parents):
            parent, steps = parents.get(parent), steps + 1
        return steps

    return {unit: depth(unit) for unit in parents}


def subtree(unit: int) -> set[int]:
    """Return a unit and everything below it; one query."""
    parents = dict(OrgUnit.objects.values_list("pk", "parent_id"))
    found, grew = {unit}, True
    while grew:
        below = {one for one, parent in parents.items() if parent in found} - found
        found |= below
        grew = bool(below)
    return found
