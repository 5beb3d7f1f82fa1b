"""The tree of units."""

from __future__ import annotations

from staff.models import OrgUnit

DEEPEST = 5


def depth_of(unit: OrgUnit) -> int:
    """Return how many units lie above one, up to five; no query where its parents were selected with it."""
    depth, parent = 0, unit.parent
    while parent is not None and depth < DEEPEST:
        depth, parent = depth + 1, parent.parent
    return depth


def subtree(unit: int) -> set[int]:
    """Return a unit and everything below it; one query."""
    parents = dict(OrgUnit.objects.values_list("pk", "parent_id"))
    found, grew = {unit}, True
    while grew:
        below = {one for one, parent in parents.items() if parent in found} - found
        found |= below
        grew = bool(below)
    return found
