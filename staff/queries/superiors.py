"""Who leads whom: the heads of units, and the superior of each person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from staff.models import Appointment, Employee, OrgUnit

ABOVE_ALL = ("general-manager", "chairman")
"""Posts that lead those whom no head of a unit above them leads, the nearest first."""


def superiors_of(employees: Iterable[Employee]) -> dict[int, Employee | None]:
    """Return the superior of each person: the head of the nearest unit up the tree who is somebody else.

    Where no unit above has one it is the general manager, of the general manager the chairman. Two queries.
    """
    parents = dict(OrgUnit.objects.values_list("pk", "parent_id"))
    heads, above_all = _heads()
    found: dict[int, Employee | None] = {}
    for person in employees:
        unit, superior = person.unit_id, None
        while unit is not None and superior is None:
            superior = next((head for head in heads[unit] if head.pk != person.pk), None)
            superior = None if _leads(person, unit, heads) else superior
            unit = parents.get(unit)
        found[person.pk] = superior or _highest(person, above_all)
    return found


def led_by(employees: Iterable[Employee]) -> dict[int, set[int]]:
    """Return whom each head of a unit leads, the head included; those who lead nobody are missing. Three queries."""
    asked = {person.pk for person in employees}
    below: dict[int, list[int]] = defaultdict(list)
    for pk, parent in OrgUnit.objects.filter(parent__isnull=False).values_list("pk", "parent_id"):
        below[parent or 0].append(pk)
    members: dict[int, set[int]] = defaultdict(set)
    for person, unit in Employee.objects.filter(unit__isnull=False).values_list("pk", "unit_id"):
        members[unit or 0].add(person)
    led: dict[int, set[int]] = defaultdict(set)
    heads, _above_all = _heads()
    for unit, leaders in heads.items():
        whole = members_of(unit, below, members)
        for leader in leaders:
            if leader.pk in asked:
                led[leader.pk] |= whole | {leader.pk}
    return dict(led)


def members_of(unit: int, below: dict[int, list[int]], members: dict[int, set[int]]) -> set[int]:
    """Return the people of a unit and of all units below it."""
    found, units = set(members.get(unit, ())), list(below.get(unit, ()))
    while units:
        one = units.pop()
        found |= members.get(one, set())
        units += below.get(one, ())
    return found


def _leads(person: Employee, unit: int, heads: dict[int, list[Employee]]) -> bool:
    """Say whether somebody is a head of the unit; of several heads none is the superior of another."""
    return any(head.pk == person.pk for head in heads[unit])


def _highest(person: Employee, above_all: dict[str, list[Employee]]) -> Employee | None:
    """Return the general manager; of the general manager the chairman; of the chairman nobody."""
    own = [code for code in ABOVE_ALL if any(one.pk == person.pk for one in above_all[code])]
    for code in ABOVE_ALL[ABOVE_ALL.index(own[-1]) + 1 :] if own else ABOVE_ALL:
        if above_all[code]:
            return above_all[code][0]
    return None


def _heads() -> tuple[dict[int, list[Employee]], dict[str, list[Employee]]]:
    """Return the heads of each unit, those longest in the post first, and the holders of the posts above all."""
    heads: dict[int, list[Employee]] = defaultdict(list)
    above_all: dict[str, list[Employee]] = defaultdict(list)
    holders = (
        Appointment.objects.filter(until=None, position__is_head=True, employee__is_active=True)
        .select_related("employee", "position")
        .order_by("since", "pk")
    )
    for one in holders:
        heads[one.position.unit_id].append(one.employee)
        if one.position.code in ABOVE_ALL:
            above_all[one.position.code].append(one.employee)
    return heads, above_all
