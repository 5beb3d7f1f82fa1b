"""Who is appraised for a period, in which post, by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q

from staff.models import Appointment, Employee, Position
from staff.policy.appraisal import exempt_posts
from staff.queries.people import holds_on
from staff.queries.superiors import superiors_of


@dataclass(frozen=True)
class Appraised:
    """Somebody who is appraised: their main post and who scores."""

    employee: Employee
    position: Position
    superior: Employee | None


def people_to_appraise(first: date, last: date) -> list[Appraised]:
    """Return everybody who works here, was hired by `last` and holds a post on it; four queries.

    Of several posts the main one is that held for good, the highest in the order of the organisation. Whoever holds
    an exempt post is left out.
    """
    held = (
        Appointment.objects.filter(holds_on(last), Q(employee__is_active=True))
        .exclude(employee__hired_on__gt=last)
        .exclude(employee__left_on__lt=first)
        .select_related("employee", "position")
        .order_by("employee", F("until").desc(nulls_first=True), "position__position", "pk")
    )
    exempt = exempt_posts()
    posts: dict[int, Appointment] = {}
    left_out: set[int] = set()
    for one in held:
        posts.setdefault(one.employee_id, one)
        if one.position.code in exempt:
            left_out.add(one.employee_id)
    found = [one for employee, one in posts.items() if employee not in left_out]
    superiors = superiors_of([one.employee for one in found])
    return [Appraised(one.employee, one.position, superiors.get(one.employee_id)) for one in found]
